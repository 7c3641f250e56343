"""Reading the body with which a client creates or replaces an event hook, and every reason to refuse it (A4-A10)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from emulator.contract.catalogue import eligible_types
from emulator.contract.constants import (
    CHANNEL_VERSION,
    MAX_CUSTOM_HEADERS,
    MAX_EVENT_TYPES,
    MAX_HEADER_VALUE,
    MAX_NAME,
    MAX_URI,
    RESERVED_HEADERS,
)
from emulator.contract.model import AuthScheme, Channel, CustomHeader, HookStatus, JsonObject
from emulator.names import did_you_mean
from emulator.org.errors import OktaApiError, api_error, blank, invalid
from emulator.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.contract.profile import Profile
    from emulator.payloads.custom import CustomType

__all__ = ["HookDraft", "read_hook"]

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]+")
_INVALID: Final = "The field has an invalid value"
_NEAR_NAMES: Final = (".localhost", ".local", ".internal", ".test")


@dataclass(frozen=True, slots=True, kw_only=True)
class HookDraft:
    """What a body asks for; ``status`` is None unless it names one (A19)."""

    name: str
    description: str | None
    events: tuple[str, ...]
    event_filter: JsonObject | None
    channel: Channel
    status: HookStatus | None


@dataclass(frozen=True, slots=True)
class _Problem:
    subject: str
    cause: str
    hint: str = ""


def read_hook(
    body: Any, *, profile: Profile, old: Channel | None = None, custom: Mapping[str, CustomType] | None = None
) -> HookDraft:
    """
    Return what *body* asks for; read-only and unknown members are ignored (A33, A34).

    Args:
        body: The parsed JSON.
        profile: Whether plain http:// is let pass for receivers nearby (D28).
        old: The channel of the hook that is replaced.  UNDOCUMENTED: an ``authScheme`` of the same key without a
            value keeps the old secret, since a client that reads a hook and writes it back never learns it (A13).
        custom: Event types that are known beside Okta's.

    Raises:
        OktaApiError: E0000003 if it is no object, else E0000001 with every cause.
    """
    if not isinstance(body, dict):
        raise api_error("E0000003")
    problems = [*_name(body), *_events(body, custom or {}), *_channel(body, profile, old), *_filter(body, profile)]
    if problems:
        raise _refusal(problems)
    events = body["events"]
    status = body.get("status")
    return HookDraft(
        name=body["name"],
        description=body.get("description"),
        events=tuple(dict.fromkeys(events["items"])),  # A16: a set
        event_filter=_clean_filter(events.get("filter")),
        channel=_read_channel(body["channel"]["config"], old),
        status=HookStatus(status) if status in list(HookStatus) else None,
    )


def _refusal(problems: list[_Problem]) -> OktaApiError:
    subjects = list(dict.fromkeys(problem.subject for problem in problems))
    hints = dict.fromkeys(problem.hint for problem in problems if problem.hint)
    # E3: the summary names the field, or the object if several fields are wrong.
    subject = subjects[0] if len(subjects) == 1 else "eventHook"
    return invalid(subject, *dict.fromkeys(problem.cause for problem in problems), hint="\n".join(hints))


def _name(body: JsonObject) -> Iterator[_Problem]:
    name = body.get("name")
    if name is None or name == "":
        yield _Problem("name", blank("name"))
    elif not isinstance(name, str) or len(name) > MAX_NAME or not name.strip():
        yield _Problem("name", f"name: {_INVALID}", f"a name has 1 to {MAX_NAME} characters (A7)")
    if not isinstance(body.get("description"), str | None):
        yield _Problem("description", f"description: {_INVALID}", "a description is text or null")


def _events(body: JsonObject, custom: Mapping[str, CustomType]) -> Iterator[_Problem]:
    events = body.get("events")
    if events is None:
        yield _Problem("events", blank("events"))
        return
    if not isinstance(events, dict):
        yield _Problem("events", f"events: {_INVALID}", 'events is an object: {"type": "EVENT_TYPE", "items": [...]}')
        return
    yield from _constant(events, "type", "EVENT_TYPE")
    items = events.get("items")
    if items is None or items == []:
        yield _Problem("items", blank("items"))
    elif not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        yield _Problem("items", f"items: {_INVALID}", "items is a list of event types")
    else:
        yield from _items(list(dict.fromkeys(items)), custom)


def _items(items: list[str], custom: Mapping[str, CustomType]) -> Iterator[_Problem]:
    own = {name for name, each in custom.items() if each.eligible}
    unfit = [item for item in items if item not in own and item not in eligible_types()]
    if unfit:
        # A9: the text is not documented.
        hints = [f"{item!r} is not event-hook-eligible; {did_you_mean(item, eligible_types())}" for item in unfit[:3]]
        yield _Problem("items", f"items: Invalid event type(s): {', '.join(unfit)}", "\n".join(hints))
    if len(items) > MAX_EVENT_TYPES:
        yield _Problem(
            "items",
            f"items: The number of event types exceeds the maximum of {MAX_EVENT_TYPES}",
            f"a hook takes at most {MAX_EVENT_TYPES} event types (A9); register a second hook for the rest",
        )


def _constant(owner: JsonObject, name: str, wanted: str) -> Iterator[_Problem]:
    if owner.get(name) is None:
        yield _Problem(name, blank(name))
    elif owner[name] != wanted:
        yield _Problem(name, f"{name}: {_INVALID}", f"the only {name} Okta knows here is {wanted} (A6)")


def _channel(body: JsonObject, profile: Profile, old: Channel | None) -> Iterator[_Problem]:
    channel = body.get("channel")
    if channel is None:
        yield _Problem("channel", blank("channel"))
        return
    if not isinstance(channel, dict):
        yield _Problem("channel", f"channel: {_INVALID}", "channel is an object with type, version and config")
        return
    yield from _constant(channel, "type", "HTTP")
    yield from _constant(channel, "version", CHANNEL_VERSION)
    config = channel.get("config")
    if config is None:
        yield _Problem("config", blank("config"))
        return
    if not isinstance(config, dict):
        yield _Problem("config", f"config: {_INVALID}", 'config is an object: {"uri": ...}')
        return
    yield from _uri(config.get("uri"), profile)
    yield from _headers(config.get("headers"))
    yield from _auth(config.get("authScheme"), old)


def _uri(uri: Any, profile: Profile) -> Iterator[_Problem]:
    if uri is None or uri == "":
        yield _Problem("uri", blank("uri"))
        return
    reason = _unfit_uri(uri, profile)
    if reason:
        yield _Problem("uri", f"uri: {_INVALID}", reason)


def _unfit_uri(uri: Any, profile: Profile) -> str:
    if not isinstance(uri, str):
        return "a uri is text"
    if len(uri) > MAX_URI:
        return f"a uri has at most {MAX_URI} characters, this one has {len(uri)} (A8)"
    if re.search(r"[\s\x00-\x1f\x7f]", uri):
        return "a uri has no white space; write a space in a path as %20 (A8)"
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "that is not a URL; write it like https://hooks.example.com/okta"
    if parts.scheme not in {"http", "https"}:
        return "Okta calls hooks over https only; write the uri like https://hooks.example.com/okta (D28)"
    if not host or port == 0:
        return "the uri names no host that can be called"
    if parts.username is not None or parts.password is not None:
        return "credentials belong into authScheme or headers, not into the uri (H6)"
    if parts.scheme == "http" and not (profile.uri_allow_http_loopback and _is_near(host)):
        return (
            "Okta calls hooks over https only; plain http:// is let pass for receivers on this machine or network (D28)"
        )
    return ""


def _is_near(host: str) -> bool:
    """Say whether a host is this machine or, by its looks, its neighbour: what can't be known is left to the sender."""
    if host == "localhost" or host.endswith(_NEAR_NAMES) or ("." not in host.strip("[]") and ":" not in host):
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def _headers(headers: Any) -> Iterator[_Problem]:
    if headers is None:
        return
    if not isinstance(headers, list):
        yield _Problem("headers", f"headers: {_INVALID}", 'headers is a list: [{"key": ..., "value": ...}]')
        return
    if len(headers) > MAX_CUSTOM_HEADERS:
        yield _Problem("headers", f"headers: {_INVALID}", f"at most {MAX_CUSTOM_HEADERS} custom headers (M8)")
    for header in headers:
        entry = header if isinstance(header, dict) else {}
        yield from _header(entry.get("key"), entry.get("value"), "headers")
    keys = [str(header.get("key")).lower() for header in headers if isinstance(header, dict)]
    twice = [key for key in dict.fromkeys(keys) if keys.count(key) > 1]
    if twice:
        yield _Problem("headers", f"headers: {_INVALID}", f"the header {twice[0]!r} is given twice")


