"""
The good receiver that every broken one differs from in one way, on a server that hides nothing.

A broken receiver is a subclass of ``Good`` under ``@broken("the-check", ...)``; its docstring says what its author did.
"""

from __future__ import annotations

import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

SECRET = "Basic bWlzdGVyOlNlY3JldC1QYXNzMQ=="
PEEK = socket.MSG_PEEK | socket.MSG_DONTWAIT
CHALLENGE = "X-Okta-Verification-Challenge"

ZOO: dict[str, type[Good]] = {}


def broken(*checks: str) -> Callable[[type[Good]], type[Good]]:
    """Put a receiver into the zoo, with the checks that it fails."""

    def register(kind: type[Good]) -> type[Good]:
        name = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).strip("-")
        assert ZOO.setdefault(name, kind) is kind, name
        assert kind.__doc__, f"{name} doesn't say what is wrong with it"
        kind.fails = frozenset(checks)
        kind.shows_effects = any(check.startswith("effect-") for check in checks)
        return kind

    return register


@dataclass
class Request:
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: Any = b""
    hung_up: Callable[[], bool] = bool
    connection: Any = None

    def get(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    def exactly(self, name: str, default: str = "") -> str:
        return dict(self.headers).get(name, default)


@dataclass
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


class Refusal(Exception):  # noqa: N818 (an answer)
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Good:
    """Does everything right."""

    fails: frozenset[str] = frozenset()
    shows_effects = False  # a run with probes takes longer, so only those have them that need them
    auth_header = "Authorization"
    secret = SECRET
    path = "/hooks"
    one_connection = False
    largest = 8 * 1024 * 1024  # bytes of a body that are read at all, as a server in front may have it

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: set[str] = set()
        self.acted = 0
        self.status_of: dict[str, tuple[str, str]] = {}
        self.stop: Callable[[], None] = lambda: None
        self.stop_listening = self.stop

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/probe"):
            return self.probe(request)
        try:
            self.authenticate(request)
            if request.method == "GET":
                return self.verify(request)
            if request.method == "POST":
                return self.deliver(request)
        except Refusal as refusal:
            return Reply(refusal.status)
        except Exception:  # noqa: BLE001 (what a framework does with what its user didn't catch)
            return Reply(500)
        return self.other(request)

    def other(self, request: Request) -> Reply:
        return Reply(405, headers={"Allow": "GET, POST"})

    def authenticate(self, request: Request) -> None:
        given = request.get(self.auth_header).encode("latin-1")
        if not hmac.compare_digest(given, self.secret.encode()):
            raise Refusal(401)

    def challenge(self, request: Request) -> str:
        challenge = request.get(CHALLENGE)
        if not challenge:
            raise Refusal(400)
        return challenge

    def verify(self, request: Request) -> Reply:
        body = json.dumps({"verification": self.challenge(request)}).encode()
        return Reply(200, body, {"Content-Type": "application/json"})

    def deliver(self, request: Request) -> Reply:
        events = self.events(self.read(request))
        for event in events:
            self.look(event)
        self.store(events)
        return self.acknowledge(events)

    def read(self, request: Request) -> Any:
        if request.get("Content-Type").partition(";")[0] != "application/json":
            raise Refusal(415)
        try:
            envelope = json.loads(request.body.decode("utf-8"))
        except (ValueError, RecursionError):
            raise Refusal(400) from None
        if not isinstance(envelope, dict):
            raise Refusal(400)
        return envelope

    def events(self, envelope: Any) -> list[dict[str, Any]]:
        data = envelope.get("data")
        events = data.get("events") if isinstance(data, dict) else None
        if not isinstance(events, list) or not all(isinstance(e, dict) and "uuid" in e for e in events):
            raise Refusal(400)
        return events

    def look(self, event: dict[str, Any]) -> None:
        """Read what is needed of one event."""

    def store(self, events: list[dict[str, Any]]) -> None:
        with self.lock:
            for event in events:
                if event["uuid"] not in self.seen:
                    self.seen.add(event["uuid"])
                    self.act(event)

    def act(self, event: dict[str, Any]) -> None:
        self.acted += 1
        user = self.user(event)
        when = (event.get("published") or "", event.get("eventType") or "")
        if user:
            self.status_of[user] = max(self.status_of.get(user, ("", "")), when)

    @staticmethod
    def user(event: dict[str, Any]) -> str:
        targets = event.get("target") or []
        return next((t.get("alternateId") or "" for t in targets if t.get("type") == "User"), "")

    def acknowledge(self, events: list[dict[str, Any]]) -> Reply:
        return Reply(204)

    def probe(self, request: Request) -> Reply:
        user = unquote(request.path.partition("/probe/")[2])
        with self.lock:
            told = {"count": self.acted, "status": self.status_of.get(user, ("", "none"))[1]}
        return Reply(200, json.dumps(told).encode(), {"Content-Type": "application/json"})


class Server:
    """A thread for each connection, keep-alive, and the bytes of the answer as the receiver wants them."""

    def __init__(self, receiver: Good) -> None:
        self.receiver = receiver
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._open: set[socket.socket] = set()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}{receiver.path}"
        receiver.stop = self.close
        receiver.stop_listening = self.stop_listening
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            if self.receiver.one_connection:
                self._serve(connection)
                continue
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as stream:
                while (request := self._read(stream, connection)) is not None:
                    if request.body is None:
                        connection.sendall(b"HTTP/1.1 413 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                        return
                    reply = self.receiver.answer(request)
                    connection.sendall(self._bytes(request, reply) if reply.raw is None else reply.raw)
        except (OSError, ValueError):
            return
        finally:
            self._open.discard(connection)

    def _read(self, stream: Any, connection: socket.socket) -> Request | None:
        line = stream.readline(65536)
        if not line.strip():
            return None
        method, path, _ = line.decode("latin-1").split()
        headers = []
        while (line := stream.readline(65536)) not in {b"\r\n", b"\n", b""}:
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name, value.strip()))
        request = Request(method, path, headers, hung_up=lambda: not connection.recv(1, PEEK), connection=connection)
        length = int(request.get("Content-Length") or 0)
        request.body = stream.read(length) if length <= self.receiver.largest else None
        return request

    @staticmethod
    def _bytes(request: Request, reply: Reply) -> bytes:
        lines = [f"HTTP/1.1 {reply.status} x", *(f"{name}: {value}" for name, value in reply.headers.items())]
        if reply.status != 204:
            lines.append(f"Content-Length: {len(reply.body)}")
        body = b"" if request.method == "HEAD" or reply.status == 204 else reply.body
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    def stop_listening(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close(self) -> None:
        self.stop_listening()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


@contextmanager
def serving(receiver: Good) -> Iterator[Server]:
    server = Server(receiver)
    try:
        yield server
    finally:
        server.close()
