"""
Whether any event could pass a filter, decided by trying every combination of values it can tell apart.

The claims are safe: parts that depend on each other are tried as if they didn't, so "never" and "always" are only
said when they hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.expressions.event_filter.evaluation import compare
from emulator.contract.expressions.event_filter.nodes import (
    And,
    Comparison,
    Contains,
    Field,
    Literal,
    Node,
    Not,
    Or,
    Selection,
    Size,
)
from emulator.contract.expressions.faults import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Possibility", "possibility"]

_MOST_COMBINATIONS: Final = 20_000
_OTHER: Final = "\0another text"
_EVENT_TYPE: Final = "event.eventType"


class Possibility(StrEnum):
    """What can be said without an event."""

    NEVER = "never true"
    ALWAYS = "always true"
    SOMETIMES = "true for some events"
    UNKNOWN = "too many cases to tell"


def possibility(node: Node, *, event_types: Iterable[str]) -> Possibility:
    """Say what *node* gives for events of the *event_types*."""
    return _over(node, {_EVENT_TYPE: tuple(event_types)})


def _over(node: Node, known: dict[str, tuple[str, ...]]) -> Possibility:
    variables: dict[Any, tuple[Any, ...]] = {}
    for key, values in _variables(node, known):
        variables[key] = tuple(dict.fromkeys((*variables.get(key, ()), *values)))
    total = 1
    for values in variables.values():
        total *= len(values)
        if total > _MOST_COMBINATIONS:
            return Possibility.UNKNOWN
    outcomes = set()
    for chosen in product(*variables.values()):
        outcomes.add(_Case(dict(zip(variables, chosen, strict=True))).passes(node))
        if len(outcomes) > 1:
            return Possibility.SOMETIMES
    return Possibility.ALWAYS if outcomes == {True} else Possibility.NEVER


def _variables(node: Node, known: dict[str, tuple[str, ...]]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    match node:
        case Field(name=name):
            yield name, known.get(name, (None, _OTHER))
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _variables(part, known)
        case Not(of=of):
            yield from _variables(of, known)
        case Size(of=of):
            yield from _variables(of, known)
        case Selection(condition=condition):
            # Lists of any length; of which no target is selected if the condition can't hold for any.
            never = _over(condition, {}) is Possibility.NEVER
            yield _key(node), (0,) if never else (0, 1)
        case Contains(of=of):
            yield from _variables(of, known)
            yield _key(node), (False, True)
        case Comparison(left=left, right=right):
            yield from _variables(left, known)
            yield from _variables(right, known)
            yield from _of_comparison(node, known)


def _of_comparison(node: Comparison, known: dict[str, tuple[str, ...]]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    if _is_free(node):
        yield _key(node), (False, True)
        return
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(other, Literal):
            continue
        if isinstance(one, Field) and isinstance(other.value, str) and one.name not in known:
            yield one.name, (other.value,)
        if isinstance(one, Size) and isinstance(other.value, int):
            never = _over(one.of.condition, {}) is Possibility.NEVER
            around = (other.value - 1, other.value, other.value + 1)
            yield _key(one.of), () if never else tuple(number for number in around if number >= 0)


def _is_free(node: Comparison) -> bool:
    """Say whether the outcome can't be told from the values tried, so that both are tried."""
    two_unknowns = not isinstance(node.left, Literal) and not isinstance(node.right, Literal)
    of_text = isinstance(node.left, Field) or isinstance(node.right, Field)
    return two_unknowns or (of_text and node.operator not in {"eq", "ne"})


def _key(node: Node) -> tuple[str, int, int]:
    return type(node).__name__, node.start, node.end


class _NoValueError(Exception):
    """Stands for an evaluation error; an event that meets one doesn't pass."""


@dataclass(frozen=True, slots=True)
class _Case:
    chosen: dict[Any, Any]

    def passes(self, node: Node) -> bool:
        """Say whether an event of this case passes."""
        try:
            return self._value(node) is True
        except _NoValueError:
            return False

    def _value(self, node: Node) -> Any:
        match node:
            case Literal(value=value):
                return value
            case Field(name=name):
                return self.chosen[name]
            case Not(of=of):
                return not self._value(of)
            case And(parts=parts):
                return all(self._value(part) for part in parts)
            case Or(parts=parts):
                return any(self._value(part) for part in parts)
            case Size(of=of):
                return self.chosen[_key(of)]
            case Contains(of=of, part=part):
                text = self._value(of)
                if text is None:
                    raise _NoValueError
                return self.chosen[_key(node)] if text == _OTHER else part in text
            case Comparison():
                return self.chosen[_key(node)] if _is_free(node) else self._compared(node)
        raise TypeError(type(node).__name__)

    def _compared(self, node: Comparison) -> bool:
        left, right = self._value(node.left), self._value(node.right)
        try:
            return compare(left, node.operator, right)[0]
        except EvaluationError:
            raise _NoValueError from None
