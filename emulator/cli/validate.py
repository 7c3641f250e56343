"""Check captured payloads against what Okta promises."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emulator.cli.options import json_option, report_option
from emulator.errors import NothingToRunError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.inspection import FileReport

__all__ = ["command"]

_KINDS = ("auto", "envelope", "log-event", "verification", "verification-request", "event-hook")
_SUFFIXES = (".json", ".ndjson", ".jsonl")
_STDIN = "-"
_LARGEST = 64 * 1024 * 1024  # bytes; what a whole batch never reaches


@click.command("validate")
@click.argument("paths", metavar="FILE|DIR|-...", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(_KINDS), default="auto", show_default=True, help="What the documents are.")
@click.option("--strict", is_flag=True, help="Let problems of level should fail too.")
@click.option("--quiet", "-q", is_flag=True, help="Show only what is wrong, without notes.")
@report_option("junit", "sarif", "json")
@json_option
def command(
    paths: tuple[str, ...], kind: str, strict: bool, quiet: bool, reports: dict[str, Path], as_json: bool
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

    found = [_inspect(path, kind) for path in _expand(paths)]
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
    from emulator.contract.problems import printable

    seen: set[str] = set()
    for path in paths:
        inside = list(_files_below(path)) if path != _STDIN and os.path.isdir(path) else [path]  # noqa: PTH112  # Path raises on NUL and loops
        if not inside:
            click.echo(f"{printable(path)}: no .json, .ndjson or .jsonl file in this directory", err=True)
        for name in inside:
            if name not in seen:
                seen.add(name)
                yield name


def _files_below(directory: str) -> Iterator[str]:
    unlisted: list[OSError] = []
    for folder, folders, files in os.walk(directory, onerror=unlisted.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(_SUFFIXES) and not name.startswith("."):
                yield os.path.join(folder, name)  # noqa: PTH118  # paths stay as the user wrote them
    yield from (str(error.filename) for error in unlisted)


def _inspect(path: str, kind: str) -> FileReport:
    from emulator.contract.inspection import inspect_bytes, unreadable

    name = "<stdin>" if path == _STDIN else path
    try:
        data = _read_stdin() if path == _STDIN else _read(path)
    except OSError as error:
        return unreadable(name, _reason(error), _advice(error))
    except ValueError:
        return unreadable(name, "this is no file name", "it holds a NUL character")
    if len(data) > _LARGEST:
        return unreadable(name, f"larger than {_LARGEST // 1024 // 1024} MiB", "split it, for example by lines")
    return inspect_bytes(data, name=name, kind=kind)


def _read_stdin() -> bytes:
    if sys.stdin is None or sys.stdin.closed:
        raise OSError(errno.EBADF, "standard input is closed")
    if sys.stdin.isatty():
        click.echo("reading from the terminal; end with Ctrl-D", err=True)
    return sys.stdin.buffer.read(_LARGEST + 1)


def _read(path: str) -> bytes:
    # Devices such as /dev/zero never end.  Pipes do: shells offer them as files, <(command).
    mode = os.stat(path).st_mode  # noqa: PTH116  # as above
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
        if path != "/dev/stdin":
            raise OSError(errno.ENODEV, "not a regular file", path)
        return _read_stdin()
    with Path(path).open("rb") as file:
        return file.read(_LARGEST + 1)


_REASONS = {
    errno.ENOENT: ("no such file", "check the spelling and the current directory"),
    errno.EACCES: ("no permission to read it", "chmod u+r, or run as its owner"),
    errno.EPERM: ("no permission to read it", "chmod u+r, or run as its owner"),
    errno.ELOOP: ("a symbolic link that leads back to itself", "remove or repair the link"),
    errno.ENOTDIR: ("a part of this path is a file, not a directory", ""),
    errno.EISDIR: ("a directory where a file was expected", ""),
    errno.ENAMETOOLONG: ("the file name is too long", ""),
    errno.ENODEV: ("a device or socket, not a file", "pipe it into: okta-hooks validate -"),
}


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0, (str(error.strerror or error).lower(), ""))[0]


def _advice(error: OSError) -> str:
    return _REASONS.get(error.errno or 0, ("", ""))[1]
