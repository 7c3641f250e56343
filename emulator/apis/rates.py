"""Rate limits: the headers of every answer, and the refusal of too many calls if the profile asks for it (A32, E6)."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from email.utils import formatdate
from typing import Final

from emulator.apis.routing import API

__all__ = ["RateLimits", "Standing"]

_WINDOW: Final = 60  # seconds
# A32 has the first three; the others are of their size.
_PER_MINUTE: Final = {"eventHooks": 1000, "logs": 120, "groups": 500, "users": 600, "apps": 500}
_OTHERS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a caller stands in the current minute."""

    limit: int
    remaining: int
    reset: int
    date: float
    exceeded: bool

    def headers(self, *, exhausted: bool = False) -> list[tuple[str, str]]:
        """Return the headers; ``Date`` is by the same clock, since clients subtract it from the reset."""
        return [
            ("X-Rate-Limit-Limit", str(self.limit)),
            ("X-Rate-Limit-Remaining", "0" if exhausted else str(self.remaining)),
            ("X-Rate-Limit-Reset", str(self.reset)),
            ("Date", formatdate(self.date, usegmt=True)),
        ]


class RateLimits:
    """
    Counts calls per minute and kind of resource.

    When *enforced* is off, which a test wants, a caller always has plenty left.
    """

    def __init__(self, *, enforced: bool, limit: int | None = None) -> None:
        self.enforced = enforced
        self._limit = limit
        self._lock = threading.Lock()
        self._window = 0
        self._used: dict[str, int] = {}

    def take(self, path: str) -> Standing:
        """Count a call to *path*."""
        kind = path.removeprefix(f"{API}/").partition("/")[0]
        limit = self._limit or _PER_MINUTE.get(kind, _OTHERS)
        now = time.time()
        window = int(now) // _WINDOW
        with self._lock:
            if window != self._window:
                self._window, self._used = window, {}
            used = self._used[kind] = self._used.get(kind, 0) + 1
        exceeded = self.enforced and used > limit
        remaining = max(0, limit - used) if self.enforced else limit - 1
        return Standing(limit=limit, remaining=remaining, reset=(window + 1) * _WINDOW, date=now, exceeded=exceeded)
