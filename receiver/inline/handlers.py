"""
Who answers for each type of inline hook.

A handler takes a :class:`~receiver.inline.call.Call` and returns the JSON object to answer, or None for 204.  Replace
the reference handlers by your own with one decorator::

    from receiver.inline import InlineHandlers, commands

    inline = InlineHandlers()

    @inline.on("token")
    def add_department(call):
        department = directory.department(call.text("context.user.id"), timeout=call.remaining())
        return commands(("com.okta.access.patch", [{"op": "add", "path": "/claims/department", "value": department}]))

    app = create_app(inline=inline)

A handler that raises, or is not done in time, is answered for with a 503: Okta then goes on as it does after a failure
of that type (I9), and asks once more if the type allows it (I8).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeVar

from emulator.contract.inline.types import inline_hook_type

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from receiver.inline.answers import Answer
    from receiver.inline.call import Call

__all__ = ["InlineHandler", "InlineHandlers", "reference"]

InlineHandler = Callable[["Call"], "Answer"]
_H = TypeVar("_H", bound=InlineHandler)

_REFERENCE: Final = ("password_import", "registration", "tokens", "saml", "telephony", "user_import")


class InlineHandlers:
    """A set of handlers by type; a receiver has one, that of :func:`reference` unless told otherwise."""

    def __init__(self) -> None:
        self._by_kind: dict[str, InlineHandler] = {}

    def on(self, kind: str) -> Callable[[_H], _H]:
        """
        Register the decorated function for a type, such as ``telephony`` or ``com.okta.telephony.provider``.

        Raises:
            UsageError: there is no such type; the hint has the nearest.
            ValueError: the type has a handler already; the message names it.
        """
        short = inline_hook_type(kind).short

        def register(handler: _H) -> _H:
            owner = self._by_kind.setdefault(short, handler)
            if owner is not handler:
                named = getattr(owner, "__qualname__", repr(owner))
                raise ValueError(f"inline hooks of type {short!r} are already answered by {named}")
            return handler

        return register

    def find(self, kind: str) -> InlineHandler | None:
        """Return the handler for a short name, or None."""
        return self._by_kind.get(kind)

    @property
    def kinds(self) -> Iterable[str]:
        """The short names that are answered."""
        return tuple(self._by_kind)


def reference(*, users: str | Path | None = None) -> InlineHandlers:
    """
    Return a new set of the reference handlers, one file each, with whatever they remember still empty.

    Args:
        users: A JSON file of logins and password hashes, for password import; None knows nobody.

    Raises:
        UsageError: the file can't be used.
    """
    handlers = InlineHandlers()
    for name in _REFERENCE:
        module = import_module(f"receiver.inline.{name}")
        known = [module.read_passwords(users)] if users is not None and hasattr(module, "read_passwords") else []
        handlers.on(module.KIND)(module.handler(*known))
    return handlers
