"""Check captured payloads against what Okta promises."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from emulator.cli.options import json_option, report_option
from emulator.errors import NothingToRunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from emulator.contract.inspection import FileReport

__all__ = ["command"]

_KINDS = ("auto", "envelope", "log-event", "verification", "verification-request", "event-hook")
_MOST_JOBS = 256
_WORTH_A_BAR = 20_000_000  # bytes


def _jobs(_: click.Context, __: click.Parameter, text: str) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if text == "auto":
        return cores
    if not text.isdecimal() or not 0 < int(text) <= _MOST_JOBS:
        raise click.BadParameter(f"{text!r} is neither a number from 1 to {_MOST_JOBS} nor 'auto'")
    return int(text)


@click.command("validate")
@click.argument("paths", metavar="FILE|DIR|-...", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(_KINDS), default="auto", show_default=True, help="What the documents are.")
@click.option("--strict", is_flag=True, help="Let problems of level should fail too.")
@click.option("--quiet", "-q", is_flag=True, help="Show only what is wrong, without notes.")
@click.option("--jobs", "-j", metavar="N", default="1", callback=_jobs, help="Use N processes, or 'auto': all cores.")
@click.option("--redact-to", metavar="DIR", help="Write copies without personal data into this folder.")
@report_option("junit", "sarif", "json")
@json_option
def command(
    paths: tuple[str, ...],
    kind: str,
    strict: bool,
    quiet: bool,
    jobs: int,
    redact_to: str | None,
    reports: dict[str, Path],
    as_json: bool,
) -> int:
    """
    Check captured payloads: envelopes, LogEvents, event hooks, verification answers.

    Reads files, directories (every .json, .ndjson and .jsonl below) and standard input (-). Each file holds one
    document, an array of them, or one per line. Every problem is shown with its place and the rule behind it:
    "must" is what Okta never does, "should" was never seen, "note" is newer than our snapshot.

    Example: okta-hooks validate capture.json
    """
    from emulator.cli.terminal import bad, dim, good, print_json, warn
    from emulator.contract.inspection import Status
    from emulator.reports.validation import as_json as to_json
    from emulator.reports.validation import as_text

    files = list(_expand(paths))
    if redact_to is not None:
        _redact(files, redact_to)
    found = _read_all(files, kind, jobs)
    if not found:
        raise NothingToRunError(
            "nothing to check: no .json, .ndjson or .jsonl file there", hint="name a file directly, or - for stdin"
        )
    if as_json:
        print_json(to_json(found, strict=strict))
    else:
        looks = {"must": bad, "should": warn, "note": dim, "dim": dim}
        looks |= {Status.VALID: good, Status.INVALID: bad, Status.UNREADABLE: bad}
        for line in as_text(found, strict=strict, quiet=quiet, style=lambda text, look: looks[look](text)):
            click.echo(line)
    _write(reports, found, strict=strict)
    verdicts = {report.status(strict=strict) for report in found}
    return 2 if Status.UNREADABLE in verdicts else 1 if Status.INVALID in verdicts else 0


def _write(files: dict[str, Path], found: list[FileReport], *, strict: bool) -> None:
    if not files:
        return
    import json

    from emulator.reports.files import write_report
    from emulator.reports.junit import junit_xml
    from emulator.reports.sarif import sarif_json
    from emulator.reports.validation import as_cases, as_findings
    from emulator.reports.validation import as_json as to_json

    texts = {
        "junit": lambda: junit_xml(as_cases(found, strict=strict), name="okta-hooks validate"),
        "sarif": lambda: sarif_json(as_findings(found), command="okta-hooks validate"),
        "json": lambda: json.dumps(to_json(found, strict=strict), indent=2) + "\n",
    }
    for form, path in files.items():
        write_report(path, texts[form]())


def _expand(paths: tuple[str, ...]) -> Iterator[str]:
    """Yield each file once, the directories' files in order; what can't be listed is yielded as it is."""
    from emulator.captures.files import STDIN, files_below
    from emulator.contract.problems import printable

    seen: set[str] = set()
    for path in paths:
        inside = list(files_below(path)) if path != STDIN and os.path.isdir(path) else [path]  # noqa: PTH112  # Path raises on NUL and loops
        if not inside:
            click.echo(f"{printable(path)}: no .json, .ndjson or .jsonl file in this directory", err=True)
        for name in inside:
            if name not in seen:
                seen.add(name)
                yield name


def _redact(files: list[str], folder: str) -> None:
    from secrets import token_bytes

    from emulator.captures.copying import copy_redacted
    from emulator.captures.files import STDIN
    from emulator.captures.redaction import Redaction
    from emulator.contract.problems import printable

    if STDIN in files:
        raise UsageError("standard input can't be checked and copied at once", where="--redact-to", hint="name a file")
    copied = 0
    # A key that nobody keeps: pseudonyms agree within this run, and can't be tried out afterwards.
    for path, why in copy_redacted(files, folder, Redaction(token_bytes(32))):
        copied += not why
        if why:
            click.echo(f"{printable(path)}: no copy: {printable(why)}", err=True)
    click.echo(f"{copied} redacted {'copy' if copied == 1 else 'copies'} in {printable(folder)}", err=True)


def _read_all(paths: list[str], kind: str, jobs: int) -> list[FileReport]:
    from contextlib import nullcontext

    from emulator.captures.files import STDIN
    from emulator.captures.reading import Reading, read_report

    if STDIN in paths and sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty():
        click.echo("reading from the terminal; end with Ctrl-D", err=True)
    with _progress(paths) as progress, _workers(jobs) if jobs > 1 else nullcontext() as workers:
        how = Reading(kind=kind, workers=workers, jobs=jobs, progress=progress)
        return [read_report(path, how) for path in paths]


@contextmanager
def _workers(jobs: int) -> Iterator[Executor]:
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _progress(paths: list[str]) -> Iterator[Callable[[int], object]]:
    """Show a bar on a terminal, if there is enough to read that one would wait."""
    sizes = [os.path.getsize(path) for path in paths if os.path.isfile(path)]  # noqa: PTH113, PTH202  # as above
    if not sys.stderr.isatty() or sum(sizes) < _WORTH_A_BAR:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=sum(sizes))
        yield lambda size: bar.advance(task, size)
