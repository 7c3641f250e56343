"""
The only file of a load that sends: an event loop that begins every delivery at its instant, whatever the others do.

A delivery is sent as Okta sends it: three seconds for each attempt (R1), one retry of the same bytes after a time-out,
an error or a lost connection (R2, R3, R7), never after a 4xx (R4).
"""

from __future__ import annotations

import heapq
import select
import selectors
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from emulator.delivery.attempts import Delivered, Retry, next_step
from emulator.delivery.budget import Budget
from emulator.delivery.causes import explain
from emulator.delivery.dispatcher import delivery_request
from emulator.delivery.exchange import Exchange, Reply, Request
from emulator.delivery.transport import on_wire
from emulator.load.line import Line
from emulator.load.tally import Ended, Tally
from emulator.load.traffic import Traffic
from emulator.payloads import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.load.plan import Plan
    from emulator.load.traffic import Body

__all__ = ["Engine"]

_TICK: Final = 0.25  # seconds between two looks at what else there is to do
_GRACE: Final = 1.0  # seconds after its end in which a schedule that is behind may still begin deliveries
_MOST_OF_SELECT: Final = 1024  # files with a higher number are beyond select()
_SPARE_FILES: Final = 64
_AT_ONCE: Final = 16  # deliveries begun before answers are looked at, so that connections become free again
_USUAL: Final = frozenset({200, 204})


class _Job:
    """A delivery on its way."""

    __slots__ = ("attempts", "began", "body", "data", "due", "line", "number", "sent", "turn")

    def __init__(self, number: int, due: float, body: Body, data: bytes) -> None:
        self.number = number
        self.due = due
        self.body = body
        self.data = data
        self.attempts = 0
        self.began = self.sent = 0.0
        self.line: Line | None = None
        self.turn = 0  # tells the attempts of a job apart, when a deadline looks for one


