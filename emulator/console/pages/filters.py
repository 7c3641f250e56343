"""The filter of each event type of a hook, and the lab that shows which part of it is true of an event (F1-F16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.console.hook_forms import expressions_of, with_filters
from emulator.console.routing import page
from emulator.contract.catalogue import event_type
from emulator.contract.expressions.event_filter import ExpressionError, parse
from emulator.contract.expressions.event_filter.advice import advise
from emulator.contract.expressions.event_filter.fields import EVENT_FIELDS, RESULTS, TARGET_FIELDS
from emulator.contract.problems import describe
from emulator.org.errors import OktaApiError
from emulator.payloads import as_delivery, build_event

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from emulator.console.visit import Visit
    from emulator.contract.expressions.event_filter import Trace
    from emulator.contract.model import EventHook, JsonObject

__all__: list[str] = []

_RECENT = 10
_FRESH = "fresh"


@page("GET", "/hooks/<hook_id>/filters")
def show_filters(visit: Visit, hook_id: str) -> Response:
    """Show the filter of each subscribed type, with the lab beside it."""
    hook = visit.org.event_hooks.get(hook_id)
    return _page(visit, hook, expressions_of(hook))


@page("POST", "/hooks/<hook_id>/filters")
def save_filters(visit: Visit, hook_id: str) -> Response:
    """Save the filters; a blank one lets every event pass (F4)."""
    hook = visit.org.event_hooks.get(hook_id)
    wanted = {name: visit.form.get(f"filter.{name}", "").strip() for name in hook.events}
    body = with_filters(hook, visit.org.hook_json(hook), wanted)
    try:
        visit.org.event_hooks.replace(hook, body, visit.call())
    except OktaApiError as error:
        return _page(visit, hook, wanted, error=error)
    visit.tell("Saved the filters.")
    return visit.go(f"/hooks/{hook.id}")


@page("POST", "/lab")
def evaluate(visit: Visit) -> Response:
    """Say what an expression gives for an event, part by part."""
    text, name = visit.field("expression"), event_type(visit.field("type")).id
    event = _chosen(visit, name, visit.field("event"))
    known: dict[str, Any] = {"event": event, "error": None, "rows": [], "doubts": [], "passes": True, "text": text}
    if text:
        profile = visit.org.profile
        try:
            found = parse(text, strict=profile.filter_strict)
        except ExpressionError as error:
            return visit.render("_lab", **{**known, "error": error})
        known["rows"] = list(_rows(found.explain(event), 0))
        known["doubts"] = advise(found, event_types=[name])
        known["passes"] = found.delivers(event, on_error=profile.filter_on_error)
    return visit.render("_lab", **known)


@page("GET", "/lab/events")
def offer(visit: Visit) -> Response:
    """Offer the events of a type to try a filter on."""
    name = event_type(visit.text("type")).id
    return visit.render("_lab_events", recent=visit.org.recent_events(name, limit=_RECENT))


def _page(visit: Visit, hook: EventHook, expressions: dict[str, str], *, error: OktaApiError | None = None) -> Response:
    return visit.render(
        "filters",
        status=200 if error is None else 400,
        hook=hook,
        expressions=expressions,
        error=error,
        first=next((name for name in hook.events if expressions.get(name)), hook.events[0]),
        fields=list(EVENT_FIELDS),
        target_fields=list(TARGET_FIELDS),
        results=RESULTS,
    )


def _chosen(visit: Visit, name: str, uuid: str) -> JsonObject:
    recent = visit.org.recent_events(name, limit=_RECENT)
    found = next((event for event in recent if event["uuid"] == uuid), None)
    return as_delivery(found or build_event(name, world=visit.org.world, number=len(uuid)))


def _rows(trace: Trace, level: int) -> Any:
    """Yield a line for each part that has something to say."""
    if not trace.parts and not trace.why and isinstance(trace.value, str | int):
        return
    told_below = trace.failed and any(part.failed for part in trace.parts)
    value = "error" if trace.failed else f"{len(trace.value)} found" if isinstance(trace.value, list) else None
    look = "dim" if not trace.needed else "good" if trace.value is True else "bad" if trace.value is False else "plain"
    yield {
        "text": " ".join(trace.text.split()),
        "value": value or describe(trace.value),
        "why": "" if told_below else trace.why,
        "look": "bad" if trace.failed else look,
        "needed": trace.needed,
        "level": min(level, 5),
    }
    for part in trace.parts:
        yield from _rows(part, level + 1)
