"""The work that events call for, done after they have been acknowledged, one at a time and in order."""

from __future__ import annotations

import logging
import re
import threading
import time
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from receiver.store import State, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from receiver.events import Event
    from receiver.handlers import Handlers
    from receiver.recorder import Observer
    from receiver.store import Pending, Store

__all__ = ["RETRY_DELAYS", "Worker"]

RETRY_DELAYS: Final = (0.5, 2.0, 10.0)  # seconds before the second, third and fourth call of a handler that raises
_STORE_PAUSE: Final = 1.0
_LONGEST_REASON: Final = 500
# Whatever ends a line, moves the cursor, reverses the text or can't be encoded; letters and emoji of any kind may stay.
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_log = logging.getLogger("receiver")


class Worker:
    """
    Calls the handler of each stored event, in order of ``published`` (D8), in a thread of its own.

    What an earlier run left undone comes first.  A handler that raises is called again after each of the *delays*,
    and its event fails when these are used up; other events don't wait for it.

    Args:
        store: Where the events are.
        handlers: What is done about them.
        emit: Prints a line that a handler returned.
        also: Called for each event after its handler; if it raises it is called again, and the handler isn't.
        observer: Is told of lines and of events that are settled.
        redact: Hides secrets in the reasons that are kept and logged.
        delays: Seconds.
    """

    def __init__(
        self,
        store: Store,
        handlers: Handlers,
        *,
        emit: Callable[[str], object],
        also: Iterable[Callable[[Event], object]] = (),
        observer: Observer | None = None,
        redact: Callable[[str], str] = str,
        delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._emit = emit
        self._also = tuple(also)
        self._observer = observer
        self._redact = redact
        self._delays = delays
        self._changed = threading.Condition()
        self._woken = True
        self._stopping = False
        self._waiting: list[tuple[float, int]] = []  # (time to call again, number), the earliest first
        self._passing_on: set[int] = set()  # events whose handler is done, though not yet what comes after it
        self._trouble = ""
        self._unsettled: tuple[int, State, str] | None = None
        self._thread = threading.Thread(target=self._run, name="receiver-worker", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier run left pending."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there are new events."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def stop(self, *, timeout: float) -> bool:
        """Let the current event be finished, leave the rest pending, and say whether it ended within *timeout* s."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while self._wait():
            try:
                self._work_off()
                self._trouble = ""
            except Exception as error:  # noqa: BLE001 (a worker that has died in silence would acknowledge for ever)
                reason = str(error) if isinstance(error, StoreError) else type(error).__name__
                if reason != self._trouble:
                    _log.warning("can't read or mark events, trying again: %s", reason)
                self._trouble = reason
                with self._changed:
                    self._changed.wait_for(lambda: self._stopping, _STORE_PAUSE)
                    self._woken = True

    def _wait(self) -> bool:
        with self._changed:
            while not self._stopping and not self._woken:
                left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if left is not None and left <= 0:
                    break
                self._changed.wait(left)
            self._woken = False
            return not self._stopping

    def _work_off(self) -> None:
        self._settle()
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            self._store.release(self._waiting[0][1])
            heappop(self._waiting)
        while not self._stopping and (pending := self._store.next_pending()):
            self._unsettled = (pending.number, *self._handle(pending))
            self._settle()

    def _settle(self) -> None:
        # Kept until it is stored: a full disk must not make a handler run twice.
        if self._unsettled is None:
            return
        number, state, reason = self._unsettled
        self._store.settle(number, state, reason)
        self._unsettled = None
        if state is not State.WAITING and self._observer:
            self._observer.settled(number)

    def _handle(self, pending: Pending) -> tuple[State, str]:
        event = pending.event
        try:
            if pending.number not in self._passing_on:
                said = self._handlers.find(event.event_type)(event)
                # All lines before any is printed: a handler that fails half-way is called again from the start.
                for line in [said] if isinstance(said, str) else list(said or ()):
                    self._print(line)
                self._passing_on.add(pending.number)
            for act in self._also:
                act(event)
        except (Exception, SystemExit) as error:  # noqa: BLE001 (handlers are foreign code; one must not stop the rest)
            state, reason = self._failed(pending, error)
        else:
            self._store.note_handled(pending)
            state, reason = State.DONE, ""
        if state is not State.WAITING:
            self._passing_on.discard(pending.number)
        return state, reason

    def _failed(self, pending: Pending, error: BaseException) -> tuple[State, str]:
        reason = _one_line(self._redact(f"{type(error).__name__}: {error}"))[:_LONGEST_REASON]
        if pending.attempts < len(self._delays):
            delay = self._delays[pending.attempts]
            heappush(self._waiting, (time.monotonic() + delay, pending.number))
            _log.warning("event %s: its handler raised %s; again in %g s", pending.event.uuid, reason, delay)
            return State.WAITING, reason
        calls = pending.attempts + 1
        _log.error("event %s failed: its handler raised %d times, now %s", pending.event.uuid, calls, reason)
        return State.FAILED, reason

    def _print(self, line: str) -> None:
        line = _one_line(line)
        if self._observer:
            self._observer.said(line)
        try:
            self._emit(line)
        except Exception as error:  # noqa: BLE001 (nobody may be reading, but the work is done)
            _log.warning("a line could not be printed: %s", type(error).__name__)


def _one_line(text: str) -> str:
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", str(text))
