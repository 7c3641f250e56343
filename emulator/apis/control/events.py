"""Letting events happen, previews, and what users do themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.apis.answers import Answer
from emulator.apis.control.deliveries import delivery_json
from emulator.apis.control.reading import member, members, seconds
from emulator.apis.guarding import ControlError
from emulator.apis.routing import control
from emulator.org.codec import user_json

if TYPE_CHECKING:
    from emulator.apis.asking import Ask

__all__: list[str] = []


@control("POST", "/trigger")
def trigger(ask: Ask) -> Answer:
    """Let an event happen and wait for its delivery: ``{"type": ...}``, perhaps with hook, user, result, set."""
    body = members(ask, "type", "hook", "user", "result", "reason", "set", "timeout")
    org = ask.org
    try:
        delivery = org.trigger(
            member(body, "type", str),
            hook=member(body, "hook", str, default="") or None,
            user=org.user(member(body, "user", str)) if "user" in body else None,
            result=member(body, "result", str, default="") or None,
            reason=member(body, "reason", str, default="") or None,
            edits=member(body, "set", dict, default={}),
            timeout=seconds(body, "timeout", default=30.0),
        )
    except TimeoutError as error:
        raise ControlError(504, str(error)) from None
    return Answer(body=delivery_json(delivery, body=True))


@control("POST", "/preview")
def preview(ask: Ask) -> Answer:
    """Send a sample as the Admin Console's Preview does: ``{"hook": ..., "type": ..., "event": ...}``."""
    body = members(ask, "hook", "type", "event")
    event = member(body, "event", dict) if "event" in body else None
    delivery = ask.org.preview(member(body, "hook", str), member(body, "type", str), event=event)
    return Answer(body=delivery_json(delivery, body=True))


@control("POST", "/users/<ref>/complete-activation")
def complete_activation(ask: Ask, ref: str) -> Answer:
    """Let a PROVISIONED user follow the activation link: ``{"password": ...}``."""
    body = members(ask, "password")
    user = ask.org.users.complete_activation(ref, member(body, "password", str))
    return Answer(body=user_json(user, base_url=ask.base_url))


@control("POST", "/users/<ref>/sign-in")
def sign_in(ask: Ask, ref: str) -> Answer:
    """Let a user sign in: ``{"password": ...}``; the tenth wrong one in a row locks the user out."""
    password = member(members(ask, "password"), "password", str)
    signed_in = ask.org.sign_ins.sign_in(ref, password)
    return Answer(body={"signed_in": signed_in, "status": ask.org.users.get(ref).status})


@control("POST", "/users/<ref>/sign-out")
def sign_out(ask: Ask, ref: str) -> Answer:
    """Let a user sign out."""
    members(ask)
    ask.org.sign_ins.sign_out(ref)
    return Answer(body={"signed_in": False, "status": ask.org.users.get(ref).status})
