"""Fixtures for the whole suite: raw servers that misbehave below HTTP, and the command run in-process."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

Handler = Callable[[socket.socket], object]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # As in a shell's background job; the processes that tests interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class RawServer:
    """A listening socket whose every connection is handled by a function of the test's own."""

    port: int
    connections: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/okta/hooks"


@pytest.fixture
def raw_server() -> Iterator[Callable[[Handler], RawServer]]:  # noqa: C901 (threads are started and ended in one place)
    """Start raw servers on loopback; each connection gets its own thread, and all end with the test."""
    listeners: list[socket.socket] = []
    accepted: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(handler: Handler) -> RawServer:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        server = RawServer(port=listener.getsockname()[1], connections=[])

        def answer(connection: socket.socket) -> None:
            try:
                handler(connection)
            except OSError:
                pass  # the client has hung up: that is what these tests are about
            finally:
                connection.close()

        def accept() -> None:
            while True:
                try:
                    connection, address = listener.accept()
                except OSError:
                    return
                accepted.append(connection)
                server.connections.append(f"{address[0]}:{address[1]}")
                thread = threading.Thread(target=answer, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

        thread = threading.Thread(target=accept, daemon=True)
        threads.append(thread)
        thread.start()
        return server

    yield start

    for listener in listeners:
        # Closing alone doesn't wake a thread that waits in accept().
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for connection in accepted:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue
    for thread in threads:
        thread.join(timeout=5)


@pytest.fixture
def read_request() -> Callable[[socket.socket], bytes]:
    """Read one whole request (head and stated body) from a connection."""

    def read(connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return data
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    return read


@dataclass(frozen=True)
class Finished:
    """What a command line did."""

    code: int
    out: str
    err: str


@pytest.fixture
def okta_hooks(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Finished]:
    """Run ``okta-hooks`` in this process, through the same door as the console script, without the user's settings."""
    from emulator.cli.app import run

    for name in [name for name in os.environ if name.startswith("OKTA_HOOKS_") and name != "OKTA_HOOKS_UPDATE_GOLDEN"]:
        monkeypatch.delenv(name)

    def call(*arguments: str) -> Finished:
        capsys.readouterr()
        code = run(list(arguments))
        captured = capsys.readouterr()
        return Finished(code=code, out=captured.out, err=captured.err)

    return call
