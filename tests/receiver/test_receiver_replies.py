"""Every misbehaviour goes wrong as its name says, and only so; together they compose."""

from __future__ import annotations

import http.client
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from emulator.errors import UsageError
from receiver import Receiver
from receiver.misbehaviour import misbehaviour
from receiver.replies import Misbehaviour, known, read

CHALLENGE = "Me_rShK8JHsTnbyYrWXCEoMGbM_zsZ6k0hLPZ_Pg"

# How an answer reads: status, media type, body.  None stands for a good receiver's answer.
GOOD_GET = (200, "application/json", f'{{"verification": "{CHALLENGE}"}}')
GOOD_POST = (204, None, "")
ANSWERS: dict[str, tuple[Any, Any]] = {
    "status=503": ((503, "application/json", ""), (503, "application/json", "")),
    "status=200": ((200, "application/json", ""), (200, "application/json", "")),
    "fail-once=500": (GOOD_GET, (500, "application/json", "")),
    "body=thank you": (GOOD_GET, (200, "text/plain", "thank you")),
    "redirect=https://example.com/login": ((302, "application/json", ""), (302, "application/json", "")),
    "wrong-challenge": ((200, "application/json", f'{{"verification": "{CHALLENGE[::-1]}x"}}'), GOOD_POST),
    "wrong-key": ((200, "application/json", f'{{"challenge": "{CHALLENGE}"}}'), GOOD_POST),
    "text-challenge": ((200, "text/plain", CHALLENGE), GOOD_POST),
    "null-challenge": ((200, "application/json", '{"verification": null}'), GOOD_POST),
    "no-content": ((204, "application/json", ""), GOOD_POST),
    "auth-before-challenge": ((401, "application/json", ""), GOOD_POST),
    "no-verification": ((405, "application/json", ""), GOOD_POST),
    "no-auth": (GOOD_GET, GOOD_POST),
    "no-dedupe": (GOOD_GET, GOOD_POST),
    "first-event-only": (GOOD_GET, GOOD_POST),
    "crash-on-null": (GOOD_GET, GOOD_POST),
    "slow=0.05": (GOOD_GET, GOOD_POST),
    "drip=0": (GOOD_GET, (200, "text/plain", " ")),
    "html": (None, None),  # below
    "case-sensitive-header": (None, None),  # below, on a real socket: WSGI knows no case
}


def told(answer: Any) -> tuple[int, str | None, str]:
    return answer.status_code, answer.mimetype or None, answer.text


def test_every_misbehaviour_is_tested_here() -> None:
    assert {name.partition("=")[0] for name in ANSWERS} == set(known())


@pytest.mark.parametrize("name", [name for name in ANSWERS if ANSWERS[name] != (None, None)])
def test_a_misbehaviour_spoils_what_it_names_and_nothing_else(
    make_hook: Callable, make_envelope: Callable, name: str
) -> None:
    hook = make_hook(misbehave=name)
    get, post = ANSWERS[name]

    assert told(hook.get(CHALLENGE)) == get
    assert told(hook.post(make_envelope())) == post


def test_html_answers_everything_with_a_sign_in_page(make_hook: Callable, make_envelope: Callable) -> None:
    hook = make_hook(misbehave="html")

    for answer in (hook.get(), hook.post(make_envelope()), hook.client.get("/elsewhere")):
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert "<form>" in answer.text
    assert hook.recorder.events == ()


@pytest.mark.parametrize("name", ["status=503", "redirect=https://example.com/login"])
def test_an_answer_without_looking_stores_nothing(make_hook: Callable, make_envelope: Callable, name: str) -> None:
    hook = make_hook(misbehave=name)
    hook.post(make_envelope())

    assert hook.recorder.events == ()


def test_a_redirect_names_its_target(make_hook: Callable) -> None:
    assert make_hook(misbehave="redirect=https://example.com/login").get().headers["Location"] == (
        "https://example.com/login"
    )


def test_fail_once_has_processed_what_it_refuses(make_hook: Callable, make_envelope: Callable) -> None:
    """R3: Okta sends it again, and a receiver that doesn't know duplicates acts twice."""
    hook, envelope = make_hook(misbehave="fail-once=500"), make_envelope()

    assert [hook.post(envelope).status_code for _ in range(3)] == [500, 204, 204]
    assert len(hook.recorder.wait_for(1)) == 1


def test_the_log_tells_what_was_answered_and_not_what_would_have_been(
    make_hook: Callable, make_envelope: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "receiver")
    envelope = make_envelope()
    make_hook(misbehave="fail-once=500").post(envelope)
    make_hook(misbehave="status=503").post(envelope)

    said = [record.getMessage() for record in caplog.records]
    assert said == [f"answered 500: delivery {envelope['eventId']}, 1 new event", "answered 503: without looking"]


def test_slow_answers_late_but_right(make_hook: Callable, make_envelope: Callable) -> None:
    hook = make_hook(misbehave="slow=0.2")
    began = time.monotonic()
    answer = hook.post(make_envelope())

    assert time.monotonic() - began >= 0.2
    assert answer.status_code == 204
    assert len(hook.recorder.events) == 1


def test_no_auth_lets_anyone_in(make_hook: Callable, make_envelope: Callable) -> None:
    hook = make_hook(misbehave="no-auth")

    assert hook.get(auth=None).status_code == 200
    assert hook.post(make_envelope(), auth="wrong").status_code == 204


