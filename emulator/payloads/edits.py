r"""
Changes to a payload: ``--set path=value`` and ``--remove path``.

**Paths.**  ``target.0.alternateId`` goes through objects and arrays, the index counts from 0.  The JSON pointer
``/target/0/alternateId`` means the same.  A dot or an equals sign inside a key has a backslash before it, as in
``debugContext.debugData.a\.b``; a pointer needs none for dots.  A path starts at the LogEvent; if its first part is
``envelope`` it starts at the envelope instead: ``envelope.eventId``.  A delivery of several events has an event's edit
applied to each; ``envelope.data.events.1.uuid`` reaches just one.  A dotted path that can only be a slip,
``target[0].id`` or ``eventId`` without ``envelope``, is refused; a pointer is taken as it is.

**Values.**  What parses as JSON is JSON: ``version=0`` sets a number, ``version="0"`` a string, ``target=null`` a null,
``outcome={"result":"DENY"}`` an object.  All else is the plain text: ``displayMessage=Hello`` needs no quotes.

**Setting** a member that doesn't exist adds it at the end, with the objects on the way to it; members Okta doesn't know
are allowed.  A null on the way counts as absent.  An array grows by one at the index just behind its last, or at ``-``.
**Removing** what doesn't exist is an error, as it is likely a slip of the pen.  Edits apply in the order given.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.errors import UsageError
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emulator.contract.model import JsonObject

__all__ = [
    "Edit",
    "edit_envelope",
    "edit_event",
    "parse_remove",
    "parse_set",
    "parse_value",
    "remove",
    "set_value",
    "split_set",
]

_ENVELOPE = "envelope"
_DEEPEST = 64  # parts of a path; nothing Okta sends is a quarter as deep
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_EQUALS = re.compile(r"(?<!\\)(?:\\\\)*=")
_PART = re.compile(r"(?:^|\.)((?:\\[.=\\]|[^.])*)")
_ESCAPED = re.compile(r"\\([.=\\])")
_BRACKETED = re.compile(r"\[[^\]]*\]")
_OF_THE_ENVELOPE_ONLY = frozenset(
    {"eventTypeVersion", "cloudEventsVersion", "source", "eventId", "data", "eventTime", "contentType"}
)
_KINDS = {bool: "a boolean", int: "a number", float: "a number", str: "text", type(None): "null"}
_REMOVED = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change: ``parts`` is the path below the LogEvent or, with ``of_envelope``, below the envelope."""

    path: str
    parts: tuple[str, ...]
    of_envelope: bool
    removes: bool
    value: Any = None


def parse_set(text: str, *, where: str = "--set") -> Edit:
    """
    Return the edit that ``path=value`` stands for.

    Raises:
        UsageError: there is no ``=``, or the path is malformed.
    """
    path, value = split_set(text, where=where)
    return _edit(path, value=value, removes=False, where=where)


def split_set(text: str, *, where: str = "--set", example: str = "outcome.result=FAILURE") -> tuple[str, Any]:
    """
    Return the path and the value of ``path=value``.

    Raises:
        UsageError: there is no ``=``.
    """
    equals = _EQUALS.search(text)
    if equals is None:
        raise UsageError(f"{text!r} has no '='", where=where, hint=f"write path=value, as in {example}")
    return text[: equals.end() - 1], parse_value(text[equals.end() :])


def parse_remove(path: str, *, where: str = "--remove") -> Edit:
    """
    Return the edit that removes what is at *path*.

    Raises:
        UsageError: the path is malformed.
    """
    return _edit(path, value=None, removes=True, where=where)


