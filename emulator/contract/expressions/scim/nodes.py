"""The parts of a SCIM filter, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["And", "Node", "Not", "Or", "Scalar", "Term"]

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Any part: ``start`` is its character offset, ``depth`` how many parts nest inside each other."""

    start: int
    depth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Node):
    """One comparison: ``operator`` is in lower case; ``pr`` has no value."""

    path: str
    operator: str
    operator_at: int
    value: Scalar = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    """The opposite of a condition."""

    of: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class And(Node):
    """True when all parts are."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(Node):
    """True when any part is."""

    parts: tuple[Node, ...]
