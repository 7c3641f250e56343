"""The documents of a text, one by one: what each is, what is wrong with it, and where in the text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.jsonscan import JsonFault, Place, scan, string_offsets
from emulator.contract.jsontext import Document, parse
from emulator.contract.kinds import Kind
from emulator.contract.packed import packed_texts
from emulator.contract.problems import worst_first
from emulator.contract.recognition import Recognition, is_document, recognise
from emulator.contract.recorded_requests import verification_request_problems
from emulator.contract.schemas import (
    MAX_PROBLEMS,
    validate_envelope,
    validate_event_hook,
    validate_log_event,
    validate_verification_answer,
)
from emulator.contract.tables import cells
from emulator.contract.tally import Tally
from emulator.contract.transcripts import passages, request_in
from emulator.contract.wrappers import json_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from emulator.contract.jsontext import Text
    from emulator.contract.problems import Path, Problem
    from emulator.contract.wrappers import Inner

__all__ = ["inspect_documents", "transcript"]

# What begins like JSON, or like a program around it, is no log: what is wrong with it is said as it is.
_CODE: Final = re.compile(r"\s*(?:\{|//|/\*|#|<|(?:const|let|var)\s|module\.|export\s)")

_FENCE: Final = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_MANY: Final = 1000


def _inline_request(value: Any, path: Path) -> list[Problem]:
    from emulator.contract.inline.requests import validate_inline_request  # few files have one

    return validate_inline_request(value, path)


def _inline_answer(value: Any, path: Path) -> list[Problem]:
    from emulator.contract.inline.documents import validate_inline_answer  # few files have one

    return validate_inline_answer(value, path)


_CHECKS: Final[dict[Kind, Callable[[Any, Path], list[Problem]]]] = {
    Kind.ENVELOPE: validate_envelope,
    Kind.LOG_EVENT: validate_log_event,
    Kind.VERIFICATION: validate_verification_answer,
    Kind.VERIFICATION_REQUEST: verification_request_problems,
    Kind.EVENT_HOOK: validate_event_hook,
    Kind.INLINE_REQUEST: _inline_request,
    Kind.INLINE_ANSWER: _inline_answer,
}


def inspect_documents(source: Text, found: Iterable[Document], *, kind: str = "auto") -> Tally:
    """Say what the documents of a text are and what is wrong with them."""
    work = _Inspection(source, None if kind == "auto" else Kind(kind))
    for document in found:
        work.add(document)
    return work.tally


def transcript(source: Text) -> tuple[str, list[Document]] | None:
    """Return what a text is that is no JSON but has documents in it, and these; None if there are none."""
    text = source.text
    is_markdown = _FENCE.search(text) is not None and not text.lstrip().startswith(("{", "["))
    if _CODE.match(text) and not is_markdown:
        return None
    for name, parts in (("a table", cells(text)), ("base64", packed_texts(text))):
        values = [(start, json_in(part)) for start, _, part in parts]
        if found := [Document(start=start, value=value) for start, value in values if _has_document(value)]:
            return name, found
    request = request_in(text)
    found = [Document(start=0, value=request)] if request and is_document(request) else []
    name, inside = passages(text)
    name = "a Markdown text" if is_markdown else name
    for start, value in inside:
        if value is None:
            end = text.find("\n", start)
            found.append(parse(source, start, len(text) if end < 0 else end))
        elif _has_document(value):
            found.append(Document(start=start, value=value))
    return (name, found) if found else None


def _has_document(value: Any) -> bool:
    items = value[:_MANY] if isinstance(value, list) else [value]
    return any(isinstance(item, dict) and (is_document(item) or recognise(item).inside) for item in items)


class _Inspection:
    def __init__(self, source: Text, forced: Kind | None) -> None:
        self.source = source
        self.forced = forced
        self.tally = Tally()
        self.strangers: list[Problem] = []

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
            found += self.check(item, path, document)
            if len(found) > MAX_PROBLEMS:
                self.tally.add_problems(worst_first(self.placed(document, found)))
                found = []
        self.tally.add_problems(worst_first(self.placed(document, found)))
        room = MAX_PROBLEMS - len(self.tally.strangers)
        self.tally.strangers += self.placed(document, self.strangers[:room])
        self.strangers = []

    def check(self, item: Any, path: Path, document: Document) -> list[Problem]:
        """Return the problems whose places are to be looked up in the document; others are tallied at once."""
        recognised = recognise(item, path)
        if recognised.inside:
            self.tally.wrappers[recognised.wrapper] += 1
            return [problem for inner in recognised.inside for problem in self.check_inside(inner, path, document)]
        return self.check_known(item, path, recognised)

    def check_inside(self, inner: Inner, path: Path, document: Document) -> list[Problem]:
        outer = (*path, *inner.path)
        whole = (*outer, *inner.inside)
        problems = self.check_known(inner.value, whole, recognise(inner.value, whole))
        if inner.text is None or not problems:
            return problems
        self.tally.add_problems(worst_first(self.placed_in_string(document, outer, inner.text, problems)))
        return []

    def check_known(self, item: Any, path: Path, recognised: Recognition) -> list[Problem]:
        if self.forced and not recognised.events:
            recognised = Recognition(self.forced)
        kind = recognised.kind
        if recognised.problem and recognised.problem.rule == "D1" and isinstance(item, dict):
            self.strangers.append(recognised.problem)
            return []
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

    def placed_in_string(self, document: Document, outer: Path, text: str, problems: list[Problem]) -> list[Problem]:
        """Look up places within the JSON text that the string at *outer* holds; without text, the string's own."""
        try:
            literal = scan(document.text or self.source.text, document.start, [outer]).places[outer].value
            inside = scan(text, 0, [problem.path[len(outer) :] for problem in problems]).places if text else {}
        except (JsonFault, KeyError):
            return [self.at(problem, document.start) for problem in problems]
        offsets = string_offsets(document.text or self.source.text, literal) if inside else []
        found = []
        for problem in problems:
            place = inside.get(problem.path[len(outer) :])
            offset = literal if place is None else offsets[_offset(problem, place)]
            found.append(self.at(problem, offset))
        return found

    def placed(self, document: Document, problems: list[Problem]) -> list[Problem]:
        """Look up line and column of each problem; the text is only scanned if there is one."""
        if not problems:
            return []
        try:
            places = scan(
                document.text or self.source.text, document.start, [problem.path for problem in problems]
            ).places
        except JsonFault:
            places = {}
        return [self.place(problem, places, document) for problem in problems]

    def place(self, problem: Problem, places: dict[Path, Place], document: Document) -> Problem:
        return self.at(problem, _offset(problem, places.get(problem.path, Place(document.start))))

    def at(self, problem: Problem, offset: int) -> Problem:
        line, column = self.source.place(offset)
        return replace(problem, line=line, column=column)


def _offset(problem: Problem, place: Place) -> int:
    return place.key if problem.at_key and place.key is not None else place.value
