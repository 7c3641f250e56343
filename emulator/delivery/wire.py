"""A connection to a receiver, each operation of which gets only the time that the attempt has left (R1)."""

from __future__ import annotations

import errno
import os
import socket
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emulator.delivery.exchange import Phase
from emulator.delivery.steps import is_ready

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from emulator.delivery.budget import Budget
    from emulator.delivery.steps import Steps

__all__ = ["TargetNotAllowedError", "Wire"]

_PIECE: Final = 64 * 1024
_UNDER_WAY: Final = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EINTR, getattr(errno, "WSAEWOULDBLOCK", -1)})

Address = tuple[socket.AddressFamily, Any]


class TargetNotAllowedError(OSError):
    """The host resolved only to addresses that deliveries may not go to."""


class Wire:
    """A connection that may carry several exchanges, one after the other; every operation is a series of steps."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._secure = False

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._socket is not None

    @property
    def is_stale(self) -> bool:
        """Whether there is something to read before anything was asked: the end, or the rest of the last answer."""
        return self._socket is not None and is_ready(self._socket, writing=False, seconds=0)

    def open(self, host: str, port: int, tls: ssl.SSLContext | None, budget: Budget) -> Steps[None]:
        """
        Look up *host*, connect, and shake hands if there is a *tls* context; what is open already is used again.

        Raises:
            socket.gaierror: the name doesn't resolve.
            TargetNotAllowedError: no address of the host is allowed.
            ssl.SSLError: the handshake failed.
            OSError: no address could be connected to; TimeoutError when the time ran out.
        """
        if self.is_open and not self.is_stale:
            budget.enter(Phase.SEND)
            return
        self.close()
        self._socket, self._secure = (yield from _connected(host, port, budget)), tls is not None
        if tls is not None:
            budget.enter(Phase.TLS)
            secure = tls.wrap_socket(
                self._socket, server_hostname=host.partition("%")[0], do_handshake_on_connect=False
            )
            self._socket = secure
            yield from self._do(secure.do_handshake, budget)
        budget.enter(Phase.SEND)

    def send(self, data: bytes, budget: Budget) -> Steps[None]:
        """Send all of *data*."""
        left = memoryview(data)
        while left:
            left = left[(yield from self._do(partial(self._connection.send, left[:_PIECE]), budget, writing=True)) :]

    def receive(self, most: int, budget: Budget) -> Steps[bytes]:
        """Return the next bytes, at most so many; none when the receiver has closed the connection."""
        if not self._secure:
            # An answer takes its time; under TLS it may have been read already.
            yield self._connection, False, budget.end
        data: bytes = yield from self._do(partial(self._connection.recv, most), budget)
        budget.note(data)
        return data

    def close(self) -> None:
        """Close the connection at once."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def _connection(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionError("not connected")
        return self._socket

    def _do(self, act: Callable[[], Any], budget: Budget, *, writing: bool = False) -> Steps[Any]:
        while True:
            budget.remaining()
            try:
                return act()
            except OSError as error:
                writing = _waits_to_write(error, writing=writing)
            yield self._connection, writing, budget.end


def _waits_to_write(error: OSError, *, writing: bool) -> bool:
    """Say what an operation that can't be done yet waits for; raises *error* if it is another one."""
    if isinstance(error, BlockingIOError):
        return writing
    # Told by their names, since importing ssl just to ask costs half an interpreter start.
    if type(error).__name__ in {"SSLWantReadError", "SSLWantWriteError"}:
        return type(error).__name__ == "SSLWantWriteError"
    raise error


def _connected(host: str, port: int, budget: Budget) -> Steps[socket.socket]:
    # Each address gets an even share of what is left, so that a dead first one (IPv6, say) can't use up the time of
    # the others.
    found = yield from _resolve(host, port, budget)
    addresses = [address for address in found if budget.allows(address[1][0])]
    if not addresses:
        raise _not_allowed(host, found[0][1][0])
    budget.enter(Phase.CONNECT)
    failures: list[OSError] = []
    for tried, (family, address) in enumerate(addresses):
        left = budget.remaining()
        try:
            sock, budget.peer = yield from _connect(
                family, address, budget.end - left + left / (len(addresses) - tried)
            )
        except OSError as error:
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


def _connect(family: socket.AddressFamily, address: Any, until: float) -> Steps[tuple[socket.socket, str]]:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code in _UNDER_WAY:
            yield sock, True, until
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        _check(code)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock, sock.getpeername()[0]
    except BaseException:
        sock.close()
        raise


def _check(code: int) -> None:
    if code:
        raise OSError(code, os.strerror(code))


def _most_telling(failures: list[OSError]) -> OSError:
    """Return what a person would want to hear of: a machine without IPv6 is no news when IPv4 was refused."""
    order = (ConnectionRefusedError, TimeoutError, OSError)
    return min(failures, key=lambda failure: next(rank for rank, kind in enumerate(order) if isinstance(failure, kind)))


def _resolve(host: str, port: int, budget: Budget) -> Steps[list[Address]]:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
        except OSError:
            continue
        if "%" in host:
            break  # a literal address with a zone goes to the look-up, which knows the zones by number
        return [(family, (host, port))]
    return (yield from _look_up(host, port, budget))


def _look_up(host: str, port: int, budget: Budget) -> Steps[list[Address]]:
    import threading

    # getaddrinfo knows no timeout; a thread that is left behind when the time is up ends by itself.
    answers: list[list[Address] | OSError] = []
    ours, theirs = socket.socketpair()

    def look_up() -> None:
        with theirs:  # closing it tells that the answer is there
            answers.append(_addresses(host, port))

    try:
        threading.Thread(target=look_up, name="name-look-up", daemon=True).start()
        yield ours, False, budget.end
    finally:
        ours.close()
    answer = answers[0]
    if isinstance(answer, OSError):
        raise answer
    return answer


def _addresses(host: str, port: int) -> list[Address] | OSError:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        return socket.gaierror(socket.EAI_NONAME, f"not a valid host name: {error}")
    except OSError as error:
        return error
    addresses: list[Address] = [(family, address) for family, _, _, _, address in found]
    # "localhost" is both loopbacks (RFC 6761 6.3), whatever the hosts file says: many a server listens on ::1.
    if host == "localhost" and all(family == socket.AF_INET for family, _ in addresses):
        addresses.append((socket.AF_INET6, ("::1", port)))
    return addresses