def _header(key: Any, value: Any, subject: str) -> Iterator[_Problem]:
    # Values may be secrets, so none is repeated.
    if not isinstance(key, str) or not _TOKEN.fullmatch(key):
        yield _Problem(subject, f"{subject}: {_INVALID}", "a header's key is a header name, such as X-My-Header")
    elif key.lower() in RESERVED_HEADERS:
        yield _Problem(subject, f"{subject}: {_INVALID}", f"Okta keeps the header {key!r} for itself (H9)")
    if not isinstance(value, str) or not _VALUE.fullmatch(value) or len(value) > MAX_HEADER_VALUE:
        hint = f"the value of a header is 1 to {MAX_HEADER_VALUE} visible characters in one line (M8)"
        yield _Problem(subject, f"{subject}: {_INVALID}", hint)


def _auth(auth: Any, old: Channel | None) -> Iterator[_Problem]:
    if auth is None:
        return
    if not isinstance(auth, dict):
        yield _Problem("authScheme", f"authScheme: {_INVALID}", "authScheme is an object with type, key and value")
        return
    yield from _constant(auth, "type", "HEADER")
    key, value = auth.get("key"), auth.get("value")
    if key is None or key == "":
        yield _Problem("key", blank("key"))
    elif value is None and isinstance(key, str) and _kept(key, old) is None:
        yield _Problem("value", blank("value"))
    else:
        yield from _header(key, "kept" if value is None else value, "authScheme")


