"""``okta-hooks trigger`` against receivers on real sockets: the bytes, the headers, the retry, the exit code."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.wire

TYPE = "user.lifecycle.deactivate"
SECRET = "Basic am9objpzM2NyM3QtdmFsdWU="
ENVELOPE = ["eventType", "eventTypeVersion", "cloudEventsVersion", "source", "eventId", "data", "eventTime",
            "contentType"]  # fmt: skip
# D19, minus what a delivery leaves out (D18)
EVENT = ["uuid", "published", "eventType", "version", "displayMessage", "severity", "client", "actor", "outcome",
         "target", "transaction", "debugContext", "legacyEventType", "authenticationContext",
         "securityContext"]  # fmt: skip


class Receiver:
    """Answers each POST with the next of *statuses*, the last one for ever, and keeps what came."""

    def __init__(self, raw_server: Callable, read_request: Callable, *statuses: int) -> None:
        self.requests: list[bytes] = []
        answers = list(statuses)

        def behave(connection: socket.socket) -> None:
            self.requests.append(read_request(connection))
            status = answers.pop(0) if len(answers) > 1 else answers[0]
            connection.sendall(f"HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n".encode())

        self.url = raw_server(behave).url

    @property
    def bodies(self) -> list[bytes]:
        return [request.partition(b"\r\n\r\n")[2] for request in self.requests]

    @property
    def envelopes(self) -> list[dict]:
        return [json.loads(body) for body in self.bodies]

    @property
    def events(self) -> list[list[dict]]:
        return [envelope["data"]["events"] for envelope in self.envelopes]

    @property
    def heads(self) -> list[dict[str, str]]:
        lines = [request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:] for request in self.requests]
        return [dict(line.split(": ", 1) for line in head) for head in lines]


@pytest.fixture
def receiver(raw_server: Callable, read_request: Callable) -> Callable[..., Receiver]:
    return lambda *statuses: Receiver(raw_server, read_request, *(statuses or (204,)))


def test_a_deactivation_arrives_as_okta_sends_it(okta_hooks: Callable, receiver: Callable) -> None:
    """D1-D7, D18-D20, D23, H1-H4, H8, H10, H11: X2 in members and order, Okta's headers and no others."""
    there = receiver()
    done = okta_hooks("trigger", TYPE, "--to", there.url, "--header", f"Authorization: {SECRET}",
                      "--header", "logzio_token: abc")  # fmt: skip

    assert done.code == 0
    assert "DELIVERED" in done.out
    (head,), (body,), (envelope,) = there.heads, there.bodies, there.envelopes
    assert list(envelope) == ENVELOPE
    (event,) = envelope["data"]["events"]
    assert list(event) == EVENT
    assert event["target"][0]["alternateId"] == "john.doe@example.com"
    assert there.requests[0].startswith(b"POST /okta/hooks HTTP/1.1\r\n")
    assert head == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "logzio_token": "abc",
        "Authorization": SECRET,
        "User-Agent": f"Okta Hook Service v1.0.0 - {envelope['source'].rpartition('/')[2]}",
        "Connection": "keep-alive",
        "Content-Length": str(len(body)),
        "Host": there.url.split("/")[2],
    }
    assert body == json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_retry_repeats_the_very_bytes(okta_hooks: Callable, receiver: Callable) -> None:
    """R2, R3, R7."""
    there = receiver(503, 200)
    done = okta_hooks("trigger", TYPE, "--to", there.url, "--json")

    (delivery,) = json.loads(done.out)["deliveries"]
    assert done.code == 0
    assert len(there.requests) == 2
    assert there.requests[0] == there.requests[1]
    assert [(attempt["n"], attempt["status"]) for attempt in delivery["attempts"]] == [(1, 503), (2, 200)]
    assert delivery["outcome"] == "delivered"


@pytest.mark.parametrize(("status", "attempts"), [(400, 1), (404, 1), (429, 1), (302, 1), (500, 2), (503, 2)])
def test_what_is_given_up_exits_with_1(okta_hooks: Callable, receiver: Callable, status: int, attempts: int) -> None:
    """R2-R5, D27."""
    there = receiver(status)
    done = okta_hooks("trigger", TYPE, "--to", there.url)

    assert done.code == 1
    assert "FAILED" in done.out
    assert len(there.requests) == attempts


def test_the_json_has_the_promised_members(okta_hooks: Callable, receiver: Callable) -> None:
    there = receiver()
    done = okta_hooks("trigger", TYPE, "--to", there.url, "--seed", "7", "--json")

    told = json.loads(done.out)
    (delivery,), (envelope,) = told["deliveries"], there.envelopes
    assert (told["seed"], told["profile"], told["verdict"]) == (7, "okta-2026-08", "pass")
    assert delivery["event_id"] == envelope["eventId"]
    assert delivery["hook_id"] == envelope["source"].rpartition("/")[2]
    assert delivery["events"] == [{"uuid": envelope["data"]["events"][0]["uuid"], "event_type": TYPE, "eligible": True}]
    (attempt,) = delivery["attempts"]
    assert {"n", "status", "error", "elapsed_ms", "phase"} <= set(attempt)
    assert (attempt["n"], attempt["status"], attempt["error"], attempt["phase"]) == (1, 204, None, "done")
    assert delivery["outcome"] == "delivered"


