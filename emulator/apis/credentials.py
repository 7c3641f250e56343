"""Who may call: SSWS tokens, and bearer tokens with OAuth scopes (A2, E11)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Final

from emulator.org.errors import api_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.secrets import Secret

__all__ = ["Caller", "Credentials"]

# Every Python SDK of the 3.x line leaves the space out.
_SSWS: Final = re.compile(r"SSWS\s*(\S+)", re.IGNORECASE)
_BEARER: Final = re.compile(r"Bearer\s+(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: the admin by an API token, or a service app with *scopes*."""

    scopes: frozenset[str] | None = None
    token_id: str = ""
    client_id: str = ""

    def may(self, scope: str) -> bool:
        """Say whether this caller may use what needs *scope*; managing includes reading."""
        if self.scopes is None or not scope:
            return True
        return scope in self.scopes or scope.removesuffix(".read") + ".manage" in self.scopes

    def transaction_detail(self) -> dict[str, Any]:
        """Return the ``transaction.detail`` of the caller's events (L23)."""
        return {"requestApiTokenId": self.token_id} if self.token_id else {}

    def actor(self) -> dict[str, Any]:
        """Return what the events say of a service app (U3); of the admin nothing has to be said."""
        if not self.client_id:
            return {}
        from emulator.payloads import Person

        person = Person(id=self.client_id, login="unknown", display_name=self.client_id)
        return {"actor": person, "actor_type": "PublicClientAppEntity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The tokens that an org knows: of the admin, and of service apps with their scopes."""

    tokens: tuple[Secret, ...]
    token_id: str = ""
    client_id: str = ""
    bearers: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def caller(self, header: str | None) -> Caller:
        """
        Return who sends this ``Authorization`` header.

        Raises:
            OktaApiError: E0000011, for a missing or unknown token alike.
        """
        text = (header or "").strip()
        ssws, bearer = _SSWS.fullmatch(text), _BEARER.fullmatch(text)
        if ssws is not None and any(_same(ssws[1], token.reveal()) for token in self.tokens):
            return Caller(token_id=self.token_id)
        if bearer is not None:
            for token, scopes in self.bearers.items():
                if _same(bearer[1], token):
                    return Caller(scopes=scopes, client_id=self.client_id)
        raise api_error("E0000011")


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())
