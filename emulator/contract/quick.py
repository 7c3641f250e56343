"""
The quick way to say that an envelope or a LogEvent is in order in every respect, and the only answer it gives is yes.

Three looks, of a few microseconds each: it is written without anything odd, the schemas pass it (``fast``), and the
semantic rules have nothing to say. Most of what these look at is a handful of words: the event type and what goes with
it; a combination of words that the rules passed once passes again. The rest is compared at once.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import ENVELOPE_TYPE
from emulator.contract.fast import REFUSED, validator
from emulator.contract.schemas import clean_by_type, load, overlays_for
from emulator.contract.semantics import envelope_problems, event_problems

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["nothing_to_say", "nothing_to_say_of_envelope", "quick_check"]

_APART: Final = re.compile(rb'"[ \t\r\n]+:')
_INFINITE: Final = float("inf")

_MOST: Final = 50_000  # combinations to remember; an org has some hundreds
_WHOLE_ID: Final = 20
_GREGORIAN: Final = 12_219_292_800
_TICKS: Final = 10_000_000
_TOLERANCE: Final = 59.0  # seconds; less than the rule's own

_seen: set[tuple[Any, ...]] = set()
_minutes: dict[str, float] = {}


@cache
def quick_check() -> Callable[[bytes], dict[str, Any] | None] | None:
    """
    Return a function that reads an envelope or a LogEvent, if it is in order; without jsonschema-rs there is none.

    It returns None for bytes that must be looked at again.
    """
    is_envelope, is_event = validator(load("envelope")), validator(load("log-event"))
    if is_envelope is None or is_event is None:
        return None
    loads, dumps = _codec()

    def check(text: bytes) -> dict[str, Any] | None:
        try:
            value: Any = loads(text)
            # What would be written again in the same bytes holds nothing twice, nor half a character.
            if type(value) is not dict or (dumps(value) != text and not _is_plain(value, text)):
                return None
            if value.get("eventType") != ENVELOPE_TYPE:
                passed = is_event(value) and clean_by_type(value) and nothing_to_say(value)
            elif is_envelope(value):
                for event in value["data"]["events"]:
                    if overlays_for(event["eventType"]) and not clean_by_type(event):
                        return None
                passed = nothing_to_say_of_envelope(value)
            else:
                return None
        except REFUSED:
            return None
        return value if passed else None

    return check


def _codec() -> tuple[Callable[[bytes], Any], Callable[[Any], bytes]]:
    """Return a parser, and a writer that is quick enough to compare with, or writes nothing."""
    try:
        from orjson import OPT_APPEND_NEWLINE, dumps, loads  # an extra
    except ImportError:
        return json.loads, lambda _: b""
    return loads, partial(dumps, option=OPT_APPEND_NEWLINE)  # a line; without its end, there is ``_is_plain``


def _is_plain(value: dict[str, Any], text: bytes) -> bool:
    # A mark or a wide encoding in front, a name whose colon stands apart, an escape for half a character: all rare.
    odd = text[:1] not in b"{ \r\n\t" or b"\0" in text or _APART.search(text) or b"\\ud" in text.lower()
    return not odd and _members(value) == text.count(b'":')


def _members(value: dict[str, Any]) -> int:
    """Count the members of all objects within; -1 if there is a number that is none."""
    found = 0
    pending: list[Any] = [value]
    for item in pending:
        kind = type(item)
        if kind is dict:
            found += len(item)
            pending.extend(item.values())
        elif kind is list:
            pending.extend(item)
        elif kind is float and not -_INFINITE < item < _INFINITE:
            return -1
    return found


def nothing_to_say_of_envelope(envelope: dict[str, Any]) -> bool:
    """Say so for an envelope that the schema has passed; false if the rules must be asked."""
    events = envelope["data"]["events"]
    if len(events) == 1:
        event = events[0]
        if event["published"] <= envelope["eventTime"] and len(event["published"]) == len(envelope["eventTime"]):
            words = _words(event)
            if words is not None:
                # The hook's id stands at the end of source, and the event's type may not be one for hooks.
                words = (*words, envelope["source"][-30:])
                if words in _seen:
                    return True
                return _remember(words, not envelope_problems(envelope))
    return not envelope_problems(envelope)


def nothing_to_say(event: dict[str, Any]) -> bool:
    """Say so for a LogEvent that the schema has passed; false if the rules must be asked."""
    words = _words(event)
    if words is None:
        return not event_problems(event)
    return words in _seen or _remember(words, not event_problems(event))


def _remember(words: tuple[Any, ...], verdict: bool) -> bool:  # noqa: FBT001  # a verdict to keep
    if verdict:
        if len(_seen) >= _MOST:
            _seen.clear()
        _seen.add(words)
    return verdict


def _words(event: dict[str, Any]) -> tuple[Any, ...] | None:
    """Return all that the rules' verdict depends on, or None if the rules must look at the event itself."""
    client = event["client"]
    get = client.get
    chain = get("ipChain")
    if chain and (chain[0]["ip"] != get("ipAddress") or len(chain) > 1 or _other_version(chain[0])):
        return None
    if "request" in event or not _times_agree(event["uuid"], event["published"]):
        return None
    get_event = event.get
    transaction, context = event["transaction"], event["authenticationContext"]
    actor, targets, outcome, debug = (
        get_event("actor"),
        get_event("target"),
        get_event("outcome"),
        get_event("debugContext"),
    )
    hooks = None
    if debug:
        data = debug["debugData"]
        get_data = data.get
        hooks, url, request_id = get_data("targetEventHookIds"), get_data("url"), get_data("requestId")
        if url and not url.startswith(get_data("requestUri", "")):
            return None
        if request_id and request_id != transaction["id"]:
            return None
    who: list[Any] = []
    for thing in targets or ():
        name = thing["id"]
        who += (thing["type"], name[:3] if len(name) == _WHOLE_ID else name)
    if actor:
        name = actor["id"]
        who += (actor["type"], name[:3] if len(name) == _WHOLE_ID else name, 0)
    return (
        event["eventType"],
        get_event("legacyEventType"),
        tuple(who),
        outcome["result"] if outcome else None,
        transaction.get("type"),
        get("device"),
        context.get("authenticationProvider"),
        context.get("credentialProvider"),
        hooks,
    )


def _other_version(entry: dict[str, Any]) -> bool:
    return entry.get("version") not in {"V4", None} or ":" in entry["ip"]


def _times_agree(uuid: str, published: str) -> bool:
    if uuid[14] != "1":
        return True
    minute = published[:16]
    start = _minutes.get(minute)
    if start is None:
        if len(_minutes) >= _MOST:
            _minutes.clear()
        start = _minutes[minute] = datetime.fromisoformat(f"{minute}:00+00:00").timestamp() + _GREGORIAN
    made = int(uuid[15:18] + uuid[9:13] + uuid[:8], 16) / _TICKS
    return -_TOLERANCE < made - start - int(published[17:19]) < _TOLERANCE
