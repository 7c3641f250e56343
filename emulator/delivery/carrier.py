"""Carries out thousands of deliveries at once in one loop: their attempts, and the retries when they are due (R1-R7)."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from emulator.delivery.attempts import Retry
from emulator.delivery.clock import SystemClock
from emulator.delivery.kept import Kept
from emulator.delivery.transport import Stepwise

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.delivery.clock import Clock
    from emulator.delivery.dispatcher import Course
    from emulator.delivery.exchange import Exchange
    from emulator.delivery.loop import Loop
    from emulator.delivery.transport import Sender
    from emulator.delivery.wire import Wire

__all__ = ["Carrier"]


class Carrier:
    """
    Makes the attempts of courses; belongs to the thread that turns the loop.

    Args:
        sender: Makes an attempt in steps, or, one that can't, in a thread of its own.
        clock: Lets the delay before a retry pass.
        loop: Where the waiting is done.
    """

    def __init__(self, sender: Sender, clock: Clock, loop: Loop) -> None:
        self._sender = sender
        self._steps = sender.attempt if isinstance(sender, Stepwise) else None
        self._clock = clock
        self._loop = loop
        self._kept = Kept(loop)
        self.under_way = 0

    def carry(self, course: Course, then: Callable[[BaseException | None], object]) -> None:
        """Make the attempts of a course, and tell when it has ended, or what kept it from that."""
        self.under_way += 1
        self._attempt(course, then)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._kept.close()

    def _attempt(self, course: Course, then: Callable[[BaseException | None], object]) -> None:
        limit = course.profile.time_limit
        if self._steps is not None:
            wire = self._kept.take(course.request.url)
            steps = self._steps(course.request, wire, time_limit=limit)
            self._loop.begin(steps, partial(self._went, course, then, wire))
            return

        def send() -> Exchange:
            return self._sender.send(course.request, time_limit=limit)

        self._in_a_thread(send, partial(self._went, course, then, None))

    def _went(
        self,
        course: Course,
        then: Callable[[BaseException | None], object],
        wire: Wire | None,
        result: Exchange | BaseException,
    ) -> None:
        if wire is not None and wire.is_open:
            if course.profile.delivery_keep_alive:
                self._kept.keep(course.request.url, wire)
            else:
                wire.close()
        if isinstance(result, BaseException):
            self._over(then, result)
            return
        try:
            step = course.went(result)
        except Exception as error:  # noqa: BLE001 (told to whoever waits, rather than ending the thread of all others)
            self._over(then, error)
            return
        if not isinstance(step, Retry):
            self._over(then, None)
        elif not step.delay or isinstance(self._clock, SystemClock) or getattr(self._clock, "frozen", None) is False:
            self._loop.at(time.perf_counter() + step.delay, partial(self._attempt, course, then))
        else:
            # A clock that stands still, or one of the user's own, has its own way of letting time pass.
            self._in_a_thread(partial(self._clock.sleep, step.delay), lambda _: self._attempt(course, then))

    def _over(self, then: Callable[[BaseException | None], object], error: BaseException | None) -> None:
        self.under_way -= 1
        then(error)

    def _in_a_thread(self, act: Callable[[], object], then: Callable[..., object]) -> None:
        def work() -> None:
            try:
                result = act()
            except BaseException as error:  # noqa: BLE001 (handed to whoever waits for the delivery)
                result = error
            self._loop.soon(partial(then, result))

        threading.Thread(target=work, name="deliver-one", daemon=True).start()
