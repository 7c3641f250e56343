"""What is taken and what is refused: 4xx for what is no delivery, 204 for all that Okta ever sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from receiver.events import Event

BOM = b"\xef\xbb\xbf"


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def not_deliveries() -> dict[str, bytes]:
    uuid = "00000000-0000-0000-0000-000000000001"
    fine: dict[str, Any] = {"eventType": "com.okta.event_hook", "data": {"events": [{"uuid": uuid}]}}
    text = json.dumps(fine)
    return {
        "empty": b"",
        "blank": b"  \r\n",
        "cut off": text[:-3].encode(),
        "followed by more": text.encode() + b"{}",
        "two documents": text.encode() + b"\n" + text.encode(),
        "single quotes": text.replace('"', "'").encode(),
        "trailing comma": text.replace("}]", "},]").encode(),
        "comment": b"/* hello */" + text.encode(),
        "form": b"payload=" + text.encode(),
        "NaN": text.replace("{", '{"x": NaN, ', 1).encode(),
        "Infinity": text.replace("{", '{"x": -Infinity, ', 1).encode(),
        "1e999": text.replace("{", '{"x": 1e999, ', 1).encode(),
        "a number of 5000 digits": text.replace("{", f'{{"x": {"9" * 5000}, ', 1).encode(),
        "the same key twice": text.replace("{", '{"data": {"events": [{"uuid": "other"}]}, ', 1).encode(),
        "the same key twice inside": text.replace('{"uuid"', '{"uuid": "other", "uuid"').encode(),
        "byte order mark": BOM + text.encode(),
        "UTF-16": text.encode("utf-16"),
        "UTF-16 without mark": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32"),
        "Latin-1": text.replace("{", '{"x": "é", ', 1).encode("latin-1"),
        "a zero byte": text.encode() + b"\x00",
        "null": b"null",
        "true": b"true",
        "number": b"1",
        "string": b'"com.okta.event_hook"',
        "array": f"[{text}]".encode(),
        "bare events (L39)": as_bytes(fine["data"]),
        "eventID alone, no eventType (L39)": as_bytes({"eventID": "1", "data": fine["data"]}),
        "other eventType": as_bytes(fine | {"eventType": "com.okta.oauth2.tokens.transform"}),
        "eventType null": as_bytes(fine | {"eventType": None}),
        "data absent": as_bytes({"eventType": "com.okta.event_hook"}),
        "data null": as_bytes(fine | {"data": None}),
        "data an array": as_bytes(fine | {"data": []}),
        "events absent": as_bytes(fine | {"data": {}}),
        "events null": as_bytes(fine | {"data": {"events": None}}),
        "events an object": as_bytes(fine | {"data": {"events": {"0": {"uuid": uuid}}}}),
        "no events": as_bytes(fine | {"data": {"events": []}}),
        "an event that is null": as_bytes(fine | {"data": {"events": [{"uuid": uuid}, None]}}),
        "an event without uuid": as_bytes(fine | {"data": {"events": [{"uuid": uuid}, {}]}}),
        "a uuid that is a number": as_bytes(fine | {"data": {"events": [{"uuid": 1}]}}),
        "an empty uuid": as_bytes(fine | {"data": {"events": [{"uuid": ""}]}}),
        "an endless uuid": as_bytes(fine | {"data": {"events": [{"uuid": "u" * 256}]}}),
        "a uuid with a line break": as_bytes(fine | {"data": {"events": [{"uuid": "a\nb"}]}}),
        "a uuid that is half a letter": as_bytes(fine | {"data": {"events": [{"uuid": "\ud800"}]}}),
        "65 levels": text.replace("{", f'{{"x": {"[" * 64}{"]" * 64}, ', 1).encode(),
        "a million levels": b"[" * 1_000_000,
        "a million levels of objects": b'{"a":' * 1_000_000,
        "brackets that don't match": b"[" * 30 + b"}" * 30,
    }


@pytest.mark.parametrize("body", not_deliveries().values(), ids=not_deliveries())
def test_what_is_no_delivery_gets_a_400_and_is_not_repeated(hook: Any, body: bytes) -> None:
    """4xx, since sending it again can't help (R4), and nothing of it is stored or echoed."""
    answer = hook.post(body)

    assert answer.status_code == 400, answer.text
    assert answer.mimetype == "application/problem+json"
    assert len(answer.data) < 300
    assert hook.recorder.events == ()
    assert hook.get().status_code == 200


