"""The deliveries in a recording come out as they went in."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from emulator.contract.recordings import recorded_bodies
from emulator.payloads import World, as_delivery, build_envelope, build_event, encode

WORLD = World(7)


def _body(number: int) -> bytes:
    event = build_event("user.lifecycle.deactivate", world=WORLD, number=number, person=WORLD.person(number))
    return encode(build_envelope([as_delivery(event)], world=WORLD, hook_id=WORLD.hook_id(), number=number))


ONE, TWO = _body(0), _body(1)
SPACED = json.dumps(json.loads(ONE), indent=2).encode()  # another body than what encode() writes
TEXT = SPACED.decode()
QUOTED = b'"' + SPACED.replace(b'"', b'""') + b'"'


@pytest.mark.parametrize(
    ("recording", "bodies"),
    [
        (ONE, [ONE]),
        (SPACED, [SPACED]),
        (b"\xef\xbb\xbf" + SPACED, [SPACED]),
        (ONE + b"\n" + TWO + b"\n", [ONE, TWO]),
        (b"[" + ONE + b", " + TWO + b"]", [ONE, TWO]),
        (json.dumps({"requestContext": {}, "httpMethod": "POST", "body": TEXT}).encode(), [SPACED]),
        (
            json.dumps({"body": base64.b64encode(SPACED).decode(), "isBase64Encoded": True}).encode(),
            [SPACED],
        ),
        (json.dumps({"log": {"entries": [{"request": {"postData": {"text": TEXT}}}]}}).encode(), [SPACED]),
        (b"POST /okta HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n" + ONE, [ONE]),
        (b"2026-08-21 12:00:00 INFO received " + ONE + b"\n", [ONE]),
        (json.dumps({"kept": json.loads(ONE)}).encode(), [ONE]),
        (gzip.compress(ONE + b"\n" + TWO), [ONE, TWO]),
        (json.dumps({"body": base64.b64encode(gzip.compress(SPACED)).decode()}).encode(), [SPACED]),
        (b"id,content\r\n1," + QUOTED + b"\r\n2," + QUOTED + b"\r\n", [SPACED, SPACED]),
        (b"INFO got " + base64.b64encode(ONE) + b" from Okta\n", [ONE]),
    ],
)
def test_each_body_comes_back_byte_for_byte(recording: bytes, bodies: list[bytes]) -> None:
    assert recorded_bodies(recording) == bodies


@pytest.mark.parametrize(
    "recording",
    [
        b"",
        b"hello",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"7",
        b"\x1f\x8b\x08",
        b'{"verification": "x"}',
        json.dumps(json.loads(ONE)["data"]["events"][0]).encode(),
    ],
)
def test_what_is_no_delivery_gives_none(recording: bytes) -> None:
    assert recorded_bodies(recording) == []
