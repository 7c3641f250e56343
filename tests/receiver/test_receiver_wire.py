"""The receiver's server on raw sockets: hostile, hasty and sleepy clients, and a stop that loses nothing."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

import emulator.door.server
import receiver.serving
from emulator.errors import UsageError
from receiver import Receiver

pytestmark = pytest.mark.wire

SECRET = "s3cret-value"


@pytest.fixture
def running() -> Iterator[Receiver]:
    with Receiver(auth=SECRET) as receiver:
        yield receiver


@pytest.fixture
def connect(running: Receiver) -> Iterator[Callable[[], socket.socket]]:
    opened: list[socket.socket] = []

    def call() -> socket.socket:
        port = int(running.url.split(":")[2].split("/")[0])
        opened.append(socket.create_connection(("127.0.0.1", port), timeout=5))
        return opened[-1]

    yield call

    for connection in opened:
        connection.close()


@pytest.fixture
def delivery(make_envelope: Callable) -> Callable[..., bytes]:
    """A delivery as bytes on the wire."""

    def make(*, headers: str = "", split: bool = False) -> bytes:
        body = json.dumps(make_envelope()).encode()
        head = f"POST /okta/hooks HTTP/1.1\r\nHost: x\r\nAuthorization: {SECRET}\r\nContent-Type: application/json\r\n{headers}"
        if "chunked" not in headers:
            return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        half = len(body) // 2
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:], b""))
        return f"{head}\r\n".encode() + chunks

    return make


def read_answer(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return data


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1])


def test_one_connection_serves_delivery_after_delivery(
    running: Receiver, connect: Callable, delivery: Callable
) -> None:
    """H2: Okta asks for keep-alive, and a 204 does not end the connection."""
    connection = connect()
    for _ in range(5):
        connection.sendall(delivery())
        assert status(read_answer(connection)) == 204

    assert len(running.wait_for(5)) == 5


def test_requests_sent_at_one_go_are_answered_in_order(
    running: Receiver, connect: Callable, delivery: Callable
) -> None:
    connection = connect()
    connection.sendall(delivery() + delivery().replace(SECRET.encode(), b"wrong-secret") + delivery())
    data = b""
    while data.count(b"HTTP/1.1") < 3:
        data += connection.recv(65536)

    assert [status(part) for part in data.split(b"HTTP/1.1")[1:]] == [204, 401, 204]
    assert len(running.wait_for(2)) == 2


@pytest.mark.parametrize("headers", ["Connection: close\r\n", "Connection: Close\r\n"])
def test_a_client_that_wants_the_connection_closed_gets_it_closed(
    connect: Callable, delivery: Callable, headers: str
) -> None:
    connection = connect()
    connection.sendall(delivery(headers=headers))

    assert status(read_answer(connection)) == 204
    assert connection.recv(1) == b""


def test_http_1_0_is_answered_and_closed(connect: Callable, delivery: Callable) -> None:
    connection = connect()
    connection.sendall(delivery().replace(b"HTTP/1.1", b"HTTP/1.0"))

    assert status(read_answer(connection)) == 204
    assert connection.recv(1) == b""


def test_a_chunked_body_is_taken(running: Receiver, connect: Callable, delivery: Callable) -> None:
    """D23: Okta sends none, but proxies between may."""
    connection = connect()
    connection.sendall(delivery(headers="Transfer-Encoding: chunked\r\n"))

    assert status(read_answer(connection)) == 204
    assert len(running.wait_for(1)) == 1


def test_a_client_that_expects_100_continue_is_told_to(
    running: Receiver, connect: Callable, delivery: Callable
) -> None:
    connection = connect()
    head, _, body = delivery(headers="Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    connection.sendall(head + b"\r\n\r\n")
    assert read_answer(connection).startswith(b"HTTP/1.1 100 ")
    connection.sendall(body)

    assert status(read_answer(connection)) == 204
    assert len(running.wait_for(1)) == 1


def test_a_request_that_comes_byte_by_byte_is_taken(running: Receiver, connect: Callable, delivery: Callable) -> None:
    connection = connect()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in delivery():
        connection.sendall(bytes([byte]))

    assert status(read_answer(connection)) == 204
    assert len(running.wait_for(1)) == 1


@pytest.mark.parametrize("part", ["nothing", "half a head", "half a body", "half a chunk"])
def test_a_client_that_hangs_up_half_way_leaves_nothing_behind(
    running: Receiver, connect: Callable, delivery: Callable, part: str
) -> None:
    whole = delivery(headers="Transfer-Encoding: chunked\r\n" if part == "half a chunk" else "")
    connection = connect()
    connection.sendall(whole[: {"nothing": 0, "half a head": 60}.get(part, len(whole) - 20)])
    connection.close()
    other = connect()
    other.sendall(delivery())

    assert status(read_answer(other)) == 204
    assert len(running.wait_for(1)) == 1


def test_a_client_that_hangs_up_before_the_answer_has_its_delivery_stored(
    running: Receiver, connect: Callable, delivery: Callable
) -> None:
    """R10: it will come again, and then it is a duplicate."""
    request = delivery()
    connection = connect()
    connection.sendall(request)
    running.wait_for(1)
    connection.close()
    other = connect()
    other.sendall(request)

    assert status(read_answer(other)) == 204
    assert len(running.events) == 1


@pytest.mark.parametrize(
    "sleepy", [b"", b"GET /okta/hooks HT", b"POST /okta/hooks HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"]
)
def test_sleepy_clients_cost_no_thread(running: Receiver, connect: Callable, delivery: Callable, sleepy: bytes) -> None:
    """Four times as many as there are threads say nothing, half a head or half a body; the next is served at once."""
    for _ in range(4 * receiver.serving.THREADS):
        connect().sendall(sleepy)
    began = time.monotonic()
    connection = connect()
    connection.sendall(delivery())

    assert status(read_answer(connection)) == 204
    assert time.monotonic() - began < 1


def test_a_request_that_drips_is_cut_off_however_busy_it_looks(
    monkeypatch: pytest.MonkeyPatch, running: Receiver, connect: Callable, delivery: Callable
) -> None:
    """It sends a byte now and then, so the connection is never idle; only a limit on the whole ends it."""
    monkeypatch.setattr(emulator.door.server, "LONGEST_REQUEST", 0.3)
    dripping, good = connect(), connect()
    began = time.monotonic()
    dripping.sendall(b"POST /okta/hooks HTTP/1.1\r\nX: ")
    dripping.settimeout(0.05)
    closed = False
    while not closed and time.monotonic() - began < 4:
        try:
            dripping.sendall(b"x")
            closed = dripping.recv(1000) == b""
        except TimeoutError:
            continue
        except OSError:
            closed = True

    assert closed
    good.sendall(delivery())
    assert status(read_answer(good)) == 204


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",  # a TLS greeting
        b"GET\r\n\r\n",
        b"GET /okta/hooks HTTP/9.9\r\n\r\n",
        b"GET /okta/hooks HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST /okta/hooks HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /okta/hooks HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
        b"POST /okta/hooks HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /okta/hooks HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /okta/hooks HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"\x00" * 1000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_gets_a_4xx_or_5xx_without_a_traceback(
    running: Receiver, connect: Callable, delivery: Callable, garbage: bytes
) -> None:
    connection = connect()
    connection.sendall(garbage)
    answer = read_answer(connection)

    assert 400 <= status(answer) < 600
    assert b"Traceback" not in answer
    assert b"waitress" not in answer.lower()
    good = connect()
    good.sendall(delivery())
    assert status(read_answer(good)) == 204


def test_twenty_deliveries_at_a_time_are_all_answered(running: Receiver, connect: Callable, delivery: Callable) -> None:
    connections = [connect() for _ in range(20)]
    for connection in connections:
        connection.sendall(delivery())

    assert [status(read_answer(connection)) for connection in connections] == [204] * 20
    assert len(running.wait_for(20)) == 20


def test_stopping_under_load_answers_what_has_been_begun_and_keeps_what_was_acknowledged(
    tmp_path: object, make_envelope: Callable
) -> None:
    """Clients either get their 204, and then the event is stored, or they get no answer, and will send it again."""
    import requests

    acknowledged: list[str] = []
    unclear: list[str] = []
    db = f"{tmp_path}/events.db"
    receiver = Receiver(db=db)

    def send() -> None:
        with requests.Session() as session:
            while True:
                envelope = make_envelope()
                uuid = envelope["data"]["events"][0]["uuid"]
                try:
                    answer = session.post(receiver.url, json=envelope, timeout=5)
                except requests.RequestException:
                    unclear.append(uuid)
                    return
                assert answer.status_code == 204
                acknowledged.append(uuid)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    receiver.wait_for(lambda found: len(found.events) > 50)
    receiver.close()
    for thread in threads:
        thread.join()

    stored = {event.uuid for event in receiver.events}
    assert set(acknowledged) <= stored
    assert stored <= {*acknowledged, *unclear}
    assert len(unclear) <= len(threads)


def test_the_port_is_free_again_after_the_end(running: Receiver) -> None:
    port = int(running.url.split(":")[2].split("/")[0])
    with pytest.raises(UsageError, match=f"can't listen at 127.0.0.1:{port}: address already in use"):
        Receiver(port=port)
    running.close()
    running.close()

    Receiver(port=port).close()


def test_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    with Receiver() as receiver:
        assert threading.active_count() > before
        receiver.wait_for(0)

    assert threading.active_count() == before


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
@pytest.mark.parametrize(("host", "shown"), [("::1", "[::1]"), ("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")])
def test_the_url_can_be_called_whatever_the_host(host: str, shown: str) -> None:
    import requests

    from receiver.app import create_app
    from receiver.serving import Serving

    app = create_app(db=None, path="/höoks")
    try:
        serving = Serving(app, host=host)
    except UsageError as error:
        pytest.skip(str(error))
    try:
        assert serving.url.startswith(f"http://{shown}:")
        answer = requests.get(serving.url, headers={"X-Okta-Verification-Challenge": "abc"}, timeout=5)
        assert answer.json() == {"verification": "abc"}
    finally:
        serving.stop()
        app.close()


@pytest.mark.parametrize("host", ["a b", "192.0.2.1", "\ud800"])
def test_a_host_that_is_not_ours_is_refused_in_words(host: str) -> None:
    from receiver.app import create_app
    from receiver.serving import Serving

    app = create_app(db=None)
    with pytest.raises(UsageError, match=r"the host .* is unknown|can't listen at"):
        Serving(app, host=host)
    app.close()
