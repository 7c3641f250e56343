"""The problems of a run's answers, sorted into the checks that speak of them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken
from emulator.contract.problems import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.checks.inline.bench import InlineBench
    from emulator.checks.inline.call import Call
    from emulator.contract.problems import Problem

__all__ = ["Place", "of_answers"]

_SHOWN: Final = 3
_PATCHES: Final = ("com.okta.identity.patch", "com.okta.access.patch", "com.okta.assertion.patch")
_OPERATIONS: Final = 4  # steps to an operation: commands, 0, value, 0


class Place(StrEnum):
    """Where in an answer something is wrong; each has one check that speaks of it."""

    EMPTY = "empty"
    SIZE = "size"
    CONTENT_TYPE = "content type"
    ENCODING = "encoding"
    JSON = "json"
    LOOSE_JSON = "loose json"
    SHAPE = "shape"
    ERROR = "error"
    DEBUG = "debug context"
    TYPE = "command type"
    VALUE = "command value"
    CONTEXT = "context"
    OPERATION = "patch operation"
    PATH = "patch path"
    PATCH_VALUE = "patch value"
    DOUBT = "doubt"
    NONE = "none"


def of_answers(bench: InlineBench, place: Place) -> None:
    """
    Look through the answers of the run.

    Raises:
        Broken: something is wrong at this place in some of them; each thing is told once.
    """
    told: dict[str, Call] = {}
    for call in bench.calls:
        if not call.answered:
            continue
        for problem in _of(call, place):
            told.setdefault(_said(problem), call)
    if told:
        shown = list(told.items())[:_SHOWN]
        bench.keep(list({id(call): call.exchange for _, call in shown}.values()))
        bench.shown_by = next((call.variant for _, call in shown if call.is_plain), None)
        more = f"\nand {len(told) - len(shown)} more of this kind" if len(told) > len(shown) else ""
        raise Broken("\n".join(f"{call.name}: {text}" for text, call in shown) + more)


def _of(call: Call, place: Place) -> Iterator[Problem]:
    yield from (problem for problem in call.judgement.problems if place_of(problem, call) is place)


def _said(problem: Problem) -> str:
    where = f"{problem.pointer}: " if problem.pointer else ""
    return f"{where}{problem.message}" + (f"; {problem.hint.splitlines()[0]}" if problem.hint else "")


def place_of(problem: Problem, call: Call) -> Place:
    """Return the place that a problem of *call*'s answer is about; notes are about none."""
    if problem.level is Level.NOTE:
        return Place.NONE
    if problem.rule == "M9":
        return Place.SIZE if problem.level is Level.MUST else Place.DOUBT
    if problem.rule == "I8":
        return Place.NONE  # a status, of which other checks speak
    if problem.rule == "I10":
        return Place.ENCODING
    if problem.rule == "I1":
        return _of_the_text(problem)
    if not problem.path:
        return Place.EMPTY if call.exchange.status == 204 or not call.body.strip() else Place.SHAPE
    if problem.level is not Level.MUST:
        return Place.DOUBT
    return _inside(problem, call)


def _of_the_text(problem: Problem) -> Place:
    if "Content-Type" in problem.message:
        return Place.CONTENT_TYPE
    return Place.JSON if problem.level is Level.MUST and not problem.path else Place.LOOSE_JSON


def _inside(problem: Problem, call: Call) -> Place:
    path = problem.path
    if path[0] == "error":
        return Place.ERROR
    if path[0] == "debugContext":
        return Place.DEBUG
    if path[0] != "commands" or len(path) < 3:
        return Place.SHAPE
    if path[2] == "type":
        return Place.TYPE
    if problem.rule == "I5":
        return Place.CONTEXT
    if len(path) >= _OPERATIONS and _is_patch(call, path[1]):
        return {"op": Place.OPERATION, "path": Place.PATH}.get(
            str(path[_OPERATIONS]) if len(path) > _OPERATIONS else "op", Place.PATCH_VALUE
        )
    return Place.VALUE


def _is_patch(call: Call, index: str | int) -> bool:
    commands = (call.judgement.answer or {}).get("commands")
    command = commands[index] if isinstance(commands, list) and isinstance(index, int) else None
    return isinstance(command, dict) and command.get("type") in _PATCHES