class Engine:
    """
    One process' part of a load.

    Args:
        plan: What to do.
        worker: Which of the plan's workers this is, from 0.
    """

    def __init__(self, plan: Plan, *, worker: int = 0) -> None:
        self.plan = plan
        self.tally = Tally(plan.schedule.warmup)
        self.stopped = False
        self._traffic = Traffic(
            World(plan.seed),
            types=plan.types,
            batches=plan.batches,
            duplicates=plan.duplicates,
            start=plan.start,
        )
        empty = delivery_request(plan.channel, b"", hook_id=self._traffic.hook_id, profile=plan.profile)
        self._before, self._after = on_wire(empty).split(b"Content-Length: 0", 1)
        self._request = Request(method="POST", url=plan.channel.uri, headers=())
        self._arrivals = plan.schedule.instants(worker=worker, workers=plan.workers)
        _ = plan.target.tls  # loading the certificate authorities is no part of the first delivery
        self._selector = selectors.DefaultSelector()
        number = getattr(self._selector, "fileno", lambda: -1)()
        self._precise = number if number < _MOST_OF_SELECT else -1
        self._idle: list[Line] = []
        self._busy: dict[Line, _Job] = {}
        self._lines = 0
        self._most_lines = _open_files() - _SPARE_FILES
        self._deadlines: deque[tuple[float, _Job, int]] = deque()
        self._later: list[tuple[float, int, _Job]] = []
        self._count = 0  # of what is put off, so that the heap never compares jobs
        self._waiting: deque[_Job] = deque()
        self._began = 0.0

    def stop(self) -> None:
        """Begin nothing more, and don't wait for what is under way."""
        self.stopped = True

    @property
    def under_way(self) -> int:
        """How many deliveries have been begun and have not ended."""
        return len(self._busy) + len(self._waiting)

    def run(self, *, at: float | None = None, tick: Callable[[float], object] = lambda _: None) -> Tally:
        """
        Carry the schedule out, and return the statistics.

        Args:
            at: When to begin, by ``time.time()``, so that several workers begin together; by default at once.
            tick: Is called a few times a second with the seconds since the beginning.
        """
        upcoming = self._next()
        self._began = time.perf_counter() + (0.0 if at is None else max(0.0, at - time.time()))
        last = self.plan.schedule.end + _GRACE
        next_tick = 0.0
        try:
            while not self.stopped:
                now = self._now()
                for _ in range(_AT_ONCE):
                    if upcoming is None or not upcoming.due <= now <= last:
                        break
                    self._due(upcoming)
                    upcoming = self._next()
                    now = self._now()
                if upcoming is not None and now > last:
                    self._give_up(upcoming)
                    upcoming = None
                while self._later and self._later[0][0] <= now:
                    self._attempt(heapq.heappop(self._later)[2])
                self._expire(now)
                if upcoming is None and not (self._busy or self._later or self._waiting):
                    break
                if now >= next_tick:
                    tick(now)
                    next_tick = now + _TICK
                self._wait(upcoming, next_tick)
        finally:
            if self.stopped:
                self._account_for_the_rest(upcoming)
            self._close()
        return self.tally

    def _now(self) -> float:
        return time.perf_counter() - self._began

    def _next(self) -> _Job | None:
        found = next(self._arrivals, None)
        if found is None:
            return None
        number, due = found
        return self._job(number, due, self._traffic.body(number, due))

    def _job(self, number: int, due: float, body: Body) -> _Job:
        head = b"%sContent-Length: %d%s" % (self._before, len(body.data), self._after)
        return _Job(number, due, body, head + body.data)

    def _due(self, job: _Job) -> None:
        self.tally.due += job.due >= self.tally.warmup
        if job.body.repeat_after is not None:
            due = job.due + job.body.repeat_after
            again = self._job(job.number, due, self._traffic.repetition(job.number, job.due, job.body))
            self.tally.due += due >= self.tally.warmup
            self.tally.repeated += due >= self.tally.warmup
            self._put_off(due, again)
        self._attempt(job)

    def _give_up(self, job: _Job) -> None:
        """Count what is left of a schedule that could not be kept."""
        left = int(job.due >= self.tally.warmup) + sum(due >= self.tally.warmup for _, due in self._arrivals)
        self.tally.due += left
        self.tally.not_started += left

    def _account_for_the_rest(self, upcoming: _Job | None) -> None:
        now = self._now()
        late = upcoming is not None and self.tally.warmup <= upcoming.due <= now
        self.tally.due += late
        self.tally.not_started += late
        under_way = [*self._busy.values(), *(job for _, _, job in self._later if job.attempts), *self._waiting]
        self.tally.unfinished += sum(job.due >= self.tally.warmup for job in under_way)
        unrepeated = sum(not job.attempts and job.due >= self.tally.warmup for _, _, job in self._later)
        self.tally.due -= unrepeated
        self.tally.repeated -= unrepeated

    def _attempt(self, job: _Job) -> None:
        line = self._line()
        if line is None:
            self._waiting.append(job)
            return
        now = self._now()
        if not job.attempts:
            job.began = now
        job.attempts += 1
        job.turn += 1
        job.sent = now
        self._go(job, line)

    def _line(self) -> Line | None:
        """Return a connection that is idle or new; None if there are as many as there may be."""
        while self._idle:
            line = self._idle.pop()
            if not line.hung_up():
                return line
            self._drop(line)
        if self._lines >= self._most_lines:
            return None
        self._lines += 1
        return Line(self.plan.target)

    def _go(self, job: _Job, line: Line) -> None:
        limit = self.plan.profile.time_limit
        job.line = line
        self._busy[line] = job
        self._deadlines.append((job.sent + limit, job, job.turn))
        before = line.wants
        try:
            if line.begin(job.data, Budget(limit)):
                self._selector.register(line.fileno(), line.wants, line)
            elif line.wants != before:
                self._selector.modify(line.fileno(), line.wants, line)
        except (OSError, ValueError) as error:
            self._failed(job, line, error)

    def _wait(self, upcoming: _Job | None, next_tick: float) -> None:
        until = next_tick
        if upcoming is not None:
            until = min(until, upcoming.due)
        if self._later:
            until = min(until, self._later[0][0])
        if self._deadlines:
            until = min(until, self._deadlines[0][0])
        seconds = max(0.0, until - self._now())
        if seconds and self._precise >= 0:
            # A selector rounds up to milliseconds; this doesn't, and a delivery a millisecond late counts as slow.
            select.select([self._precise], [], [], seconds)
            seconds = 0.0
        for key, _ in self._selector.select(seconds):
            self._ready(key.data)

    def _ready(self, line: Line) -> None:
        job = self._busy.get(line)
        if job is None:
            if line in self._idle and line.hung_up():
                self._idle.remove(line)
                self._drop(line)
            return
        before, number = line.wants, line.fileno()
        try:
            done = line.proceed()
        except (OSError, ValueError) as error:
            self._failed(job, line, error)
            return
        if line.wants != before:
            self._selector.modify(number, line.wants, line)
        if done:
            self._answered(job, line)

    def _answered(self, job: _Job, line: Line) -> None:
        now = self._now()
        if line.status in _USUAL:
            self.tally.attempt(job.due, now - job.sent, str(line.status))
            acknowledged: bool = True
            delay: float | None = None
        else:
            exchange = Exchange(request=self._request, reply=Reply(status=line.status))
            acknowledged, delay = self._judged(job, exchange, now, str(line.status))
        self._free(line, keep=line.kept and self.plan.reuse)
        self._follow(job, now, acknowledged=acknowledged, delay=delay)

    def _failed(self, job: _Job, line: Line, error: OSError | ValueError) -> None:
        now = self._now()
        failure, detail = explain(error, line.budget)
        exchange = Exchange(request=self._request, failure=failure, detail=detail)
        acknowledged, delay = self._judged(job, exchange, now, failure.value)
        self._free(line, keep=False)
        self._follow(job, now, acknowledged=acknowledged, delay=delay)

    def _judged(self, job: _Job, exchange: Exchange, now: float, result: str) -> tuple[bool, float | None]:
        """Return whether the delivery is acknowledged, and after how many seconds it is tried again, if it is."""
        step = next_step(exchange, number=job.attempts, profile=self.plan.profile)
        good = isinstance(step, Delivered)
        self.tally.attempt(job.due, now - job.sent, result, "" if good else step.reason)
        return good, step.delay if isinstance(step, Retry) else None

    def _follow(self, job: _Job, now: float, *, acknowledged: bool, delay: float | None) -> None:
        if delay is not None:
            self._put_off(now + delay, job)
        else:
            self.tally.delivery(
                Ended(
                    due=job.due,
                    began=job.began,
                    ended=now,
                    attempts=job.attempts,
                    acknowledged=acknowledged,
                    events=len(job.body.uuids),
                )
            )
        if self._waiting:
            self._attempt(self._waiting.popleft())

    def _put_off(self, due: float, job: _Job) -> None:
        self._count += 1
        heapq.heappush(self._later, (due, self._count, job))

    def _expire(self, now: float) -> None:
        deadlines = self._deadlines
        while deadlines and (deadlines[0][0] <= now or deadlines[0][1].turn != deadlines[0][2]):
            _, job, turn = deadlines.popleft()
            if job.turn == turn and job.line is not None and self._busy.get(job.line) is job:
                self._failed(job, job.line, TimeoutError("the attempt's time is used up"))

    def _free(self, line: Line, *, keep: bool) -> None:
        job = self._busy.pop(line)
        job.line = None
        job.turn += 1  # its deadline, and with it the job, can be forgotten
        if keep:
            self._idle.append(line)
        else:
            self._drop(line)

    def _drop(self, line: Line) -> None:
        number = line.fileno()
        if number >= 0:
            self._unregister(number)
        line.close()
        self._lines -= 1

    def _unregister(self, number: int) -> None:
        try:
            self._selector.unregister(number)
        except (KeyError, ValueError):
            return  # its attempt failed before it was watched

    def _close(self) -> None:
        for line in (*self._busy, *self._idle):
            line.close()
        self._selector.close()


def _open_files() -> int:
    """Return how many files this process may have open, after asking for as many as it may ask for."""
    try:
        import resource
    except ImportError:  # Windows
        return 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)
