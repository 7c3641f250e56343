"""Okta's JSON for inline hooks and hook keys, members in Okta's order (I2, I11); pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from emulator.contract.constants import CHANNEL_VERSION
from emulator.contract.model import HookStatus
from emulator.payloads.moments import as_text

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.delivery.oauth import OAuthChannel
    from emulator.org.inline.records import HookKey, InlineHook

__all__ = ["hook_key_json", "inline_hook_json", "public_key_json"]


_KEY_LIFE: Final = timedelta(days=3650)


def inline_hook_json(hook: InlineHook, *, base_url: str) -> JsonObject:
    """Return an inline hook as the API shows it: no ``authScheme.value`` and no ``clientSecret`` is ever part of it."""
    auth = hook.channel.auth
    config: JsonObject = {
        "uri": hook.channel.uri,
        "headers": [{"key": header.key, "value": header.value.reveal()} for header in hook.channel.headers],
        "method": "POST",
        "authScheme": None if auth is None else {"type": "HEADER", "key": auth.key},
    }
    if hook.oauth is not None:
        config |= _oauth(hook.oauth)
    return {
        "id": hook.id,
        "status": hook.status.value,
        "name": hook.name,
        "type": hook.type,
        "version": hook.version,
        "channel": {"type": "HTTP" if hook.oauth is None else "OAUTH", "version": CHANNEL_VERSION, "config": config},
        "created": as_text(hook.created),
        "lastUpdated": as_text(hook.last_updated),
        "_links": _links(hook, base_url),
    }


def _oauth(channel: OAuthChannel) -> JsonObject:
    shown: JsonObject = {
        "clientId": channel.client_id,
        "tokenUrl": channel.token_url,
        "authType": channel.auth_type.value,
        "scope": channel.scope,
    }
    return {**shown, "hookKeyId": channel.hook_key_id} if channel.hook_key_id else shown


def _links(hook: InlineHook, base_url: str) -> JsonObject:
    url = f"{base_url}/api/v1/inlineHooks/{hook.id}"
    self_link = {"self": {"href": url}}
    if hook.status is HookStatus.ACTIVE:
        return {
            **self_link,
            "execute": _link(f"{url}/execute"),
            "deactivate": _link(f"{url}/lifecycle/deactivate"),
        }
    return {"activate": _link(f"{url}/lifecycle/activate"), **self_link, "delete": _link(url, "DELETE")}


def _link(href: str, method: str = "POST") -> JsonObject:
    return {"href": href, "hints": {"allow": [method]}}


def hook_key_json(key: HookKey, *, used: bool) -> JsonObject:
    """Return a hook key as the API shows it; ``isUsed`` is text there."""
    return {
        "id": key.id,
        "keyId": key.key.kid,
        "name": key.name,
        "created": as_text(key.created),
        "lastUpdated": as_text(key.last_updated),
        "isUsed": "true" if used else "false",
    }


def public_key_json(key: HookKey) -> JsonObject:
    """Return the public half of a hook key as the API shows it."""
    jwk = key.key.public_jwk()
    created = as_text(key.created)
    expires = as_text(key.created + _KEY_LIFE)
    return {
        "kid": jwk["kid"],
        "kty": jwk["kty"],
        "alg": jwk["alg"],
        "use": jwk["use"],
        "created": created,
        "lastUpdated": created,
        "expiresAt": expires,
        "e": jwk["e"],
        "n": jwk["n"],
    }
