"""Which requests a ``trigger`` sends: LogEvents of the wanted types, edited, ordered, batched and repeated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from emulator.errors import UsageError
from emulator.payloads import as_delivery, build_envelope, build_event, edit_envelope, encode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from emulator.contract.model import JsonObject
    from emulator.payloads import Edit, World

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
    says.  ``at`` is when the requests are built; None gives the instants that follow from the seed.
    """

    event_types: tuple[str, ...]
    count: int = 1
    batch: int = 1
    order: str = "published"
    duplicate: str = "none"
    edits: tuple[Edit, ...] = ()
    nulls: str = "omit"
    at: datetime | None = None


def plan(recipe: Recipe, *, world: World, hook_id: str) -> list[Planned]:
    """
    Return the requests to send, the same bytes for the same recipe and world.

    Event number k of each type happens to person k, so that several types tell of the same people.

    Raises:
        UsageError: an event type is unknown, or an edit doesn't fit.
    """
    wanted = [(name, turn) for turn in range(recipe.count) for name in recipe.event_types]
    events = [
        as_delivery(
            build_event(
                name,
                world=world,
                number=number,
                published=None if recipe.at is None else recipe.at - _WINDOW - (len(wanted) - number) * _GAP,
                hook_ids=[hook_id],
                person=world.person(turn),
            ),
            nulls=recipe.nulls,
        )
        for number, (name, turn) in enumerate(wanted)
    ]
    batches = _batches(_ordered(events, recipe.order, world.seed), recipe.batch)
    requests: list[Planned] = []
    for batch in batches:
        envelope = _envelope(batch, recipe, world=world, hook_id=hook_id, number=len(requests))
        requests.append(_planned(envelope, hook_id))
        if recipe.duplicate == "envelope":
            requests.append(requests[-1])
        elif recipe.duplicate == "event":
            again = _envelope(batch, recipe, world=world, hook_id=hook_id, number=len(requests))
            requests.append(_planned(again, hook_id))
    return requests


def _ordered(events: list[JsonObject], order: str, seed: int) -> list[JsonObject]:
    if order == "reversed":
        return events[::-1]
    if order == "shuffled":
        return sorted(events, key=lambda event: blake2b(f"{seed}:{event['uuid']}".encode()).digest())
    return events


def _batches(events: list[JsonObject], size: int) -> list[list[JsonObject]]:
    return [events[start : start + size] for start in range(0, len(events), size)]


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
