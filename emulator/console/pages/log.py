"""Reports > System Log: filter and keywords as in the API, paged, with a live tail, both shapes of an event."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emulator.console.routing import page
from emulator.console.visit import PAGE_SIZE
from emulator.contract.expressions.keywords import KeywordError, keywords
from emulator.contract.expressions.scim import SYSTEM_LOG, ScimError, instant
from emulator.errors import HarnessError, UsageError
from emulator.org.log_search import LogPage, LogQuery
from emulator.payloads import as_delivery

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from emulator.console.visit import Visit

__all__: list[str] = []

_TICK = timedelta(milliseconds=1)
_LEAF = "0123456789abcdefABCDEF-"


@page("GET", "/log")
def show_log(visit: Visit) -> Response:
    """Show a page of the System Log, the newest event first."""
    error, found = "", LogPage(events=[], cursor=None)
    try:
        found = visit.org.log_search.page(_query(visit))
    except HarnessError as problem:
        error = str(problem)
    values: dict[str, Any] = {
        "events": found.events,
        "cursor": found.cursor,
        "filter": visit.text("filter"),
        "q": visit.text("q"),
        "after": visit.text("after"),
        "error": error,
    }
    return visit.live("log", "_log_rows", mark=visit.org.log.last_number(), **values)


@page("GET", "/log/<uuid>")
def show_event(visit: Visit, uuid: str) -> Response:
    """Show one event in the shape of the System Log and in that of a delivery, and where it was delivered."""
    moment = instant(visit.text("at"))
    if moment is None or set(uuid) - set(_LEAF):
        raise UsageError("that is no link to an event", hint="search for it in the System Log")
    wanted = SYSTEM_LOG.parse(f'uuid eq "{uuid}"')
    found = visit.org.log_search.page(LogQuery(since=moment, until=moment + _TICK, filter=wanted, limit=1)).events
    if not found:
        raise UsageError(f"there is no event {uuid} at that time", hint="the org may have been reset")
    return visit.render(
        "_event" if "part" in visit.request.args else "event",
        event=found[0],
        delivered=as_delivery(found[0], nulls=visit.org.profile.delivery_nulls),
        deliveries=visit.org.deliveries.newest(limit=20, uuid=uuid),
    )


def _query(visit: Visit) -> LogQuery:
    text = visit.text("filter")
    try:
        wanted = SYSTEM_LOG.parse(text) if text else None
        words = keywords(visit.text("q"))
    except ScimError as error:
        raise UsageError(f"the filter can't be read: {error}") from None
    except KeywordError as error:
        raise UsageError(error.summary) from None
    return LogQuery(filter=wanted, keywords=words, after=visit.text("after") or None, limit=PAGE_SIZE, descending=True)
