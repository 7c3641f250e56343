"""A switch in front of a receiver: a relay of our own that can be off in the ways in which receivers are."""

from __future__ import annotations

import re
import select
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.steps import drive
from emulator.delivery.transport import Transport
from emulator.delivery.wire import Wire

if TYPE_CHECKING:
    import ssl

    from emulator.delivery.budget import Budget
    from emulator.delivery.exchange import Exchange, Request
    from emulator.delivery.steps import Steps

__all__ = ["WAYS", "Detour", "Switch"]

WAYS: Final = {
    "refused": "nobody listens, as when a process has died",
    "hanging": "connections are taken and never answered, as by a process that is stuck",
    "503": "a load balancer in front answers 503",
    "answers-lost": "the receiver gets everything, but its answers don't come back",
}
_PIECE: Final = 64 * 1024
_HERE: Final = "127.0.0.1"
_UNAVAILABLE: Final = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Switch:
    """
    Relays connections to a receiver, or, while it is off, does what a broken one does.

    Args:
        host: The receiver's host.
        port: The receiver's port.
        way: What being off is like: one of ``WAYS``.
    """

    def __init__(self, host: str, port: int, *, way: str = "refused") -> None:
        self._target = (host, port)
        self._way = way
        self._on = True
        self._listener = socket.create_server((_HERE, 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._accept()

    @property
    def forwards(self) -> bool:
        """Whether the receiver gets what is sent now."""
        return self._on or self._way == "answers-lost"

    def turn(self, *, on: bool) -> None:
        """Turn it on or off, for connections from now on."""
        if on is self._on:
            return
        self._on = on
        if self._way == "refused":
            if on:
                self._listener = socket.create_server((_HERE, self.port))
                self._accept()
            else:
                self._stop_listening()

    def close(self) -> None:
        """Hang up on everybody."""
        self._stop_listening()
        with self._lock:
            still_open = list(self._open)
        for sock in still_open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _stop_listening(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # closing alone doesn't wake a thread that accepts
        self._listener.close()

    def _accept(self) -> None:
        listener = self._listener

        def accept() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=self._serve, args=(client, self._on), name="switch", daemon=True).start()

        threading.Thread(target=accept, name="switch", daemon=True).start()

    def _serve(self, client: socket.socket, on: bool) -> None:  # noqa: FBT001 (what it was when the client came)
        with self._lock:
            self._open.add(client)
        try:
            with client, suppress(OSError):
                if on or self._way == "answers-lost":
                    with socket.create_connection(self._target, timeout=TIME_LIMIT) as receiver:
                        receiver.settimeout(None)
                        _relay(client, receiver, deaf=not on)
                elif self._way == "503":
                    _refuse(client)
                else:
                    while client.recv(_PIECE):
                        pass
        finally:
            with self._lock:
                self._open.discard(client)


def _relay(client: socket.socket, receiver: socket.socket, *, deaf: bool) -> None:
    talking: list[socket.socket] = [client, receiver]
    while client in talking:
        for sock in select.select(talking, [], [])[0]:
            data = sock.recv(_PIECE)
            if not data:
                talking.remove(sock)
                if sock is receiver and not deaf:
                    return
            elif sock is client:
                receiver.sendall(data)
            elif not deaf:
                client.sendall(data)


def _refuse(client: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(_PIECE)
        if not piece:
            return
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0 and (piece := client.recv(_PIECE)):
        missing -= len(piece)
    client.sendall(_UNAVAILABLE)


class _Around(Wire):
    """A connection that leads to the switch, but asks for the receiver by its own name."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def open(self, host: str, port: int, tls: ssl.SSLContext | None, budget: Budget) -> Steps[None]:
        del port
        named: Any = None if tls is None else _Named(tls, host)
        yield from super().open(_HERE, self._port, named, budget)


class _Named:
    """A TLS context that checks the certificate of one host, wherever the connection leads."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._context = context
        self._host = host

    def wrap_socket(self, sock: socket.socket, *, server_hostname: str, **how: Any) -> ssl.SSLSocket:
        """Begin TLS on *sock*."""
        del server_hostname
        return self._context.wrap_socket(sock, server_hostname=self._host, **how)


class Detour:
    """
    Sends to a receiver by way of a switch.

    Args:
        switch: The switch; None sends directly.
        ca_bundle: A PEM file of further authorities to trust.
    """

    def __init__(self, switch: Switch | None, *, ca_bundle: str | None = None) -> None:
        self._switch = switch
        self._transport = Transport(ca_bundle=ca_bundle)

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt and say how it went."""
        wire = Wire() if self._switch is None else _Around(self._switch.port)
        try:
            return drive(self._transport.attempt(request, wire, time_limit=time_limit))
        finally:
            wire.close()
