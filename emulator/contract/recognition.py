"""What a JSON document is: one of the things Okta sends or expects, or a near miss that has a right shape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from emulator.contract.constants import CHALLENGE_HEADER, ENVELOPE_TYPE, VERIFICATION_KEY
from emulator.contract.kinds import KIND_NAMES, Kind
from emulator.contract.problems import Level, Path, Problem, describe, printable
from emulator.contract.spelling import misspelt
from emulator.contract.wrappers import Inner, unwrap, wrapper_name

__all__ = ["Recognition", "headers_of", "is_document", "recognise"]


_MEMBERS: Final = {
    Kind.ENVELOPE: frozenset(
        "eventType eventTypeVersion cloudEventsVersion source eventId data eventTime contentType".split()  # noqa: SIM905  # reads better
    ),
    Kind.LOG_EVENT: frozenset(
        "uuid published eventType version displayMessage severity client device actor outcome target transaction "  # noqa: SIM905  # reads better
        "debugContext legacyEventType authenticationContext securityContext request insertionTimestamp".split()
    ),
    Kind.EVENT_HOOK: frozenset(
        "id status verificationStatus name description created createdBy lastUpdated events channel _links".split()  # noqa: SIM905  # reads better
    ),
}
_ENOUGH: Final = {Kind.ENVELOPE: 2.0, Kind.LOG_EVENT: 2.0, Kind.EVENT_HOOK: 3.0}
_ANSWER: Final = frozenset({"commands", "error", "debugContext"})
_SIGNS: Final = ({"type"}, {"errorSummary", "errorCauses"})  # of a command, and of an error
_WORDY: Final = 100  # an object with more members than this is data, not one of these documents
_FEW: Final = 5
_SMALL_ANSWER: Final = 3
_WRONG_ANSWERS: Final = ("challenge", "verificationChallenge", CHALLENGE_HEADER)
_RIGHT_SHAPE: Final = '{"eventType": "com.okta.event_hook", ..., "data": {"events": [...]}, ...}'


@dataclass(frozen=True, slots=True)
class Recognition:
    """
    The kind of a document, and what is wrong with it as a whole, if anything.

    ``events`` is the path of a list of events that is worth checking although its envelope is not there.
    ``inside`` are the documents that stand within this one, which is no such document itself but a ``wrapper``.
    """

    kind: Kind
    problem: Problem | None = None
    events: Path | None = None
    inside: tuple[Inner, ...] = ()
    wrapper: str = ""


def recognise(value: Any, path: Path = ()) -> Recognition:
    """Tell what *value* is; anything that is none of Okta's documents gets the problem that says so."""
    if not isinstance(value, dict):
        return Recognition(Kind.UNKNOWN, _not_an_object(value, path))
    bare = _without_envelope(value, path)
    if bare:
        return bare
    kind = _kind(value)
    if kind is not Kind.UNKNOWN:
        return Recognition(kind)
    inside = tuple(unwrap(value, is_document))
    if inside:
        return Recognition(kind, inside=inside, wrapper=wrapper_name(value))
    return Recognition(kind, _unknown(value, path))


def is_document(value: dict[str, Any]) -> bool:
    """Whether *value* is one of Okta's documents, or nearly one."""
    return _without_envelope(value, ()) is not None or _kind(value) is not Kind.UNKNOWN


def _kind(value: dict[str, Any]) -> Kind:
    if _has_challenge(value) or ("headers" in value and "body" not in value and value.get("method") == "GET"):
        return Kind.VERIFICATION_REQUEST
    if _carries_another(value):
        return Kind.UNKNOWN
    if _is_inline_hook(value):
        return Kind.INLINE_REQUEST
    if _is_inline_answer(value):
        return Kind.INLINE_ANSWER
    scores = {kind: _score(value, members) for kind, members in _MEMBERS.items()}
    data = value.get("data")
    if isinstance(data, dict) and any(misspelt(key, ["events"]) for key in list(data)[:_WORDY]):
        scores[Kind.ENVELOPE] += 3
    event_type = value.get("eventType")
    if event_type == ENVELOPE_TYPE:
        scores[Kind.ENVELOPE] += 2
    elif isinstance(event_type, str) and "." in event_type and not event_type.startswith("com.okta."):
        scores[Kind.LOG_EVENT] += 1
    best = max(scores, key=lambda kind: scores[kind])
    if scores[best] >= _ENOUGH[best]:
        return best
    if len(value) <= _SMALL_ANSWER and any(misspelt(key, [VERIFICATION_KEY, *_WRONG_ANSWERS]) for key in value):
        return Kind.VERIFICATION
    return Kind.UNKNOWN


def _score(value: dict[str, Any], members: frozenset[str]) -> float:
    if len(value) > _WORDY:
        return sum(1.0 for member in members if member in value)
    absent = [member for member in members if member not in value]
    return sum(1.0 if key in members else 0.5 if misspelt(key, absent) else 0.0 for key in value)


