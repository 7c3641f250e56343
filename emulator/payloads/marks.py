"""
Texts that aren't known yet: what stands for them while an event is built, and what finds them afterwards.

A mark is a text that no real one can be mistaken for.  Whoever asks the draws of a marked world for something that
depends on an event's number, or on somebody who isn't known yet, gets a mark, and it is noted how to find the text.
"""

from __future__ import annotations

import re
from dataclasses import fields
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emulator.payloads.draws import Draws
from emulator.payloads.world import App, Device, Group, Person, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Fill = Callable[["Occasion", list[str]], str]

__all__ = ["CUT", "NUMBER", "REMEMBERED", "MarkedWorld", "Marks", "Occasion", "can_be_marked", "escaped", "whole"]

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK: Final = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
# Whole members: a value of its own, or a member that is left out where nulls are.
CUT: Final = re.compile(f'"device":"{_OPEN}device{_CLOSE}",|"{_OPEN}([a-z]+){_CLOSE}"|{_OPEN}(\\d+){_CLOSE}')
REMEMBERED: Final = 10_000  # texts that follow from who acts, not from the event's number


class Occasion(NamedTuple):
    """What tells one event of a stencil from another; *moment* is in milliseconds since 1970."""

    number: int
    moment: int
    person: Person
    group: Group
    app: App
    admin: Person


class _Number(int):
    """The number of an event that has none yet; nobody may calculate with it."""

    def _refuse(self, *_: Any) -> Any:
        raise TypeError("a recipe calculates with an event's number; let it use the draws instead")

    __add__ = __radd__ = __sub__ = __mul__ = __mod__ = __floordiv__ = __divmod__ = _refuse
    __str__ = __format__ = _refuse


NUMBER: Final = _Number(0)


class Marks:
    """The texts that are not known yet: each mark has a function that finds its text for an occasion."""

    def __init__(self) -> None:
        self.fills: list[Fill] = []
        self._needs: list[set[int]] = []
        self._known: dict[Any, str] = {}

    def mark(self, key: Any, fill: Fill, *, needs: Iterable[Any] = ()) -> str:
        """
        Return the mark for *key*: the same one each time, so that each text is found once per event.

        *needs* are values that may hold marks of texts which *fill* looks at.
        """
        if key not in self._known:
            self._known[key] = f"{_OPEN}{len(self.fills)}{_CLOSE}"
            self.fills.append(fill)
            texts = [value for value in needs if isinstance(value, str)]
            self._needs.append({int(index) for text in texts for index in _MARK.findall(text)})
        return self._known[key]

    def used(self, indexes: Iterable[int]) -> list[tuple[int, Fill]]:
        """Return the fills of the marks of these *indexes* and of all that they need, in an order that works."""
        found: set[int] = set()
        open_ones = list(indexes)
        while open_ones:
            index = open_ones.pop()
            if index not in found:
                found.add(index)
                open_ones += self._needs[index]
        return [(index, self.fills[index]) for index in sorted(found)]


