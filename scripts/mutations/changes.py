"""What can be done to a delivery: set, remove, rename, move and add members."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json, Json], object]  # envelope and its first event, changed in place; False: not applicable


def find(value: Any, path: str) -> tuple[Any, Any] | None:
    """Return the holder and the last step of a dotted path, if the member is there; ``*`` is the first element."""
    steps: list[Any] = [0 if step == "*" else step for step in path.split(".")]
    for step in steps[:-1]:
        if not _has(value, step):
            return None
        value = value[step]
    return (value, steps[-1]) if _has(value, steps[-1]) else None


def _has(value: Any, step: Any) -> bool:
    return step in value if isinstance(value, dict) else isinstance(value, list) and step == 0 and bool(value)


def setting(path: str, new: Any, *, only: type | None = None, of_event: bool = True) -> Change:
    """Return a change that gives a present member another value, which may be a function of the old one."""

    def change(envelope: Json, event: Json) -> object:
        found = find(event if of_event else envelope, path)
        if not found or (only and not isinstance(found[0][found[1]], only)):
            return False
        old = found[0][found[1]]
        found[0][found[1]] = new(old) if callable(new) else copy.deepcopy(new)
        return found[0][found[1]] != old or type(found[0][found[1]]) is not type(old)

    return change


def removing(path: str, *, of_event: bool = True) -> Change:
    """Return a change that removes a member."""

    def change(envelope: Json, event: Json) -> object:
        found = find(event if of_event else envelope, path)
        return found[0].pop(found[1]) is not ... if found else False

    return change


def renaming(path: str, name: str, *, of_event: bool = True) -> Change:
    """Return a change that gives a member another name."""

    def change(envelope: Json, event: Json) -> object:
        found = find(event if of_event else envelope, path)
        if not found:
            return False
        found[0][name] = found[0].pop(found[1])
        return True

    return change


def moving(path: str, to: str) -> Change:
    """Return a change that moves a member of the event into another object of it; ``""`` is the event itself."""

    def change(_: Json, event: Json) -> object:
        found, holder = find(event, path), _object(event, to)
        if not found or holder is None or found[0][found[1]] is None or found[1] in holder:
            return False
        holder[found[1]] = found[0].pop(found[1])
        return True

    return change


def adding(path: str, name: str, value: Any) -> Change:
    """Return a change that adds a member to an object of the event; ``""`` is the event itself."""

    def change(_: Json, event: Json) -> object:
        holder = _object(event, path)
        return False if holder is None else holder.update({name: copy.deepcopy(value)})

    return change


def _object(event: Json, path: str) -> Json | None:
    found = find(event, path)
    holder = event if not path else found[0][found[1]] if found else None
    return holder if isinstance(holder, dict) else None


def put_debug(event: Json, value: Any) -> object:
    """Put *value* into the debug data, if there is any."""
    data = (event.get("debugContext") or {}).get("debugData")
    return data.update(someKey=value) if isinstance(data, dict) else False
