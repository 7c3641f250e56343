"""The OAuth 2.0 options of ``inline trigger``: where a bearer token comes from, and as whom it is asked for (I11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from emulator.errors import TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.contract.model import AuthScheme
    from emulator.delivery.oauth import OAuthChannel
    from emulator.delivery.signing import SigningKey
    from emulator.delivery.transport import Sender
    from emulator.secrets import Secret

__all__ = ["Login", "oauth_options", "read_login"]

_NAMES = ("client_id", "client_secret", "client_key", "key_id", "scope")


def oauth_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--token-url`` and what goes with it."""
    for option in (
        click.option("--scope", metavar="TEXT", help="With --token-url: the scope to ask for."),
        click.option("--key-id", metavar="TEXT", help="With --client-key: the key's id, kid."),
        click.option("--client-key", metavar="FILE", help="With --token-url: a PEM file with a private RSA key."),
        click.option(
            "--client-secret", metavar="TEXT", help="With --token-url: a secret; ${env:NAME} or @FILE, never shown."
        ),
        click.option("--client-id", metavar="TEXT", help="With --token-url: who asks."),
        click.option("--token-url", metavar="URL", help="Fetch a bearer token there before each call (OAuth 2.0)."),
    ):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How a token is asked for; ``key`` is None for a client secret."""

    channel: OAuthChannel
    key: SigningKey | None = None

    def secrets(self) -> Iterator[Secret]:
        """Yield what must not be shown."""
        if self.channel.secret is not None:
            yield self.channel.secret

    def auth(self, sender: Sender) -> AuthScheme:
        """
        Fetch a token and return the header that carries it.

        Raises:
            TargetError: the token endpoint gave none.
        """
        from secrets import token_urlsafe

        from emulator.delivery.oauth import fetch_bearer

        bearer = fetch_bearer(self.channel, sender=sender, key=self.key, assertion_id=token_urlsafe(16))
        found = bearer.auth()
        if found is None:
            raise TargetError(bearer.problem, where="--token-url", hint="Okta doesn't call the hook without one (I11)")
        return found


def read_login(token_url: str | None, wishes: dict[str, str | None], *, has_auth: bool) -> Login | None:
    """
    Return how a token is to be asked for, or None without ``--token-url``.

    Raises:
        UsageError: the options don't go together, or the key can't be read.
    """
    given = [name for name in _NAMES if wishes[name] is not None]
    if token_url is None:
        if given:
            raise UsageError(
                "there is no token endpoint", where=_option(given[0]), hint="add --token-url URL, or leave it out"
            )
        return None
    if has_auth:
        raise UsageError(
            "a hook has either an auth header or OAuth 2.0", where="--token-url", hint="leave one of them out (I11)"
        )
    if wishes["client_id"] is None:
        raise UsageError("who asks for the token?", where="--token-url", hint="add --client-id ID")
    if (wishes["client_secret"] is None) == (wishes["client_key"] is None):
        hint = "client_secret_post needs --client-secret, private_key_jwt needs --client-key (I11)"
        raise UsageError("give either a secret or a key", where="--token-url", hint=hint)
    return _login(token_url, wishes)


def _login(token_url: str, wishes: dict[str, str | None]) -> Login:
    from emulator.delivery.channels import read_url, secret_text
    from emulator.delivery.oauth import AuthType, OAuthChannel
    from emulator.secrets import Secret

    about: dict[str, Any] = {
        "client_id": str(wishes["client_id"]),
        "token_url": read_url(token_url, where="--token-url"),
        "scope": wishes["scope"],
    }
    if wishes["client_key"] is None:
        secret = Secret(secret_text(str(wishes["client_secret"]), where="--client-secret"))
        return Login(channel=OAuthChannel(auth_type=AuthType.SECRET, secret=secret, **about))
    key = _key(wishes["client_key"], wishes["key_id"] or "")
    return Login(channel=OAuthChannel(auth_type=AuthType.KEY, hook_key_id=key.kid, **about), key=key)


def _key(name: str, key_id: str) -> SigningKey:
    from emulator.cli._inputs import read_bytes
    from emulator.delivery.signing import SigningKey
    from emulator.secrets import Secret

    pem = read_bytes(name, where="--client-key").decode("utf-8", "replace")
    key = SigningKey(kid=key_id, pem=Secret(pem))
    try:
        key.public_jwk()
    except (ValueError, TypeError):
        hint = "a PEM file that begins with -----BEGIN PRIVATE KEY-----, without a passphrase"
        raise UsageError("that is no private RSA key", where="--client-key", hint=hint) from None
    return key


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
