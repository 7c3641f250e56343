"""
What an external service has answered to an inline hook: what is wrong with it, and whether Okta can use it.

Pure: a status, headers and a body go in, a judgement comes out; nothing is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.constants import ANSWER_LIMIT, CAREFUL_LIMIT
from emulator.contract.inline.rules import answer_problems
from emulator.contract.inline.rules.registry import broken, doubtful
from emulator.contract.jsonscan import JsonFault, Place, scan
from emulator.contract.jsontext import decode, documents
from emulator.contract.problems import Level, Problem, describe, printable, worst_first
from emulator.contract.schemas import load, validate_inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import JsonObject
    from emulator.contract.problems import Path

__all__ = ["AnswerJudgement", "Use", "answer_document_problems", "judge_answer", "judge_failure"]

_OTHER_AUTH: Final = "does the service expect another auth header than the hook's?"
_STATUS_HINTS: Final = {
    401: _OTHER_AUTH,
    403: _OTHER_AUTH,
    404: "is that the service's URL, to the last slash?",
    405: "Okta sends a POST: accept it at this path",
    415: "Okta sends application/json, without a charset",
}
_NAMED: Final = 4  # members in one sentence


class Use(StrEnum):
    """What Okta makes of an answer: it carries commands out, does the default, is told of an error, or can't use it."""

    COMMANDS = "commands"
    DEFAULT = "default"
    ERROR = "error"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerJudgement:
    """
    What an answer is worth.

    Args:
        problems: What is wrong with it, in the order of the document.
        answer: The parsed body, ``{}`` for an allowed empty one; None if there is none.
        use: What Okta makes of it.
    """

    problems: tuple[Problem, ...] = ()
    answer: JsonObject | None = field(default=None, repr=False)
    use: Use = Use.UNUSABLE

    @property
    def accepted(self) -> bool:
        """Whether Okta would use it."""
        return self.use is not Use.UNUSABLE

    @property
    def reason(self) -> str:
        """Say in a line why it can't be used, or an empty string."""
        worst = next((problem for problem in self.problems if problem.level is Level.MUST), None)
        return worst.message if worst is not None and not self.accepted else ""


def judge_answer(
    kind: InlineHookType,
    request: JsonObject,
    *,
    status: int,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
) -> AnswerJudgement:
    """
    Judge the answer to a *request* of a type of inline hook (I6-I8).

    Args:
        kind: The type of hook.
        request: What was asked; what may be commanded depends on it.
        status: The answer's HTTP status.
        headers: Its headers.
        body: Its body, whole; of one that is too large, its beginning of 256 KB and a byte is enough.
    """
    refused = _status_problem(status)
    if refused is not None:
        return AnswerJudgement(problems=(refused,))
    found = [*_odd_status(kind, status), *_size_problems(body)]
    if found and found[-1].level is Level.MUST:
        return AnswerJudgement(problems=tuple(found))
    if status == 204 or not body.strip():
        return _judge_empty(kind, status, body, found)
    found += _header_problems({name.lower(): value for name, value in headers})
    answer, of_body = _read(kind, request, body)
    problems = (*found, *of_body)
    faults = [problem for problem in problems if problem.level is Level.MUST]
    is_error = answer is not None and isinstance(answer.get("error"), dict)
    # Beside an error no command is executed, so it doesn't matter what a command says.
    if answer is None or (faults and not (is_error and all(_is_in_a_command(problem) for problem in faults))):
        return AnswerJudgement(problems=problems, answer=answer)
    use = Use.COMMANDS if answer.get("commands") else Use.DEFAULT
    return AnswerJudgement(problems=problems, answer=answer, use=Use.ERROR if is_error else use)


def _is_in_a_command(problem: Problem) -> bool:
    return len(problem.path) > 1 and problem.path[0] == "commands"


def judge_failure(detail: str, *, hint: str = "answer within 3 s, whole, over plain HTTP/1.1") -> AnswerJudgement:
    """Judge a call that brought no answer at all; *detail* says in words why, and *hint* what would help."""
    return AnswerJudgement(problems=(broken((), "I8", detail or "there was no answer", hint),))


def answer_document_problems(kind: InlineHookType, request: JsonObject, answer: Any) -> list[Problem]:
    """Return what is wrong with a parsed answer, without places in a text."""
    if not isinstance(answer, dict):
        hint = 'wrap it: {"commands": [...]}' if isinstance(answer, list) else 'such as {"commands": [...]}'
        return [broken((), "I6", f"got {describe(answer)}, wanted an object with commands or error", hint)]
    name = f"{kind.schema}-answer"
    by_rules = answer_problems(kind, request, answer)
    better = {problem.path for problem in by_rules if problem.level is not Level.NOTE}
    unknown = {problem.path for problem in by_rules if problem.at_key}
    by_schema = [
        problem
        for problem in validate_inline(name, answer)
        if problem.path not in better and not _is_told(problem, unknown, better)
    ]
    return [*_strangers_together(by_schema, name, nothing_else=() in better), *by_rules]


