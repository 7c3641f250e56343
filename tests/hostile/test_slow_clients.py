"""Clients that take their time, by the hundred: they are cut off, and nobody waits for them."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import emulator.apis.secure
import emulator.apis.serving
import emulator.door.server
import receiver.serving
from emulator import Org
from emulator.apis import create_app
from emulator.apis.certificates import server_tls
from emulator.secrets import Secret
from receiver import Receiver

pytestmark = pytest.mark.wire

SLEEPY = {
    "nothing": b"",
    "half a head": b"POST /x HTTP/1.1\r\nHost: x\r\nX: ",
    "half a body": b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
    "nonsense": b"nonsense\r\n\r\n",
    "half a chunk": b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n{",
}


@pytest.mark.process
@pytest.mark.parametrize("sleepy", ["nothing", "half a head", "half a body", "nonsense"])
def test_three_times_more_sleepy_clients_than_there_is_room_for_keep_nobody_waiting(small_victim, sleepy: str) -> None:
    """Those who have been silent longest make way; a client that sends its request at once is never among them."""
    before = small_victim.memory()
    with ExitStack() as opened:
        for _ in range(2):
            for _ in range(200):
                opened.enter_context(small_victim.connect()).sendall(SLEEPY[sleepy])
            assert small_victim.seconds_for_a_good_client() < 1

    assert small_victim.memory() < before + 30
    assert small_victim.said().count("\n") < 100


@pytest.mark.process
def test_a_hundred_bodies_that_never_end_fill_no_memory(small_victim) -> None:
    before = small_victim.memory()
    body = b"x" * 1024 * 1024
    with ExitStack() as opened:
        for _ in range(100):
            connection = opened.enter_context(small_victim.connect())
            with suppress(OSError):  # it may have to make way for others
                connection.sendall(small_victim.head(b"Content-Length: %d" % (2 * len(body))) + body)
        assert small_victim.seconds_for_a_good_client() < 1

    assert small_victim.memory() < before + 100


@pytest.mark.process
def test_a_thousand_requests_in_one_go_are_answered_while_others_are_served(victim) -> None:
    with victim.connect() as connection:
        sending = threading.Thread(target=connection.sendall, args=(victim.good.replace(b"close", b"keep") * 1000,))
        sending.start()
        data = b""
        slowest = 0.0
        while data.count(b"HTTP/1.1 200 ") < 1000:
            piece = connection.recv(1 << 20)
            assert piece
            data += piece
            if len(data) % 7 == 0:
                slowest = max(slowest, victim.seconds_for_a_good_client())
        sending.join()

    assert slowest < 1


@pytest.mark.process
def test_a_client_that_will_send_no_more_still_gets_its_answer(victim) -> None:
    answer = victim.ask(victim.good, half_close=True)

    assert answer.statuses == [200]


@dataclass(frozen=True)
class Near:
    """A server in this process, whose connections can be counted."""

    port: int
    server: Any
    org: Org | None = None

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def wait_until_alone(self) -> None:
        deadline = time.monotonic() + 5
        while self.server.channels() and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        assert self.server.channels() == []


@pytest.fixture(params=["org", "receiver"])
def hasty(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Near]:
    """Each of both servers, with a quarter of a second where they usually have thirty."""
    monkeypatch.setattr(emulator.door.server, "LONGEST_REQUEST", 0.25)
    monkeypatch.setattr(emulator.door.server, "IDLE", 0.25)
    monkeypatch.setattr(emulator.apis.serving, "ROUND", 0.05)
    monkeypatch.setattr(receiver.serving, "ROUND", 0.05)
    if request.param == "receiver":
        with Receiver() as good:
            yield Near(port=good._serving.port, server=good._serving._server)
        return
    with Org(seed=1) as org:
        app = create_app(org, tokens=[Secret("00-test-token")], control_token=Secret("control-token"))
        listener = emulator.apis.serving.listen("127.0.0.1", 0)
        serving = emulator.apis.serving.Serving(app, listener, host="127.0.0.1")
        yield Near(port=int(serving.netloc.rpartition(":")[2]), server=serving._server._server, org=org)
        serving.stop()


@pytest.mark.parametrize(
    ("name", "drip"),
    [
        ("half a head", False),
        ("half a head", True),
        ("half a body", False),
        ("half a body", True),
        ("half a chunk", True),
    ],
)
def test_a_request_that_takes_too_long_is_answered_408(hasty: Near, name: str, *, drip: bool) -> None:
    began = time.monotonic()
    with hasty.connect() as connection:
        connection.sendall(SLEEPY[name])
        connection.settimeout(0.05)
        data = b""
        while time.monotonic() - began < 4:
            try:
                if drip:
                    connection.sendall(b"x")
                piece = connection.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break
            if not piece:
                break
            data += piece
        elapsed = time.monotonic() - began

    assert 0.2 < elapsed < 2
    assert b"HTTP/1.1 408 " in data
    hasty.wait_until_alone()


@pytest.mark.parametrize("first", [b"", b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["at first", "afterwards"])
def test_a_connection_on_which_nothing_happens_is_closed(hasty: Near, first: bytes) -> None:
    with hasty.connect() as connection:
        connection.sendall(first)
        data = b""
        while piece := connection.recv(65536):
            data += piece

    assert b" 408 " not in data
    hasty.wait_until_alone()


def test_a_client_that_never_takes_its_answer_is_hung_up_on(hasty: Near) -> None:
    """It asks for megabytes and reads none of them."""
    if hasty.org is None:
        asking = b"GET /okta/hooks HTTP/1.1\r\nHost: x\r\nX-Okta-Verification-Challenge: %s\r\n\r\n" % (b"x" * 50_000)
        asking *= 200
    else:
        for number in range(300):
            hasty.org.create_group(f"group {number}")
        asking = b"GET /api/v1/groups?limit=200 HTTP/1.1\r\nHost: x\r\nAuthorization: SSWS 00-test-token\r\n\r\n" * 200
    with hasty.connect() as connection:
        connection.settimeout(0.3)
        with suppress(OSError):  # the server doesn't read on while its answers aren't taken
            connection.sendall(asking)
        hasty.wait_until_alone()


@pytest.fixture
def hasty_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Near]:
    """The org over HTTPS, with little time and little room."""
    monkeypatch.setattr(emulator.apis.secure, "LONGEST_REQUEST", 0.5)
    monkeypatch.setattr(emulator.apis.secure, "THREADS", 20)
    with Org(seed=1) as org:
        app = create_app(org, tokens=[Secret("00-test-token")], control_token=Secret("control-token"))
        listener = emulator.apis.serving.listen("127.0.0.1", 0)
        tls = server_tls("127.0.0.1", tmp_path / "ca.pem")
        serving = emulator.apis.serving.Serving(app, listener, host="127.0.0.1", tls=tls)
        yield Near(port=int(serving.netloc.rpartition(":")[2]), server=serving._server._server, org=org)
        serving.stop()


def secured(connection: socket.socket) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(connection)


def wait_until(done: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not done() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert done()


@pytest.mark.parametrize(
    "sleepy", [None, b"", b"POST /x HTTP/1.1\r\nX: ", b"POST /x HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"],
    ids=["no handshake", "nothing", "half a head", "half a body"],
)  # fmt: skip
def test_slow_clients_over_tls_are_cut_off_and_keep_nobody_waiting(hasty_tls: Near, sleepy: bytes | None) -> None:
    before = threading.active_count()
    asking = b"GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nAuthorization: SSWS 00-test-token\r\n\r\n"
    with ExitStack() as opened:
        for _ in range(30):
            connection = opened.enter_context(hasty_tls.connect())
            with suppress(OSError):  # it may have to make way for others
                if sleepy is not None:
                    opened.enter_context(secured(connection)).sendall(sleepy)
        began = time.monotonic()
        with secured(hasty_tls.connect()) as good:
            good.sendall(asking)
            answer = good.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert time.monotonic() - began < 1
        wait_until(lambda: threading.active_count() <= before)


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 100, b"\x16\x03\x01\x00\x05hello"])
def test_what_is_no_tls_is_hung_up_on(hasty_tls: Near, data: bytes) -> None:
    with hasty_tls.connect() as connection, suppress(OSError):
        connection.sendall(data)
        while connection.recv(65536):
            pass


def test_a_chunked_body_and_a_long_one_arrive_over_tls(hasty_tls: Near) -> None:
    head = b"POST /api/v1/groups HTTP/1.1\r\nHost: x\r\nAuthorization: SSWS 00-test-token\r\n"
    body = b'{"profile":{"name":"Sales"}}'
    chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    with secured(hasty_tls.connect()) as connection:
        connection.sendall(head + chunked)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    with secured(hasty_tls.connect()) as connection:
        connection.sendall(head + b"Content-Length: 99999999999\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_who_has_just_come_is_not_turned_away_for_those_who_are_being_answered(hasty: Near) -> None:
    """With room for one, whose answer is under way, the only one who waits is the newest."""
    hasty.server.most = 1
    with hasty.connect() as newcomer:
        time.sleep(emulator.door.server.GRACE / 2)
        newcomer.sendall(b"OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

        assert newcomer.recv(16).startswith(b"HTTP/1.1 ")
