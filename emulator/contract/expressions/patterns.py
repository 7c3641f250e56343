"""Regular expressions that can't run away: ``matches`` of a filter somebody else wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from emulator.contract.expressions.faults import EvaluationError

__all__ = ["check_pattern", "full_match"]

# Where a part may end, given where it may start.  No way back is ever tried twice, so the work is bounded by the
# budget; Spring, on which Okta's expressions rest, gives up in the same way.
_Step = Callable[["_Run", frozenset[int]], frozenset[int]]

_LONGEST: Final = 1000  # characters of a pattern, as in Spring
_DEEPEST: Final = 20
_MOST_REPEATS: Final = 1000
_MANY: Final = 1_000_000
_BUDGET: Final = 200_000
_COUNT: Final = re.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")
_CLASS: Final = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPES: Final = frozenset("dDwWsS")


@dataclass(slots=True)
class _Run:
    text: str
    left: int = _BUDGET

    def spend(self, work: int) -> None:
        self.left -= work + 1
        if self.left < 0:
            raise EvaluationError("the pattern takes too many steps")


def full_match(pattern: str, text: str) -> bool:
    """
    Say whether the whole *text* matches *pattern*.

    Raises:
        EvaluationError: the pattern can't be read, uses what isn't supported, or takes too long.
    """
    step = _compiled(pattern)
    return len(text) in step(_Run(text), frozenset({0}))


def check_pattern(pattern: str) -> None:
    """
    Read *pattern* without using it.

    Raises:
        EvaluationError: it can't be read, or uses what isn't supported.
    """
    _compiled(pattern)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> _Step:
    if len(pattern) > _LONGEST:
        raise EvaluationError(f"the pattern is longer than {_LONGEST} characters")
    reader = _Reader(pattern)
    step = reader.choice(0)
    if reader.at != len(pattern):
        raise EvaluationError("the pattern has a ')' too many")
    return step


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def choice(self, depth: int) -> _Step:
        if depth > _DEEPEST:
            raise EvaluationError("the pattern nests too deeply")
        branches = [self._sequence(depth)]
        while self._next() == "|":
            self.at += 1
            branches.append(self._sequence(depth))
        return branches[0] if len(branches) == 1 else _either(branches)

    def _sequence(self, depth: int) -> _Step:
        steps: list[_Step] = []
        while self._next() not in {"", "|", ")"}:
            steps.append(self._repeated(self._atom(depth)))
        return _in_turn(steps)

    def _atom(self, depth: int) -> _Step:
        character = self._next()
        match character:
            case "(":
                return self._group(depth)
            case "[":
                return self._class()
            case "^" | "$":
                self.at += 1
                return _edge(start=character == "^")
            case "*" | "+" | "?" | "{":
                raise EvaluationError(f"the pattern has nothing to repeat before {character!r}")
            case "\\":
                escaped = self.pattern[self.at + 1 : self.at + 2]
                if not escaped or (escaped.isalnum() and escaped not in _ESCAPES):
                    raise EvaluationError(f"the pattern's backslash before {escaped!r} is not supported")
                self.at += 2
                return _one(re.compile(f"\\{escaped}"))
        self.at += 1
        return _one(re.compile("." if character == "." else re.escape(character)))

    def _group(self, depth: int) -> _Step:
        self.at += 1
        if self._next() == "?":
            if self.pattern[self.at : self.at + 2] != "?:":
                raise EvaluationError("the pattern uses a kind of group that is not supported")
            self.at += 2
        inner = self.choice(depth + 1)
        if self._next() != ")":
            raise EvaluationError("the pattern lacks a ')'")
        self.at += 1
        return inner

    def _class(self) -> _Step:
        found = _CLASS.match(self.pattern, self.at)
        if found is None:
            raise EvaluationError("the pattern lacks a ']'")
        if re.search(r"(?<!\\)(?:\[|&&)", found.group()[1:]):
            raise EvaluationError("the pattern has a class within a class, which is not supported")
        self.at = found.end()
        try:
            return _one(re.compile(found.group()))
        except re.error as error:
            raise EvaluationError(f"the pattern's {found.group()!r} can't be read: {error.msg}") from None

    def _repeated(self, step: _Step) -> _Step:
        sign = self._next()
        if not sign or sign not in "*+?{":
            return step
        least, most = (1 if sign == "+" else 0), (1 if sign == "?" else _MANY)
        if sign == "{":
            least, most = self._count()
        else:
            self.at += 1
        if self._next() == "?":
            self.at += 1  # lazy: which match is found first doesn't matter here
        if self._next() and self._next() in "*+{":
            raise EvaluationError(f"the pattern's {sign + self._next()!r} is not supported")
        return _repeat(step, least, most)

    def _count(self) -> tuple[int, int]:
        found = _COUNT.match(self.pattern, self.at)
        if found is None:
            raise EvaluationError("the pattern's '{' doesn't begin a number of repetitions")
        self.at = found.end()
        least = int(found[1])
        most = least if found[2] is None else int(found[3]) if found[3] else _MANY
        if not least <= most or least > _MOST_REPEATS:
            raise EvaluationError(f"the pattern can't repeat {found.group()} times")
        return least, most


def _one(test: re.Pattern[str]) -> _Step:
    def step(run: _Run, places: frozenset[int]) -> frozenset[int]:
        run.spend(len(places))
        return frozenset(at + 1 for at in places if at < len(run.text) and test.fullmatch(run.text, at, at + 1))

    return step


def _edge(*, start: bool) -> _Step:
    def step(run: _Run, places: frozenset[int]) -> frozenset[int]:
        return places & {0 if start else len(run.text)}

    return step


def _in_turn(steps: list[_Step]) -> _Step:
    def step(run: _Run, places: frozenset[int]) -> frozenset[int]:
        for following in steps:
            if not places:
                break
            places = following(run, places)
        return places

    return step


def _either(branches: list[_Step]) -> _Step:
    def step(run: _Run, places: frozenset[int]) -> frozenset[int]:
        return frozenset().union(*(branch(run, places) for branch in branches))

    return step


def _repeat(inner: _Step, least: int, most: int) -> _Step:
    def step(run: _Run, places: frozenset[int]) -> frozenset[int]:
        for _ in range(least):
            run.spend(len(places))
            places = inner(run, places)
        ends, fresh = places, places
        for _ in range(most - least):
            run.spend(len(fresh))
            fresh = inner(run, fresh) - ends
            if not fresh:
                break
            ends |= fresh
        return ends

    return step
