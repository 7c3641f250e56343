"""
Events in bulk: the same bytes as ``build_event`` and ``in_shape``, many times faster.

An event is built once, the ordinary way, of a scene whose texts are *marks*: what depends on the occasion - person,
number, instant, actor - isn't known yet.  The JSON of that event, cut at the marks, is a stencil; an event is the
stencil with the texts of its occasion filled in.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from json.encoder import JSONEncoder, encode_basestring
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emulator.contract.catalogue import event_type as find_event_type
from emulator.payloads.draws import Draws
from emulator.payloads.envelope import ID_BYTES, build_envelope, drawn_for, utf_8
from emulator.payloads.identifiers import uuid_of_time, uuid_random
from emulator.payloads.log_event import TICKS, assemble, uuid_start
from emulator.payloads.moments import default_event_time, text_of
from emulator.payloads.origins import actor_of, client_of, device_of, security_of
from emulator.payloads.recipes import recipe_for
from emulator.payloads.scene import Scene
from emulator.payloads.shapes import in_shape
from emulator.payloads.world import App, Device, Group, Person, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from emulator.contract.model import JsonObject
    from emulator.payloads.scene import Origin

    _Fill = Callable[["Occasion", list[str]], str]

__all__ = ["EnvelopeStencil", "Occasion", "Stencil", "Surroundings", "can_stencil"]

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK: Final = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
# Whole members: a value of its own, or a member that is left out where nulls are.
_CUT: Final = re.compile(f'"device":"{_OPEN}device{_CLOSE}",|"{_OPEN}([a-z]+){_CLOSE}"|{_OPEN}(\\d+){_CLOSE}')


_REMEMBERED: Final = 10_000  # texts that follow from who acts, not from the event's number
_WHOLE: Final = ("client", "security", "request", "device")


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


_NUMBER: Final = _Number(0)


class _Marks:
    """The texts that are not known yet: each mark has a function that finds its text for an occasion."""

    def __init__(self) -> None:
        self.fills: list[_Fill] = []
        self._needs: list[set[int]] = []
        self._known: dict[Any, str] = {}

    def mark(self, key: Any, fill: _Fill, *, needs: Iterable[Any] = ()) -> str:
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

    def used(self, indexes: Iterable[int]) -> list[tuple[int, _Fill]]:
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

    def __init__(self, draws: Draws, marks: _Marks) -> None:
        self._draws = draws
        self._marks = marks

    def _later(self, method: str, first: Any, label: str, numbers: tuple[int | str, ...]) -> Any:
        draw = getattr(self._draws, method)
        shown = _escaped if method == "pick" else str
        if not any(map(_is_open, numbers)):
            return draw(first, label, *numbers)
        finders = [_finder(number) for number in numbers]

        memory: dict[tuple[Any, ...], str] = {}

        def fill(occasion: Occasion, texts: list[str]) -> str:
            found = tuple([find(occasion, texts) for find in finders])
            if found not in memory:
                if len(memory) > _REMEMBERED:
                    memory.clear()
                memory[found] = shown(draw(first, label, *found))
            return memory[found]

        def fill_of_number(occasion: Occasion, _: list[str]) -> str:
            return shown(draw(first, label, occasion.number))

        # An occasion's number has no text, so "number" tells it from a fixed 0.
        names = tuple("number" if number is _NUMBER else number for number in numbers)
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
    return value is _NUMBER or (isinstance(value, str) and _OPEN in value)


def _finder(value: Any) -> Callable[[Occasion, list[str]], Any]:
    """Return what finds an argument's value for an occasion."""
    if value is _NUMBER:
        return lambda occasion, _: occasion.number
    if not _is_open(value):
        return lambda _, __: value
    whole = _MARK.fullmatch(value)
    if whole:
        index = int(whole.group(1))
        return lambda _, texts: texts[index]
    return lambda _, texts: _MARK.sub(lambda found: texts[int(found.group(1))], value)


