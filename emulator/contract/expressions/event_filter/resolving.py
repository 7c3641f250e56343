"""Gives names and types to the tree of a filter: what it reads must exist, and it must give true or false (F5, F6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from emulator.contract.expressions.event_filter.fields import EVENT_FIELDS, TARGET_FIELDS, TARGET_LIST
from emulator.contract.expressions.event_filter.grammar import Branch, Leaf, Tree
from emulator.contract.expressions.event_filter.mistakes import selection_example, unknown_field, unknown_method
from emulator.contract.expressions.event_filter.nodes import (
    And,
    Comparison,
    Contains,
    Field,
    Kind,
    Literal,
    Node,
    Not,
    Or,
    Selection,
    Size,
)
from emulator.contract.expressions.faults import EvaluationError, ExpressionError
from emulator.contract.expressions.patterns import check_pattern

__all__ = ["resolve"]

_MOST_DIGITS: Final = 18
_ORDERING: Final = frozenset({"lt", "le", "gt", "ge"})
_WORDS: Final = {"TRUE": True, "FALSE": False, "NULL": None}


def resolve(tree: Tree, text: str) -> Node:
    """
    Return what the *tree* of *text* means.

    Raises:
        ExpressionError: a name is unknown, or values of these kinds can't be used like that.
    """
    return _Resolver(text, inside=False).condition(tree)


@dataclass(frozen=True, slots=True)
class _Resolver:
    text: str
    inside: bool  # the brackets of a selection, where bare names are the target's members

    def condition(self, tree: Tree) -> Node:
        node, kind = self._node(tree)
        if kind is not Kind.CONDITION:
            raise self._fault(_not_a_condition(kind), tree.start, _how_to_compare(kind))
        return node

    def _node(self, tree: Tree) -> tuple[Node, Kind]:
        if isinstance(tree, Leaf):
            return self._leaf(tree)
        place = {"start": tree.start, "end": tree.end}
        match tree.kind:
            case "group":
                return self._node(tree.parts[0])
            case "not":
                of = self._negated(tree)
                return Not(of=of, depth=of.depth + 1, **place), Kind.CONDITION
            case "and" | "or":
                parts = tuple(self.condition(part) for part in tree.parts)
                depth = 1 + max(part.depth for part in parts)
                made = And if tree.kind == "and" else Or
                return made(parts=parts, depth=depth, **place), Kind.CONDITION
            case "selection":
                return self._selection(tree)
            case "call":
                return self._call(tree)
        return self._comparison(tree)

    def _negated(self, tree: Branch) -> Node:
        node, kind = self._node(tree.parts[0])
        if kind is not Kind.CONDITION:
            raise self._fault(
                f"{tree.sign!r} binds to what follows at once, which is {kind}",
                tree.start,
                "put the condition in parentheses: !(a eq 'b'), or use ne",
            )
        return node

    def _leaf(self, leaf: Leaf) -> tuple[Node, Kind]:
        place = {"start": leaf.start, "end": leaf.end}
        match leaf.kind:
            case "PATH":
                name = re.sub(r"\s", "", leaf.text)
                if name not in (TARGET_FIELDS if self.inside else EVENT_FIELDS):
                    raise unknown_field(name, text=self.text, position=leaf.start, inside=self.inside)
                return Field(name=name, **place), Kind.TEXT
            case "STRING":
                return Literal(value=leaf.text[1:-1].replace("''", "'"), **place), Kind.TEXT
            case "INTEGER":
                if len(leaf.text) > _MOST_DIGITS:
                    raise self._fault("this number is too large", leaf.start)
                return Literal(value=int(leaf.text), **place), Kind.NUMBER
        value = _WORDS[leaf.kind]
        return Literal(value=value, **place), Kind.NULL if value is None else Kind.CONDITION

    def _selection(self, tree: Branch) -> tuple[Node, Kind]:
        path = re.sub(r"\s", "", tree.sign)
        if self.inside:
            raise self._fault("a selection inside a selection has nothing to select from", tree.sign_at)
        if path != TARGET_LIST:
            raise self._fault(f"only {TARGET_LIST} can be selected from", tree.sign_at, f"such as {selection_example}")
        condition = _Resolver(self.text, inside=True).condition(tree.parts[0])
        return (
            Selection(condition=condition, start=tree.start, end=tree.end, depth=condition.depth + 1),
            Kind.TARGETS,
        )

    def _call(self, tree: Branch) -> tuple[Node, Kind]:
        subject, *arguments = tree.parts
        at = self.text.index(tree.sign, tree.sign_at)
        if tree.sign not in {"size", "contains"}:
            raise unknown_method(tree.sign, text=self.text, position=at)
        if isinstance(subject, Leaf) and subject.kind == "PATH" and tree.sign == "size":
            raise self._fault("only a selection has a size", subject.start, f"such as {selection_example} (F9)")
        of, _ = self._node(subject)
        place = {"start": tree.start, "end": tree.end, "depth": of.depth + 1}
        if tree.sign == "size":
            if not isinstance(of, Selection) or arguments:
                raise self._fault("size() counts a selection and takes no argument", at, f"such as {selection_example}")
            return Size(of=of, **place), Kind.NUMBER
        part = self._node(arguments[0])[0] if len(arguments) == 1 else None
        if not isinstance(of, Field) or not isinstance(part, Literal) or not isinstance(part.value, str):
            raise self._fault("contains() asks a field about one text in quotes", at, "such as .contains('login') (F9)")
        return Contains(of=of, part=part.value, **place), Kind.CONDITION

    def _comparison(self, tree: Branch) -> tuple[Node, Kind]:
        (left, left_kind), (right, right_kind) = (self._node(part) for part in tree.parts)
        operator = tree.operator.lower()
        if Kind.TARGETS in {left_kind, right_kind}:
            raise self._fault("a list of targets can't be compared", tree.sign_at, f"count it: {selection_example}")
        if operator in _ORDERING and left_kind is not right_kind:
            raise self._fault(f"{left_kind} and {right_kind} have no order", tree.sign_at)
        if operator == "matches":
            self._check_pattern(left_kind, right, tree)
        return (
            Comparison(
                left=left,
                operator=operator,
                right=right,
                start=tree.start,
                end=tree.end,
                depth=1 + max(left.depth, right.depth),
            ),
            Kind.CONDITION,
        )

    def _check_pattern(self, left_kind: Kind, right: Node, tree: Branch) -> None:
        if left_kind is not Kind.TEXT or not isinstance(right, Literal) or not isinstance(right.value, str):
            raise self._fault(
                "matches compares a field with a pattern", tree.sign_at, "such as matches '.*@example[.]com'"
            )
        try:
            check_pattern(right.value)
        except EvaluationError as error:
            raise self._fault(str(error), right.start) from None

    def _fault(self, message: str, position: int, hint: str = "") -> ExpressionError:
        return ExpressionError(message, text=self.text, position=position, hint=hint)


def _not_a_condition(kind: Kind) -> str:
    return f"this gives {kind}, but a filter needs true or false"


def _how_to_compare(kind: Kind) -> str:
    if kind is Kind.TARGETS:
        return f"count the selected targets: {selection_example} (F7)"
    return "compare it: > 0 (F7)" if kind is Kind.NUMBER else "compare it: eq 'SUCCESS' (F5)"
