"""
What can go wrong between Okta and the receiver, rehearsed.

A fault is one class under :func:`fault`; it may change which bodies are sent, the request, or what becomes of an
attempt, and leaves the rest as it is, so that faults compose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.exchange import Exchange, Failure, Phase, Reply
from emulator.runner.kinds import DURATION, FLAG, Choice, Option, Pattern, Record, Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emulator.delivery.clock import Clock
    from emulator.delivery.exchange import Request
    from emulator.delivery.transport import Sender
    from emulator.runner.building import Body
    from emulator.runner.kinds import Kind
    from emulator.runner.session import Session

__all__ = ["FAULTS", "INLINE_FAULTS", "Fault", "known_faults", "make_faults", "under"]

_WHICH: Final = {"first": (1,), "both": (1, 2)}
_ATTEMPTS: Final = Choice("attempt", tuple(_WHICH))
_known: dict[str, type[Fault]] = {}
_options: dict[str, Option] = {}


class Fault:
    """Nothing wrong yet; a fault overrides the hook where it strikes."""

    name: ClassVar[str]
    at_once: ClassVar[bool] = False  # whether all requests of the step are sent at the same time
    spoils_auth: ClassVar[bool] = False  # whether another secret than the hook's is sent

    def __init__(self, argument: Any) -> None:
        self.argument = argument

    def bodies(self, session: Session, bodies: list[Body]) -> list[Body]:
        """Return the bodies that are sent in the place of *bodies*."""
        del session
        return bodies

    def request(self, request: Request) -> Request:
        """Return the request that is sent in the place of *request*."""
        return request

    def attempt(self, number: int, request: Request, time_limit: float, sender: Sender, clock: Clock) -> Exchange:
        """Make an attempt, counted from 1, and say how it went."""
        del number, clock
        return sender.send(request, time_limit=time_limit)


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


def make_faults(wanted: Mapping[str, Any] | None) -> tuple[Fault, ...]:
    """Return the faults that a step asks for."""
    return tuple(_known[name](argument) for name, argument in (wanted or {}).items() if argument is not False)


class _Under:
    """A sender with faults in its way; it counts the attempts of one delivery."""

    def __init__(self, sender: Sender, faults: Sequence[Fault], clock: Clock) -> None:
        self._sender, self._faults, self._clock = sender, faults, clock
        self._number = 0

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt and say how it went."""
        self._number += 1
        sender = self._sender
        for each in self._faults:
            sender = _Layer(each, self._number, sender, self._clock)
        return sender.send(request, time_limit=time_limit)


class _Layer:
    def __init__(self, fault: Fault, number: int, sender: Sender, clock: Clock) -> None:
        self._fault, self._number, self._sender, self._clock = fault, number, sender, clock

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt and say how it went."""
        return self._fault.attempt(self._number, request, time_limit, self._sender, self._clock)


def under(sender: Sender, faults: Sequence[Fault], clock: Clock) -> Sender:
    """Return a sender for one delivery with all *faults* in its way."""
    return _Under(sender, faults, clock) if faults else sender


@fault("delay", DURATION)
class Delay(Fault):
    """Each attempt reaches the receiver so much later, and the time counts."""

    def attempt(self, number: int, request: Request, time_limit: float, sender: Sender, clock: Clock) -> Exchange:
        """Wait, send, and count the time as the receiver's (R1)."""
        del number
        clock.sleep(self.argument)
        exchange = sender.send(request, time_limit=time_limit)
        elapsed = exchange.elapsed + self.argument
        if exchange.reply is None or elapsed <= time_limit:
            return replace(exchange, elapsed=elapsed)
        detail = f"the answer ({exchange.status}) came after {elapsed:.1f} s (fault: delay)"
        return _without_answer(exchange, detail, elapsed=time_limit)


