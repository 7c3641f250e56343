"""What the pytest plugin is made of: scenario files as test items, and clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from emulator.delivery.channels import channel_from, split_headers
from emulator.delivery.clock import ManualClock
from emulator.delivery.transport import transport
from emulator.errors import HarnessError
from emulator.reports.runs import result_lines
from emulator.runner.results import CheckResult, Status
from emulator.runner.run import Settings, run_scenarios
from emulator.runner.scenario import load
from emulator.runner.selection import read_file, shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.runner.scenario import Scenario

__all__ = ["ScenarioFile", "ScenarioItem", "play", "settings_of", "shipped_scenario", "standing_clock"]

_START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def standing_clock() -> ManualClock:
    """Return a clock that stands still, always at the same instant."""
    return ManualClock(_START)


def settings_of(config: pytest.Config) -> Settings:
    """Return what the plugin's options say about the hook under test."""
    url, headers = config.getoption("okta_hook_url"), config.getoption("okta_hook_header")
    auth, custom = (None, ()) if url else split_headers(headers)
    return Settings(
        channel=channel_from(url, headers, where="--okta-hook-url") if url else None,
        auth=auth,
        headers=custom,
        reference=not url,
        seed=config.getoption("okta_seed"),
        profile=config.getoption("okta_profile"),
        sender=_transport(),
    )


@cache
def _transport() -> Any:
    # Loading the certificate authorities takes longer than most tests.
    return transport()


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
