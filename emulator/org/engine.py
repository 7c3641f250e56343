"""
The delivery engine of an org: batches, order, one request in flight per hook, and what happens after each (D8-D36).

What is to be delivered is in the store before anything is sent, and leaves it with the result, so that a crash at any
moment loses nothing: it may only send something twice, which Okta's receivers must stand anyway (D11).
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from emulator.org.ordering import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emulator.org.core import Core, Queued
    from emulator.org.sending import Sending

__all__ = ["Engine"]

T = TypeVar("T")

_log = logging.getLogger("emulator.org")

_POLL: Final = 0.05  # seconds between looks at a clock that can't tell of its moves
_IDLE: Final = 5.0  # seconds after which a thread without work ends
_PATIENCE: Final = 1.0  # seconds before a store that failed is asked again
_LONGEST_WAIT: Final = 3600.0
_MOST: Final = 30_000  # events in a request; the store can't be asked for more at once


@dataclass(slots=True)
class _Lane:
    """The events that wait for one hook, the requests of an earlier run to be sent again, and what is in flight."""

    waiting: deque[Queued] = field(default_factory=deque)
    again: deque[int] = field(default_factory=deque)
    in_flight: int = 0
    flush: bool = False
    threads: list[threading.Thread] = field(default_factory=list)

    def put_back(self, work: int | list[Queued]) -> None:
        """Let *work* be done again, before all else."""
        if isinstance(work, int):
            self.again.appendleft(work)
        else:
            self.waiting.extendleft(reversed(work))

    @property
    def idle(self) -> bool:
        return not (self.waiting or self.again or self.in_flight)


class Engine:
    """
    Delivers what the store has queued, in threads of its own: as many per hook as ``delivery.concurrency`` says.

    Never holds its own lock while it asks for the store's, since the store tells it of commits under the store's.
    """

    def __init__(self, core: Core, sending: Sending) -> None:
        self._core = core
        self._sending = sending
        self._changed = threading.Condition()
        self._lanes: dict[str, _Lane] = {}
        self._stopping = False
        self._paused = False
        self._ended = 0
        self._mishap: BaseException | None = None
        watch = getattr(core.clock, "watch", None)
        self._unwatch = watch(self.wake) if watch else None
        core.queued = self.add

    def load(self) -> None:
        """Take up what the store has pending: the events in its queue, and requests whose end it doesn't know."""
        store = self._core.store
        queued = store.rows("SELECT number, hook_id, event, at FROM queue ORDER BY number")
        begun = store.rows("SELECT number, hook_id FROM deliveries WHERE ended IS NULL ORDER BY number")
        with self._changed:
            for lane in self._lanes.values():
                lane.waiting.clear()
                lane.again.clear()
            for number, hook_id in begun:
                self._lane(hook_id).again.append(number)
            self._changed.notify_all()
        self.add([(number, hook_id, event, datetime.fromisoformat(at)) for number, hook_id, event, at in queued])

    def add(self, queued: Sequence[Queued]) -> None:
        """Deliver these; they are in the store already."""
        with self._changed:
            for item in queued:
                self._lane(item[1]).waiting.append(item)
            self._changed.notify_all()

    def wake(self) -> None:
        """Look at the clock again: it has been moved."""
        with self._changed:
            self._changed.notify_all()

    def pause(self) -> None:
        """Let everything wait, whatever the window; requests in flight go on."""
        with self._changed:
            self._paused = True

    def resume(self, order: str) -> None:
        """Let what has waited for each hook go on, in another order than that in which it happened."""
        with self._changed:
            self._paused = False
            for lane in self._lanes.values():
                lane.waiting = deque(in_order(lane.waiting, order, key=lambda item: item[0]))
            self._changed.notify_all()

    @property
    def paused(self) -> bool:
        """Whether everything waits."""
        return self._paused

    def flush(self, hook_id: str | None = None) -> None:
        """Send what waits for a hook, or for all, without waiting for the batching window to close (D36)."""
        with self._changed:
            for name, lane in self._lanes.items():
                lane.flush = lane.flush or (bool(lane.waiting) and hook_id in {None, name})
            self._changed.notify_all()

    def wait_until_idle(self, timeout: float) -> bool:
        """Flush and wait until nothing is pending or in flight; say whether that happened within *timeout* seconds."""
        deadline = time.monotonic() + timeout
        self._complain()
        with self._changed:
            while not all(lane.idle for lane in self._lanes.values()):
                for lane in self._lanes.values():
                    lane.flush = bool(lane.waiting)
                self._changed.notify_all()
                left = deadline - time.monotonic()
                if left <= 0 or self._stopping:
                    return False
                self._changed.wait(left)
        self._complain()
        return True

    def wait_for(self, found: Callable[[], T | None], timeout: float) -> T | None:
        """Return what *found* finds, asking again whenever a delivery has ended; None if *timeout* seconds pass."""
        deadline = time.monotonic() + timeout
        while True:
            seen = self._ended
            # Outside of our lock: it asks the store.
            answer = found()
            self._complain()
            left = deadline - time.monotonic()
            if answer is not None or left <= 0 or self._stopping:
                return answer
            with self._changed:
                if self._ended == seen:
                    self._changed.wait(left)

    def _complain(self) -> None:
        mishap, self._mishap = self._mishap, None
        if mishap is not None:
            raise mishap

    def pending(self) -> dict[str, int]:
        """Return how many events and requests wait or are in flight, by hook."""
        with self._changed:
            return {
                hook_id: len(lane.waiting) + len(lane.again) + lane.in_flight
                for hook_id, lane in self._lanes.items()
                if not lane.idle
            }

    def stop(self) -> None:
        """Let requests in flight end, leave the rest in the store, and end the threads."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            threads = [thread for lane in self._lanes.values() for thread in lane.threads]
        for thread in threads:
            thread.join()
        if self._unwatch is not None:
            self._unwatch()

    def _lane(self, hook_id: str) -> _Lane:
        lane = self._lanes.setdefault(hook_id, _Lane())
        while len(lane.threads) < self._core.profile.delivery_concurrency:
            name = f"deliver-{hook_id}-{len(lane.threads)}"
            thread = threading.Thread(target=self._run, args=(hook_id, lane), name=name, daemon=True)
            lane.threads.append(thread)
            thread.start()
        return lane

    def _run(self, hook_id: str, lane: _Lane) -> None:
        while True:
            with self._changed:
                work = self._take(lane)
                if work is None:
                    lane.threads.remove(threading.current_thread())
                    if not lane.threads and lane.idle:
                        del self._lanes[hook_id]
                    return
                lane.in_flight += 1
            try:
                if isinstance(work, int):
                    self._sending.send_again(work)
                else:
                    self._sending.send_batch(hook_id, work)
            except sqlite3.Error as error:
                # A full disk, say: all is still in the store, so nothing is lost by trying again.
                _log.warning("deliveries wait, since the store can't be written: %s", error)
                with self._changed:
                    lane.put_back(work)
                    self._changed.wait(_PATIENCE)
            except Exception as error:  # noqa: BLE001 (kept, and raised again to whoever waits for deliveries)
                self._mishap = error
            finally:
                with self._changed:
                    lane.in_flight -= 1
                    self._ended += 1
                    self._changed.notify_all()

    def _take(self, lane: _Lane) -> int | list[Queued] | None:
        """Wait for work and return it: a request to send again, or a batch; None when it is time to stop."""
        asleep = time.monotonic() + _IDLE
        while not self._stopping:
            if self._paused:
                self._changed.wait()
                continue
            if lane.again:
                return lane.again.popleft()
            left = self._seconds_left(lane)
            if left is not None and left <= 0:
                return self._batch(lane)
            if lane.waiting:
                self._changed.wait(left)
                continue
            # A hook without events needs no thread; hooks come and go in a long run.
            awake = asleep - time.monotonic()
            if awake <= 0:
                return None
            self._changed.wait(awake)
        return None

    def _batch(self, lane: _Lane) -> list[Queued]:
        profile = self._core.profile
        # A window of 0 s closes at once, with one event in it: so what travels together is never a matter of luck.
        size = min(len(lane.waiting), profile.delivery_max_batch, _MOST) if profile.delivery_window else 1
        batch = [lane.waiting.popleft() for _ in range(size)]
        lane.flush = lane.flush and bool(lane.waiting)
        return batch

    def _seconds_left(self, lane: _Lane) -> float | None:
        """Return how long to wait before the lane's next batch can be due: 0 if it is, None for as long as it takes."""
        profile = self._core.profile
        if not lane.waiting:
            return None
        if lane.flush or not profile.delivery_window or len(lane.waiting) >= profile.delivery_max_batch:
            return 0
        due = lane.waiting[0][3] + timedelta(seconds=profile.delivery_window)
        left = (due - self._core.clock.now()).total_seconds()
        if left <= 0:
            return 0
        if self._unwatch is None:
            return min(left, _POLL)
        return None if getattr(self._core.clock, "frozen", False) else min(left, _LONGEST_WAIT)
