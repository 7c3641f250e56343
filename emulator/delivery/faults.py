"""Trouble on the way to a receiver, on demand: the next requests are lost, their replies are, or they come late."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.exchange import Exchange, Failure, Phase

if TYPE_CHECKING:
    from emulator.delivery.exchange import Request
    from emulator.delivery.transport import Sender

__all__ = ["KINDS", "DeliveryFault", "FaultySender"]

KINDS: Final = {
    "drop": "the request never arrives, and Okta runs into its time limit",
    "lose_reply": "the request arrives, but its reply is lost, so that Okta sends it again",
    "delay": "the request comes late",
    "refuse": "the connection is refused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFault:
    """
    One kind of trouble for POSTs to the addresses that *uri*, a pattern, stands for; it happens ``times`` times.

    ``delay`` is seconds; of a time limit that is passed nobody waits for the end.
    """

    kind: str
    uri: str = "*"
    delay: float = 0.0
    times: int = 1


class FaultySender:
    """Sends through another sender, and lets requests meet the faults that wait for them, the oldest first."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._lock = threading.Lock()
        self._waiting: list[DeliveryFault] = []

    def all(self) -> list[DeliveryFault]:
        """Return what still waits."""
        with self._lock:
            return list(self._waiting)

    def add(self, fault: DeliveryFault) -> None:
        """Let *fault* wait."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._waiting.clear()

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt, in trouble if a fault waits for it, and say how it went."""
        fault = self._take(request) if request.method == "POST" else None
        match fault and fault.kind:
            case "drop":
                return _failed(request, Failure.TIMEOUT, Phase.SEND, elapsed=time_limit)
            case "refuse":
                return _failed(request, Failure.REFUSED, Phase.CONNECT)
            case "lose_reply":
                sent = self._sender.send(request, time_limit=time_limit)
                if sent.reply is None:
                    return sent
                return _failed(request, Failure.TIMEOUT, Phase.HEAD, elapsed=time_limit)
            case "delay" if fault is not None:
                time.sleep(fault.delay)
        return self._sender.send(request, time_limit=time_limit)

    def _take(self, request: Request) -> DeliveryFault | None:
        with self._lock:
            for position, fault in enumerate(self._waiting):
                if fnmatchcase(request.url, fault.uri):
                    if fault.times > 1:
                        self._waiting[position] = replace(fault, times=fault.times - 1)
                    else:
                        del self._waiting[position]
                    return fault
        return None


def _failed(request: Request, failure: Failure, phase: Phase, *, elapsed: float = 0.0) -> Exchange:
    detail = "a fault that was asked for"
    return Exchange(request=request, failure=failure, detail=detail, elapsed=elapsed, phase=phase)
