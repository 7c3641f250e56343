"""The request bodies of a ``deliver`` step: events of the wanted types, edited, ordered and put into batches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from emulator.contract.catalogue import matching_types
from emulator.payloads import Edit, as_delivery, build_envelope, build_event, edit_envelope, encode, parse_remove

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.contract.model import JsonObject
    from emulator.runner.session import Session

__all__ = ["Body", "Wanted", "build", "rebuilt"]

_WINDOW = timedelta(seconds=8)  # D10: measured 5 to 11 s between an event and its delivery
_GAP = timedelta(milliseconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One request body, and what it holds."""

    envelope: JsonObject
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

    Event number k of each type happens to person ``person`` + k.
    """

    types: tuple[str, ...]
    sets: Mapping[str, Any] = field(default_factory=dict)
    removes: Sequence[str] = ()
    count: int = 1
    batch: int = 0
    order: str = "published"
    nulls: str = "omit"
    person: int = 0
    ago: timedelta = timedelta()


def build(session: Session, wanted: Wanted) -> list[Body]:
    """
    Return the bodies of a step.

    Raises:
        UsageError: an event type is unknown, or an edit doesn't fit.
    """
    names = [known.id for name in wanted.types for known in matching_types(name)]
    pairs = [(name, turn) for turn in range(wanted.count) for name in names]
    events = [_event(session, wanted, name, turn, place=len(pairs) - place) for place, (name, turn) in enumerate(pairs)]
    ordered = _ordered(events, wanted.order, session.world.seed)
    size = wanted.batch or len(ordered)
    edits = [*(_set(path, value) for path, value in wanted.sets.items()), *map(_removal, wanted.removes)]
    return [_body(session, ordered[start : start + size], edits=edits) for start in range(0, len(ordered), size)]


def rebuilt(session: Session, body: Body) -> Body:
    """Return the events of *body* in a new envelope: another ``eventId``, the same uuids (D12)."""
    return _body(session, body.events, edits=())


def _event(session: Session, wanted: Wanted, name: str, turn: int, *, place: int) -> JsonObject:
    number = session.next_event()
    event = build_event(
        name,
        world=session.world,
        number=number,
        published=None if session.at is None else session.at - _WINDOW - wanted.ago - place * _GAP,
        hook_ids=[session.hook_id()],
        person=session.world.person(wanted.person + turn),
    )
    return as_delivery(event, nulls=wanted.nulls)


def _ordered(events: list[JsonObject], order: str, seed: int) -> list[JsonObject]:
    if order == "reversed":
        return events[::-1]
    if order == "shuffled":
        return sorted(events, key=lambda event: blake2b(f"{seed}:{event['uuid']}".encode()).digest())
    return events


def _set(path: str, value: Any) -> Edit:
    from dataclasses import replace

    return replace(parse_remove(path, where=path), removes=False, value=value)


def _removal(path: str) -> Edit:
    return parse_remove(path, where=path)


def _body(session: Session, events: Sequence[JsonObject], *, edits: Sequence[Edit]) -> Body:
    envelope = build_envelope(
        events,
        world=session.world,
        hook_id=session.hook_id(),
        event_time=session.at,
        number=session.next_envelope(),
    )
    envelope = edit_envelope(envelope, edits)
    data = envelope.get("data")
    found = data.get("events") if isinstance(data, dict) else None
    return Body(
        envelope=envelope,
        encoded=encode(envelope),
        event_id=str(envelope.get("eventId", "")),
        events=tuple(event for event in found if isinstance(event, dict)) if isinstance(found, list) else (),
    )
