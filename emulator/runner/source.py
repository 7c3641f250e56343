"""Text with places: where in a file a value stands, and how a problem with it is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from emulator.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["InvalidScenarioError", "Node", "Place", "Problem", "Problems", "Source", "plain", "settled"]

_WIDTH = 100  # of the offending line, as far as it is shown
_MOST_PROBLEMS = 20
# What stands behind such a key may be a secret, so it is not repeated.
_SECRET = re.compile(r"""((?:authorization|value|secret|token|password|api[-_]?key)["']?\s*:\s*)\S.*""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's name, as the user wrote it, and its lines."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column of a source, both from 1; *hidden* keeps the line itself out of messages."""

    source: Source
    line: int
    column: int
    hidden: bool = False

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """Return the line with its number, and a caret under the column; a long line is cut around it."""
        if self.hidden or not 0 < self.line <= len(self.source.lines):
            return ""
        if not self.source.lines[self.line - 1].strip():
            return ""
        text = "".join(character if character.isprintable() else " " for character in self.source.lines[self.line - 1])
        text = _SECRET.sub(r"\1[secret]", text)
        start = max(0, self.column - _WIDTH * 3 // 4) if len(text) > _WIDTH else 0
        number = str(self.line)
        caret = " " * (self.column - 1 - start) + "^"
        return f"{number} | {text[start : start + _WIDTH].rstrip()}\n{' ' * len(number)} | {caret}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong at a place of a file, and what to do about it."""

    place: Place
    message: str
    hint: str = ""

    def error(self) -> ScenarioError:
        """Return the problem as an exception."""
        hint = "\n".join(filter(None, [self.place.excerpt(), self.hint]))
        return ScenarioError(self.message, where=str(self.place), hint=hint)


class Problems:
    """Collects what is wrong, so that a file's author learns of everything at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def __call__(self, node: Node | Place, message: str, hint: str = "") -> None:
        """Note a problem."""
        place = node.place if isinstance(node, Node) else node
        problem = Problem(place=place, message=message, hint=hint)
        if problem not in self.found:
            self.found.append(problem)

    def raise_if_any(self) -> None:
        """
        Raise what was noted.

        Raises:
            InvalidScenarioError: something was.
        """
        if self.found:
            raise InvalidScenarioError(self.found)


class InvalidScenarioError(ScenarioError):
    """One or more files are wrong; ``problems`` has every place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems, key=lambda it: (it.place.source.name, it.place.line, it.place.column))
        super().__init__(self.problems[0].message, where=str(self.problems[0].place), hint=self.problems[0].hint)

    def __str__(self) -> str:
        shown = [str(problem.error()) for problem in self.problems[:_MOST_PROBLEMS]]
        more = len(self.problems) - len(shown)
        return "\n".join([*shown, *([f"and {more} more problems"] if more else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """
    A value of a YAML file and its place.

    ``value`` is a text, number, boolean or None, a list of nodes, or a dictionary of nodes by their key; ``keys``
    has the places of the keys.  ``deferred`` says that the text holds a ``${...}`` that is not resolved yet.
    """

    value: Any
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)
    deferred: bool = False

    @property
    def kind(self) -> str:
        """What the value is, in a user's words."""
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list"
        if self.value is None:
            return "nothing"
        return {bool: "true or false", int: "a number", float: "a number", str: "text"}[type(self.value)]

    def shown(self) -> str:
        """Return the value for a message, short and quoted."""
        if isinstance(self.value, dict | list):
            return self.kind
        text = str(self.value).lower() if isinstance(self.value, bool) else str(self.value)
        return "nothing" if self.value is None else repr(text if len(text) <= 60 else f"{text[:57]}...")


def settled(node: Node) -> Node:
    """Return *node* with every ``${...}`` taken as plain text: it is for somebody else to resolve."""
    if isinstance(node.value, dict):
        return replace(node, value={key: settled(member) for key, member in node.value.items()})
    if isinstance(node.value, list):
        return replace(node, value=[settled(member) for member in node.value])
    return replace(node, deferred=False)


def plain(node: Node) -> Any:
    """Return the value without its places."""
    if isinstance(node.value, dict):
        return {key: plain(member) for key, member in node.value.items()}
    if isinstance(node.value, list):
        return [plain(member) for member in node.value]
    return node.value
