"""Rehearsals of what Okta's delivery may do on a bad day: lose a request, lose an answer, send twice (D11-D13, R10)."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from emulator.delivery.exchange import Failure, Phase
from emulator.errors import UsageError
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from emulator.delivery.exchange import Exchange

__all__ = ["Fault", "Faults", "losing_the_answer"]


class Fault(StrEnum):
    """What may happen to a delivery."""

    DROP = "drop"
    """It is never sent, and nobody is told."""
    LOSE_ANSWER = "lose-answer"
    """The receiver gets the first attempt, but Okta never gets its answer, and tries again."""
    DUPLICATE = "duplicate"
    """The same request, with the same ``eventId``, is sent once more afterwards."""
    DUPLICATE_EVENT = "duplicate-event"
    """The same events, with the same uuids, are sent once more in a new envelope."""
    WRONG_SECRET = "wrong-secret"  # noqa: S105 (a fault's name)
    """It is sent with another secret than the receiver expects; a hook without one is spared."""


class Faults:
    """Which faults strike the deliveries to come; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: Counter[Fault] = Counter()

    def arm(self, fault: Fault | str, count: int = 1) -> None:
        """
        Let *fault* strike the next *count* deliveries, whichever hook they are for.

        Raises:
            UsageError: there is no such fault.
        """
        if fault not in list(Fault):
            known = [each.value for each in Fault]
            hint = did_you_mean(str(fault), known) or f"known: {', '.join(known)}"
            raise UsageError(f"unknown fault {str(fault)!r}", hint=hint)
        with self._lock:
            self._armed[Fault(fault)] += count

    def take(self, fault: Fault) -> bool:
        """Say whether *fault* strikes now, and count it."""
        with self._lock:
            strikes = self._armed[fault] > 0
            self._armed[fault] -= strikes
            return strikes

    def armed(self) -> dict[str, int]:
        """Return how often each fault is still to strike."""
        with self._lock:
            return {fault.value: count for fault, count in self._armed.items() if count}

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._armed.clear()


def losing_the_answer(number: int, exchange: Exchange) -> Exchange:
    """Put a timeout in the place of the first attempt's answer."""
    if number > 1 or exchange.reply is None:
        return exchange
    detail = f"the answer ({exchange.reply.status}) was lost on the way back (fault: {Fault.LOSE_ANSWER})"
    return replace(
        exchange, reply=None, partial=exchange.reply, failure=Failure.TIMEOUT, detail=detail, phase=Phase.HEAD
    )
