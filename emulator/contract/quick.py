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
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import ENVELOPE_TYPE
from emulator.contract.event_shapes import EventShape, shape_of
from emulator.contract.fast import REFUSED, is_installed, validator
from emulator.contract.kinds import Kind
from emulator.contract.schemas import clean, clean_by_type, load, overlays_for
from emulator.contract.semantics import envelope_problems, event_problems
from emulator.contract.usual import usual_delivery

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["USUAL", "Passed", "lone_check", "nothing_to_say", "nothing_to_say_of_envelope", "quick_check"]

Passed = tuple[Kind, tuple[EventShape, ...]]
USUAL: Final[Passed] = (Kind.ENVELOPE, (EventShape.DELIVERY,))

_APART: Final = re.compile(rb'"[ \t\r\n]+:')
_INFINITE: Final = float("inf")

_MOST: Final = 50_000  # combinations to remember; an org has some hundreds
_WHOLE_ID: Final = 20
_GREGORIAN: Final = 12_219_292_800
_TICKS: Final = 10_000_000
_VERSIONS: Final = ({"V4", None}, {"V6", None})  # of an address without and with a colon
_TOLERANCE: Final = 59.0  # seconds; less than the rule's own

_seen: set[tuple[Any, ...]] = set()
_usual: dict[tuple[Any, ...] | None, bool] = {}  # and whether a schema of the type must be asked each time
_starts: dict[str, float] = {}


@cache
def quick_check() -> Callable[[bytes], Passed | None] | None:
    """
    Return a function that says what an envelope or a LogEvent is, if it is in order; without jsonschema-rs there is none.

    It returns None for bytes that must be looked at again.
    """
    is_envelope, is_event = validator(load("envelope")), validator(load("log-event"))
    is_usual = validator(usual_delivery(load("envelope")))
    if is_envelope is None or is_event is None or is_usual is None:
        return None
    loads, dumps, as_a_line = _codec()

    def check(text: bytes) -> Passed | None:
        try:
            value: Any = loads(text)
            if type(value) is not dict:
                return None
            # What would be written again in the same bytes holds nothing twice, nor half a character.
            if dumps(value, None, as_a_line) == text:
                if is_usual(value) and _is_remembered(value):
                    return USUAL
            elif not _is_plain(value, text):
                return None
            if value.get("eventType") != ENVELOPE_TYPE:
                return _event(value) if is_event(value) else None
            passed = _envelope(value) if is_envelope(value) else None
            return _remembered(value, passed) if passed and is_usual(value) else passed
        except (*REFUSED, KeyError):  # a usual delivery may lack what is looked up in it
            return None

    return check


def lone_check() -> Callable[[bytes], Passed | None] | None:
    """Return the same for a document that is the only one: no schema and no parser more than it needs."""
    if not is_installed():
        return None

    def check(text: bytes) -> Passed | None:
        try:
            value: Any = json.loads(text)
            if type(value) is not dict or not _is_plain(value, text):
                return None
            is_envelope = value.get("eventType") == ENVELOPE_TYPE
            is_clean = clean("envelope" if is_envelope else "log-event")
            if is_clean is None or not is_clean(value):
                return None
            return _envelope(value) if is_envelope else _event(value)
        except REFUSED:
            return None

    return check


def _event(value: dict[str, Any]) -> Passed | None:
    """Look at a LogEvent that the schema has passed."""
    return (Kind.LOG_EVENT, (shape_of(value),)) if clean_by_type(value) and nothing_to_say(value) else None


def _envelope(value: dict[str, Any]) -> Passed | None:
    """Look at an envelope that the schema has passed."""
    events = value["data"]["events"]
    if not all(clean_by_type(event) for event in events) or not nothing_to_say_of_envelope(value):
        return None
    return Kind.ENVELOPE, tuple(shape_of(event) for event in events)


def _remembered(value: dict[str, Any], passed: Passed) -> Passed:
    """Remember the words of a usual delivery that is in order."""
    event = value["data"]["events"][0]
    words = _words(event, value["source"])
    if words is not None:
        if len(_usual) >= _MOST:
            _usual.clear()
        _usual[words] = bool(overlays_for(event["eventType"]))
    return passed


