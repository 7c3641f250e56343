"""Faults of the API: set, list and clear."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from emulator.apis.answers import Answer
from emulator.apis.control.reading import member, members, seconds
from emulator.apis.faults import STATUSES, Fault
from emulator.apis.guarding import ControlError
from emulator.apis.routing import control

if TYPE_CHECKING:
    from emulator.apis.asking import Ask

__all__: list[str] = []

_LONGEST = 60.0
_MOST = 1_000_000


@control("GET", "/faults")
def list_faults(ask: Ask) -> Answer:
    """List the faults that still wait for a call."""
    return Answer(body={"faults": [asdict(fault) for fault in ask.app.faults.all()]})


@control("POST", "/faults")
def add_fault(ask: Ask) -> Answer:
    """Refuse or delay the next calls that fit: ``{"path": "/api/v1/users*", "status": 429, "delay": 0, "times": 1}``."""
    body = members(ask, "method", "path", "status", "delay", "times")
    status, delay = member(body, "status", int, default=0), seconds(body, "delay", default=0.0)
    times = member(body, "times", int, default=1)
    if status and status not in STATUSES:
        raise ControlError(400, f"status can't be {status}", hint=f"choose one of: {', '.join(map(str, STATUSES))}")
    if not status and not delay:
        raise ControlError(400, "a fault needs a status or a delay")
    if delay > _LONGEST or not 1 <= times <= _MOST:
        raise ControlError(400, "delay is at most 60 seconds, times at least 1")
    fault = Fault(
        method=member(body, "method", str, default="").upper(),
        path=member(body, "path", str, default="/api/*"),
        status=status,
        delay=delay,
        times=times,
    )
    return Answer(body=asdict(ask.app.faults.add(fault)))


@control("DELETE", "/faults")
def clear_faults(ask: Ask) -> Answer:
    """Forget all faults."""
    ask.app.faults.clear()
    return Answer(body={"faults": []})
