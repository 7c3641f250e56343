"""
The org's authorization servers, as far as inline hooks with an OAuth channel need them (I11).

There is the org's own and the one called ``default``; both mint tokens for client credentials with the same key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.apis.answers import Answer
from emulator.apis.routing import public
from emulator.delivery.oauth import AuthType
from emulator.errors import UsageError
from emulator.org.inline.issuer import OAuthError

if TYPE_CHECKING:
    from emulator.apis.asking import Ask

__all__: list[str] = []

_DEFAULT: Final = "/oauth2/default"
_OWN: Final = "/oauth2"


def _token(ask: Ask, path: str) -> Answer:
    form = dict(ask.request.form.items())  # empty if the body is anything but a form
    basic = ask.request.authorization
    if basic is not None and basic.type == "basic":
        form |= {"client_id": basic.username or "", "client_secret": basic.password or ""}
    try:
        return Answer(body=ask.org.inline.issuer.token(form, issuer=f"{ask.base_url}{path}", token_url=ask.url))
    except OAuthError as error:
        return Answer(body=error.body(), status=error.status)
    except UsageError as error:
        lacking = OAuthError("server_error", f"{error.message}: {error.hint}", status=501)
        return Answer(body=lacking.body(), status=lacking.status)


def _metadata(ask: Ask, issuer: str, endpoints: str) -> Answer:
    url = f"{ask.base_url}{endpoints}/v1"
    body: dict[str, Any] = {
        "issuer": f"{ask.base_url}{issuer}",
        # Libraries ask for one, and nobody answers there: only client credentials are emulated.
        "authorization_endpoint": f"{url}/authorize",
        "token_endpoint": f"{url}/token",
        "jwks_uri": f"{url}/keys",
        "response_types_supported": ["code", "token"],
        "grant_types_supported": ["client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", *AuthType],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
    }
    return Answer(body=body)


@public("POST", f"{_DEFAULT}/v1/token")
def default_token(ask: Ask) -> Answer:
    """Mint an access token for a client that an inline hook names."""
    return _token(ask, _DEFAULT)


@public("POST", f"{_OWN}/v1/token")
def own_token(ask: Ask) -> Answer:
    """Mint an access token, with the org itself as issuer."""
    return _token(ask, "")


@public("GET", f"{_DEFAULT}/v1/keys")
def default_keys(ask: Ask) -> Answer:
    """Show the public keys that check the tokens (JWKS)."""
    return Answer(body=ask.org.inline.issuer.jwks())


@public("GET", f"{_OWN}/v1/keys")
def own_keys(ask: Ask) -> Answer:
    """Show the public keys that check the org's own tokens: the same ones."""
    return Answer(body=ask.org.inline.issuer.jwks())


@public("GET", f"{_DEFAULT}/.well-known/openid-configuration")
@public("GET", f"{_DEFAULT}/.well-known/oauth-authorization-server")
def default_metadata(ask: Ask) -> Answer:
    """Say where token endpoint and keys are."""
    return _metadata(ask, _DEFAULT, _DEFAULT)


@public("GET", "/.well-known/openid-configuration")
@public("GET", "/.well-known/oauth-authorization-server")
def own_metadata(ask: Ask) -> Answer:
    """Say where the org's own token endpoint and keys are."""
    return _metadata(ask, "", _OWN)
