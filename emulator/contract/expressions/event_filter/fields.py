"""The closed list of what a filter may read (F6), and where a LogEvent of either shape has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["EVENT_FIELDS", "RESULTS", "TARGET_FIELDS", "TARGET_LIST", "read_field", "targets_of"]

EVENT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "event.eventType": ("eventType",),
    "event.outcome.reason": ("outcome", "reason"),
    "event.outcome.result": ("outcome", "result"),
    "event.actor.id": ("actor", "id"),
    "event.actor.type": ("actor", "type"),
    "event.actor.alternateId": ("actor", "alternateId"),
    "event.actor.displayName": ("actor", "displayName"),
    # F6: filters say event.debugData, the event itself has debugContext.debugData.
    "event.debugData.changedAttributes": ("debugContext", "debugData", "changedAttributes"),
}
TARGET_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    name: (name,) for name in ("id", "type", "alternateId", "displayName")
}
TARGET_LIST: Final = "event.target"

# F12: what Okta's form offers, then what else the events have (L21).
RESULTS: Final = (
    "SUCCESS", "FAILURE", "SKIPPED", "UNKNOWN", "CHALLENGE", "DENY",
    "ALLOW", "RATE_LIMIT", "DEFERRED", "SCHEDULED", "ABANDONED", "UNANSWERED",
)  # fmt: skip


def read_field(name: str, source: Any) -> Any:
    """Return the value of field *name* in an event or a target; None if it, or what should hold it, isn't there."""
    value = source
    for member in EVENT_FIELDS.get(name) or TARGET_FIELDS[name]:
        value = value.get(member) if isinstance(value, Mapping) else None
    return value


def targets_of(event: Mapping[str, Any]) -> list[Any]:
    """Return the event's targets; none when ``target`` is null or absent (F14)."""
    targets = event.get("target")
    return targets if isinstance(targets, list) else []
