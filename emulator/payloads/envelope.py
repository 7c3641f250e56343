"""The request body that carries LogEvents to a hook (D2-D7), and its bytes (D23)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import CLOUD_EVENTS_VERSION, CONTENT_TYPE, ENVELOPE_TYPE, ENVELOPE_TYPE_VERSION
from emulator.errors import UsageError
from emulator.payloads import moments
from emulator.payloads.identifiers import uuid_random

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from emulator.contract.model import JsonObject
    from emulator.payloads.world import World

__all__ = ["ID_BYTES", "build_envelope", "drawn_for", "encode", "utf_8"]

ID_BYTES = 16
_SURROGATE = re.compile("[\ud800-\udfff]")


# json.dumps makes an encoder for every call.
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def build_envelope(
    events: Sequence[Mapping[str, Any]],
    *,
    world: World,
    hook_id: str,
    event_time: datetime | None = None,
    number: int = 0,
) -> JsonObject:
    """
    Return the body of request *number* to a hook, members in wire order.

    Args:
        events: LogEvents in the delivery shape, at least one (D7).
        world: The org; it gives ``source`` its host (D4) and ``eventId`` its value (D5).
        hook_id: The id of the receiving hook.
        event_time: When the request is built, an aware datetime; by default 5 to 11 s after the last event (D10).
        number: Which of the world's requests it is; each has another ``eventId``, for each hook.

    Raises:
        UsageError: there is no event, or *event_time* has no time zone.
    """
    if not events:
        raise UsageError("a delivery needs at least one event")
    drawn = drawn_for(world, hook_id, number)
    if event_time is None:
        published = [moment for moment in (moments.parse(event.get("published")) for event in events) if moment]
        if published:
            last = moments.milliseconds(max(published), "published")
        else:
            last = moments.default_published(world.draws, number, "")
        built = moments.default_event_time(last, drawn[ID_BYTES:])
    else:
        built = moments.milliseconds(event_time, "event_time")
    return {
        "eventType": ENVELOPE_TYPE,
        "eventTypeVersion": ENVELOPE_TYPE_VERSION,
        "cloudEventsVersion": CLOUD_EVENTS_VERSION,
        "source": f"https://{world.org_host}/api/v1/eventHooks/{hook_id}",
        "eventId": uuid_random(drawn),
        "data": {"events": list(events)},
        "eventTime": moments.text_of(built),
        "contentType": CONTENT_TYPE,
    }


def drawn_for(world: World, hook_id: str, number: int) -> bytes:
    """Return the bytes that decide ``eventId`` (D5) and, behind it, when request *number* to a hook is built."""
    return world.draws.raw("event id", hook_id, number)


def encode(document: Any) -> bytes:
    """
    Return *document* as the bytes of a request body: compact JSON in raw UTF-8 (D23).

    A lone surrogate, which UTF-8 can't express, is escaped, so any text can be sent.

    Raises:
        UsageError: something in it isn't JSON, such as NaN or a date.
    """
    try:
        text = _encode(document)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"this can't be written as JSON: {error}") from None
    return utf_8(text)


def utf_8(text: str) -> bytes:
    """Return JSON text as bytes, lone surrogates escaped."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()
