"""Carry a load out, in this process or in several, and stop it in good order when somebody presses Ctrl-C."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emulator.errors import HarnessError
from emulator.load.engine import Engine
from emulator.load.histogram import Histogram
from emulator.load.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from emulator.load.plan import Plan

__all__ = ["Done", "Glance", "run_load"]

_START: Final = 0.2  # seconds that workers get to be ready, besides what their imports take
_STOP: Final = "stop"
_TICK: Final = 0.25


@dataclass(slots=True, kw_only=True)
class Glance:
    """How far a load has come; ``seconds`` since its beginning, warm-up included."""

    seconds: float = 0.0
    due: int = 0
    acknowledged: int = 0
    failed: int = 0
    retried: int = 0
    under_way: int = 0
    latency: Histogram = field(default_factory=Histogram)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The statistics of a load, how long it ran (warm-up included), and the CPU time that sending took."""

    tally: Tally
    seconds: float
    cpu: float
    interrupted: bool


def run_load(plan: Plan, *, glance: Callable[[Glance], object] = lambda _: None) -> Done:
    """
    Carry *plan* out and return the statistics; an interruption stops it and returns those so far.

    Raises:
        HarnessError: a worker ended unexpectedly.
    """
    return _alone(plan, glance) if plan.workers == 1 else _together(plan, glance)


def _alone(plan: Plan, glance: Callable[[Glance], object]) -> Done:
    engine = Engine(plan)
    with _interrupts(engine.stop):
        began, cpu = time.perf_counter(), time.process_time()
        tally = engine.run(tick=lambda seconds: glance(_seen(engine, seconds)))
        return Done(
            tally=tally,
            seconds=time.perf_counter() - began,
            cpu=time.process_time() - cpu,
            interrupted=engine.stopped,
        )


def _seen(engine: Engine, seconds: float) -> Glance:
    tally = engine.tally
    return Glance(
        seconds=seconds,
        due=tally.due,
        acknowledged=tally.acknowledged,
        failed=tally.failed,
        retried=tally.retried,
        under_way=engine.under_way,
        latency=tally.latency,
    )


def _work(plan: Plan, worker: int, pipe: Connection) -> None:
    """Be one worker: tell when ready, begin when told, and tell how it goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process says when to stop
    engine = Engine(plan, worker=worker)

    def tick(seconds: float) -> None:
        pipe.send(_seen(engine, seconds))
        if pipe.poll():
            engine.stop()

    try:
        pipe.send("ready")
        at = pipe.recv()
        if at == _STOP:
            return
        cpu = time.process_time()
        tally = engine.run(at=at, tick=tick)
        pipe.send((tally, time.process_time() - cpu))
    except (EOFError, OSError):
        return  # the first process has gone


def _together(plan: Plan, glance: Callable[[Glance], object]) -> Done:
    from multiprocessing import get_context

    context = get_context("spawn")
    pipes: list[Any] = []
    processes = []
    stopped = threading.Event()
    try:
        for worker in range(plan.workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(plan, worker, theirs), name=f"load-{worker}", daemon=True)
            process.start()
            theirs.close()
            pipes.append(ours)
            processes.append(process)
        with _interrupts(stopped.set):
            return _conduct(plan, pipes, stopped, glance)
    except (EOFError, ConnectionError):
        raise HarnessError("a worker ended unexpectedly", hint="is there enough memory? try fewer --workers") from None
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(timeout=2)
            if process.is_alive():
                process.terminate()
                process.join()


def _conduct(plan: Plan, pipes: list[Any], stopped: threading.Event, glance: Callable[[Glance], object]) -> Done:
    from multiprocessing.connection import wait

    for pipe in pipes:
        pipe.recv()  # "ready"
    at = time.time() + _START
    for pipe in pipes:
        pipe.send(_STOP if stopped.is_set() else at)
    if stopped.is_set():
        return Done(tally=Tally(plan.schedule.warmup), seconds=0.0, cpu=0.0, interrupted=True)
    began = time.perf_counter() + _START
    last: dict[Any, Glance] = {}
    tally, cpu, told = Tally(plan.schedule.warmup), 0.0, False
    working = list(pipes)
    while working:
        if stopped.is_set() and not told:
            told = True
            for pipe in working:
                pipe.send(_STOP)
        for pipe in wait(working, timeout=_TICK):
            message: Any = pipe.recv()  # type: ignore[union-attr,call-arg]
            if isinstance(message, Glance):
                last[pipe] = message
                continue
            tally.merge(message[0])
            cpu += message[1]
            working.remove(pipe)
        glance(_sum(list(last.values())))
    return Done(tally=tally, seconds=time.perf_counter() - began, cpu=cpu, interrupted=told)


def _sum(glances: list[Glance]) -> Glance:
    whole = Glance()
    for one in glances:
        whole.seconds = max(whole.seconds, one.seconds)
        for name in ("due", "acknowledged", "failed", "retried", "under_way"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.latency.merge(one.latency)
    return whole


@contextmanager
def _interrupts(stop: Callable[[], object]) -> Iterator[None]:
    """Call *stop* at the first Ctrl-C; a second one interrupts as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        stop()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
