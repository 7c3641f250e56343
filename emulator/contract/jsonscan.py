"""
A strict JSON scanner that remembers places: where a value stands, and where and why reading must stop.

The standard library's parser is the fast path; this one runs only when something has to be pointed at.
It keeps its own stack, so that deep nesting is an answer and not a crash.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.contract.problems import Path

__all__ = ["MAX_DEPTH", "Frame", "JsonFault", "Oddity", "Place", "Scan", "scan", "string_offsets"]

MAX_DEPTH: Final = 200  # Okta's own bodies are about 10 deep; parsers of many languages stop near 500 or 1,000
MAX_DIGITS: Final = 4300  # Python refuses longer integers, since turning them into numbers takes too long

SPACE: Final = re.compile(r"[ \t\r\n]*")
# Possessive, so that a string of many megabytes is matched without backtracking.
STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?")
WORD: Final = re.compile(r"-?[A-Za-z_$][\w$]*+")
NOT_FINITE: Final = ("NaN", "Infinity", "-Infinity")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Character offsets of a value and, for a member of an object, of its name."""

    value: int
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something the grammar or a lenient reader lets pass; ``kind`` names it, ``detail`` gives the particulars."""

    kind: str
    path: Path
    offset: int
    detail: str = ""
    other: int = 0


@dataclass(slots=True)
class Frame:
    """An open object or array: where it began, what is being read in it, and the names it has had."""

    bracket: str
    offset: int
    step: str | int
    node: dict[str | int, Any] | None
    names: dict[str, int] = field(default_factory=dict)
    key_offset: int | None = None


@dataclass(slots=True)
class Scan:
    """The outcome of a scan: where the value ends, the wanted places, and the oddities in order."""

    end: int = 0
    places: dict[Path, Place] = field(default_factory=dict)
    oddities: list[Oddity] = field(default_factory=list)


class JsonFault(Exception):  # noqa: N818  # a fault in the text, not an error of the program
    """The text is no JSON from ``offset`` on; ``expecting`` says what the grammar wanted there."""

    def __init__(self, offset: int, expecting: str, frames: list[Frame]) -> None:
        super().__init__(f"{expecting} at {offset}")
        self.offset = offset
        self.expecting = expecting
        self.frames = frames


def scan(text: str, start: int = 0, wanted: Iterable[Path] = ()) -> Scan:
    """
    Read one JSON value of *text* from *start* on, and find the places of the *wanted* paths in it.

    A name that occurs twice in one object stands for its last value, as in Python's and most other parsers.

    Raises:
        JsonFault: the text breaks JSON's grammar or nests deeper than ``MAX_DEPTH``;
            NaN and Infinity only count as oddities.
    """
    return _Scanner(text, wanted).run(start)


def string_offsets(text: str, start: int) -> list[int]:
    """Return where each character of the string literal at *start* stands in *text*, and last where it ends."""
    offsets = []
    position = start + 1
    while text[position] != '"':
        offsets.append(position)
        if text[position] != "\\":
            position += 1
        elif text[position + 1] != "u":
            position += 2
        else:
            high = 0xD800 <= int(text[position + 2 : position + 6], 16) < 0xDC00
            # Two escapes that make one character.
            position += 12 if high and text.startswith("\\u", position + 6) else 6
    return [*offsets, position]


class _Scanner:
    def __init__(self, text: str, wanted: Iterable[Path]) -> None:
        self.text = text
        self.frames: list[Frame] = []
        self.found = Scan()
        self.tree: dict[str | int, Any] = {}
        for path in wanted:
            node = self.tree
            for step in path:
                node = node.setdefault(step, {})

    def run(self, start: int) -> Scan:
        position = self.space(start)
        while True:
            position, complete = self.value(position)
            while complete:
                if not self.frames:
                    self.found.end = position
                    return self.found
                position, complete = self.next_or_close(self.space(position))

    def space(self, position: int) -> int:
        return SPACE.match(self.text, position).end()  # type: ignore[union-attr]  # matches even nothing

    def fault(self, offset: int, expecting: str) -> JsonFault:
        return JsonFault(offset, expecting, self.frames)

    def path(self) -> Path:
        return tuple(frame.step for frame in self.frames)

    def odd(self, kind: str, offset: int, detail: str = "", other: int = 0) -> None:
        self.found.oddities.append(Oddity(kind, self.path(), offset, detail, other))

    def node(self) -> dict[str | int, Any] | None:
        if not self.frames:
            return self.tree
        frame = self.frames[-1]
        return None if frame.node is None else frame.node.get(frame.step)

    def value(self, position: int) -> tuple[int, bool]:
        """Read a scalar, or open a container; return where to go on, and whether the value is complete."""
        node = self.node()
        if node is not None:
            self.found.places[self.path()] = Place(position, self.frames[-1].key_offset if self.frames else None)
        bracket = self.text[position : position + 1]
        if bracket not in {"{", "["}:
            return self.scalar(position), True
        if len(self.frames) == MAX_DEPTH:
            raise self.fault(position, "depth")
        inside = self.space(position + 1)
        if self.text[inside : inside + 1] == ("}" if bracket == "{" else "]"):
            return inside + 1, True
        self.frames.append(Frame(bracket, position, 0 if bracket == "[" else "", node))
        return (self.name(inside) if bracket == "{" else inside), False

    def scalar(self, position: int) -> int:
        text = self.text
        if text.startswith('"', position):
            return self.string(position)[1]
        number = NUMBER.match(text, position)
        if number:
            return self.number(number)
        word = WORD.match(text, position)
        if word and word[0] in {"true", "false", "null"}:
            return word.end()
        if word and word[0] in NOT_FINITE:
            self.odd("not-finite", position, word[0])
            return word.end()
        raise self.fault(position, "value")

    def number(self, number: re.Match[str]) -> int:
        digits = len(number[0])
        if digits > MAX_DIGITS:
            self.odd("long-number", number.start(), str(digits))
        elif any(c in ".eE" for c in number[0]) and not math.isfinite(float(number[0])):
            self.odd("huge-number", number.start(), number[0])
        if self.text[number.end() : number.end() + 1].isalnum():
            raise self.fault(number.start(), "number")
        return number.end()

    def string(self, position: int) -> tuple[str, int]:
        match = STRING.match(self.text, position)
        if not match:
            raise self.fault(position, "string")
        raw = match[0]
        if "\\" not in raw:
            return raw[1:-1], match.end()
        decoded: str = json.loads(raw)
        if _SURROGATE.search(decoded):
            self.odd("surrogate", position)
        return decoded, match.end()

    def name(self, position: int) -> int:
        """Read a member's name and its colon; return where its value begins."""
        frame = self.frames[-1]
        frame.step = ""
        if not self.text.startswith('"', position):
            raise self.fault(position, "name")
        name, end = self.string(position)
        frame.step, frame.key_offset = name, position
        if name in frame.names:
            self.odd("duplicate", position, name, frame.names[name])
        else:
            frame.names[name] = position
        colon = self.space(end)
        if not self.text.startswith(":", colon):
            raise self.fault(colon, "colon")
        return self.space(colon + 1)

    def next_or_close(self, position: int) -> tuple[int, bool]:
        """After a complete value: go to the next one in the same container, or close the container."""
        frame = self.frames[-1]
        mark = self.text[position : position + 1]
        if mark == ("}" if frame.bracket == "{" else "]"):
            self.frames.pop()
            return position + 1, True
        if mark != ",":
            raise self.fault(position, "comma")
        following = self.space(position + 1)
        if self.text[following : following + 1] in {"}", "]"}:
            raise self.fault(position, "trailing comma")
        if frame.bracket == "{":
            return self.name(following), False
        frame.step = int(frame.step) + 1
        return following, False
