"""Words on a terminal: colour where it is wanted, JSON where it is asked for; all without importing click."""

from __future__ import annotations

import os
import sys
from typing import IO, Any

__all__ = ["animated", "bad", "coloured", "dim", "good", "print_json", "say", "strong", "warn"]

_GREEN, _RED, _YELLOW, _BOLD, _DIM, _PLAIN = (f"\x1b[{code}m" for code in (32, 31, 33, 1, 2, 0))


def coloured(stream: IO[str]) -> bool:
    """Whether what goes to *stream* is to have colours, or other looks."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or _capable(stream)


def _capable(stream: IO[str] | None) -> bool:
    """Whether *stream* is a terminal that understands more than lines of text."""
    return stream is not None and not stream.closed and stream.isatty() and os.environ.get("TERM") != "dumb"


def animated() -> bool:
    """Whether stderr can show how far something has come, in a line that is written over."""
    return _capable(sys.stderr)


def _style(text: str, look: str) -> str:
    return f"{look}{text}{_PLAIN}" if coloured(sys.stdout) else text


def good(text: str) -> str:
    """Return *text* as good news."""
    return _style(text, _GREEN)


def bad(text: str) -> str:
    """Return *text* as bad news."""
    return _style(text, _RED + _BOLD)


def warn(text: str) -> str:
    """Return *text* as something to look at."""
    return _style(text, _YELLOW)


def dim(text: str) -> str:
    """Return *text* as a side remark."""
    return _style(text, _DIM)


def strong(text: str) -> str:
    """Return *text* as a heading."""
    return _style(text, _BOLD)


def say(text: str, *, err: bool = False) -> None:
    """Write *text* and a line break, at once; what the stream's encoding lacks is written as UTF-8."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:  # it was closed before we started
        return
    try:
        stream.write(f"{text}\n")
    except UnicodeEncodeError:
        stream.buffer.write(f"{text}\n".encode("utf-8", "replace"))
    stream.flush()


def print_json(value: Any) -> None:
    """Print one JSON document on stdout; it is ASCII, so no locale can break it."""
    import json  # not needed for text

    say(json.dumps(value, indent=2))
