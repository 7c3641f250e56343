"""Order and age: neither is promised (D8, D11, D33)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from emulator.checks.check import Need, check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench

_SORT = "sort by published if order matters; never refuse what comes late, for Okta does not send it again"


@check(
    "order-in-batch",
    title="takes a batch whose newest event comes first",
    rule="D8",
    level=Level.MUST,
    remedy=_SORT,
    needs=(Need.DELIVERY,),
    after=("batch-two", "batch-same-user"),
)
def in_batch(bench: Bench) -> None:
    """Delivers three events about one user, the newest first."""
    who, now = bench.person(), datetime.now(UTC)
    ages = (5, 60, 3_000)
    bench.accepts(
        *(bench.event(person=who, published=now - timedelta(seconds=age)) for age in ages),
        what="three events, newest first",
    )


@check(
    "order-across-deliveries",
    title="takes an event that is older than one it has already had",
    rule="D11",
    level=Level.MUST,
    remedy=_SORT,
    needs=(Need.DELIVERY,),
)
def across(bench: Bench) -> None:
    """Delivers an event about a user, then one about the same user that happened a minute before."""
    who, now = bench.person(), datetime.now(UTC)
    bench.accepts(bench.event(person=who, published=now - timedelta(seconds=5)), what="the newer event")
    bench.accepts(bench.event(person=who, published=now - timedelta(seconds=65)), what="the older event after it")


@check(
    "event-age",
    title="takes events that are hours or days old",
    rule="D33",
    level=Level.MUST,
    remedy="don't judge an event by its age: after an outage deliveries come late, and a preview may show an event "
    "that is days old; a replay is recognised by its uuid",
    needs=(Need.DELIVERY,),
)
def age(bench: Bench) -> None:
    """Delivers events that happened 6 hours, 2 days and 60 days ago."""
    now = datetime.now(UTC)
    ages = {"6 hours": 0.25, "2 days": 2, "60 days": 60}
    bench.accepts_each(
        {f"{name} old": bench.event(published=now - timedelta(days=days)) for name, days in ages.items()}
    )
