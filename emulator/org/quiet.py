"""Okta's former rule: after many failures a hook was left alone for a while (R12); off unless the profile says so."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Final

__all__ = ["QuietPeriods"]

_FAILURES: Final = 1500
_SPAN: Final = timedelta(minutes=15)


class QuietPeriods:
    """Counts the failed deliveries of each hook."""

    def __init__(self) -> None:
        self._failed: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._until: dict[str, datetime] = {}

    def failed(self, hook_id: str, now: datetime) -> None:
        """Count a delivery that failed."""
        failures = self._failed[hook_id]
        failures.append(now)
        while failures[0] <= now - _SPAN:
            failures.popleft()
        if len(failures) >= _FAILURES:
            self._until[hook_id] = now + _SPAN
            failures.clear()

    def is_quiet(self, hook_id: str, now: datetime) -> bool:
        """Say whether a hook is left alone: what would be delivered meanwhile is gone."""
        return now < self._until.get(hook_id, now)
