"""A series of deliveries, one after the other, and the verdict over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.delivery.attempts import Outcome
from emulator.delivery.dispatcher import deliver, delivery_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from emulator.contract.model import Channel
    from emulator.contract.problems import Problem
    from emulator.delivery.attempts import Delivery
    from emulator.delivery.clock import Clock
    from emulator.delivery.plan import Planned
    from emulator.delivery.transport import Sender

__all__ = ["Sent", "Tally", "send_all"]

_NO_CONTACT: Final = frozenset({"dns", "connection_refused", "unreachable"})
_REFUSALS: Final = frozenset({401, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """
    A planned request and what became of it: ``delivery`` is None if it was not sent.

    ``spoilt`` is what was done to the auth header: ``right``, ``wrong`` or ``missing``.
    """

    planned: Planned
    problems: Sequence[Problem] = ()
    delivery: Delivery | None = None
    spoilt: str = "right"

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return Outcome.NOT_SENT if self.delivery is None else self.delivery.outcome

    @property
    def made_contact(self) -> bool:
        """Whether a connection came about at least once."""
        attempts = () if self.delivery is None else self.delivery.attempts
        return any(attempt.exchange.failure not in _NO_CONTACT for attempt in attempts)

    @property
    def was_refused(self) -> bool:
        """Whether the receiver answered that it doesn't accept the credentials."""
        return self.delivery is not None and self.delivery.attempts[-1].exchange.status in _REFUSALS

    @property
    def is_as_it_should_be(self) -> bool:
        """Whether it was accepted or, if the credentials were spoilt, refused."""
        return self.was_refused if self.spoilt != "right" else self.outcome is Outcome.DELIVERED


class Tally:
    """The verdict over deliveries that are told one by one, none of which is kept."""

    def __init__(self) -> None:
        self.total = 0
        self.made_contact = False
        self._good = 0
        self._ends = dict.fromkeys(("delivered", "failed", "refused", "not_sent"), 0)

    def add(self, sent: Sent) -> None:
        """Count one more."""
        self.total += 1
        if sent.delivery is None:
            self._ends["not_sent"] += 1
            return
        self.made_contact |= sent.made_contact
        self._good += sent.is_as_it_should_be
        self._ends["refused" if sent.was_refused else sent.outcome.value] += 1

    @property
    def verdict(self) -> str:
        """``pass``, ``fail``, or ``error`` if the receiver was never reached."""
        if not self.made_contact:
            return "error"
        return "pass" if self._good == self.total else "fail"

    @property
    def counts(self) -> dict[str, int]:
        """How many deliveries ended in which way; those refused with 401 or 403 are not among the failed ones."""
        return dict(self._ends)


def send_all(
    requests: Iterable[tuple[Planned, Sequence[Problem]]],
    channel: Channel,
    *,
    sender: Sender,
    clock: Clock,
    profile: Profile = DEFAULT_PROFILE,
    spoilt: str = "right",
) -> Iterator[Sent]:
    """
    Deliver each request when it is asked for.

    If not even a connection comes about for the first one, the others are not sent: where nobody listens there is no
    point in waiting for a thousand more time-outs.
    """
    unreachable = False
    for number, (planned, problems) in enumerate(requests):
        if unreachable:
            yield Sent(planned=planned, problems=problems, spoilt=spoilt)
            continue
        delivery = deliver(
            delivery_request(channel, planned.body, hook_id=planned.hook_id, profile=profile),
            event_id=planned.event_id,
            hook_id=planned.hook_id,
            uuids=planned.uuids,
            sender=sender,
            clock=clock,
            profile=profile,
        )
        sent = Sent(planned=planned, problems=problems, delivery=delivery, spoilt=spoilt)
        unreachable = number == 0 and not sent.made_contact
        yield sent