def _kept(key: str, old: Channel | None) -> Secret | None:
    if old is None or old.auth is None or old.auth.key.lower() != key.lower():
        return None
    return old.auth.value


def _read_channel(config: JsonObject, old: Channel | None) -> Channel:
    auth = config.get("authScheme")
    scheme = None
    if auth is not None:
        kept = _kept(auth["key"], old)
        value = auth.get("value")
        scheme = AuthScheme(key=auth["key"], value=kept if value is None and kept else Secret(value))
    headers = tuple(
        CustomHeader(key=header["key"], value=Secret(header["value"])) for header in config.get("headers") or ()
    )
    return Channel(uri=config["uri"], auth=scheme, headers=headers)


def _filter(body: JsonObject, profile: Profile) -> Iterator[_Problem]:
    events = body.get("events")
    if not isinstance(events, dict) or not isinstance(events.get("items"), list) or events.get("filter") is None:
        return
    # Only hooks with a filter pay for the parser.
    from emulator.contract.expressions.event_filter.filter_map import FilterMapError, filters_by_type

    try:
        filters_by_type(events["filter"], events["items"], strict=profile.filter_strict)
    except FilterMapError as error:
        yield _Problem("filter", error.cause, error.hint)


def _clean_filter(event_filter: JsonObject | None) -> JsonObject | None:
    if not event_filter or not event_filter["eventFilterMap"]:
        return None
    entries = [
        {"event": entry["event"], "condition": {"expression": entry["condition"]["expression"]}}
        for entry in event_filter["eventFilterMap"]
    ]
    return {"type": "EXPRESSION_LANGUAGE", "eventFilterMap": entries}