def parse_value(text: str) -> Any:
    """Return the JSON value that *text* is, or *text* itself if it is none; NaN and infinities are none."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return text


def set_value(document: Any, path: str, value: Any) -> Any:
    """
    Return a copy of *document* with *value*, any JSON value as it is, at *path*.

    Raises:
        UsageError: the path is malformed, leads through a text, number or boolean, or past the end of an array.
    """
    return _change(document, _parts(path, where=""), value, path=path, depth=0)


def remove(document: Any, path: str) -> Any:
    """
    Return a copy of *document* without what is at *path*.

    Raises:
        UsageError: the path is malformed or nothing is there; the hint has the nearest names.
    """
    return _change(document, _parts(path, where=""), _REMOVED, path=path, depth=0)


def edit_event(event: Mapping[str, Any], edits: Iterable[Edit]) -> JsonObject:
    """
    Return a copy of a LogEvent with the *edits* that are about events, in order; those of the envelope are left out.

    Raises:
        UsageError: an edit doesn't fit; ``where`` names its path.
    """
    edited = dict(event)
    for edit in edits:
        if not edit.of_envelope:
            edited = _apply(edited, edit)
    return edited


def edit_envelope(envelope: Mapping[str, Any], edits: Iterable[Edit]) -> JsonObject:
    """
    Return a copy of an envelope with all *edits*, in order: an event's edit changes every event in it.

    Raises:
        UsageError: an edit doesn't fit; ``where`` names its path.
    """
    edited = dict(envelope)
    for edit in edits:
        if edit.of_envelope:
            edited = _apply(edited, edit)
            continue
        data = edited.get("data")
        events = data.get("events") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(events, list):
            raise UsageError("there are no events left to edit", where=edit.path, hint="put this edit first")
        edited["data"] = {**data, "events": [_apply(event, edit) for event in events]}
    return edited


def _apply(document: Any, edit: Edit) -> Any:
    value = _REMOVED if edit.removes else edit.value
    return _change(document, edit.parts, value, path=edit.path, depth=0)


def _edit(path: str, *, value: Any, removes: bool, where: str) -> Edit:
    parts = _parts(path, where=where)
    if parts[0] in _OF_THE_ENVELOPE_ONLY and not path.startswith("/"):
        raise UsageError(
            f"{parts[0]!r} is a member of the envelope, and a path starts at the event",
            where=where,
            hint=f"write envelope.{path}",
        )
    of_envelope = parts[0] == _ENVELOPE
    if of_envelope:
        parts = parts[1:]
        if not parts:
            raise UsageError(
                "the envelope can't be replaced as a whole", where=where, hint="name a member, as in envelope.eventId"
            )
    return Edit(path=path, parts=parts, of_envelope=of_envelope, removes=removes, value=value)


def _parts(path: str, *, where: str) -> tuple[str, ...]:
    if path.startswith("/"):
        if re.search(r"~(?![01])", path):
            raise UsageError(f"{path!r} has a '~' by itself", where=where, hint="in a pointer write ~0 for ~, ~1 for /")
        parts = tuple(_unescaped(part) for part in path[1:].split("/"))
    else:
        parts = tuple(_ESCAPED.sub(r"\1", part) for part in _PART.findall(path))
        if parts[0] == "$" or _BRACKETED.search(path):
            plain = ".".join(part for part in re.split(r"[.\[\]'\"]+", path) if part not in {"", "$"})
            raise UsageError(f"the path {path!r} is neither dotted nor a pointer", where=where, hint=f"write {plain}")
        if not all(part.strip() for part in parts):
            hint = "write member.member, as in actor.id; a dot inside a key is written \\."
            raise UsageError(
                f"the path {path!r} has an empty part" if path else "the path is empty", where=where, hint=hint
            )
    if len(parts) > _DEEPEST:
        raise UsageError(f"the path has {len(parts)} parts, the most is {_DEEPEST}", where=where)
    return parts


def _unescaped(part: str) -> str:
    return part.replace("\\=", "=").replace("~1", "/").replace("~0", "~")


def _change(node: Any, parts: tuple[str, ...], value: Any, *, path: str, depth: int) -> Any:
    """Return a copy of *node*, which lies *depth* parts down the path, with the rest of the way walked and changed."""
    if depth == len(parts):
        return value
    part = parts[depth]
    if isinstance(node, dict):
        return _in_object(node, parts, value, path=path, depth=depth)
    if isinstance(node, list):
        return _in_array(node, parts, value, path=path, depth=depth)
    at = ".".join(parts[:depth]) or "the document"
    if value is _REMOVED or node is not None:
        raise UsageError(
            f"there is no {part!r} in {at}, which is {_KINDS.get(type(node), 'not an object')}", where=path
        )
    return _change([] if part in {"0", "-"} else {}, parts, value, path=path, depth=depth)


def _in_object(node: dict[str, Any], parts: tuple[str, ...], value: Any, *, path: str, depth: int) -> dict[str, Any]:
    part, last = parts[depth], depth + 1 == len(parts)
    if value is _REMOVED:
        if part not in node:
            at = ".".join(parts[:depth]) or "the document"
            there = f"{at} has: {', '.join(map(str, node))}" if node else f"{at} is empty"
            hint = "\n".join(filter(None, [did_you_mean(part, map(str, node)), there]))
            raise UsageError(f"there is no {part!r} in {at}", where=path, hint=hint)
        if last:
            return {name: member for name, member in node.items() if name != part}
    return {**node, part: _change(node.get(part), parts, value, path=path, depth=depth + 1)}


def _in_array(node: list[Any], parts: tuple[str, ...], value: Any, *, path: str, depth: int) -> list[Any]:
    part, last = parts[depth], depth + 1 == len(parts)
    at = ".".join(parts[:depth]) or "the document"
    removing = value is _REMOVED
    index = len(node) if part == "-" else int(part) if _INDEX.fullmatch(part) else -1
    if not 0 <= index < len(node) + (not removing):
        has = f"{at} is an array of {len(node)}"
        counted = f"its indexes are 0 to {len(node) - 1}" if node else "it has no index yet"
        more = "" if removing else "; - appends"
        raise UsageError(f"there is no index {part!r} in {at}", where=path, hint=f"{has}: {counted}{more}")
    if removing and last:
        return [*node[:index], *node[index + 1 :]]
    old = node[index] if index < len(node) else None
    return [*node[:index], _change(old, parts, value, path=path, depth=depth + 1), *node[index + 1 :]]


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
