"""What has been found so far, in numbers: parts of a file are tallied one by one, and their tallies add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.contract.event_shapes import EventShape, shape_of
from emulator.contract.kinds import Kind
from emulator.contract.problems import worst_first
from emulator.contract.schemas import MAX_PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.contract.problems import Level, Problem
    from emulator.contract.quick import Passed

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """What has been found so far: counts of everything, and the first problems; tallies of parts add up."""

    documents: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    shapes: Counter[EventShape] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[Level] = field(default_factory=Counter)
    arrays: bool = False
    wrappers: Counter[str] = field(default_factory=Counter)
    strangers: list[Problem] = field(default_factory=list)  # objects that are no documents; see ``settle``

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Keep the first ``MAX_PROBLEMS``, count the others."""
        for problem in problems:
            if len(self.problems) < MAX_PROBLEMS:
                self.problems.append(problem)
            else:
                self.left_out[problem.level] += 1

    def add(self, other: Tally) -> None:
        """Add what was found further down."""
        self.documents += other.documents
        self.kinds += other.kinds
        self.shapes += other.shapes
        self.left_out += other.left_out
        self.arrays |= other.arrays
        self.wrappers += other.wrappers
        self.strangers += other.strangers[: MAX_PROBLEMS - len(self.strangers)]
        self.add_problems(other.problems)

    def settle(self) -> None:
        """
        Decide about objects that are no documents: a problem, unless others have documents inside them.

        In a log or a recording that holds deliveries, the entries without one are simply other entries.
        """
        if not (self.wrappers and self.kind() is not Kind.UNKNOWN):
            problems = worst_first([*self.problems, *self.strangers])
            self.problems = []
            self.add_problems(problems)
            self.documents += len(self.strangers)
            self.kinds[Kind.UNKNOWN] += len(self.strangers)
        self.strangers = []

    def add_passed(self, found: Passed, times: int = 1) -> None:
        """Count a document that is in order, or *times* such documents."""
        kind, shapes = found
        self.documents += times
        self.kinds[kind] += times
        for shape in shapes:
            self.shapes[shape] += times

    def count_events(self, item: Any, kind: Kind) -> None:
        """Count the LogEvents of a document by shape."""
        if kind is Kind.LOG_EVENT:
            self.shapes[shape_of(item)] += 1
        elif kind is Kind.ENVELOPE and isinstance(item, dict) and isinstance(item.get("data"), dict):
            events = item["data"].get("events")
            self.shapes.update(shape_of(event) for event in (events if isinstance(events, list) else ()))

    def kind(self) -> Kind:
        """Return the one kind that all documents have, if they do."""
        kinds = [kind for kind in self.kinds if kind is not Kind.UNKNOWN]
        return Kind.MIXED if len(kinds) > 1 else kinds[0] if kinds else Kind.UNKNOWN
