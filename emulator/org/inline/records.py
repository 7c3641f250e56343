"""What an org keeps of inline hooks and hook keys, and how it is written into the store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulator.contract.constants import CHANNEL_VERSION
from emulator.contract.inline.types import INLINE_HOOK_TYPES, InlineHookType
from emulator.contract.model import AuthScheme, Channel, CustomHeader, HookStatus
from emulator.delivery.oauth import AuthType, OAuthChannel
from emulator.delivery.signing import SigningKey
from emulator.secrets import Secret

__all__ = ["HookKey", "InlineHook", "hook_from_text", "hook_to_text", "key_from_text", "key_to_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineHook:
    """
    An inline hook as an org keeps it; instants are aware UTC datetimes in whole seconds (N5).

    A hook with ``oauth`` is called with a bearer token, and its ``channel`` has no auth scheme (I11).
    """

    id: str
    name: str
    kind: InlineHookType
    channel: Channel
    oauth: OAuthChannel | None = None
    status: HookStatus = HookStatus.ACTIVE
    version: str = CHANNEL_VERSION
    created: datetime
    last_updated: datetime

    @property
    def type(self) -> str:
        """Okta's name of its type, such as ``com.okta.saml.tokens.transform``."""
        return self.kind.name


@dataclass(frozen=True, slots=True, kw_only=True)
class HookKey:
    """A key pair that hooks sign with; ``key.kid`` is the ``keyId`` by which the public half is read."""

    id: str
    name: str
    key: SigningKey
    created: datetime
    last_updated: datetime


def hook_to_text(hook: InlineHook) -> str:
    """Return an inline hook as it is stored: with its secrets, since they are sent with every call."""
    channel, oauth = hook.channel, hook.oauth
    return json.dumps(
        {
            "id": hook.id,
            "name": hook.name,
            "type": hook.type,
            "uri": channel.uri,
            "auth": channel.auth and [channel.auth.key, channel.auth.value.reveal()],
            "headers": [[header.key, header.value.reveal()] for header in channel.headers],
            "oauth": oauth
            and {
                "authType": oauth.auth_type,
                "clientId": oauth.client_id,
                "tokenUrl": oauth.token_url,
                "scope": oauth.scope,
                "clientSecret": oauth.secret and oauth.secret.reveal(),
                "hookKeyId": oauth.hook_key_id,
            },
            "status": hook.status,
            "version": hook.version,
            "created": hook.created.isoformat(),
            "lastUpdated": hook.last_updated.isoformat(),
        },
        separators=(",", ":"),
    )


def hook_from_text(text: str) -> InlineHook:
    """Return the inline hook that was stored as *text*."""
    found = json.loads(text)
    auth = found["auth"]
    return InlineHook(
        id=found["id"],
        name=found["name"],
        kind=INLINE_HOOK_TYPES[found["type"]],
        channel=Channel(
            uri=found["uri"],
            auth=None if auth is None else AuthScheme(key=auth[0], value=Secret(auth[1])),
            headers=tuple(CustomHeader(key=key, value=Secret(value)) for key, value in found["headers"]),
        ),
        oauth=None if found["oauth"] is None else _oauth(found["oauth"]),
        status=HookStatus(found["status"]),
        version=found["version"],
        created=datetime.fromisoformat(found["created"]),
        last_updated=datetime.fromisoformat(found["lastUpdated"]),
    )


def _oauth(found: dict[str, Any]) -> OAuthChannel:
    return OAuthChannel(
        auth_type=AuthType(found["authType"]),
        client_id=found["clientId"],
        token_url=found["tokenUrl"],
        scope=found["scope"],
        secret=None if found["clientSecret"] is None else Secret(found["clientSecret"]),
        hook_key_id=found["hookKeyId"],
    )


def key_to_text(key: HookKey) -> str:
    """Return a hook key as it is stored: with its private half."""
    return json.dumps(
        {
            "id": key.id,
            "name": key.name,
            "kid": key.key.kid,
            "pem": key.key.pem.reveal(),
            "created": key.created.isoformat(),
            "lastUpdated": key.last_updated.isoformat(),
        },
        separators=(",", ":"),
    )


def key_from_text(text: str) -> HookKey:
    """Return the hook key that was stored as *text*."""
    found = json.loads(text)
    return HookKey(
        id=found["id"],
        name=found["name"],
        key=SigningKey(kid=found["kid"], pem=Secret(found["pem"])),
        created=datetime.fromisoformat(found["created"]),
        last_updated=datetime.fromisoformat(found["lastUpdated"]),
    )
