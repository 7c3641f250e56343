"""Warnings about filters that can be read but hardly mean what was meant (F8, F11-F15, F21)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from emulator.contract.catalogue import eligible_types, known_types
from emulator.contract.expressions.event_filter.fields import RESULTS
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
from emulator.contract.expressions.event_filter.possibility import Possibility, possibility
from emulator.contract.expressions.event_filter.strictness import undocumented
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.contract.expressions.event_filter import EventFilter

__all__ = ["Doubt", "advise"]

_CHANGED: Final = "event.debugData.changedAttributes"
_EVENT_TYPE: Final = "event.eventType"
_RESULT: Final = "event.outcome.result"

# Profile attributes every org has; enough to show that a part of one is a part of others too (F15).
_ATTRIBUTES: Final = (
    "login", "email", "secondEmail", "firstName", "lastName", "middleName", "displayName", "nickName", "title",
    "honorificPrefix", "honorificSuffix", "mobilePhone", "primaryPhone", "city", "state", "countryCode",
    "department", "division", "organization", "manager", "managerId", "userType", "employeeNumber", "costCenter",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something to look at; ``position`` is where, None for the filter as a whole."""

    message: str
    rule: str
    position: int | None = None
    hint: str = ""


def advise(found: EventFilter, *, event_types: Sequence[str] = ()) -> list[Doubt]:
    """
    Return what is doubtful about a filter.

    Args:
        found: The filter.
        event_types: The types it is used for; by default all that event hooks may carry.
    """
    types = tuple(event_types) or tuple(eligible_types())
    whole = list(_of_the_whole(found.node, types, given=bool(event_types)))
    parts = [doubt for node in _nodes(found.node) for doubt in _of(node, types, given=bool(event_types))]
    beyond = [
        Doubt(message=part.message, rule="F8", position=part.position, hint=part.hint)
        for part in undocumented(found.tree)
    ]
    return [*whole, *sorted([*parts, *beyond], key=lambda doubt: doubt.position or 0)]


def _of_the_whole(node: Node, types: Sequence[str], *, given: bool) -> Iterator[Doubt]:
    match possibility(node, event_types=types):
        case Possibility.NEVER:
            which = (
                f"no event of type {', '.join(types)}" if given else f"none of the {len(types)} eligible event types"
            )
            yield Doubt(message=f"{which} can ever pass", rule="F5")
        case Possibility.ALWAYS:
            yield Doubt(
                message="every event passes, so this filters nothing",
                rule="F4",
                hint="an event type without an entry is unfiltered anyway",
            )


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case And(parts=parts) | Or(parts=parts):
            inner: tuple[Node, ...] = parts
        case Comparison(left=left, right=right):
            inner = (left, right)
        case Not(of=of) | Size(of=of) | Contains(of=of):
            inner = (of,)
        case Selection(condition=condition):
            inner = (condition,)
        case _:
            inner = ()
    for part in inner:
        yield from _nodes(part)


def _of(node: Node, types: Sequence[str], *, given: bool) -> Iterator[Doubt]:
    match node:
        case Comparison():
            yield from _of_comparison(node)
        case And():
            yield from _of_rows(node)
        case Contains(of=Field(name=name), part=part) if name == _CHANGED:
            yield from _of_part(node, part)
        case Field(name=name) if name == _CHANGED and given:
            yield from _of_changed(node, types)


def _of_comparison(node: Comparison) -> Iterator[Doubt]:
    for field, literal in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(field, Field) or not isinstance(literal, Literal):
            continue
        if literal.value is not None and not isinstance(literal.value, str):
            kind = Kind.NUMBER if not isinstance(literal.value, bool) else Kind.CONDITION
            yield Doubt(message=f"text never equals {kind}", rule="F10", position=literal.start, hint="quote it")
        elif isinstance(literal.value, str):
            yield from _of_literal(field, literal.value, node.operator, literal.start)


def _of_literal(field: Field, text: str, operator: str, position: int) -> Iterator[Doubt]:
    if operator not in {"eq", "ne"}:
        return
    match field.name:
        case "event.eventType" if text not in eligible_types():
            known = text in known_types()
            yield Doubt(
                message=f"{text!r} is not event-hook-eligible" if known else f"{text!r} is no known event type",
                rule="A9" if known else "F21",
                position=position,
                hint="" if known else did_you_mean(text, eligible_types()),
            )
        case "event.outcome.result" if text not in RESULTS:
            yield Doubt(
                message=f"{text!r} is no result that events have",
                rule="F12",
                position=position,
                hint=f"{did_you_mean(text, RESULTS) or 'such as SUCCESS;'} capitals count (F13)",
            )
        case "type" if text not in _target_types():
            yield Doubt(
                message=f"no target of type {text!r} was ever seen",
                rule="L22",
                position=position,
                hint=did_you_mean(text, _target_types()),
            )
        case "event.debugData.changedAttributes":
            yield Doubt(
                message="changedAttributes is one text such as lastName,firstName, so eq wants the exact whole list",
                rule="F15",
                position=position,
                hint=f".contains('{text}') asks for a part of it",
            )


def _of_part(node: Contains, part: str) -> Iterator[Doubt]:
    others = [name for name in _ATTRIBUTES if part in name and name != part]
    if others:
        yield Doubt(
            message=f"{part!r} is also a part of {', '.join(others[:4])}: contains() compares text, not list members",
            rule="F15",
            position=node.start,
        )


def _of_changed(field: Field, types: Sequence[str]) -> Iterator[Doubt]:
    without = [name for name in types if name in known_types() and "changedAttributes" not in _debug_keys(name)]
    if without:
        yield Doubt(
            message=f"{', '.join(without[:3])} is not known to have changedAttributes, so it reads as null",
            rule="F14",
            position=field.start,
            hint="contains() of null is an evaluation error, and the event is not delivered",
        )


def _of_rows(node: And) -> Iterator[Doubt]:
    counted = [
        part.left.of.condition
        for part in node.parts
        if isinstance(part, Comparison) and isinstance(part.left, Size) and not isinstance(part.right, Size)
    ]
    read = [{inner.name for inner in _nodes(condition) if isinstance(inner, Field)} for condition in counted]
    if len(counted) > 1 and any(one != other for one in read for other in read):
        yield Doubt(
            message="the selections are counted one by one, so different targets may meet them",
            rule="F11",
            position=node.start,
            hint="for one target write event.target.?[type eq 'UserGroup' && displayName eq 'Sales'].size() > 0",
        )


def _debug_keys(name: str) -> set[str]:
    known = known_types()[name]
    return {*known.debug_keys.value, *known.captured.get("debugData", ())}


@cache
def _target_types() -> frozenset[str]:
    return frozenset(target for known in known_types().values() for target in known.target_types.value)
