"""
The four real shapes of one event (D18-D22, L4, L13, P5, P6).

All functions take any LogEvent, ours or a captured one, and leave it as it is; members nobody knows are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.errors import UsageError
from emulator.payloads import moments
from emulator.payloads.custom import type_in
from emulator.payloads.identifiers import uuid_random
from emulator.payloads.origins import browser_client

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from emulator.contract.model import JsonObject
    from emulator.payloads.world import World

__all__ = ["SHAPES", "as_delivery", "as_preview", "as_system_log", "in_shape", "preview_sample"]

SHAPES = ("delivery", "preview", "preview-sample", "system-log")

_HOOK_ORDER = (  # D19, P5
    "uuid", "published", "eventType", "version", "displayMessage", "severity", "client", "device", "actor", "outcome",
    "target", "transaction", "debugContext", "legacyEventType", "authenticationContext", "securityContext",
    "insertionTimestamp",
)  # fmt: skip
_SYSTEM_LOG_ORDER = (  # L4
    "actor", "client", "device", "authenticationContext", "displayMessage", "eventType", "outcome", "published",
    "securityContext", "severity", "debugContext", "legacyEventType", "transaction", "uuid", "version", "request",
    "target",
)  # fmt: skip
_CLIENT_ORDER = ("userAgent", "zone", "device", "id", "ipAddress", "geographicalContext")
_ACTOR_ORDER = ("id", "type", "alternateId", "displayName", "detailEntry")
_SECURITY_ORDER = ("asNumber", "asOrg", "isp", "domain", "isProxy")
_PREVIEW_AUTHENTICATION_ORDER = (  # P5
    "authenticationProvider", "credentialProvider", "credentialType", "issuer", "authenticationStep", "rootSessionId",
    "externalSessionId", "authenticatorContext", "interface",
)  # fmt: skip
_SYSTEM_LOG_AUTHENTICATION_ORDER = (  # X5, L25
    "authenticationProvider", "credentialProvider", "credentialType", "issuer", "interface", "authenticationStep",
    "rootSessionId", "externalSessionId",
)  # fmt: skip
# Seen in previews and the System Log since 2024 (P5, L25), so an older event doesn't get them; every captured
# delivery is older (D18).
_SINCE_2024 = frozenset({"rootSessionId", "authenticatorContext"})


def as_preview(event: Mapping[str, Any]) -> JsonObject:
    """Return the event as Preview shows a real one: all 17 members and all nulls spelled out (P5)."""
    return _spelled_out({name: _copied(member) for name, member in event.items()})


def _spelled_out(source: JsonObject) -> JsonObject:
    """Return an event with all its members; *source* and its ``client`` are changed, what lies deeper is shared."""
    chain = (source.pop("request", None) or {}).get("ipChain")
    client = source.get("client")
    if isinstance(client, dict):
        hops = client.pop("ipChain", chain) or []
        source["client"] = {
            **_ordered(client, _CLIENT_ORDER),
            "ipChain": [{**hop, "source": hop.get("source")} if isinstance(hop, dict) else hop for hop in hops],
        }
    _spell_out(source, "actor", _ACTOR_ORDER)
    _spell_out(source, "outcome", ("result", "reason"))
    _spell_out(source, "transaction", ("type", "id", "detail"))
    _spell_out(source, "authenticationContext", _PREVIEW_AUTHENTICATION_ORDER)
    _spell_out(source, "securityContext", _SECURITY_ORDER)
    _spell_out_targets(source)
    return _ordered(source, _HOOK_ORDER)


def as_delivery(event: Mapping[str, Any], *, nulls: str = "omit") -> JsonObject:
    """
    Return the event as a delivery carries it, in the order of D19.

    Args:
        event: Any LogEvent.
        nulls: ``omit``, as in all captured deliveries (D18), or ``explicit``, which gives the form of a Preview.

    Raises:
        UsageError: *nulls* is neither.
    """
    if nulls not in {"omit", "explicit"}:
        raise UsageError(f"nulls can't be {nulls!r}", hint="choose one of: omit, explicit")
    if nulls == "explicit":
        return as_preview(event)
    client = event.get("client")
    # Everything is copied once more below, so this is enough to leave the event as it is.
    spelled_out = _spelled_out({**event, "client": {**client} if isinstance(client, dict) else client})
    context = spelled_out.get("authenticationContext")
    if isinstance(context, dict):
        for name in _SINCE_2024:
            context.pop(name, None)
    lean = _without_nulls(spelled_out)
    # D18: an event without a client's data still has its empty chain, and an empty securityContext.
    return lean if isinstance(lean, dict) else {}


def as_system_log(event: Mapping[str, Any]) -> JsonObject:
    """Return the event as the System Log API answers with it: order L4, nulls, ``request.ipChain`` (L13, D20)."""
    source = as_preview(event)
    source.pop("insertionTimestamp", None)
    client = source.get("client")
    chain = client.pop("ipChain", []) if isinstance(client, dict) else []
    source["request"] = {"ipChain": chain}
    context = source.get("authenticationContext")
    if isinstance(context, dict):
        context.pop("authenticatorContext", None)
        source["authenticationContext"] = _ordered(context, _SYSTEM_LOG_AUTHENTICATION_ORDER)
    return _ordered(source, _SYSTEM_LOG_ORDER)


def in_shape(event: Mapping[str, Any], shape: str, *, nulls: str = "omit") -> JsonObject:
    """
    Return the event in one of ``SHAPES`` but ``preview-sample``, which isn't made of an event.

    Raises:
        UsageError: there is no such shape.
    """
    if shape == "delivery":
        return as_delivery(event, nulls=nulls)
    try:
        return {"preview": as_preview, "system-log": as_system_log}[shape](event)
    except KeyError:
        raise UsageError(f"an event can't take the shape {shape!r}", hint=f"shapes: {', '.join(SHAPES)}") from None


def preview_sample(event_type: str, *, world: World, number: int = 0, published: datetime | None = None) -> JsonObject:
    """
    Return the sample data that Preview shows when no such event has happened lately (P6).

    There is no actor, no target and no debugContext: P7 is about receivers that fall over exactly this.

    Raises:
        UsageError: unknown event type, or a *published* without time zone.
    """
    known = type_in(world, event_type)
    draws = world.draws
    if published is None:
        moment = moments.default_published(draws, number, event_type)
    else:
        moment = moments.milliseconds(published, "published")
    microseconds = draws.below(1_000, "microseconds", number, event_type)
    client = browser_client(world.network(world.admin.id), world.browser(world.admin.id))
    return {
        "uuid": uuid_random(draws.raw("sample", event_type, number)),
        "published": f"{moments.text_of(moment)[:-1]}{microseconds:03d}Z",
        "eventType": known.id,
        "version": "0",
        "displayMessage": known.preview_message.value,
        "severity": "INFO",
        "client": {**client, "zone": None, "ipChain": None},
        "device": None,
        "actor": None,
        "outcome": {"result": "Success", "reason": None},
        "target": None,
        "transaction": {"type": None, "id": draws.hexadecimal(32, "sample request", number), "detail": None},
        "debugContext": None,
        "legacyEventType": known.legacy_for("SUCCESS").value,
        "authenticationContext": {**dict.fromkeys(_PREVIEW_AUTHENTICATION_ORDER), "authenticationStep": 0},
        "securityContext": None,
        "insertionTimestamp": None,
    }


def _ordered(members: Mapping[str, Any], order: Iterable[str]) -> JsonObject:
    known = {name: members.get(name) for name in order if name in members or name not in _SINCE_2024}
    return {**known, **{name: value for name, value in members.items() if name not in known}}


def _spell_out(event: JsonObject, name: str, order: Iterable[str]) -> None:
    if isinstance(event.get(name), dict):
        event[name] = _ordered(event[name], order)


def _spell_out_targets(event: JsonObject) -> None:
    targets = event.get("target")
    if isinstance(targets, list):
        event["target"] = [_ordered(target, _ACTOR_ORDER) if isinstance(target, dict) else target for target in targets]


def _copied(value: Any) -> Any:
    # JSON holds nothing else, and copy.deepcopy takes five times as long.
    if isinstance(value, dict):
        return {name: _copied(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
