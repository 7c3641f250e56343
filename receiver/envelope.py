"""Bytes of a delivery in, its LogEvents out; refuses whatever is not an Okta envelope.  Pure: no I/O."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import ENVELOPE_TYPE
from receiver.events import Event

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Envelope", "RefusedBody", "read_envelope", "strict_json"]

_LONGEST_ID: Final = 255


class RefusedBody(ValueError):  # noqa: N818 (what was refused, not an error of ours)
    """
    The body is not a delivery; the text says why in a few words and never repeats the body.

    Echoing what a stranger sent puts it into logs and pages; the sender has the body anyway.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """
    One delivery: ``event_id`` names the request, each event's ``uuid`` names what happened (D5, D12).

    ``digest`` is that of the body, so that a repeated ``eventId`` need not be taken at its word.
    """

    event_id: str | None
    digest: bytes
    events: tuple[Event, ...]


def read_envelope(body: bytes, *, max_depth: int) -> Envelope:
    """
    Read the body of a delivery (D1-D7).

    Only what we act on is demanded: ``eventType``, and an array of events that each have a ``uuid``.  All else may be
    null, absent or new, because Okta adds members and event types without notice (L30, L31, L36, T2).

    Raises:
        RefusedBody: it is not UTF-8, not strict JSON, nested too deeply, or no event hook envelope.
    """
    value = strict_json(body, max_depth)
    if not isinstance(value, dict) or value.get("eventType") != ENVELOPE_TYPE:
        raise RefusedBody(f"wanted a JSON object whose eventType is {ENVELOPE_TYPE}")
    data = value.get("data")
    events = data.get("events") if isinstance(data, dict) else None
    if not isinstance(events, list) or not events:
        raise RefusedBody("data.events must be an array of at least one event")
    if not all(isinstance(event, dict) and _is_id(event.get("uuid")) for event in events):
        raise RefusedBody("every element of data.events must be an object with a uuid")
    event_id = value.get("eventId")
    return Envelope(
        event_id=event_id if _is_id(event_id) else None,
        digest=hashlib.sha256(body).digest(),
        events=tuple(Event(event) for event in events),
    )


def _is_id(value: Any) -> bool:
    # Printable, so it can stand in a log line; encodable, so it can be a database key.
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()


def strict_json(body: bytes, max_depth: int) -> Any:
    """
    Read JSON in which nothing can be read in two ways.

    Raises:
        RefusedBody: it is not UTF-8, not strict JSON, or nested too deeply.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedBody("the body is not UTF-8") from None
    try:
        value = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite)
    except RefusedBody:
        raise
    except ValueError:  # JSONDecodeError, or an integer of thousands of digits
        raise RefusedBody("the body is not JSON") from None
    except RecursionError:  # the parser's own limit, of about a thousand levels
        raise _too_deep(max_depth) from None
    if not _is_within(max_depth, value):
        raise _too_deep(max_depth)
    return value


def _is_within(depth: int, value: Any) -> bool:
    # Level by level, since whatever recurses here or later is what the limit protects.
    level = [value]
    for _ in range(depth):
        level = [inner for outer in level for inner in _contents(outer) if isinstance(inner, (dict, list))]
        if not level:
            return True
    return False


def _contents(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _too_deep(depth: int) -> RefusedBody:
    return RefusedBody(f"the JSON is nested deeper than {depth} levels")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two readers of the same body could otherwise see two different events.
        raise RefusedBody("an object has the same key twice")
    return found


def _no_constant(_: str) -> Any:
    raise RefusedBody("NaN and Infinity are not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise RefusedBody("a number is too large")
    return number
