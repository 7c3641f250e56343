"""Is the receiver still alive and right, and if not, which check was it after?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from emulator.checks.acquaint import verifies
from emulator.checks.check import Broken
from emulator.checks.verdicts import acknowledged, seen

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from emulator.checks.bench import Bench
    from emulator.delivery.exchange import Exchange, Request

__all__ = ["Health"]

_PATIENCE: Final = 3.0  # seconds, so that a receiver that is started again by its supervisor is met alive
_PAUSE: Final = 0.5  # seconds between two looks


class Health:
    """
    What is known of the receiver's health.

    ``ended_by`` names the check after which it was gone for good; findings are kept for the check ``still-alive``.
    """

    def __init__(self, new_bench: Callable[[], Bench], stopping: threading.Event) -> None:
        self.ended_by = ""
        self._new_bench = new_bench
        self._stopping = stopping
        self._findings: list[tuple[str, Exchange]] = []

    def look(self, after: Sequence[str]) -> bool:
        """Ask for a verification and a plain delivery; when one fails, wait a while, and keep what was found."""
        trouble = self._trouble()
        if trouble is None:
            return True
        name = " or ".join(after) or "the first requests"
        what, exchange = trouble
        patient_until = time.monotonic() + _PATIENCE
        while time.monotonic() < patient_until and not self._stopping.wait(_PAUSE):
            if self._trouble() is None:
                self._findings.append((f"after {name}: {what}; it came back by itself", exchange))
                return True
        self._findings.append((f"after {name}: {what}; it did not come back", exchange))
        self.ended_by = name
        return False

    def raise_if_broken(self, bench: Bench) -> None:
        """
        Tell what was found.

        Raises:
            Broken: the receiver was not well after some check.
        """
        if self._findings:
            bench.keep(exchange for _, exchange in self._findings)
            raise Broken("\n".join(text for text, _ in self._findings))
        bench.keep([])

    def _trouble(self) -> tuple[str, Exchange] | None:
        bench = self._new_bench()
        challenge = bench.challenge()
        asked: dict[str, tuple[Request, Callable[[Exchange], bool]]] = {}
        if bench.target.known.steady:
            verification = bench.verification(challenge)
            asked["the verification no longer works"] = verification, lambda exchange: verifies(exchange, challenge)
        if bench.target.known.delivers:
            asked["a plain delivery is no longer taken"] = bench.delivery([bench.event()]), acknowledged
        answers = bench.send_all([request for request, _ in asked.values()])
        for (what, (_, well)), exchange in zip(asked.items(), answers, strict=True):
            if not well(exchange):
                return f"{what}: {seen(exchange)}", exchange
        return None
