"""Steps that hold or space out others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from emulator.runner.kinds import DURATION, Option, Whole
from emulator.runner.verbs import Done, Step, StepList, verb

if TYPE_CHECKING:
    from emulator.runner.session import Session

_MOST_THREADS = 64


@verb("wait", DURATION)
def wait(session: Session, seconds: float) -> Done:
    """Let time pass."""
    session.clock.sleep(seconds)
    return Done()


@verb("repeat", Whole(1, 10_000), steps=Option(StepList(), "What to repeat.", required=True))
def repeat(session: Session, times: int, label: str, *, steps: tuple[Step, ...]) -> Done:
    """Carry steps out so many times; ${turn} counts from 1."""
    for turn in range(1, times + 1):
        if not session.with_values(turn=turn).run(steps, prefix=f"{label}.{turn}."):
            return Done(differences=(f"turn {turn} of {times} failed",), silent=True)
    return Done(silent=True)


@verb("parallel", StepList(), times=Option(Whole(1, 1000), "How often each of them; ${turn} counts from 1."))
def parallel(session: Session, steps: tuple[Step, ...], label: str, *, times: int = 1) -> Done:
    """Carry steps out at the same time."""
    work = [
        (session.with_values(turn=turn), step, f"{label}.{number}" if times == 1 else f"{label}.{turn}.{number}")
        for turn in range(1, times + 1)
        for number, step in enumerate(steps, 1)
    ]
    with ThreadPoolExecutor(max_workers=min(len(work), _MOST_THREADS)) as pool:
        passed = list(pool.map(lambda each: each[0].run_one(each[1], each[2]), work))
    failed = passed.count(False)
    return Done(differences=(f"{failed} of {len(work)} failed",) if failed else (), silent=True)
