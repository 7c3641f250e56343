"""What happened to a receiver, in order, and waiting for it without polling."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from receiver.events import Event
    from receiver.store import Receipt

__all__ = ["Delivery", "Observer", "Recorder"]

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """
    One POST that was answered.

    ``events`` are its new events, ``duplicates`` the uuids of those that were stored before; both are empty when the
    delivery was refused.  The values of credentials in ``headers`` read ``[secret]``.
    """

    status: int
    event_id: str | None
    events: tuple[Event, ...]
    duplicates: tuple[str, ...]
    headers: Mapping[str, str]


class Observer(Protocol):
    """Is told what happens, as it happens, from several threads; what it does had better be quick."""

    def stored(self, receipt: Receipt) -> None:
        """Events are safe, and about to be acknowledged."""

    def answered(self, delivery: Delivery) -> None:
        """A POST has its answer, which is about to be sent."""

    def said(self, line: str) -> None:
        """A handler had a line printed."""

    def settled(self, number: int) -> None:
        """Event *number* has been handled, or has failed for good."""


class Recorder:
    """Keeps everything in memory, so it is for tests and demos, not for the long run."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: list[tuple[int, Event]] = []
        self._deliveries: list[Delivery] = []
        self._lines: list[str] = []
        self._settled: set[int] = set()

    def stored(self, receipt: Receipt) -> None:
        """Record the new events of a delivery."""
        with self._changed:
            self._events += receipt.new
            self._changed.notify_all()

    def answered(self, delivery: Delivery) -> None:
        """Record a delivery and its answer."""
        with self._changed:
            self._deliveries.append(delivery)
            self._changed.notify_all()

    def said(self, line: str) -> None:
        """Record a printed line."""
        with self._changed:
            self._lines.append(line)
            self._changed.notify_all()

    def settled(self, number: int) -> None:
        """Record that an event has been dealt with."""
        with self._changed:
            self._settled.add(number)
            self._changed.notify_all()

    @property
    def events(self) -> tuple[Event, ...]:
        """The stored events in order of arrival; duplicates are not among them."""
        with self._changed:
            return tuple(event for _, event in self._events)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Every POST that was answered, refused ones too."""
        with self._changed:
            return tuple(self._deliveries)

    @property
    def lines(self) -> tuple[str, ...]:
        """What handlers printed."""
        with self._changed:
            return tuple(self._lines)

    def wait_for(self, wanted: int | Callable[[], object], *, timeout: float = 5.0) -> tuple[Event, ...]:
        """
        Wait until so many events have arrived and their handlers are done, or until a condition holds.

        Args:
            wanted: A number of events, or a function that is called after each change until its result is true.
            timeout: Seconds.

        Returns:
            The events so far.

        Raises:
            TimeoutError: it did not happen in time; the message says what did.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while not (wanted() if callable(wanted) else self._handled() >= wanted):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(self._shortfall(wanted, timeout))
                self._changed.wait(left)
            return self.events

    def _handled(self) -> int:
        return sum(number in self._settled for number, _ in self._events)

    def _shortfall(self, wanted: object, timeout: float) -> str:
        goal = f"{wanted} events" if isinstance(wanted, int) else "the condition"
        answers = ", ".join(str(delivery.status) for delivery in self._deliveries[-_SHOWN:]) or "none"
        return (
            f"waited {timeout:g} s for {goal}: {len(self._events)} events arrived, {self._handled()} of them handled, "
            f"in {len(self._deliveries)} deliveries (last answers: {answers})"
        )
