"""Instants: how they are written, and when the events of a seed happen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from emulator.errors import UsageError

if TYPE_CHECKING:
    from emulator.payloads.draws import Draws

__all__ = [
    "as_text",
    "default_event_time",
    "default_published",
    "epoch_milliseconds",
    "parse",
    "require_aware",
    "ticks_since_1582",
]

_GREGORIAN = datetime(1582, 10, 15, tzinfo=UTC)

# The fixed weeks in which a seed's events happen when nobody says otherwise.
_FIRST_DAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
_DAYS = 26
_STEP = 800  # milliseconds between the earliest instants of two successive numbers

# D10: the instant at which a request is built follows its last event by 5 to 11 s.
_SHORTEST_WINDOW, _WINDOW_SPREAD = 5_000, 6_000


def as_text(moment: datetime, *, digits: int = 3) -> str:
    """Return an instant as the wire has it: UTC, 0, 3 or 6 fraction digits, ``Z`` (D6, N5)."""
    precision = {0: "seconds", 3: "milliseconds", 6: "microseconds"}[digits]
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision)}Z"


def parse(text: object) -> datetime | None:
    """Return the aware instant that a ``published`` holds, or None if it holds none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def require_aware(moment: datetime, name: str) -> datetime:
    """
    Return *moment* in UTC, cut to milliseconds.

    Raises:
        UsageError: it has no time zone, so it isn't an instant.
    """
    if moment.tzinfo is None:
        raise UsageError(f"{name} has no time zone: {moment.isoformat()}", hint="give an aware datetime, such as UTC")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{name} is out of range: {moment.isoformat()}") from None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def ticks_since_1582(moment: datetime) -> int:
    """Return the tenths of a microsecond that a version 1 UUID counts, for whole milliseconds (N6)."""
    return (moment - _GREGORIAN) // timedelta(milliseconds=1) * 10_000


def default_published(draws: Draws, number: int, event_type: str) -> datetime:
    """
    Return when event *number* of a seed happens: within fixed weeks of 2026, later for a higher number.

    Successive events are a few milliseconds to 1.6 s apart.
    """
    start = draws.below(_DAYS * 24 * 3600 * 1000, "published")
    jitter = draws.below(_STEP, "published", number, event_type)
    return _FIRST_DAY + timedelta(milliseconds=start + number * _STEP + jitter)


def default_event_time(draws: Draws, last_published: datetime, number: int) -> datetime:
    """Return when request *number* is built: 5 to 11 s after its last event (D10)."""
    window = _SHORTEST_WINDOW + draws.below(_WINDOW_SPREAD, "event time", number)
    return last_published + timedelta(milliseconds=window)


def epoch_milliseconds(moment: datetime) -> int:
    """Return the milliseconds since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
