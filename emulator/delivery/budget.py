"""
The time that one attempt may take (R1), and what it was spent on.

A plain ``timeout=`` counts anew for every read, so a receiver that drips one byte per second holds it for
ever.  Here every send and receive waits at most until the *end* of the whole attempt.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from emulator.delivery.exchange import BEGINNING, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Budget"]


class Budget:
    """
    The time one attempt may take, and a record of what it was spent on.

    Args:
        seconds: The limit for the whole attempt, from name look-up to the last byte of the body.
        allows: Says whether an address, after name look-up, may be connected to.
    """

    def __init__(self, seconds: float, *, allows: Callable[[str], bool] = lambda _: True) -> None:
        self.allows = allows
        self.started = self._mark = time.perf_counter()
        self.end = self.started + seconds
        self.phase = Phase.RESOLVE
        self.timings: dict[Phase, float] = {}
        self.received = 0
        self.beginning = b""
        self.peer = ""

    def enter(self, phase: Phase) -> None:
        """Note that the current phase is over and *phase* begins."""
        now = time.perf_counter()
        self.timings[self.phase] = self.timings.get(self.phase, 0.0) + now - self._mark
        self.phase, self._mark = phase, now

    def elapsed(self) -> float:
        """Return the seconds since the attempt began."""
        return time.perf_counter() - self.started

    def remaining(self) -> float:
        """
        Return the seconds that are left, always more than 0.

        Raises:
            TimeoutError: nothing is left.
        """
        left = self.end - time.perf_counter()
        if left <= 0:
            raise TimeoutError("the attempt's time is used up")
        return left

    def note(self, data: bytes) -> None:
        """Note what has come."""
        self.received += len(data)
        if len(self.beginning) < BEGINNING:
            self.beginning = (self.beginning + data)[:BEGINNING]
