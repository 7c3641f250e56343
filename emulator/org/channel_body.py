"""Reading the channel of a hook from the body of an API call: uri, headers, auth scheme, and why they are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from emulator.contract.constants import MAX_CUSTOM_HEADERS, MAX_HEADER_VALUE, MAX_NAME, MAX_URI, RESERVED_HEADERS
from emulator.contract.model import AuthScheme, Channel, CustomHeader, JsonObject
from emulator.org.errors import OktaApiError, blank, invalid
from emulator.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.profile import Profile

__all__ = [
    "INVALID",
    "FieldProblem",
    "auth_problems",
    "constant",
    "header_problems",
    "name_problems",
    "read_channel",
    "refusal",
    "uri_problems",
]

INVALID: Final = "The field has an invalid value"

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]+")
_NEAR_NAMES: Final = (".localhost", ".local", ".internal", ".test")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One reason to refuse a body: Okta's words for it, and ours for people."""

    subject: str
    cause: str
    hint: str = ""


def refusal(problems: list[FieldProblem], *, whole: str) -> OktaApiError:
    """Return the error for all *problems*; *whole* is what Okta calls the object if several of its fields are wrong (E3)."""
    subjects = list(dict.fromkeys(problem.subject for problem in problems))
    hints = dict.fromkeys(problem.hint for problem in problems if problem.hint)
    subject = subjects[0] if len(subjects) == 1 else whole
    return invalid(subject, *dict.fromkeys(problem.cause for problem in problems), hint="\n".join(hints))


def name_problems(name: Any) -> Iterator[FieldProblem]:
    """Yield why a hook can't have this name (A7)."""
    if name is None or name == "":
        yield FieldProblem("name", blank("name"))
    elif not isinstance(name, str) or len(name) > MAX_NAME or not name.strip():
        yield FieldProblem("name", f"name: {INVALID}", f"a name has 1 to {MAX_NAME} characters (A7)")


def constant(owner: JsonObject, name: str, wanted: str) -> Iterator[FieldProblem]:
    """Yield why a member isn't the one value that Okta knows."""
    if owner.get(name) is None:
        yield FieldProblem(name, blank(name))
    elif owner[name] != wanted:
        yield FieldProblem(name, f"{name}: {INVALID}", f"the only {name} Okta knows here is {wanted} (A6)")


def uri_problems(uri: Any, profile: Profile, *, field: str = "uri") -> Iterator[FieldProblem]:
    """Yield why requests can't be sent to *uri* (A8, D28)."""
    if uri is None or uri == "":
        yield FieldProblem(field, blank(field))
        return
    reason = _unfit_uri(uri, profile)
    if reason:
        yield FieldProblem(field, f"{field}: {INVALID}", reason)


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


def header_problems(headers: Any) -> Iterator[FieldProblem]:
    """Yield why custom headers can't be sent (M8)."""
    if headers is None:
        return
    if not isinstance(headers, list):
        yield FieldProblem("headers", f"headers: {INVALID}", 'headers is a list: [{"key": ..., "value": ...}]')
        return
    if len(headers) > MAX_CUSTOM_HEADERS:
        yield FieldProblem("headers", f"headers: {INVALID}", f"at most {MAX_CUSTOM_HEADERS} custom headers (M8)")
    for header in headers:
        entry = header if isinstance(header, dict) else {}
        yield from _header(entry.get("key"), entry.get("value"), "headers")
    keys = [str(header.get("key")).lower() for header in headers if isinstance(header, dict)]
    twice = [key for key in dict.fromkeys(keys) if keys.count(key) > 1]
    if twice:
        yield FieldProblem("headers", f"headers: {INVALID}", f"the header {twice[0]!r} is given twice")


def _header(key: Any, value: Any, subject: str) -> Iterator[FieldProblem]:
    # Values may be secrets, so none is repeated.
    if not isinstance(key, str) or not _TOKEN.fullmatch(key):
        yield FieldProblem(subject, f"{subject}: {INVALID}", "a header's key is a header name, such as X-My-Header")
    elif key.lower() in RESERVED_HEADERS:
        yield FieldProblem(subject, f"{subject}: {INVALID}", f"Okta keeps the header {key!r} for itself (H9)")
    if not isinstance(value, str) or not _VALUE.fullmatch(value) or len(value) > MAX_HEADER_VALUE:
        hint = f"the value of a header is 1 to {MAX_HEADER_VALUE} visible characters in one line (M8)"
        yield FieldProblem(subject, f"{subject}: {INVALID}", hint)


def auth_problems(auth: Any, old: Channel | None) -> Iterator[FieldProblem]:
    """Yield why an ``authScheme`` can't be used; the value may be left out if *old* has one of the same key."""
    if auth is None:
        return
    if not isinstance(auth, dict):
        yield FieldProblem("authScheme", f"authScheme: {INVALID}", "authScheme is an object with type, key and value")
        return
    yield from constant(auth, "type", "HEADER")
    key, value = auth.get("key"), auth.get("value")
    if key is None or key == "":
        yield FieldProblem("key", blank("key"))
    elif value is None and isinstance(key, str) and _kept(key, old) is None:
        yield FieldProblem("value", blank("value"))
    else:
        yield from _header(key, "kept" if value is None else value, "authScheme")


def _kept(key: str, old: Channel | None) -> Secret | None:
    if old is None or old.auth is None or old.auth.key.lower() != key.lower():
        return None
    return old.auth.value


def read_channel(config: JsonObject, old: Channel | None) -> Channel:
    """Return the channel that a faultless ``config`` describes."""
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
