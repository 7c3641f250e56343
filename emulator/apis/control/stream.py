"""A stream of what happens, as server-sent events: each LogEvent, and each delivery when it has ended."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from emulator.apis.answers import Answer
from emulator.apis.control.deliveries import delivery_json
from emulator.apis.guarding import ControlError
from emulator.apis.routing import control

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.apis.asking import Ask

__all__: list[str] = []

_LOOK: Final = 0.2  # seconds between looks
_HEARTBEAT: Final = 10.0  # seconds; a comment that finds out whether anyone still listens


@control("GET", "/stream")
def stream(ask: Ask) -> Answer:
    """Tell what happens from now on, as server-sent events ``log`` and ``delivery``."""
    if not ask.app.streams.acquire(blocking=False):
        raise ControlError(503, "there are too many streams already", hint="close one")
    return Answer(stream=_told(ask), content_type="text/event-stream; charset=utf-8")


def _told(ask: Ask) -> Iterator[bytes]:
    org, app = ask.org, ask.app
    logged, ended = org.log.last_number(), org.deliveries.last_ended()
    heard = time.monotonic()
    try:
        yield b": connected\n\n"
        while not app.closing.wait(_LOOK):
            for number, event in org.log.after(logged):
                logged, heard = number, time.monotonic()
                yield _message("log", event)
            for delivery in org.deliveries.all(after=ended):
                ended, heard = ended + 1, time.monotonic()
                yield _message("delivery", delivery_json(delivery))
            if time.monotonic() - heard > _HEARTBEAT:
                heard = time.monotonic()
                yield b": still here\n\n"
    finally:
        app.streams.release()


def _message(name: str, value: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(value, separators=(',', ':'))}\n\n".encode()