def test_count_and_batch_decide_how_many_events_travel_together(okta_hooks: Callable, receiver: Callable) -> None:
    there = receiver()
    done = okta_hooks("trigger", TYPE, "user.lifecycle.suspend", "--to", there.url, "--count", "3", "--batch", "4")

    assert done.code == 0
    assert [len(events) for events in there.events] == [4, 2]
    every = [event for events in there.events for event in events]
    assert [event["eventType"].rpartition(".")[2] for event in every] == ["deactivate", "suspend"] * 3
    people = [event["target"][0]["alternateId"] for event in every]
    assert people[0::2] == people[1::2]
    assert len(set(people)) == 3
    assert len({event["uuid"] for event in every}) == 6
    assert [event["published"] for event in every] == sorted(event["published"] for event in every)
    assert "2 deliveries: 2 delivered" in done.out


def test_a_duplicate_envelope_is_the_same_request_again(okta_hooks: Callable, receiver: Callable) -> None:
    """D12: same eventId, same uuids."""
    there = receiver()
    okta_hooks("trigger", TYPE, "--to", there.url, "--duplicate", "envelope")

    assert len(there.requests) == 2
    assert there.requests[0] == there.requests[1]


def test_a_duplicate_event_travels_in_another_envelope(okta_hooks: Callable, receiver: Callable) -> None:
    """D12: new eventId, same uuid."""
    there = receiver()
    okta_hooks("trigger", TYPE, "--to", there.url, "--duplicate", "event")

    first, second = there.envelopes
    assert first["eventId"] != second["eventId"]
    assert first["data"] == second["data"]


@pytest.mark.parametrize(("order", "is_published"), [("published", True), ("reversed", False), ("shuffled", False)])
def test_the_order_can_be_another(okta_hooks: Callable, receiver: Callable, order, is_published) -> None:
    """D8, D11."""
    there = receiver()
    okta_hooks("trigger", TYPE, "--to", there.url, "--count", "6", "--batch", "3", "--order", order, "--seed", "4")

    moments = [event["published"] for events in there.events for event in events]
    assert (moments == sorted(moments)) is is_published
    assert (moments == sorted(moments, reverse=True)) is (order == "reversed")
    assert len(set(moments)) == 6


def test_a_pattern_stands_for_the_eligible_types(okta_hooks: Callable, receiver: Callable) -> None:
    there = receiver()
    done = okta_hooks("trigger", "user.lifecycle.*", TYPE, "--to", there.url, "--batch", "50")

    (events,) = there.events
    kinds = [event["eventType"] for event in events]
    assert done.code == 0
    assert kinds.count(TYPE) == 2  # once for the pattern, once by name
    assert "user.lifecycle.delete.completed" not in kinds
    assert len(kinds) == 8


def test_a_type_that_hooks_never_carry_is_sent_with_a_word_of_warning(okta_hooks: Callable, receiver: Callable) -> None:
    """A9, U19."""
    there = receiver()
    done = okta_hooks("trigger", "event_hook.verified", "--to", there.url, "--json")

    assert done.code == 0
    assert "note: event_hook.verified is not event-hook-eligible" in done.err
    assert json.loads(done.out)["deliveries"][0]["events"][0]["eligible"] is False
    assert there.events[0][0]["eventType"] == "event_hook.verified"


@pytest.mark.parametrize("how", ["wrong", "missing"])
def test_spoilt_credentials_must_be_refused(okta_hooks: Callable, receiver: Callable, how: str) -> None:
    """H6: 401 or 403 is what is wanted, everything else is a broken receiver."""
    strict, lax = receiver(401), receiver(204)
    arguments = ("--header", f"Authorization: {SECRET}", "--auth", how)
    refused = okta_hooks("trigger", TYPE, "--to", strict.url, *arguments)
    accepted = okta_hooks("trigger", TYPE, "--to", lax.url, *arguments)

    assert (refused.code, accepted.code) == (0, 1)
    assert "REFUSED  as it should be" in refused.out
    assert "NOT REFUSED" in accepted.out
    assert strict.heads[0].get("Authorization") != SECRET
    assert ("Authorization" in strict.heads[0]) is (how == "wrong")


