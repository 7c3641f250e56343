"""
What a misbehaviour of a receiver is, and the registry that knows them by name.

The misbehaviours themselves are in ``receiver/replies.py``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar

from emulator.errors import UsageError
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from werkzeug.wrappers import Request, Response

    from receiver.settings import Settings

__all__ = ["HEADER_NAMES", "Misbehaviour", "Proceed", "known", "misbehaviour", "read", "read_all"]

# The header names as they came, which only our own server tells; WSGI alone knows no case.
HEADER_NAMES = "receiver.header_names"

Proceed = Callable[["Request"], "Response"]
_M = TypeVar("_M", bound="type[Misbehaviour]")
_known: dict[str, type[Misbehaviour]] = {}


class Misbehaviour:
    """Something a receiver does wrong; the text after ``=`` is its *argument*."""

    name: ClassVar[str]
    metavar: ClassVar[str]

    def __init__(self, argument: str = "") -> None:
        self.argument = argument
        self.stopping = threading.Event()

    def settings(self, settings: Settings) -> Settings:
        """Return what the receiver is told before it starts."""
        return settings

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Return the answer to *request*."""
        return proceed(request)

    def _invalid(self, wanted: str) -> UsageError:
        return UsageError(
            f"misbehaviour {self.name!r} wants {wanted}, not {self.argument!r}",
            hint=f"write it as {self.name}={self.metavar}",
            where="--misbehave",
        )


def misbehaviour(name: str, metavar: str = "") -> Callable[[_M], _M]:
    """
    Register the decorated class as *name*, or *name*=*metavar*.

    Raises:
        ValueError: the name is taken; the message names its owner.
    """

    def register(owner: _M) -> _M:
        taken = _known.setdefault(name, owner)
        if taken is not owner:
            raise ValueError(f"the misbehaviour {name!r} is {taken.__qualname__}'s")
        owner.name, owner.metavar = name, metavar
        return owner

    return register


def known() -> Mapping[str, type[Misbehaviour]]:
    """Return the misbehaviours by name, sorted."""
    return dict(sorted(_known.items()))


def read(text: str) -> Misbehaviour:
    """
    Read ``name`` or ``name=argument``.

    Raises:
        UsageError: no such name (the hint has the nearest), or its argument is missing, superfluous or wrong.
    """
    name, equals, argument = text.partition("=")
    found = _known.get(name)
    if found is None:
        raise UsageError(
            f"unknown misbehaviour {name!r}",
            hint=did_you_mean(name, _known) or f"known are {', '.join(sorted(_known))}",
            where="--misbehave",
        )
    if bool(found.metavar) != bool(equals):
        wanted = f"{name}={found.metavar}" if found.metavar else name
        raise UsageError(f"misbehaviour {text!r} can't be read", hint=f"write it as {wanted}", where="--misbehave")
    return found(argument)


def read_all(given: Iterable[str | Misbehaviour] | str) -> tuple[Misbehaviour, ...]:
    """Read one or several, given by name or ready made; the first is the outermost."""
    listed = [given] if isinstance(given, str) else given
    return tuple(read(each) if isinstance(each, str) else each for each in listed)
