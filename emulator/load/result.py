"""The verdict on a load, and what is worth saying about it; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.contract.constants import DAILY_EVENTS
from emulator.load.schedule import PATTERNS
from emulator.load.slo import Judged, Seen
from emulator.load.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.load.plan import Plan
    from emulator.load.tally import Tally

__all__ = ["LoadResult"]

_KEPT: Final = 0.98  # the part of the rate that must have been offered
_NOTICEABLE: Final = 0.02  # seconds by which deliveries may begin late without a word
_DAY: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """
    A load that has ended.

    Args:
        plan: What was to be done.
        tally: What became of it.
        seconds: How long it ran, warm-up included.
        cpu: The CPU seconds that sending took, in all workers.
        interrupted: Whether it was stopped before its end.
        verified: Whether the receiver passed the one-time verification; None if it wasn't asked.
    """

    plan: Plan
    tally: Tally
    seconds: float
    cpu: float
    interrupted: bool = False
    verified: bool | None = None

    @property
    def measured(self) -> float:
        """The seconds that the verdict is about."""
        schedule = self.plan.schedule
        ran = min(self.seconds, schedule.end) if self.interrupted else schedule.end
        return max(0.0, ran - schedule.warmup)

    @property
    def asked(self) -> float:
        """The deliveries a second that were asked for, on average."""
        return self.plan.schedule.rate * PATTERNS[self.plan.schedule.pattern][1]

    @property
    def offered(self) -> float:
        """The deliveries a second that this machine began, what came again included."""
        return self.tally.started / self.measured if self.measured else 0.0

    @property
    def kept(self) -> bool:
        """Whether nearly all deliveries that were due were begun in time."""
        return not self.tally.due or self.tally.started / self.tally.due >= _KEPT

    @property
    def judged(self) -> tuple[Judged, ...]:
        """Each objective with what was measured."""
        seen = Seen(tally=self.tally, seconds=self.measured, asked=self.asked)
        return tuple(objective.judge(seen) for objective in self.plan.objectives)

    @property
    def verdict(self) -> str:
        """``pass``, ``fail``, or ``error`` if the load that was asked for never came about, so nothing is proven."""
        if not self.tally.ended:
            return "error"
        judged = self.judged
        if any(one.known and not one.holds for one in judged):
            return "fail"
        return "pass" if self.kept and all(one.holds for one in judged) else "error"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers should know."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[str]:
        tally = self.tally
        if self.verified is False:
            yield "Okta would not deliver here: the one-time verification failed; okta-hooks verify URL says why (V16)"
        if not self.kept:
            yield (
                f"asked {self.asked:.4g}/s, this machine offered {self.offered:.4g}/s: the rate was not kept, so "
                "nothing is proven about it; use more --workers, or Locust on more machines"
            )
        late = tally.late.percentile(99)
        if late > _NOTICEABLE:
            yield (
                f"this machine began deliveries late: p99 {duration_text(late)}, at most "
                f"{duration_text(tally.late.highest)}; the latencies hold that, the answers' times don't"
            )
        for objective in self.plan.objectives:
            percent = objective.percent
            if percent is not None and 0 < tally.ended * (100 - percent) < 100:
                yield f"{objective.metric} of {tally.ended} deliveries is the slowest of them: a longer run says more"
        if tally.unfinished:
            yield f"{tally.unfinished} deliveries were under way when it was stopped; they are not counted"
        a_day = self.tally.events / self.measured * _DAY if self.measured else 0.0
        if a_day > DAILY_EVENTS:
            reached = duration_text(DAILY_EVENTS / a_day * _DAY)
            yield f"at this rate an org's {DAILY_EVENTS:,} events of a day are used up after {reached} (M3)"
