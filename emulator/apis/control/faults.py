"""Faults of the API and of deliveries: set, list and clear."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from emulator.apis.answers import Answer
from emulator.apis.control.reading import member, members, seconds
from emulator.apis.faults import STATUSES, Fault
from emulator.apis.guarding import ControlError
from emulator.apis.routing import control
from emulator.delivery.faults import KINDS, DeliveryFault
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.apis.asking import Ask
    from emulator.delivery.faults import FaultySender

__all__: list[str] = []

_LONGEST = 60.0
_MOST = 1_000_000


def _shown(ask: Ask) -> Answer:
    deliveries = ask.app.sender.all() if ask.app.sender is not None else []
    return Answer(
        body={
            "api": [asdict(each) for each in ask.app.faults.all()],
            "deliveries": [asdict(each) for each in deliveries],
        }
    )


@control("GET", "/faults")
def list_faults(ask: Ask) -> Answer:
    """List the faults that still wait for a call or a delivery."""
    return _shown(ask)


@control("POST", "/faults")
def add_api_fault(ask: Ask) -> Answer:
    """Refuse or delay the next API calls that fit: ``{"path": "/api/v1/users*", "status": 429, "times": 1}``."""
    body = members(ask, "method", "path", "status", "delay", "times")
    status, delay = member(body, "status", int, default=0), _delay(body)
    if status and status not in STATUSES:
        raise ControlError(400, f"status can't be {status}", hint=f"choose one of: {', '.join(map(str, STATUSES))}")
    if not status and not delay:
        raise ControlError(400, "a fault needs a status or a delay")
    fault = Fault(
        method=member(body, "method", str, default="").upper(),
        path=member(body, "path", str, default="/api/*"),
        status=status,
        delay=delay,
        times=_times(body),
    )
    ask.app.faults.add(fault)
    return _shown(ask)


@control("POST", "/faults/deliveries")
def add_delivery_fault(ask: Ask) -> Answer:
    """Spoil the next deliveries: ``{"kind": "drop", "times": 1}``; also lose_reply, refuse and delay."""
    body = members(ask, "kind", "uri", "delay", "times")
    kind = member(body, "kind", str)
    if kind not in KINDS:
        raise ControlError(
            400, f"unknown kind {kind!r}", hint=did_you_mean(kind, KINDS) or f"kinds: {', '.join(KINDS)}"
        )
    _sender(ask).add(
        DeliveryFault(kind=kind, uri=member(body, "uri", str, default="*"), delay=_delay(body), times=_times(body))
    )
    return _shown(ask)


@control("DELETE", "/faults")
def clear_faults(ask: Ask) -> Answer:
    """Forget all faults."""
    ask.app.faults.clear()
    if ask.app.sender is not None:
        ask.app.sender.clear()
    return _shown(ask)


def _sender(ask: Ask) -> FaultySender:
    if ask.app.sender is None:
        raise ControlError(409, "this server can't spoil deliveries", hint="give create_app() the org's FaultySender")
    return ask.app.sender


def _delay(body: Mapping[str, Any]) -> float:
    delay = seconds(body, "delay", default=0.0)
    if delay > _LONGEST:
        raise ControlError(400, f"delay is at most {_LONGEST:g} seconds")
    return delay


def _times(body: Mapping[str, Any]) -> int:
    times = member(body, "times", int, default=1)
    if not 1 <= times <= _MOST:
        raise ControlError(400, f"times is from 1 to {_MOST}")
    return times
