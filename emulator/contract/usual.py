"""
The usual delivery: one event, every member there with a value, and only words that were looked at before.

Its schema says more and less than the envelope's own. More: no nulls, and ``client.ipChain``, so that what
passes has the delivery's shape. Less: members that ``quick`` remembers word by word may hold any text.
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["usual_delivery"]

_IN_OTHER_SHAPES: Final = ("request", "insertionTimestamp")
_ANY_TEXT: Final = {"type": "string"}
_NO_NULL: Final = {"not": {"type": "null"}}
# Where in an event; ``quick`` has the text itself among its words.
_REMEMBERED: Final = (
    ("eventType",),
    ("legacyEventType",),
    ("outcome", "result"),
    ("transaction", "type"),
    ("client", "device"),
    ("client", "zone"),
    ("authenticationContext", "authenticationProvider"),
    ("authenticationContext", "credentialProvider"),
)


def usual_delivery(envelope: dict[str, Any]) -> dict[str, Any]:
    """Return the schema, made of the *envelope*'s."""
    whole = _without_nulls(envelope)
    whole["properties"]["source"] = _ANY_TEXT
    events = whole["properties"]["data"]["properties"]["events"]
    events["maxItems"] = 1
    event = events["items"]
    for name in _IN_OTHER_SHAPES:
        del event["properties"][name]
    for *holders, name in _REMEMBERED:
        members = event["properties"]
        for holder in holders:
            members = members[holder]["properties"]
        members[name] = _ANY_TEXT
    event["required"] = [*event["required"], "client", "transaction", "authenticationContext"]
    client = event["properties"]["client"]
    client["required"] = [*client.get("required", ()), "ipChain"]
    return whole


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
