"""Which parts of a filter go beyond what Okta documents for event hooks; each works here, unless the profile is strict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.contract.expressions.event_filter.grammar import Branch, Leaf, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Undocumented", "undocumented"]

_DOCUMENTED: Final = frozenset({"eq", "ne", "&&", "||"})  # F8
_SEEN: Final = frozenset({"==", "!=", ">", "or", "and"})  # F8: templates, tests and beta texts of Okta
_WITH_CONTAINS: Final = frozenset({"event.outcome.reason", "event.debugData.changedAttributes"})  # F9


@dataclass(frozen=True, slots=True, kw_only=True)
class Undocumented:
    """A part that is not documented: where it is, what it is, and what to write instead."""

    position: int
    message: str
    hint: str = ""


def undocumented(tree: Tree) -> Iterator[Undocumented]:
    """Yield what in *tree* is accepted by evidence or by the nature of the language only, from left to right."""
    yield from sorted(_found(tree), key=lambda found: found.position)


def _found(tree: Tree) -> Iterator[Undocumented]:
    if isinstance(tree, Leaf):
        return
    for part in tree.parts:
        yield from _found(part)
    match tree.kind:
        case "group":
            yield Undocumented(position=tree.start, message="parentheses are in use but not documented (F8)")
        case "or" | "and" | "comparison" | "not":
            yield from _of_operator(tree)
        case "call" if tree.sign == "contains":
            subject = tree.parts[0]
            if not isinstance(subject, Leaf) or subject.text not in _WITH_CONTAINS:
                yield Undocumented(
                    position=tree.sign_at,
                    message="contains() is documented for event.outcome.reason and event.debugData.changedAttributes "
                    "only (F9)",
                )


def _of_operator(tree: Branch) -> Iterator[Undocumented]:
    sign = tree.sign
    counted = sign == ">" and isinstance(tree.parts[0], Branch) and tree.parts[0].sign == "size"
    if sign in _DOCUMENTED or counted:
        return
    how = "in use but not documented" if sign.lower() in _SEEN else "plausible, but neither documented nor seen"
    better = {"or": "||", "and": "&&", "eq": "eq", "ne": "ne"}.get(tree.operator.lower(), "")
    yield Undocumented(
        position=tree.sign_at, message=f"{sign!r} is {how} (F8)", hint=f"write {better}" if better else ""
    )
