"""Run scenario files against a hook URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from emulator.cli.options import (
    ca_bundle_option,
    channel_from,
    events_option,
    header_option,
    json_option,
    read_event_files,
    report_option,
)
from emulator.errors import NothingToRunError, UsageError
from emulator.reports.run_reports import RUN_FORMATS, write_run_reports

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emulator.payloads.custom import CustomType
    from emulator.runner.results import CheckResult, RunResult
    from emulator.runner.scenario import Scenario
    from emulator.secrets import Redactor

__all__ = ["command"]

_INTERRUPTED = 130


@click.command("run")
@click.argument("names", nargs=-1, metavar="SCENARIO...")
@click.option("--url", metavar="URL", help="The hook URL to test.")
@click.option("--reference", is_flag=True, help="Test the bundled reference receiver where no URL is named.")
@header_option
@click.option("--var", "variables", metavar="NAME=VALUE", multiple=True, help="A value for ${NAME}. Repeatable.")
@events_option
@click.option("--seed", type=click.IntRange(0), help="The same seed gives the same bytes.")
@click.option("--lint", is_flag=True, help="Only check the files.")
@click.option("--list", "listing", is_flag=True, help="Only list the scenarios.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first scenario that fails.")
@click.option(
    "--profile", metavar="NAME[,KEY=VALUE...]", default="", help="Reading of the rules that Okta leaves in doubt."
)
@report_option(*RUN_FORMATS)
@ca_bundle_option
@json_option
def command(
    names: tuple[str, ...],
    url: str | None,
    reference: bool,
    headers: tuple[str, ...],
    variables: tuple[str, ...],
    event_files: tuple[str, ...],
    seed: int | None,
    lint: bool,
    listing: bool,
    fail_fast: bool,
    profile: str,
    reports: dict[str, Path],
    ca_bundle: str | None,
    as_json: bool,
) -> int:
    """
    Run scenarios: YAML files, folders of them, or the names of those that come with the package (all by default).

    Example: okta-hooks run happy-path --url http://localhost:8000/okta/hooks
    """
    from emulator.contract.profile import profile as read_profile
    from emulator.delivery.channels import split_headers
    from emulator.delivery.transport import transport
    from emulator.runner.results import UnreachedError
    from emulator.runner.run import Settings, run_scenarios
    from emulator.secrets import Redactor, url_secrets

    read_profile(profile)
    given, types = _variables(variables), read_event_files(event_files)
    scenarios = _load(names, given, types)
    if not scenarios:
        raise NothingToRunError("there is no scenario: no .yaml or .yml file there", hint="name a file or a folder")
    if listing or lint:
        _list(scenarios, as_json=as_json, only_count=lint)
        return 0
    channel = None if url is None else channel_from(url, headers, where="--url")
    auth, custom = split_headers(headers) if url is None else (None, ())
    redact = Redactor(() if url is None else url_secrets(url))
    settings = Settings(
        channel=channel,
        auth=auth,
        headers=custom,
        reference=reference,
        variables=given,
        events=types,
        seed=seed,
        profile=profile,
        sender=transport(ca_bundle),
        redact=redact,
        fail_fast=fail_fast,
    )
    show = _Shown(redact)
    try:
        run = run_scenarios(scenarios, settings, on_result=(lambda *_: None) if as_json else show)
    except UnreachedError as error:
        _report(error.run, redact=redact, reports=reports, as_json=as_json)
        raise
    _report(run, redact=redact, reports=reports, as_json=as_json)
    if not as_json:
        show.end(run)
    return _exit_code(run)


def _report(run: RunResult, *, redact: Redactor, reports: dict[str, Path], as_json: bool) -> None:
    write_run_reports(reports, run, redact=redact, command="okta-hooks run")
    if as_json:
        from emulator.cli.terminal import print_json
        from emulator.reports.runs import as_json as to_json

        print_json(to_json(run, redact=redact))


def _variables(texts: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.replace("_", "a").replace("-", "a").isalnum():
            raise UsageError(f"{text!r} is no variable", where="--var", hint="write NAME=VALUE, as in --var port=8000")
        found[name] = value
    return found


def _load(names: Sequence[str], given: dict[str, Any], types: dict[str, CustomType]) -> list[Scenario]:
    """Read all files before any is run, and tell everything that is wrong with all of them."""
    from emulator.errors import ScenarioError
    from emulator.runner.scenario import load
    from emulator.runner.selection import read_file, select
    from emulator.runner.source import InvalidScenarioError, Problem

    scenarios: list[Scenario] = []
    wrong: list[ScenarioError] = []
    problems: list[Problem] = []
    for name, file in select(names):
        try:
            scenarios.append(load(read_file(file, name), name, given=given, types=types))
        except InvalidScenarioError as error:
            problems += error.problems
        except ScenarioError as error:
            wrong.append(error)
    for each in wrong[: None if problems else -1]:
        click.echo(f"error: {each}", err=True)
    if problems:
        raise InvalidScenarioError(problems)
    if wrong:
        raise wrong[-1]
    return scenarios


def _list(scenarios: Sequence[Scenario], *, as_json: bool, only_count: bool) -> None:
    from emulator.cli.terminal import dim, print_json

    if as_json:
        print_json({"scenarios": [{"id": each.id, "file": each.path, "title": each.title} for each in scenarios]})
        return
    if only_count:
        click.echo(f"{len(scenarios)} scenario{'s are' if len(scenarios) != 1 else ' is'} well formed")
        return
    width = max(len(each.id) for each in scenarios)
    for each in scenarios:
        click.echo(f"{each.id:<{width}}  {dim(each.title)}")


class _Shown:
    """Prints results as they come, under the title of their scenario."""

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact
        self._last = ("", "")

    def __call__(self, scenario: Scenario, result: CheckResult) -> None:
        from emulator.cli.terminal import strong
        from emulator.reports.runs import result_lines

        story = result.id.partition("#")[0]
        if (scenario.path, story) != self._last:
            self._last = (scenario.path, story)
            click.echo(f"{strong(story)}  {scenario.title}")
        for line in result_lines(result, redact=self._redact, style=_style):
            click.echo(line)

    def end(self, run: RunResult) -> None:
        from emulator.reports.runs import summary_line

        verdict = "INTERRUPTED" if run.interrupted else run.verdict.value.upper()
        click.echo("")
        click.echo(f"{_style(verdict, 'good' if verdict == 'PASS' else 'bad')}  {summary_line(run)}")
        click.echo(_style(f"target {run.target}, profile {run.profile}, seed {run.seed}", "dim"))


def _style(text: str, look: str) -> str:
    from emulator.cli import terminal

    return {"good": terminal.good, "bad": terminal.bad, "dim": terminal.dim, "warn": terminal.warn}[look](text)


def _exit_code(run: RunResult) -> int:
    from emulator.runner.results import Status, Verdict

    if run.interrupted:
        return _INTERRUPTED
    if all(check.status is Status.SKIP for check in run.checks):
        raise NothingToRunError("every scenario was skipped", hint="the reasons are above")
    return {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.ERROR: 2}[run.verdict]