class _MarkedWorld(World):
    """A world whose draws give marks; what people own is looked up in the real one, once their ids are known."""

    def __init__(self, world: World, marks: _Marks) -> None:
        vars(self).update(vars(world))
        self.draws = _MarkedDraws(world.draws, marks)
        self._world = world
        self._marks = marks

    def device(self, owner: str) -> Device:
        find = _finder(owner)

        def mark(name: str) -> Any:
            def fill(occasion: Occasion, texts: list[str]) -> str:
                return _escaped(str(getattr(self._world.device(str(find(occasion, texts))), name)))

            return self._marks.mark(("device", owner, name), fill, needs=[owner])

        return Device(**{name: mark(name) for name in (field.name for field in fields(Device))})

    def network(self, owner: str) -> Any:
        find = _finder(owner)

        def mark(name: str) -> str:
            def fill(occasion: Occasion, texts: list[str]) -> str:
                return _escaped(getattr(self._world.network(str(find(occasion, texts))), name))

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


def _escaped(text: str) -> str:
    return encode_basestring(text)[1:-1]


class Surroundings:
    """
    What depends on who acts, and on nothing else of an event: found once for each, and shared by stencils.

    Args:
        world: The company the events happen in.
        shape: One of ``SHAPES`` but ``preview-sample``.
        nulls: ``omit`` or ``explicit``, for deliveries (D18).
    """

    def __init__(self, world: World, *, shape: str = "delivery", nulls: str = "omit") -> None:
        self.world = world
        self.shape = shape
        self.nulls = nulls
        self._known: dict[tuple[Origin, str], tuple[str, ...]] = {}

    def in_shape(self, event: JsonObject) -> JsonObject:
        """Return an event in the shape of all events here."""
        return in_shape(event, self.shape, nulls=self.nulls)

    def of(self, origin: Origin, actor_id: str) -> tuple[str, ...]:
        """Return the JSON of what is around an actor, in the order of ``_WHOLE``."""
        found = self._known.get((origin, actor_id))
        if found is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            found = self._known[origin, actor_id] = self._found(origin, actor_id)
        return found

    def _found(self, origin: Origin, actor_id: str) -> tuple[str, ...]:
        shaped = self.in_shape(
            {
                "client": client_of(self.world, origin, actor_id),
                "device": device_of(self.world, origin, actor_id),
                "securityContext": security_of(self.world, origin, actor_id),
            }
        )
        device = f'"device":{_json(shaped["device"])},' if "device" in shaped else ""
        return (*(_json(shaped.get(name)) for name in ("client", "securityContext", "request")), device)


