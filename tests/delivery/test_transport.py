"""The transport on real sockets: one hard limit for everything, and only what Okta would send (R1, D26, D27, H10)."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

import pytest
import trustme

from emulator.delivery.exchange import Exchange, Failure, Phase, Request
from emulator.delivery.transport import Transport, transport
from emulator.errors import UsageError
from emulator.secrets import Secret

pytestmark = pytest.mark.wire

LIMIT = 0.4
PAUSE = 0.06
OK = b"HTTP/1.1 200 OK\r\n"


def post(url: str, *, body: bytes = b"{}", limit: float = LIMIT, sender: Transport | None = None) -> Exchange:
    request = Request(method="POST", url=url, headers=(("Accept", "application/json"),), body=body)
    return (sender or Transport()).send(request, time_limit=limit)


def drip(connection: socket.socket, data: bytes) -> None:
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(PAUSE)


def hang(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def drip_head(connection: socket.socket) -> None:
    connection.recv(65536)
    drip(connection, OK + b"X-Slow: " + b"x" * 200)


def drip_body(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(OK + b"Content-Length: 200\r\n\r\n")
    drip(connection, b"x" * 200)


def drip_unstated_body(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(OK + b"\r\n")
    drip(connection, b"x" * 200)


def drip_chunks(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"1\r\nx\r\n")
        time.sleep(PAUSE)


def drip_interim_answers(connection: socket.socket) -> None:
    connection.recv(65536)
    for _ in range(100):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(PAUSE)


def never_read(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    time.sleep(LIMIT * 3)


@pytest.mark.parametrize(
    ("behave", "phase", "body"),
    [
        pytest.param(hang, Phase.HEAD, b"{}", id="hangs"),
        pytest.param(drip_head, Phase.HEAD, b"{}", id="drips its head"),
        pytest.param(drip_body, Phase.BODY, b"{}", id="drips its body"),
        pytest.param(drip_unstated_body, Phase.BODY, b"{}", id="drips a body of unstated length"),
        pytest.param(drip_chunks, Phase.BODY, b"{}", id="drips chunks"),
        pytest.param(drip_interim_answers, Phase.HEAD, b"{}", id="drips interim answers"),
        pytest.param(never_read, Phase.SEND, b"x" * 16_000_000, id="never reads the request"),
    ],
)
def test_the_limit_covers_the_whole_attempt(
    raw_server: Callable, behave: Callable[[socket.socket], None], phase: Phase, body: bytes
) -> None:
    """R1: a receiver that keeps the line busy is cut off like one that is silent, and never counts as a success."""
    exchange = post(raw_server(behave).url, body=body)

    assert (exchange.failure, exchange.phase, exchange.reply) == (Failure.TIMEOUT, phase, None)
    assert LIMIT <= exchange.elapsed < LIMIT * 2


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_server(raw_server: Callable, authority: trustme.CA) -> Callable[[Callable, str], str]:
    def start(behave: Callable[[ssl.SSLSocket], object], name: str = "localhost") -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)

        def secure(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as wrapped:
                behave(wrapped)

        return f"https://localhost:{raw_server(secure).port}/okta/hooks"

    return start


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path) -> Transport:
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    return transport(str(bundle))


@pytest.mark.parametrize(("behave", "phase"), [(hang, Phase.HEAD), (drip_head, Phase.HEAD), (drip_body, Phase.BODY)])
def test_the_limit_holds_inside_tls(tls_server: Callable, trusting: Transport, behave: Callable, phase: Phase) -> None:
    exchange = post(tls_server(behave), sender=trusting)

    assert (exchange.failure, exchange.phase) == (Failure.TIMEOUT, phase)


def test_the_limit_covers_a_handshake_that_stalls_or_drips(raw_server: Callable, trusting: Transport) -> None:
    def drip_handshake(connection: socket.socket) -> None:
        connection.recv(65536)
        drip(connection, b"\x16\x03\x03\x40\x00" + b"\x02" * 200)

    for behave in (hang, drip_handshake):
        server = raw_server(behave)
        exchange = post(server.url.replace("http://127.0.0.1", "https://localhost"), sender=trusting)

        assert (exchange.failure, exchange.phase) == (Failure.TIMEOUT, Phase.TLS)


def test_the_limit_covers_the_name_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """getaddrinfo has no timeout of its own; a name server that never answers must not hold an attempt."""
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(5) and [])

    exchange = post("http://black-hole.test/okta/hooks")
    released.set()

    assert (exchange.failure, exchange.phase) == (Failure.TIMEOUT, Phase.RESOLVE)


def test_a_trusted_certificate_is_accepted(tls_server: Callable, trusting: Transport, read_request: Callable) -> None:
    def behave(connection: ssl.SSLSocket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert post(tls_server(behave), sender=trusting, limit=3.0).status == 204


@pytest.mark.parametrize(
    ("name", "trusted", "words"),
    [("localhost", False, "not trusted"), ("other.example.com", True, "not valid for")],
)
def test_a_certificate_that_proves_nothing_is_refused(
    tls_server: Callable, trusting: Transport, *, name: str, trusted: bool, words: str
) -> None:
    """D29."""
    exchange = post(tls_server(hang, name), sender=trusting if trusted else Transport(), limit=3.0)

    assert exchange.failure is Failure.TLS
    assert words in exchange.detail


def reset(connection: socket.socket) -> None:
    connection.recv(1)  # a reset before that may still find the client connecting
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        pytest.param(b"", Failure.CLOSED, id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Failure.CLOSED, id="a short body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Failure.NOT_HTTP, id="bad chunks"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Failure.CLOSED, id="no last chunk"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", Failure.NOT_HTTP, id="two lengths"
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", Failure.NOT_HTTP, id="another protocol"),
        pytest.param(b"\x00\xff" * 40, Failure.NOT_HTTP, id="bytes"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n", Failure.NOT_HTTP, id="an endless header"),
    ],
)
def test_a_broken_answer_is_named(
    raw_server: Callable, read_request: Callable, answer: bytes, failure: Failure
) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)

    assert post(raw_server(behave).url, limit=3.0).failure is failure


def test_a_reset_connection_and_a_closed_port_are_named(raw_server: Callable) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    assert post(raw_server(reset).url, limit=3.0).failure is Failure.CLOSED
    assert post(f"http://127.0.0.1:{port}/", limit=3.0).failure is Failure.REFUSED
    assert post("http://no-such-host.invalid/", limit=3.0).failure is Failure.DNS


def test_at_most_64_kib_of_an_answer_are_read(raw_server: Callable, read_request: Callable) -> None:
    """D26: an endless body neither fills memory nor holds the attempt."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(OK + b"\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    exchange = post(raw_server(behave).url, limit=3.0)

    assert exchange.status == 200
    assert exchange.reply is not None
    assert (len(exchange.reply.body), exchange.reply.truncated) == (64 * 1024, True)


