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
    from collections.abc import Iterator

    from emulator.delivery.clock import ManualClock
    from receiver import Receiver

_HERE = Path(__file__).resolve().parent
_INI_SCENARIOS = "okta_scenarios"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and the ini value of the plugin."""
    group = parser.getgroup("okta-hooks", "Okta event hooks")
    group.addoption("--okta-hook-url", metavar="URL", help="The hook URL under test (default: the reference receiver).")
    group.addoption(
        "--okta-hook-header",
        metavar="'NAME: VALUE'",
        action="append",
        default=[],
        help="A header for the hook, such as 'Authorization: ...'; the value may be ${env:NAME} or @FILE. Repeatable.",
    )
    group.addoption(
        "--okta-scenarios",
        metavar="DIR",
        action="append",
        default=[],
        help="Collect the scenario files in this folder.",
    )
    group.addoption("--okta-seed", metavar="N", type=int, help="The same seed gives the same events.")
    group.addoption("--okta-profile", metavar="NAME[,KEY=VALUE...]", default="", help="Reading of the doubtful rules.")
    parser.addini(_INI_SCENARIOS, "Folders whose YAML files are scenarios.", type="paths")


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
    for folder in [*named, *config.getini(_INI_SCENARIOS)]:
        if file_path.is_relative_to(Path(folder).resolve()):
            collector: pytest.Collector = _testing().ScenarioFile.from_parent(parent, path=file_path)
            return collector
    return None


@pytest.fixture
def okta_receiver() -> Iterator[Receiver]:
    """Serve the reference receiver on a free loopback port; ``okta_receiver.events`` are those that arrived."""
    with _ours("receiver").Receiver() as receiver:
        yield receiver


@pytest.fixture
def okta_clock() -> ManualClock:
    """Return a clock that stands still until the test moves it."""
    clock: ManualClock = _testing().standing_clock()
    return clock


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


def _testing() -> Any:
    from importlib import import_module

    _ours("emulator")
    return import_module("emulator.testing")
