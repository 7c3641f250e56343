"""What ``okta-hooks validate`` does, without click: importing that takes three times as long as a small file."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from emulator.cli.terminal import animated, say
from emulator.errors import NothingToRunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from emulator.contract.inspection import FileReport

__all__ = ["plain_call", "validated"]

_WORTH_A_BAR = 20_000_000  # bytes
_FLAGS = {"--json": "as_json", "--quiet": "quiet", "-q": "quiet", "--strict": "strict"}
_NO_OPTIONS = frozenset({"OKTA_HOOKS_CONFIG", "OKTA_HOOKS_DEBUG"})


def plain_call(arguments: Sequence[str]) -> Callable[[], int] | None:
    """
    Return the work of ``validate`` with these *arguments*, if that can be told without click; else None.

    It can if they are files and flags, and neither the environment nor a configuration file says more.
    """
    flags = [argument for argument in arguments if argument in _FLAGS]
    paths = [argument for argument in arguments if argument not in _FLAGS]
    if not paths or any(path[:1] == "-" and path != "-" for path in paths):
        return None
    if any(name.startswith("OKTA_HOOKS_") and name not in _NO_OPTIONS for name in os.environ):
        return None
    from emulator.cli._configuration import find_file

    try:
        if find_file() is not None:
            return None
    except (UsageError, OSError):
        return None
    given = {_FLAGS[flag] for flag in flags}
    return lambda: validated(paths, strict="strict" in given, quiet="quiet" in given, as_json="as_json" in given)


def validated(
    paths: Sequence[str],
    *,
    kind: str = "auto",
    strict: bool = False,
    quiet: bool = False,
    jobs: int = 1,
    redact_to: str | None = None,
    reports: Mapping[str, Path] | None = None,
    as_json: bool = False,
) -> int:
    """Check the files, say what was found, and return the exit code; the parameters are the command's options."""
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
            say(line)
    _write(reports or {}, found, strict=strict)
    verdicts = {report.status(strict=strict) for report in found}
    return 2 if Status.UNREADABLE in verdicts else 1 if Status.INVALID in verdicts else 0


def _write(files: Mapping[str, Path], found: list[FileReport], *, strict: bool) -> None:
    if not files:
        return
    import json

    from emulator.reports.files import write_report
    from emulator.reports.junit import junit_xml
    from emulator.reports.sarif import sarif_json
    from emulator.reports.validation import as_json as to_json
    from emulator.reports.validation_records import as_cases, as_findings

    texts = {
        "junit": lambda: junit_xml(as_cases(found, strict=strict), name="okta-hooks validate"),
        "sarif": lambda: sarif_json(as_findings(found), command="okta-hooks validate"),
        "json": lambda: json.dumps(to_json(found, strict=strict), indent=2) + "\n",
    }
    for form, path in files.items():
        write_report(path, texts[form]())


def _expand(paths: Sequence[str]) -> Iterator[str]:
    """Yield each file once, the directories' files in order; what can't be listed is yielded as it is."""
    from emulator.captures.files import STDIN, files_below
    from emulator.contract.problems import printable

    seen: set[str] = set()
    for path in paths:
        inside = list(files_below(path)) if path != STDIN and os.path.isdir(path) else [path]  # noqa: PTH112  # Path raises on NUL and loops
        if not inside:
            say(f"{printable(path)}: no .json, .ndjson or .jsonl file in this directory", err=True)
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
            say(f"{printable(path)}: no copy: {printable(why)}", err=True)
    say(f"{copied} redacted {'copy' if copied == 1 else 'copies'} in {printable(folder)}", err=True)


def _read_all(paths: list[str], kind: str, jobs: int) -> list[FileReport]:
    from contextlib import nullcontext

    from emulator.captures.files import STDIN
    from emulator.captures.reading import Reading, read_report

    if STDIN in paths and sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty():
        say("reading from the terminal; end with Ctrl-D", err=True)
    with _progress(paths) as progress, _workers(jobs) if jobs > 1 else nullcontext() as workers:
        how = Reading(kind=kind, workers=workers, jobs=jobs, progress=progress, alone=len(paths) == 1)
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
def _progress(paths: list[str]) -> Iterator[Callable[[int], object] | None]:
    """Show a bar on a terminal, if there is enough to read that one would wait."""
    sizes = [os.path.getsize(path) for path in paths if os.path.isfile(path)]  # noqa: PTH113, PTH202  # as above
    if not animated() or sum(sizes) < _WORTH_A_BAR:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=sum(sizes))
        yield lambda size: bar.advance(task, size)
