"""One thread's worth of waiting: the steps of thousands of attempts, and things to do later, each when it is due."""

from __future__ import annotations

import heapq
import selectors
import socket
import time
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emulator.delivery.steps import out_of_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.delivery.steps import Steps

__all__ = ["Loop"]

_MOST_WAKES: Final = 4096


class _Task:
    """Steps under way; a task that has ended lets go of all it had, since its deadline may stay on the heap a while."""

    __slots__ = ("sock", "steps", "then", "until")

    def __init__(self, steps: Steps[Any], then: Callable[[Any], object]) -> None:
        self.steps: Steps[Any] | None = steps
        self.then: Callable[[Any], object] | None = then
        self.sock: socket.socket | None = None
        self.until = 0.0


class Loop:
    """
    Drives steps and timers; everything but ``soon`` and ``wake`` belongs to the one thread that takes the turns.

    Steps must not raise; what they return goes to the callable that came with them.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._later: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0
        self._soon: deque[Callable[[], object]] = deque()
        self._bell, self._ear = socket.socketpair()
        self._bell.setblocking(False)
        self._ear.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._asleep = False

    def begin(self, steps: Steps[Any], then: Callable[[Any], object]) -> None:
        """Go through *steps*, and hand their result to *then*."""
        self._go(_Task(steps, then))

    def at(self, moment: float, act: Callable[[], object]) -> None:
        """Do something at a moment of ``time.perf_counter()``, or as soon after it as possible."""
        self._count += 1
        heapq.heappush(self._later, (moment, self._count, act))

    def soon(self, act: Callable[[], object]) -> None:
        """Have something done in the next turn; may be called from any thread."""
        self._soon.append(act)
        self.wake()

    def wake(self) -> None:
        """End the current turn if it waits; may be called from any thread."""
        if self._asleep:
            self._asleep = False
            with suppress(OSError):  # full of wakes already, or closed
                self._bell.send(b"!")

    def turn(self, longest: float, *, unless: Callable[[], object] = bool) -> None:
        """
        Wait for at most so many seconds until something can be done, and do all that can be.

        Args:
            longest: Seconds.
            unless: Is asked last; if it says yes, the turn doesn't wait.
        """
        self._asleep = True
        # Whoever comes from now on rings the bell; what came before is seen here.
        left = self._later[0][0] - time.perf_counter() if self._later else longest
        left = 0.0 if self._soon or unless() else max(0.0, min(left, longest))
        ready = self._selector.select(left)
        self._asleep = False
        for key, _ in ready:
            if key.data is None:
                with suppress(OSError):
                    self._ear.recv(_MOST_WAKES)
            else:
                self._rest(key.data)
                self._go(key.data)
        for _ in range(len(self._soon)):
            self._soon.popleft()()
        now = time.perf_counter()
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()

    def close(self) -> None:
        """Let go of everything; steps under way are broken off."""
        for key in list(self._selector.get_map().values()):
            if key.data is not None and key.data.steps is not None:
                key.data.steps.close()
        self._selector.close()
        self._bell.close()
        self._ear.close()

    def _go(self, task: _Task, *, late: bool = False) -> None:
        steps, then = task.steps, task.then
        if steps is None or then is None:
            return
        try:
            sock, writing, until = steps.throw(out_of_time()) if late else next(steps)
        except StopIteration as end:
            task.steps = task.then = None
            then(end.value)
            return
        task.sock = sock
        self._selector.register(sock, selectors.EVENT_WRITE if writing else selectors.EVENT_READ, task)
        if until != task.until:
            task.until = until
            self.at(until, partial(self._expire, task, until))

    def _rest(self, task: _Task) -> None:
        if task.sock is not None:
            self._selector.unregister(task.sock)
            task.sock = None

    def _expire(self, task: _Task, until: float) -> None:
        if task.sock is not None and task.until == until:
            self._rest(task)
            self._go(task, late=True)
