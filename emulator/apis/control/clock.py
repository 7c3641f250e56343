"""The org's clock: frozen, advanced, resumed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from emulator.apis.answers import Answer
from emulator.apis.control.reading import members, seconds
from emulator.apis.guarding import ControlError
from emulator.apis.routing import control
from emulator.delivery.clock import MovableClock
from emulator.payloads.moments import as_text

if TYPE_CHECKING:
    from emulator.apis.asking import Ask

__all__: list[str] = []


def _shown(clock: MovableClock) -> Answer:
    return Answer(body={"now": as_text(clock.now()), "frozen": clock.frozen})


@control("GET", "/clock")
def get_clock(ask: Ask) -> Answer:
    """Tell the org's time, and whether it stands still."""
    return _shown(_clock(ask))


@control("POST", "/clock")
def move_clock(ask: Ask) -> Answer:
    """Move the clock: ``{"freeze": true or an instant}``, ``{"advance": seconds}``, ``{"resume": true}``, ``{"reset": true}``."""
    clock, body = _clock(ask), members(ask, "freeze", "advance", "resume", "reset")
    if not body:
        raise ControlError(400, "what is the clock to do?", hint="freeze, advance, resume or reset")
    if body.get("reset"):
        clock.reset()
    if body.get("freeze"):
        clock.freeze(None if body["freeze"] is True else _instant(body["freeze"]))
    if "advance" in body:
        try:
            clock.advance(seconds(body, "advance"))
        except OverflowError:
            raise ControlError(400, "that is after the end of time") from None
    if body.get("resume"):
        clock.resume()
    return _shown(clock)


def _clock(ask: Ask) -> MovableClock:
    if not isinstance(ask.org.clock, MovableClock):
        raise ControlError(409, "this org has a clock of its own, which can't be moved from here")
    return ask.org.clock


def _instant(text: object) -> datetime:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        raise ControlError(400, f"{text!r} is no instant", hint="such as 2026-08-21T12:00:00Z") from None
    if instant.tzinfo is None:
        raise ControlError(400, f"{text!r} has no time zone", hint=f"add a Z for UTC: {text}Z")
    return instant
