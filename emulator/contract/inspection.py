"""What is in a file, and what is wrong with it: from bytes to a report, with every problem in its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from emulator.contract.kinds import Kind
from emulator.contract.problems import Level, Problem, worst_first
from emulator.contract.quick import lone_check, quick_check
from emulator.contract.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.event_shapes import EventShape
    from emulator.contract.quick import Passed

__all__ = [
    "CHOICES",
    "LINES",
    "Container",
    "FileReport",
    "Status",
    "inspect_bytes",
    "report_of",
    "unreadable",
]

CHOICES: Final = ("auto", *(kind.value for kind in Kind if kind not in {Kind.MIXED, Kind.UNKNOWN}))
LINES: Final = (".ndjson", ".jsonl")


class Container(StrEnum):
    """How the documents of a file are held together."""

    ONE = "one"
    ARRAY = "array"
    LINES = "lines"


class Status(StrEnum):
    """The verdict on a file; *unreadable* means that its bytes could not be had at all."""

    VALID = "valid"
    INVALID = "invalid"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """
    What a file holds and what is wrong with it.

    Args:
        name: The file's name, as the user wrote it.
        kind: What its documents are.
        container: How they are held together.
        documents: How many there are.
        shapes: How many LogEvents there are of each shape.
        problems: The first ones, in the order of the text.
        left_out: How many more there are, by level.
        wrapped_in: In what the documents were found, if not as they are.
        is_unreadable: Its bytes could not be had.
    """

    name: str
    kind: Kind = Kind.UNKNOWN
    container: Container = Container.ONE
    documents: int = 0
    shapes: Mapping[EventShape, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    left_out: Mapping[Level, int] = field(default_factory=dict)
    wrapped_in: tuple[str, ...] = ()
    is_unreadable: bool = False

    @property
    def events(self) -> int:
        """How many LogEvents there are."""
        return sum(self.shapes.values())

    def levels(self) -> Counter[Level]:
        """Count all problems by level."""
        return Counter(problem.level for problem in self.problems) + Counter(self.left_out)

    def status(self, *, strict: bool = False) -> Status:
        """Return the verdict; *strict* counts *should* as *must*."""
        if self.is_unreadable:
            return Status.UNREADABLE
        failing = {Level.MUST, Level.SHOULD} if strict else {Level.MUST}
        return Status.INVALID if failing & self.levels().keys() else Status.VALID


def unreadable(name: str, message: str, hint: str = "") -> FileReport:
    """Return the report of a file whose bytes could not be had."""
    # The rule is that of the body's form: without bytes there is none to look at.
    problem = Problem(rule="D23", level=Level.MUST, message=message, hint=hint)
    return FileReport(name=name, problems=(problem,), is_unreadable=True)


def inspect_bytes(data: bytes, *, name: str, kind: str = "auto", alone: bool = False) -> FileReport:
    """
    Say what *data* is and what is wrong with it; pure, and safe for whatever the bytes may be.

    Args:
        data: A whole file: an envelope, a LogEvent, an event hook, a verification answer or recorded verification
            request, the request or answer of an inline hook, an array of one of these (such as a page of the System Log API), or one per line (NDJSON).
        name: For the report; names that end in .ndjson or .jsonl are read line by line.
        kind: One of ``CHOICES``; ``auto`` recognises each document.
        alone: No other file follows: nothing is made ready for it.
    """
    if kind == "auto" and (passed := _passed(data, alone=alone)):
        tally = Tally()
        tally.add_passed(passed)
        return report_of(tally, name=name, lines=False)
    from emulator.contract.checking import inspect_documents, transcript  # not needed for what is in order
    from emulator.contract.jsontext import decode, documents  # as above
    from emulator.contract.packed import is_gzip, unzipped  # as above

    # By another name it may be a body that was compressed on its way, which is a fault of that way (D23).
    if name.lower().endswith(".gz") and is_gzip(data) and (inner := unzipped(data)) is not None and not is_gzip(inner):
        found_inside = inspect_bytes(inner, name=name[:-3], kind=kind)
        return replace(found_inside, name=name, wrapped_in=(*found_inside.wrapped_in, "gzip data"))
    source = decode(data)
    if not source.readable:
        return FileReport(name=name, problems=tuple(source.problems))
    found = documents(source, lines=name.lower().endswith(LINES))
    told = transcript(source) if len(found) == 1 and found[0].broken else None
    found = told[1] if told else found
    tally = inspect_documents(source, found, kind=kind)
    tally.wrappers.update([told[0]] if told else [])
    tally.problems = worst_first([*source.problems, *tally.problems])
    return report_of(tally, name=name, lines=len(found) > 1)


def _passed(data: bytes, *, alone: bool) -> Passed | None:
    check = lone_check() if alone else quick_check()
    return check(data) if check is not None else None


def report_of(tally: Tally, *, name: str, lines: bool) -> FileReport:
    """Close a tally: return the report of the file it was made of."""
    tally.settle()
    return FileReport(
        name=name,
        kind=tally.kind(),
        container=Container.LINES if lines else Container.ARRAY if tally.arrays else Container.ONE,
        documents=tally.documents,
        shapes=dict(tally.shapes),
        problems=tuple(tally.problems),
        left_out=dict(tally.left_out),
        wrapped_in=tuple(tally.wrappers),
    )
