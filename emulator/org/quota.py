"""The org's limit of events that hooks may get in 24 hours, and its warning (M3-M6)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from emulator.payloads import Origin

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.org.core import Change, Core

__all__ = ["Quota"]

_WINDOW: Final = timedelta(hours=24)
_KEPT_AS: Final = "quota"


class Quota:
    """Counts applicable events since the first one of the window; the window ends 24 h after that (M5)."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def spend(self, change: Change) -> bool:
        """
        Count one event that some hook is to get, and say whether it may.

        UNDOCUMENTED: an event counts once, however many hooks get it (M6).
        """
        start, count = self.read()
        now = self._core.now()
        if start is None or not start <= now < start + _WINDOW:
            start, count = now, 0
        count += 1
        self._core.store.keep(_KEPT_AS, json.dumps([start.isoformat(), count]))
        profile = self._core.profile
        if count == profile.limits_warning:
            self._tell(change, "warning", profile.limits_warning, start + _WINDOW - now)
        if count == profile.limits_daily + 1:
            self._tell(change, "violation", profile.limits_daily, start + _WINDOW - now)
        return count <= profile.limits_daily

    def read(self) -> tuple[datetime | None, int]:
        """Return when the current window began, None before the first event, and how many events it has seen."""
        kept = self._core.store.get(_KEPT_AS)
        if kept is None:
            return None, 0
        start, count = json.loads(kept)
        return datetime.fromisoformat(start), count

    @staticmethod
    def _tell(change: Change, what: str, threshold: int, left: timedelta) -> None:
        # M4: the type of the warning is not documented; this is the family whose published list of operations has
        # an `event_hook_delivery`.  Neither type is eligible, so this can't go on for ever.
        def as_operation(event: JsonObject) -> None:
            event["target"] = None

        change.raise_event(
            f"system.operation.rate_limit.{what}",
            origin=Origin.SYSTEM,
            extras={
                "operationRateLimitType": "event_hook_delivery",
                "operationRateLimitScopeType": "org",
                "operationRateLimitThreshold": str(threshold),
                "operationRateLimitTimeSpan": "24",
                "operationRateLimitTimeUnit": "HOURS",
                "operationRateLimitSecondsToReset": str(int(left.total_seconds())),
                "operationRateLimitSubtype": "event_hook_delivery",
            },
            edit=as_operation,
        )
