"""Where a receiver stands against the three seconds (R1)."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from emulator.delivery.exchange import Phase
from emulator.runner.results import Deadline, Timing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.checks.target import Target
    from emulator.delivery.exchange import Exchange

__all__ = ["deadline", "percentile", "timing"]

_CONNECTED = (Phase.RESOLVE, Phase.CONNECT, Phase.TLS)
_ANSWERED = (*_CONNECTED, Phase.SEND, Phase.HEAD)


def timing(what: str, exchange: Exchange) -> Timing:
    """Return when an exchange was connected, brought its head, and was complete."""
    phases = exchange.timings
    return Timing(
        what=what,
        connect=sum(phases.get(phase, 0.0) for phase in _CONNECTED),
        first_byte=sum(phases.get(phase, 0.0) for phase in _ANSWERED),
        total=exchange.elapsed,
    )


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return the smallest of *seconds* that at least *share* of them don't exceed."""
    ranked = sorted(seconds)
    counted = list(accumulate(1 / len(ranked) for _ in ranked))
    return next((value for value, part in zip(ranked, counted, strict=True) if part >= share - 1e-9), ranked[-1])


def deadline(target: Target, parallel: Sequence[float]) -> Deadline:
    """Return the timings of the first verification and delivery, and of the *parallel* deliveries."""
    known = target.known
    first = (("verification", known.verification), ("delivery", known.delivery))
    return Deadline(
        limit=target.profile.time_limit,
        timings=tuple(timing(what, exchange) for what, exchange in first if exchange is not None),
        parallel=len(parallel),
        p50=percentile(parallel, 0.5) if parallel else 0.0,
        p99=percentile(parallel, 0.99) if parallel else 0.0,
        slowest=max(parallel, default=0.0),
    )
