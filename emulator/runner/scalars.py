"""
Kinds of single values: each reads a node, says what is wrong with it, and gives its JSON Schema.

A text with a ``${...}`` can't be judged before it is resolved, so its reading is put off until its step runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emulator.names import did_you_mean
from emulator.runner.source import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.contract.model import JsonObject
    from emulator.runner.source import Node, Problems

__all__ = [
    "ANY",
    "DURATION",
    "FLAG",
    "TEXT",
    "AnyValue",
    "Choice",
    "Duration",
    "Kind",
    "Number",
    "Pattern",
    "Regex",
    "Text",
    "Whole",
]

_DURATION = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>ms|s|m|h|d)")
_LONGEST = 366 * 86400.0  # seconds
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
# What the editor's schema says in place of a value that is worked out later.
_DEFERRED: Final = {"type": "string", "pattern": r"\$\{"}


class Kind:
    """One kind of value; ``wanted`` names it in messages."""

    wanted = "a value"
    lazy = False  # whether a step reads the value itself, unresolved

    def read(self, node: Node, problems: Problems) -> Any:
        """Return the value in *node*, or None after noting what is wrong or if it can't be known yet."""
        return None if node.deferred else self._read(node, problems)

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {}

    def _read(self, node: Node, problems: Problems) -> Any:
        raise NotImplementedError

    def _refuse(self, node: Node, problems: Problems) -> None:
        problems(node, f"wanted {self.wanted}, not {node.shown()}")


class AnyValue(Kind):
    """Any JSON value, taken as it is."""

    def read(self, node: Node, problems: Problems) -> Any:
        """Return the value without places."""
        del problems
        return plain(node)


class Text(Kind):
    """A text; a number or boolean is taken as it is written."""

    def __init__(self, wanted: str = "text") -> None:
        self.wanted = wanted

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"type": ["string", "number", "boolean"]}

    def _read(self, node: Node, problems: Problems) -> str | None:
        if isinstance(node.value, dict | list) or node.value is None:
            self._refuse(node, problems)
            return None
        return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


class Pattern(Text):
    """A text of a certain form."""

    def __init__(self, pattern: str, wanted: str) -> None:
        super().__init__(wanted)
        self._pattern = pattern

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"anyOf": [{"type": "string", "pattern": f"^(?:{self._pattern})$"}, _DEFERRED]}

    def _read(self, node: Node, problems: Problems) -> str | None:
        text = super()._read(node, problems)
        if text is not None and not re.fullmatch(self._pattern, text):
            self._refuse(node, problems)
            return None
        return text


class Regex(Text):
    """A regular expression."""

    def __init__(self) -> None:
        super().__init__("a regular expression")

    def _read(self, node: Node, problems: Problems) -> str | None:
        text = super()._read(node, problems)
        try:
            re.compile(text or "")
        except re.error as error:
            problems(node, f"{node.shown()} is no regular expression: {error}")
            return None
        return text


class Number(Kind):
    """Any number."""

    wanted = "a number"

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"anyOf": [{"type": "number"}, _DEFERRED]}

    def _read(self, node: Node, problems: Problems) -> float | None:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return node.value
        self._refuse(node, problems)
        return None


class Choice(Kind):
    """One of a few names."""

    def __init__(self, what: str, names: tuple[str, ...] | Callable[[], tuple[str, ...]]) -> None:
        self._what = what
        self._names = names

    @property
    def names(self) -> tuple[str, ...]:
        """The names to choose from."""
        return self._names() if callable(self._names) else self._names

    @property
    def wanted(self) -> str:  # type: ignore[override]
        """What a message asks for."""
        return f"one of {', '.join(self.names)}"

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"anyOf": [{"enum": list(self.names)}, _DEFERRED]}

    def _read(self, node: Node, problems: Problems) -> str | None:
        if isinstance(node.value, str) and node.value in self.names:
            return node.value
        shown = node.shown()
        known = f"known: {', '.join(self.names)}"
        guess = did_you_mean(str(node.value), self.names) if isinstance(node.value, str) else ""
        problems(node, f"unknown {self._what} {shown}", "\n".join(filter(None, [guess, known])))
        return None


class Whole(Kind):
    """A whole number within bounds."""

    def __init__(self, low: int = 0, high: int = 2**63) -> None:
        self._low, self._high = low, high
        most = f" to {high}" if high < 2**31 else " or more"
        self.wanted = f"a whole number, {low}{most}"

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"anyOf": [{"type": "integer", "minimum": self._low, "maximum": self._high}, _DEFERRED]}

    def _read(self, node: Node, problems: Problems) -> int | None:
        if isinstance(node.value, int) and not isinstance(node.value, bool) and self._low <= node.value <= self._high:
            return node.value
        self._refuse(node, problems)
        return None


class _Flag(Kind):
    wanted = "true or false"

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"type": "boolean"}

    def _read(self, node: Node, problems: Problems) -> bool | None:
        if isinstance(node.value, bool):
            return node.value
        self._refuse(node, problems)
        return None


class Duration(Kind):
    """A length of time with its unit, read as seconds."""

    wanted = "a time with its unit, such as 500ms, 3s, 2m or 1h"

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"anyOf": [{"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?\s*(ms|s|m|h|d)$"}, _DEFERRED]}

    def _read(self, node: Node, problems: Problems) -> float | None:
        found = _DURATION.fullmatch(node.value) if isinstance(node.value, str) else None
        if found is not None:
            seconds = float(found["number"]) * _SECONDS[found["unit"]]
            if seconds <= _LONGEST:
                return seconds
            problems(node, f"the time {node.shown()} is longer than a year")
        elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
            problems(node, f"the time {node.shown()} has no unit", f"write {node.value}s, or {node.value}ms")
        else:
            self._refuse(node, problems)
        return None


ANY: Final = AnyValue()
TEXT: Final = Text()
FLAG: Final = _Flag()
DURATION: Final = Duration()
