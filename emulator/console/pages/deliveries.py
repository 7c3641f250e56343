"""Deliveries: every attempt, byte by byte, and why; sent again, copied, spoilt on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.console.routing import page
from emulator.console.snippets import as_pytest, as_step
from emulator.console.visit import PAGE_SIZE
from emulator.errors import HarnessError, UsageError
from emulator.org.faults import Fault
from emulator.org.ordering import ORDERS
from emulator.reports.html_bars import LEGEND, in_words, parts
from emulator.reports.html_exchanges import drawn
from emulator.secrets import Redactor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from emulator.console.visit import Visit
    from emulator.delivery.attempts import Delivery

__all__: list[str] = []

_LIMIT = 3.0  # seconds, the width of a bar
FAULTS = {
    Fault.DUPLICATE: "Sent twice: the same request again",
    Fault.DUPLICATE_EVENT: "Sent twice: the same events in a new envelope",
    Fault.LOSE_ANSWER: "Answer lost: Okta times out and tries again",
    Fault.DROP: "Lost: never sent",
    Fault.WRONG_SECRET: "Wrong secret: the receiver has to refuse it",
}


@page("GET", "/deliveries")
def list_deliveries(visit: Visit) -> Response:
    """Show deliveries, the newest first."""
    org, hook_id = visit.org, visit.text("hook") or None
    skip = visit.page_number * PAGE_SIZE
    found = org.deliveries.newest(limit=PAGE_SIZE + 1, skip=skip, hook_id=hook_id)
    hooks = visit.org.event_hooks.all()
    armed = visit.org.faults.armed()
    return visit.live(
        "deliveries",
        "_deliveries_rows",
        mark=visit.org.deliveries.last_ended(),
        rows=[_row(each) for each in found[:PAGE_SIZE]],
        names={hook.id: hook.name for hook in hooks},
        hooks=hooks,
        hook_id=hook_id or "",
        page=visit.page_number,
        has_more=len(found) > PAGE_SIZE,
        faults=[(fault.value, words, armed.get(fault.value, 0)) for fault, words in FAULTS.items()],
        orders=ORDERS,
        paused=org.paused,
    )


@page("GET", "/deliveries/<int:number>")
def show_delivery(visit: Visit, number: int) -> Response:
    """Show one delivery with request and reply of every attempt."""
    delivery = _delivery(visit, number)
    names = {hook.id: hook.name for hook in visit.org.event_hooks.all()}
    redact = Redactor()  # the ledger holds no secrets
    return visit.render(
        "delivery",
        delivery=delivery,
        hook_name=names.get(delivery.hook_id, ""),
        attempts=[
            (
                attempt,
                drawn(
                    attempt.exchange, redact, limit=_LIMIT, anchor=f"attempt-{attempt.number}", opened=attempt is last
                ),
            )
            for last in delivery.attempts[-1:]
            for attempt in delivery.attempts
        ],
        events=[event for event in delivery.events if isinstance(event, dict)],
        legend=LEGEND,
        step=as_step(delivery),
        test=as_pytest(delivery),
    )


@page("POST", "/deliveries/<int:number>/redeliver")
def redeliver(visit: Visit, number: int) -> Response:
    """Send a delivery again: the same bytes, or the same events in a new envelope."""
    fresh = visit.field("as") == "event"
    again = visit.org.redeliver(_delivery(visit, number), new_envelope=fresh)
    how = "in a new envelope" if fresh else "in the same envelope"
    visit.tell(f"Sent delivery {number} again {how}: {again.outcome}.", good=again.outcome == "delivered")
    return visit.go(f"/deliveries/{again.number}")


@page("POST", "/faults")
def arm(visit: Visit) -> Response:
    """Let something go wrong with the next delivery, hold deliveries, or let all be well."""
    what, org = visit.field("fault"), visit.org
    try:
        if what == "clear":
            org.faults.clear()
            visit.tell("All faults are forgotten.")
        elif what == "pause":
            org.pause()
            visit.tell("Deliveries wait until you let them go.")
        elif what == "resume":
            org.resume(visit.field("order") or "published")
            visit.tell("Deliveries go on.")
        else:
            org.faults.arm(what)
            visit.tell(f"Armed for the next delivery: {FAULTS[Fault(what)]}.")
    except HarnessError as error:
        visit.tell(error.message, good=False, lines=[error.hint])
    return visit.go("/deliveries")


def _delivery(visit: Visit, number: int) -> Delivery:
    found = visit.org.deliveries.get(number)
    if found is None:
        raise UsageError(f"there is no delivery {number}", hint="the org may have been reset")
    return found


def _row(delivery: Delivery) -> dict[str, Any]:
    last = delivery.attempts[-1].exchange if delivery.attempts else None
    return {
        "delivery": delivery,
        "result": delivery.reason if last is None else str(last.status or last.failure or ""),
        "seconds": "" if last is None else f"{last.elapsed:.3f} s",
        "spent": "" if last is None else in_words(last.timings.items()),
        "parts": [] if last is None else list(parts(last.timings.items(), _LIMIT)),
    }
