"""Batches: events that happen close together share one request, and no number is promised (D8, D9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.checks.check import Need, check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench

_EACH = (
    "loop over data.events and treat every element as an event of its own; samples show one event, but Okta puts "
    "those that happen close together into one request"
)
_MANY: Final = 100
_BULK: Final = 300
_TYPES: Final = (
    "com.example.never.heard.of",
    "user.lifecycle.create",
    "group.user_membership.add",
    "application.user_membership.add",
    "user.session.start",
    "policy.lifecycle.update",
)


@check(
    "batch-two",
    title="takes two events in one delivery",
    rule="D8",
    level=Level.MUST,
    remedy=_EACH,
    needs=(Need.DELIVERY,),
    snippet="batch",
)
def two(bench: Bench) -> None:
    """Delivers two events about two users in one request."""
    bench.accepts(bench.event(), bench.event(), what="two events")


@check(
    "batch-same-user",
    title="takes two events about one user in one delivery",
    rule="D8",
    level=Level.MUST,
    remedy=f"{_EACH}; two events may well be about the same user, so a unique key on the user fails",
    needs=(Need.DELIVERY,),
    after=("batch-two",),
    snippet="batch",
)
def same_user(bench: Bench) -> None:
    """Delivers two events of one type about the same user."""
    who = bench.person()
    bench.accepts(bench.event(person=who), bench.event(person=who), what="two events of one type about one user")


@check(
    "batch-mixed",
    title="takes events of different types in one delivery, an unknown one first",
    rule="D8",
    level=Level.MUST,
    remedy=f"{_EACH}; look at each event's own eventType, and pass over those you don't handle",
    needs=(Need.DELIVERY,),
    after=("batch-two", "unknown-type", "usual-types"),
    snippet="batch",
)
def mixed(bench: Bench) -> None:
    """Delivers a type nobody knows, five usual types and the plain type in one request."""
    unknown = bench.event(eventType=_TYPES[0], legacyEventType=None)
    bench.accepts(unknown, *(bench.event(name) for name in _TYPES[1:]), bench.event(), what="seven types in one batch")


@check(
    "batch-100",
    title="takes 100 events in one delivery",
    rule="D8",
    level=Level.MUST,
    remedy=f"{_EACH}; the largest batch is not documented, so take any number, and do the work after the answer",
    needs=(Need.DELIVERY,),
    after=("batch-two", "body-over-100kb"),
    snippet="work-after-answer",
)
def hundred(bench: Bench) -> None:
    """Delivers 100 events in one request, some 180 KB."""
    bench.accepts(*bench.events(_MANY), what=f"{_MANY} events")


@check(
    "batch-300",
    title="takes 300 events of 600 KB in one delivery",
    rule="D8",
    level=Level.MUST,
    remedy=f"{_EACH}; raise the limit for a request's body to some megabytes, and do the work after the answer",
    needs=(Need.DELIVERY,),
    after=("batch-100", "body-over-100kb"),
    snippet="body-limit",
)
def bulk(bench: Bench) -> None:
    """Delivers 300 events of about 2 KB in one request."""
    events = bench.events(_BULK)
    for event in events:
        debug = {**(event.get("debugContext") or {}).get("debugData", {}), "note": "x" * 300}
        event["debugContext"] = {"debugData": debug}
    bench.accepts(*events, what=f"{_BULK} events")
