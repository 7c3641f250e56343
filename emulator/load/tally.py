"""What became of the deliveries of a load: counts, durations, and how it went over time; two of them add up to one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from emulator.load.histogram import Histogram

__all__ = ["Ended", "Slice", "Tally"]

_MOST_SLICES: Final = 240
_MOST_REASONS: Final = 20
_OTHER: Final = "other reasons"


@dataclass(slots=True, kw_only=True)
class Ended:
    """
    One delivery that has ended; instants are seconds from the start of the load.

    ``due`` is when it should have been sent, ``began`` when it was, ``ended`` when it was acknowledged or given up.
    """

    due: float
    began: float
    ended: float
    attempts: int
    acknowledged: bool
    events: int = 1


@dataclass(slots=True)
class Slice:
    """A stretch of time, by the instants at which deliveries were due."""

    acknowledged: int = 0
    failed: int = 0
    retried: int = 0
    latency: Histogram = field(default_factory=Histogram)

    def merge(self, other: Slice) -> None:
        """Count all that *other* has counted."""
        self.acknowledged += other.acknowledged
        self.failed += other.failed
        self.retried += other.retried
        self.latency.merge(other.latency)


class Tally:
    """
    The statistics of a load.

    ``latency`` is of deliveries, from the instant they were due to the acknowledgement or the end of the last attempt;
    ``answer`` of single attempts, from their sending to the end of the answer, which is what Okta's three seconds are
    about (R1); ``late`` is how long after its instant a delivery was begun, which is this machine's own slowness.

    Args:
        warmup: Seconds at the start that are only counted as ``warmed``.
    """

    def __init__(self, warmup: float = 0.0) -> None:
        self.warmup = warmup
        self.warmed = 0
        self.due = self.not_started = self.unfinished = 0
        self.acknowledged = self.failed = self.retried = self.attempts = 0
        self.repeated = 0
        self.events = 0
        self.latency, self.answer, self.late = Histogram(), Histogram(), Histogram()
        self.results: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.width = 0.5
        self.slices: dict[int, Slice] = {}

    def attempt(self, due: float, seconds: float, result: str, reason: str = "") -> None:
        """Count an attempt: its *result* is a status or the name of a failure, *reason* what went wrong in words."""
        if due < self.warmup:
            return
        self.attempts += 1
        self.answer.add(seconds)
        self.results[result] += 1
        if reason:
            self.reasons[reason if reason in self.reasons or len(self.reasons) < _MOST_REASONS else _OTHER] += 1

    def delivery(self, one: Ended) -> None:
        """Count a delivery that has ended."""
        if one.due < self.warmup:
            self.warmed += 1
            return
        seconds = one.ended - one.due
        self.latency.add(seconds)
        self.late.add(one.began - one.due)
        part = self._slice(one.due)
        part.latency.add(seconds)
        if one.acknowledged:
            self.acknowledged += 1
            self.events += one.events
            part.acknowledged += 1
        else:
            self.failed += 1
            part.failed += 1
        if one.attempts > 1:
            self.retried += 1
            part.retried += 1

    def merge(self, other: Tally) -> None:
        """Count all that *other* has counted."""
        for name in (
            "warmed", "due", "not_started", "unfinished", "acknowledged", "failed", "retried", "attempts", "repeated",
            "events",
        ):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in ((self.latency, other.latency), (self.answer, other.answer), (self.late, other.late)):
            mine.merge(theirs)
        self.results += other.results
        self.reasons += other.reasons
        while self.width < other.width:
            self._coarsen()
        while other.width < self.width:
            other._coarsen()
        for index, part in other.slices.items():
            self.slices.setdefault(index, Slice()).merge(part)

    @property
    def ended(self) -> int:
        """How many deliveries have ended."""
        return self.acknowledged + self.failed

    @property
    def started(self) -> int:
        """How many deliveries were begun of those that were due."""
        return self.due - self.not_started

    def _slice(self, due: float) -> Slice:
        index = int((due - self.warmup) / self.width)
        found = self.slices.get(index)
        if found is None:
            if index >= _MOST_SLICES:
                self._coarsen()
                return self._slice(due)
            found = self.slices[index] = Slice()
        return found

    def _coarsen(self) -> None:
        """Make slices twice as wide, so that an hour takes no more memory than a minute."""
        self.width *= 2
        merged: dict[int, Slice] = {}
        for index, part in self.slices.items():
            merged.setdefault(index // 2, Slice()).merge(part)
        self.slices = merged
