"""Reading the bodies with which clients create and change inline hooks, and every reason to refuse them (I2, I11, I12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import CHANNEL_VERSION
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.delivery.oauth import AuthType, OAuthChannel
from emulator.names import did_you_mean
from emulator.org.channel_body import (
    INVALID,
    FieldProblem,
    auth_problems,
    constant,
    header_problems,
    name_problems,
    read_channel,
    refusal,
    uri_problems,
)
from emulator.org.errors import api_error, blank
from emulator.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import Channel, JsonObject
    from emulator.contract.profile import Profile
    from emulator.org.inline.records import InlineHook

__all__ = ["InlineHookDraft", "merged_body", "read_inline_hook"]

_CHANNELS: Final = ("HTTP", "OAUTH")
_LONGEST: Final = 4096  # characters of a client id, client secret or scope


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineHookDraft:
    """What a body asks for."""

    name: str
    kind: InlineHookType
    channel: Channel
    oauth: OAuthChannel | None


def read_inline_hook(
    body: Any, *, profile: Profile, hook_keys: Collection[str], old: InlineHook | None = None
) -> InlineHookDraft:
    """
    Return what *body* asks for; ``status``, which a body can't set, and unknown members are ignored (I2).

    Args:
        body: The parsed JSON.
        profile: Whether plain http:// is let pass for receivers nearby (D28).
        hook_keys: The ids of the org's hook keys.
        old: The hook that is changed: its type stays.  UNDOCUMENTED: a body that leaves out the secret of the same
            header or client keeps it, since a client that reads a hook and writes it back never learns it.

    Raises:
        OktaApiError: E0000003 if it is no object, else E0000001 with every cause.
    """
    if not isinstance(body, dict):
        raise api_error("E0000003")
    problems = [
        *name_problems(body.get("name")),
        *_type(body.get("type"), old),
        *_version(body),
        *_channel(body.get("channel"), profile, hook_keys, old),
    ]
    kind = old.kind if old is not None else INLINE_HOOK_TYPES.get(str(body.get("type")))
    if kind is not None and kind.needs_auth and not problems:
        problems += _missing_auth(body["channel"])
    if problems or kind is None:
        raise refusal(problems, whole="inlineHook")
    channel = body["channel"]
    config = channel["config"]
    if channel["type"] == "HTTP":
        return InlineHookDraft(
            name=body["name"], kind=kind, channel=read_channel(config, None if old is None else old.channel), oauth=None
        )
    return InlineHookDraft(
        name=body["name"],
        kind=kind,
        channel=read_channel({**config, "authScheme": None}, None),
        oauth=_read_oauth(config, old),
    )


def _type(value: Any, old: InlineHook | None) -> Iterator[FieldProblem]:
    if old is not None:
        if value is not None and value != old.type:
            yield FieldProblem("type", f"type: {INVALID}", f"the type of a hook stays what it was: {old.type}")
    elif value is None or value == "":
        yield FieldProblem("type", blank("type"), f"the types: {', '.join(INLINE_HOOK_TYPES)}")
    elif not isinstance(value, str) or value not in INLINE_HOOK_TYPES:
        near = did_you_mean(str(value), INLINE_HOOK_TYPES)
        yield FieldProblem("type", f"type: {INVALID}", near or f"the types: {', '.join(INLINE_HOOK_TYPES)}")


def _version(body: JsonObject) -> Iterator[FieldProblem]:
    if body.get("version") is not None:
        yield from constant(body, "version", CHANNEL_VERSION)


def _channel(
    channel: Any, profile: Profile, hook_keys: Collection[str], old: InlineHook | None
) -> Iterator[FieldProblem]:
    if channel is None:
        yield FieldProblem("channel", blank("channel"))
        return
    if not isinstance(channel, dict):
        yield FieldProblem("channel", f"channel: {INVALID}", "channel is an object with type, version and config")
        return
    yield from _version(channel)
    if channel.get("type") not in _CHANNELS:
        cause = blank("type") if channel.get("type") is None else f"type: {INVALID}"
        yield FieldProblem("type", cause, "a channel is HTTP, with or without an authScheme, or OAUTH (I11)")
    config = channel.get("config")
    if config is None:
        yield FieldProblem("config", blank("config"))
        return
    if not isinstance(config, dict):
        yield FieldProblem("config", f"config: {INVALID}", 'config is an object: {"uri": ...}')
        return
    yield from uri_problems(config.get("uri"), profile)
    yield from header_problems(config.get("headers"))
    if config.get("method") is not None:
        yield from constant(config, "method", "POST")
    if channel.get("type") == "OAUTH":
        yield from _oauth(config, profile, hook_keys, old)
    else:
        yield from auth_problems(config.get("authScheme"), None if old is None else old.channel)


def _oauth(
    config: JsonObject, profile: Profile, hook_keys: Collection[str], old: InlineHook | None
) -> Iterator[FieldProblem]:
    if config.get("authScheme") is not None:
        yield FieldProblem(
            "authScheme", f"authScheme: {INVALID}", "an OAUTH channel sends a bearer token instead (I11)"
        )
    yield from uri_problems(config.get("tokenUrl"), profile, field="tokenUrl")
    yield from _text(config.get("clientId"), "clientId")
    if config.get("scope") is not None and config["scope"] != "":
        yield from _text(config["scope"], "scope")
    kinds = ", ".join(AuthType)
    if config.get("authType") == AuthType.SECRET:
        if config.get("clientSecret") is not None or _kept(config, old) is None:
            yield from _text(config.get("clientSecret"), "clientSecret")
    elif config.get("authType") == AuthType.KEY:
        key = config.get("hookKeyId")
        if key is None or key == "":
            yield FieldProblem("hookKeyId", blank("hookKeyId"), "create a key first: POST /api/v1/hook-keys")
        elif key not in hook_keys:
            yield FieldProblem("hookKeyId", f"hookKeyId: {INVALID}", "there is no such key: GET /api/v1/hook-keys")
    elif config.get("authType") is None:
        yield FieldProblem("authType", blank("authType"), f"one of {kinds} (I11)")
    else:
        yield FieldProblem("authType", f"authType: {INVALID}", f"one of {kinds} (I11)")


def _text(value: Any, field: str) -> Iterator[FieldProblem]:
    # It may be a secret, so it is not repeated.
    if value is None or value == "":
        yield FieldProblem(field, blank(field))
    elif not isinstance(value, str) or len(value) > _LONGEST or not value.isprintable():
        yield FieldProblem(field, f"{field}: {INVALID}", f"{field} is text in one line")


def _missing_auth(channel: JsonObject) -> list[FieldProblem]:
    if channel["type"] == "OAUTH" or channel["config"].get("authScheme") is not None:
        return []
    hint = "a telephony hook is called with credentials only: give it an authScheme, or an OAUTH channel (I12)"
    return [FieldProblem("authScheme", blank("authScheme"), hint)]


def _kept(config: JsonObject, old: InlineHook | None) -> Secret | None:
    if old is None or old.oauth is None or old.oauth.client_id != config.get("clientId"):
        return None
    return old.oauth.secret


def _read_oauth(config: JsonObject, old: InlineHook | None) -> OAuthChannel:
    kind, given = AuthType(config["authType"]), config.get("clientSecret")
    secret = None
    if kind is AuthType.SECRET:
        secret = _kept(config, old) if given is None else Secret(given)
    return OAuthChannel(
        auth_type=kind,
        client_id=config["clientId"],
        token_url=config["tokenUrl"],
        scope=config.get("scope") or None,
        secret=secret,
        hook_key_id=config["hookKeyId"] if kind is AuthType.KEY else "",
    )


def merged_body(shown: JsonObject, body: Any) -> Any:
    """
    Return the whole body that a partial update asks for (I2).

    Objects are merged, anything else is replaced; a channel of another type or way of authentication starts afresh.

    Args:
        shown: The hook as the API shows it.
        body: What the client sent.
    """
    if not isinstance(body, dict):
        return body
    before = {"name": shown["name"], "channel": shown["channel"]}
    channel = body.get("channel")
    if isinstance(channel, dict) and channel.get("type", before["channel"]["type"]) != before["channel"]["type"]:
        del before["channel"]
    merged: JsonObject = _merge(before, body)
    return merged


def _merge(before: Any, after: Any) -> Any:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return after
    kept = {name: _merge(value, after[name]) if name in after else value for name, value in before.items()}
    return {**kept, **{name: value for name, value in after.items() if name not in before}}
