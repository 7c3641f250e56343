"""What the commands that run a contract suite have in common: listing, progress, reports, the exit code."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from emulator.cli.terminal import animated
from emulator.errors import UsageError
from emulator.reports.run_reports import write_run_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from emulator.checks import Check
    from emulator.checks.inline import InlineCheck
    from emulator.runner.results import Listener, RunResult
    from emulator.secrets import Redactor

__all__ = ["header_options", "known_failures", "run_and_tell", "show_checks"]

_INTERRUPTED = 130
_NOTHING = 4


def run_and_tell(
    run_suite: Callable[[Sequence[Listener]], RunResult],
    *,
    redact: Redactor,
    reports: dict[str, Path],
    as_json: bool,
    command: str,
) -> int:
    """
    Run a suite, tell what it found, write the reports, and return the exit code.

    Raises:
        UnreachedError: nobody answers at the receiver's address; the reports say so.
    """
    from emulator.runner.results import UnreachedError

    try:
        run = run_suite([_progress()] if animated() else [])
    except UnreachedError as error:
        _report(error.run, redact=redact, reports=reports, as_json=as_json, command=command)
        raise
    if not as_json:
        _tell(run)
    _report(run, redact=redact, reports=reports, as_json=as_json, command=command)
    return _exit_code(run)


def _report(run: RunResult, *, redact: Redactor, reports: dict[str, Path], as_json: bool, command: str) -> None:
    if as_json:
        from emulator.cli.terminal import print_json
        from emulator.reports.runs import as_json as to_json

        print_json(to_json(run, redact=redact))
    write_run_reports(reports, run, redact=redact, command=command)


def _exit_code(run: RunResult) -> int:
    from emulator.runner.results import Status, Verdict

    if run.interrupted:
        return _INTERRUPTED
    if all(check.status is Status.SKIP for check in run.checks):
        click.echo("nothing was run: every chosen check was left out, for the reasons above", err=True)
        return _NOTHING
    return 0 if run.verdict is Verdict.PASS else 1


def show_checks(checks: Sequence[Check | InlineCheck], *, whole: bool, as_json: bool) -> None:
    """Print the checks in one line each, or all there is to say about each."""
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
        from emulator.checks import Check
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
        snippets = snippets_for(check) if isinstance(check, Check) else {}
        for framework, code in snippets.items():
            click.echo(f"\n  {framework}")
            click.echo("\n".join(f"      {line}" for line in code.splitlines()))


def known_failures(name: str, *, command: str) -> frozenset[str]:
    """
    Return the ids of the checks that failed in the JSON report called *name*, which *command* makes.

    Raises:
        UsageError: it can't be read, or is no such report.
    """
    import json

    try:
        with open(name, encoding="utf-8") as source:  # noqa: PTH123 (a path typed by the user)
            report = json.load(source)
        return frozenset(check["id"] for check in report["checks"] if check["status"] == "fail")
    except OSError as error:
        raise UsageError(
            f"the file {name!r} can't be read: {(error.strerror or 'unknown reason').lower()}",
            where="--baseline",
            hint=f"make it first: {command} --report json=FILE",
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            f"the file {name!r} is no report of this command",
            where="--baseline",
            hint=f"make it with: {command} --report json=FILE",
        ) from None


def header_options(headers: Sequence[str]) -> list[str]:
    """Write ``--header`` options for a command that is shown: as they were typed, unless they hold a secret."""
    from shlex import quote

    from emulator.secrets import HIDDEN

    given = []
    for text in headers:
        name, _, value = (part.strip() for part in text.partition(":"))
        kept = value if value.startswith(("${env:", "@")) and " " not in value else HIDDEN
        given.append(f"--header {quote(f'{name}: {kept}')}")
    return given


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
            columns = shutil.get_terminal_size().columns  # a longer text would wrap, and stay
            click.echo(f"\r\x1b[K{text[: columns - 1]}", nl=False, err=True)

    return Progress()


def _tell(run: RunResult) -> None:
    from emulator.cli.terminal import bad, dim, good, strong, warn
    from emulator.reports.checks import as_text

    looks = {"good": good, "bad": bad, "warn": warn, "dim": dim, "strong": strong}
    for line in as_text(run, style=lambda text, look: looks[look](text)):
        click.echo(line)
