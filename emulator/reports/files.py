"""The files that ``--report`` names: which formats go where, and writing them whole or not at all."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.errors import UsageError
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["read_report_option", "write_report"]

_WHERE = "--report"
_STDOUT = "-"


def read_report_option(texts: Iterable[str], formats: Sequence[str]) -> dict[str, Path]:
    """
    Return the file for each format that texts such as ``junit=out.xml,sarif=out.sarif`` name.

    Raises:
        UsageError: a format is unknown or named twice, or its file could not be written.
    """
    found: dict[str, Path] = {}
    for text in texts:
        # A comma may be part of a file name; only one that stands before another format parts two of them.
        for part in re.split(r",(?=[A-Za-z]+=)", text):
            form, equals, name = part.partition("=")
            if not equals or not name:
                wanted = f"write it like --report {formats[0]}=FILE; formats: {', '.join(formats)}"
                raise UsageError(f"{part!r} names no file", where=_WHERE, hint=wanted)
            if form not in formats:
                hint = did_you_mean(form, formats) or f"formats: {', '.join(formats)}"
                raise UsageError(f"unknown report format {form!r}", where=_WHERE, hint=hint)
            if form in found:
                raise UsageError(f"the format {form!r} is named twice", where=_WHERE, hint="one file for each format")
            found[form] = _writable(Path(name))
    return found


def _writable(path: Path) -> Path:
    if str(path) == _STDOUT:
        return path
    # Before the work, not after it: a run of an hour must not end in a typing error.
    if "\0" in str(path):
        raise UsageError("that is no file name", where=_WHERE, hint="it holds a NUL character")
    if path.is_dir():
        raise UsageError(f"{str(path)!r} is a folder", where=_WHERE, hint="name a file in it")
    if not path.parent.is_dir():
        raise UsageError(
            f"there is no folder {str(path.parent)!r}",
            where=_WHERE,
            hint=f"create it first: mkdir -p {shlex.quote(str(path.parent))}",
        )
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"no permission to write {str(path)!r}", where=_WHERE, hint="name a file you may write")
    return path


def write_report(path: Path, text: str) -> None:
    """
    Write a report, so that nobody ever reads half of one; ``-`` is standard output.

    Raises:
        UsageError: the file can't be written.
    """
    if str(path) == _STDOUT:
        sys.stdout.write(text)
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        if path.exists() and not path.is_file():  # /dev/stdout, a named pipe
            path.write_text(text, encoding="utf-8")
            return
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"the report {str(path)!r} can't be written: {reason}", where=_WHERE) from None
