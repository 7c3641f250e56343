"""Which files are meant, and how to open them: whatever a user names, there is an answer in words."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["STDIN", "SUFFIXES", "files_below", "open_capture", "reason"]

SUFFIXES: Final = (".json", ".ndjson", ".jsonl")
STDIN: Final = "-"
_BUFFER: Final = 1 << 16  # bytes

_REASONS: Final = {
    errno.ENOENT: ("no such file", "check the spelling and the current directory"),
    errno.EACCES: ("no permission to read it", "chmod u+r, or run as its owner"),
    errno.EPERM: ("no permission to read it", "chmod u+r, or run as its owner"),
    errno.ELOOP: ("a symbolic link that leads back to itself", "remove or repair the link"),
    errno.ENOTDIR: ("a part of this path is a file, not a directory", ""),
    errno.EISDIR: ("a directory where a file was expected", ""),
    errno.ENAMETOOLONG: ("the file name is too long", ""),
    errno.ENODEV: ("a device or socket, not a file", "pipe it into: okta-hooks validate -"),
}


def files_below(directory: str) -> Iterator[str]:
    """Yield the files of a folder that may hold captures, in order; a folder that can't be listed is yielded itself."""
    unlisted: list[OSError] = []
    for folder, folders, files in os.walk(directory, onerror=unlisted.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield os.path.join(folder, name)  # noqa: PTH118  # paths stay as the user wrote them
    yield from (str(error.filename) for error in unlisted)


def open_capture(path: str) -> IO[bytes]:
    """
    Open a file, or standard input for ``-``.

    Raises:
        OSError: it can't be read; ``reason`` has words for it.
        ValueError: it is no file name at all.
    """
    if path in {STDIN, "/dev/stdin"}:
        if sys.stdin is None or sys.stdin.closed:
            raise OSError(errno.EBADF, "standard input is closed")
        return sys.stdin.buffer
    # Devices such as /dev/zero never end.  Pipes do: shells offer them as files, <(command).
    mode = os.stat(path).st_mode  # noqa: PTH116  # Path raises on NUL and loops
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
        raise OSError(errno.ENODEV, "not a regular file", path)
    return open(path, "rb", _BUFFER)  # noqa: PTH123  # as above; the caller closes it


def reason(error: OSError) -> tuple[str, str]:
    """Return why a file can't be read, and what to do about it."""
    return _REASONS.get(error.errno or 0, (str(error.strerror or error).lower(), ""))
