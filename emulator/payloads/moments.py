"""Instants: how they are written, and when the events of a seed happen; a plain number is milliseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from emulator.errors import UsageError

if TYPE_CHECKING:
    from emulator.payloads.draws import Draws

__all__ = [
    "as_text",
    "default_event_time",
    "default_published",
    "milliseconds",
    "parse",
    "text_of",
    "ticks_since_1582",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_EARLIEST = (datetime(1583, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
_LATEST = (datetime(5236, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
_SINCE_1582 = (_EPOCH - datetime(1582, 10, 15, tzinfo=UTC)) // _MILLISECOND

# The fixed weeks in which a seed's events happen when nobody says otherwise.
_FIRST_DAY = (datetime(2026, 3, 2, 8, tzinfo=UTC) - _EPOCH) // _MILLISECOND
_WEEKS = 26 * 24 * 3600 * 1000
_STEP = 800  # milliseconds between the earliest instants of two successive numbers

# D10: the instant at which a request is built follows its last event by 5 to 11 s.
_SHORTEST_WINDOW, _WINDOW_SPREAD = 5_000, 6_000


def as_text(moment: datetime, *, digits: int = 3) -> str:
    """Return an instant as the wire has it: UTC, 0, 3 or 6 fraction digits, ``Z`` (D6, N5)."""
    precision = {0: "seconds", 3: "milliseconds", 6: "microseconds"}[digits]
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision)}Z"


def text_of(moment: int) -> str:
    """Return an instant as the wire has it, with milliseconds."""
    minutes, rest = divmod(moment, 60_000)
    return f"{_minute(minutes)}:{rest // 1000:02d}.{rest % 1000:03d}Z"


@lru_cache(maxsize=64)
def _minute(minutes: int) -> str:
    return (_EPOCH + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat(timespec="minutes")


def parse(text: object) -> datetime | None:
    """Return the aware instant that a ``published`` holds, or None if it holds none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def milliseconds(moment: datetime, name: str) -> int:
    """
    Return an aware datetime as milliseconds.

    Raises:
        UsageError: it has no time zone, so it isn't an instant, or no calendar of ours has it.
    """
    if moment.tzinfo is None:
        raise UsageError(f"{name} has no time zone: {moment.isoformat()}", hint="give an aware datetime, such as UTC")
    found = (moment - _EPOCH) // _MILLISECOND
    if not _EARLIEST <= found < _LATEST:
        hint = "choose one from 1583 to 5235: others don't fit into a time-based uuid (N6)"
        raise UsageError(f"{name} is out of range: {moment.isoformat()}", hint=hint)
    return found


def ticks_since_1582(moment: int) -> int:
    """Return the tenths of a microsecond that a version 1 UUID counts (N6)."""
    return (moment + _SINCE_1582) * 10_000


def default_published(draws: Draws, number: int, event_type: str) -> int:
    """
    Return when event *number* of a seed happens: within fixed weeks of 2026, later for a higher number.

    Successive events are a few milliseconds to 1.6 s apart.
    """
    start = draws.below(_WEEKS, "published")
    return _FIRST_DAY + start + number * _STEP + draws.below(_STEP, "published", number, event_type)


def default_event_time(last_published: int, drawn: bytes) -> int:
    """Return when a request is built: 5 to 11 s after its last event (D10), as the *drawn* bytes want it."""
    return last_published + _SHORTEST_WINDOW + int.from_bytes(drawn[:8], "big") % _WINDOW_SPREAD
