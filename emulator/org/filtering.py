"""Whether the filter of an event hook lets an event through (F4, F5, F14)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.contract.model import EventHook, JsonObject
    from emulator.contract.profile import Profile

__all__ = ["filtered_out"]

_log = logging.getLogger("emulator.org")


def filtered_out(hook: EventHook, event: JsonObject, profile: Profile) -> str:
    """Return why the filter of *hook* holds *event* back, in words; empty if it doesn't."""
    expression = _expression(hook, event["eventType"])
    if expression is None:
        return ""
    # Only orgs with filters pay for the parser.
    from emulator.contract.expressions.event_filter import parse

    found = parse(expression).explain(event)
    if not found.failed:
        return "" if found.value is True else f"has a filter, {expression!r}, which is not true (F5)"
    kept = profile.filter_on_error == "drop"
    _log.warning("the filter of the hook %r has no value for %s: %s (F14)", hook.name, event["uuid"], found.why)
    return f"has a filter, {expression!r}, without a value: {found.why} (F14)" if kept else ""


def _expression(hook: EventHook, event_type: str) -> str | None:
    entries = () if hook.event_filter is None else hook.event_filter["eventFilterMap"]
    return next((entry["condition"]["expression"] for entry in entries if entry["event"] == event_type), None)
