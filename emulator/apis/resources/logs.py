"""The System Log API (L1-L15, E9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.apis.answers import Answer, link_header, next_url
from emulator.apis.listing import syntax_error
from emulator.apis.routing import Query, Scope, route
from emulator.contract.expressions.keywords import KeywordError, keywords
from emulator.contract.expressions.scim import SYSTEM_LOG, ScimError, instant
from emulator.org.errors import api_error, invalid
from emulator.org.log_search import LogQuery

if TYPE_CHECKING:
    from datetime import datetime

    from emulator.apis.asking import Ask

__all__: list[str] = []

_DEFAULT: Final = 100
_MOST: Final = 1000


@route(
    "GET",
    "/api/v1/logs",
    operation="listLogEvents",
    scope=Scope("logs"),
    gives="[LogEvent]",
    query=(
        Query(name="since"),
        Query(name="until"),
        Query(name="after"),
        Query(name="filter"),
        Query(name="q"),
        Query(name="limit", kind="integer", least=0, most=_MOST),
        Query(name="sortOrder", choices=("ASCENDING", "DESCENDING")),
    ),
)
def list_log_events(ask: Ask) -> Answer:
    """Query the System Log: polling without ``until``, else bounded."""
    query = _read(ask)
    found = ask.org.log_search.page(query)
    given = dict(ask.request.args.items())
    this = next_url(ask.url, given)
    following = None
    if found.cursor is not None:
        if query.polls:
            given.pop("since", None)  # L5: the cursor takes its place
        following = next_url(ask.url, {**given, "after": found.cursor})
    elif query.polls:
        # L3: when there is nothing new, next is the very same address, by which pollers know to wait.
        following = this
    return Answer(body=found.events, headers=(link_header(this, following),))


def _read(ask: Ask) -> LogQuery:
    order = ask.text("sortOrder").upper() or "ASCENDING"
    if order not in {"ASCENDING", "DESCENDING"}:
        raise invalid("sortOrder", "sortOrder: must be ASCENDING or DESCENDING")
    text = ask.text("filter")
    try:
        wanted = SYSTEM_LOG.parse(text) if text else None
    except ScimError as error:
        raise syntax_error(error) from None
    try:
        words = keywords(ask.text("q"))
    except KeywordError as error:
        raise api_error("E0000001", subject=error.summary.removeprefix("Api validation failed: ")) from None
    return LogQuery(
        since=_moment(ask, "since"),
        until=_moment(ask, "until"),
        after=ask.text("after") or None,
        filter=wanted,
        keywords=words,
        limit=ask.number("limit", default=_DEFAULT, most=_MOST, clamp=False),
        descending=order == "DESCENDING",
    )


def _moment(ask: Ask, name: str) -> datetime | None:
    text = ask.text(name)
    if not text:
        return None
    found = instant(text)
    if found is None:
        raise invalid(  # E9
            name,
            f"{name}: The date format in your query is not recognized. Please enter dates using ISO8601 string format.",
            f"{name}: must be a valid date-time or empty.",
        )
    return found
