"""Effects: what the receiver has done, as far as ``--probe`` shows it (D8, D11, D12)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emulator.checks.check import Broken, Need, Stage, Unseen, check
from emulator.checks.promises.duplicates import hang_up
from emulator.runner.results import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.checks.bench import Bench
    from emulator.contract.model import JsonObject

_PROBE = (Need.DELIVERY, Need.PROBE)
_BATCH: Final = 3
_PATIENCE: Final = 4.0  # seconds that the work behind an acknowledgement may take
_PAUSE: Final = 0.05  # seconds between two looks
# An event and a later one that takes it back.
_PAIRS: Final = (
    ("user.lifecycle.deactivate", "user.lifecycle.activate"),
    ("user.lifecycle.suspend", "user.lifecycle.unsuspend"),
    ("user.lifecycle.activate", "user.lifecycle.deactivate"),
)
_ONCE = (
    "keep the uuid of every event that was acted on, in the same transaction as the act, and pass over an event whose "
    "uuid is there already; eventId alone doesn't do, since a repeated event may come in another delivery"
)


def _settled(look: Callable[[], Any], bench: Bench, *, other_than: Any = ...) -> Any:
    """Return what *look* shows once it stays the same; wait for a change if there is to be one."""
    value, since = look(), time.monotonic()
    end = since + _PATIENCE
    while time.monotonic() < end:
        waits = other_than is not ... and value == other_than
        if not waits and time.monotonic() - since >= bench.target.calm:
            break
        time.sleep(_PAUSE)
        latest = look()
        if latest != value:
            value, since = latest, time.monotonic()
    return value


def _counted(bench: Bench) -> tuple[float, float]:
    """Deliver one event and return the probe's number before and after it."""
    before = _settled(bench.count, bench)
    bench.accepts(bench.event())
    after = _settled(bench.count, bench, other_than=before)
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        raise Unseen("the probe shows no number, so events can't be counted")
    if before == after:
        raise Unseen(f"the probe showed {before} before and after a delivery, so it doesn't count events")
    return before, after


def _once(bench: Bench, again: Callable[[JsonObject], object], what: str) -> None:
    """Deliver an event, see that it was acted on, do it *again*, and see that nothing happened."""
    event = bench.event()
    look = partial(bench.count, event)
    before = _settled(look, bench)
    first = bench.delivery([event])
    bench.acknowledges(first, what="the first delivery")
    after = _settled(look, bench, other_than=before)
    if after == before:
        raise Unseen(f"the probe showed {before!r} before and after the first delivery, so it shows nothing")
    again(event)
    finally_ = _settled(look, bench)
    if finally_ != after:
        raise Broken(f"{what} was acted on again: the probe showed {before!r}, then {after!r}, then {finally_!r}")


@check(
    "effect-batch",
    title="acts on every event of a batch",
    rule="D8",
    level=Level.MUST,
    remedy="loop over data.events; the first element is one event of several",
    stage=Stage.ALONE,
    needs=_PROBE,
    after=("batch-two",),
    snippet="batch",
)
def batch(bench: Bench) -> None:
    """Delivers one event, then three about three users; the probe's number must grow three times as much."""
    start, one = _counted(bench)
    bench.accepts(*bench.events(_BATCH), what="three events")
    wanted = one + _BATCH * (one - start)
    end = time.monotonic() + _PATIENCE
    while (got := _settled(bench.count, bench)) != wanted and time.monotonic() < end:
        time.sleep(_PAUSE)
    if got != wanted:
        raise Broken(f"one event took the probe from {start} to {one}, three took it to {got}, not to {wanted}")


@check(
    "effect-duplicate-envelope",
    title="acts once on a delivery that comes twice",
    rule="D12",
    level=Level.MUST,
    remedy=_ONCE,
    stage=Stage.ALONE,
    needs=_PROBE,
    after=("duplicate-envelope",),
    snippet="dedupe",
)
def duplicate_envelope(bench: Bench) -> None:
    """Delivers the same bytes twice; after the second time the probe must show what it showed before."""

    def again(_: JsonObject) -> None:
        bench.acknowledges(bench.exchanges[-1].request, what="the same delivery again")

    _once(bench, again, "the same delivery")