def _is_told(problem: Problem, unknown: set[tuple[str | int, ...]], better: set[tuple[str | int, ...]]) -> bool:
    """Whether a rule has already said, in better words, that a member is missing or misspelt here."""
    if problem.member or problem.at_key:
        return any(path[:-1] == problem.path or path == problem.path for path in unknown | better)
    return False


def _strangers_together(problems: list[Problem], name: str, *, nothing_else: bool) -> Iterator[Problem]:
    """Put the words about unknown members right, one for each object: here it isn't Okta that adds some."""
    told: set[Path] = set()
    for problem in problems:
        if not (problem.at_key and problem.level is Level.NOTE and not problem.wanted):
            yield problem
            continue
        above = problem.path[:-1]
        if above in told or (nothing_else and not above):
            continue
        told.add(above)
        names = [printable(p.got) for p in problems if p.at_key and p.path[:-1] == above and p.level is Level.NOTE]
        listed = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        hint = "what it does with it is unknown"
        if not above:
            hint += f"; known members of an answer: {', '.join(load(name)['properties'])}"
        yield replace(problem, message=f"Okta knows no {listed} here", hint=hint)


def _status_problem(status: int) -> Problem | None:
    if 200 <= status < 300:
        return None
    said = {
        1: "an interim answer is no answer",
        3: "redirects are never followed",
        4: "a 4xx is never retried",
    }.get(status // 100, "the service failed")
    in_error = "tell what is wrong with the data in error, with status 200: a 4xx is for requests that can't be read"
    hint = _STATUS_HINTS.get(status) or {3: "give the hook the final URL", 4: in_error}.get(status // 100)
    hint = hint or "answer 200 with JSON"
    return broken((), "I8", f"status {status}: {said}, and what stands in it is not used", hint)


def _odd_status(kind: InlineHookType, status: int) -> Iterator[Problem]:
    if status == 204 and not kind.may_be_empty:
        return
    if status not in {200, 204}:
        message = f"status {status} counts as success, but Okta asks for 200"
        yield doubtful((), "I8", message, "answer 200; some types of hooks may take no other")


def _size_problems(body: bytes) -> Iterator[Problem]:
    if len(body) >= ANSWER_LIMIT:
        yield broken((), "M9", "the answer is not below 256 KB", "leave out what no command needs")
    elif len(body) >= CAREFUL_LIMIT:
        message = f"the answer has {len(body)} bytes, and whether 256 KB are 256,000 or 262,144 is not documented"
        yield doubtful((), "M9", message, "stay below 256,000 bytes")


def _header_problems(headers: dict[str, str]) -> Iterator[Problem]:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        message = f"the answer is compressed ({printable(encoding[:40])}), and Okta didn't offer to read that"
        yield broken((), "I10", message, "switch compression off for this path")
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        said = f"Content-Type is {printable(media[:60])}" if media else "there is no Content-Type"
        yield doubtful((), "I1", f"{said}, and the answer is JSON", "answer with Content-Type: application/json")


def _judge_empty(kind: InlineHookType, status: int, body: bytes, found: list[Problem]) -> AnswerJudgement:
    command = kind.commands[0].name
    if not kind.may_be_empty:
        message = f"a {kind.title} hook may not answer with nothing"
        return _unusable([*found, broken((), "I6", message, f'answer 200 and command "{command}"')])
    if status != 204:
        message = f"status {status} without a body: there is no JSON to read"
        return _unusable(
            [*found, broken((), "I6", message, "answer 204 if there is nothing to command, or 200 with {}")]
        )
    if body:
        message = "a 204 has no body, so what came behind it is not read"
        found = [*found, broken((), "I6", message, "answer 200 if there is something to command")]
    return AnswerJudgement(problems=tuple(found), answer={}, use=Use.DEFAULT)


def _unusable(problems: list[Problem]) -> AnswerJudgement:
    return AnswerJudgement(problems=tuple(problems))


def _read(kind: InlineHookType, request: JsonObject, body: bytes) -> tuple[JsonObject | None, list[Problem]]:
    source = decode(body)
    found = [replace(problem, rule="I1", hint=_hint(problem)) for problem in source.problems]
    if not source.readable:
        return None, found
    read = documents(source)
    document = read[0]
    found += [replace(problem, rule="I1") for problem in document.problems]
    if len(read) > 1:
        found.append(broken((), "I1", f"{len(read)} JSON documents, wanted one", "answer one object"))
    if document.broken:
        return None, found
    problems = answer_document_problems(kind, request, document.value)
    text = document.text or source.text
    try:
        places = scan(text, document.start, [problem.path for problem in problems]).places
    except JsonFault:
        places = {}
    for problem in problems:
        place = places.get(problem.path, Place(document.start))
        offset = place.key if problem.at_key and place.key is not None else place.value
        line, column = source.place(offset)
        found.append(replace(problem, line=line, column=column))
    return document.value if isinstance(document.value, dict) else None, worst_first(found)


def _hint(problem: Problem) -> str:
    return "answer JSON in UTF-8, uncompressed" if problem.level is Level.MUST else "leave the mark out"
