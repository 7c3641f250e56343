"""Which requests a ``trigger`` sends: LogEvents of the wanted types, edited, ordered, batched and repeated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from emulator.errors import UsageError
from emulator.payloads import SHAPES, build_envelope, build_event, edit_envelope, encode, in_shape, preview_sample
from emulator.payloads.marks import Occasion, can_be_marked
from emulator.payloads.moments import default_published, milliseconds
from emulator.payloads.stencil import EnvelopeStencil, Stencil, Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from emulator.contract.model import JsonObject
    from emulator.payloads import Edit, Origin, World

__all__ = ["DUPLICATES", "ORDERS", "Planned", "Recipe", "plan", "plan_raw"]

ORDERS: Final = ("published", "reversed", "shuffled")
DUPLICATES: Final = ("none", "envelope", "event")

# Milliseconds.  D10: measured were 5 to 11 s between an event and its delivery.
_WINDOW: Final = 8_000
_GAP: Final = 20

# How many of each the company has, before they come round again.
_PEOPLE: Final = 2_500
_GROUPS: Final = 40
_APPS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One request to send; ``event_id``, ``uuids`` and ``event_types`` are what could be read of its body."""

    body: bytes
    hook_id: str
    event_id: str = ""
    uuids: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()


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
    plain = not recipe.edits and recipe.shape != "preview-sample" and can_be_marked(recipe.reason)
    in_bulk = plain and not world.custom.keys() & set(recipe.event_types)
    maker: _InBulk | _OneByOne = _InBulk(recipe, world, hook_id) if in_bulk else _OneByOne(recipe, world, hook_id)
    numbers = iter(_ordered(recipe, world))
    sent = 0
    while batch := list(islice(numbers, recipe.batch)):
        events: list[Any] = [maker.event(number) for number in batch]
        request = maker.request(events, sent)
        yield request
        sent += 1
        if recipe.duplicate == "none":
            continue
        yield maker.request(events, sent) if recipe.duplicate == "event" else request
        sent += 1


def _ordered(recipe: Recipe, world: World) -> Iterable[int]:
    numbers = range(recipe.events)
    if recipe.order == "reversed":
        return reversed(numbers)
    if recipe.order == "shuffled":
        return sorted(numbers, key=lambda number: world.draws.raw("order", number))
    return numbers


class _OneByOne:
    """Builds each event and each envelope as an object, which can be edited."""

    def __init__(self, recipe: Recipe, world: World, hook_id: str) -> None:
        self.recipe = recipe
        self.world = world
        self.hook_id = hook_id

    def event(self, number: int) -> JsonObject:
        recipe, world = self.recipe, self.world
        turn, index = divmod(number, len(recipe.event_types))
        name = recipe.event_types[index]
        moment = _moment(recipe, number)
        published = None if moment is None else datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=moment)
        if recipe.shape == "preview-sample":
            return preview_sample(name, world=world, number=number, published=published)
        event = build_event(
            name,
            world=world,
            number=number,
            published=published,
            hook_ids=[self.hook_id],
            person=world.person(turn % _PEOPLE),
            group=world.group(turn % _GROUPS),
            app=world.app(turn % _APPS),
            admin=world.admins[turn % len(world.admins)],
            origin=recipe.origin,
            result=recipe.result,
            reason=recipe.reason,
        )
        return in_shape(event, recipe.shape, nulls=recipe.nulls)

    def request(self, events: Sequence[JsonObject], number: int) -> Planned:
        envelope = build_envelope(
            events, world=self.world, hook_id=self.hook_id, event_time=self.recipe.at, number=number
        )
        return _planned(edit_envelope(envelope, self.recipe.edits), self.hook_id)


_Stamped = tuple[str, str, int, str]  # uuid, event type, moment, JSON


class _InBulk:
    """Fills stencils: the same bytes, without an object per event."""

    def __init__(self, recipe: Recipe, world: World, hook_id: str) -> None:
        self.recipe = recipe
        self.world = world
        self.hook_id = hook_id
        self.at = None if recipe.at is None else milliseconds(recipe.at, "--at")
        self.envelope = EnvelopeStencil(world, hook_id)
        surroundings = Surroundings(world, shape=recipe.shape, nulls=recipe.nulls)
        how: dict[str, Any] = {"origin": recipe.origin, "result": recipe.result, "reason": recipe.reason}
        self.stencils = [Stencil(name, surroundings, hook_ids=[hook_id], **how) for name in recipe.event_types]
        self.groups = [world.group(number) for number in range(_GROUPS)]
        self.apps = [world.app(number) for number in range(_APPS)]

    def event(self, number: int) -> _Stamped:
        recipe, world = self.recipe, self.world
        turn, index = divmod(number, len(recipe.event_types))
        name = recipe.event_types[index]
        moment = _moment(recipe, number)
        if moment is None:
            moment = default_published(world.draws, number, name)
        occasion = Occasion(
            number,
            moment,
            world.person(turn % _PEOPLE),
            self.groups[turn % _GROUPS],
            self.apps[turn % _APPS],
            world.admins[turn % len(world.admins)],
        )
        uuid, text = self.stencils[index].fill(occasion)
        return uuid, name, moment, text

    def request(self, events: Sequence[_Stamped], number: int) -> Planned:
        uuids, names, moments, texts = zip(*events, strict=True)
        event_id, body = self.envelope.fill(texts, number=number, last=max(moments), event_time=self.at)
        return Planned(body=body, hook_id=self.hook_id, event_id=event_id, uuids=uuids, event_types=names)


def _moment(recipe: Recipe, number: int) -> int | None:
    """Return when an event happens if its request is built at a given instant."""
    if recipe.at is None:
        return None
    return milliseconds(recipe.at, "--at") - _WINDOW - (recipe.events - number) * _GAP


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
    )


def _events(envelope: JsonObject | None) -> list[dict[str, Any]]:
    data = (envelope or {}).get("data")
    events = data.get("events") if isinstance(data, dict) else None
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
