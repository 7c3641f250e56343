"""A hook's channel with its credentials spoilt, to see whether a receiver notices."""

from __future__ import annotations

import base64
from dataclasses import replace
from hashlib import shake_256
from typing import TYPE_CHECKING, Final

from emulator.errors import UsageError
from emulator.secrets import Secret

if TYPE_CHECKING:
    from emulator.contract.model import Channel

__all__ = ["AUTH_CHOICES", "with_auth", "wrong_secret"]

AUTH_CHOICES: Final = ("right", "wrong", "missing")


def with_auth(channel: Channel, how: str, *, where: str = "--auth") -> Channel:
    """
    Return *channel* as it is (``right``), with a plausible but wrong secret (``wrong``), or with none (``missing``).

    Raises:
        UsageError: there is no auth header that could be spoilt.
    """
    if how == "right":
        return channel
    if channel.auth is None:
        raise UsageError(
            f"there is no auth header to be {how}",
            where=where,
            hint="name the hook's own header, as in --header 'Authorization: Basic ...'",
        )
    if how == "missing":
        return replace(channel, auth=None)
    return replace(channel, auth=replace(channel.auth, value=wrong_secret(channel.auth.value)))


def wrong_secret(secret: Secret) -> Secret:
    """Return another secret of the same scheme and a like length, so that only its value is wrong."""
    scheme, space, rest = secret.reveal().partition(" ")
    if not space:
        scheme, rest = "", scheme
    other = shake_256(b"wrong" + rest.encode()).hexdigest(max(8, len(rest) // 2))[: max(8, len(rest))]
    if scheme.lower() == "basic":
        other = base64.b64encode(f"wrong:{other[:12]}".encode()).decode()
    return Secret(f"{scheme}{space}{other}")
