"""
What a run found: one result per promise that was looked at, and the verdict on all of them.

Scenario runs and the contract suite both end in these records; reports read nothing else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from emulator.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.delivery.exchange import Exchange

__all__ = [
    "NOT_REACHED",
    "CheckResult",
    "Deadline",
    "Evidence",
    "Level",
    "Listener",
    "RunResult",
    "Status",
    "Timing",
    "UnreachedError",
    "Verdict",
]


NOT_REACHED: Final = "a step before it failed"


class Level(StrEnum):
    """How much a broken promise matters to a receiver in production."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class Evidence(StrEnum):
    """What a rule rests on; an inferred rule only ever warns (contract section 0)."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"


class Status(StrEnum):
    """How one check ended; *error* means that it could not be carried out."""

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    FAIL = "fail"
    SKIP = "skip"
    ERROR = "error"


class Verdict(StrEnum):
    """How a whole run ended."""

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    FAIL = "fail"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """
    One check, or one step of a scenario, with its outcome.

    Args:
        id: Stable name, such as ``verification-echo`` or ``scenario-file#3``.
        rule: The contract rule it rests on, such as ``V6``.
        level: How much it matters.
        evidence: What the rule rests on.
        status: How it ended.
        title: The promise in a few words.
        detail: What was seen instead, in one or more lines; secrets hidden.
        remedy: What to do about it, in plain words.
        reproduce: A command that shows just this again.
        where: ``file:line:column`` of a scenario step, or empty.
        exchanges: The exchanges that prove it, in order.
        elapsed: Seconds.
        known: It failed in the baseline already, so it doesn't fail this run.
    """

    id: str
    rule: str
    level: Level
    evidence: Evidence
    status: Status
    title: str
    detail: str = ""
    remedy: str = ""
    reproduce: str = ""
    where: str = ""
    exchanges: tuple[Exchange, ...] = ()
    elapsed: float = 0.0
    known: bool = False

    def fails(self, *, level: Level = Level.MUST) -> bool:
        """Say whether this result fails a run: a broken promise of at least *level* that is more than inferred."""
        if self.status is not Status.FAIL or self.evidence is Evidence.INFERRED or self.known:
            return False
        order = list(Level)
        return order.index(self.level) <= order.index(level)

    def warns(self, *, level: Level = Level.MUST) -> bool:
        """Say whether this result is a broken promise that doesn't fail the run."""
        return self.status is Status.FAIL and not self.fails(level=level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long one kind of request took, in seconds from its start: connected, first byte, all of the answer."""

    what: str
    connect: float
    first_byte: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """
    Where the receiver stands against the time limit (R1).

    ``p50``, ``p99`` and ``slowest`` are seconds of ``parallel`` deliveries or calls at once, as ``noun`` says; 0 of them
    were measured if ``parallel`` is 0.
    """

    limit: float
    noun: str = "deliveries"
    timings: tuple[Timing, ...] = ()
    parallel: int = 0
    p50: float = 0.0
    p99: float = 0.0
    slowest: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """
    All results of a run against one target, by one profile and seed.

    ``level`` is the lowest level whose failures count: ``--level should`` lets broken *should* promises fail the run.
    ``notes`` say what a reader should know about the run as a whole, such as what could not be looked at.
    """

    target: str
    profile: str
    seed: int
    checks: Sequence[CheckResult]
    level: Level = Level.MUST
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    deadline: Deadline | None = None
    elapsed: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """*fail* if a promise is broken, else *error* if a check could not be carried out or reached, else *pass*."""
        if any(check.fails(level=self.level) for check in self.checks):
            return Verdict.FAIL
        unknown = self.interrupted or any(check.status is Status.ERROR for check in self.checks)
        return Verdict.ERROR if unknown else Verdict.PASS

    def counts(self) -> dict[str, int]:
        """Count the results by status, and those that only warn."""
        found = Counter(check.status for check in self.checks)
        warnings = sum(check.warns(level=self.level) for check in self.checks)
        return {**{status.value: found[status] for status in Status}, "warnings": warnings, "total": len(self.checks)}


class UnreachedError(TargetError):
    """
    Nobody answered at the receiver's address.

    ``run`` is what is known by then, ended by a check in *error* that says so: programs that read reports get one too.
    """

    def __init__(self, error: TargetError, run: RunResult) -> None:
        super().__init__(error.message, hint=error.hint, where=error.where)
        unreached = CheckResult(
            id="receiver-reached",
            rule="R3",
            level=Level.MUST,
            evidence=Evidence.DOCUMENTED,
            status=Status.ERROR,
            title="the receiver can be reached",
            detail=error.message,
            remedy=error.hint,
        )
        self.run = replace(run, checks=[*run.checks, unreached])


class Listener:
    """Is told how a run goes, from one thread at a time; a report overrides what it wants to hear."""

    def started(self, target: str, *, planned: int) -> None:
        """A run against *target* begins, of so many checks or steps."""

    def finished_one(self, result: CheckResult) -> None:
        """One check or step has ended."""

    def finished(self, run: RunResult) -> None:
        """The run has ended, or was interrupted."""
