"""Members that are known, but stand in an object they don't belong to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import common_debug_keys
from emulator.contract.problems import Level, Problem, pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.contract.problems import Path

__all__ = ["with_their_home"]

_ANY: Final = "*"
_OF_A_DELIVERY: Final = ("data", "events")
_ALWAYS_THERE: Final = frozenset(
    {"outcome", "client", "debugContext", "securityContext", "userAgent", "geographicalContext"}
)
# Words that name something else in every object.
_COMMON_WORDS: Final = frozenset(
    {"id", "type", "name", "version", "source", "level", "ip", "risk", "state", "detail", "reason", "domain",
     "device", "issuer", "from", "to", "os", "managed", "registered", "ipDetails", "reasons", "interface"}
)  # fmt: skip


def with_their_home(problems: list[Problem], value: Any, path: Path, load: Callable[[str], Mapping[str, Any]]) -> None:
    """Raise each note on an unknown member to *should*, if it is a known one of another object that lacks it there."""
    for index, problem in enumerate(problems):
        if not problem.at_key or problem.level is not Level.NOTE or problem.rule != "L36":
            continue
        own = problem.path[len(path) :]
        event = own[: len(_OF_A_DELIVERY) + 1] if own[:2] == _OF_A_DELIVERY and len(own) > len(_OF_A_DELIVERY) else ()
        home = _home(str(own[-1]), value, event, load)
        if home is None:
            continue
        where = "the LogEvent itself" if home == event and event else pointer((*path, *home)) or "the document itself"
        lacks = "which has none" if isinstance(_at(value, home), dict) else "which is not there"
        problems[index] = replace(
            problem,
            level=Level.SHOULD,
            message=f'the member "{own[-1]}" stands in the wrong place',
            hint=f"it belongs to {where}, {lacks}",
        )


def _home(name: str, value: Any, event: Path, load: Callable[[str], Mapping[str, Any]]) -> Path | None:
    """Return the path of the object that should have the member *name* and hasn't, if there is one."""
    for home in _homes(load).get(name, ()):
        for place in _places(value, (*event, *home)):
            holder = _at(value, place)
            if isinstance(holder, dict) and name not in holder:
                return place
            if holder is None and place and place[-1] in _ALWAYS_THERE and isinstance(_at(value, place[:-1]), dict):
                return place  # the object itself is not there
    return None


@cache
def _homes(load: Callable[[str], Mapping[str, Any]]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    _collect(load("log-event"), (), found)
    for name in common_debug_keys():
        found.setdefault(name, []).append(("debugContext", "debugData"))
    return {name: homes for name, homes in found.items() if name not in _COMMON_WORDS}


def _collect(schema: Mapping[str, Any], path: Path, found: dict[str, list[Path]]) -> None:
    for name, inner in schema.get("properties", {}).items():
        found.setdefault(name, []).append(path)
        if isinstance(inner, dict):
            _collect(inner, (*path, name), found)
            if isinstance(inner.get("items"), dict):
                _collect(inner["items"], (*path, name, _ANY), found)


def _places(value: Any, path: Path) -> list[Path]:
    if _ANY not in path:
        return [path]
    before = path[: path.index(_ANY)]
    items = _at(value, before)
    rest = path[len(before) + 1 :]
    return [(*before, index, *rest) for index in range(len(items) if isinstance(items, list) else 0)]


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
