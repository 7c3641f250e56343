"""What is in a file, and what is wrong with it: from bytes to a report, with every problem in its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import ENVELOPE_TYPE
from emulator.contract.event_shapes import EventShape, shape_of
from emulator.contract.jsonscan import JsonFault, Place, scan
from emulator.contract.jsontext import Document, Text, decode, documents
from emulator.contract.problems import Level, Path, Problem, worst_first
from emulator.contract.quick import quick_check
from emulator.contract.recognition import Kind, Recognition, recognise
from emulator.contract.recorded_requests import verification_request_problems
from emulator.contract.schemas import (
    MAX_PROBLEMS,
    validate_envelope,
    validate_event_hook,
    validate_log_event,
    validate_verification_answer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "CHOICES",
    "LINES",
    "Container",
    "FileReport",
    "Status",
    "Tally",
    "inspect_bytes",
    "inspect_documents",
    "report_of",
    "unreadable",
]

CHOICES: Final = ("auto", *(kind.value for kind in Kind if kind not in {Kind.MIXED, Kind.UNKNOWN}))
LINES: Final = (".ndjson", ".jsonl")

_CHECKS: Final[dict[Kind, Callable[[Any, Path], list[Problem]]]] = {
    Kind.ENVELOPE: validate_envelope,
    Kind.LOG_EVENT: validate_log_event,
    Kind.VERIFICATION: validate_verification_answer,
    Kind.VERIFICATION_REQUEST: verification_request_problems,
    Kind.EVENT_HOOK: validate_event_hook,
}


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


@dataclass(slots=True)
class Tally:
    """What has been found so far: counts of everything, and the first problems; tallies of parts add up."""

    documents: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    shapes: Counter[EventShape] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[Level] = field(default_factory=Counter)
    arrays: bool = False

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
        self.add_problems(other.problems)

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
        is_unreadable: Its bytes could not be had.
    """

    name: str
    kind: Kind = Kind.UNKNOWN
    container: Container = Container.ONE
    documents: int = 0
    shapes: Mapping[EventShape, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    left_out: Mapping[Level, int] = field(default_factory=dict)
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


def inspect_bytes(data: bytes, *, name: str, kind: str = "auto") -> FileReport:
    """
    Say what *data* is and what is wrong with it; pure, and safe for whatever the bytes may be.

    Args:
        data: A whole file: an envelope, a LogEvent, an event hook, a verification answer or recorded verification
            request, an array of one of these (such as a page of the System Log API), or one per line (NDJSON).
        name: For the report; names that end in .ndjson or .jsonl are read line by line.
        kind: One of ``CHOICES``; ``auto`` recognises each document.
    """
    if kind == "auto" and (value := _passed(data)):
        tally = Tally(documents=1)
        found_kind = Kind.ENVELOPE if value["eventType"] == ENVELOPE_TYPE else Kind.LOG_EVENT
        tally.kinds[found_kind] += 1
        tally.count_events(value, found_kind)
        return report_of(tally, name=name, lines=False)
    source = decode(data)
    if not source.readable:
        return FileReport(name=name, problems=tuple(source.problems))
    found = documents(source, lines=name.lower().endswith(LINES))
    tally = inspect_documents(source, found, kind=kind)
    tally.problems = worst_first([*source.problems, *tally.problems])
    return report_of(tally, name=name, lines=len(found) > 1)


def _passed(data: bytes) -> dict[str, Any] | None:
    check = quick_check()
    return check(data) if check is not None else None


def report_of(tally: Tally, *, name: str, lines: bool) -> FileReport:
    """Close a tally: return the report of the file it was made of."""
    return FileReport(
        name=name,
        kind=tally.kind(),
        container=Container.LINES if lines else Container.ARRAY if tally.arrays else Container.ONE,
        documents=tally.documents,
        shapes=dict(tally.shapes),
        problems=tuple(tally.problems),
        left_out=dict(tally.left_out),
    )


def inspect_documents(source: Text, found: Iterable[Document], *, kind: str = "auto") -> Tally:
    """Say what the documents of a text are and what is wrong with them."""
    work = _Inspection(source, None if kind == "auto" else Kind(kind))
    for document in found:
        work.add(document)
    return work.tally


class _Inspection:
    def __init__(self, source: Text, forced: Kind | None) -> None:
        self.source = source
        self.forced = forced
        self.tally = Tally()

    def add(self, document: Document) -> None:
        self.tally.add_problems(document.problems)
        if document.broken:
            return
        value = document.value
        items: list[tuple[Path, Any]] = [((), value)]
        if isinstance(value, list) and value:
            self.tally.arrays = True
            items = [((index,), item) for index, item in enumerate(value)]
        found: list[Problem] = []
        for path, item in items:
            found += self.check(item, path)
            if len(found) > MAX_PROBLEMS:
                self.tally.add_problems(worst_first(self.placed(document, found)))
                found = []
        self.tally.add_problems(worst_first(self.placed(document, found)))

    def check(self, item: Any, path: Path) -> list[Problem]:
        recognised = recognise(item, path)
        if self.forced and not recognised.events:
            recognised = Recognition(self.forced)
        kind = recognised.kind
        self.tally.documents += 1
        self.tally.kinds[kind] += 1
        if recognised.events is not None:
            return self.check_bare(item, path, recognised)
        if kind is Kind.UNKNOWN:
            return [recognised.problem] if recognised.problem else []
        self.tally.count_events(item, kind)
        return _CHECKS[kind](item, path)

    def check_bare(self, item: Any, path: Path, recognised: Recognition) -> list[Problem]:
        found = [recognised.problem] if recognised.problem else []
        steps = recognised.events or ()
        events = item
        for step in steps[len(path) :]:
            events = events[step]
        for index, event in enumerate(events[:MAX_PROBLEMS]):
            self.tally.count_events(event, Kind.LOG_EVENT)
            found += validate_log_event(event, (*steps, index))
        return found

    def placed(self, document: Document, problems: list[Problem]) -> list[Problem]:
        """Look up line and column of each problem; the text is only scanned if there is one."""
        if not problems:
            return []
        try:
            places = scan(self.source.text, document.start, [problem.path for problem in problems]).places
        except JsonFault:
            places = {}
        return [self.place(problem, places, document) for problem in problems]

    def place(self, problem: Problem, places: dict[Path, Place], document: Document) -> Problem:
        place = places.get(problem.path, Place(document.start))
        offset = place.key if problem.at_key and place.key is not None else place.value
        line, column = self.source.place(offset)
        return replace(problem, line=line, column=column)
