"""The parts of an event hook filter, as frozen records; each knows its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "And",
    "Comparison",
    "Contains",
    "Field",
    "Kind",
    "Literal",
    "Node",
    "Not",
    "Or",
    "Selection",
    "Size",
]


class Kind(StrEnum):
    """What a part of an expression gives, as far as its text tells."""

    CONDITION = "true or false"
    TEXT = "text"
    NUMBER = "a number"
    NULL = "null"
    TARGETS = "a list of targets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Any part: ``start`` and ``end`` are its character offsets, ``depth`` how many parts nest inside each other."""

    start: int
    end: int
    depth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Node):
    """A string, an integer, ``true``, ``false`` or ``null`` (F10)."""

    value: str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Node):
    """A member of the event, or inside brackets of a target; ``name`` is one of the closed list (F6)."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection(Node):
    """``event.target.?[condition]``: the targets for which the condition is true (F7)."""

    condition: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Size(Node):
    """``selection.size()``."""

    of: Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains(Node):
    """``field.contains('part')``: plain containment, capitals count (F9, F15)."""

    of: Field
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Node):
    """Two values and one of ``eq ne lt le gt ge matches``, whichever way it was spelt."""

    left: Node
    operator: str
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    """The opposite of a condition."""

    of: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class And(Node):
    """True when all parts are; read from left to right until one isn't."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(Node):
    """True when any part is; read from left to right until one is."""

    parts: tuple[Node, ...]
