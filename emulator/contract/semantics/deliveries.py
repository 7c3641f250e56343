"""What holds for a delivery as a whole: its events, its source and the time it was built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import eligible_types, known_types
from emulator.contract.event_shapes import EventShape, shape_of
from emulator.contract.formats import instant
from emulator.contract.problems import Level, Path, Problem
from emulator.contract.semantics.registry import delivery_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["events_of"]

_MANY: Final = 1000


def events_of(envelope: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """Return the events of a delivery that are objects, each with its index."""
    data = envelope.get("data")
    events = data.get("events") if isinstance(data, dict) else None
    if not isinstance(events, list):
        return []
    return [(index, event) for index, event in enumerate(events[:_MANY]) if isinstance(event, dict)]


@delivery_rule
def events_beside_the_envelope(envelope: dict[str, Any], path: Path) -> Iterator[Problem]:
    """D7: events stand inside data."""
    if "data" not in envelope and isinstance(envelope.get("events"), list):
        message = "events stands beside the envelope's members, wanted inside data"
        hint = '"data": {"events": [...]}'
        yield Problem(path=(*path, "events"), rule="D7", level=Level.MUST, message=message, hint=hint, at_key=True)


@delivery_rule
def published_after_the_request(envelope: dict[str, Any], path: Path) -> Iterator[Problem]:
    """D10: eventTime is when the request was built, so after all its events."""
    event_time = envelope.get("eventTime")
    for index, event in events_of(envelope):
        published = event.get("published")
        built = instant(event_time)
        happened = instant(published)
        if built and happened and happened > built:
            yield Problem(
                path=(*path, "data", "events", index, "published"),
                rule="D10",
                level=Level.SHOULD,
                message=f"published at {published}, after the delivery was built ({event_time})",
                hint="eventTime is when the request was built: seconds after its events, never before",
            )


@delivery_rule
def uuid_twice(envelope: dict[str, Any], path: Path) -> Iterator[Problem]:
    """D12: a uuid names one event."""
    events = events_of(envelope)
    if len(events) < 2:  # nothing to be equal to
        return
    first: dict[str, int] = {}
    for index, event in events:
        uuid = event.get("uuid")
        if not isinstance(uuid, str):
            continue
        if uuid in first:
            yield Problem(
                path=(*path, "data", "events", index, "uuid"),
                rule="D12",
                level=Level.SHOULD,
                message=f"the same uuid as event {first[uuid]} of this delivery",
                hint="a uuid names one event; within one delivery none was ever seen twice",
            )
        first.setdefault(uuid, index)


@delivery_rule
def system_log_shape(envelope: dict[str, Any], path: Path) -> Iterator[Problem]:
    """D20: in hook bodies there is no request member."""
    for index, event in events_of(envelope):
        if "request" in event and shape_of(event) is EventShape.SYSTEM_LOG_API:
            yield Problem(
                path=(*path, "data", "events", index),
                rule="D20",
                level=Level.SHOULD,
                message="an event in the System Log API's shape inside a delivery",
                hint="deliveries have client.ipChain and no request member; was this put together by hand?",
            )


@delivery_rule
def type_not_eligible(envelope: dict[str, Any], path: Path) -> Iterator[Problem]:
    """A9: hooks subscribe to eligible types only."""
    for index, event in events_of(envelope):
        event_type = event.get("eventType")
        if isinstance(event_type, str) and event_type in known_types() and event_type not in eligible_types():
            message = f"{event_type} is in the System Log only: hooks couldn't subscribe to it in our snapshot"
            where = (*path, "data", "events", index, "eventType")
            yield Problem(path=where, rule="A9", level=Level.NOTE, message=message)


@delivery_rule
def hook_not_among_the_targets(envelope: dict[str, Any], path: Path) -> Iterator[Problem]:
    """D17: targetEventHookIds lists every hook configured for the event, so the one that received it too."""
    source = envelope.get("source")
    hook_id = source.rpartition("/")[2] if isinstance(source, str) else ""
    if not hook_id.startswith("who"):
        return
    for index, event in events_of(envelope):
        context = event.get("debugContext")
        data = context.get("debugData") if isinstance(context, dict) else None
        ids = data.get("targetEventHookIds") if isinstance(data, dict) else None
        if isinstance(ids, str) and "who" in ids and hook_id not in ids.split(","):
            yield Problem(
                path=(*path, "data", "events", index, "debugContext", "debugData", "targetEventHookIds"),
                rule="D17",
                level=Level.SHOULD,
                message=f"targetEventHookIds doesn't name {hook_id}, the hook of source",
                hint="it lists every hook that is configured for the event, the receiving one included",
            )
