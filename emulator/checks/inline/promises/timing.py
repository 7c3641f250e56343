"""Timing: in time for everybody who signs in at the same moment (I8)."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Stage
from emulator.checks.inline.check import inline_check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench

_AT_ONCE: Final = 20
_HALF: Final = 0.5  # of the time limit
_TIMES: Final = 3


@inline_check(
    "in-time-at-once",
    title="answers twenty calls at once in time",
    rule="I8",
    level=Level.SHOULD,
    remedy="serve calls side by side, and keep connections to databases and providers in a pool: on Monday at nine everybody "
    "signs in at the same moment",
    stage=Stage.ALONE,
)
def at_once(bench: InlineBench) -> None:
    """Makes twenty calls at the same time; fails if one has no 2xx within 3 seconds."""
    calls = bench.at_once([bench.body() for _ in range(_AT_ONCE)], what="one of twenty calls at once")
    bench.parallel = [call.exchange.elapsed for call in calls]
    failed = [call for call in calls if not call.answered]
    if failed:
        bench.keep(call.exchange for call in failed[:3])
        raise Broken(f"{len(failed)} of {_AT_ONCE} calls at once failed, such as: {failed[0].seen}")


@inline_check(
    "answer-quick",
    title="answers in half the time there is",
    rule="I8",
    level=Level.MAY,
    guessed=True,
    remedy="find what takes the time, and do what the answer doesn't need after it: the way there and back, a cold start and "
    "a slow day have to fit into the same 3 seconds",
    stage=Stage.ALONE,
)
def quick(bench: InlineBench) -> None:
    """Makes three plain calls one after the other; fails if the median takes more than half the time limit."""
    calls = [bench.call() for _ in range(_TIMES)]
    if not all(call.answered for call in calls):
        return
    median = statistics.median(call.exchange.elapsed for call in calls)
    limit = bench.target.profile.time_limit
    if median > limit * _HALF:
        bench.shown_by = bench.kind.variants[0]
        raise Broken(f"a call takes {median:.2f} s of {limit:g} s")
