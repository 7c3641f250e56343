"""``okta-hooks replay``: what was recorded is sent again, byte for byte."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.payloads import World, as_delivery, build_envelope, build_event
from receiver import Receiver

WORLD = World(7)
EVENT = as_delivery(build_event("user.lifecycle.deactivate", world=WORLD))
BODY = json.dumps(build_envelope([EVENT], world=WORLD, hook_id=WORLD.hook_id()), indent=1)
WRAPPED = json.dumps({"httpMethod": "POST", "requestContext": {}, "body": BODY})


@pytest.fixture
def capture(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "capture.json").write_text(text, encoding="utf-8")
        return str(tmp_path / "capture.json")

    return write


@pytest.mark.wire
@pytest.mark.parametrize("text", [BODY, WRAPPED])
def test_a_receiver_knows_the_second_one_as_a_duplicate(okta_hooks: Callable, capture: Callable, text: str) -> None:
    with Receiver(auth="s3cret") as receiver:
        call = ("replay", capture(text), "--to", receiver.url, "--header", "Authorization: s3cret")
        first, second = okta_hooks(*call), okta_hooks(*call)

        assert (first.code, second.code) == (0, 0)
        assert "DELIVERED" in first.out
        assert [delivery.duplicates for delivery in receiver.deliveries] == [(), (EVENT["uuid"],)]


@pytest.mark.wire
@pytest.mark.parametrize("text", [BODY, WRAPPED])
def test_the_bytes_are_those_of_the_recording(
    okta_hooks: Callable, capture: Callable, raw_server: Callable, read_request: Callable, text: str
) -> None:
    """White space and all, with Okta's headers."""
    came: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        came.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")

    okta_hooks("replay", capture(text), "--to", raw_server(behave).url)
    head, _, body = came[0].partition(b"\r\n\r\n")

    assert body.decode() == BODY
    assert f"Okta Hook Service v1.0.0 - {WORLD.hook_id()}".encode() in head


@pytest.mark.wire
def test_its_json_has_the_shape_of_trigger(okta_hooks: Callable, capture: Callable) -> None:
    with Receiver(auth="s3cret") as receiver:
        done = okta_hooks("replay", capture(BODY), "--to", receiver.url, "--json")
    told = json.loads(done.out)

    assert done.code == 1
    assert (told["verdict"], told["counts"]["refused"]) == ("fail", 1)
    assert told["deliveries"][0]["event_id"] == json.loads(BODY)["eventId"]
    assert told["deliveries"][0]["attempts"][0]["status"] == 401


@pytest.mark.wire
def test_what_is_wrong_with_a_recording_is_told_and_sent(okta_hooks: Callable, capture: Callable) -> None:
    with Receiver() as receiver:
        done = okta_hooks("replay", capture(BODY.replace('"INFO"', '"LOUD"')), "--to", receiver.url)

    assert 'got the string "LOUD"' in done.err
    assert done.code in {0, 1}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["{capture}"], 2, "where to? there is no hook URL"),
        (["nowhere.json", "--to", "http://127.0.0.1:1/"], 2, "can't be read: no such file"),
        (["{nothing}", "--to", "http://127.0.0.1:1/"], 2, "there is no delivery in"),
        (["17", "--to", "http://127.0.0.1:1/"], 2, "a delivery's id needs the org's control token"),
        (["17", "--to", "http://127.0.0.1:1/", "--org", "http://127.0.0.1:1", "--control-token", "x" * 9], 3, "answer"),
        (["{capture}", "--to", "http://127.0.0.1:1/"], 3, ""),
    ],
)
def test_what_cannot_be_done_is_told_in_words(  # noqa: PLR0917
    okta_hooks: Callable, capture: Callable, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "nothing.json").write_text('{"verification": "x"}')
    places = {"{capture}": capture(BODY), "{nothing}": str(tmp_path / "nothing.json")}
    done = okta_hooks("replay", *(places.get(word, word) for word in arguments))

    assert done.code == code
    assert message in done.err
