"""Whether an object passes a SCIM filter (L6, L8)."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from emulator.contract.expressions.scim.nodes import And, Node, Not, Or, Scalar, Term

__all__ = ["allowed_values", "contained_texts", "instant", "matches", "values_at"]

_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def matches(node: Node, document: Mapping[str, Any], *, ignore_case: bool = False) -> bool:
    """
    Say whether *document* passes.

    A path that leads through arrays has several values; a comparison is true when it is for any of them (L8), and
    ``ne`` is the opposite of ``eq``.
    """
    match node:
        case And(parts=parts):
            return all(matches(part, document, ignore_case=ignore_case) for part in parts)
        case Or(parts=parts):
            return any(matches(part, document, ignore_case=ignore_case) for part in parts)
        case Not(of=of):
            return not matches(of, document, ignore_case=ignore_case)
        case Term():
            return _term(node, document, ignore_case=ignore_case)
    raise TypeError(type(node).__name__)


def values_at(document: Any, path: str) -> Iterator[Any]:
    """Yield what is at a dotted *path*, once for each element of the arrays on the way; nulls are left out."""
    level = [document]
    for name in path.split("."):
        following = (item.get(name) for item in level if isinstance(item, Mapping))
        level = [inner for item in following for inner in (item if isinstance(item, list) else [item])]
    yield from (item for item in level if item is not None)


def _term(term: Term, document: Mapping[str, Any], *, ignore_case: bool) -> bool:
    values = list(values_at(document, term.path))
    match term.operator:
        case "pr":
            return any(value not in ("", [], {}) for value in values)
        case "eq":
            return _equals_any(values, term.value, ignore_case=ignore_case)
        case "ne":
            return not _equals_any(values, term.value, ignore_case=ignore_case)
        case "co" | "sw" | "ew":
            wanted = _folded(_as_text(term.value), ignore_case=ignore_case)
            texts = (_folded(_as_text(value), ignore_case=ignore_case) for value in values)
            return any(_part_of(term.operator, text, wanted) for text in texts)
    return any(_ordered(value, term.operator, term.value, ignore_case=ignore_case) for value in values)


def _equals_any(values: list[Any], wanted: Scalar, *, ignore_case: bool) -> bool:
    if wanted is None:
        return not values
    return any(_equal(value, wanted, ignore_case=ignore_case) for value in values)


def _equal(value: Any, wanted: Scalar, *, ignore_case: bool) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        if _folded(value, ignore_case=ignore_case) == _folded(wanted, ignore_case=ignore_case):
            return True
        moments = instant(value), instant(wanted)
        return None not in moments and moments[0] == moments[1]
    # debugData holds numbers and booleans as strings (L24), so true, "true" and 1, "1" are the same.
    return bool(value == wanted) or _as_text(value) == _as_text(wanted)


def _part_of(how: str, text: str, wanted: str) -> bool:
    if how == "co":
        return wanted in text
    return text.startswith(wanted) if how == "sw" else text.endswith(wanted)


def _ordered(value: Any, how: str, wanted: Scalar, *, ignore_case: bool) -> bool:
    if wanted is None or isinstance(value, dict | list):
        return False
    compare = _ORDER[how]
    numbers = _number(value), _number(wanted)
    if None not in numbers:
        return compare(*numbers)
    one, other = _as_text(value), _as_text(wanted)
    moments = instant(one), instant(other)
    if None not in moments:
        return compare(*moments)
    return compare(_folded(one, ignore_case=ignore_case), _folded(other, ignore_case=ignore_case))


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | int | float) else ""


def _folded(text: str, *, ignore_case: bool) -> str:
    return text.casefold() if ignore_case else text


def instant(text: str) -> datetime | None:
    """Return the instant that an ISO 8601 *text* names; without a zone it is UTC.  None if it names none."""
    if len(text) < len("2026-08-21") or not text[:4].isdigit():
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def allowed_values(node: Node, path: str) -> Collection[str] | None:
    """
    Return the only values that *path* can have in an object that passes, None if any.

    It is what an index can be asked for before every object is looked at; matching is still needed after it.
    """
    match node:
        case Term(operator="eq", value=str() as value) if node.path == path:
            return {value}
        case And(parts=parts):
            found = [values for values in (allowed_values(part, path) for part in parts) if values is not None]
            return set.intersection(*map(set, found)) if found else None
        case Or(parts=parts):
            unions: set[str] = set()
            for part in parts:
                values = allowed_values(part, path)
                if values is None:
                    return None
                unions |= set(values)
            return unions
    return None


def contained_texts(node: Node) -> tuple[str, ...]:
    """
    Return pieces of text that the JSON of an object that passes must contain, with JSON's ASCII escapes.

    Searching text for them is far quicker than reading it; matching is still needed after it.
    """
    match node:
        case Term(operator="eq" | "co" | "sw" | "ew", value=str() as value) if value and instant(value) is None:
            return (json.dumps(value)[1:-1],)
        case And(parts=parts):
            return tuple(dict.fromkeys(text for part in parts for text in contained_texts(part)))
    return ()
