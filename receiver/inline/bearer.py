"""
Verify a bearer token by the keys its issuer publishes (JWKS), as inline hooks with OAuth 2.0 send it (I11).

Verified are the signature, issuer, audience, times and, if asked for, a scope.  The algorithms are fixed here and never
taken from the token, and keys are fetched in time or not at all.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from emulator.errors import UsageError
from emulator.secrets import safe_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Bearer", "KeysUnavailable", "Untrusted"]

_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
_REQUIRED: Final = ("exp", "iss", "aud")
_LEEWAY: Final = 30  # seconds that clocks may differ
_KEPT: Final = 600.0  # seconds that keys are kept
_PAUSE: Final = 10.0  # seconds between two fetches for a key that isn't there, so that no stranger can cause many
_PATIENCE: Final = 1.0  # seconds that a fetch may take, of the three that Okta waits
_LARGEST: Final = 256 * 1024  # bytes of a key set


class Untrusted(Exception):  # noqa: N818 (an answer, not an error of ours)
    """The token proves nothing; the text says why in a few words and never repeats the token."""


class KeysUnavailable(Exception):  # noqa: N818 (as above)
    """The keys can't be had at the moment, so nobody can be let in or turned away."""


class Bearer:
    """
    Verifies tokens.

    Args:
        jwks: Where the issuer publishes its keys.
        issuer: What ``iss`` has to be.
        audience: What ``aud`` has to hold.
        scope: What ``scp`` or ``scope`` has to hold; empty if any will do.
        fetch: Gets the key set within so many seconds; by default over HTTP.
        now: The clock that the age of the keys is read from.

    Raises:
        UsageError: the URL can't be used, or the JWT library isn't installed.
    """

    def __init__(
        self,
        jwks: str,
        *,
        issuer: str,
        audience: str,
        scope: str = "",
        fetch: Callable[[str, float], Mapping[str, Any]] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if urlsplit(jwks).scheme not in {"http", "https"} or not urlsplit(jwks).hostname:
            raise UsageError(
                f"{safe_url(jwks)!r} is no URL of a key set", hint="such as https://.../v1/keys", where="JWKS"
            )
        for what, value in (("issuer", issuer), ("audience", audience)):
            if not value:
                raise UsageError(
                    f"a bearer token can't be verified without its {what}", hint=f"name the {what} too", where="bearer"
                )
        try:
            import jwt
        except ImportError:
            raise UsageError(
                "bearer tokens are verified by PyJWT, which is not installed",
                hint="pip install 'okta-hook-emulator[oauth]'",
                where="bearer",
            ) from None
        self._jwt = jwt
        self._url = jwks
        self._issuer, self._audience, self._scope = issuer, audience, scope
        self._fetch = fetch or _fetch
        self._now = now
        self._lock = threading.Lock()
        self._keys: dict[str | None, Any] = {}
        self._fetched = float("-inf")

    def verify(self, authorization: str) -> Mapping[str, Any]:
        """
        Return the claims of the token in an ``Authorization`` header.

        Raises:
            Untrusted: the token proves nothing.
            KeysUnavailable: the key set can't be fetched.
        """
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Untrusted("there is no bearer token")
        try:
            head = self._jwt.get_unverified_header(token)
            if head.get("alg") not in _ALGORITHMS:
                raise Untrusted("the token is signed in no way that is trusted")
            claims: dict[str, Any] = self._jwt.decode(
                token,
                self._key(head.get("kid")),
                algorithms=_ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=_LEEWAY,
                options={"require": list(_REQUIRED)},
            )
        except self._jwt.ExpiredSignatureError:
            raise Untrusted("the token has expired") from None
        except self._jwt.PyJWTError as error:
            raise Untrusted(f"the token is not valid ({type(error).__name__})") from None
        if self._scope and self._scope not in _scopes(claims):
            raise Untrusted("the token lacks the scope")
        return claims

    def _key(self, kid: Any) -> Any:
        with self._lock:
            age = self._now() - self._fetched
            # Keys are rotated: one that isn't known may be new.
            if age > _KEPT or (kid not in self._keys and age > _PAUSE):
                self._renew()
            if kid not in self._keys:
                raise Untrusted("the token is signed by an unknown key")
            return self._keys[kid]

    def _renew(self) -> None:
        before, self._fetched = self._fetched, self._now()
        try:
            found = self._jwt.PyJWKSet.from_dict(dict(self._fetch(self._url, _PATIENCE)))
        except Exception as error:  # noqa: BLE001 (whatever is wrong with the answer, there are no keys)
            if self._keys:
                return  # the old ones are better than none
            self._fetched = before
            raise KeysUnavailable(f"the key set can't be had ({type(error).__name__})") from None
        self._keys = {key.key_id: key.key for key in found.keys if key.public_key_use in {None, "sig"}}


def _scopes(claims: Mapping[str, Any]) -> set[str]:
    # Okta's own authorization servers write an array called scp, RFC 9068 a text called scope.
    given = claims.get("scp", claims.get("scope", ""))
    return set(given.split()) if isinstance(given, str) else {str(scope) for scope in given or ()}


def _fetch(url: str, timeout: float) -> Mapping[str, Any]:
    import requests  # heavy, and only needed with OAuth

    until = time.monotonic() + timeout
    with (
        requests.Session() as session,
        session.get(url, timeout=timeout, allow_redirects=False, stream=True) as reply,
    ):
        reply.raise_for_status()
        body = b""
        for chunk in reply.iter_content(16 * 1024):
            body += chunk
            if len(body) > _LARGEST or time.monotonic() > until:
                raise TimeoutError("the key set is too large or too slow")
    import json

    found: Mapping[str, Any] = json.loads(body)
    return found
