"""The kinds of values a scenario may hold: single values, and here lists, mappings and records of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from emulator.names import did_you_mean
from emulator.runner.scalars import (
    ANY,
    DURATION,
    FLAG,
    TEXT,
    Choice,
    Duration,
    Kind,
    Number,
    Pattern,
    Regex,
    Text,
    Whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.model import JsonObject
    from emulator.runner.source import Node, Problems

__all__ = [
    "ANY",
    "DURATION",
    "FLAG",
    "TEXT",
    "Choice",
    "Duration",
    "Either",
    "Kind",
    "Many",
    "MapOf",
    "Number",
    "Option",
    "Pattern",
    "Record",
    "Regex",
    "Text",
    "Whole",
    "read_members",
]


class Many(Kind):
    """One value or a list of them, read as a tuple."""

    def __init__(self, kind: Kind, *, at_least: int = 1, only_list: bool = False) -> None:
        self._kind, self._at_least, self._only_list = kind, at_least, only_list
        self.wanted = f"a list of {kind.wanted}" if only_list else f"{kind.wanted}, or a list of such"

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        one = self._kind.schema()
        several = {"type": "array", "items": one, "minItems": self._at_least}
        return several if self._only_list else {"anyOf": [one, several]}

    def _read(self, node: Node, problems: Problems) -> tuple[Any, ...] | None:
        if not isinstance(node.value, list):
            if self._only_list:
                self._refuse(node, problems)
                return None
            return (self._kind.read(node, problems),)
        if len(node.value) < self._at_least:
            problems(node, "the list is empty", f"wanted {self.wanted}")
        return tuple(self._kind.read(item, problems) for item in node.value)


class MapOf(Kind):
    """A mapping of any keys to values of one kind, read as a dictionary."""

    def __init__(self, kind: Kind, *, what: str = "a mapping") -> None:
        self._kind = kind
        self.wanted = what

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"type": "object", "additionalProperties": self._kind.schema()}

    def _read(self, node: Node, problems: Problems) -> dict[str, Any] | None:
        if not isinstance(node.value, dict):
            self._refuse(node, problems)
            return None
        return {key: self._kind.read(member, problems) for key, member in node.value.items()}


class Option:
    """A member of a record: its kind, what it means, and whether it has to be there."""

    def __init__(self, kind: Kind, doc: str, *, required: bool = False) -> None:
        self.kind, self.doc, self.required = kind, doc, required


class Record(Kind):
    """
    A mapping of known keys, read as a dictionary of those that are given.

    One with a *doc* is defined once in the schema of scenarios, under its name.
    """

    shared: ClassVar[dict[str, Record]] = {}

    def __init__(self, what: str, options: Mapping[str, Option], *, doc: str = "") -> None:
        self._what = what
        self.options = options
        self.doc = doc
        self.wanted = f"a mapping with {', '.join(options)}"
        if doc:
            self.shared[what] = self

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"$ref": f"#/$defs/{self._what}"} if self.doc else self.definition()

    def definition(self) -> JsonObject:
        """Return the JSON Schema of such values, spelled out."""
        required = [name for name, option in self.options.items() if option.required]
        return {
            "type": "object",
            **({"description": self.doc} if self.doc else {}),
            "properties": {
                name: {"description": option.doc, **option.kind.schema()} for name, option in self.options.items()
            },
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }

    def _read(self, node: Node, problems: Problems) -> dict[str, Any] | None:
        if not isinstance(node.value, dict):
            self._refuse(node, problems)
            return None
        return read_members(node, self.options, problems, what=self._what)


def read_members(node: Node, options: Mapping[str, Option], problems: Problems, *, what: str) -> dict[str, Any]:
    """Return the members of a mapping that are known, and note unknown and missing ones."""
    found: dict[str, Any] = {}
    for key, member in node.value.items():
        option = options.get(key)
        if option is None:
            hints = [did_you_mean(key, options), f"{what} has: {', '.join(options)}"]
            problems(node.keys[key], f"unknown key {key!r} in {what}", "\n".join(filter(None, hints)))
        else:
            found[key] = option.kind.read(member, problems)
    for key, option in options.items():
        if option.required and key not in node.value:
            problems(node, f"{what} needs {key!r}", f"{key}: {option.doc}")
    return found


class Either(Kind):
    """A value of one of several kinds; the first that suits the value's type reads it."""

    def __init__(self, *choices: tuple[type | tuple[type, ...], Kind]) -> None:
        self._choices = choices
        self.wanted = " or ".join(dict.fromkeys(kind.wanted for _, kind in choices))

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"anyOf": [kind.schema() for _, kind in self._choices]}

    def _read(self, node: Node, problems: Problems) -> Any:
        for types, kind in self._choices:
            if isinstance(node.value, types):
                return kind.read(node, problems)
        self._refuse(node, problems)
        return None