@pytest.mark.parametrize("location", ["/elsewhere", "http://[broken", "https://example.com/x", ""])
def test_redirects_are_not_followed(raw_server: Callable, read_request: Callable, location: str) -> None:
    """D27, V18."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())

    server = raw_server(behave)

    assert post(server.url, limit=3.0).status == 302
    assert len(server.connections) == 1


def test_an_early_refusal_of_a_large_body_is_heard(raw_server: Callable) -> None:
    """A receiver may answer 413 while the body is still on its way."""

    def behave(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
        while connection.recv(65536):
            pass

    assert post(raw_server(behave).url, body=b"x" * 3_000_000, limit=3.0).status == 413


def test_exactly_okta_s_bytes_are_sent(
    raw_server: Callable, read_request: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    """Neither proxies nor .netrc of the environment, no Accept-Encoding (H10), headers in order, Host last (V7)."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 204 No Content\r\nSet-Cookie: a=b\r\n\r\n")

    server = raw_server(behave)
    sender = Transport()
    request = Request(
        method="POST",
        url=server.url,
        headers=(("Accept", "application/json"), ("X-Secret", Secret("value")), ("User-Agent", "Okta Hook Service")),
        body=b'{"a":1}',
    )
    for _ in range(2):
        assert sender.send(request).status == 204

    wanted = (
        b"POST /okta/hooks HTTP/1.1\r\nAccept: application/json\r\nX-Secret: value\r\nUser-Agent: Okta Hook Service\r\n"
        b"Content-Length: 7\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.port
    ) + b'{"a":1}'
    assert seen == [wanted, wanted]


def test_ipv6_and_a_dead_first_address_work(raw_server: Callable, read_request: Callable, monkeypatch) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    server = raw_server(behave)
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 1)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    assert post("http://two-addresses.test/", limit=3.0).status == 204


def test_interim_answers_before_the_answer_are_skipped(raw_server: Callable, read_request: Callable) -> None:
    """RFC 9110 15.2: 103 Early Hints, say, of a proxy."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n")
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert post(raw_server(behave).url, limit=3.0).status == 204


def test_localhost_is_both_loopbacks(read_request: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many a development server listens on ::1 only, and not every hosts file says so."""
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", listener.getsockname()[1]))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    exchange = post(f"http://localhost:{listener.getsockname()[1]}/", limit=3.0)
    thread.join()
    listener.close()

    assert (exchange.status, exchange.peer) == (204, "::1")


def test_a_refusal_is_told_before_a_missing_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2001:db8::1", port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    assert post("http://two-addresses.test/").failure is Failure.REFUSED


def test_the_first_bytes_of_an_answer_are_kept_as_evidence(raw_server: Callable, read_request: Callable) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" + b"x" * 200)

    exchange = post(raw_server(behave).url, limit=3.0)

    assert exchange.beginning.startswith(b"SSH-2.0")
    assert len(exchange.beginning) == 64


