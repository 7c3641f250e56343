"""The org's own token endpoint: it checks clients, mints access tokens and publishes the key that proves them (I11)."""

from __future__ import annotations

import json
from hmac import compare_digest
from typing import TYPE_CHECKING, Final

from emulator.delivery.oauth import ASSERTION_TYPE, AuthType
from emulator.delivery.signing import SigningKey, TokenError, check_token, new_key, now
from emulator.errors import HarnessError
from emulator.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.model import JsonObject
    from emulator.delivery.oauth import OAuthChannel
    from emulator.org.core import Core
    from emulator.org.inline.hooks import InlineHooks
    from emulator.org.inline.keys import HookKeys

__all__ = ["AUDIENCE", "Issuer", "OAuthError"]

AUDIENCE: Final = "api://default"
_LIFE: Final = 3600  # seconds
_KEPT_AS: Final = "signing key"


class OAuthError(HarnessError):
    """A refusal in the words of OAuth 2.0 (RFC 6749, 5.2)."""

    exit_code = 1

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status

    def body(self) -> JsonObject:
        """Return the JSON of the answer."""
        return {"error": self.error, "error_description": self.description}


class Issuer:
    """
    Mints RS256 access tokens for the clients that the org's inline hooks name.

    UNDOCUMENTED: at Okta a client is an app.  Here it is whoever an inline hook names in ``clientId``, and proves to be
    with the hook's ``clientSecret``, or with the key that ``hookKeyId`` names.
    """

    def __init__(self, core: Core, hooks: InlineHooks, keys: HookKeys) -> None:
        self._core = core
        self._hooks = hooks
        self._keys = keys

    def key(self) -> SigningKey:
        """
        Return the org's own key pair, made when it is first needed.

        Raises:
            UsageError: the extra ``oauth`` is not installed.
        """
        store = self._core.store
        with store.transaction():
            kept = store.get(_KEPT_AS)
            if kept is None:
                made = new_key(self._core.world.draws.base64url(32, "signing key"))
                store.keep(_KEPT_AS, json.dumps([made.kid, made.pem.reveal()]))
                return made
        kid, pem = json.loads(kept)
        return SigningKey(kid=kid, pem=Secret(pem))

    def jwks(self) -> JsonObject:
        """Return the public keys by which a receiver checks the org's tokens."""
        return {"keys": [self.key().public_jwk()]}

    def token(self, form: Mapping[str, str], *, issuer: str, token_url: str) -> JsonObject:
        """
        Answer a token request.

        Args:
            form: Its fields.
            issuer: The ``iss`` of the token.
            token_url: The address that was asked, which a client assertion has to be meant for.

        Raises:
            OAuthError: the request is refused.
        """
        if form.get("grant_type") != "client_credentials":
            raise OAuthError("unsupported_grant_type", "The only grant_type here is client_credentials.")
        client_id = self._client(form, token_url)
        issued, scopes = now(), form.get("scope", "").split()
        claims: JsonObject = {
            "ver": 1,
            "jti": f"AT.{self._core.world.draws.base64url(32, 'access token', self._core.store.next('access token'))}",
            "iss": issuer,
            "aud": AUDIENCE,
            "iat": issued,
            "exp": issued + _LIFE,
            "cid": client_id,
            **({"scp": scopes} if scopes else {}),
            "sub": client_id,
        }
        token = self.key().sign(claims).reveal()
        return {"token_type": "Bearer", "expires_in": _LIFE, "access_token": token, "scope": " ".join(scopes)}

    def _client(self, form: Mapping[str, str], token_url: str) -> str:
        """Return the id of the client, which has proved to be it."""
        if "client_assertion" in form:
            return self._by_key(form, token_url)
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        if not client_id or not secret:
            raise _unknown("The client sends neither client_id and client_secret nor a client_assertion.")
        for found in self._clients(client_id):
            if found.secret is not None and compare_digest(found.secret.reveal().encode(), secret.encode()):
                return client_id
        raise _unknown("The client secret supplied for a confidential client is invalid.")

    def _by_key(self, form: Mapping[str, str], token_url: str) -> str:
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise OAuthError("invalid_request", f"The client_assertion_type must be {ASSERTION_TYPE}.")
        assertion, why = form["client_assertion"], "nobody is known by that name"
        for client_id in self._names(form.get("client_id", "")):
            ids = [each.hook_key_id for each in self._clients(client_id) if each.auth_type is AuthType.KEY]
            keys = [self._keys.get(key_id).key.public_jwk() for key_id in dict.fromkeys(ids)]
            try:
                claims = check_token(assertion, keys, audience=[token_url], issuer=client_id)
            except TokenError as error:
                why = error.message
                continue
            if claims["sub"] != client_id:
                raise _unknown("The client_assertion's sub is not its iss.")
            return client_id
        raise _unknown(f"The client_assertion is not valid: {why}.")

    def _names(self, client_id: str) -> list[str]:
        known = dict.fromkeys(hook.oauth.client_id for hook in self._hooks.all() if hook.oauth is not None)
        names = [client_id] if client_id else list(known)
        if not known or (client_id and client_id not in known):
            raise _unknown("No inline hook names this client.")
        return names

    def _clients(self, client_id: str) -> list[OAuthChannel]:
        return [
            hook.oauth for hook in self._hooks.all() if hook.oauth is not None and hook.oauth.client_id == client_id
        ]


def _unknown(description: str) -> OAuthError:
    return OAuthError("invalid_client", description, status=401)
