"""
Sockets that share one time budget per attempt (R1).

A plain ``timeout=`` counts anew for every read, so a receiver that drips one byte per second holds it for
ever.  Here every send and receive first sets its timeout to the time that is *left*, whatever layer asked for it.
"""

from __future__ import annotations

import contextvars
import queue
import socket
import ssl
import threading
import time
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from emulator.delivery.exchange import BEGINNING, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Budget", "TargetNotAllowedError", "open_socket", "spending", "tls_context"]

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


# Set for the length of one exchange; the sockets below look here, so that no layer in between needs to know.
spending: contextvars.ContextVar[Budget] = contextvars.ContextVar("spending")


class _BudgetSocket(socket.socket):
    """A plain socket whose every operation gets only the time that is left."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        return _received(self, super().recv_into, *args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(spending.get().remaining())
        return super().send(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        # The interpreter counts one timeout for the whole of sendall, however often it has to wait.
        self.settimeout(spending.get().remaining())
        super().sendall(*args, **kwargs)


class _BudgetSSLSocket(ssl.SSLSocket):
    """The same for TLS; the handshake runs with the timeout that its plain socket had."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        return _received(self, super().recv_into, *args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(spending.get().remaining())
        return super().send(*args, **kwargs)


def _received(sock: socket.socket, receive: Callable[..., int], *args: Any, **kwargs: Any) -> int:
    budget = spending.get()
    sock.settimeout(budget.remaining())
    count = receive(*args, **kwargs)
    budget.received += count
    if len(budget.beginning) < BEGINNING:
        budget.beginning += bytes(memoryview(args[0])[: min(count, BEGINNING - len(budget.beginning))])
    return count


def tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    """
    Return a verifying TLS context (D29) whose sockets keep to the budget.

    Args:
        ca_bundle: A PEM file with further certificate authorities to trust, beside the public ones.
    """
    import certifi

    context = ssl.create_default_context(cafile=certifi.where())
    if ca_bundle:
        context.load_verify_locations(ca_bundle)
    context.sslsocket_class = _BudgetSSLSocket
    return context


def open_socket(host: str, port: int) -> socket.socket:
    """
    Look up *host* and connect to it within the current budget.

    Each address gets an even share of what is left, so that a dead first one (IPv6, say) can't use up the time of
    the others.

    Raises:
        socket.gaierror: the name doesn't resolve.
        TargetNotAllowedError: no address of the host is allowed.
        OSError: no address could be connected to; TimeoutError when the time ran out.
    """
    budget = spending.get()
    found = _resolve(host, port, budget)
    addresses = [address for address in found if budget.allows(address[1][0])]
    if not addresses:
        raise TargetNotAllowedError(f"{host} is {found[0][1][0]}, which is neither loopback nor private")
    budget.enter(Phase.CONNECT)
    failures: list[OSError] = []
    for tried, (family, address) in enumerate(addresses):
        sock = _BudgetSocket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(budget.remaining() / (len(addresses) - tried))
            sock.connect(address)
        except OSError as error:
            sock.close()
            failures.append(error)
            continue
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The TLS handshake, if one follows, runs on this timeout.
        sock.settimeout(budget.remaining())
        budget.peer = address[0]
        return sock
    raise _most_telling(failures)


def _most_telling(failures: list[OSError]) -> OSError:
    """Return what a person would want to hear of: a machine without IPv6 is no news when IPv4 was refused."""
    order = (ConnectionRefusedError, TimeoutError, OSError)
    return min(failures, key=lambda failure: next(rank for rank, kind in enumerate(order) if isinstance(failure, kind)))


def _resolve(host: str, port: int, budget: Budget) -> list[Address]:
    try:
        literal = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return _resolve_name(host, port, budget)
    family = socket.AF_INET6 if literal.version == 6 else socket.AF_INET
    return [(family, (host.strip("[]"), port))]


def _resolve_name(host: str, port: int, budget: Budget) -> list[Address]:
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
