"""
RSA key pairs, the JSON Web Tokens they sign, and the checking of such tokens.

The only file that knows PyJWT and cryptography, which are the extra ``oauth`` and loaded when they are needed.
Tokens follow the machine's clock, whatever an org's clock says: who checks them has no other.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.errors import HarnessError, UsageError
from emulator.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import ModuleType

    from emulator.contract.model import JsonObject

__all__ = ["SigningKey", "TokenError", "check_token", "new_key", "now"]

ALGORITHM: Final = "RS256"
_BITS: Final = 2048


class TokenError(HarnessError):
    """A JSON Web Token that can't be trusted; the message says why, and never repeats it."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """An RSA key pair: ``pem`` is the private half, ``kid`` the name under which the public half is known."""

    kid: str
    pem: Secret

    def sign(self, claims: JsonObject) -> Secret:
        """Return a token with *claims*, signed."""
        return Secret(_jwt().encode(claims, self.pem.reveal(), algorithm=ALGORITHM, headers={"kid": self.kid}))

    def public_jwk(self) -> JsonObject:
        """Return the public half as a JSON Web Key."""
        _jwt()
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
        from jwt.algorithms import RSAAlgorithm

        key: Any = load_pem_private_key(self.pem.reveal().encode(), password=None)
        found = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        return {"kty": "RSA", "alg": ALGORITHM, "kid": self.kid, "use": "sig", "e": found["e"], "n": found["n"]}


def new_key(kid: str) -> SigningKey:
    """
    Make a key pair; unlike everything else in an org it doesn't follow from the seed.

    Raises:
        UsageError: the extra ``oauth`` is not installed.
    """
    _jwt()
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(kid=kid, pem=Secret(pem.decode()))


def check_token(token: str, keys: Collection[JsonObject], *, audience: Collection[str], issuer: str) -> JsonObject:
    """
    Return the claims of a token that *issuer* has signed with one of *keys* for one of *audience*.

    Raises:
        TokenError: it can't be trusted.
        UsageError: the extra ``oauth`` is not installed.
    """
    jwt = _jwt()
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        jwk = next((key for key in keys if kid is None or key["kid"] == kid), None)
        if jwk is None:
            raise TokenError("it is signed with an unknown key")
        claims: JsonObject = jwt.decode(
            token,
            jwt.PyJWK.from_dict(jwk),
            algorithms=[ALGORITHM],
            audience=list(audience),
            issuer=issuer,
            options={"require": ["exp", "iss", "sub", "aud"]},
        )
    except jwt.PyJWTError as error:
        raise TokenError(str(error).lower()) from None
    return claims


def now() -> int:
    """Return the present by the machine's clock, in seconds since 1970, as tokens have it."""
    return int(time.time())


def _jwt() -> ModuleType:
    try:
        import cryptography  # noqa: F401 (without it PyJWT knows no RSA)
        import jwt
    except ImportError:
        raise UsageError(
            "OAuth 2.0 keys and tokens need PyJWT and cryptography, which are not installed",
            hint="pip install 'okta-hook-emulator[oauth]'",
        ) from None
    return jwt
