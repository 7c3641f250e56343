"""Ten receivers that would hold a careless client for ever, each a function of an accepted connection."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OK = b"HTTP/1.1 200 OK\r\n"
PAUSE = 0.2
LARGE_BODY = b"x" * 4 * 1024 * 1024
DARK_HOST = "black-hole.test"


class Target(NamedTuple):
    """A hostile receiver: its name, where it is, and what to send it."""

    name: str
    url: str
    body: bytes = b"{}"


def hang(connection: socket.socket) -> None:
    """Read, and never answer."""
    while connection.recv(65536):
        pass


def _forever(connection: socket.socket, first: bytes, again: bytes) -> None:
    connection.recv(65536)
    for byte in first:
        connection.sendall(bytes([byte]))
        time.sleep(PAUSE if not again else 0)
    while again:
        connection.sendall(again)
        time.sleep(PAUSE)


def drip_head(connection: socket.socket) -> None:
    """Send the head byte by byte."""
    _forever(connection, OK + b"X-Slow: " + b"x" * 1000, b"")


def drip_body(connection: socket.socket) -> None:
    """State a length, and send the body byte by byte."""
    _forever(connection, OK + b"Content-Length: 1000\r\n\r\n", b"x")


def drip_chunks(connection: socket.socket) -> None:
    """Send small chunks for ever."""
    _forever(connection, OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")


def drip_interim(connection: socket.socket) -> None:
    """Send interim answers for ever."""
    _forever(connection, b"", b"HTTP/1.1 100 Continue\r\n\r\n")


def tls_drip(connection: socket.socket) -> None:
    """Send the head of a TLS record, and its content byte by byte."""
    _forever(connection, b"\x16\x03\x03\x40\x00" + b"\x02" * 1000, b"")


def never_read(connection: socket.socket) -> None:
    """Accept, and read nothing."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    time.sleep(60)


@contextmanager
def listening(behave: Callable[[socket.socket], None], *, buffer: int = 0) -> Iterator[int]:
    """Serve *behave* on a free loopback port, which is yielded."""
    listener = socket.socket()
    if buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    accepted: list[socket.socket] = []

    def answer(connection: socket.socket) -> None:
        with suppress(OSError):
            behave(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                accepted.append(listener.accept()[0])
                threading.Thread(target=answer, args=(accepted[-1],), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for sock in (listener, *accepted):
            sock.close()


@contextmanager
def black_hole() -> Iterator[int]:
    """Yield a port whose connection attempts are swallowed: its queue of connections is full."""
    with socket.socket() as listener, ExitStack() as held:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(50):
            sock = held.enter_context(socket.socket())
            sock.settimeout(0.2)
            try:
                sock.connect(listener.getsockname())
            except OSError:
                break
        yield listener.getsockname()[1]


@contextmanager
def dark_names() -> Iterator[None]:
    """Let the look-up of one name never end, as with name servers that don't answer."""
    released, look_up = threading.Event(), socket.getaddrinfo

    def dark(host: object, *arguments: object, **options: object) -> object:
        if host == DARK_HOST:
            released.wait(60)
        return look_up(host, *arguments, **options)  # type: ignore[arg-type]

    socket.getaddrinfo = dark  # type: ignore[assignment]
    try:
        yield
    finally:
        socket.getaddrinfo = look_up
        released.set()


@contextmanager
def targets() -> Iterator[list[Target]]:
    """Start all ten, and yield where they are."""
    plain = {
        "hang": hang,
        "drip in the head": drip_head,
        "drip in the body": drip_body,
        "drip in chunks": drip_chunks,
        "drip of interim answers": drip_interim,
    }
    with ExitStack() as running:
        running.enter_context(dark_names())
        found = [
            Target(name, f"http://127.0.0.1:{running.enter_context(listening(behave))}/")
            for name, behave in plain.items()
        ]
        dark = running.enter_context(black_hole())
        found += [
            Target("black-holed connect", f"http://127.0.0.1:{dark}/"),
            Target("TLS stall", f"https://localhost:{running.enter_context(listening(hang))}/"),
            Target("TLS drip", f"https://localhost:{running.enter_context(listening(tls_drip))}/"),
            Target(
                "4 MB that are never read",
                f"http://127.0.0.1:{running.enter_context(listening(never_read, buffer=4096))}/",
                LARGE_BODY,
            ),
            Target("DNS black hole", f"http://{DARK_HOST}/"),
        ]
        yield found
