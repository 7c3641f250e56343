"""Duplicates: deliveries come at least once, so the same events come again (D11, D12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Need, check
from emulator.checks.verdicts import acknowledged, seen
from emulator.delivery.exchange import Phase
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench
    from emulator.delivery.exchange import Request

_AGAIN = (
    "a repeat is no error: look data.events[].uuid up, skip what is there already, and answer 204 all the same; a "
    "unique key that turns into a 409 or 500 makes Okta report a failed delivery"
)
_IMPATIENT: Final = 0.02  # seconds after which the lost reply is no longer waited for
_AT_ONCE: Final = 4
_NOT_SENT: Final = frozenset({Phase.RESOLVE, Phase.CONNECT, Phase.TLS, Phase.SEND})


@check(
    "duplicate-envelope",
    title="acknowledges the same delivery again",
    rule="D12",
    level=Level.MUST,
    remedy=_AGAIN,
    needs=(Need.DELIVERY,),
    snippet="dedupe",
)
def envelope(bench: Bench) -> None:
    """Delivers the same bytes twice: same eventId, same uuid."""
    request = bench.delivery([bench.event()])
    bench.acknowledges(request, what="the first delivery")
    bench.acknowledges(request, what="the same delivery again")


@check(
    "duplicate-event",
    title="acknowledges an event it has already seen in another delivery",
    rule="D12",
    level=Level.MUST,
    remedy=_AGAIN,
    needs=(Need.DELIVERY,),
    after=("duplicate-envelope",),
    snippet="dedupe",
)
def event(bench: Bench) -> None:
    """Delivers the same event in two envelopes: another eventId, the same uuid."""
    again = bench.event()
    bench.accepts(again, what="the first delivery")
    bench.accepts(again, what="the same event in a new envelope")


@check(
    "duplicate-in-batch",
    title="acknowledges a batch that holds an event it has already seen, and one event twice",
    rule="D12",
    level=Level.MUST,
    guessed=True,
    remedy=f"{_AGAIN}; decide event by event, so that the new ones of a batch are still stored",
    needs=(Need.DELIVERY,),
    after=("duplicate-event", "batch-two", "batch-same-user"),
    snippet="dedupe",
)
def in_batch(bench: Bench) -> None:
    """Delivers a known event beside a new one, then a batch that holds one new event twice."""
    known, twice = bench.event(), bench.event()
    bench.accepts(known, what="the first delivery")
    bench.accepts(known, bench.event(), what="a batch with a known event and a new one")
    bench.accepts(twice, twice, what="a batch with one event twice")


def hang_up(bench: Bench, request: Request) -> None:
    """Send *request* and close the connection without waiting for the answer."""
    patience = _IMPATIENT
    while bench.send(request, time_limit=patience).phase in _NOT_SENT and patience < bench.target.profile.time_limit:
        patience *= 2


@check(
    "duplicate-after-lost-answer",
    title="acknowledges a delivery again whose answer was lost",
    rule="R10",
    level=Level.MUST,
    remedy=f"{_AGAIN}; a receiver that was too slow, or failed after it had stored the events, gets them again",
    needs=(Need.DELIVERY,),
    after=("duplicate-envelope",),
    snippet="dedupe",
)
def after_lost_answer(bench: Bench) -> None:
    """Delivers, hangs up without waiting for the answer, and delivers the same bytes again."""
    request = bench.delivery([bench.event()])
    hang_up(bench, request)
    bench.acknowledges(request, what="the same delivery after its answer was lost")


@check(
    "duplicate-at-once",
    title="acknowledges the same delivery several times at once",
    rule="D12",
    level=Level.MUST,
    remedy=f"{_AGAIN}; look-up and insert are one step (INSERT ... ON CONFLICT DO NOTHING), for between two steps "
    "another request may do the same",
    needs=(Need.DELIVERY,),
    after=("duplicate-envelope",),
    snippet="dedupe",
)
def at_once(bench: Bench) -> None:
    """Delivers the same bytes four times at the same time."""
    request = bench.delivery([bench.event()])
    bad = [exchange for exchange in bench.at_once([request] * _AT_ONCE) if not acknowledged(exchange)]
    if bad:
        raise Broken(f"{len(bad)} of {_AT_ONCE}: {seen(bad[0])}")
