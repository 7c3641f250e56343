"""Scenario files as test items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulator.delivery.channels import channel_from, split_headers
from emulator.errors import HarnessError
from emulator.reports.runs import result_lines
from emulator.runner.results import CheckResult, Status
from emulator.runner.run import Settings, run_scenarios
from emulator.runner.scenario import load
from emulator.runner.selection import read_file, shipped
from emulator.testing.apps import Serving, load_app
from emulator.testing.orgs import any_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.runner.scenario import Scenario

__all__ = ["ScenarioFile", "ScenarioItem", "headers_of", "play", "served_app", "settings_of", "shipped_scenario"]

_APP: pytest.StashKey[Serving] = pytest.StashKey()


def served_app(config: pytest.Config) -> Serving | None:
    """Return the application that the configuration names, served until the end of the run; None if it names none."""
    name = config.getoption("okta_hook_app") or config.getini("okta_hook_app")
    if not name:
        return None
    if _APP not in config.stash:
        config.stash[_APP] = serving = Serving(load_app(name), path=config.getini("okta_hook_path"))
        config.add_cleanup(serving.close)
    return config.stash[_APP]


def headers_of(config: pytest.Config) -> list[str]:
    """Return the hook's headers: those of the command line, or else of the configuration file."""
    return list(config.getoption("okta_hook_header") or config.getini("okta_hook_headers"))


def settings_of(config: pytest.Config) -> Settings:
    """Return what the plugin's options say about the hook under test."""
    headers = headers_of(config)
    app = None if config.getoption("okta_hook_url") else served_app(config)
    url = config.getoption("okta_hook_url") if app is None else app.url
    auth, custom = (None, ()) if url else split_headers(headers)
    return Settings(
        channel=channel_from(url, headers, where="--okta-hook-url") if url else None,
        auth=auth,
        headers=custom,
        reference=not url,
        seed=config.getoption("okta_seed"),
        profile=config.getoption("okta_profile"),
        sender=any_target(),
    )


def shipped_scenario(name: str) -> Scenario:
    """Return the scenario *name* of those that come with the package."""
    file = shipped()[name]
    return load(read_file(file, file.name), file.name)


def play(scenario: Scenario, settings: Settings) -> None:
    """
    Run a scenario as a test.

    Raises:
        AssertionError: a step failed; the message has its lines, the exchange, and the command that shows it again.
    """
    run = run_scenarios([scenario], settings)
    if run.interrupted:
        raise KeyboardInterrupt
    if all(check.status is Status.SKIP for check in run.checks):
        pytest.skip(run.checks[0].detail)
    broken = [check for check in run.checks if check.status is Status.ERROR or check.fails()]
    if broken:
        pytest.fail("\n".join(_report(scenario, run.checks, settings)), pytrace=False)


def _report(scenario: Scenario, checks: Any, settings: Settings) -> Iterator[str]:
    yield f"{scenario.path}: {scenario.title}"
    for check in checks:
        yield from result_lines(check, redact=settings.redact)
        if check.status is Status.FAIL:
            yield from _yaml_lines(check, scenario)


def _yaml_lines(check: CheckResult, scenario: Scenario) -> Iterator[str]:
    line = int(check.where.rsplit(":", 2)[1])
    lines = scenario.place.source.lines
    yield ""
    for number in range(max(1, line - 1), min(len(lines), line + 4) + 1):
        yield f"  {'>' if number == line else ' '} {number:>3} | {lines[number - 1]}"


class ScenarioFile(pytest.File):
    """A scenario file, with one item."""

    def collect(self) -> Iterator[pytest.Item]:
        """
        Read the file.

        Raises:
            CollectError: it is wrong; the message has every place.
        """
        try:
            scenario = load(read_file(self.path, str(self.path)), str(self.path))
        except HarnessError as error:
            raise self.CollectError(str(error)) from None
        yield ScenarioItem.from_parent(self, name=scenario.id, scenario=scenario)


class ScenarioItem(pytest.Item):
    """One scenario as a test."""

    def __init__(self, *, scenario: Scenario, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._scenario = scenario

    def runtest(self) -> None:
        """Run the scenario against the hook under test."""
        try:
            play(self._scenario, settings_of(self.config))
        except HarnessError as error:
            pytest.fail(str(error), pytrace=False)

    def reportinfo(self) -> tuple[Any, int, str]:
        """Return where the scenario is and what it tells."""
        return self.path, 0, f"scenario: {self._scenario.title}"
