"""The ``events.filter`` of an event hook: read from the API's JSON, and asked about events (F1-F4, F16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from emulator.contract.expressions.event_filter import EventFilter, api_cause, parse
from emulator.contract.expressions.faults import ExpressionError
from emulator.errors import UsageError

__all__ = ["FILTER_TYPE", "FilterMapError", "as_json", "filters_by_type"]

FILTER_TYPE: Final = "EXPRESSION_LANGUAGE"  # F1


class FilterMapError(UsageError):
    """An ``events.filter`` that a hook can't have; ``cause`` is what the API says, ``pointer`` where (F3, F16)."""

    def __init__(self, cause: str, *, pointer: str, hint: str = "") -> None:
        super().__init__(cause, where=pointer, hint=hint)
        self.cause = cause
        self.pointer = pointer


def filters_by_type(
    value: Mapping[str, Any] | None, items: Sequence[str], *, strict: bool = False
) -> dict[str, EventFilter]:
    """
    Return the filter of each event type that has one; a type without an entry is unfiltered (F4).

    Args:
        value: The ``events.filter`` of the API, null for none.
        items: The event types the hook subscribes to.
        strict: Refuse expressions that go beyond what Okta documents.

    Raises:
        FilterMapError: it has another form, names a type twice or one that isn't subscribed, or an expression in it
            can't be read.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise FilterMapError("filter: The field has an invalid value", pointer="/events/filter")
    if value.get("type", FILTER_TYPE) != FILTER_TYPE:
        raise FilterMapError(
            "filter.type: The field has an invalid value", pointer="/events/filter/type", hint=f"write {FILTER_TYPE!r}"
        )
    entries = value.get("eventFilterMap")
    if not isinstance(entries, list):
        raise FilterMapError("eventFilterMap: The field cannot be left blank", pointer="/events/filter/eventFilterMap")
    found: dict[str, EventFilter] = {}
    for number, entry in enumerate(entries):
        pointer = f"/events/filter/eventFilterMap/{number}"
        event, expression = _entry(entry, pointer)
        if event not in items:
            raise FilterMapError(
                f"event: The filter names an event type that is not subscribed to: {event}",
                pointer=f"{pointer}/event",
                hint="add it to events.items (F3)",
            )
        if event in found:
            raise FilterMapError(
                f"event: The filter has more than one entry for {event}",
                pointer=f"{pointer}/event",
                hint="join the conditions with && or || (F3)",
            )
        found[event] = _parsed(expression, f"{pointer}/condition/expression", strict=strict)
    return found


def _entry(entry: Any, pointer: str) -> tuple[str, str]:
    event = entry.get("event") if isinstance(entry, Mapping) else None
    if not isinstance(event, str) or not event:
        raise FilterMapError("event: The field cannot be left blank", pointer=f"{pointer}/event")
    condition = entry.get("condition")
    expression = condition.get("expression") if isinstance(condition, Mapping) else None
    if not isinstance(expression, str) or not expression.strip():
        raise FilterMapError("expression: The field cannot be left blank", pointer=f"{pointer}/condition/expression")
    return event, expression


def _parsed(expression: str, pointer: str, *, strict: bool) -> EventFilter:
    try:
        return parse(expression, strict=strict)
    except ExpressionError as error:
        raise FilterMapError(api_cause(error), pointer=pointer, hint=str(error)) from None


def as_json(filters: Mapping[str, EventFilter] | Mapping[str, str]) -> dict[str, Any] | None:
    """Return the ``events.filter`` of an answer: ``version`` before ``expression`` (F2), null when there is none."""
    if not filters:
        return None
    return {
        "type": FILTER_TYPE,
        "eventFilterMap": [
            {"event": event, "condition": {"version": None, "expression": _text(found)}}
            for event, found in filters.items()
        ],
    }


def _text(found: EventFilter | str) -> str:
    return found if isinstance(found, str) else found.text
