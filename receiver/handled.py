"""
What has been handled, noted at once in a file beside the database, which hears of it a little later.

The database is written by whoever acknowledges, too, and a handler's result may have to wait for that.  A process that
is killed meanwhile would call the handler once more; a line in a file waits for nobody, and survives the process.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Handled"]

_MANY: Final = 1000  # lines after which a file that says nothing new is emptied


class Handled:
    """The file at *path*, made if missing; for one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._lines = 0

    def note(self, number: int, uuid: str) -> None:
        """Note that event *number* has been handled; on a full disk only the database will hear of it."""
        with suppress(OSError):
            os.write(self._file, f"{number} {uuid}\n".encode())
            self._lines += 1

    def noted(self) -> list[tuple[int, str]]:
        """Return the numbers and uuids of what an earlier run has noted."""
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            lines = file.read().decode(errors="replace").split("\n")[:-1]
        parts = [line.partition(" ") for line in lines]
        return [(int(number), uuid) for number, _, uuid in parts if number.isascii() and number.isdigit()]

    def settled(self) -> None:
        """Say that the database has heard of everything."""
        if self._lines >= _MANY:
            self.forget()

    def forget(self) -> None:
        """Empty the file."""
        os.ftruncate(self._file, 0)
        self._lines = 0

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
