"""``okta-hooks trigger`` without sending: what it builds, and what it says to a slip of the pen."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

TYPE = "user.lifecycle.deactivate"


def bodies(done) -> list[dict]:
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ((), "TYPE: name an event type", "user.lifecycle.deactivate"),
        ((TYPE,), "--to: where to?", "--dry-run"),
        ((TYPE, "--to", "ftp://host/x"), "not 'ftp'", "http://localhost:8000/okta/hooks"),
        ((TYPE, "--to", "localhost:8000/x"), "no http:// or https:// in front", "http://"),
        ((TYPE, "--to", "http://"), "names no host", "http://"),
        ((TYPE, "--to", "http://a:b@host/"), "carries credentials", "--header"),
        (("user.lifecycle.deactivated", "--dry-run"), "unknown event type", "'user.lifecycle.deactivate'"),
        (("user.lifecycel.*", "--dry-run"), "no event-hook-eligible type matches", "user.lifecycle."),
        (("event_hook.*", "--dry-run"), "no event-hook-eligible type matches", "name them one by one"),
        ((TYPE, "--raw", "x.json", "--dry-run"), "exclude each other", "leave one of them out"),
        (("--raw", "no-such-file.json", "--dry-run"), "no such file", "check the path"),
        (("--raw", ".", "--dry-run"), "is a directory", "check the path"),
        (("--raw", "a\0b", "--dry-run"), "can't be read", "check the path"),
        (("--raw", "x.json", "--seed", "1", "--dry-run"), "--seed is about events that are built", "--count"),
        ((TYPE, "--set", "severity", "--dry-run"), "'severity' has no '='", "path=value"),
        ((TYPE, "--set", "eventId=x", "--dry-run"), "member of the envelope", "envelope.eventId"),
        ((TYPE, "--set", "target[0].id=x", "--dry-run"), "neither dotted nor a pointer", "target.0.id"),
        ((TYPE, "--set", "target.7.id=x", "--dry-run"), "no index '7'", "its indexes are 0 to 0"),
        ((TYPE, "--remove", "taget", "--dry-run"), "there is no 'taget'", "'target'"),
        ((TYPE, "--auth", "wrong", "--to", "http://localhost/"), "no auth header to be wrong", "--header"),
        ((TYPE, "--at", "tomorrow", "--dry-run"), "no instant", "2026-08-21T12:00:00Z"),
        ((TYPE, "--at", "2026-01-01T00:00", "--dry-run"), "no time zone", "2026-01-01T00:00Z"),
        ((TYPE, "--at", "0001-01-01T00:00:05Z", "--dry-run"), "--at is out of range", "1583 to 5235"),
        ((TYPE, "--locale", "xx_XX", "--dry-run"), "unknown locale", ""),
        ((TYPE, "--count", "0", "--dry-run"), "--count: '0' is not a whole number from 1 to 1000000", "--help"),
        ((TYPE, "--outcome", "FAIL", "--dry-run"), "--outcome: 'FAIL' is not one of SUCCESS", "--help"),
        ((TYPE, "--dry-rnu"), "unknown option '--dry-rnu'", "--dry-run"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_place_and_its_remedy(okta_hooks: Callable, arguments, message, hint) -> None:
    done = okta_hooks("trigger", *arguments)

    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert message.lower() in done.err.lower()
    assert hint in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("edits", "path", "wanted"),
    [
        (("--set", "target.0.alternateId=jane@example.com"), ("target", 0, "alternateId"), "jane@example.com"),
        (("--set", "version=0"), ("version",), 0),
        (("--set", 'version="0"'), ("version",), "0"),
        (("--set", 'displayMessage=Say "hi"'), ("displayMessage",), 'Say "hi"'),
        (("--set", "displayMessage="), ("displayMessage",), ""),
        (("--set", "displayMessage=a=b"), ("displayMessage",), "a=b"),
        (("--set", "displayMessage=Zoë 🦊"), ("displayMessage",), "Zoë 🦊"),
        (("--set", "target=null"), ("target",), None),
        (("--set", 'outcome={"result":"DENY"}'), ("outcome",), {"result": "DENY"}),
        (("--set", r"debugContext.debugData.a\.b=1"), ("debugContext", "debugData", "a.b"), 1),
        (("--set", r"debugContext.debugData.a\=b=1"), ("debugContext", "debugData", "a=b"), 1),
        (("--set", "/debugContext/debugData/a.b=1"), ("debugContext", "debugData", "a.b"), 1),
        (("--set", "device.id=guo1"), ("device",), {"id": "guo1"}),
        (("--set", "target.-.id=x", "--set", "target.1.type=User"), ("target", 1), {"id": "x", "type": "User"}),
        (("--outcome", "failure", "--reason", "INVALID"), ("outcome",), {"result": "FAILURE", "reason": "INVALID"}),
        (("--origin", "job"), ("transaction", "type"), "JOB"),
    ],
)  # fmt: skip
def test_the_payload_can_be_changed(okta_hooks: Callable, edits, path, wanted) -> None:
    done = okta_hooks("trigger", TYPE, "--seed", "1", "--dry-run", "--print", *edits)

    assert done.code == 0
    (envelope,) = bodies(done)
    found = envelope["data"]["events"][0]
    for step in path:
        found = found[step]
    assert found == wanted
    assert type(found) is type(wanted)


def test_members_can_be_removed_and_the_envelope_changed(okta_hooks: Callable) -> None:
    done = okta_hooks("trigger", TYPE, "--seed", "1", "--dry-run", "--print", "--remove", "securityContext",
                      "--remove", "envelope.eventTime", "--set", "envelope.eventId=again")  # fmt: skip

    (envelope,) = bodies(done)
    assert "securityContext" not in envelope["data"]["events"][0]
    assert "eventTime" not in envelope
    assert envelope["eventId"] == "again"


@pytest.mark.parametrize(
    ("shape", "member", "there"),
    [
        ("delivery", "insertionTimestamp", False),
        ("preview", "insertionTimestamp", True),
        ("preview-sample", "insertionTimestamp", True),
        ("system-log", "request", True),
    ],
)
def test_the_events_can_have_each_real_shape(okta_hooks: Callable, shape, member, there) -> None:
    """D18-D20, L4, P5, P6."""
    done = okta_hooks("trigger", TYPE, "--seed", "1", "--dry-run", "--print", "--shape", shape)

    (envelope,) = bodies(done)
    assert (member in envelope["data"]["events"][0]) is there
    assert (envelope["data"]["events"][0].get("actor") is None) is (shape == "preview-sample")


def test_a_dry_run_tells_what_would_be_sent(okta_hooks: Callable) -> None:
    text = okta_hooks("trigger", TYPE, "--seed", "1", "--dry-run")
    told = json.loads(okta_hooks("trigger", TYPE, "--seed", "1", "--dry-run", "--json", "--print").out)

    assert (text.code, text.err) == (0, "")
    assert text.out.startswith(f"built {TYPE}, ")
    (delivery,) = told["deliveries"]
    assert (delivery["attempts"], delivery["outcome"]) == ([], "not_sent")
    assert json.loads(delivery["body"])["eventId"] == delivery["event_id"]


def test_without_a_seed_it_says_how_to_repeat(okta_hooks: Callable) -> None:
    first = okta_hooks("trigger", TYPE, "--dry-run", "--print")
    again = first.err.splitlines()[0].removeprefix("the same again: ").split()

    assert again[0] == "--seed"
    assert again[2] == "--at"
    assert okta_hooks("trigger", TYPE, "--dry-run", "--print", *again).out == first.out
    assert okta_hooks("trigger", TYPE, "--dry-run", "--print").out != first.out


def test_a_raw_body_may_come_from_standard_input(okta_hooks: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"x": 1}')))
    done = okta_hooks("trigger", "--raw", "-", "--dry-run", "--print")

    assert (done.code, done.out) == (0, '{"x": 1}\n')


def test_a_wrong_payload_of_our_own_is_not_sent(okta_hooks: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.payloads.envelope.CONTENT_TYPE", "text/plain")
    done = okta_hooks("trigger", TYPE, "--dry-run", "--print")

    assert (done.code, done.out) == (2, "")
    assert "our own payload is wrong at /contentType" in done.err
    assert "please report it" in done.err


@pytest.mark.process
def test_a_seed_gives_the_same_bytes_whatever_the_process() -> None:
    command = [sys.executable, "-m", "emulator", "trigger", "user.*", "--seed", "9", "--dry-run", "--print",
               "--count", "2", "--order", "shuffled"]  # fmt: skip
    seen = set()
    for hash_seed, locale in (("0", "C"), ("4711", "C.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "LC_ALL": locale, "TZ": f"X{len(seen)}"}
        run = subprocess.run(command, env=environment, capture_output=True, check=True)
        seen.add(run.stdout)

    assert len(seen) == 1
    assert len(seen.pop().splitlines()) == 86


@pytest.mark.process
def test_ctrl_c_still_tells_what_was_done(raw_server: Callable, read_request: Callable) -> None:
    served: list[bytes] = []

    def answer_once(connection: socket.socket) -> None:
        served.append(read_request(connection))
        if len(served) == 1:
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        else:
            connection.recv(1)

    url = raw_server(answer_once).url
    command = [sys.executable, "-m", "emulator", "trigger", TYPE, "--to", url, "--count", "3", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 10
        while len(served) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)

    assert process.returncode == 130
    assert [delivery["outcome"] for delivery in json.loads(out)["deliveries"]] == ["delivered"]
    assert err.rstrip().endswith("interrupted")
    assert "Traceback" not in err


@pytest.mark.process
def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m emulator trigger {TYPE} --seed 1 --count 400 --dry-run --print | head -c 10"
    run = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)

    assert run.returncode == 0
    assert run.stdout == '{"eventTyp'
    assert "error" not in run.stderr.lower()
