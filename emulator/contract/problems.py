"""What a check of a document finds: problems with a place, a rule and words a newcomer understands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Level", "Path", "Problem", "describe", "pointer", "printable", "without_echoes", "worst_first"]

Path = tuple[str | int, ...]

_SHOWN = 60
_MEMBERS_SHOWN = 4


class Level(StrEnum):
    """How sure a problem is one: Okta never does this, it was never seen, or it is merely new to us."""

    MUST = "must"
    SHOULD = "should"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    One thing that is wrong or remarkable in a document.

    ``path`` leads to the value; ``at_key`` says that the member's name is meant, not its value.
    ``line`` and ``column`` count from 1, in characters; they are None for objects that never were text.
    ``member`` is the name a missing or misspelt member should have.
    """

    path: Path = ()
    rule: str
    level: Level
    message: str
    hint: str = ""
    got: str = ""
    wanted: str = ""
    at_key: bool = False
    line: int | None = None
    column: int | None = None
    member: str = ""

    @property
    def pointer(self) -> str:
        """The JSON pointer (RFC 6901) of the value; the whole document is the empty string."""
        return pointer(self.path)


def pointer(path: Path) -> str:
    """Write *path* as a JSON pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """Sort by place in the document; at one place, *must* before *should* before *note*."""
    order = list(Level)
    return sorted(problems, key=lambda p: (p.line or 0, p.column or 0, order.index(p.level), p.rule))


def without_echoes(problems: list[Problem]) -> list[Problem]:
    """Leave out notes on what a graver problem at the same place is about."""
    graver = {problem.path for problem in problems if problem.level is not Level.NOTE}
    return [p for p in problems if p.level is not Level.NOTE or p.path not in graver]


def printable(text: str) -> str:
    """
    Escape whatever could disturb a terminal or can't be encoded: controls, bidi marks, lone surrogates.

    Letters of any script stay readable.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # end of the first plane


def describe(value: Any, *, secret: bool = False) -> str:
    """Say in a few words what *value* is; long text is cut, a secret is only named by its type."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return "a string" if secret else _describe_text(value)
        case int() | float():
            return "a number" if secret else f"the number {_number(value)}"
        case list():
            return f"an array of {len(value)}" if value else "an empty array"
        case dict():
            return _describe_object(value)
    return type(value).__name__


def _describe_text(text: str) -> str:
    if not text:
        return "an empty string"
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    length = "" if cut is text else f" ({len(text)} characters)"
    return f'the string "{printable(cut)}"{length}'


def _number(value: float) -> str:
    # Turning an int of thousands of digits into text is slow and, by default, refused by Python.
    if isinstance(value, int) and value.bit_length() > 4 * _SHOWN:
        return "of more than 70 digits"
    return str(value) if math.isfinite(value) else {"nan": "NaN"}.get(str(value), str(value).replace("inf", "Infinity"))


def _describe_object(value: dict[str, Any]) -> str:
    if not value:
        return "an empty object"
    names = [printable(str(name)[:_SHOWN]) for name in list(value)[:_MEMBERS_SHOWN]]
    more = f" and {len(value) - len(names)} more" if len(value) > len(names) else ""
    return f"an object with {', '.join(names)}{more}"
