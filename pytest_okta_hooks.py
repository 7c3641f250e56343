"""
The pytest plugin: an emulated org, a receiver and the hook under test as fixtures, and scenario files as tests.

Nothing of ours is imported before a fixture or a scenario needs it, and the packages are checked to be ours: a project
may well have an ``emulator`` or a ``receiver`` of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from emulator import MovableClock, Org
    from emulator.testing import HookUnderTest, InlineHooksUnderTest, Orgs, WatchedReceiver

_HERE = Path(__file__).resolve().parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options, and their like in the configuration file."""
    group = parser.getgroup("okta-hooks", "Okta event hooks")
    group.addoption("--okta-hook-url", metavar="URL", help="The hook URL under test (default: the reference receiver).")
    group.addoption("--okta-inline-url", metavar="URL", help="The inline hooks under test; {type} stands for the type.")
    group.addoption("--okta-hook-app", metavar="MODULE:NAME", help="The WSGI or ASGI application under test.")
    group.addoption(
        "--okta-hook-header",
        metavar="'NAME: VALUE'",
        action="append",
        default=[],
        help="A header for the hook, such as 'Authorization: ...'; the value may be ${env:NAME} or @FILE. Repeatable.",
    )
    group.addoption(
        "--okta-scenarios", metavar="DIR", action="append", default=[], help="Collect the scenarios in this folder."
    )
    group.addoption("--okta-seed", metavar="N", type=int, help="The same seed gives the same events.")
    group.addoption("--okta-profile", metavar="NAME[,KEY=VALUE...]", default="", help="Reading of the doubtful rules.")
    parser.addini("okta_hook_app", "The WSGI or ASGI application under test, as module:name.")
    parser.addini("okta_hook_path", "The path of its hook.", default="/okta/hooks")
    parser.addini("okta_inline_path", "The path of its inline hooks.", default="/okta/inline/{type}")
    parser.addini("okta_hook_headers", "Headers for the hook, one a line.", type="linelist")
    parser.addini("okta_scenarios", "Folders whose YAML files are scenarios.", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Collect the folders of ``--okta-scenarios`` beside whatever else was named."""
    for folder in config.getoption("okta_scenarios"):
        if folder not in config.args:
            config.args.append(folder)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take YAML files in the scenario folders for scenarios."""
    if file_path.suffix not in {".yaml", ".yml"}:
        return None
    config = parent.config
    named = [config.invocation_params.dir / folder for folder in config.getoption("okta_scenarios")]
    for folder in [*named, *config.getini("okta_scenarios")]:
        if file_path.is_relative_to(Path(folder).resolve()):
            collector: pytest.Collector = _testing().ScenarioFile.from_parent(parent, path=file_path)
            return collector
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a failure say with which seed its org can be had again, and a mistake be told without our inner workings."""
    told = _told_plainly(call)
    report = yield
    if told:
        report.longrepr = told
    orgs = getattr(item, "funcargs", {}).get("make_okta_org")
    if report.failed and orgs is not None:
        report.sections.append(("okta-hooks", f"the same events again: --okta-seed {orgs.seed}"))
    return report


@pytest.fixture
def make_okta_org(request: pytest.FixtureRequest) -> Iterator[Orgs]:
    """Return a function that makes orgs, with the arguments of ``emulator.Org``; they are closed after the test."""
    with _testing().Orgs(request.config) as orgs:
        yield orgs


@pytest.fixture
def okta_org(make_okta_org: Orgs) -> Org:
    """Return a fake Okta org."""
    return make_okta_org()


@pytest.fixture
def okta_clock(okta_org: Org) -> MovableClock:
    """Return the org's clock, which stands still until the test moves it."""
    clock: MovableClock = okta_org.clock  # type: ignore[assignment]  # unless the test brings its own
    clock.freeze()
    return clock


@pytest.fixture
def okta_receiver() -> Iterator[WatchedReceiver]:
    """Serve the reference receiver on a free loopback port; its ``assert_received`` says what came instead."""
    _ours("receiver")
    with _testing().WatchedReceiver() as receiver:
        yield receiver


@pytest.fixture
def okta_hook_app() -> Any:
    """Return the WSGI or ASGI application under test; override this fixture to give yours."""
    return None


@pytest.fixture
def okta_hook_headers(request: pytest.FixtureRequest) -> list[str]:
    """Return the hook's headers, such as ``Authorization: ...``; override this fixture to give yours."""
    headers: list[str] = _testing().headers_of(request.config)
    return headers


@pytest.fixture
def okta_hook_events() -> list[str]:
    """Return the event types that the hook subscribes to; override this fixture to give yours."""
    events: list[str] = _testing().usual_events()
    return events


@pytest.fixture
def okta_hook_url(request: pytest.FixtureRequest, okta_hook_app: Any) -> Iterator[str]:
    """Return the hook URL under test: the option's, that of the application, or that of the reference receiver."""
    url = request.config.getoption("okta_hook_url")
    if url:
        yield url
    elif okta_hook_app is not None:
        with _testing().Serving(okta_hook_app, path=request.config.getini("okta_hook_path")) as serving:
            yield serving.url
    elif (served := _testing().served_app(request.config)) is not None:
        yield served.url
    else:
        yield request.getfixturevalue("okta_receiver").url


@pytest.fixture
def okta_hook(
    okta_org: Org, okta_hook_url: str, okta_hook_headers: list[str], okta_hook_events: list[str]
) -> HookUnderTest:
    """Return a verified event hook of ``okta_org`` on the application under test."""
    hook: HookUnderTest = _testing().HookUnderTest(
        okta_org, okta_hook_url, headers=okta_hook_headers, events=okta_hook_events
    )
    return hook


@pytest.fixture
def okta_inline_url(request: pytest.FixtureRequest, okta_hook_app: Any) -> Iterator[str]:
    """Return the URL of the inline hooks under test: the option's, the application's, or the reference receiver's."""
    testing, config = _testing(), request.config
    url, path = config.getoption("okta_inline_url"), config.getini("okta_inline_path")
    if url:
        yield url
    elif okta_hook_app is not None:
        with testing.Serving(okta_hook_app, path=path) as serving:
            yield serving.url
    elif (served := testing.served_app(config)) is not None:
        yield testing.inline_url(served.url, path)
    else:
        yield request.getfixturevalue("okta_receiver").inline_url("token").removesuffix("token") + "{type}"


@pytest.fixture
def okta_inline_hook(
    request: pytest.FixtureRequest, okta_inline_url: str, okta_hook_headers: list[str]
) -> InlineHooksUnderTest:
    """Return the inline hooks of the application under test: call it, or let it check the whole contract."""
    hooks: InlineHooksUnderTest = _testing().InlineHooksUnderTest(
        okta_inline_url,
        headers=okta_hook_headers,
        seed=_testing().seed_of(request.config),
        profile=request.config.getoption("okta_profile"),
    )
    return hooks


def _ours(name: str) -> Any:
    """Import our package *name*, and make sure that it is ours."""
    from importlib import import_module

    package = import_module(name)
    found = getattr(package, "__file__", None) or next(iter(getattr(package, "__path__", [])), "nowhere")
    if _HERE / name / "__init__.py" != Path(found).resolve():
        raise pytest.UsageError(
            f"the module {name!r} that Python finds is not okta-hook-emulator's: it is {found}, "
            f"and ours is {_HERE / name}; run these tests from a folder without a {name} of its own, "
            "or rename that one"
        )
    return package


def _told_plainly(call: pytest.CallInfo[None]) -> str:
    """
    Cut our own frames off an error that the user can put right; their arguments may be secrets.

    Returns:
        What is to be shown instead of a traceback, if no frame of the user's is left.
    """
    import sys

    errors, caught = sys.modules.get("emulator.errors"), call.excinfo
    if caught is None or not isinstance(caught.value, getattr(errors, "HarnessError", ())):
        return ""
    not_the_users = (str(_HERE / "emulator"), str(_HERE / "pytest_okta_hooks.py"), *_pytests_own())
    users = caught.traceback.filter(lambda frame: not str(frame.path).startswith(not_the_users))
    if users:
        caught.traceback = users
        return ""
    return str(caught.value)


def _pytests_own() -> tuple[str, ...]:
    import _pytest
    import pluggy

    return tuple(next(iter(package.__path__)) for package in (_pytest, pluggy))


def _testing() -> Any:
    from importlib import import_module

    _ours("emulator")
    return import_module("emulator.testing")
