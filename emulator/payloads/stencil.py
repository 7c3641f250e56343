"""
Events in bulk: the same bytes as ``build_event`` and ``in_shape``, many times faster.

An event is built once, the ordinary way, of a scene whose texts are *marks*: what depends on the occasion - person,
number, instant, actor - isn't known yet.  The JSON of that event, cut at the marks, is a stencil; an event is the
stencil with the texts of its occasion filled in.
"""

from __future__ import annotations

from dataclasses import replace
from json.encoder import JSONEncoder
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Final

from emulator.contract.catalogue import event_type as find_event_type
from emulator.payloads.envelope import ID_BYTES, build_envelope, drawn_for, utf_8
from emulator.payloads.identifiers import uuid_of_time, uuid_random
from emulator.payloads.log_event import TICKS, assemble, uuid_start
from emulator.payloads.marks import CUT, NUMBER, REMEMBERED, MarkedWorld, Marks, Occasion, escaped, whole
from emulator.payloads.moments import default_event_time, text_of
from emulator.payloads.origins import actor_of, client_of, device_of, security_of
from emulator.payloads.recipes import recipe_for
from emulator.payloads.scene import Scene
from emulator.payloads.shapes import in_shape
from emulator.payloads.world import App, Group, Person

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from emulator.contract.model import JsonObject
    from emulator.payloads.scene import Origin
    from emulator.payloads.world import World

__all__ = ["EnvelopeStencil", "Occasion", "Stencil", "Surroundings"]

_WHOLE: Final = ("client", "security", "request", "device")


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
            if len(self._known) > REMEMBERED:
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
        marks = Marks()
        scene = self._marked(
            marks,
            Scene(
                world=world,
                type=known,
                number=NUMBER,
                request=NUMBER,
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
            event["request"] = whole("request")
        self._cut(event, marks)

    def _marked(self, marks: Marks, scene: Scene) -> Scene:
        uuid = marks.mark("uuid", lambda occasion, _: self._uuid(occasion))  # the first, so that fill finds it

        def text(kind: str, name: str) -> str:
            find = attrgetter(f"{kind}.{name}")
            return marks.mark((kind, name), lambda occasion, _: escaped(find(occasion)))

        people = {
            kind: Person(**{name: text(kind, name) for name in ("id", "login", "display_name")})
            for kind in ("person", "admin")
        }
        actor, actor_type = actor_of(
            self._origin, self.world, people["person"], admin=people["admin"], by_admin=self._by_admin
        )
        return replace(
            scene,
            world=MarkedWorld(self.world, marks),
            uuid=uuid,
            published=marks.mark("published", lambda occasion, _: text_of(occasion.moment)),
            epoch=marks.mark("epoch", lambda occasion, _: str(occasion.moment)),
            actor=actor,
            actor_type=actor_type,
            person=people["person"],
            group=Group(**{name: text("group", name) for name in ("id", "name")}),
            app=App(**{name: text("app", name) for name in ("id", "label", "name", "sign_on_mode")}),
            client=whole("client"),
            device=whole("device"),
            security=whole("security"),
        )

    def _cut(self, event: JsonObject, marks: Marks) -> None:
        text = _json(event)
        order: list[int] = []

        def cut(found: re.Match[str]) -> str:
            whole, index = found.groups()
            order.append(int(index) if index else len(marks.fills) + _WHOLE.index(whole or "device"))
            return "%s"

        self._format = CUT.sub(cut, text.replace("%", "%%"))
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
        marked = {"eventId": whole("id"), "data": {"events": [whole("events")]}, "eventTime": whole("time")}
        envelope = build_envelope([{}], world=world, hook_id=hook_id)
        text = _json({name: marked.get(name, value) for name, value in envelope.items()}).replace("%", "%%")
        self._format = (
            text.replace(f'"{whole("events")}"', "%s").replace(whole("id"), "%s").replace(whole("time"), "%s")
        )

    def fill(
        self, events: Sequence[str], *, number: int, last: int, event_time: int | None = None
    ) -> tuple[str, bytes]:
        """Return the ``eventId`` and the body of request *number*; *last* is when its last event was published."""
        drawn = drawn_for(self.world, self.hook_id, number)
        built = default_event_time(last, drawn[ID_BYTES:]) if event_time is None else event_time
        name = uuid_random(drawn)
        return name, utf_8(self._format % (name, ",".join(events), text_of(built)))


_json: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
