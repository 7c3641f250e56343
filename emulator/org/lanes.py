"""What waits for each hook, and when it is due: batches, windows, and how many requests are in flight (D8-D10, D35, D36)."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from emulator.org.ordering import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from emulator.org.core import Core, Queued

__all__ = ["Lanes", "Work"]

_POLL: Final = 0.05  # seconds between looks at a clock that can't tell of its moves
_LONGEST_WAIT: Final = 3600.0
_MOST: Final = 30_000  # events in a request; the store can't be asked for more at once

Work = int | list["Queued"]
"""A request of an earlier run to be sent again, by its number, or the events of a new one."""


@dataclass(slots=True)
class _Lane:
    waiting: deque[Queued] = field(default_factory=deque)
    again: deque[int] = field(default_factory=deque)
    in_flight: int = 0
    flush: bool = False
    alarm: float = math.inf
    since: float = 0.0
    """When the first of what waits began to, by a clock that never jumps."""

    def __len__(self) -> int:
        return len(self.waiting) + len(self.again) + self.in_flight


class Lanes:
    """
    A lane per hook that has something to do; not safe to use from several threads at once.

    Only lanes to which something has happened are looked at, so a thousand that wait cost nothing.

    Args:
        core: Where the profile and the clock are.
        remind: Is called with a moment of ``time.perf_counter()`` and the hook that is to be looked at again then.
    """

    def __init__(self, core: Core, remind: Callable[[float, str], object]) -> None:
        self._core = core
        self._remind = remind
        self._lanes: dict[str, _Lane] = {}
        self._look: dict[str, None] = {}
        self._told_of_moves = hasattr(core.clock, "watch")

    def __len__(self) -> int:
        return len(self._lanes)

    def sizes(self) -> dict[str, int]:
        """Return how many events and requests wait or are in flight, by hook."""
        return {hook_id: len(lane) for hook_id, lane in self._lanes.items()}

    @property
    def busy(self) -> bool:
        """Whether anything waits or is in flight."""
        return any(map(len, self._lanes.values()))

    @property
    def worth_a_look(self) -> bool:
        """Whether something may be due."""
        return bool(self._look)

    def clear(self) -> None:
        """Forget all that waits."""
        for lane in self._lanes.values():
            lane.waiting.clear()
            lane.again.clear()

    def add(self, queued: Iterable[Queued]) -> None:
        """Let events wait."""
        for item in queued:
            lane = self._lane(item[1])
            if not lane.waiting:
                lane.since = time.perf_counter()
            lane.waiting.append(item)

    def add_again(self, hook_id: str, number: int) -> None:
        """Let a request be sent again."""
        self._lane(hook_id).again.append(number)

    def look_at(self, hook_id: str) -> None:
        """Look at a lane again: its time has come."""
        lane = self._lanes.get(hook_id)
        if lane is not None:
            lane.alarm = math.inf
            self._look[hook_id] = None

    def look_at_all(self) -> None:
        """Look at every lane again: the clock has moved, or the profile has changed."""
        self._look.update(dict.fromkeys(self._lanes))

    def reorder(self, order: str) -> None:
        """Put what waits into another order than that in which it happened."""
        for lane in self._lanes.values():
            lane.waiting = deque(in_order(lane.waiting, order, key=lambda item: item[0]))
        self.look_at_all()

    def flush(self, hook_id: str | None = None) -> None:
        """Let no window keep what waits for a hook, or for all."""
        for name, lane in self._lanes.items():
            if hook_id in {None, name} and lane.waiting and not lane.flush:
                lane.flush = True
                self._look[name] = None

    def take(self) -> tuple[str, Work] | None:
        """Return something that is due, and its hook, if anything is; it counts as in flight from now on."""
        while self._look:
            hook_id = next(iter(self._look))
            lane = self._lanes.get(hook_id)
            work = self._due(lane) if lane is not None else None
            if work is not None:
                return hook_id, work
            del self._look[hook_id]
            if lane is not None and not len(lane):
                del self._lanes[hook_id]
            elif lane is not None:
                self._set_alarm(hook_id, lane)
        return None

    def put_back(self, hook_id: str, work: Work) -> None:
        """Let what was taken wait again, before all else."""
        lane = self._lane(hook_id)
        if isinstance(work, int):
            lane.again.appendleft(work)
        else:
            lane.waiting.extendleft(reversed(work))
        lane.in_flight -= 1

    def landed(self, hook_id: str) -> None:
        """Note that what was taken is no longer in flight."""
        self._lane(hook_id).in_flight -= 1

    def not_landed(self, hook_id: str) -> None:
        """Note that it is in flight after all: its end could not be written."""
        self._lane(hook_id).in_flight += 1

    def _lane(self, hook_id: str) -> _Lane:
        self._look[hook_id] = None
        return self._lanes.setdefault(hook_id, _Lane())

    def _due(self, lane: _Lane) -> Work | None:
        if lane.in_flight >= self._core.profile.delivery_concurrency:
            return None
        if not lane.again and self._seconds_left(lane) != 0:
            return None
        lane.in_flight += 1
        return lane.again.popleft() if lane.again else self._batch(lane)

    def _set_alarm(self, hook_id: str, lane: _Lane) -> None:
        left = self._seconds_left(lane) if lane.in_flight < self._core.profile.delivery_concurrency else None
        moment = math.inf if left is None else time.perf_counter() + left
        if moment < lane.alarm:
            lane.alarm = moment
            self._remind(moment, hook_id)

    def _batch(self, lane: _Lane) -> list[Queued]:
        profile = self._core.profile
        # A window of 0 s closes at once, with one event in it: so what travels together is never a matter of luck.
        size = min(len(lane.waiting), profile.delivery_max_batch, _MOST) if profile.delivery_window else 1
        batch = [lane.waiting.popleft() for _ in range(size)]
        lane.flush = lane.flush and bool(lane.waiting)
        lane.since = time.perf_counter()
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
        if not self._told_of_moves:
            return min(left, _POLL)
        if getattr(self._core.clock, "frozen", False):
            return None
        # A machine's clock may be set back by an hour, and nobody waits for it to catch up.
        return max(0.0, min(left, lane.since + profile.delivery_window - time.perf_counter(), _LONGEST_WAIT))
