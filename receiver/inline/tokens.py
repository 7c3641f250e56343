"""
Token: what else is to stand in the tokens that Okta is about to mint?

Okta doesn't ask twice here and goes on with the original tokens after a failure (I8, I9): whoever relies on a claim must
do without it now and then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from receiver.inline.answers import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from receiver.inline.answers import Answer
    from receiver.inline.call import Call
    from receiver.inline.handlers import InlineHandler

__all__ = ["KIND", "handler"]

KIND: Final = "token"
_TOKENS: Final = {"identity": "com.okta.identity.patch", "access": "com.okta.access.patch"}


def _external_guid(call: Call) -> Mapping[str, Any]:
    user = call.text("context.user.id")
    return {"external_guid": str(uuid5(NAMESPACE_URL, user))} if user else {}


def handler(claims_of: Callable[[Call], Mapping[str, Any]] = _external_guid) -> InlineHandler:
    """Return the handler that adds the claims *claims_of* gives; it may ask a directory for ``call.remaining()`` s."""

    def answer(call: Call) -> Answer:
        """Put the claims into each token that is being minted: with client credentials there is no ID token."""
        claims = claims_of(call)
        minted = [token for token in _TOKENS if call.get(token, dict) is not None]
        if not claims or not minted:
            return None
        return commands(*((_TOKENS[token], _patch(call, token, claims)) for token in minted))

    return answer


def _patch(call: Call, token: str, claims: Mapping[str, Any]) -> list[dict[str, Any]]:
    # add is for claims that aren't there yet, replace for those that are (I7).
    there = call.get(f"{token}.claims", dict) or {}
    return [
        {"op": "replace" if name in there else "add", "path": f"/claims/{_escaped(name)}", "value": value}
        for name, value in claims.items()
    ]


def _escaped(name: str) -> str:
    """Write a claim's name into a JSON Pointer: a URI as a name is full of slashes (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
