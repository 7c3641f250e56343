"""
What can go wrong between Okta and the receiver, rehearsed: each fault stands between a delivery and the network.

A fault is one class under :func:`fault`; it wraps the sender, so that faults compose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.exchange import Exchange, Failure, Phase, Reply
from emulator.runner.kinds import Choice, Option, Record, Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.delivery.exchange import Request
    from emulator.delivery.transport import Sender
    from emulator.runner.kinds import Kind

__all__ = ["FAULTS", "Fault", "known_faults", "with_faults"]

_known: dict[str, type[Fault]] = {}
_WHICH: Final = {"first": (1,), "both": (1, 2)}


class Fault:
    """A sender that spoils what another one does; ``number`` is that of the attempt, from 1."""

    name: ClassVar[str]

    def __init__(self, argument: Any, sender: Sender) -> None:
        self.argument = argument
        self.sender = sender
        self.number = 0

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt and say how it went."""
        self.number += 1
        return self.attempt(request, time_limit)

    def attempt(self, request: Request, time_limit: float) -> Exchange:
        """Make attempt ``self.number``."""
        raise NotImplementedError


_options: dict[str, Option] = {}


def fault(name: str, kind: Kind) -> Callable[[type[Fault]], type[Fault]]:
    """
    Register the decorated class as the fault *name*; the first line of its docstring is its line in the schema.

    Raises:
        ValueError: the name is taken.
    """

    def register(owner: type[Fault]) -> type[Fault]:
        if name in _known:
            raise ValueError(f"the fault {name!r} is {_known[name].__qualname__}'s")
        owner.name = name
        _known[name] = owner
        _options[name] = Option(kind, (owner.__doc__ or "").partition("\n")[0])
        return owner

    return register


def known_faults() -> Mapping[str, type[Fault]]:
    """Return the faults by name."""
    return dict(_known)


def with_faults(sender: Sender, faults: Mapping[str, Any] | None) -> Sender:
    """Return *sender* with all *faults* in its way."""
    for name, argument in (faults or {}).items():
        if argument is not None:
            sender = _known[name](argument, sender)
    return sender


_ATTEMPTS: Final = Choice("attempt", tuple(_WHICH))


@fault("drop", _ATTEMPTS)
class Drop(Fault):
    """The attempt never reaches the receiver: the first one, or both."""

    def attempt(self, request: Request, time_limit: float) -> Exchange:
        """Send nothing on the chosen attempts."""
        if self.number not in _WHICH[self.argument]:
            return self.sender.send(request, time_limit=time_limit)
        return Exchange(
            request=request,
            failure=Failure.CLOSED,
            detail="lost on the way to the receiver (fault: drop)",
            phase=Phase.SEND,
        )


@fault("lose-answer", _ATTEMPTS)
class LoseAnswer(Fault):
    """The receiver gets the attempt, but Okta never gets the answer: of the first one, or of both."""

    def attempt(self, request: Request, time_limit: float) -> Exchange:
        """Let the receiver answer, and forget what it said."""
        exchange = self.sender.send(request, time_limit=time_limit)
        if self.number not in _WHICH[self.argument] or exchange.reply is None:
            return exchange
        detail = f"the answer ({exchange.status}) was lost on the way back (fault: lose-answer)"
        return replace(
            exchange, reply=None, partial=exchange.reply, failure=Failure.TIMEOUT, detail=detail, phase=Phase.HEAD
        )


@fault("answer", Whole(200, 599))
class Answer(Fault):
    """Something between Okta and the receiver answers the first attempt with this status, after the receiver got it."""

    def attempt(self, request: Request, time_limit: float) -> Exchange:
        """Put another status in the place of the receiver's."""
        exchange = self.sender.send(request, time_limit=time_limit)
        if self.number > 1 or exchange.reply is None:
            return exchange
        return replace(exchange, reply=Reply(status=self.argument, reason="(fault: answer)"))


FAULTS: Final = Record("faults", _options, doc="What goes wrong between Okta and the receiver.")