def test_a_reply_becomes_data(raw_server: Callable, read_request: Callable) -> None:
    """Status, reason, headers in order and with repetition, and the body arrive as the exchange's reply."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 202 Fine\r\nX-One: 1\r\nx-one: 2\r\nContent-Length: 6\r\n\r\nthanks and more")

    exchange = post(raw_server(behave).url, limit=3.0)

    assert exchange.reply is not None
    assert (exchange.reply.status, exchange.reply.reason, exchange.reply.body) == (202, "Fine", b"thanks")
    assert exchange.reply.headers == (("X-One", "1"), ("x-one", "2"), ("Content-Length", "6"))
    assert exchange.reply.header("X-ONE") == "1"


@pytest.mark.parametrize(
    ("typed", "target", "host"),
    [
        ("http://LocalHost:{port}", "/", "localhost:{port}"),
        ("http://localhost:{port}/a%20b/c;d?code=x%2By&e=f/g?h", "/a%20b/c;d?code=x%2By&e=f/g?h", "localhost:{port}"),
        ("http://localhost:{port}/Wörter/?q=ä#part", "/W%C3%B6rter/?q=%C3%A4", "localhost:{port}"),
        ("http://bücher.test:{port}/", "/", "xn--bcher-kva.test:{port}"),
    ],
)
def test_a_url_is_written_as_http_wants_it(  # noqa: PLR0917
    raw_server: Callable, read_request: Callable, monkeypatch, typed: str, target: str, host: str
) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    port = raw_server(behave).port
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    )
    exchange = post(typed.format(port=port), limit=3.0)

    assert exchange.status == 204
    lines = seen[0].decode().split("\r\n")
    assert lines[0] == f"POST {target} HTTP/1.1"
    assert f"Host: {host.format(port=port)}" in lines


@pytest.mark.parametrize("content", [None, "", "not a certificate"])
def test_an_unusable_bundle_is_a_usage_error(tmp_path, content: str | None) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)

    with pytest.raises(UsageError, match="can't be used"):
        transport(str(bundle))


def test_the_answer_to_a_head_is_complete_without_its_body(raw_server: Callable, read_request: Callable) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 405 No\r\nContent-Length: 10\r\n\r\n")
        connection.recv(1)

    request = Request(method="HEAD", url=raw_server(behave).url, headers=())
    exchange = Transport().send(request, time_limit=3.0)

    assert (exchange.status, exchange.failure) == (405, None)


def answers(*replies: bytes) -> Callable[[socket.socket], None]:
    """Answer one request after the other on a connection."""

    def behave(connection: socket.socket) -> None:
        for reply in replies:
            connection.recv(65536)
            connection.sendall(reply)

    return behave


def in_turn(url: str, count: int = 2) -> list[Exchange]:
    request = Request(method="POST", url=url, headers=(), body=b"{}")
    return Transport().send_in_turn([request] * count, time_limit=LIMIT)


@pytest.mark.parametrize(
    ("reply", "reused", "connections"),
    [
        (OK + b"Content-Length: 2\r\n\r\nok", [False, True], 1),
        (b"HTTP/1.1 204 No Content\r\n\r\n", [False, True], 1),
        (OK + b"Content-Length: 2\r\nConnection: close\r\n\r\nok", [False, False], 2),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", [False, False], 2),
    ],
)
def test_a_connection_is_used_again_as_long_as_the_receiver_keeps_it(
    raw_server: Callable, reply: bytes, reused: list[bool], connections: int
) -> None:
    """H2: a recorded delivery says keep-alive."""
    server = raw_server(answers(reply, reply))
    exchanges = in_turn(server.url)

    assert [exchange.reused for exchange in exchanges] == reused
    assert [exchange.failure for exchange in exchanges] == [None, None]
    assert len(server.connections) == connections


@pytest.mark.parametrize(
    ("reply", "stray"),
    [
        (OK + b"Content-Length: 2\r\n\r\nok", b""),
        (OK + b"Content-Length: 2\r\n\r\nokay", b"ay"),
        (b"HTTP/1.1 204 No Content\r\n\r\n{}", b"{}"),
        (OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nokay", b""),
    ],
)
def test_what_comes_behind_the_end_of_an_answer_is_told(raw_server: Callable, reply: bytes, stray: bytes) -> None:
    """The next answer on the connection would begin with it."""
    assert in_turn(raw_server(answers(reply)).url, 1)[0].stray == stray


def test_a_connection_that_was_closed_meanwhile_is_opened_again(raw_server: Callable) -> None:
    server = raw_server(answers(b"HTTP/1.1 204 No Content\r\n\r\n"))
    first = Request(method="POST", url=server.url, headers=(), body=b"{}")
    exchanges = Transport().send_in_turn([first, first, first], time_limit=LIMIT)

    assert [exchange.status for exchange in exchanges if exchange.failure is None][:1] == [204]
    assert len(server.connections) >= 2


def test_a_held_connection_stays_open_until_it_is_let_go(raw_server: Callable) -> None:
    gone = threading.Event()

    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        connection.recv(1)
        gone.set()

    request = Request(method="POST", url=raw_server(behave).url, headers=(), body=b"{}")
    with Transport().held(request, time_limit=LIMIT) as exchange:
        assert exchange.status == 204
        assert not gone.wait(0.05)

    assert gone.wait(5)