def test_an_unreachable_receiver_exits_with_3_and_is_not_asked_again(okta_hooks: Callable) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/okta/hooks"
        done = okta_hooks("trigger", TYPE, "--to", url, "--count", "5", "--json")
        spoilt = okta_hooks("trigger", TYPE, "--to", url, "--header", f"Authorization: {SECRET}", "--auth", "wrong")

    told = json.loads(done.out)
    assert (done.code, spoilt.code) == (3, 3)
    assert told["verdict"] == "error"
    assert [delivery["outcome"] for delivery in told["deliveries"]] == ["failed", *["not_sent"] * 4]
    assert told["deliveries"][0]["attempts"][0]["error"] == "connection_refused"
    assert "REFUSED" not in spoilt.out


def test_a_host_that_does_not_exist_exits_with_3(okta_hooks: Callable) -> None:
    done = okta_hooks("trigger", TYPE, "--to", "http://nowhere.invalid/okta/hooks")

    assert done.code == 3
    assert "doesn't resolve" in done.out


def test_the_secret_is_nowhere_even_if_the_receiver_echoes_it(
    okta_hooks: Callable, raw_server: Callable, read_request: Callable
) -> None:
    def echo(connection: socket.socket) -> None:
        found = re.search(rb"Authorization: (.*)\r\n", read_request(connection))
        text = found.group(1) if found else b""
        connection.sendall(b"HTTP/1.1 400 " + text + b"\r\nContent-Length: %d\r\n\r\n" % len(text) + text)

    url = raw_server(echo).url
    for more in ((), ("--json",), ("--print",), ("--json", "--print")):
        done = okta_hooks("trigger", TYPE, "--to", url, "--header", f"Authorization: {SECRET}", *more)

        assert done.code == 1
        assert SECRET not in done.out + done.err
        assert "s3cr3t" not in done.out + done.err
        assert SECRET.split()[1] not in done.out + done.err


def test_bodies_on_stdout_are_the_bodies_that_were_sent(okta_hooks: Callable, receiver: Callable) -> None:
    """Stdout is data: what is told goes to stderr."""
    there = receiver()
    done = okta_hooks("trigger", TYPE, "--to", there.url, "--count", "2", "--print")

    assert done.out.encode().splitlines() == there.bodies
    assert "DELIVERED" in done.err


def test_an_invalid_edit_is_told_and_sent_all_the_same(okta_hooks: Callable, receiver: Callable) -> None:
    """Whoever breaks a payload on purpose wants to see what the receiver does."""
    there = receiver()
    done = okta_hooks("trigger", TYPE, "--to", there.url, "--set", "severity=LOUD", "--count", "3", "--json")

    assert done.code == 0
    assert done.err.count("note: /data/events/0/severity") == 1  # the same in all three
    assert "sent as asked" in done.err
    assert [events[0]["severity"] for events in there.events] == ["LOUD"] * 3
    problem = json.loads(done.out)["deliveries"][0]["problems"][0]
    assert (problem["pointer"], problem["rule"]) == ("/data/events/0/severity", "L30")


def test_an_edit_that_does_not_fit_sends_nothing(okta_hooks: Callable, receiver: Callable) -> None:
    there = receiver()
    done = okta_hooks(
        "trigger", TYPE, "user.session.start", "--to", there.url, "--remove", "debugContext.debugData.dhHash"
    )

    assert done.code == 2
    assert "did you mean 'dtHash'" in done.err
    assert there.requests == []


def test_a_raw_file_is_checked_and_sent_to_the_byte(okta_hooks: Callable, receiver: Callable, tmp_path) -> None:
    path = tmp_path / "capture.json"
    body = b'{ "eventType" : "com.okta.event_hook",\n "data": {"events": []} }\n'
    path.write_bytes(body)
    there = receiver()
    done = okta_hooks("trigger", "--raw", str(path), "--to", there.url, "--count", "2")

    assert done.code == 0
    assert there.bodies == [body, body]
    assert f"note: {path}:2:21: /data/events: " in done.err


def test_broken_json_is_sent_too(okta_hooks: Callable, receiver: Callable, tmp_path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(b'{"a": \xff')
    there = receiver()
    done = okta_hooks("trigger", "--raw", str(path), "--to", there.url, "--json")

    assert there.bodies == [b'{"a": \xff']
    assert f"note: {path}:" in done.err
    assert json.loads(done.out)["deliveries"][0]["event_id"] == ""


def test_a_delivery_of_another_hook_names_it_in_the_user_agent(
    okta_hooks: Callable, receiver: Callable, tmp_path
) -> None:
    """H4: a recorded delivery keeps its own hook."""
    path = tmp_path / "recorded.json"
    path.write_text(json.dumps({"source": "https://x.okta.com/api/v1/eventHooks/whoa1b2c3d4e5f6g75d7"}), "utf-8")
    there = receiver()
    okta_hooks("trigger", "--raw", str(path), "--to", there.url)

    assert there.heads[0]["User-Agent"] == "Okta Hook Service v1.0.0 - whoa1b2c3d4e5f6g75d7"
