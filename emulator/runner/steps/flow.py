"""Steps that hold or space out others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.runner.kinds import DURATION, Option, Whole
from emulator.runner.verbs import Done, Step, StepList, verb

if TYPE_CHECKING:
    from emulator.runner.session import Session


@verb("wait", DURATION)
def wait(session: Session, seconds: float) -> Done:
    """Let time pass."""
    session.clock.sleep(seconds)
    return Done()


@verb("repeat", Whole(1, 10_000), steps=Option(StepList(), "What to repeat.", required=True))
def repeat(session: Session, times: int, label: str, *, steps: tuple[Step, ...]) -> Done:
    """Carry steps out so many times; ${turn} counts from 1."""
    for turn in range(1, times + 1):
        session.scope.values["turn"] = turn
        if not session.run(steps, prefix=f"{label}.{turn}."):
            return Done(differences=(f"turn {turn} of {times} failed",), silent=True)
    return Done(silent=True)