@check(
    "effect-duplicate-event",
    title="acts once on an event that comes in two deliveries",
    rule="D12",
    level=Level.MUST,
    guessed=True,
    remedy=_ONCE,
    stage=Stage.ALONE,
    needs=_PROBE,
    after=("duplicate-event", "effect-duplicate-envelope"),
    snippet="dedupe",
)
def duplicate_event(bench: Bench) -> None:
    """Delivers the same event in two envelopes; the second time the probe must show what it showed before."""
    _once(bench, lambda event: bench.accepts(event, what="the same event again"), "the same event in a new envelope")


@check(
    "effect-duplicate-in-batch",
    title="acts once on an event that a batch holds twice",
    rule="D12",
    level=Level.MUST,
    guessed=True,
    remedy=_ONCE,
    stage=Stage.ALONE,
    needs=_PROBE,
    after=("duplicate-in-batch", "effect-duplicate-event", "effect-batch"),
    snippet="dedupe",
)
def duplicate_in_batch(bench: Bench) -> None:
    """Delivers an event, then a batch that holds it twice; the probe must show what it showed before."""
    _once(bench, lambda event: bench.accepts(event, event, what="a batch with it twice"), "an event of a batch")


@check(
    "effect-duplicate-at-once",
    title="acts once on a delivery that comes several times at once",
    rule="D12",
    level=Level.MUST,
    remedy=f"{_ONCE}; look-up and insert are one step, for between two another request may do the same",
    stage=Stage.ALONE,
    needs=_PROBE,
    after=("duplicate-at-once", "effect-duplicate-envelope"),
    snippet="dedupe",
)
def duplicate_at_once(bench: Bench) -> None:
    """Delivers one event, then another one four times at once; the probe must show as much for each."""
    start, one = _counted(bench)
    request = bench.delivery([bench.event()])
    bench.at_once([request] * 4)
    got = _settled(bench.count, bench, other_than=one)
    wanted = one + (one - start)
    if got != wanted:
        raise Broken(f"one event took the probe from {start} to {one}, another one sent four times at once to {got}")


@check(
    "effect-lost-answer",
    title="acts once on a delivery whose answer was lost",
    rule="R10",
    level=Level.MUST,
    remedy=_ONCE,
    stage=Stage.ALONE,
    needs=_PROBE,
    after=("duplicate-after-lost-answer", "effect-duplicate-envelope"),
    snippet="dedupe",
)
def lost_answer(bench: Bench) -> None:
    """Delivers, hangs up without waiting for the answer, delivers the same bytes again; the probe must count it once."""
    start, one = _counted(bench)
    request = bench.delivery([bench.event()])
    hang_up(bench, request)
    _settled(bench.count, bench, other_than=one)
    bench.acknowledges(request, what="the same delivery after its answer was lost")
    got = _settled(bench.count, bench, other_than=one)
    if got != one + (one - start):
        raise Broken(f"one event took the probe from {start} to {one}, another one whose answer was lost to {got}")


@check(
    "effect-order",
    title="ends in the state of the newest event, whatever comes last",
    rule="D11",
    level=Level.MUST,
    remedy="keep published of the last event for each user, and pass over what is older, or fetch the user's present "
    "state from Okta instead of trusting the event",
    stage=Stage.ALONE,
    needs=(Need.DELIVERY, Need.STATE_PROBE),
    after=("order-across-deliveries", "usual-types"),
)
def order(bench: Bench) -> None:
    """Delivers two opposite events about a user in order, and about another user with the older one last."""
    now = datetime.now(UTC)
    older, newer = now - timedelta(seconds=65), now - timedelta(seconds=5)
    for first, second in _PAIRS:
        in_order = bench.person()
        event = bench.event(first, person=in_order, published=older)
        look = partial(bench.state, event)
        nothing = look()
        bench.accepts(event)
        after_older = _settled(look, bench, other_than=nothing)
        bench.accepts(bench.event(second, person=in_order, published=newer))
        after_newer = _settled(look, bench, other_than=after_older)
        if after_older != after_newer:
            break
    else:
        raise Unseen("the probe showed the same after deactivate and activate, and after suspend and unsuspend")
    turned = bench.person()
    event = bench.event(second, person=turned, published=newer)
    bench.accepts(event, what="the newer event")
    look = partial(bench.state, event)
    _settled(look, bench, other_than=nothing)
    bench.accepts(bench.event(first, person=turned, published=older), what="the older event after it")
    got = _settled(look, bench)
    if got == after_older:
        raise Broken(
            f"{first} and then {second} left {after_newer!r}; when the older one came last it left {got!r}, as if the "
            "newer one had not happened"
        )
