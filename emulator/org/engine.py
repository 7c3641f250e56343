"""
The delivery engine of an org: one thread that begins, sends and ends all its deliveries (D8-D36).

What is to be delivered is in the store before anything is sent, and leaves it with the result, so that a crash at any
moment loses nothing: it may only send something twice, which Okta's receivers must stand anyway (D11).
All that has ended and all that is due go into the store in one transaction, so a burst costs few of them.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from emulator.delivery.carrier import Carrier
from emulator.delivery.loop import Loop
from emulator.org.errors import StoreError
from emulator.org.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emulator.delivery.transport import Sender
    from emulator.org.core import Core, Queued
    from emulator.org.lanes import Work
    from emulator.org.sending import Errand, Sending

__all__ = ["Engine"]

T = TypeVar("T")

_log = logging.getLogger("emulator.org")

_IDLE: Final = 5.0  # seconds after which a thread without work ends
_PATIENCE: Final = 1.0  # seconds before a store that failed is asked again
_SLICE: Final = (
    0.003  # seconds after which nothing more is taken into a transaction: time-outs and answers wait meanwhile
)


class Engine:
    """
    Delivers what the store has queued.

    Never asks for the store's lock while it holds its own, since the store tells it of commits under the store's.
    """

    def __init__(self, core: Core, sending: Sending, sender: Sender) -> None:
        self._core = core
        self._sending = sending
        self._sender = sender
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._idle = threading.Condition(self._lock)
        self._lanes = Lanes(core, self._remind)
        self._loop: Loop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._paused = False
        self._landed = 0
        self._mishap: BaseException | None = None
        self._ended: list[Errand] = []
        self._one_at_a_time = False
        self._patient_until = 0.0
        self._waiting_for_all = 0
        watch = getattr(core.clock, "watch", None)
        self._unwatch = watch(self.wake) if watch else None
        core.queued = self.add

    def load(self) -> None:
        """Take up what the store has pending: the events in its queue, and requests whose end it doesn't know."""
        store = self._core.store
        queued = store.rows("SELECT number, hook_id, event, at FROM queue ORDER BY number")
        begun = store.rows("SELECT number, hook_id FROM deliveries WHERE ended IS NULL ORDER BY number")
        with self._lock:
            self._lanes.clear()
            for number, hook_id in begun:
                self._lanes.add_again(hook_id, number)
        self.add([(number, hook_id, event, datetime.fromisoformat(at)) for number, hook_id, event, at in queued])

    def add(self, queued: Sequence[Queued]) -> None:
        """Deliver these; they are in the store already."""
        with self._lock:
            self._lanes.add(queued)
            if self._waiting_for_all:
                self._lanes.flush()
            self._rouse()

    def wake(self) -> None:
        """Look at the clock again: it has been moved."""
        with self._lock:
            self._lanes.look_at_all()
            self._rouse()

    def pause(self) -> None:
        """Let everything wait, whatever the window; requests in flight go on."""
        with self._lock:
            self._paused = True

    def resume(self, order: str) -> None:
        """Let what has waited for each hook go on, in another order than that in which it happened."""
        with self._lock:
            self._paused = False
            self._lanes.reorder(order)
            self._rouse()

    @property
    def paused(self) -> bool:
        """Whether everything waits."""
        return self._paused

    def flush(self, hook_id: str | None = None) -> None:
        """Send what waits for a hook, or for all, without waiting for the batching window to close (D36)."""
        with self._lock:
            self._lanes.flush(hook_id)
            self._rouse()

    def wait_until_idle(self, timeout: float) -> bool:
        """Flush and wait until nothing is pending or in flight; say whether that happened within *timeout* seconds."""
        self._complain()
        with self._lock:
            self._waiting_for_all += 1
            self._lanes.flush()
            self._rouse()
            self._idle.wait_for(lambda: not self._lanes.busy or self._stopping or self._mishap, timeout)
            self._waiting_for_all -= 1
            idle = not self._lanes.busy
        self._complain()
        return idle

    def wait_for(self, found: Callable[[], T | None], timeout: float) -> T | None:
        """Return what *found* finds, asking again whenever a delivery has ended; None if *timeout* seconds pass."""
        deadline = time.monotonic() + timeout
        while True:
            seen = self._landed
            # Outside of our lock: it asks the store.
            answer = found()
            self._complain()
            left = deadline - time.monotonic()
            if answer is not None or left <= 0 or self._stopping:
                return answer
            with self._lock:
                if self._landed == seen:
                    self._news.wait(left)

    def pending(self) -> dict[str, int]:
        """Return how many events and requests wait or are in flight, by hook."""
        with self._lock:
            return {hook_id: size for hook_id, size in self._lanes.sizes().items() if size}

    def stop(self) -> None:
        """Let requests in flight end, leave the rest in the store, and end the thread."""
        with self._lock:
            self._stopping = True
            self._news.notify_all()
            self._idle.notify_all()
            thread = self._thread
            if self._loop is not None:
                self._loop.wake()
        if thread is not None:
            thread.join()
        if self._unwatch is not None:
            self._unwatch()

    def _complain(self) -> None:
        mishap, self._mishap = self._mishap, None
        if mishap is not None:
            raise mishap

    def _rouse(self) -> None:
        if self._stopping:
            return
        if self._thread is None and len(self._lanes):
            self._loop = Loop()
            self._thread = threading.Thread(target=self._run, args=(self._loop,), name="deliver", daemon=True)
            self._thread.start()
        elif self._loop is not None:
            self._loop.wake()

    def _remind(self, moment: float, hook_id: str) -> None:
        if self._loop is not None:
            self._loop.at(moment, partial(self._look_at, hook_id))

    def _look_at(self, hook_id: str) -> None:
        with self._lock:
            self._lanes.look_at(hook_id)

    def _run(self, loop: Loop) -> None:
        carrier = Carrier(self._sender, self._core.clock, loop)
        idle = time.monotonic()
        while True:
            with self._lock:
                if len(self._lanes) and not self._stopping:
                    idle = time.monotonic()
                # A hook without events needs no thread; orgs come and go in a long run.
                done = self._stopping or time.monotonic() - idle >= _IDLE
                if done and not carrier.under_way and (self._patient_until or not self._ended):
                    self._thread = self._loop = None
                    break
            if self._can_write():
                self._write(carrier)
            loop.turn(_PATIENCE if self._patient_until else _IDLE, unless=partial(self._is_wanted, carrier))
        carrier.close()
        loop.close()

    def _is_wanted(self, carrier: Carrier) -> bool:
        """Whether there is anything to do at once; asked after the last look, so that no word that came since is lost."""
        return self._can_write() or (self._stopping and not carrier.under_way)

    def _can_write(self) -> bool:
        """Whether there is something to write, and the store is expected to take it."""
        if time.monotonic() < self._patient_until:
            return False
        return bool(self._ended) or (self._lanes.worth_a_look and not self._paused and not self._stopping)

    def _write(self, carrier: Carrier) -> None:
        """Write what has ended and begin what is due, as much as a transaction takes; then send it."""
        ended: list[Errand] = []
        due: list[tuple[str, Work]] = []
        begun: list[Errand | None] = []
        landed: list[str] = []
        until = 0.0 if self._one_at_a_time else time.perf_counter() + _SLICE
        try:
            with self._core.store.transaction():
                while len(ended) < len(self._ended) and (not ended or time.perf_counter() < until):
                    ended.append(self._ended[len(ended)])
                    begun.append(self._sending.end(ended[-1]))
                    if begun[-1] is None:
                        landed.append(ended[-1].hook.id)
                        # Before the commit, so that the next request of a hook is begun together with the end of this.
                        self._land(landed[-1:])
                while (not ended and not due) or time.perf_counter() < until:
                    work = self._take()
                    if work is None:
                        break
                    due.append(work)
                    begun.append(self._sending.begin(*work))
        except Exception as error:  # noqa: BLE001 (kept, and raised again to whoever waits for deliveries)
            self._stumbled(error, ended, due, landed)
            return
        del self._ended[: len(ended)]
        if self._patient_until:
            _log.warning("deliveries go on")
        self._patient_until = 0.0
        self._one_at_a_time = self._one_at_a_time and bool(ended or due)
        for errand in filter(None, begun):
            carrier.carry(errand.course, partial(self._came_back, errand))
        self._land([work[0] for work, errand in zip(due, begun[len(ended) :], strict=True) if errand is None])
        self._tell()

    def _take(self) -> tuple[str, Work] | None:
        with self._lock:
            return None if self._paused or self._stopping else self._lanes.take()

    def _land(self, hook_ids: Sequence[str]) -> None:
        with self._lock:
            for hook_id in hook_ids:
                self._lanes.landed(hook_id)

    def _stumbled(self, error: Exception, ended: list[Errand], due: list[tuple[str, Work]], landed: list[str]) -> None:
        """Undo what a transaction that failed was about, so that it can be done again."""
        with self._lock:
            for hook_id in landed:
                self._lanes.not_landed(hook_id)
        by_the_store = isinstance(error, (sqlite3.Error, StoreError))
        to_blame = len(ended) + len(due) == 1 and not by_the_store
        if to_blame:
            del self._ended[: len(ended)]
            self._land([errand.hook.id for errand in ended] + [hook_id for hook_id, _ in due])
            self._tell(error)
        else:
            with self._lock:
                for hook_id, work in reversed(due):
                    self._lanes.put_back(hook_id, work)
        # If one of several is to blame, find out which.
        self._one_at_a_time = not to_blame and not by_the_store
        if by_the_store:
            # A full disk, say: all is still in the store, so nothing is lost by trying again.
            if not self._patient_until:
                _log.warning("deliveries wait, since the store can't be written: %s", error)
            self._patient_until = time.monotonic() + _PATIENCE

    def _came_back(self, errand: Errand, error: BaseException | None) -> None:
        if error is None:
            self._ended.append(errand)
        else:
            self._land([errand.hook.id])
            self._tell(error)

    def _tell(self, mishap: BaseException | None = None) -> None:
        """Tell those who wait that deliveries have ended."""
        with self._lock:
            self._mishap = mishap or self._mishap
            self._landed += 1
            self._news.notify_all()
            if mishap or not self._lanes.busy:
                self._idle.notify_all()