def _has_challenge(value: dict[str, Any]) -> bool:
    return CHALLENGE_HEADER.lower() in {name.lower() for name, _ in headers_of(value)}


def headers_of(value: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the headers of a recorded request, whether it keeps them as an object or as a list of pairs."""
    headers = value.get("headers") or value.get("multiValueHeaders")
    if isinstance(headers, dict):
        return [(str(name), content) for name, content in headers.items()]
    found = []
    for entry in headers if isinstance(headers, list) else []:
        if isinstance(entry, dict):
            found.append((str(entry.get("name", entry.get("key", ""))), entry.get("value")))
        elif isinstance(entry, list) and len(entry) == 2:  # a pair
            found.append((str(entry[0]), entry[1]))
    return found


def _is_inline_hook(value: dict[str, Any]) -> bool:
    data, event_type = value.get("data"), value.get("eventType")
    if event_type == ENVELOPE_TYPE or "cloudEventsVersion" in value or (isinstance(data, dict) and "events" in data):
        return False
    named = isinstance(event_type, str) and event_type.startswith("com.okta.") and isinstance(data, dict)
    return "cloudEventVersion" in value or named


def _is_inline_answer(value: dict[str, Any]) -> bool:
    if not value or value.keys() - _ANSWER:
        return False
    parts = [part if isinstance(part, list) else [part] for part in (value.get("commands"), value.get("error"))]
    return any(
        isinstance(item, dict) and bool(item.keys() & signs)
        for part, signs in zip(parts, _SIGNS, strict=True)
        for item in part[:_FEW]
    )


def _carries_another(value: dict[str, Any]) -> bool:
    """Whether this is somebody else's envelope, such as a CloudEvent or an Event Grid event, around one of Okta's."""
    data = value.get("data")
    return (
        ("specversion" in value or "dataVersion" in value)
        and isinstance(data, dict)
        and (data.get("eventType") == ENVELOPE_TYPE or ("uuid" in data and "published" in data))
    )


def _without_envelope(value: dict[str, Any], path: Path) -> Recognition | None:
    outside = (_MEMBERS[Kind.ENVELOPE] | _MEMBERS[Kind.EVENT_HOOK]) - {"data", "events"}
    if any(key in outside for key in value):
        return None
    data = value.get("data")
    if isinstance(value.get("events"), list) and not any(_is_log_line(item) for item in value["events"][:_FEW]):
        return _bare('{"events": [...]}', path, (*path, "events"))
    if isinstance(data, dict) and isinstance(data.get("events"), list):
        return _bare('{"data": {"events": [...]}}', path, (*path, "data", "events"))
    return None


def _is_log_line(item: Any) -> bool:
    """Whether *item* is an entry of an exported log, whose events are messages."""
    return isinstance(item, dict) and isinstance(item.get("message"), str) and "eventType" not in item


def _bare(shape: str, path: Path, events: Path) -> Recognition:
    problem = Problem(
        path=path,
        rule="L39",
        level=Level.MUST,
        message=f"{shape} without the envelope around it",
        hint=f"Okta sends {_RIGHT_SHAPE}; the bare form is older than the product, or put together by hand",
        got=shape,
        wanted=_RIGHT_SHAPE,
    )
    return Recognition(Kind.ENVELOPE, problem, events)


def _not_an_object(value: Any, path: Path) -> Problem:
    hint = "wanted an envelope, a LogEvent, an event hook, a verification answer, an inline hook's request or answer, or an array or lines of these"
    got = describe(value)
    if isinstance(value, str):
        inner = _loaded(value)
        if isinstance(inner, dict | list):
            kind = KIND_NAMES[_kind(inner)][0] if isinstance(inner, dict) else "array"
            got, hint = "a JSON string that holds JSON", f"encoded twice: decode it once more (inside: {kind})"
    elif value == []:
        return Problem(path=path, rule="D7", level=Level.MUST, message="an empty array: nothing to check", got=got)
    return Problem(path=path, rule="D1", level=Level.MUST, message=f"got {got}, wanted an object", hint=hint, got=got)


def _unknown(value: dict[str, Any], path: Path) -> Problem:
    wanted = "an envelope, a LogEvent, an event hook, a verification answer, or an inline hook's request or answer"
    if "errorCode" in value and "errorSummary" in value:
        message = f"this is an error answer of Okta's API ({printable(str(value['errorCode'])[:20])})"
        return Problem(path=path, rule="E1", level=Level.MUST, message=message, hint=f"wanted {wanted}")
    message = f"got {describe(value)}; this is none of Okta's event hook documents"
    hint = f"wanted {wanted}; --kind says which one it should be"
    return Problem(path=path, rule="D1", level=Level.MUST, message=message, hint=hint, wanted=wanted)


def _loaded(text: str) -> Any:
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
