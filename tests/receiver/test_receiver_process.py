"""``okta-receiver`` as a real process: what it prints, how it ends, and what it keeps to itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

pytestmark = [pytest.mark.process, pytest.mark.wire]

SECRET = "Basic am9objpzM2NyM3QtdmFsdWU="
PASSWORD = "s3cr3t-value"  # what the base64 above holds
LINE = "The user john.doe@example.com has been deactivated on the Okta org!\n"


def test_the_whole_story(start: Callable, make_envelope: Callable, tmp_path: Path) -> None:
    """Ready line and John Doe's line on stdout and nothing else; talk on stderr; exit code 0; no secret."""
    running = start("--auth-header", f"Authorization: {SECRET}")
    challenge = {"X-Okta-Verification-Challenge": "abc"}
    refused = requests.get(running.url, headers=challenge, timeout=5)
    verified = requests.get(running.url, headers=challenge | {"Authorization": SECRET}, timeout=5)
    envelope = make_envelope()
    statuses = [running.post(envelope, auth=auth) for auth in (SECRET, SECRET, None, SECRET[:-2])]
    code, out, err = running.stop()

    assert (refused.status_code, verified.status_code) == (401, 200)
    assert verified.json() == {"verification": "abc"}
    assert statuses == [204, 204, 401, 401]
    assert out == LINE
    assert running.ready == {"url": running.url, "db": str(tmp_path / "okta-receiver.db"), "auth": True}
    assert code == 0
    assert f"receiving event hooks at {running.url}" in err
    assert "every request must bring the header Authorization" in err
    assert f"delivery {envelope['eventId']}, 1 new event" in err
    assert "Traceback" not in err
    assert SECRET[6:] not in out + err
    assert PASSWORD not in out + err


@pytest.mark.parametrize("way", ["variable", "file"])
def test_the_secret_may_come_from_the_environment_or_a_file(
    start: Callable, make_envelope: Callable, tmp_path: Path, way: str
) -> None:
    """Then it is in no list of processes."""
    (tmp_path / "secret").write_text("X-Hook-Token:  tok3n-value \n")
    running = (
        start(OKTA_RECEIVER_AUTH_HEADER="X-Hook-Token: tok3n-value")
        if way == "variable"
        else start("--auth-header-file", "secret")
    )
    headers = {"X-Hook-Token": "tok3n-value"}

    assert running.post(make_envelope()) == 401
    assert requests.post(running.url, json=make_envelope(), headers=headers, timeout=5).status_code == 204
    code, out, err = running.stop()
    assert code == 0
    assert "every request must bring the header X-Hook-Token" in err
    assert "tok3n" not in out + err


def test_without_a_secret_it_says_so(start: Callable, make_envelope: Callable) -> None:
    running = start("--path", "/", "--db", "other.db")

    assert running.post(make_envelope()) == 204
    assert running.ready["auth"] is False
    assert "warning: no --auth-header, so anyone who can reach this address may post events" in running.stop()[2]


def test_it_misbehaves_when_told_to(start: Callable, make_envelope: Callable) -> None:
    running = start("--misbehave", "fail-once=503", "--misbehave", "no-auth", "--auth-header", "Authorization: x")

    assert [running.post(make_envelope()) for _ in range(2)] == [503, 204]
    assert "warning: misbehaving on purpose, so the auth header is not checked" in running.stop()[2]


def test_it_passes_events_on(start: Callable, make_envelope: Callable) -> None:
    bodies: list[Any] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(*_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running = start("--forward-to", f"http://127.0.0.1:{server.server_port}/")
        envelope = make_envelope()
        running.post(envelope)
        until = time.monotonic() + 30  # a forwarder that meets a busy machine tries again after 0.5, 2 and 10 s
        while not bodies and time.monotonic() < until:
            time.sleep(0.02)
        server.shutdown()

    assert bodies == envelope["data"]["events"]
    assert running.stop()[1] == LINE


def test_a_second_receiver_on_the_same_file_is_refused(start: Callable, tmp_path: Path) -> None:
    start("--db", "events.db")
    done = subprocess.run(
        [sys.executable, "-m", "receiver", "--port", "0", "--db", str(tmp_path / "events.db")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )

    assert done.returncode == 2
    assert "another okta-receiver is using" in done.stderr
    assert "give this one a file of its own" in done.stderr


def test_the_ready_line_comes_first_though_an_earlier_run_left_work(start: Callable, make_envelope: Callable) -> None:
    """What reads it takes the first line; here the first process is killed while it passes its event on in vain."""
    first = start("--forward-to", "http://127.0.0.1:1/")
    first.post(make_envelope())
    first.process.kill()
    first.process.wait()
    second = start()

    assert second.ready["url"] == second.url
    assert second.process.stdout.readline() == LINE


def test_ctrl_c_ends_it_with_130(start: Callable, make_envelope: Callable) -> None:
    running = start()
    running.post(make_envelope())
    assert running.process.stdout.readline() == LINE  # work that is not begun yet may wait for the next start
    code, out, err = running.stop(signal.SIGINT)

    assert (code, out) == (130, "")
    assert err.endswith("stopping: finishing what has been begun\n")


def test_a_reader_of_stdout_that_goes_away_ends_nothing(start: Callable, make_envelope: Callable) -> None:
    """As in ``okta-receiver | head -1``."""
    running = start()
    running.process.stdout.close()

    assert [running.post(make_envelope()) for _ in range(3)] == [204] * 3
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(20) == 0
    assert "nobody reads stdout any more" in running.process.stderr.read()


def test_a_terminal_that_knows_only_ascii_ends_nothing(
    start: Callable, make_envelope: Callable, make_event: Callable
) -> None:
    running = start(PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    target = [{"type": "User", "alternateId": "zoë@example.com"}]

    assert running.post(make_envelope(make_event(target=target))) == 204
    code, out, _ = running.stop()
    assert (code, out) == (0, "The user zo\\xeb@example.com has been deactivated on the Okta org!\n")
