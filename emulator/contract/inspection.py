"""What is in a file, and what is wrong with it: from bytes to a report, with every problem in its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.event_shapes import EventShape, shape_of
from emulator.contract.jsonscan import JsonFault, Place, scan
from emulator.contract.jsontext import Document, Text, decode, documents
from emulator.contract.problems import Level, Path, Problem, pointer, worst_first
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
    from collections.abc import Callable

__all__ = ["CHOICES", "Container", "FileReport", "FoundEvent", "Status", "inspect_bytes", "unreadable"]

CHOICES: Final = ("auto", *(kind.value for kind in Kind if kind not in {Kind.MIXED, Kind.UNKNOWN}))
_LINES: Final = (".ndjson", ".jsonl")

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


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEvent:
    """One LogEvent of a file: where it is, and which of its real shapes it has."""

    path: Path
    shape: EventShape

    @property
    def pointer(self) -> str:
        """The JSON pointer of the event within its document."""
        return pointer(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What a file holds and what is wrong with it; ``problems`` are in the order of the text."""

    name: str
    kind: Kind = Kind.UNKNOWN
    container: Container = Container.ONE
    documents: int = 0
    events: tuple[FoundEvent, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_unreadable: bool = False

    def status(self, *, strict: bool = False) -> Status:
        """Return the verdict; *strict* counts *should* as *must*."""
        if self.is_unreadable:
            return Status.UNREADABLE
        failing = {Level.MUST, Level.SHOULD} if strict else {Level.MUST}
        return Status.INVALID if any(p.level in failing for p in self.problems) else Status.VALID

    def shapes(self) -> Counter[EventShape]:
        """Count the shapes of the events."""
        return Counter(event.shape for event in self.events)


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
    source = decode(data)
    if not source.readable:
        return FileReport(name=name, problems=tuple(source.problems))
    found = documents(source, lines=name.lower().endswith(_LINES))
    work = _Inspection(source, None if kind == "auto" else Kind(kind))
    for document in found:
        work.add(document)
    container = Container.LINES if len(found) > 1 else Container.ARRAY if work.arrays else Container.ONE
    return FileReport(
        name=name,
        kind=work.kind(),
        container=container,
        documents=work.count,
        events=tuple(work.events),
        problems=tuple(_capped(worst_first([*source.problems, *work.problems]))),
    )


def _capped(problems: list[Problem]) -> list[Problem]:
    rest = len(problems) - MAX_PROBLEMS
    if rest <= 0:
        return problems
    last = problems[MAX_PROBLEMS - 1]
    more = replace(last, level=Level.NOTE, message="too many problems: the rest is not shown", hint="", path=())
    # A cut must not turn an invalid file into a valid one.
    worst = [p for p in problems[MAX_PROBLEMS:] if p.level is Level.MUST][:1]
    return [*problems[:MAX_PROBLEMS], *worst, more]


class _Inspection:
    def __init__(self, source: Text, forced: Kind | None) -> None:
        self.source = source
        self.forced = forced
        self.kinds: Counter[Kind] = Counter()
        self.count = 0
        self.arrays = False
        self.events: list[FoundEvent] = []
        self.problems: list[Problem] = []

    def kind(self) -> Kind:
        kinds = [kind for kind in self.kinds if kind is not Kind.UNKNOWN]
        return Kind.MIXED if len(kinds) > 1 else kinds[0] if kinds else Kind.UNKNOWN

    def add(self, document: Document) -> None:
        self.problems += document.problems
        if document.broken or len(self.problems) > MAX_PROBLEMS:
            return
        value = document.value
        items: list[tuple[Path, Any]] = [((), value)]
        if isinstance(value, list) and value:
            self.arrays = True
            items = [((index,), item) for index, item in enumerate(value)]
        found: list[Problem] = []
        for path, item in items:
            if len(found) <= MAX_PROBLEMS:
                found += self.check(item, path)
        self.problems += self.placed(document, found)

    def check(self, item: Any, path: Path) -> list[Problem]:
        recognised = recognise(item, path)
        if self.forced and not recognised.events:
            recognised = Recognition(self.forced)
        kind = recognised.kind
        self.count += 1
        self.kinds[kind] += 1
        if recognised.events is not None:
            return self.check_bare(item, path, recognised)
        if kind is Kind.UNKNOWN:
            return [recognised.problem] if recognised.problem else []
        self.remember_events(item, path, kind)
        return _CHECKS[kind](item, path)

    def check_bare(self, item: Any, path: Path, recognised: Recognition) -> list[Problem]:
        found = [recognised.problem] if recognised.problem else []
        steps = recognised.events or ()
        events = item
        for step in steps[len(path) :]:
            events = events[step]
        for index, event in enumerate(events[:MAX_PROBLEMS]):
            self.remember_events(event, (*steps, index), Kind.LOG_EVENT)
            found += validate_log_event(event, (*steps, index))
        return found

    def remember_events(self, item: Any, path: Path, kind: Kind) -> None:
        if kind is Kind.LOG_EVENT:
            self.events.append(FoundEvent(path=path, shape=shape_of(item)))
        elif kind is Kind.ENVELOPE and isinstance(item, dict) and isinstance(item.get("data"), dict):
            events = item["data"].get("events")
            for index, event in enumerate(events if isinstance(events, list) else []):
                self.events.append(FoundEvent(path=(*path, "data", "events", index), shape=shape_of(event)))

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
