"""The reference receiver as tests want it: it says what came, and what came instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.testing.watching import Watched
from receiver import Event, Receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emulator.contract.model import JsonObject

__all__ = ["WatchedReceiver"]

_SHOWN = 5


class WatchedReceiver(Receiver, Watched[Event]):
    """A receiver with assertions about the events that it has stored; duplicates are not among them (D12)."""

    def seen(self) -> Sequence[tuple[Event, JsonObject]]:
        """Return each stored event, in order of arrival."""
        return [(event, dict(event.raw)) for event in self.events]

    def circumstances(self) -> str:
        """Return the deliveries that were refused."""
        refused = [delivery for delivery in self.deliveries if not 200 <= delivery.status < 300]
        if not refused:
            return ""
        answers = ", ".join(str(delivery.status) for delivery in refused[-_SHOWN:])
        return f"it has refused {len(refused)} of {len(self.deliveries)} deliveries, with {answers}"

    def wait(self, wanted: int | Callable[[Receiver], object] = 1, *, timeout: float = 5.0) -> tuple[Event, ...]:
        """
        Wait until so many events have come and their handlers are done, or until a condition holds.

        Raises:
            TimeoutError: it did not happen in time; the message says what did.
        """
        return self.wait_for(wanted, timeout=timeout)
