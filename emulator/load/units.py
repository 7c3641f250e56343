"""Durations, rates and shares as people write them: ``90s``, ``500/s``, ``0.1%``."""

from __future__ import annotations

import re
from typing import Final

from emulator.errors import UsageError

__all__ = ["duration_text", "read_duration", "read_rate", "read_share"]

_SECONDS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_NUMBER: Final = r"(\d+(?:\.\d+)?)"
_PIECE: Final = re.compile(rf"{_NUMBER}(us|ms|min|s|m|h)")
_DURATION: Final = re.compile(rf"(?:{_NUMBER}(?:us|ms|min|s|m|h))+")
_RATE: Final = re.compile(rf"{_NUMBER}(?:/(s|m|min|h))?")
_SHARE: Final = re.compile(rf"{_NUMBER}%|(0(?:\.\d+)?|1(?:\.0+)?)")
_LONGEST: Final = 7 * 24 * 3600.0
_FASTEST: Final = 1e6


def read_duration(text: str, *, where: str, least: float = 0.0) -> float:
    """
    Return the seconds that a text such as ``500ms``, ``90s`` or ``1h30m`` stands for.

    Raises:
        UsageError: it is no duration, or not between *least* and a week.
    """
    plain = text.strip().replace(" ", "")
    if not _DURATION.fullmatch(plain):
        hint = f"add a unit: {plain}s" if re.fullmatch(_NUMBER, plain) else "write it like 30s, 5m or 1h30m"
        raise UsageError(f"{text!r} is no duration", where=where, hint=hint)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PIECE.findall(plain))
    if not least <= seconds <= _LONGEST:
        hint = f"give {duration_text(least)} to 7 days" if least else "give at most 7 days: 168h"
        raise UsageError(f"{text!r} is out of range", where=where, hint=hint)
    return seconds


def read_rate(text: str, *, where: str) -> float:
    """
    Return the deliveries a second that a text such as ``500``, ``500/s`` or ``30/m`` stands for.

    Raises:
        UsageError: it is no rate, or none above 0 and up to a million a second.
    """
    found = _RATE.fullmatch(text.strip().replace(" ", ""))
    if found is None:
        raise UsageError(f"{text!r} is no rate", where=where, hint="write it like 500/s, or 30/m")
    rate = float(found[1]) / _SECONDS[found[2] or "s"]
    if not 0 < rate <= _FASTEST:
        raise UsageError(f"{text!r} is out of range", where=where, hint="give more than 0 and at most 1000000/s")
    return rate


def read_share(text: str, *, where: str) -> float:
    """
    Return the part, 0 to 1, that a text such as ``0.1%`` or ``0.001`` stands for.

    Raises:
        UsageError: it is no share.
    """
    found = _SHARE.fullmatch(text.strip().replace(" ", ""))
    share = (float(found[1]) / 100 if found[1] else float(found[2])) if found else -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"{text!r} is no share", where=where, hint="write it like 1%, at most 100%")
    return share


def duration_text(seconds: float) -> str:
    """Return a duration for people, with three digits that count: ``412 us``, ``4.2 ms``, ``2.95 s``, ``10 min``."""
    if seconds >= 120:
        return f"{seconds / 60:.3g} min"
    if seconds >= 0.9995:
        return f"{seconds:.3g} s"
    if seconds >= 0.0009995:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds * 1e6:.0f} us" if seconds else "0 s"
