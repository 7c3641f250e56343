"""What commands that send take from the user: bytes of a file, an instant, a seed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from emulator.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["fresh_seed", "read_bytes", "read_instant"]

_LARGEST_SEED = 2**32


def fresh_seed() -> int:
    """Return a seed that nobody has chosen."""
    from secrets import randbelow

    return randbelow(_LARGEST_SEED)


def read_instant(text: str | None, *, seeded: bool) -> datetime | None:
    """
    Return the instant that ``--at`` names: now if it is left out, but None for a given seed, which has its own.

    Raises:
        UsageError: it is no instant, or has no time zone.
    """
    from datetime import UTC, datetime

    if text is None and seeded:
        return None
    if text is None or text == "now":
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no instant", where="--at", hint="such as 2026-08-21T12:00:00Z, or now") from None
    if instant.tzinfo is None:
        raise UsageError(f"{text!r} has no time zone", where="--at", hint=f"add a Z for UTC: {text}Z")
    return instant


def read_bytes(name: str, *, where: str) -> bytes:
    """
    Return the content of a file, or of standard input for ``-``.

    Raises:
        UsageError: it can't be read.
    """
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        with open(name, "rb") as source:  # noqa: PTH123 (a path typed by the user)
            return source.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this is no file name"
        raise UsageError(
            f"the file {name!r} can't be read: {reason.lower()}", where=where, hint="check the path"
        ) from None
