"""Fetching the bearer token that an inline hook with an OAuth 2.0 channel is called with (I11)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from emulator.contract.constants import CONTENT_TYPE, TIME_LIMIT, USER_AGENT_VERIFY
from emulator.contract.model import AuthScheme
from emulator.delivery.exchange import Request
from emulator.delivery.signing import now
from emulator.secrets import Secret

if TYPE_CHECKING:
    from emulator.delivery.exchange import Exchange
    from emulator.delivery.signing import SigningKey
    from emulator.delivery.transport import Sender

__all__ = ["ASSERTION_TYPE", "AuthType", "Bearer", "OAuthChannel", "client_assertion", "fetch_bearer", "token_form"]

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFE: Final = 300  # seconds
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
_CODE: Final = re.compile(r"[a-z_]{1,40}")


class AuthType(StrEnum):
    """How a client proves to the token endpoint who it is."""

    SECRET = "client_secret_post"  # noqa: S105 (Okta's word, not a secret)
    KEY = "private_key_jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthChannel:
    """How a hook gets its token: ``secret`` or ``hook_key_id`` is set, as ``auth_type`` says."""

    auth_type: AuthType
    client_id: str
    token_url: str
    scope: str | None = None
    secret: Secret | None = None
    hook_key_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """What a token endpoint gave: ``token``, or else in ``problem`` why there is none."""

    token: Secret | None = None
    problem: str = ""

    def auth(self) -> AuthScheme | None:
        """Return the header that carries the token."""
        if self.token is None:
            return None
        return AuthScheme(key="Authorization", value=Secret(f"Bearer {self.token.reveal()}"))


def token_form(channel: OAuthChannel, key: SigningKey | None, *, assertion_id: str) -> dict[str, str]:
    """
    Return the fields of the token request.

    Args:
        channel: How the client proves who it is.
        key: The hook key, for ``private_key_jwt``.
        assertion_id: The ``jti`` of the client assertion, never the same twice.
    """
    form = {"grant_type": "client_credentials"}
    if channel.scope:
        form["scope"] = channel.scope
    form["client_id"] = channel.client_id
    if channel.auth_type is AuthType.SECRET:
        form["client_secret"] = channel.secret.reveal() if channel.secret else ""
    elif key is not None:
        form["client_assertion_type"] = ASSERTION_TYPE
        form["client_assertion"] = client_assertion(channel, key, assertion_id=assertion_id).reveal()
    return form


def client_assertion(channel: OAuthChannel, key: SigningKey, *, assertion_id: str) -> Secret:
    """Return the token by which a client proves that it has a key (RFC 7523)."""
    issued = now()
    return key.sign(
        {
            "iss": channel.client_id,
            "sub": channel.client_id,
            "aud": channel.token_url,
            "iat": issued,
            "exp": issued + _ASSERTION_LIFE,
            "jti": assertion_id,
        }
    )


def fetch_bearer(
    channel: OAuthChannel,
    *,
    sender: Sender,
    key: SigningKey | None = None,
    assertion_id: str = "",
    time_limit: float = TIME_LIMIT,
) -> Bearer:
    """
    Ask the token endpoint for a bearer token; never raises for what the network or the endpoint does.

    UNDOCUMENTED: how long Okta waits for it.  Here the request has a time limit of its own, as long as the hook's, and
    is never repeated; every call of a hook fetches a token of its own.

    Args:
        channel: Where to ask, and as whom.
        sender: What makes the request; it decides which targets are allowed.
        key: The hook key, for ``private_key_jwt``.
        assertion_id: The ``jti`` of the client assertion.
        time_limit: Seconds for the whole request.
    """
    body = urlencode(token_form(channel, key, assertion_id=assertion_id)).encode()
    headers = (
        ("Accept", CONTENT_TYPE),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("User-Agent", USER_AGENT_VERIFY),
    )
    return _read(
        sender.send(Request(method="POST", url=channel.token_url, headers=headers, body=body), time_limit=time_limit)
    )


def _read(exchange: Exchange) -> Bearer:
    # What comes back may hold the token or repeat the secret, so of its text only the error code is ever shown.
    reply = exchange.reply
    if reply is None:
        return _failed(exchange.detail or str(exchange.failure))
    try:
        answer = json.loads(reply.body)
    except (ValueError, RecursionError):
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    if reply.status != 200:
        code = answer.get("error")
        said = f" {code}" if isinstance(code, str) and _CODE.fullmatch(code) else ""
        return _failed(f"it answered {reply.status}{said}")
    token, kind = answer.get("access_token"), answer.get("token_type")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return _failed("its answer has no access_token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return _failed("the token_type of its answer is not Bearer")
    return Bearer(token=Secret(token))


def _failed(why: str) -> Bearer:
    return Bearer(problem=f"the token endpoint gave no token: {why}")
