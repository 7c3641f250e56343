"""
Event types that a user describes: what makes them differ, over what an event of Okta's would be.

A description is plain data whose texts may hold ``${person.login}``, ``${fake:company}`` and the like; each event
of the type gets other values, the same for the same seed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import EventType, known_types
from emulator.contract.catalogue import event_type as find_event_type
from emulator.errors import UsageError
from emulator.names import did_you_mean
from emulator.payloads.fakes import fake
from emulator.payloads.identifiers import id_prefix
from emulator.payloads.recipes import Recipe, recipe_for
from emulator.payloads.targets import build_targets

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.payloads.scene import Origin, Scene
    from emulator.payloads.world import Person, World

__all__ = ["EVENT_NAMES", "CustomType", "dress", "expand", "names_of", "recipe_in", "type_in"]

# What ${...} may refer to within an event.
EVENT_NAMES: Final = ("actor", "admin", "app", "event", "group", "person", "seed", "system")

_REFERENCE = re.compile(r"\$?\$\{(?P<inner>[^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CustomType:
    """
    An event type that a user describes.

    Args:
        id: Its name, as ``eventType`` has it.
        like: The known type whose events it takes everything from that it doesn't say itself.
        origin: What causes its events; None leaves that to *like*.
        message: ``displayMessage``.
        severity: ``severity``; None takes that of *like*.
        members: What else it says about its events, by the member's name: ``actor``, ``outcome``, ``debugData``, ...
        targets: The targets in order: Okta's names for their types, or their members; None leaves them to *like*.
        eligible: Whether event hooks may carry it.
        about: A remark for readers.
    """

    id: str
    like: str | None = None
    origin: Origin | None = None
    message: str = ""
    severity: str | None = None
    members: Mapping[str, Any] = field(default_factory=dict)
    targets: tuple[str | Mapping[str, Any], ...] | None = None
    eligible: bool = True
    about: str = ""

    def event_type(self) -> EventType:
        """Return it as a catalogue would have it, with what is known of the type that it is like."""
        return _event_type(self)


@cache
def _event_type(custom: CustomType) -> EventType:
    base = known_types().get(custom.like) if custom.like is not None else None
    if base is not None:
        return replace(base, id=custom.id, eligible=custom.eligible)
    return EventType(
        id=custom.id,
        category="custom",
        release="",
        eligible=custom.eligible,
        oie_only=False,
        beta=False,
        internal=False,
        tags=(),
        published={"message": custom.message} if custom.message and "${" not in custom.message else {},
        captured={},
        inferred={},
    )


def type_in(world: World, name: str) -> EventType:
    """
    Return what is known of the event type *name* in *world*: one of its own, or one of Okta's.

    Raises:
        UsageError: there is no such type.
    """
    custom = world.custom.get(name)
    return find_event_type(name) if custom is None else custom.event_type()


def recipe_in(world: World, name: str) -> Recipe:
    """
    Return how events of the type *name* are made in *world*, before they are dressed.

    Raises:
        UsageError: there is no such type.
    """
    custom = world.custom.get(name)
    if custom is None:
        return recipe_for(find_event_type(name))
    recipe = recipe_for(custom.event_type() if custom.like is None else find_event_type(custom.like))
    return recipe if custom.origin is None else replace(recipe, origin=custom.origin)


def dress(event: JsonObject, custom: CustomType, scene: Scene) -> JsonObject:
    """Return *event*, built for the type that *custom* is like, with everything that *custom* says."""
    names = names_of(scene)

    def filled(value: Any, label: str) -> Any:
        return expand(value, names, fake_label=(custom.id, scene.number, label), scene=scene)

    dressed = {**event, "eventType": custom.id}
    if custom.message:
        dressed["displayMessage"] = filled(custom.message, "displayMessage")
    if custom.severity is not None:
        dressed["severity"] = custom.severity
    if custom.targets is not None:
        named = iter(build_targets([each for each in custom.targets if isinstance(each, str)], scene))
        dressed["target"] = [
            next(named) if isinstance(each, str) else _target(each, scene, filled, place)
            for place, each in enumerate(custom.targets)
        ] or None
    for name, value in custom.members.items():
        new = filled(value, name)
        if name == "debugData":
            context = dressed.get("debugContext") or {}
            dressed["debugContext"] = {**context, "debugData": {**(context.get("debugData") or {}), **(new or {})}}
        else:
            dressed[name] = _merged(dressed.get(name), new)
    return dressed


def _target(wanted: Mapping[str, Any], scene: Scene, filled: Callable[[Any, str], Any], place: int) -> JsonObject:
    kind = str(wanted.get("type", "Unknown"))
    usual = {
        "id": scene.world.id(id_prefix(kind), kind, scene.number, place),
        "type": kind,
        "alternateId": "unknown",
        "displayName": None,
        "detailEntry": None,
    }
    return {**usual, **filled(dict(wanted), f"target.{place}")}


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{name: _merged(old.get(name), member) for name, member in new.items()}}
    return new


def names_of(scene: Scene) -> Mapping[str, Any]:
    """Return what ``${...}`` may refer to in an event."""
    return {
        "actor": _who(scene.actor),
        "admin": _who(scene.world.admin),
        "app": {"id": scene.app.id, "label": scene.app.label, "name": scene.app.name},
        "event": {"number": scene.number, "type": scene.type.id},
        "group": {"id": scene.group.id, "name": scene.group.name},
        "person": _who(scene.person),
        "seed": scene.world.seed,
        "system": _who(scene.world.system),
    }


def _who(person: Person) -> Mapping[str, str]:
    return {"id": person.id, "login": person.login, "name": person.display_name}


def expand(value: Any, names: Mapping[str, Any], *, fake_label: tuple[int | str, ...], scene: Scene) -> Any:
    """
    Return *value* with every ``${...}`` in its texts replaced; a text that is one reference becomes the value itself.

    Raises:
        UsageError: a reference leads nowhere, or a provider can't be used.
    """
    if isinstance(value, Mapping):
        return {key: expand(each, names, fake_label=(*fake_label, key), scene=scene) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [expand(each, names, fake_label=(*fake_label, n), scene=scene) for n, each in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value

    def look_up(inner: str, turn: int) -> Any:
        if inner.startswith("fake:"):
            label = (*fake_label, turn)
            return fake(inner[5:], draws=scene.world.draws, label=label, locale=scene.world.locale)
        return _walk(names, inner)

    whole = _REFERENCE.fullmatch(value)
    if whole is not None and not value.startswith("$$"):
        return look_up(whole["inner"].strip(), 0)
    turn = 0

    def part(found: re.Match[str]) -> str:
        nonlocal turn
        if found[0].startswith("$$"):
            return found[0][1:]
        turn += 1
        got = look_up(found["inner"].strip(), turn)
        return got if isinstance(got, str) else json.dumps(got)

    return _REFERENCE.sub(part, value)


def _walk(names: Mapping[str, Any], path: str) -> Any:
    found: Any = names
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            known = found if isinstance(found, Mapping) else {}
            hint = did_you_mean(part, known) or f"known: {', '.join(known)}"
            raise UsageError(f"${{{path}}} stands for nothing in an event", hint=hint)
        found = found[part]
    return found
