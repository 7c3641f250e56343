"""
SAML: what else is to stand in the assertion that an app is about to get?

A claim is an object of attributes and values; a bare value as in a token is refused (I7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from receiver.inline.answers import commands

if TYPE_CHECKING:
    from receiver.inline.answers import Answer
    from receiver.inline.call import Call
    from receiver.inline.handlers import InlineHandler

__all__ = ["KIND", "handler"]

KIND: Final = "saml"
_PATCH: Final = "com.okta.assertion.patch"
_CLAIM: Final = "externalId"


def handler() -> InlineHandler:
    """Return the handler that adds the user's id as a claim."""

    def answer(call: Call) -> Answer:
        """Add one claim, or replace it if the app's mapping has made it already."""
        user = call.text("context.user.id")
        if not user:
            return None
        there = call.get("assertion.claims", dict) or {}
        operation = "replace" if _CLAIM in there else "add"
        return commands((_PATCH, [{"op": operation, "path": f"/claims/{_CLAIM}", "value": _claim(user)}]))

    return answer


def _claim(value: str) -> dict[str, Any]:
    return {
        "attributes": {"NameFormat": "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"},
        "attributeValues": [{"attributes": {"xsi:type": "xs:string"}, "value": value}],
    }
