"""Rules that a JSON Schema can't say: how members relate to each other, and names from the catalogue."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import eligible_types, known_types
from emulator.contract.event_shapes import EventShape, shape_of
from emulator.contract.formats import instant
from emulator.contract.problems import Level, Path, Problem, printable
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["envelope_problems", "event_problems", "hook_problems"]

_LONGEST_TYPE: Final = 100
_MANY: Final = 1000


def envelope_problems(value: Any, path: Path = ()) -> list[Problem]:
    """Check what relates the events of a delivery to it and to each other (D10, D12, D20), and each event."""
    data = value.get("data") if isinstance(value, dict) else None
    events = data.get("events") if isinstance(data, dict) else None
    if not isinstance(events, list):
        return _beside(value, path)
    inside = (*path, "data", "events")
    found: list[Problem] = [*_repeated(events, inside), *_from_the_future(value.get("eventTime"), events, inside)]
    for index, event in enumerate(events[:_MANY]):
        found += [*event_problems(event, (*inside, index)), *_not_eligible(event, (*inside, index, "eventType"))]
        if shape_of(event) is EventShape.SYSTEM_LOG_API:
            found.append(
                Problem(
                    path=(*inside, index),
                    rule="D20",
                    level=Level.SHOULD,
                    message="an event in the System Log API's shape inside a delivery",
                    hint="deliveries have client.ipChain and no request member; was this put together by hand?",
                )
            )
    return found


def _beside(value: Any, path: Path) -> list[Problem]:
    if not isinstance(value, dict) or "data" in value or not isinstance(value.get("events"), list):
        return []
    message = "events stands beside the envelope's members, wanted inside data"
    hint = '"data": {"events": [...]}'
    return [Problem(path=(*path, "events"), rule="D7", level=Level.MUST, message=message, hint=hint, at_key=True)]


def _not_eligible(event: Any, path: Path) -> list[Problem]:
    event_type = event.get("eventType") if isinstance(event, dict) else None
    if not isinstance(event_type, str) or event_type not in known_types() or event_type in eligible_types():
        return []
    message = f"{event_type} is in the System Log only: hooks couldn't subscribe to it when our snapshot was made"
    return [Problem(path=path, rule="A9", level=Level.NOTE, message=message)]


def _repeated(events: list[Any], path: Path) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, event in enumerate(events[:_MANY]):
        uuid = event.get("uuid") if isinstance(event, dict) else None
        if not isinstance(uuid, str):
            continue
        if uuid in first:
            yield Problem(
                path=(*path, index, "uuid"),
                rule="D12",
                level=Level.SHOULD,
                message=f"the same uuid as event {first[uuid]} of this delivery",
                hint="a uuid names one event; within one delivery none was ever seen twice",
            )
        first.setdefault(uuid, index)


def _from_the_future(event_time: Any, events: list[Any], path: Path) -> Iterator[Problem]:
    built = instant(event_time)
    for index, event in enumerate(events[:_MANY]):
        published = instant(event.get("published")) if isinstance(event, dict) else None
        if built and published and published > built:
            yield Problem(
                path=(*path, index, "published"),
                rule="D10",
                level=Level.SHOULD,
                message=f"published at {event['published']}, after the delivery was built ({event_time})",
                hint="eventTime is when the request was built: seconds after its events, never before",
            )


def event_problems(value: Any, path: Path = ()) -> list[Problem]:
    """Name an event type that is newer than the catalogue, or misspelt (T2)."""
    event_type = value.get("eventType") if isinstance(value, dict) else None
    return _unknown_type(event_type, (*path, "eventType"))


def _unknown_type(event_type: Any, path: Path) -> list[Problem]:
    if not isinstance(event_type, str) or not event_type or event_type in known_types():
        return []
    hint = _nearest(event_type) if len(event_type) <= _LONGEST_TYPE else ""
    return [
        Problem(
            path=path,
            rule="T2",
            level=Level.NOTE,
            message=f"the event type {printable(event_type[:_LONGEST_TYPE])} is not in our snapshot of the catalogue",
            hint=hint or "new ones arrive nearly every month; a receiver ignores types it doesn't know",
        )
    ]


def _create_request(value: dict[str, Any], path: Path) -> Iterator[Problem]:
    if not value.keys() & {"id", "status", "verificationStatus", "created"}:
        message = "this looks like the request that creates a hook; what is checked is Okta's answer to it"
        yield Problem(
            path=path, rule="A5", level=Level.MUST, message=message, hint="the answer adds id, status and more"
        )


@lru_cache(maxsize=256)
def _nearest(event_type: str) -> str:
    return did_you_mean(event_type, known_types())


def hook_problems(value: Any, path: Path = ()) -> list[Problem]:
    """Check the subscribed event types of a hook, and that its filters speak of these (T2, F3)."""
    events = value.get("events") if isinstance(value, dict) else None
    items = events.get("items") if isinstance(events, dict) else None
    if not isinstance(items, list):
        return []
    inside = (*path, "events")
    found = [*_create_request(value, path)]
    found += [p for i, item in enumerate(items[:_MANY]) for p in _unknown_type(item, (*inside, "items", i))]
    filtered = events.get("filter") if isinstance(events, dict) else None
    rows = filtered.get("eventFilterMap") if isinstance(filtered, dict) else None
    for index, row in enumerate(rows[:_MANY] if isinstance(rows, list) else []):
        named = row.get("event") if isinstance(row, dict) else None
        if isinstance(named, str) and named not in items:
            found.append(
                Problem(
                    path=(*inside, "filter", "eventFilterMap", index, "event"),
                    rule="F3",
                    level=Level.SHOULD,
                    message=f"a filter for {printable(named[:_LONGEST_TYPE])}, which the hook doesn't subscribe to",
                    hint="every filtered event type is one of events.items",
                )
            )
    return found
