"""The ledger of deliveries, sending again, and waiting until nothing is pending."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emulator.apis.answers import Answer
from emulator.apis.control.reading import member, members, seconds
from emulator.apis.guarding import ControlError
from emulator.apis.routing import control
from emulator.org.ledger import attempts_to_json

if TYPE_CHECKING:
    from emulator.apis.asking import Ask
    from emulator.contract.model import JsonObject
    from emulator.delivery.attempts import Delivery

__all__ = ["delivery_json"]


def delivery_json(delivery: Delivery, *, body: bool = False) -> JsonObject:
    """Return a delivery as JSON, without anything secret; with *body* also the envelope that was sent."""
    found: JsonObject = {
        "number": delivery.number,
        "kind": delivery.kind,
        "hook_id": delivery.hook_id,
        "event_id": delivery.event_id,
        "events": [
            {"uuid": uuid, "event_type": kind} for uuid, kind in zip(delivery.uuids, delivery.event_types, strict=False)
        ],
        "attempts": attempts_to_json(delivery),
        "outcome": delivery.outcome,
        "reason": delivery.reason,
        "explanation": delivery.explain(),
    }
    if body:
        found["body"] = _parsed(delivery.body)
    return found


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", errors="replace")


@control("GET", "/deliveries")
def list_deliveries(ask: Ask) -> Answer:
    """List the deliveries that have ended, in that order; ``hook`` and ``limit`` narrow it down."""
    limit = ask.number("limit", default=1000, most=10_000)
    ended = ask.org.deliveries.all(hook_id=ask.text("hook") or None)
    return Answer(body={"deliveries": [delivery_json(each) for each in ended[-limit:]], "total": len(ended)})


@control("GET", "/deliveries/<int:number>")
def get_delivery(ask: Ask, number: int) -> Answer:
    """Show a delivery with the envelope that was sent."""
    return Answer(body=delivery_json(_delivery(ask, number), body=True))


@control("POST", "/deliveries/<int:number>/redeliver")
def redeliver(ask: Ask, number: int) -> Answer:
    """Send a delivery again: ``{"as": "envelope"}`` repeats the bytes, ``"event"`` makes a new envelope."""
    how = member(members(ask, "as"), "as", str, default="envelope")
    if how not in {"envelope", "event"}:
        raise ControlError(400, f"as can't be {how!r}", hint="choose envelope or event")
    delivery = ask.org.redeliver(_delivery(ask, number), new_envelope=how == "event")
    return Answer(body=delivery_json(delivery))


@control("POST", "/drain")
def drain(ask: Ask) -> Answer:
    """Deliver all that is pending, without waiting for batching windows; ``{"timeout": seconds}``."""
    timeout = seconds(members(ask, "timeout"), "timeout", default=30.0)
    try:
        ended = ask.org.drain(timeout)
    except TimeoutError as error:
        raise ControlError(504, str(error), hint="a receiver is slow, or the clock is frozen") from None
    return Answer(body={"deliveries": [delivery_json(each) for each in ended]})


def _delivery(ask: Ask, number: int) -> Delivery:
    found = ask.org.deliveries.get(number)
    if found is None:
        raise ControlError(404, f"there is no delivery {number}", hint="GET /_emulator/deliveries lists them")
    return found