def test_a_refused_body_leaves_the_receiver_as_good_as_before(hook: Any, make_envelope: Callable) -> None:
    for body in not_deliveries().values():
        hook.post(body)

    assert hook.post(make_envelope()).status_code == 204
    assert len(hook.recorder.wait_for(1)) == 1


def test_a_delivery_is_acknowledged_with_an_empty_204(hook: Any, make_envelope: Callable) -> None:
    """D24: no body, so no content type either."""
    answer = hook.post(make_envelope())

    assert (answer.status_code, answer.data) == (204, b"")
    assert not {"Content-Type", "Set-Cookie"} & set(answer.headers.keys())


ODD_EVENTS: dict[str, dict[str, Any]] = {
    "unknown type": {"eventType": "user.lifecycle.teleported"},
    "unknown members": {"new": {"deeper": [1, None]}, "rootSessionId": "x"},
    "emoji": {"target": [{"type": "User", "alternateId": "👩‍👩‍👧‍👦@example.com"}]},
    "right to left": {"target": [{"type": "User", "alternateId": "مستخدم@example.com", "displayName": "שלום"}]},
    "half a letter": {"displayMessage": "\ud83d"},
    "zero byte inside a string": {"displayMessage": "a\x00b"},
    "days old (D33)": {"published": "1999-12-31T23:59:59Z"},
    "nanoseconds (L37)": {"published": "2026-08-21T10:00:00.123456789Z"},
    "no time at all": {"published": "yesterday"},
    "version as a number (L32)": {"version": 0},
    "outcome in mixed case (L33)": {"outcome": {"result": "Success", "reason": None}},
    "target that is no array": {"target": {"type": "User"}},
    "targets that are no objects": {"target": [None, 1, "x", []]},
    "wrong types everywhere": {"actor": "x", "outcome": [], "client": 1, "eventType": 5, "published": {}},
    "64 levels": {"debugContext": {"debugData": json.loads("[" * 57 + "]" * 57)}},
}


@pytest.mark.parametrize("members", ODD_EVENTS.values(), ids=ODD_EVENTS)
def test_what_is_odd_but_possible_is_acknowledged_and_kept_as_it_came(
    hook: Any, make_envelope: Callable, make_event: Callable, members: dict[str, Any]
) -> None:
    """L30-L38, T2: Okta adds members and types without notice, so nothing but uuid is relied on."""
    event = make_event(**members)

    assert hook.post(make_envelope(event)).status_code == 204
    assert hook.recorder.wait_for(1)[0].raw == event
    assert hook.app.store.counts()["done"] == 1


MEMBERS = ["published", "eventType", "version", "displayMessage", "severity", "client", "device", "actor", "outcome",
           "target", "transaction", "debugContext", "legacyEventType", "authenticationContext", "securityContext",
           "insertionTimestamp", "request"]  # fmt: skip


@pytest.mark.parametrize("member", MEMBERS)
def test_any_member_may_be_null_or_absent_or_empty(
    hook: Any, make_envelope: Callable, make_event: Callable, member: str
) -> None:
    """D18, P5-P7, L30, L31; the handler copes too, for it is called for every one of them."""
    absent = make_event()
    absent.pop(member, None)
    events = [absent, *(make_event(**{member: value}) for value in (None, {}, [], ""))]

    assert hook.post(make_envelope(*events)).status_code == 204
    hook.recorder.wait_for(5)
    assert hook.app.store.counts() == {"pending": 0, "waiting": 0, "done": 5, "failed": 0}


@pytest.mark.parametrize(
    "member", ["eventTypeVersion", "cloudEventsVersion", "source", "eventTime", "contentType", "eventId"]
)
@pytest.mark.parametrize("value", [None, "", 0, []])
def test_no_other_member_of_the_envelope_matters(hook: Any, make_envelope: Callable, member: str, value: Any) -> None:
    assert hook.post(make_envelope(**{member: value})).status_code == 204


