"""Check which of Okta's promises a hook URL keeps, with evidence and a fix for each it breaks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from emulator.cli.options import (
    ca_bundle_option,
    channel_from,
    header_option,
    json_option,
    profile_option,
    report_option,
)
from emulator.errors import UsageError
from emulator.reports.run_reports import RUN_FORMATS, write_run_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from emulator.checks import Check
    from emulator.contract.profile import Profile
    from emulator.runner.results import Listener, RunResult
    from emulator.secrets import Redactor

__all__ = ["command"]

_INTERRUPTED = 130
_NOTHING = 4
_LARGEST_SEED = 2**32


@click.command("check")
@click.argument("url", required=False)
@header_option
@click.option("--select", metavar="NAME", multiple=True, help="Run only this check, rule or pattern. Repeatable.")
@click.option("--ignore", metavar="NAME", multiple=True, help="Leave this check, rule or pattern out. Repeatable.")
@click.option(
    "--level",
    type=click.Choice(["must", "should", "may"]),
    default="must",
    show_default=True,
    help="The lowest level whose breach fails the run.",
)
@click.option("--type", "event_types", metavar="TYPE", multiple=True, help="Deliver this event type. Repeatable.")
@click.option(
    "--probe",
    "probes",
    metavar="URL PATH|COMMAND",
    multiple=True,
    help="What shows how often events were acted on, as in 'http://localhost:8000/handled $.count', or what became of "
    "one user, with {login}, {user_id} or {uuid} in it. A command's last line counts. Repeatable.",
)
@click.option("--seed", type=click.IntRange(0), help="The same seed gives the same people and events.")
@click.option("--baseline", metavar="FILE", help="A JSON report; what fails in it already doesn't fail this run.")
@click.option("--list", "listing", is_flag=True, help="List the checks and stop.")
@click.option("--explain", metavar="CHECK", help="Say all about one check, with code that keeps its promise, and stop.")
@report_option(*RUN_FORMATS)
@ca_bundle_option
@profile_option
@json_option
def command(
    url: str | None,
    headers: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    level: str,
    event_types: tuple[str, ...],
    probes: tuple[str, ...],
    seed: int | None,
    baseline: str | None,
    listing: bool,
    explain: str | None,
    reports: dict[str, Path],
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
) -> int:
    """
    Run the contract suite against URL: some 300 requests about invented people, so don't aim it at production.

    A broken promise of level must fails the run; what rests on an inferred rule, and lower levels, only warn.

    Example: okta-hooks check http://localhost:8000/okta/hooks --header 'Authorization: ${env:HOOK_SECRET}'
    """
    from emulator.checks.registry import choose

    chosen = choose(select=(explain,) if explain else select, ignore=ignore)
    if listing or explain:
        _show(chosen, whole=bool(explain), as_json=as_json)
        return 0
    if url is None:
        raise UsageError("name the hook's URL", where="URL", hint="such as http://localhost:8000/okta/hooks")
    import time

    from emulator.checks import Plan, run_suite
    from emulator.checks.probe import read_probe
    from emulator.checks.target import Target
    from emulator.contract.catalogue import event_type
    from emulator.delivery.transport import transport
    from emulator.payloads import World
    from emulator.runner.results import Level, UnreachedError

    sender = transport(ca_bundle)
    target = Target(
        channel=channel_from(url, headers),
        sender=sender,
        world=World(_fresh_seed() if seed is None else seed),
        started=int(time.time() * 1000),
        profile=profile,
        event_types=tuple(event_type(name).id for name in event_types),
        probes=tuple(read_probe(text, sender=sender) for text in probes),
    )
    for probe in target.probes:
        probe.look()
    plan = Plan(
        target=target,
        checks=chosen,
        level=Level(level),
        baseline=frozenset() if baseline is None else _known_failures(baseline),
        reproduce=_reproduce(url, headers, target.world.seed),
    )
    listeners = [_progress()] if sys.stderr.isatty() else []
    try:
        run = run_suite(plan, listeners)
    except UnreachedError as error:
        _report(error.run, redact=target.redactor(), reports=reports, as_json=as_json)
        raise
    if not as_json:
        _tell(run)
    _report(run, redact=target.redactor(), reports=reports, as_json=as_json)
    return _exit_code(run)


def _exit_code(run: RunResult) -> int:
    from emulator.runner.results import Status, Verdict

    if run.interrupted:
        return _INTERRUPTED
    if all(check.status is Status.SKIP for check in run.checks):
        click.echo("nothing was run: every chosen check was left out, for the reasons above", err=True)
        return _NOTHING
    return 0 if run.verdict is Verdict.PASS else 1


def _fresh_seed() -> int:
    from secrets import randbelow

    return randbelow(_LARGEST_SEED)


def _show(checks: Sequence[Check], *, whole: bool, as_json: bool) -> None:
    from emulator.cli.terminal import dim, print_json, strong

    if as_json:
        keys = ("id", "rule", "title", "how", "remedy")
        listed = [{key: getattr(check, key) for key in keys} for check in checks]
        levels = [{"level": check.level.value, "evidence_label": check.evidence.value} for check in checks]
        print_json({"checks": [{**one, **level} for one, level in zip(listed, levels, strict=True)]})
        return
    width = max(len(check.id) for check in checks)
    for check in checks:
        if not whole:
            click.echo(f"{check.id:<{width}}  {check.level:<6}  {check.rule:<4} {dim(check.title)}")
            continue
        from emulator.checks.snippets import snippets_for
        from emulator.contract.rules import RULES
        from emulator.reports.exchanges import wrapped

        click.echo(f"{strong(check.id)}  {check.title}")
        lines = {
            "rule": f"{check.rule}: {RULES[check.rule].statement} ({check.level}, {check.evidence})",
            "how": check.how,
            "fix": check.remedy,
        }
        for label, text in lines.items():
            click.echo("\n".join(wrapped(label, text)))
        for framework, code in snippets_for(check).items():
            click.echo(f"\n  {framework}")
            click.echo("\n".join(f"      {line}" for line in code.splitlines()))


def _known_failures(name: str) -> frozenset[str]:
    import json

    try:
        with open(name, encoding="utf-8") as source:  # noqa: PTH123 (a path typed by the user)
            report = json.load(source)
        return frozenset(check["id"] for check in report["checks"] if check["status"] == "fail")
    except OSError as error:
        raise UsageError(
            f"the file {name!r} can't be read: {(error.strerror or 'unknown reason').lower()}",
            where="--baseline",
            hint="make it first: okta-hooks check URL --report json=FILE",
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            f"the file {name!r} is no report of this command",
            where="--baseline",
            hint="make it with: okta-hooks check URL --report json=FILE",
        ) from None


def _reproduce(url: str, headers: Sequence[str], seed: int) -> Callable[[str], str]:
    """Return what writes the command for one check: headers as they were typed, unless they hold a secret."""
    from shlex import quote

    from emulator.secrets import HIDDEN, safe_url

    given = []
    for text in headers:
        name, _, value = (part.strip() for part in text.partition(":"))
        kept = value if value.startswith(("${env:", "@")) and " " not in value else HIDDEN
        given.append(f"--header {quote(f'{name}: {kept}')}")

    def command_for(check_id: str) -> str:
        return " ".join(["okta-hooks check", quote(safe_url(url)), *given, "--select", check_id, "--seed", str(seed)])

    return command_for


def _progress() -> Listener:
    from emulator.runner.results import CheckResult, Listener

    class Progress(Listener):
        """One line on the terminal that says how far the run has come."""

        planned = done = 0

        def started(self, target: str, *, planned: int) -> None:
            self.planned = planned
            self._say(f"checking {target} ...")

        def finished_one(self, result: CheckResult) -> None:
            self.done += 1
            self._say(f"{self.done}/{self.planned} {result.id}: {result.status}")

        def finished(self, run: RunResult) -> None:
            del run
            click.echo("\r\x1b[K", nl=False, err=True)

        def _say(self, text: str) -> None:
            click.echo(f"\r\x1b[K{text[:100]}", nl=False, err=True)

    return Progress()


def _tell(run: RunResult) -> None:
    from emulator.cli.terminal import bad, dim, good, strong, warn
    from emulator.reports.checks import as_text

    looks = {"good": good, "bad": bad, "warn": warn, "dim": dim, "strong": strong}
    for line in as_text(run, style=lambda text, look: looks[look](text)):
        click.echo(line)


def _report(run: RunResult, *, redact: Redactor, reports: dict[str, Path], as_json: bool) -> None:
    if as_json:
        from emulator.cli.terminal import print_json
        from emulator.reports.runs import as_json as to_json

        print_json(to_json(run, redact=redact))
    write_run_reports(reports, run, redact=redact, command="okta-hooks check")
