"""Time comes in through a clock, so that tests can move it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Clock", "ManualClock", "MovableClock", "SystemClock"]


class Clock(Protocol):
    """Tells the time of day and lets time pass."""

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""

    def sleep(self, seconds: float) -> None:
        """Let *seconds* pass."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for *seconds*."""
        time.sleep(seconds)


class MovableClock:
    """
    The machine's clock, until it is frozen, moved or let run on from somewhere else; safe to move from any thread.

    While it is frozen, sleeping moves it instead of waiting.

    Args:
        start: Where it stands still from the beginning, as an aware datetime; None lets it run with the machine's.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._watchers: list[Callable[[], object]] = []
        self._offset = timedelta()
        self._frozen = start

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'frozen' if self.frozen else 'running'} at {self.now().isoformat()}>"

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen is not None

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        with self._lock:
            return self._now()

    def sleep(self, seconds: float) -> None:
        """Let *seconds* pass: wait if the clock runs, else move it."""
        if self.frozen:
            self.advance(seconds)
        else:
            time.sleep(seconds)

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock where it is, or at an aware datetime."""
        with self._lock:
            self._frozen = at or self._now()
        self._tell()

    def advance(self, seconds: float) -> None:
        """Move the clock forward by *seconds*, frozen or not."""
        with self._lock:
            if self._frozen is None:
                self._offset += timedelta(seconds=seconds)
            else:
                self._frozen += timedelta(seconds=seconds)
        self._tell()

    def resume(self) -> None:
        """Let a frozen clock run on from where it stands."""
        with self._lock:
            if self._frozen is not None:
                self._offset = self._frozen - datetime.now(UTC)
                self._frozen = None
        self._tell()

    def reset(self) -> None:
        """Let it run with the machine's clock again."""
        with self._lock:
            self._offset, self._frozen = timedelta(), None
        self._tell()

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Have *watcher* called after each move, and return what ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    def _now(self) -> datetime:
        return self._frozen if self._frozen is not None else datetime.now(UTC) + self._offset

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()


class ManualClock(MovableClock):
    """A clock that stands still until it is told to move; sleeping moves it."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
