"""Options of commands that call a hook with OAuth 2.0: a bearer token is fetched first, and sent as Okta sends it (I11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from emulator.errors import TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.contract.model import Channel
    from emulator.delivery.oauth import OAuthChannel
    from emulator.delivery.signing import SigningKey
    from emulator.delivery.transport import Sender
    from emulator.secrets import Secret

    C = TypeVar("C", bound=Callable[..., Any])

__all__ = ["Login", "OAuthOptions", "oauth_options"]


def oauth_options(function: C) -> C:
    """Add ``--token-url`` and what goes with it; the command gets an ``oauth`` of them."""

    @click.option(
        "--token-url", metavar="URL", default="", help="Fetch a bearer token there before a call (OAuth 2.0)."
    )
    @click.option("--client-id", metavar="TEXT", default="", help="With --token-url: who asks.")
    @click.option(
        "--client-secret",
        metavar="TEXT",
        default="",
        help="With --token-url: a secret; ${env:NAME} or @FILE, never shown.",
    )
    @click.option(
        "--client-key", metavar="FILE", default="", help="With --token-url: a PEM file with a private RSA key."
    )
    @click.option("--key-id", metavar="TEXT", default="", help="With --client-key: the key's id, kid.")
    @click.option("--scope", metavar="TEXT", default="", help="With --token-url: the scope to ask for.")
    @wraps(function)
    def command(*arguments: Any, **options: Any) -> Any:
        own = {name: options.pop(name) for name in OAuthOptions.__dataclass_fields__}
        return function(*arguments, oauth=OAuthOptions(**own), **options)

    return command  # type: ignore[return-value]  # the same function with other options


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How a token is asked for; ``key`` is None for a client secret."""

    channel: OAuthChannel
    key: SigningKey | None = None

    def secrets(self) -> Iterator[Secret]:
        """Yield what must not be shown."""
        if self.channel.secret is not None:
            yield self.channel.secret

    def applied(self, channel: Channel, sender: Sender) -> Channel:
        """
        Return the channel with a fresh token in ``Authorization``.

        Raises:
            TargetError: the token endpoint gave none.
        """
        from secrets import token_urlsafe

        from emulator.contract.model import CustomHeader
        from emulator.delivery.oauth import fetch_bearer

        bearer = fetch_bearer(self.channel, sender=sender, key=self.key, assertion_id=token_urlsafe(16))
        found = bearer.auth()
        if found is None:
            raise TargetError(bearer.problem, where="--token-url", hint="Okta doesn't call the hook without one (I11)")
        # Of headers none of which is Authorization, the first was taken for the one that authenticates.
        custom = () if channel.auth is None else (CustomHeader(key=channel.auth.key, value=channel.auth.value),)
        return replace(channel, auth=found, headers=(*custom, *channel.headers))


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthOptions:
    """What was given: where a token comes from and as whom; all empty if the hook has no OAuth channel."""

    token_url: str
    client_id: str
    client_secret: str
    client_key: str
    key_id: str
    scope: str

    def login(self, channel: Channel | None) -> Login | None:
        """
        Return how a token is asked for, or None if none is wanted.

        Raises:
            UsageError: the options don't go together, or the key can't be read.
        """
        if not self.token_url:
            given = next((name for name in self.__dataclass_fields__ if getattr(self, name)), "")
            if given:
                option = f"--{given.replace('_', '-')}"
                hint = f"add --token-url https://.../token, or leave {option} out"
                raise UsageError("where does the bearer token come from?", where="--token-url", hint=hint)
            return None
        if channel is not None and channel.auth is not None and channel.auth.key.lower() == "authorization":
            raise UsageError(
                "a hook has either an auth header or OAuth 2.0", where="--token-url", hint="leave one of them out (I11)"
            )
        if not self.client_id:
            raise UsageError("who asks for the token?", where="--token-url", hint="add --client-id ID")
        if bool(self.client_secret) == bool(self.client_key):
            hint = "client_secret_post needs --client-secret, private_key_jwt needs --client-key (I11)"
            raise UsageError("give either a secret or a key", where="--token-url", hint=hint)
        return self._login()

    def _login(self) -> Login:
        from emulator.delivery.channels import read_url, secret_text
        from emulator.delivery.oauth import AuthType, OAuthChannel
        from emulator.secrets import Secret

        about: dict[str, Any] = {
            "client_id": self.client_id,
            "token_url": read_url(self.token_url, where="--token-url"),
            "scope": self.scope or None,
        }
        if not self.client_key:
            secret = Secret(secret_text(self.client_secret, where="--client-secret"))
            return Login(channel=OAuthChannel(auth_type=AuthType.SECRET, secret=secret, **about))
        key = _key(self.client_key, self.key_id)
        return Login(channel=OAuthChannel(auth_type=AuthType.KEY, hook_key_id=key.kid, **about), key=key)

    def applied(self, channel: Channel, *, ca_bundle: str | None = None) -> Channel:
        """
        Return the channel with a fresh bearer token, or as it is if none is wanted.

        Raises:
            UsageError: the options don't go together.
            TargetError: the token endpoint gave no token.
        """
        from emulator.delivery.transport import transport

        login = self.login(channel)
        return channel if login is None else login.applied(channel, transport(ca_bundle))

    def shown(self) -> list[str]:
        """Write the options for a command that is shown: as they were typed, unless they hold a secret."""
        from shlex import quote

        from emulator.secrets import HIDDEN, safe_url

        if not self.token_url:
            return []
        told = {name: getattr(self, name) for name in self.__dataclass_fields__ if getattr(self, name)}
        told["token_url"] = safe_url(self.token_url)
        if self.client_secret and not self.client_secret.startswith(("${env:", "@")):
            told["client_secret"] = HIDDEN
        return [f"--{name.replace('_', '-')} {quote(text)}" for name, text in told.items()]


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