class Stencil:
    """
    All events of one type that differ in nothing but their occasion.

    Args:
        event_type: A known type.
        surroundings: The world and the shape of the events.
        hook_ids: The ids of all hooks that are configured for the type (D17).
        origin: What causes them; by default what usually does.
        result: ``outcome.result``; by default the usual one.
        reason: ``outcome.reason``; by default the usual one for the result.
    """

    def __init__(
        self,
        event_type: str,
        surroundings: Surroundings,
        *,
        hook_ids: Sequence[str] = (),
        origin: Origin | None = None,
        result: str | None = None,
        reason: str | None = None,
    ) -> None:
        known = find_event_type(event_type)
        recipe = recipe_for(known)
        world = self.world = surroundings.world
        self._surroundings = surroundings
        self._origin = origin or recipe.origin
        self._by_admin = recipe.job_by_admin
        self._uuid_start, self._uuid_clock = uuid_start(world, event_type)
        marks = _Marks()
        scene = self._marked(
            marks,
            Scene(
                world=world,
                type=known,
                number=_NUMBER,
                request=_NUMBER,
                uuid="",
                published="",
                epoch="",
                origin=self._origin,
                result=result or known.outcome.value,
                reason=reason,
                actor=world.admin,
                actor_type="",
                person=world.admin,
                group=world.group(),
                app=world.app(),
                hook_ids=tuple(hook_ids),
                client={},
                device=None,
                security={},
            ),
        )
        event = surroundings.in_shape(assemble(scene, recipe))
        if "request" in event:
            event["request"] = _whole("request")
        self._cut(event, marks)

    def _marked(self, marks: _Marks, scene: Scene) -> Scene:
        uuid = marks.mark("uuid", lambda occasion, _: self._uuid(occasion))  # the first, so that fill finds it

        def text(kind: str, name: str) -> str:
            find = attrgetter(f"{kind}.{name}")
            return marks.mark((kind, name), lambda occasion, _: encode_basestring(find(occasion))[1:-1])

        people = {
            kind: Person(**{name: text(kind, name) for name in ("id", "login", "display_name")})
            for kind in ("person", "admin")
        }
        actor, actor_type = actor_of(
            self._origin, self.world, people["person"], admin=people["admin"], by_admin=self._by_admin
        )
        return replace(
            scene,
            world=_MarkedWorld(self.world, marks),
            uuid=uuid,
            published=marks.mark("published", lambda occasion, _: text_of(occasion.moment)),
            epoch=marks.mark("epoch", lambda occasion, _: str(occasion.moment)),
            actor=actor,
            actor_type=actor_type,
            person=people["person"],
            group=Group(**{name: text("group", name) for name in ("id", "name")}),
            app=App(**{name: text("app", name) for name in ("id", "label", "name", "sign_on_mode")}),
            client=_whole("client"),
            device=_whole("device"),
            security=_whole("security"),
        )

    def _cut(self, event: JsonObject, marks: _Marks) -> None:
        text = _json(event)
        order: list[int] = []

        def cut(found: re.Match[str]) -> str:
            whole, index = found.groups()
            order.append(int(index) if index else len(marks.fills) + _WHOLE.index(whole or "device"))
            return "%s"

        self._format = _CUT.sub(cut, text.replace("%", "%%"))
        self._pick = itemgetter(*order)
        self._fills = marks.used(index for index in order if index < len(marks.fills))
        self._unfilled = [""] * len(marks.fills)

    def _uuid(self, occasion: Occasion) -> str:
        lap, tick = divmod(self._uuid_start + occasion.number, TICKS)
        return uuid_of_time(occasion.moment, tick=tick, clock=self._uuid_clock + lap, node=self.world.node)

    def fill(self, occasion: Occasion) -> tuple[str, str]:
        """Return the uuid and the JSON of the event of an occasion."""
        texts = self._unfilled.copy()
        for index, fill in self._fills:
            texts[index] = fill(occasion, texts)
        actor, _ = actor_of(self._origin, self.world, occasion.person, admin=occasion.admin, by_admin=self._by_admin)
        texts += self._surroundings.of(self._origin, actor.id)
        return texts[0], self._format % self._pick(texts)


class EnvelopeStencil:
    """The bodies of all requests to one hook, around the JSON of their events."""

    def __init__(self, world: World, hook_id: str) -> None:
        self.world = world
        self.hook_id = hook_id
        marked = {"eventId": _whole("id"), "data": {"events": [_whole("events")]}, "eventTime": _whole("time")}
        envelope = build_envelope([{}], world=world, hook_id=hook_id)
        text = _json({name: marked.get(name, value) for name, value in envelope.items()}).replace("%", "%%")
        self._format = (
            text.replace(f'"{_whole("events")}"', "%s").replace(_whole("id"), "%s").replace(_whole("time"), "%s")
        )

    def fill(
        self, events: Sequence[str], *, number: int, last: int, event_time: int | None = None
    ) -> tuple[str, bytes]:
        """Return the ``eventId`` and the body of request *number*; *last* is when its last event was published."""
        drawn = drawn_for(self.world, self.hook_id, number)
        built = default_event_time(last, drawn[ID_BYTES:]) if event_time is None else event_time
        name = uuid_random(drawn)
        return name, utf_8(self._format % (name, ",".join(events), text_of(built)))


def can_stencil(*texts: str | None) -> bool:
    """Say whether *texts*, which come from outside, can't be mistaken for marks."""
    return not any(sign in (text or "") for text in texts for sign in (_OPEN, _CLOSE))


def _whole(name: str) -> Any:
    """Return the mark of a whole value."""
    return f"{_OPEN}{name}{_CLOSE}"


_json: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