@pytest.mark.parametrize("count", [1, 2, 300, 3000])
def test_a_batch_of_any_size_is_taken_whole(
    hook: Any, make_envelope: Callable, make_event: Callable, count: int
) -> None:
    """D9: no largest batch is known."""
    events = [make_event(eventType="user.session.start") for _ in range(count)]

    assert hook.post(make_envelope(*events)).status_code == 204
    assert [event.raw for event in hook.recorder.events] == events


def test_a_batch_is_stored_whole_or_not_at_all(hook: Any, make_envelope: Callable, make_event: Callable) -> None:
    assert hook.post(make_envelope(make_event(), make_event(), {"no": "uuid"})).status_code == 400

    assert sum(hook.app.store.counts().values()) == 0


def test_five_megabytes_are_taken(hook: Any, make_envelope: Callable, make_event: Callable) -> None:
    event = make_event(debugContext={"debugData": {"logOnlySecurityData": "ü" * 2_500_000}})

    body = json.dumps(make_envelope(event), ensure_ascii=False).encode()
    assert len(body) > 5_000_000
    assert hook.post(body).status_code == 204
    assert hook.recorder.wait_for(1)[0].raw == event


def test_a_body_as_long_as_the_limit_is_taken_and_a_byte_more_is_not(
    make_hook: Callable, make_envelope: Callable
) -> None:
    body = as_bytes(make_envelope())
    hook = make_hook(max_body=len(body))

    assert hook.post(body).status_code == 204
    assert hook.post(body + b" ").status_code == 413
    assert len(hook.recorder.events) == 1


def test_a_stated_length_above_the_limit_is_refused_unread(make_hook: Callable, make_envelope: Callable) -> None:
    hook = make_hook(max_body=1000)

    assert hook.post(make_envelope(), environ_overrides={"CONTENT_LENGTH": str(10**12)}).status_code == 413


def test_a_body_cut_short_on_the_way_is_refused(hook: Any, make_envelope: Callable) -> None:
    """Even if what arrived is JSON: it is not what was sent."""
    body = as_bytes(make_envelope())

    assert hook.post(body, environ_overrides={"CONTENT_LENGTH": str(len(body) + 5)}).status_code == 400
    assert hook.recorder.events == ()


def test_the_depth_limit_is_ours_to_set(make_hook: Callable, make_envelope: Callable, make_event: Callable) -> None:
    hook = make_hook(max_depth=6)

    assert hook.post(make_envelope(make_event(debugContext={"debugData": {}}))).status_code == 204
    assert hook.post(make_envelope(make_event(debugContext={"debugData": {"a": []}}))).status_code == 400


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "APPLICATION/JSON",
     'application/json; charset="utf-8"', "application/json; charset=iso-8859-1", "application/json; x=y"],
)  # fmt: skip
def test_json_is_json_whatever_parameters_follow(hook: Any, make_envelope: Callable, kind: str) -> None:
    """H3: Okta sends none, proxies may; the body is read as UTF-8 in any case."""
    assert hook.post(make_envelope(), kind=kind).status_code == 204


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "text/json", "application/x-www-form-urlencoded", "application/jsonp"]
)
def test_another_content_type_is_refused(hook: Any, make_envelope: Callable, kind: str) -> None:
    """H1 promises application/json, and a web page can't send that to a stranger's address without being asked."""
    assert hook.post(make_envelope(), kind=kind).status_code == 415
    assert hook.recorder.events == ()


@pytest.mark.parametrize(("encoding", "status"), [("identity", 204), ("gzip", 415), ("br", 415)])
def test_a_compressed_body_is_refused(hook: Any, make_envelope: Callable, encoding: str, status: int) -> None:
    """D23: deliveries are not compressed, and what is might unpack to anything."""
    assert hook.post(make_envelope(), headers={"Content-Encoding": encoding}).status_code == status


def test_an_event_stays_as_it_was_whatever_a_handler_does_with_its_copy(make_event: Callable) -> None:
    event = Event(make_event())
    event.raw["target"].clear()
    event.get("target").clear()

    assert len(event.targets("User")) == 1
