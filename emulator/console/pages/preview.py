"""Preview: a sample without an occurrence, edited and delivered (P4-P9, F17)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from emulator.console.routing import page
from emulator.contract.inspection import inspect_bytes
from emulator.contract.problems import printable
from emulator.errors import UsageError
from emulator.reports.html_exchanges import drawn
from emulator.secrets import Redactor

if TYPE_CHECKING:
    from emulator.console.visit import Visit
    from emulator.contract.model import JsonObject

__all__: list[str] = []

_RECENT = 10
_SAMPLE = "sample"


@page("GET", "/hooks/<hook_id>/preview")
def show_preview(visit: Visit, hook_id: str) -> Response:
    """Show the request for an event type, made of a recent event or of sample data."""
    hook = visit.org.event_hooks.get(hook_id)
    event_type = visit.text("type") if visit.text("type") in hook.events else hook.events[0]
    recent = visit.org.recent_events(event_type, limit=_RECENT)
    chosen = visit.text("event") or (recent[0]["uuid"] if recent else _SAMPLE)
    event = next((each for each in recent if each["uuid"] == chosen), None)
    request = visit.org.preview_request(hook, event_type, event=event or visit.org.sample_event(event_type))
    text = json.dumps(request, indent=2, ensure_ascii=False)
    return _page(visit, hook_id, event_type, text, chosen=_SAMPLE if event is None else chosen)


@page("POST", "/hooks/<hook_id>/preview")
def deliver_preview(visit: Visit, hook_id: str) -> Response:
    """Deliver the request as it was edited."""
    event_type, text = visit.field("type"), visit.form.get("request", "")
    try:
        sent = visit.org.preview(hook_id, event_type, **_edited(text))
        delivery = visit.org.deliveries.get(sent.number)  # as the ledger keeps it: secrets hidden
    except UsageError as error:
        return _page(visit, hook_id, event_type, text, error=str(error), status=400)
    return _page(visit, hook_id, event_type, text, delivery=delivery)


@page("POST", "/preview/validate")
def validate(visit: Visit) -> Response:
    """Return as JSON what is wrong with an edited request, each problem with its line."""
    report = inspect_bytes(visit.form.get("request", "").encode("utf-8", "replace"), name="request", kind="auto")
    problems = [
        {
            "line": problem.line or 1,
            "column": problem.column or 1,
            "rule": problem.rule,
            "level": problem.level,
            "message": printable(problem.message),
            "hint": printable(problem.hint),
        }
        for problem in report.problems[:50]
    ]
    return Response(json.dumps({"kind": report.kind, "problems": problems}), content_type="application/json")


def _edited(text: str) -> dict[str, JsonObject]:
    """Return what is to be sent: a whole request, or somebody's lone LogEvent, which gets an envelope."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"this is no JSON: {error}", hint="the marked line says where") from None
    if not isinstance(value, dict):
        raise UsageError("this is no request of an event hook", hint="it needs a list of events in data.events")
    return {"event": value} if "data" not in value and "uuid" in value else {"request": value}


def _page(
    visit: Visit,
    hook_id: str,
    event_type: str,
    text: str,
    *,
    chosen: str = "edited",
    delivery: Any = None,
    error: str = "",
    status: int = 200,
) -> Response:
    hook = visit.org.event_hooks.get(hook_id)
    redact = Redactor()
    return visit.render(
        "preview",
        status=status,
        hook=hook,
        event_type=event_type,
        recent=visit.org.recent_events(event_type, limit=_RECENT) if event_type in hook.events else [],
        chosen=chosen,
        text=text,
        error=error,
        delivery=delivery,
        exchanges=[
            drawn(attempt.exchange, redact, limit=3.0, anchor=f"attempt-{attempt.number}", opened=True)
            for attempt in (delivery.attempts if delivery else ())
        ],
    )
