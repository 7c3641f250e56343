"""
References in texts: ``${login}``, ``${steps.off.event_id}``, ``${env:NAME}``, ``${fake:city}``, ``${port:-8080}``.

A text that is nothing but one reference becomes the value itself, of whatever type; inside other text it becomes text.
``$${`` stands for ``${``.  What comes from the environment is secret: it is sent but never shown.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from emulator.errors import ScenarioError, UsageError
from emulator.names import did_you_mean
from emulator.runner.source import Node, Place, Problem
from emulator.secrets import Redactor, Secret, url_secrets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from emulator.payloads import World
    from emulator.runner.source import Problems

__all__ = ["Scope", "check_references"]

_REFERENCE = re.compile(r"\$?\$\{(?P<inner>[^{}]*)\}")
_INNER = re.compile(
    r"(?P<name>env:[A-Za-z_][A-Za-z0-9_]*|fake:[^:]+|[A-Za-z_][\w-]*(?:\.[^.\s:]+)*)(?::-(?P<default>.*))?", re.DOTALL
)
_FORMS = "write ${name}, ${steps.id.status}, ${fake:city} or ${env:NAME}, with a default as in ${name:-text}"
_DEEPEST = 10
_MOST_LOOK_UPS = 2000  # in one text: references to texts full of references grow without end


@dataclass(frozen=True, slots=True)
class _Trail:
    """How deep in references to references a text is, and what has been looked up for it."""

    depth: int = 0
    seen: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """
    What names stand for while a scenario runs.

    Args:
        values: Variables by name; those a scenario defines may refer to others.
        steps: What each finished step with an ``id`` left behind.
        redact: Learns every secret that is taken from the environment.
        world: The company whose seed decides what ``${fake:...}`` gives.
    """

    values: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)
    redact: Redactor = field(default_factory=Redactor)
    world: World | None = None

    def with_values(self, **values: Any) -> Scope:
        """Return a scope with further variables, for steps that run beside others; what steps leave is shared."""
        return replace(self, values={**self.values, **values})

    def resolve(self, node: Node, *, keep: Collection[str] = ()) -> Node:
        """
        Return *node* with all references replaced, but for those to names in *keep*, which are for later.

        Raises:
            ScenarioError: a name stands for nothing; the place is that of the text.
        """
        if isinstance(node.value, dict):
            return replace(node, value={key: self.resolve(member, keep=keep) for key, member in node.value.items()})
        if isinstance(node.value, list):
            return replace(node, value=[self.resolve(member, keep=keep) for member in node.value])
        if not node.deferred:
            return node
        if keep:
            text = _REFERENCE.sub(lambda found: self._kept(found, node.place, keep), node.value)
            return replace(node, value=text)
        return _as_node(self._text(node.value, node.place, _Trail()), node.place)

    def shown(self, node: Node) -> Node:
        """Return *node* with its references replaced for a report; what can't be is left as it stands."""
        try:
            return self.resolve(node)
        except ScenarioError:
            return node

    def _text(self, text: str, place: Place, trail: _Trail) -> Any:
        if trail.depth > _DEEPEST:
            raise Problem(place=place, message=f"{text!r} refers to itself").error()
        whole = _REFERENCE.fullmatch(text)
        if whole is not None and not text.startswith("$$"):
            return self._look_up(whole["inner"], place, trail)
        return _REFERENCE.sub(lambda found: self._part(found, place, trail), text)

    def _kept(self, found: re.Match[str], place: Place, keep: Collection[str]) -> str:
        later = found[0].startswith("$$") or _first_name(found["inner"]) in keep
        return found[0] if later else self._part(found, place, _Trail())

    def _part(self, found: re.Match[str], place: Place, trail: _Trail) -> str:
        if found[0].startswith("$$"):
            return found[0][1:]
        value = self._look_up(found["inner"], place, trail)
        return value if isinstance(value, str) else json.dumps(value)

    def _look_up(self, inner: str, place: Place, trail: _Trail) -> Any:
        trail.seen.append(inner)
        if len(trail.seen) > _MOST_LOOK_UPS:
            raise Problem(place=place, message=f"more than {_MOST_LOOK_UPS} references to follow").error()
        read = _INNER.fullmatch(inner.strip())
        if read is None:
            raise Problem(place=place, message=f"'${{{inner}}}' is no reference", hint=_FORMS).error()
        name, default = read["name"], read["default"]
        if name.startswith("env:"):
            return self._environment(name[4:], default, place)
        if name.startswith("fake:"):
            return self._fake(name[5:], place)
        first, *path = name.split(".")
        if first == "steps":
            return self._walk({"steps": self.steps}, ["steps", *path], place, default)
        if first not in self.values:
            if default is not None:
                return default
            hints = [did_you_mean(first, self.values), f"give it with --var {first}=..., or list it under vars:"]
            message = f"nothing is called {first!r}"
            raise Problem(place=place, message=message, hint="\n".join(filter(None, hints))).error()
        value = self.values[first]
        if isinstance(value, str) and "${" in value:
            value = self._text(value, place, replace(trail, depth=trail.depth + 1))
        return self._walk({first: value}, [first, *path], place, default)

    def _environment(self, name: str, default: str | None, place: Place) -> str:
        value = os.environ.get(name)
        if value is None and default is not None:
            return default
        if value is None:
            hint = f"export {name}=... first, or write ${{env:{name}:-default}}"
            raise Problem(place=place, message=f"the environment variable {name} is not set", hint=hint).error()
        # A URL is no secret, but its query may hold one.
        for secret in url_secrets(value) if value.startswith(("http://", "https://")) else [Secret(value)]:
            self.redact.add(secret)
        return value

    def _fake(self, call: str, place: Place) -> Any:
        from emulator.payloads.fakes import fake

        if self.world is None:
            raise Problem(place=place, message="made-up values are for steps and events").error()
        label = (place.source.name, place.line, place.column, self.values.get("turn", 0))
        try:
            return fake(call, draws=self.world.draws, label=label, locale=self.world.locale)
        except UsageError as error:
            raise Problem(place=place, message=error.message, hint=error.hint).error() from None

    def _walk(self, value: Any, path: list[str], place: Place, default: str | None) -> Any:
        for depth, part in enumerate(path):
            if isinstance(value, dict) and part in value:
                value = value[part]
            elif isinstance(value, list | tuple) and part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            elif default is not None:
                return default
            else:
                raise Problem(
                    place=place, message=_nothing_there(value, path, depth), hint=_members(value, part)
                ).error()
        return value