def _is_remembered(usual: dict[str, Any]) -> bool:
    """Whether another delivery with these words has passed all that ``usual`` leaves out."""
    event = usual["data"]["events"][0]
    published, built = event["published"], usual["eventTime"]
    if published > built or len(published) != len(built):
        return False
    has_own_schema = _usual.get(_words(event, usual["source"]))
    return has_own_schema is False or (has_own_schema is True and clean_by_type(event))


def _codec() -> tuple[Callable[[bytes], Any], Callable[[Any, None, int], bytes], int]:
    """Return a parser, a writer that is quick enough to compare with, or writes nothing, and the writer's option."""
    try:
        from orjson import OPT_APPEND_NEWLINE, dumps, loads  # an extra
    except ImportError:
        return json.loads, lambda *_: b"", 0
    return loads, dumps, OPT_APPEND_NEWLINE  # a line; without its end, there is ``_is_plain``


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
        published, built = event["published"], envelope["eventTime"]
        if published <= built and len(published) == len(built):
            # The hook's id stands at the end of source, and the event's type may not be one for hooks.
            words = _words(event, envelope["source"][-30:])
            if words is not None:
                return words in _seen or _remember(words, not envelope_problems(envelope))
    return not envelope_problems(envelope)


def nothing_to_say(event: dict[str, Any]) -> bool:
    """Say so for a LogEvent that the schema has passed; false if the rules must be asked."""
    words = _words(event, None)
    if words is None:
        return not event_problems(event)
    return words in _seen or _remember(words, not event_problems(event))


def _remember(words: tuple[Any, ...], verdict: bool) -> bool:  # noqa: FBT001  # a verdict to keep
    if verdict:
        if len(_seen) >= _MOST:
            _seen.clear()
        _seen.add(words)
    return verdict


def _words(event: dict[str, Any], source: str | None) -> tuple[Any, ...] | None:  # noqa: C901  # calls take long
    """Return all that the rules' verdict depends on, or None if the rules must look at the event itself."""
    client, uuid, published = event["client"], event["uuid"], event["published"]
    get = client.get
    chain = get("ipChain")
    if chain:
        first = chain[0]
        address = first["ip"]
        if address != get("ipAddress") or len(chain) > 1 or first.get("version") not in _VERSIONS[":" in address]:
            return None
    # Every event has its own time, so this is a few instructions and no more: see ``_clock``.
    if uuid[14] == "1":
        minute = published[:16]
        clock = uuid[9:18]
        start = _starts.get(minute + clock)
        if start is None:
            start = _clock(minute, clock)
        if not -_TOLERANCE < int(uuid[:8], 16) / _TICKS + start - int(published[17:19]) < _TOLERANCE:
            return None
    if "request" in event:
        return None
    get = event.get
    transaction, context = event["transaction"], event["authenticationContext"]
    outcome, debug = get("outcome"), get("debugContext")
    hooks = keys = None
    if debug:
        data = debug["debugData"]
        keys, get_data = tuple(data), data.get
        hooks, url, request_id = get_data("targetEventHookIds"), get_data("url"), get_data("requestId")
        if url is not None and not url.startswith(get_data("requestUri", "")):
            return None
        if request_id is not None and request_id != transaction["id"]:
            return None
    words = [
        source,
        event["eventType"],
        get("legacyEventType"),
        hooks,
        keys,
        outcome["result"] if outcome else None,
        transaction.get("type"),
        client.get("device"),
        client.get("zone"),
        context.get("authenticationProvider"),
        context.get("credentialProvider"),
    ]
    # An id's first characters say what it belongs to; a short or long one may be any word.
    for thing in get("target") or ():
        name = thing["id"]
        words += (thing["type"], name[:3] if len(name) == _WHOLE_ID and name.isalnum() and name.isascii() else name)
    actor = get("actor")
    if actor:
        name = actor["id"]
        words += (0, actor["type"], name[:3] if len(name) == _WHOLE_ID and name.isalnum() and name.isascii() else name)
    return tuple(words)


def _clock(minute: str, clock: str) -> float:
    """Return how many seconds after *minute* the slow part of a uuid's clock, its last 60 bits but 32, stood."""
    if len(_starts) >= _MOST:
        _starts.clear()
    start = datetime.fromisoformat(f"{minute}:00+00:00").timestamp() + _GREGORIAN
    found = _starts[minute + clock] = (int(clock[6:] + clock[:4], 16) << 32) / _TICKS - start
    return found