@fault("drop", _ATTEMPTS)
class Drop(Fault):
    """The attempt never reaches the receiver: the first one, or both."""

    def attempt(self, number: int, request: Request, time_limit: float, sender: Sender, clock: Clock) -> Exchange:
        """Send nothing on the chosen attempts."""
        if number not in _WHICH[self.argument]:
            return super().attempt(number, request, time_limit, sender, clock)
        detail = "lost on the way to the receiver (fault: drop)"
        return Exchange(request=request, failure=Failure.CLOSED, detail=detail, phase=Phase.SEND)


@fault("lose-answer", _ATTEMPTS)
class LoseAnswer(Fault):
    """The receiver gets the attempt, but Okta never gets the answer: of the first one, or of both."""

    def attempt(self, number: int, request: Request, time_limit: float, sender: Sender, clock: Clock) -> Exchange:
        """Let the receiver answer, and forget what it said."""
        exchange = super().attempt(number, request, time_limit, sender, clock)
        if number not in _WHICH[self.argument] or exchange.reply is None:
            return exchange
        detail = f"the answer ({exchange.status}) was lost on the way back (fault: lose-answer)"
        return _without_answer(exchange, detail, elapsed=exchange.elapsed)


@fault("answer", Whole(200, 599))
class Answer(Fault):
    """Something in between answers the first attempt with this status, after the receiver got it."""

    def attempt(self, number: int, request: Request, time_limit: float, sender: Sender, clock: Clock) -> Exchange:
        """Put another status in the place of the receiver's."""
        exchange = super().attempt(number, request, time_limit, sender, clock)
        if number > 1 or exchange.reply is None:
            return exchange
        return replace(exchange, reply=Reply(status=self.argument, reason="(fault: answer)"))


@fault("duplicate", Choice("kind of duplicate", ("envelope", "event")))
class Duplicate(Fault):
    """Each request comes twice: as the same envelope, or as the same events in a new one."""

    def bodies(self, session: Session, bodies: list[Body]) -> list[Body]:
        """Put a duplicate behind each body."""
        from emulator.runner.building import rebuilt

        again = [body if self.argument == "envelope" else rebuilt(session, body) for body in bodies]
        return [each for pair in zip(bodies, again, strict=True) for each in pair]


@fault("reorder", Choice("order", ("reversed", "shuffled")))
class Reorder(Fault):
    """The requests arrive in another order than they were sent."""

    def bodies(self, session: Session, bodies: list[Body]) -> list[Body]:
        """Turn the order around, or shuffle it by the seed."""
        if self.argument == "reversed":
            return bodies[::-1]
        return sorted(bodies, key=lambda body: session.world.draws.raw("reorder", body.event_id))


@fault("truncate", Whole(0))
class Truncate(Fault):
    """Only so many bytes of the body arrive, as a whole request."""

    def request(self, request: Request) -> Request:
        """Cut the body off."""
        return replace(request, body=(request.body or b"")[: self.argument])


@fault("content-type", Pattern(r"[\x20-\x7e]+", "a media type such as text/plain"))
class ContentType(Fault):
    """The body arrives under another Content-Type."""

    def request(self, request: Request) -> Request:
        """Replace the header's value."""
        headers = tuple(
            (name, self.argument if name.lower() == "content-type" else value) for name, value in request.headers
        )
        return replace(request, headers=headers)


@fault("stale-secret", FLAG)
class StaleSecret(Fault):
    """The secret is one that was valid before it was changed."""

    spoils_auth = True


@fault("burst", DURATION)
class Burst(Fault):
    """After an outage of so long, all requests of the step arrive at once."""

    at_once = True


def _without_answer(exchange: Exchange, detail: str, *, elapsed: float) -> Exchange:
    return replace(
        exchange,
        reply=None,
        partial=exchange.reply,
        failure=Failure.TIMEOUT,
        detail=detail,
        phase=Phase.HEAD,
        elapsed=elapsed,
    )


FAULTS: Final = Record("faults", _options, doc="What goes wrong between Okta and the receiver.")
INLINE_FAULTS: Final = Record(
    "inline-faults",
    {
        name: _options[name]
        for name in ("delay", "drop", "lose-answer", "answer", "truncate", "content-type", "stale-secret")
    },
    doc="What goes wrong between Okta and the service that answers an inline hook.",
)