def _nothing_there(value: Any, path: list[str], depth: int) -> str:
    at = ".".join(path[:depth])
    if isinstance(value, list | tuple):
        return f"${{{'.'.join(path)}}}: {at} is a list of {len(value)}, and has no {path[depth]!r}"
    return f"${{{'.'.join(path)}}}: there is no {path[depth]!r} in {at}"


def _members(value: Any, part: str) -> str:
    if not isinstance(value, dict) or not value:
        return ""
    return "\n".join(filter(None, [did_you_mean(part, value), f"known: {', '.join(list(value)[:12])}"]))


def _as_node(value: Any, place: Place) -> Node:
    """Return a value that comes from elsewhere as nodes, all at the place of the reference."""
    if isinstance(value, dict):
        members = {str(key): _as_node(member, place) for key, member in value.items()}
        return Node(value=members, place=place, keys=dict.fromkeys(members, place))
    if isinstance(value, list | tuple):
        return Node(value=[_as_node(member, place) for member in value], place=place)
    return Node(value=value, place=place)


def _first_name(inner: str) -> str:
    """Return what a reference begins with: a variable, ``steps``, ``env`` or ``fake``."""
    return re.split(r"[.:\s]", inner.strip(), maxsplit=1)[0]


def check_references(
    node: Node, known: Mapping[str, Any] | Collection[str], steps: Collection[str], problems: Problems
) -> None:
    """Note each reference in *node* that can't work: malformed, to an unknown name, or to a step that comes later."""
    for text, place in _deferred(node):
        for found in _REFERENCE.finditer(text):
            if found[0].startswith("$$"):
                continue
            read = _INNER.fullmatch(found["inner"].strip())
            if read is None:
                problems(place, f"'{found[0]}' is no reference", _FORMS)
            elif read["name"].startswith("fake:"):
                _check_fake(read["name"][5:], place, problems)
            elif read["default"] is None and not read["name"].startswith("env:"):
                _check_name(read["name"].split("."), place, known, steps, problems)


def _check_name(
    path: list[str], place: Place, known: Collection[str], steps: Collection[str], problems: Problems
) -> None:
    if path[0] == "steps":
        wanted = path[1] if len(path) > 1 else ""
        if wanted not in steps:
            hint = did_you_mean(wanted, steps) or "a step gets a name by id:, and comes first"
            problems(place, f"no step before this one has the id {wanted!r}", hint)
    elif path[0] not in known:
        hints = [did_you_mean(path[0], known), f"give it with --var {path[0]}=..., or list it under vars:"]
        problems(place, f"nothing is called {path[0]!r}", "\n".join(filter(None, hints)))


def _check_fake(call: str, place: Place, problems: Problems) -> None:
    from emulator.payloads.draws import Draws
    from emulator.payloads.fakes import fake

    try:
        fake(call, draws=Draws(0), label=())
    except UsageError as error:
        problems(place, error.message, error.hint)


def _deferred(node: Node) -> Iterator[tuple[str, Place]]:
    if isinstance(node.value, dict):
        for member in node.value.values():
            yield from _deferred(member)
    elif isinstance(node.value, list):
        for member in node.value:
            yield from _deferred(member)
    elif node.deferred:
        yield node.value, node.place
