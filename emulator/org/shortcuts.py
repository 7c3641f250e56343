"""API bodies made of the few words that a test has for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emulator.contract.constants import CHANNEL_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from emulator.contract.model import EventHook, JsonObject
    from emulator.payloads import Person

__all__ = ["free_hook_name", "hook_body", "user_body"]


def free_hook_name(hooks: Sequence[EventHook]) -> str:
    """Return a name that none of *hooks* has."""
    taken = {hook.name for hook in hooks}
    return next(name for number in range(1, len(taken) + 2) if (name := f"Event hook {number}") not in taken)


def hook_body(
    *,
    uri: str,
    events: Iterable[str],
    auth: str | tuple[str, str] | None,
    name: str,
    headers: Mapping[str, str] | None,
    description: str | None,
    expressions: Mapping[str, str] | None,
) -> JsonObject:
    """Return the body that creates an event hook; *auth* is a value of ``Authorization``, or a name and a value."""
    key, value = ("Authorization", auth) if isinstance(auth, str) else auth or ("", "")
    entries = [{"event": event, "condition": {"expression": text}} for event, text in (expressions or {}).items()]
    return {
        "name": name,
        "description": description,
        "events": {
            "type": "EVENT_TYPE",
            "items": [events] if isinstance(events, str) else list(events),
            "filter": {"type": "EXPRESSION_LANGUAGE", "eventFilterMap": entries} if entries else None,
        },
        "channel": {
            "type": "HTTP",
            "version": CHANNEL_VERSION,
            "config": {
                "uri": uri,
                "headers": [{"key": header, "value": text} for header, text in (headers or {}).items()],
                "authScheme": None if auth is None else {"type": "HEADER", "key": key, "value": value},
            },
        },
    }


def user_body(
    login: str | None,
    *,
    somebody: Person | None,
    first_name: str | None,
    last_name: str | None,
    email: str | None,
    password: str | None,
    groups: Sequence[str],
    profile: Mapping[str, Any],
) -> JsonObject:
    """Return the body that creates a user: *somebody*, or whoever *login* seems to be the login of."""
    if somebody is not None:
        login = somebody.login
        given, _, family = somebody.display_name.partition(" ")
    else:
        login = login or ""
        words = [word.capitalize() for word in re.split(r"[._+-]+", login.partition("@")[0]) if word]
        given, family = (words[0], " ".join(words[1:]) or words[0]) if words else ("", "")
    body: JsonObject = {
        "profile": {
            "login": login,
            "email": email or login,
            "firstName": first_name or given,
            "lastName": last_name or family,
            **profile,
        },
        "groupIds": list(groups),
    }
    if password is not None:
        body["credentials"] = {"password": {"value": password}}
    return body
