"""Exchanges in reports: as JSON and as text, secrets hidden."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.delivery.exchange import Exchange
    from emulator.secrets import Redactor

__all__ = ["as_json", "wrapped"]

_WIDTH = 100
_BODY_SHOWN = 2000


def as_json(exchange: Exchange, *, redact: Redactor) -> dict[str, Any]:
    """Return what an attempt did: status, error, time in milliseconds, phase, reply."""
    reply = exchange.reply or exchange.partial
    return {
        "status": exchange.status,
        "error": None if exchange.failure is None else exchange.failure.value,
        "detail": redact(exchange.detail),
        "elapsed_ms": round(exchange.elapsed * 1000, 1),
        "phase": exchange.phase.value,
        "timings_ms": {phase.value: round(seconds * 1000, 1) for phase, seconds in exchange.timings.items()},
        "reply": None
        if reply is None
        else {
            "status": reply.status,
            "headers": {name: redact(value) for name, value in reply.headers},
            "body": redact(reply.body.decode("utf-8", errors="replace"))[:_BODY_SHOWN],
        },
    }


def wrapped(label: str, text: str) -> Iterator[str]:
    """Yield *text* behind its label, wrapped so that it stays readable in a terminal and in a log."""
    first = f"  {label:<6}" if label else "  "
    yield from textwrap.wrap(
        text,
        width=_WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,  # ids and commands are to be copied whole
    ) or [first]
