"""
The usual delivery: one event, every member there with a value, and only words that were looked at before.

Its schema says more and less than the envelope's own. More: no nulls, and ``client.ipChain``, so that what
passes has the delivery's shape. Less: members that ``quick`` remembers word by word may hold any text, and those that
it looks up need not be there, since it fails without. To look for a member takes as long as to check it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["usual_delivery"]

_IN_OTHER_SHAPES: Final = ("request", "insertionTimestamp")
_ANY_TEXT: Final = {"type": "string"}
_NO_NULL: Final = {"not": {"type": "null"}}
_OTHER_SPELLINGS: Final = ("eventID", "cloudEventVersion")
# Where in an event; ``quick`` has the text itself among its words, if it is no id like others.
_REMEMBERED: Final = (
    ("eventType",),
    ("legacyEventType",),
    ("outcome", "result"),
    ("transaction", "type"),
    ("client", "device"),
    ("client", "zone"),
    ("authenticationContext", "authenticationProvider"),
    ("authenticationContext", "credentialProvider"),
    ("actor", "id"),
    ("target", "id"),
)
# Of a list, what its items have.
_LOOKED_UP: Final = {
    (): {"uuid", "published", "eventType", "client", "transaction", "authenticationContext"},
    ("actor",): {"id", "type"},
    ("target",): {"id", "type"},
    ("client", "ipChain"): {"ip"},
    ("outcome",): {"result"},
}


def usual_delivery(envelope: dict[str, Any]) -> dict[str, Any]:
    """Return the schema, made of the *envelope*'s."""
    whole = _without_nulls(envelope)
    whole["properties"]["source"] = _ANY_TEXT
    for name in _OTHER_SPELLINGS:
        del whole["properties"][name]  # no further members are allowed
    events = whole["properties"]["data"]["properties"]["events"]
    events["maxItems"] = 1
    event = events["items"]
    for name in _IN_OTHER_SHAPES:
        del event["properties"][name]
    for *holders, name in _REMEMBERED:
        _inside(event, holders)["properties"][name] = _ANY_TEXT
    for place, names in _LOOKED_UP.items():
        holder = _inside(event, place)
        holder["allOf"] = [part for part in holder.get("allOf", ()) if not names.issuperset(part.get("required", [""]))]
        holder["required"] = [name for name in holder.get("required", ()) if name not in names]
        holder["minProperties"] = 1  # an object without any would not be looked into
    event["properties"]["client"]["required"] = ["ipChain"]
    return _counted(whole)


def _inside(event: dict[str, Any], path: Iterable[str]) -> dict[str, Any]:
    found = event
    for name in path:
        member: dict[str, Any] = found["properties"][name]
        found = member.get("items", member)
    return found


def _counted(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that counts members where all of them are required."""
    found = dict(schema)
    if "properties" in found:
        found["properties"] = {name: _counted(inner) for name, inner in found["properties"].items()}
        parts = [found, *found.get("allOf", ())]
        if "x-unknown-members" in found and found["properties"].keys() == {
            n for part in parts for n in part.get("required", ())
        }:
            found["minProperties"] = len(found["properties"])
            found.pop("required", None)
            found["allOf"] = [part for part in parts[1:] if "required" not in part]
    if "items" in found:
        found["items"] = _counted(found["items"])
    return found


def _without_nulls(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that takes no null anywhere; conditions and alternatives inside it stay as they are."""
    found = dict(schema)
    stated = found.get("type")
    if isinstance(stated, list):
        kinds = [kind for kind in stated if kind != "null"]
        found["type"] = kinds[0] if len(kinds) == 1 else kinds
    elif stated is None:
        found["allOf"] = [*found.get("allOf", ()), _NO_NULL]
    if "properties" in found:
        found["properties"] = {name: _without_nulls(inner) for name, inner in found["properties"].items()}
    for inside in ("items", "additionalProperties"):
        if isinstance(found.get(inside), dict):
            found[inside] = _without_nulls(found[inside])
    if "object" in str(found.get("type", "object")):
        found.setdefault("additionalProperties", _NO_NULL)
    return found