@pytest.mark.parametrize("name", ["wrong-key", "no-content", "body=x"])
def test_a_stranger_is_still_refused_by_other_misbehaviours(
    make_hook: Callable, make_envelope: Callable, name: str
) -> None:
    hook = make_hook(misbehave=name)

    assert [hook.get(auth=None).status_code, hook.post(make_envelope(), auth=None).status_code] == [401, 401]


def test_no_dedupe_acts_on_every_repetition(make_hook: Callable, make_envelope: Callable) -> None:
    hook, envelope = make_hook(misbehave="no-dedupe"), make_envelope()
    for _ in range(3):
        hook.post(envelope)

    assert len(hook.recorder.wait_for(3)) == 3
    assert len(hook.lines) == 3


def test_first_event_only_overlooks_the_rest_of_a_batch(
    make_hook: Callable, make_envelope: Callable, make_event: Callable
) -> None:
    first, second = make_event(), make_event()
    hook = make_hook(misbehave="first-event-only")

    assert hook.post(make_envelope(first, second)).status_code == 204
    assert hook.uuids == [first["uuid"]]


@pytest.mark.parametrize("member", ["actor", "target"])
@pytest.mark.parametrize("value", [None, "absent"])
def test_crash_on_null_answers_500_when_something_is_missing(
    make_hook: Callable, make_envelope: Callable, make_event: Callable, member: str, value: str | None
) -> None:
    event = make_event(**{member: None})
    if value == "absent":
        del event[member]
    hook = make_hook(misbehave="crash-on-null")

    assert hook.post(make_envelope(make_event(), event)).status_code == 500
    assert hook.recorder.events == ()


@pytest.mark.parametrize("name", ["first-event-only", "crash-on-null"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"data": {"events": 1}}', b"\xff", b"[" * 100_000])
def test_a_misbehaviour_that_reads_leaves_refusing_to_the_good_receiver(
    make_hook: Callable, name: str, body: bytes
) -> None:
    assert make_hook(misbehave=name).post(body).status_code == 400


def test_misbehaviours_compose_from_the_outside_in(make_hook: Callable, make_envelope: Callable) -> None:
    hook, envelope = make_hook(misbehave=["fail-once=502", "slow=0.1", "body=hello"]), make_envelope()
    began = time.monotonic()
    answers = [told(hook.post(envelope)), told(hook.post(envelope))]

    assert answers == [(502, "application/json", ""), (200, "text/plain", "hello")]
    assert time.monotonic() - began >= 0.2


@pytest.mark.wire
@pytest.mark.parametrize(
    ("name", "status"), [("X-Okta-Verification-Challenge", 400), ("x-okta-verification-challenge", 200)]
)
def test_case_sensitive_header_sees_the_lower_case_name_only(name: str, status: int) -> None:
    with Receiver(misbehave="case-sensitive-header") as receiver:
        connection = http.client.HTTPConnection("127.0.0.1", int(receiver.url.split(":")[2].split("/")[0]), timeout=5)
        connection.request("GET", "/okta/hooks", headers={name: "abc"})

        assert connection.getresponse().status == status
        connection.close()


@pytest.mark.wire
def test_drip_sends_its_answer_byte_by_byte() -> None:
    with Receiver(misbehave="drip=0.02") as receiver:
        connection = http.client.HTTPConnection("127.0.0.1", int(receiver.url.split(":")[2].split("/")[0]), timeout=5)
        connection.request("GET", "/okta/hooks", headers={"X-Okta-Verification-Challenge": "abc"})
        answer = connection.getresponse()
        began = time.monotonic()
        pieces = [answer.read1(100) for _ in range(3)]

        assert max(map(len, pieces)) < 5
        assert b"".join(pieces) + answer.read() == b'{"verification": "abc"}'
        assert time.monotonic() - began > 0.02 * 15
        connection.close()


@pytest.mark.wire
@pytest.mark.parametrize(("name", "status"), [("slow=60", 204), ("drip=60", 200)])
def test_a_misbehaviour_that_only_passes_time_does_not_hold_up_the_end(
    name: str, status: int, make_envelope: Callable
) -> None:
    began = time.monotonic()
    with Receiver(misbehave=name) as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        body, kind = json.dumps(make_envelope()), {"Content-Type": "application/json"}
        connection.request("POST", "/okta/hooks", body, kind)
        receiver.wait_for(1)

    assert connection.getresponse().status == status
    assert time.monotonic() - began < 4
    connection.close()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("dripp=1", "did you mean 'drip'"),
        ("no-dedup", "did you mean 'no-dedupe'"),
        ("zzz", "known are "),
        ("", "known are "),
        ("slow", "write it as slow=SECONDS"),
        ("slow=", "wants a number of seconds, not ''"),
        ("slow=soon", "wants a number of seconds, not 'soon'"),
        ("slow=-1", "wants a number of seconds"),
        ("slow=nan", "wants a number of seconds"),
        ("slow=1e99", "wants a number of seconds"),
        ("status=99", "wants a status from 200 to 599, not '99'"),
        ("status=6OO", "wants a status from 200 to 599"),
        ("status=²²²", "wants a status from 200 to 599"),
        ("redirect=", "wants a URL"),
        ("redirect=http://a\r\nX: y", "wants a URL"),
        ("html=yes", "write it as html"),
    ],
)
def test_what_can_not_be_read_is_refused_with_the_right_form(text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(text)

    assert complaint in str(raised.value)


def test_a_name_that_is_taken_names_its_owner() -> None:
    with pytest.raises(ValueError, match="the misbehaviour 'html' is Html's"):

        @misbehaviour("html")
        class Another(Misbehaviour):
            pass
