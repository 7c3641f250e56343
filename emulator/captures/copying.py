"""Writing redacted copies of files into a folder, line by line where a file is lines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.captures.files import STDIN, open_capture, reason
from emulator.captures.reading import HEAD, LARGEST, are_lines
from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emulator.captures.redaction import Redaction

__all__ = ["Copied", "copy_redacted"]

_WHERE: Final = "--redact-to"
Copied = tuple[str, str]  # the file, and why there is no copy of it; empty if there is one


def copy_redacted(paths: Iterable[str], folder: str, redaction: Redaction) -> Iterator[Copied]:
    """
    Write a copy of each file into *folder*, under the path that the files don't have in common.

    What can't be read, or is no text, is left out: half a redaction would be worse than none.

    Raises:
        UsageError: a copy can't be written, or would replace one of the files.
    """
    files = [path for path in paths if path != STDIN]
    top = _common(files)
    for path in paths:
        target = Path(folder) / (os.path.relpath(path, top) if path != STDIN else "stdin.json")
        if path != STDIN and target.exists() and os.path.samefile(path, target):  # noqa: PTH121  # a path of the user's
            raise UsageError(f"the copy of {path!r} would replace it", where=_WHERE, hint="name another folder")
        try:
            text = _texts(path)
            first = next(text, "")
        except OSError as error:
            yield path, reason(error)[0]
            continue
        except ValueError:
            yield path, "it is not UTF-8 text"
            continue
        yield path, _write(target, first, text, redaction)


def _common(files: list[str]) -> str:
    if len(files) < 2:  # nothing to have in common
        return os.path.dirname(files[0]) if files else ""  # noqa: PTH120  # as above
    return os.path.commonpath([os.path.dirname(os.path.abspath(file)) for file in files])  # noqa: PTH100, PTH120  # as above


def _texts(path: str) -> Iterator[str]:
    """Yield the lines of a file that is lines, and any other file as a whole."""
    stream = open_capture(path)
    try:
        head = stream.read(HEAD)
        if not are_lines(head, path):
            rest = stream.read(LARGEST + 1)
            if len(rest) > LARGEST:
                raise OSError(0, f"larger than {LARGEST >> 20} MiB")
            yield (head + rest).decode("utf-8-sig")
            return
        lines = head.splitlines(keepends=True)
        begun = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        for line in lines:
            yield line.decode()
        for line in stream:
            yield (begun + line).decode()
            begun = b""
        if begun:
            yield begun.decode()
    finally:
        if path != STDIN:
            stream.close()


def _write(target: Path, first: str, rest: Iterator[str], redaction: Redaction) -> str:
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Made anew: whatever lies there may be a link to somewhere else.
        partial.unlink(missing_ok=True)
        with partial.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(redaction.text(first))
            file.writelines(redaction.text(text) for text in rest)
        partial.replace(target)
    except ValueError:
        partial.unlink(missing_ok=True)
        return "it is not UTF-8 text"
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise UsageError(f"{str(target)!r} can't be written: {words}", where=_WHERE) from None
    return ""
