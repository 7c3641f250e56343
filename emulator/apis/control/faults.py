"""Faults of the API and of deliveries: set, list and clear."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from emulator.apis.answers import Answer
from emulator.apis.control.reading import member, members, seconds
from emulator.apis.faults import STATUSES, Fault
from emulator.apis.guarding import ControlError
from emulator.apis.routing import control

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.apis.asking import Ask

__all__: list[str] = []

_LONGEST = 60.0
_MOST = 1_000_000


def _shown(ask: Ask) -> Answer:
    waiting = [asdict(each) for each in ask.app.faults.all()]
    return Answer(body={"api": waiting, "deliveries": ask.org.faults.armed()})


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
    """Spoil the next deliveries: ``{"fault": "drop", "times": 1}``; or lose-answer, duplicate, duplicate-event, wrong-secret."""
    body = members(ask, "fault", "times")
    ask.org.faults.arm(member(body, "fault", str), _times(body))
    return _shown(ask)


@control("DELETE", "/faults")
def clear_faults(ask: Ask) -> Answer:
    """Forget all faults."""
    ask.app.faults.clear()
    ask.org.faults.clear()
    return _shown(ask)


@control("POST", "/pause")
def pause(ask: Ask) -> Answer:
    """Let all deliveries wait."""
    members(ask)
    ask.org.pause()
    return Answer(body={"paused": True})


@control("POST", "/resume")
def resume(ask: Ask) -> Answer:
    """Let deliveries go on: ``{"order": "published"}``, ``"reverse"`` or ``"shuffle"``."""
    ask.org.resume(member(members(ask, "order"), "order", str, default="published"))
    return Answer(body={"paused": False})


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
