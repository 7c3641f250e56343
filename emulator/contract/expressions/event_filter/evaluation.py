"""What a filter says about one event, and why: the value of each sub-expression (F5, F7, F13, F14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from emulator.contract.expressions.event_filter.fields import EVENT_FIELDS, read_field, targets_of
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
from emulator.contract.expressions.patterns import full_match
from emulator.contract.problems import describe

__all__ = ["Trace", "compare", "evaluate"]

_SIGNS: Final = {"eq": "equals", "ne": "differs from", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """
    A sub-expression with its value for one event.

    ``value`` is a boolean, a text, a number, None, or the selected targets; when ``failed`` is set, there is no value
    and ``why`` is the reason.  ``needed`` is False for a part whose value changed nothing, since an earlier one had
    decided.
    """

    text: str
    value: Any
    why: str = ""
    failed: bool = False
    needed: bool = True
    parts: tuple[Trace, ...] = ()


def evaluate(node: Node, text: str, event: Mapping[str, Any]) -> Trace:
    """Return the value of *node*, a part of *text*, for *event*, a LogEvent of any shape; never raises."""
    return _Evaluator(text).trace(node, event)


@dataclass(frozen=True, slots=True)
class _Evaluator:
    text: str

    def trace(self, node: Node, source: Any, *, needed: bool = True) -> Trace:
        text = self.text[node.start : node.end]
        parts: tuple[Trace, ...] = ()
        try:
            match node:
                case Literal():
                    return Trace(text=text, value=node.value, needed=needed)
                case Field():
                    value = read_field(node.name, source)
                    return Trace(text=text, value=value, why=_where_from(node.name, value), needed=needed)
                case And() | Or():
                    return self._joined(node, source, needed=needed)
                case Selection():
                    return self._selected(node, source, needed=needed)
                case Not():
                    parts = (self.trace(node.of, source, needed=needed),)
                    value, why = not _value(parts[0]), ""
                case Size():
                    parts = (self.trace(node.of, source, needed=needed),)
                    value, why = len(_value(parts[0])), ""
                case Contains():
                    parts = (self.trace(node.of, source, needed=needed),)
                    value, why = _contains(_value(parts[0]), node.part)
                case Comparison():
                    parts = tuple(self.trace(part, source, needed=needed) for part in (node.left, node.right))
                    value, why = compare(_value(parts[0]), node.operator, _value(parts[1]))
                case _:
                    raise TypeError(type(node).__name__)
        except EvaluationError as error:
            return Trace(text=text, value=None, why=str(error), failed=True, needed=needed, parts=parts)
        return Trace(text=text, value=value, why=why, needed=needed, parts=parts)

    def _joined(self, node: And | Or, source: Any, *, needed: bool) -> Trace:
        deciding = isinstance(node, Or)
        parts: list[Trace] = []
        decided: Trace | None = None
        for part in node.parts:
            traced = self.trace(part, source, needed=needed and decided is None)
            parts.append(traced)
            if decided is None and (traced.failed or traced.value is deciding):
                decided = traced
        text = self.text[node.start : node.end]
        if decided is not None and decided.failed:
            return Trace(text=text, value=None, why=decided.why, failed=True, needed=needed, parts=tuple(parts))
        why = "all are true" if not deciding and decided is None else "none is true" if decided is None else ""
        if decided is not None:
            why = f"{decided.text} is {str(deciding).lower()}"
        return Trace(
            text=text,
            value=deciding if decided is not None else not deciding,
            why=why,
            needed=needed,
            parts=tuple(parts),
        )

    def _selected(self, node: Selection, event: Mapping[str, Any], *, needed: bool) -> Trace:
        text = self.text[node.start : node.end]
        targets = targets_of(event)
        parts = tuple(self.trace(node.condition, target, needed=needed) for target in targets)
        labelled = tuple(
            Trace(
                text=f"target[{index}] {_named(target)}",
                value=part.value,
                why=part.why,
                failed=part.failed,
                needed=part.needed,
                parts=part.parts,
            )
            for index, (target, part) in enumerate(zip(targets, parts, strict=True))
        )
        for part in parts:
            if part.failed:
                return Trace(text=text, value=None, why=part.why, failed=True, needed=needed, parts=labelled)
        chosen = [target for target, part in zip(targets, parts, strict=True) if part.value is True]
        why = f"{len(chosen)} of {len(targets)} targets" if targets else "the event has no targets (F14)"
        return Trace(text=text, value=chosen, why=why, needed=needed, parts=labelled)


def _value(trace: Trace) -> Any:
    if trace.failed:
        raise EvaluationError(trace.why)
    return trace.value


def _where_from(name: str, value: Any) -> str:
    path = ".".join(EVENT_FIELDS.get(name, (name,)))
    if value is None:
        return f"{path} is null or absent"
    return f"read from {path}" if path not in name else ""


def _named(target: Any) -> str:
    members = target if isinstance(target, Mapping) else {}
    return " ".join(str(members[key]) for key in ("type", "alternateId", "displayName") if members.get(key))[:80]


def _contains(value: Any, part: str) -> tuple[bool, str]:
    if value is None:
        raise EvaluationError("contains() was asked of null, which has no text (F14)")
    if not isinstance(value, str):
        raise EvaluationError(f"contains() was asked of {describe(value)}, which is no text")
    found = part in value
    return found, f"{part!r} is {'in' if found else 'not in'} {value!r}"


def compare(left: Any, operator: str, right: Any) -> tuple[bool, str]:
    """
    Return the outcome of a comparison, and why.

    Raises:
        EvaluationError: the values have no order, or the pattern takes too long.
    """
    if operator == "matches":
        if not isinstance(left, str):
            return False, "only text matches a pattern"
        matched = full_match(right, left)
        return matched, f"{left!r} as a whole {'matches' if matched else 'does not match'} {right!r}"
    same_kind = isinstance(left, bool) is isinstance(right, bool)
    if operator in {"eq", "ne"}:
        equal = same_kind and left == right
        why = f"{describe(left)} {'equals' if equal else 'differs from'} {describe(right)}"
        if not equal and isinstance(left, str) and isinstance(right, str) and left.casefold() == right.casefold():
            why += "; capitals count (F13)"
        return equal is (operator == "eq"), why
    order = _order(left, right)
    value = {"lt": order < 0, "le": order <= 0, "gt": order > 0, "ge": order >= 0}[operator]
    return value, f"{describe(left)} {_SIGNS[operator]} {describe(right)}"


def _order(left: Any, right: Any) -> int:
    # As in Spring: null comes before everything else.
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if type(left) is not type(right) or not isinstance(left, str | int):
        raise EvaluationError(f"{describe(left)} and {describe(right)} have no order")
    return int(left > right) - int(left < right)
