"""Which requests a ``trigger`` sends: LogEvents of the wanted types, edited, ordered, batched and repeated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from emulator.errors import UsageError
from emulator.payloads import SHAPES, build_envelope, build_event, edit_envelope, encode, in_shape, preview_sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from emulator.contract.model import JsonObject
    from emulator.payloads import Edit, Origin, World

__all__ = ["DUPLICATES", "ORDERS", "Planned", "Recipe", "plan", "plan_raw"]

ORDERS: Final = ("published", "reversed", "shuffled")
DUPLICATES: Final = ("none", "envelope", "event")

_WINDOW: Final = timedelta(seconds=8)  # D10: measured 5 to 11 s between an event and its delivery
_GAP: Final = timedelta(milliseconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """
    One request to send.

    ``envelope`` is None when the body is no JSON object; ``event_id`` and ``uuids`` are what could be read of it.
    """

    body: bytes
    hook_id: str
    event_id: str = ""
    uuids: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    envelope: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """
    What to send.

    ``count`` events of each type, ``batch`` of them in a request, in ``order``, each request repeated as ``duplicate``
    says.  ``at`` is when the requests are built; None gives the instants that follow from the seed.  ``origin``,
    ``result`` and ``reason`` are None for what is usual for the type.
    """

    event_types: tuple[str, ...]
    count: int = 1
    batch: int = 1
    order: str = "published"
    duplicate: str = "none"
    edits: tuple[Edit, ...] = ()
    shape: str = SHAPES[0]
    nulls: str = "omit"
    at: datetime | None = None
    origin: Origin | None = None
    result: str | None = None
    reason: str | None = None

    @property
    def events(self) -> int:
        """How many events there are in all, repetitions not counted."""
        return self.count * len(self.event_types)


def plan(recipe: Recipe, *, world: World, hook_id: str) -> Iterator[Planned]:
    """
    Yield the requests to send, the same bytes for the same recipe and world.

    Event number k of each type happens to person k, so that several types tell of the same people.  Each request is
    built when it is asked for, so a hundred thousand of them take no more memory than one.

    Raises:
        UsageError: an event type is unknown, or an edit doesn't fit.
    """
    numbers = iter(_ordered(recipe, world))
    sent = 0
    while batch := [_event(recipe, number, world, hook_id) for number in islice(numbers, recipe.batch)]:
        request = _planned(_envelope(batch, recipe, world=world, hook_id=hook_id, number=sent), hook_id)
        yield request
        sent += 1
        if recipe.duplicate == "none":
            continue
        if recipe.duplicate == "event":
            request = _planned(_envelope(batch, recipe, world=world, hook_id=hook_id, number=sent), hook_id)
        yield request
        sent += 1


def _ordered(recipe: Recipe, world: World) -> Iterable[int]:
    numbers = range(recipe.events)
    if recipe.order == "reversed":
        return reversed(numbers)
    if recipe.order == "shuffled":
        return sorted(numbers, key=lambda number: world.draws.raw("order", number))
    return numbers


def _event(recipe: Recipe, number: int, world: World, hook_id: str) -> JsonObject:
    turn, index = divmod(number, len(recipe.event_types))
    published = None if recipe.at is None else recipe.at - _WINDOW - (recipe.events - number) * _GAP
    if recipe.shape == "preview-sample":
        return preview_sample(recipe.event_types[index], world=world, number=number, published=published)
    event = build_event(
        recipe.event_types[index],
        world=world,
        number=number,
        published=published,
        hook_ids=[hook_id],
        person=world.person(turn),
        origin=recipe.origin,
        result=recipe.result,
        reason=recipe.reason,
    )
    return in_shape(event, recipe.shape, nulls=recipe.nulls)


def _envelope(events: Sequence[JsonObject], recipe: Recipe, *, world: World, hook_id: str, number: int) -> JsonObject:
    envelope = build_envelope(events, world=world, hook_id=hook_id, event_time=recipe.at, number=number)
    return edit_envelope(envelope, recipe.edits)


def plan_raw(body: bytes, *, edits: Sequence[Edit] = (), hook_id: str, where: str) -> Planned:
    """
    Return a request with *body* exactly as it is, or, if there are edits, as they leave it.

    Raises:
        UsageError: there are edits but the body is no JSON object.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    envelope = document if isinstance(document, dict) else None
    if not edits:
        return _planned(envelope, hook_id, body=body)
    if envelope is None:
        raise UsageError("only a JSON object can be edited", where=where, hint="leave --set and --remove out")
    return _planned(edit_envelope(envelope, edits), hook_id)


def _planned(envelope: JsonObject | None, hook_id: str, *, body: bytes | None = None) -> Planned:
    events = _events(envelope)
    source = str((envelope or {}).get("source", ""))
    return Planned(
        body=encode(envelope) if body is None else body,
        hook_id=source.rpartition("/")[2] if source.rpartition("/")[2].startswith("who") else hook_id,
        event_id=str((envelope or {}).get("eventId", "")),
        uuids=tuple(str(event.get("uuid", "")) for event in events),
        event_types=tuple(str(event.get("eventType", "")) for event in events),
        envelope=envelope,
    )


def _events(envelope: JsonObject | None) -> list[dict[str, Any]]:
    data = (envelope or {}).get("data")
    events = data.get("events") if isinstance(data, dict) else None
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