class _MarkedDraws(Draws):
    """Draws that answer with a mark if what they are asked for depends on the occasion."""

    __slots__ = ("_draws", "_marks")

    def __init__(self, draws: Draws, marks: Marks) -> None:
        self._draws = draws
        self._marks = marks

    def _later(self, method: str, first: Any, label: str, numbers: tuple[int | str, ...]) -> Any:
        draw = getattr(self._draws, method)
        shown = escaped if method == "pick" else str
        if not any(map(_is_open, numbers)):
            return draw(first, label, *numbers)
        finders = [_finder(number) for number in numbers]

        memory: dict[tuple[Any, ...], str] = {}

        def fill(occasion: Occasion, texts: list[str]) -> str:
            found = tuple([find(occasion, texts) for find in finders])
            if found not in memory:
                if len(memory) > REMEMBERED:
                    memory.clear()
                memory[found] = shown(draw(first, label, *found))
            return memory[found]

        def fill_of_number(occasion: Occasion, _: list[str]) -> str:
            return shown(draw(first, label, occasion.number))

        # An occasion's number has no text, so "number" tells it from a fixed 0.
        names = tuple("number" if number is NUMBER else number for number in numbers)
        chosen = fill_of_number if names == ("number",) else fill
        return self._marks.mark((method, first, label, names), chosen, needs=numbers)

    def raw(self, label: str, *numbers: int | str) -> bytes:
        if any(map(_is_open, numbers)):
            raise TypeError(f"bytes drawn for {label!r} depend on the occasion; only texts may")
        return self._draws.raw(label, *numbers)

    def pick(self, options: Sequence[Any], label: str, *numbers: int | str) -> Any:
        return self._later("pick", options if isinstance(options, tuple) else tuple(options), label, numbers)

    def hexadecimal(self, length: int, label: str, *numbers: int | str) -> str:
        return str(self._later("hexadecimal", length, label, numbers))

    def alphanumeric(self, length: int, label: str, *numbers: int | str) -> str:
        return str(self._later("alphanumeric", length, label, numbers))

    def base64url(self, count: int, label: str, *numbers: int | str) -> str:
        return str(self._later("base64url", count, label, numbers))


def _is_open(value: Any) -> bool:
    """Say whether a value depends on the occasion."""
    return value is NUMBER or (isinstance(value, str) and _OPEN in value)


def _finder(value: Any) -> Callable[[Occasion, list[str]], Any]:
    """Return what finds an argument's value for an occasion."""
    if value is NUMBER:
        return lambda occasion, _: occasion.number
    if not _is_open(value):
        return lambda _, __: value
    whole = _MARK.fullmatch(value)
    if whole:
        index = int(whole.group(1))
        return lambda _, texts: texts[index]
    return lambda _, texts: _MARK.sub(lambda found: texts[int(found.group(1))], value)


class MarkedWorld(World):
    """A world whose draws give marks; what people own is looked up in the real one, once their ids are known."""

    def __init__(self, world: World, marks: Marks) -> None:
        vars(self).update(vars(world))
        self.draws = _MarkedDraws(world.draws, marks)
        self._world = world
        self._marks = marks

    def device(self, owner: str) -> Device:
        """Return the device of somebody who isn't known yet."""
        find = _finder(owner)

        def mark(name: str) -> Any:
            def fill(occasion: Occasion, texts: list[str]) -> str:
                return escaped(str(getattr(self._world.device(str(find(occasion, texts))), name)))

            return self._marks.mark(("device", owner, name), fill, needs=[owner])

        return Device(**{name: mark(name) for name in (field.name for field in fields(Device))})

    def network(self, owner: str) -> Any:
        """Return what may be known of the network of somebody who isn't known yet."""
        find = _finder(owner)

        def mark(name: str) -> str:
            def fill(occasion: Occasion, texts: list[str]) -> str:
                return escaped(getattr(self._world.network(str(find(occasion, texts))), name))

            return self._marks.mark(("network", owner, name), fill, needs=[owner])

        return _Whereabouts(*map(mark, _Whereabouts._fields))


class _Whereabouts(NamedTuple):
    """All that a recipe may know of the network of somebody who isn't known yet."""

    ip: str
    city: str
    state: str
    country: str
    latitude_text: str
    longitude_text: str


def escaped(text: str) -> str:
    """Return *text* as it stands between the quotes of JSON."""
    return encode_basestring(text)[1:-1]


def can_be_marked(*texts: str | None) -> bool:
    """Say whether *texts*, which come from outside, can't be mistaken for marks."""
    return not any(sign in (text or "") for text in texts for sign in (_OPEN, _CLOSE))


def whole(name: str) -> Any:
    """Return the mark of a whole value."""
    return f"{_OPEN}{name}{_CLOSE}"
