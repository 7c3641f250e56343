"""``okta-hooks serve`` as a process of its own: the ready line, clean stops, and a crash that loses nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.process

TOKEN = "00-serve-test-token"


class Served:
    """A running ``okta-hooks serve --json`` and a way to call it."""

    def __init__(self, *arguments: str, cwd: Path, json: bool = True) -> None:
        told = ["--json"] if json else []
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "emulator",
                "serve",
                "--port",
                "0",
                "--token",
                "${env:SERVE_TOKEN}",
                *told,
                *arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env={**os.environ, "SERVE_TOKEN": TOKEN, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        if json:
            self.ready: dict[str, Any] = loads(self.process.stdout.readline() or self._failed())
        else:
            self.ready = {"url": self.process.stderr.readline().split()[7]}

    def _failed(self) -> str:
        raise AssertionError(self.process.communicate(timeout=10)[1])

    def call(self, method: str, path: str, body: object = None, *, control: bool = False) -> Any:
        data = b"" if body is None and method != "GET" else None if body is None else dumps(body).encode()
        token = f"Bearer {self.ready['control_token']}" if control else f"SSWS {TOKEN}"
        headers = {"Authorization": token, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.ready['url']}{path}", data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return loads(answer.read() or b"null")

    def stop(self, how: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(*arguments: str, json: bool = True) -> Served:
        started.append(Served(*arguments, cwd=tmp_path, json=json))
        return started[-1]

    yield start

    for served in started:
        if served.process.poll() is None:
            served.process.kill()
            served.process.communicate(timeout=10)


def user(name: str) -> dict[str, Any]:
    login = f"{name}@example.com"
    return {"profile": {"login": login, "email": login, "firstName": name, "lastName": "X"}}


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_says_when_it_is_ready_and_stops_cleanly(serve, how: signal.Signals, code: int) -> None:
    served = serve("--seed", "42")
    assert served.ready["url"].startswith("http://127.0.0.1:")
    assert (served.ready["seed"], served.ready["token"]) == (42, None)
    assert served.call("GET", "/_emulator/health")["status"] == "ok"
    done, out, err = served.stop(how)

    assert (done, out) == (code, "")
    assert "is served at" in err
    assert "Traceback" not in err
    assert TOKEN not in err


def test_what_is_refused_is_explained_on_stderr(serve) -> None:
    """Unless a program started it, which may never read that."""
    served = serve(json=False)
    for _ in range(2):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            served.call("POST", "/api/v1/eventHooks", {"name": "x", "events": {"items": ["user.lifecycle.creat"]}})
    _, _, err = served.stop(signal.SIGTERM)

    assert "POST /api/v1/eventHooks -> 400 E0000001" in err
    assert "did you mean 'user.lifecycle.create'" in err


def test_a_program_that_never_reads_stderr_stops_nothing(serve) -> None:
    served = serve()
    for _ in range(700):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            served.call("GET", f"/api/v1/groups/{'x' * 100}")
    _, _, err = served.stop(signal.SIGTERM)

    assert " 404 " not in err  # a seed or a token may hold these digits


def test_pending_deliveries_are_made_when_it_stops(serve) -> None:
    """The batching window is 10 s, and a stop doesn't wait for it (D36)."""
    from receiver import Receiver

    with Receiver() as receiver:
        served = serve("--profile", "delivery.window=60")
        channel = {"type": "HTTP", "version": "1.0.0", "config": {"uri": receiver.url}}
        events = {"type": "EVENT_TYPE", "items": ["user.lifecycle.create"]}
        hook = served.call("POST", "/api/v1/eventHooks", {"name": "x", "events": events, "channel": channel})
        served.call("POST", f"/api/v1/eventHooks/{hook['id']}/lifecycle/verify")
        served.call("POST", "/api/v1/users", user("ann"))
        served.stop(signal.SIGTERM)

        assert [event.event_type for event in receiver.events] == ["user.lifecycle.create"]


def test_it_knows_event_types_of_ones_own(serve, tmp_path: Path) -> None:
    """A hook subscribes to them, and the control plane lets them happen."""
    (tmp_path / "own.yaml").write_text("events: {acme.badge.revoked: {like: user.lifecycle.deactivate}}")
    served = serve("--events", "own.yaml")
    channel = {"type": "HTTP", "version": "1.0.0", "config": {"uri": "http://127.0.0.1:1/"}}
    events = {"type": "EVENT_TYPE", "items": ["acme.badge.revoked"]}

    hook = served.call("POST", "/api/v1/eventHooks", {"name": "x", "events": events, "channel": channel})
    told = served.call("POST", "/_emulator/trigger", {"type": "acme.badge.revoked"}, control=True)

    assert hook["events"]["items"] == ["acme.badge.revoked"]
    assert "is UNVERIFIED" in told["explanation"]
    assert served.call("GET", "/api/v1/logs")[-1]["eventType"] == "acme.badge.revoked"


def test_a_kill_loses_nothing_with_db(serve) -> None:
    served = serve("--db", "org.db", "--clock", "2026-08-21T12:00:00Z")
    made = served.call("POST", "/api/v1/users", user("ann"))
    served.stop(signal.SIGKILL)
    again = serve("--db", "org.db", "--clock", "2026-08-21T12:00:00Z")

    assert again.call("GET", f"/api/v1/users/{made['id']}")["profile"] == made["profile"]
    assert [event["eventType"] for event in again.call("GET", "/api/v1/logs")] == ["user.lifecycle.create"]


def test_start_data_is_there_from_the_start(serve, tmp_path: Path) -> None:
    (tmp_path / "start.yaml").write_text("groups:\n  - {name: Sales}\n")
    groups = serve("--start", "start.yaml").call("GET", "/api/v1/groups")

    assert [group["profile"]["name"] for group in groups] == ["Everyone", "Sales"]


def test_a_port_in_use_is_told_in_words(okta_hooks) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = okta_hooks("serve", "--port", str(taken.getsockname()[1]))

    assert (done.code, done.out) == (2, "")
    assert "can't listen at 127.0.0.1" in done.err
    assert "--port 0 takes a free one" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--token", "short"], "at least 8"),
        (["--token", "has a space in it"], "no token"),
        (["--token", "${env:NO_SUCH_VARIABLE}"], "NO_SUCH_VARIABLE is not set"),
        (["--bearer", "abcdefgh"], "needs scopes"),
        (["--clock", "noon"], "no instant"),
        (["--clock", "2026-08-21T12:00:00"], "no time zone"),
        (["--allow-target", "http://x"], "neither a host nor a network"),
        (["--db", "/no/such/folder/org.db"], "can't be used"),
        (["--start", "no-such-file.yaml"], "no-such-file.yaml"),
        (["--profile", "api.rate_limits=maybe"], "give on or off"),
        (["--ca-bundle", "no-such-file.pem"], "can't be used"),
        (["--prot", "1"], "--port"),
        (["extra"], "unexpected extra argument"),
    ],
)
def test_misuse_of_serve_is_told_in_words(okta_hooks, arguments: list[str], words: str) -> None:
    done = okta_hooks("serve", "--port", "0", *arguments)

    assert (done.code, done.out) == (2, "")
    assert words.lower() in done.err.lower()
    assert "Traceback" not in done.err
    assert "has a space in it" not in done.err
