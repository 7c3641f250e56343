"""Which of its real shapes a LogEvent has: the same event looks different in each place Okta shows it (L13)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

__all__ = ["EventShape", "shape_of"]


class EventShape(StrEnum):
    """Where an event of this shape comes from."""

    DELIVERY = "delivery"
    """Members without a value are left out, and the proxy chain is ``client.ipChain`` (D18, D20)."""

    PREVIEW = "preview"
    """A real event in the Preview: every member is there, nulls are written (P5)."""

    PREVIEW_SAMPLE = "preview-sample"
    """The Preview's sample data: actor, target, debugContext and securityContext are null (P6)."""

    SYSTEM_LOG_API = "system-log-api"
    """Nulls are written, and the proxy chain is ``request.ipChain`` (L4, L34)."""

    UNCLEAR = "unclear"
    """Too little of the event is there to tell, or it mixes two shapes."""


_SAMPLE_NULLS = ("actor", "target", "debugContext", "securityContext")
_ALWAYS = ("uuid", "published", "client", "transaction", "authenticationContext")


def shape_of(event: Any) -> EventShape:
    """Tell the shape of *event*, from members that only one shape has."""
    if not isinstance(event, dict):
        return EventShape.UNCLEAR
    client = event.get("client")
    chained = isinstance(client, dict) and "ipChain" in client
    if "request" in event:
        return EventShape.UNCLEAR if chained else EventShape.SYSTEM_LOG_API
    if all(name in event and event[name] is None for name in _SAMPLE_NULLS):
        return EventShape.PREVIEW_SAMPLE
    nulls = _has_null(event)
    if chained:
        return EventShape.PREVIEW if nulls else EventShape.DELIVERY
    if "insertionTimestamp" in event:
        return EventShape.PREVIEW
    # Early deliveries had no chain; what tells them from trimmed log entries is that the other members are there.
    if not nulls and all(name in event for name in _ALWAYS):
        return EventShape.DELIVERY
    return EventShape.UNCLEAR


def _has_null(event: dict[str, Any]) -> bool:
    if None in event.values():
        return True
    for member in event.values():  # noqa: SIM110  # any() takes twice as long, and this runs for each event
        if type(member) is dict and None in member.values():
            return True
    return False
