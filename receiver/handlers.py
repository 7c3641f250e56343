"""
What is done about each type of event, after it has been acknowledged.

A handler takes an :class:`~receiver.events.Event` and may return lines to print.  Register one with one decorator::

    from receiver import handlers

    @handlers.on("user.lifecycle.*")
    def changed(event):
        my_directory.refresh(event.targets("User"))

An event goes to one handler: that of its exact type, else that of the longest wildcard, else the default.  A handler
that raises is called again later, and after a crash it may see an event once more, so make it idempotent.  Handlers
run one after the other: give whatever may hang a time limit of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from receiver.events import Event

__all__ = ["Handler", "Handlers", "on", "standard"]

Handler = Callable[["Event"], "str | Iterable[str] | None"]
_H = TypeVar("_H", bound=Handler)

_log = logging.getLogger("receiver")
_NOT_DONE = frozenset({"failure", "deny"})


class Handlers:
    """A set of handlers by event type; a receiver has one, :data:`standard` unless told otherwise."""

    def __init__(self) -> None:
        self._by_pattern: dict[str, Handler] = {}

    def on(self, pattern: str) -> Callable[[_H], _H]:
        """
        Register the decorated function for an event type, a wildcard such as ``user.lifecycle.*``, or ``*``.

        Raises:
            ValueError: the pattern has a handler already; the message names it.
        """

        def register(handler: _H) -> _H:
            owner = self._by_pattern.setdefault(pattern, handler)
            if owner is not handler:
                named = getattr(owner, "__qualname__", repr(owner))
                raise ValueError(f"events of type {pattern!r} already go to {named}")
            return handler

        return register

    def find(self, event_type: str) -> Handler:
        """Return the handler of the exact type, else of the longest matching wildcard, else one that does nothing."""
        exact = self._by_pattern.get(event_type)
        if exact is not None:
            return exact
        fitting = [pattern for pattern in self._by_pattern if fnmatchcase(event_type, pattern)]
        return self._by_pattern[max(fitting, key=len)] if fitting else _nothing


def _nothing(event: Event) -> None:
    """Leave a type nobody asked for alone: unknown types are normal, and no error (T2)."""
    _log.debug("no handler for events of type %s", event.event_type)


standard = Handlers()
on = standard.on


@on("user.lifecycle.deactivate")
def say_who_was_deactivated(event: Event) -> Iterable[str]:
    """Print a line for each deactivated user (P12)."""
    if (event.outcome or "").casefold() in _NOT_DONE:
        _log.warning("event %s tells of a deactivation that did not succeed", event.uuid)
        return
    # By type, never by position: other targets may come first, or there may be none at all (L22).
    users = event.targets("User")
    if not users:
        _log.warning("event %s (user.lifecycle.deactivate) names no user", event.uuid)
    for user in users:
        yield f"The user {user.name} has been deactivated on the Okta org!"
