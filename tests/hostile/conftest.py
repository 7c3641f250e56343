"""Both servers as real processes, and a client that sends them whatever it likes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

SECRET = "hostile-test-secret"


@dataclass(frozen=True)
class Answer:
    """What came back before the connection was closed, or *seconds* were over: the statuses of all answers in it."""

    data: bytes
    closed: bool
    seconds: float

    @property
    def statuses(self) -> list[int]:
        return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3}) ", self.data)]

    @property
    def status(self) -> int | None:
        """The last answer's status; None if there was none."""
        return self.statuses[-1] if self.statuses else None


@dataclass(frozen=True)
class Victim:
    """A server under attack: how to reach it, how to be let in, and how it feels."""

    name: str
    port: int
    auth: bytes  # a header line that lets in
    target: bytes  # where bodies are posted
    good: bytes  # a request that is answered 200
    log: Path
    pid: int

    def head(self, *lines: bytes, method: bytes = b"POST", target: bytes = b"") -> bytes:
        """Return an authorized request's head; *lines* come last."""
        first = b"%s %s HTTP/1.1" % (method, target or self.target)
        return b"\r\n".join([first, b"Host: 127.0.0.1", self.auth, b"Content-Type: application/json", *lines, b"", b""])

    def post(self, body: bytes, *lines: bytes) -> bytes:
        return self.head(b"Content-Length: %d" % len(body), *lines) + body

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def ask(self, data: bytes, *, patience: float = 5.0, half_close: bool = False) -> Answer:
        """Send *data*, whether or not it is wanted, and read until the other side closes or *patience* ends."""
        began = time.monotonic()
        with self.connect() as connection:
            sending = threading.Thread(target=_send, args=(connection, data, half_close))
            sending.start()
            received, closed = _read(connection, began + patience)
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            sending.join()
        return Answer(data=received, closed=closed, seconds=time.monotonic() - began)

    def seconds_for_a_good_client(self) -> float:
        """Do what a well-behaved client does, and say how long it took."""
        began = time.monotonic()
        answer = self.ask(self.good)
        assert answer.statuses == [200], answer
        return time.monotonic() - began

    def memory(self) -> int:
        """Return the megabytes of memory it has; 0 where nobody tells."""
        if not Path("/proc/self/status").is_file():
            return 0
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        assert found
        return int(found[1]) // 1024

    def said(self) -> str:
        return self.log.read_text(errors="replace")


def _send(connection: socket.socket, data: bytes, half_close: object) -> None:
    try:
        connection.sendall(data)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
    except OSError:
        return  # it doesn't want to hear more


def _read(connection: socket.socket, until: float) -> tuple[bytes, bool]:
    data = b""
    while (left := until - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            piece = connection.recv(65536)
        except TimeoutError:
            break
        except OSError:
            return data, True
        if not piece:
            return data, True
        data += piece
    return data, False


@dataclass(frozen=True)
class Launched:
    """A process that is ready: what its line of JSON said, and the file that its stderr goes to."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    log: Path

    @property
    def port(self) -> int:
        found = urlsplit(self.ready["url"]).port
        assert found
        return found

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(30)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def _launch(folder: Path, *arguments: str, before: str = "") -> Launched:
    limited = ["sh", "-c", f'{before} && exec "$@"', "sh"] if before else []
    log = folder / "stderr"
    with log.open("w") as said:
        process = subprocess.Popen(
            [*limited, sys.executable, "-m", *arguments, "--port", "0", "--json"],
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        process.stdout.close()
        process.wait(10)
        raise AssertionError(f"exit code {process.returncode}: {log.read_text()}")
    return Launched(process=process, ready=json.loads(line), log=log)


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Launched]]:
    """Start ``python -m receiver`` or ``emulator serve`` in a folder of the test's own; none survives the test."""
    launched: list[Launched] = []

    def start(*arguments: str, **more: Any) -> Launched:
        launched.append(_launch(tmp_path, *arguments, **more))
        return launched[-1]

    yield start

    for each in launched:
        if each.process.poll() is None:
            each.end(signal.SIGKILL)


def _start(folder: Path, *arguments: str, **more: Any) -> Iterator[Launched]:
    launched = _launch(folder, *arguments, **more)
    yield launched
    assert launched.end() == 0
    assert "Traceback" not in launched.said()


def _org(folder: Path, **more: str) -> Iterator[Victim]:
    auth = b"Authorization: SSWS %s" % SECRET.encode()
    for server in _start(folder, "emulator", "serve", "--db", "org.db", "--token", SECRET, **more):
        yield Victim(
            name="org",
            port=server.port,
            auth=auth,
            target=b"/api/v1/users",
            good=b"GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n\r\n" % auth,
            log=server.log,
            pid=server.process.pid,
        )


def _receiver(folder: Path, **more: str) -> Iterator[Victim]:
    auth = b"Authorization: %s" % SECRET.encode()
    challenge = b"X-Okta-Verification-Challenge: abc"
    for server in _start(folder, "receiver", "--auth-header", auth.decode(), **more):
        yield Victim(
            name="receiver",
            port=server.port,
            auth=auth,
            target=b"/okta/hooks",
            good=b"GET /okta/hooks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n%s\r\n\r\n" % (auth, challenge),
            log=server.log,
            pid=server.process.pid,
        )


_VICTIMS = {"org": _org, "receiver": _receiver}


@pytest.fixture(scope="module", params=_VICTIMS)
def victim(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """Each of both servers: ``okta-hooks serve`` and ``okta-receiver``."""
    yield from _VICTIMS[request.param](tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module", params=_VICTIMS)
def small_victim(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """Each of both servers, allowed 256 open files, so that it is crowded by a hundred connections."""
    yield from _VICTIMS[request.param](tmp_path_factory.mktemp(request.param), before="ulimit -n 256")
