"""
One connection that never blocks, carrying one attempt after the other: connect, shake hands, send, read the answer.

It does what ``delivery.wire`` does, for one loop that watches it for as long as it lives: with thousands of deliveries
a second, what a record of every attempt costs would be measured instead of the receiver.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

from emulator.contract.constants import REPLY_LIMIT
from emulator.delivery.budget import Budget
from emulator.delivery.exchange import Phase
from emulator.delivery.http1 import Answer

if TYPE_CHECKING:
    import ssl

    from emulator.load.target import Target

__all__ = ["READ", "WRITE", "Line"]

READ: Final = 1
WRITE: Final = 2  # what a line waits for; the values of the selectors module
_PIECE: Final = 64 * 1024


class Line:
    """
    A connection to the receiver.

    Args:
        target: Where it leads.
    """

    __slots__ = ("_answer", "_out", "_socket", "_target", "budget", "kept", "status", "wants")

    def __init__(self, target: Target) -> None:
        self._target = target
        self._socket: socket.socket | None = None
        self._out = memoryview(b"")
        self._answer = Answer(limit=0)
        self.budget = Budget(0.0)
        self.status = 0
        self.wants = READ
        self.kept = False  # whether another attempt may follow

    def begin(self, data: bytes, budget: Budget) -> bool:
        """
        Begin an attempt, and return whether there is a new socket to watch.

        Raises:
            OSError: it failed at once.
        """
        self.budget, self._out, self.kept = budget, memoryview(data), False
        self._answer = Answer(limit=REPLY_LIMIT)
        if self._socket is None:
            budget.enter(Phase.CONNECT)
            self._socket = self._target.begin_connecting()
            self.wants = WRITE
            return True
        budget.enter(Phase.SEND)
        self._send()
        return False

    def fileno(self) -> int:
        """Return the socket's number, for a selector."""
        return self._socket.fileno() if self._socket is not None else -1

    def proceed(self) -> bool:
        """
        Do what can be done without waiting, and return whether the answer is complete.

        Raises:
            OSError, ValueError: the attempt failed.
        """
        budget = self.budget
        if budget.phase is Phase.CONNECT:
            self._connected()
        if budget.phase is Phase.TLS:
            self._shake()
        if budget.phase is Phase.SEND:
            self._send()
        if budget.phase in {Phase.HEAD, Phase.BODY}:
            return self._receive()
        return False

    def hung_up(self) -> bool:
        """Whether the receiver has closed an idle connection, or says something unasked."""
        try:
            self._read()
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> None:
        sock = self._own()
        if code := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(code, "")  # as the subclass that the code stands for
        if self._target.tls is None:
            self.budget.enter(Phase.SEND)
            return
        self.budget.enter(Phase.TLS)
        self._socket = self._target.tls.wrap_socket(
            sock, server_hostname=self._target.host, do_handshake_on_connect=False
        )

    def _shake(self) -> None:
        import ssl

        sock: ssl.SSLSocket = self._own()  # type: ignore[assignment]
        try:
            sock.do_handshake()
        except ssl.SSLWantReadError:
            self.wants = READ
        except ssl.SSLWantWriteError:
            self.wants = WRITE
        else:
            self.budget.enter(Phase.SEND)

    def _send(self) -> None:
        try:
            while self._out:
                self._out = self._out[self._own().send(self._out) :]
        except BlockingIOError:
            self.wants = WRITE
            return
        except OSError as error:
            if _is_unready(error):
                self.wants = WRITE
                return
            # The receiver may have answered before it had read all; if not, reading fails in its turn.
        self.wants = READ
        self.budget.enter(Phase.HEAD)

    def _receive(self) -> bool:
        answer, budget = self._answer, self.budget
        while True:
            try:
                data = self._read()
            except BlockingIOError:
                return False
            budget.received += len(data)
            if answer.feed(data):
                break
            if answer.has_head:
                budget.phase = Phase.BODY
        self.status = answer.reply().status
        self.kept = answer.keeps_connection and not answer.rest
        return True

    def _read(self) -> bytes:
        try:
            return self._own().recv(_PIECE)
        except OSError as error:
            if _is_unready(error):
                raise BlockingIOError from None
            raise

    def _own(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionError("not connected")
        return self._socket


def _is_unready(error: OSError) -> bool:
    """Whether it only says that TLS has to wait."""
    return type(error).__name__ in {"SSLWantReadError", "SSLWantWriteError"}
