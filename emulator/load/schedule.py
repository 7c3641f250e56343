"""
When deliveries are due: an open loop, whose arrivals wait for nobody.

Whoever waits for the last answer before sending the next request measures a slow receiver by fewer requests, just when
it hurts most.  Here every arrival has its instant beforehand, and latency is counted from that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ARRIVALS", "PATTERNS", "Schedule"]

_TOGETHER: Final = 64  # arrivals that are drawn at once
_PERIOD: Final = 10.0  # seconds; D10: about what Okta's batching window was seen to be
_BURST: Final = 0.1  # the part of a period in which all of its deliveries come

ARRIVALS: Final = ("poisson", "even")


def _steady(turn: float, rate: float, _: float) -> float:
    return turn / rate


def _ramp(turn: float, rate: float, duration: float) -> float:
    return sqrt(2 * duration * turn / rate)


def _burst(turn: float, rate: float, duration: float) -> float:
    period = min(_PERIOD, duration)
    number, rest = divmod(turn / rate, period)
    return number * period + rest * _BURST


# pattern -> the instant of the arrival whose turn it is, and how many there are as a part of rate times duration
PATTERNS: Final[dict[str, tuple[Callable[[float, float, float], float], float]]] = {
    "steady": (_steady, 1.0),
    "ramp": (_ramp, 0.5),
    "burst": (_burst, 1.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """
    The instants, in seconds from the start, at which deliveries are due.

    ``pattern``: ``steady`` keeps the rate, ``ramp`` grows from nothing to the rate, ``burst`` has each 10 s' deliveries
    in their first second.  ``arrivals``: ``poisson``, at random as people cause events, or ``even``.  The ``warmup``
    comes before the duration, steadily, and is not in the verdict.
    """

    rate: float
    duration: float
    warmup: float = 0.0
    pattern: str = "steady"
    arrivals: str = "poisson"
    seed: int = 0

    @property
    def measured(self) -> int:
        """How many deliveries are due after the warm-up."""
        return round(self.rate * self.duration * PATTERNS[self.pattern][1])

    @property
    def warming(self) -> int:
        """How many deliveries are due before."""
        return round(self.rate * self.warmup)

    @property
    def total(self) -> int:
        """How many deliveries are due in all."""
        return self.warming + self.measured

    @property
    def end(self) -> float:
        """When it is over, in seconds from the start."""
        return self.warmup + self.duration

    def instants(self, *, worker: int = 0, workers: int = 1) -> Iterator[tuple[int, float]]:
        """Yield number and instant of each delivery that is this worker's turn, in order."""
        instant, _ = PATTERNS[self.pattern]
        for number, turn in enumerate(self._turns(self.warming, "warm-up")):
            if number % workers == worker:
                yield number, turn / self.rate
        for number, turn in enumerate(self._turns(self.measured, "measured"), self.warming):
            if number % workers == worker:
                yield number, self.warmup + instant(turn, self.rate, self.duration)

    def _turns(self, total: int, part: str) -> Iterator[float]:
        """Yield so many growing numbers from 0 to *total*: how many arrivals are due before each on average."""
        if self.arrivals == "even":
            yield from (number + 0.5 for number in range(total))
            return
        # Within each few dozen, the instants of a Poisson process; over all, the rate is exact.
        for start in range(0, total, _TOGETHER):
            width = min(_TOGETHER, total - start)
            draw = Random(f"{self.seed}:{part}:{start}").random  # noqa: S311 (a schedule is no secret)
            yield from (start + turn for turn in sorted(draw() * width for _ in range(width)))
