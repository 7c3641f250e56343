"""Replies whose status, headers or bytes are wrong, whatever they say (I1, I6, I8, I10, M9)."""

from __future__ import annotations

import json

import pytest

from emulator.contract.inline.answers import Use, judge_answer, judge_failure
from emulator.contract.inline.types import inline_hook_type
from emulator.contract.rules import RULES
from emulator.payloads import World
from emulator.payloads.inline import inline_request

PHONE = "com.okta.telephony.action"
JSON = (("Content-Type", "application/json"),)
GOOD = b'{"commands": [{"type": "com.okta.action.update", "value": {"credential": "VERIFIED"}}]}'
LARGE = b'{"debugContext": {"a": "%s"}}'

# Type, status, headers, body, level, rule, a part of the message, a part of the hint, what Okta makes of it.
WIRE = {
    "a redirect": ("token", 302, JSON, b"", "must", "I8", "redirects are never followed", "final URL", Use.UNUSABLE),
    "a refusal": ("token", 401, JSON, b"", "must", "I8", "never retried", "another auth header", Use.UNUSABLE),
    "a 400 for bad data": ("token", 400, JSON, b"{}", "must", "I8", "never retried", "in error", Use.UNUSABLE),
    "a wrong path": ("token", 404, JSON, b"", "must", "I8", "never retried", "the service's URL", Use.UNUSABLE),
    "a service of GETs": ("token", 405, JSON, b"", "must", "I8", "never retried", "sends a POST", Use.UNUSABLE),
    "a crash": ("token", 500, JSON, b"", "must", "I8", "the service failed", "answer 200", Use.UNUSABLE),
    "an odd success": ("token", 201, JSON, b"{}", "should", "I8", "Okta asks for 200", "answer 200", Use.DEFAULT),
    "a 204 with a body": ("password-import", 204, JSON, GOOD, "must", "I6", "is not read", "answer 200", Use.DEFAULT),
    "a 204 for telephony": ("telephony", 204, JSON, b"", "must", "I6", "may not answer with", PHONE, Use.UNUSABLE),
    "a 200 with nothing": ("token", 200, JSON, b"", "must", "I6", "without a body", "answer 204", Use.UNUSABLE),
    "a 200 with a space": ("token", 200, JSON, b" \n", "must", "I6", "without a body", "answer 204", Use.UNUSABLE),
    "plain text": (
        "password-import", 200, (("content-type", "text/plain"),), GOOD,
        "should", "I1", "Content-Type is text/plain", "application/json", Use.COMMANDS,
    ),
    "no content type": ("password-import", 200, (), GOOD, "should", "I1", "no Content-Type", "json", Use.COMMANDS),
    "compression": (
        "password-import", 200, (*JSON, ("Content-Encoding", "gzip")), GOOD,
        "must", "I10", "compressed (gzip)", "switch compression off", Use.UNUSABLE,
    ),
    "a word": ("password-import", 200, JSON, b"OK", "must", "I1", "the bare word OK", "", Use.UNUSABLE),
    "half a document": ("token", 200, JSON, b'{"commands": [', "must", "I1", "", "", Use.UNUSABLE),
    "two documents": ("token", 200, JSON, b"{}\n{}", "must", "I1", "2 JSON documents", "one object", Use.UNUSABLE),
    "the request itself": (
        "token", 200, JSON, json.dumps(inline_request("token", world=World(7))).encode(),
        "must", "I6", "repeats the request", "com.okta.identity.patch", Use.UNUSABLE,
    ),
    "what can't be mended": ("token", 200, JSON, b"<html>", "must", "I1", "", "", Use.UNUSABLE),
    "a byte order mark": ("token", 200, JSON, b"\xef\xbb\xbf{}", "should", "I1", "byte order", "leave", Use.DEFAULT),
    "UTF-16": ("token", 200, JSON, "{}".encode("utf-16"), "must", "I1", "UTF-16", "UTF-8", Use.UNUSABLE),
    "a member given twice": (
        "token", 200, JSON, b'{"commands": [], "commands": []}', "must", "I1", "twice", "", Use.UNUSABLE,
    ),
    "256 KB": ("token", 200, JSON, LARGE % (b"a" * 262_120), "must", "M9", "below 256 KB", "leave out", Use.UNUSABLE),
    "256,000 bytes": ("token", 200, JSON, LARGE % (b"a" * 256_000), "should", "M9", "256,000", "", Use.DEFAULT),
}  # fmt: skip


@pytest.mark.parametrize("name", WIRE)
def test_a_fault_of_status_headers_or_bytes_is_told(name):
    kind, status, headers, body, level, rule, message, hint, use = WIRE[name]
    kind = inline_hook_type(kind)

    judgement = judge_answer(kind, inline_request(kind, world=World(7)), status=status, headers=headers, body=body)

    found = [p for p in judgement.problems if (p.level, p.rule) == (level, rule)]
    assert found, judgement.problems
    assert message in found[0].message
    assert hint in found[0].hint
    assert judgement.use is use


def test_every_problem_cites_a_known_rule():
    assert {row[5] for row in WIRE.values()} <= set(RULES)


def test_a_call_without_an_answer_says_why():
    judgement = judge_failure("timed out while waiting for the answer")

    assert judgement.use is Use.UNUSABLE
    assert judgement.reason == "timed out while waiting for the answer"
