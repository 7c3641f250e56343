"""The request bodies of a ``deliver`` step: events of the wanted types, edited, ordered and put into batches."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import matching_types
from emulator.payloads import (
    SHAPES,
    Edit,
    Origin,
    build_envelope,
    build_event,
    edit_envelope,
    encode,
    in_shape,
    parse_remove,
    preview_sample,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from emulator.contract.model import JsonObject
    from emulator.runner.session import Session

__all__ = ["Body", "Wanted", "build", "rebuilt"]

_WINDOW: Final = timedelta(seconds=8)  # D10: measured 5 to 11 s between an event and its delivery
_GAP: Final = timedelta(milliseconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One request body, and what it holds."""

    encoded: bytes
    event_id: str
    events: tuple[JsonObject, ...]

    @property
    def uuids(self) -> tuple[str, ...]:
        """The ``uuid`` of each event."""
        return tuple(str(event.get("uuid", "")) for event in self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """
    What to build: ``count`` events of each type, ``batch`` of them in a request, 0 for all.

    Event number k of each type happens to person ``person`` + k.  The events happened ``ago``, over a time of
    ``spread``.  ``origin``, ``outcome`` and ``reason`` are None for what is usual for the type.
    """

    types: tuple[str, ...]
    sets: Mapping[str, Any] = field(default_factory=dict)
    removes: Sequence[str] = ()
    count: int = 1
    batch: int = 1
    order: str = "published"
    shape: str = SHAPES[0]
    person: int = 0
    ago: timedelta = timedelta()
    spread: timedelta = timedelta()
    origin: str | None = None
    outcome: str | None = None
    reason: str | None = None


def build(session: Session, wanted: Wanted) -> list[Body]:
    """
    Return the bodies of a step.

    Raises:
        UsageError: an event type is unknown, or an edit doesn't fit.
    """
    names = [name for pattern in wanted.types for name in _types(session, pattern)]
    pairs = [(name, turn) for turn in range(wanted.count) for name in names]
    sent = session.moment()
    events = [
        _event(session, wanted, name, turn, published=_published(wanted, sent, len(pairs) - place, len(pairs)))
        for place, (name, turn) in enumerate(pairs)
    ]
    ordered = _ordered(session, events, wanted.order)
    size = wanted.batch or len(ordered)
    edits = [*(_set(path, value) for path, value in wanted.sets.items()), *map(_removal, wanted.removes)]
    batches = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    return [_body(session, batch, edits=edits, sent=sent) for batch in batches]


def rebuilt(session: Session, body: Body) -> Body:
    """Return the events of *body* in a new envelope: another ``eventId``, the same uuids (D12)."""
    return _body(session, body.events, edits=(), sent=session.moment())


def _types(session: Session, pattern: str) -> list[str]:
    if pattern in session.world.custom:
        return [pattern]
    return [known.id for known in matching_types(pattern)]


def _published(wanted: Wanted, sent: datetime, from_last: int, total: int) -> datetime:
    return sent - _WINDOW - wanted.ago - wanted.spread * (from_last / total) - from_last * _GAP


def _event(session: Session, wanted: Wanted, name: str, turn: int, *, published: datetime) -> JsonObject:
    number = session.next_event()
    if wanted.shape == "preview-sample":
        return preview_sample(name, world=session.world, number=number, published=published)
    event = build_event(
        name,
        world=session.world,
        number=number,
        published=published,
        hook_ids=[session.hook_id()],
        person=session.world.person(wanted.person + turn),
        origin=None if wanted.origin is None else Origin(wanted.origin),
        result=wanted.outcome,
        reason=wanted.reason,
    )
    return in_shape(event, wanted.shape, nulls=session.profile.delivery_nulls)


def _ordered(session: Session, events: list[JsonObject], order: str) -> list[JsonObject]:
    if order == "reversed":
        return events[::-1]
    if order == "shuffled":
        return sorted(events, key=lambda event: session.world.draws.raw("order", event["uuid"]))
    return events


def _set(path: str, value: Any) -> Edit:
    return replace(parse_remove(path, where="set"), removes=False, value=value)


def _removal(path: str) -> Edit:
    return parse_remove(path, where="remove")


def _body(session: Session, events: Sequence[JsonObject], *, edits: Sequence[Edit], sent: datetime) -> Body:
    envelope = build_envelope(
        events, world=session.world, hook_id=session.hook_id(), event_time=sent, number=session.next_envelope()
    )
    envelope = edit_envelope(envelope, edits)
    data = envelope.get("data")
    found = data.get("events") if isinstance(data, dict) else None
    return Body(
        encoded=encode(envelope),
        event_id=str(envelope.get("eventId", "")),
        events=tuple(event for event in found if isinstance(event, dict)) if isinstance(found, list) else (),
    )
