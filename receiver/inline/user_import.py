"""User import: is this imported person somebody we have already?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from receiver.inline.answers import commands

if TYPE_CHECKING:
    from receiver.inline.answers import Answer
    from receiver.inline.call import Call
    from receiver.inline.handlers import InlineHandler

__all__ = ["KIND", "handler"]

KIND: Final = "user-import"


def handler() -> InlineHandler:
    """Return the handler that links a person to the one match there is, and changes nothing otherwise."""

    def answer(call: Call) -> Answer:
        """Link only what is unmistakable: two matches are for a person to decide."""
        matches = call.get("context.matches", list) or []
        found = matches[0] if len(matches) == 1 else None
        if not isinstance(found, str):
            return None
        return commands(("com.okta.action.update", {"result": "LINK_USER"}), ("com.okta.user.update", {"id": found}))

    return answer
