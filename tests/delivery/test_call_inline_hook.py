"""Calls of inline hooks: headers, retries, and an answer up to 256 KB (I8, I10, M9)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from emulator.contract.inline.answers import Use
from emulator.contract.inline.types import INLINE_HOOK_TYPES, inline_hook_type
from emulator.contract.model import AuthScheme, Channel, CustomHeader
from emulator.delivery.clock import ManualClock
from emulator.delivery.exchange import Exchange, Failure, Reply
from emulator.delivery.inline import call_inline_hook
from emulator.delivery.transport import Transport
from emulator.payloads import World, encode
from emulator.payloads.inline import inline_request, request_id_of
from emulator.secrets import Secret, reveal

CHANNEL = Channel(
    uri="http://localhost:8000/okta/inline",
    auth=AuthScheme(key="Authorization", value=Secret("Basic s3cret-value")),
    headers=(CustomHeader(key="X-Tenant", value=Secret("blue")),),
)
JSON = (("Content-Type", "application/json"),)


class Script:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    def send(self, request, *, time_limit=3.0):  # noqa: ARG002  # the signature of a sender
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Failure):
            return Exchange(request=request, failure=answer, detail=str(answer))
        return Exchange(request=request, reply=Reply(status=answer, headers=JSON, body=b"{}"))


def call(kind, sender, *, channel=CHANNEL):
    kind = inline_hook_type(kind)
    request = inline_request(kind, world=World(7))
    return call_inline_hook(
        kind,
        channel,
        encode(request),
        request_id=request_id_of(request),
        sender=sender,
        clock=ManualClock(datetime(2026, 8, 21, tzinfo=UTC)),
    )


def test_the_headers_are_those_of_okta():
    script = Script(200)

    made = call("saml", script)

    assert [(name, reveal(value)) for name, value in script.sent[0].headers] == [
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("X-Tenant", "blue"),
        ("Authorization", "Basic s3cret-value"),
        ("User-Agent", "Okta-Integrations"),
        ("Cache-Control", "no-cache"),
        ("Pragma", "no-cache"),
        ("X-Okta-Request-Id", made.request["data"]["context"]["request"]["id"]),
        ("Connection", "keep-alive"),
    ]


@pytest.mark.parametrize("kind", INLINE_HOOK_TYPES)
@pytest.mark.parametrize("first", [Failure.TIMEOUT, 500, 503])
def test_a_timeout_or_5xx_is_retried_once_unless_the_type_forbids_it(kind, first):
    script = Script(first, first, 200)

    call(kind, script)

    assert len(script.sent) == (2 if inline_hook_type(kind).retries else 1)
    assert len({request.body for request in script.sent}) == 1


@pytest.mark.parametrize("status", [200, 204, 302, 400, 404, 429])
def test_nothing_else_is_retried(status):
    script = Script(status)

    made = call("saml", script)

    assert len(made.attempts) == 1


def test_the_reason_for_not_calling_again_is_told():
    made = call("token", Script(500))

    assert made.attempts[0].step.reason.endswith("a token hook is not called again")
    assert made.judgement.use is Use.UNUSABLE
    assert made.effect.summary.startswith("Okta issues the original tokens")


def answering(body, *, status="200 OK", more=b""):
    def handler(connection):
        connection.recv(65536)
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall((head.encode() if body else b"HTTP/1.1 204 No Content\r\n\r\n") + body + more)

    return handler


@pytest.mark.wire
@pytest.mark.parametrize(("size", "use"), [(200_000, Use.DEFAULT), (262_144, Use.UNUSABLE), (300_000, Use.UNUSABLE)])
def test_an_answer_may_be_large_but_must_stay_below_256_kb(raw_server, size, use):
    empty = json.dumps({"debugContext": {"a": ""}})
    body = json.dumps({"debugContext": {"a": "a" * (size - len(empty))}}).encode()
    server = raw_server(answering(body))

    made = call("token", Transport(), channel=Channel(uri=server.url))

    assert len(body) == size
    assert made.judgement.use is use


@pytest.mark.wire
def test_what_comes_behind_a_204_is_noticed(raw_server):
    server = raw_server(answering(b"", more=b'{"commands": []}'))

    made = call("token", Transport(), channel=Channel(uri=server.url))

    assert [problem.message for problem in made.judgement.problems] == [
        "a 204 has no body, so what came behind it is not read"
    ]
    assert made.judgement.use is Use.DEFAULT


@pytest.mark.wire
def test_an_answer_is_applied(raw_server):
    answer = {"commands": [{"type": "com.okta.action.update", "value": {"credential": "VERIFIED"}}]}
    server = raw_server(answering(json.dumps(answer).encode()))

    made = call("password-import", Transport(), channel=Channel(uri=server.url))

    assert made.effect.after == {"credential": "VERIFIED"}
    assert made.answer_body == json.dumps(answer).encode()
