"""
The time that one attempt may take, and a connection that spends from it (R1).

A plain ``timeout=`` counts anew for every read, so a receiver that drips one byte per second holds it for
ever.  Here every send and receive first sets its timeout to the time that is *left*.
"""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

from emulator.delivery.exchange import BEGINNING, Phase

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

__all__ = ["Budget", "TargetNotAllowedError", "Wire"]

_PIECE = 64 * 1024

Address = tuple[socket.AddressFamily, Any]


class TargetNotAllowedError(OSError):
    """The host resolved only to addresses that deliveries may not go to."""


class Budget:
    """
    The time one attempt may take, and a record of what it was spent on.

    Args:
        seconds: The limit for the whole attempt, from name look-up to the last byte of the body.
        allows: Says whether an address, after name look-up, may be connected to.
    """

    def __init__(self, seconds: float, *, allows: Callable[[str], bool] = lambda _: True) -> None:
        self.allows = allows
        self.started = self._mark = time.perf_counter()
        self._end = self.started + seconds
        self.phase = Phase.RESOLVE
        self.timings: dict[Phase, float] = {}
        self.received = 0
        self.beginning = b""
        self.peer = ""

    def enter(self, phase: Phase) -> None:
        """Note that the current phase is over and *phase* begins."""
        now = time.perf_counter()
        self.timings[self.phase] = self.timings.get(self.phase, 0.0) + now - self._mark
        self.phase, self._mark = phase, now

    def elapsed(self) -> float:
        """Return the seconds since the attempt began."""
        return time.perf_counter() - self.started

    def remaining(self) -> float:
        """
        Return the seconds that are left, always more than 0.

        Raises:
            TimeoutError: nothing is left.
        """
        left = self._end - time.perf_counter()
        if left <= 0:
            raise TimeoutError("the attempt's time is used up")
        return left


class Wire:
    """
    A connection to a receiver, every operation of which gets only the time that is left.

    Args:
        budget: What it spends from, and where it notes phases and first bytes; each exchange has its own.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._socket: socket.socket | None = None

    def spend(self, budget: Budget) -> None:
        """Spend from another budget from now on."""
        self._budget = budget

    def open(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """
        Look up *host*, connect, and shake hands if there is a *tls* context; what is open already is used again.

        Raises:
            socket.gaierror: the name doesn't resolve.
            TargetNotAllowedError: no address of the host is allowed.
            ssl.SSLError: the handshake failed.
            OSError: no address could be connected to; TimeoutError when the time ran out.
        """
        if self._socket is not None and not _hung_up(self._socket):
            self._budget.enter(Phase.SEND)
            return
        self.close()
        self._socket = _connected(host, port, self._budget)
        if tls is not None:
            self._budget.enter(Phase.TLS)
            self._socket.settimeout(self._budget.remaining())
            self._socket = tls.wrap_socket(self._socket, server_hostname=host.partition("%")[0])
        self._budget.enter(Phase.SEND)

    def send(self, data: bytes) -> None:
        """Send all of *data*."""
        left = memoryview(data)
        while left:
            left = left[self._ready().send(left[:_PIECE]) :]

    def receive(self, most: int) -> bytes:
        """Return the next bytes, at most so many; none when the receiver has closed the connection."""
        budget = self._budget
        data = self._ready().recv(most)
        budget.received += len(data)
        if len(budget.beginning) < BEGINNING:
            budget.beginning = (budget.beginning + data)[:BEGINNING]
        return data

    def close(self) -> None:
        """Close the connection at once."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ready(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionError("not connected")
        self._socket.settimeout(self._budget.remaining())
        return self._socket


def _hung_up(sock: socket.socket) -> bool:
    """Whether there is something to read before anything was asked: the end, or the rest of the last answer."""
    import selectors

    with selectors.DefaultSelector() as waiting:
        waiting.register(sock, selectors.EVENT_READ)
        return bool(waiting.select(0))


def _connected(host: str, port: int, budget: Budget) -> socket.socket:
    # Each address gets an even share of what is left, so that a dead first one (IPv6, say) can't use up the time of
    # the others.
    found = _resolve(host, port, budget)
    addresses = [address for address in found if budget.allows(address[1][0])]
    if not addresses:
        raise _not_allowed(host, found[0][1][0])
    budget.enter(Phase.CONNECT)
    failures: list[OSError] = []
    for tried, (family, address) in enumerate(addresses):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(budget.remaining() / (len(addresses) - tried))
            sock.connect(address)
            budget.peer = sock.getpeername()[0]
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            failures.append(error)
            continue
        # The address was checked, not the name, and nothing looked it up again; this holds whatever the system did.
        if not budget.allows(budget.peer):
            sock.close()
            raise _not_allowed(host, budget.peer)
        return sock
    raise _most_telling(failures)


def _not_allowed(host: str, address: str) -> TargetNotAllowedError:
    from emulator.delivery.addresses import refusal

    return TargetNotAllowedError(refusal(host, address))


def _most_telling(failures: list[OSError]) -> OSError:
    """Return what a person would want to hear of: a machine without IPv6 is no news when IPv4 was refused."""
    order = (ConnectionRefusedError, TimeoutError, OSError)
    return min(failures, key=lambda failure: next(rank for rank, kind in enumerate(order) if isinstance(failure, kind)))


def _resolve(host: str, port: int, budget: Budget) -> list[Address]:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
        except OSError:
            continue
        # A literal address; one with a zone goes to the look-up, which knows the zones by number.
        return [(family, (host, port))] if "%" not in host else _resolve_name(host, port, budget)
    return _resolve_name(host, port, budget)


def _resolve_name(host: str, port: int, budget: Budget) -> list[Address]:
    import queue
    import threading

    # getaddrinfo knows no timeout; a thread that is left behind when the time is up ends by itself.
    answers: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses: list[Address] = [(family, address) for family, _, _, _, address in found]
            # "localhost" is both loopbacks (RFC 6761 6.3), whatever the hosts file says: many a server listens on ::1.
            if host == "localhost" and all(family == socket.AF_INET for family, _ in addresses):
                addresses.append((socket.AF_INET6, ("::1", port)))
            answers.put(addresses)
        except UnicodeError as error:
            answers.put(socket.gaierror(socket.EAI_NONAME, f"not a valid host name: {error}"))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=look_up, name="name-look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=budget.remaining())
    except queue.Empty:
        raise TimeoutError(f"looking up {host} took too long") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
