"""
The only file of the emulator that sends requests to a hook URL.

One attempt is one new connection: no redirect is followed, no proxy or ``.netrc`` of the environment is used, no
cookie is kept, and the whole attempt has one hard time limit (R1, D26, D27).  It stands on the standard library's
client, because Okta's bytes are wanted and nothing that a friendlier client would add, and because start-up is felt.
"""

from __future__ import annotations

import http.client
import ssl
from dataclasses import replace
from functools import cached_property
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, quote, urlsplit

from emulator.contract.constants import REPLY_LIMIT, TIME_LIMIT
from emulator.delivery.budget import Budget, open_socket, spending, tls_context
from emulator.delivery.causes import MalformedAnswerError, explain
from emulator.delivery.exchange import Exchange, Failure, Phase, Reply, Request
from emulator.errors import UsageError
from emulator.secrets import reveal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Sender", "Transport", "any_address", "loopback_and_private", "transport"]

_CHUNK = 16 * 1024
_PATH = "/%:@!$&'()*+,;=~-._"
_QUERY = _PATH + "?"


def any_address(_: str) -> bool:
    """Allow every target: for commands whose user typed the URL."""
    return True


def loopback_and_private(address: str) -> bool:
    """Allow loopback and private addresses only: for hooks that came in through an API."""
    parsed = ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return bool(mapped.is_loopback or (mapped.is_private and not mapped.is_unspecified and not mapped.is_link_local))


class Sender(Protocol):
    """What the layers above need of a transport; tests put a script in its place."""

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt and say how it went; never raises for what the network does."""


class Transport:
    """
    Sends one request per connection and reports the exchange.

    Args:
        allows: Says whether an address, after name look-up, may be connected to.
        ca_bundle: A PEM file of further certificate authorities to trust.
    """

    def __init__(self, *, allows: Callable[[str], bool] = any_address, ca_bundle: str | None = None) -> None:
        self._allows = allows
        self._ca_bundle = ca_bundle

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return tls_context(self._ca_bundle)

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """
        Make one attempt and say how it went.

        Args:
            request: What to send; its headers are written in their order, followed by ``Content-Length`` and ``Host``.
            time_limit: Seconds for everything: look-up, connect, TLS, request, head and body.

        Returns:
            The exchange; whatever the network or the receiver did wrong is its ``failure``.
        """
        url = urlsplit(request.url)
        # Built before the clock starts: loading the certificate authorities is our time, not the receiver's.
        connection = _Connection(url, self._tls if url.scheme.lower() == "https" else None)
        budget = Budget(time_limit, allows=self._allows)
        token = spending.set(budget)
        try:
            return _exchange(connection, request, budget)
        finally:
            spending.reset(token)
            connection.close()


def transport(ca_bundle: str | None = None) -> Transport:
    """
    Return a transport to any target, for commands whose user typed the URL.

    Raises:
        UsageError: *ca_bundle* is not a readable PEM file of certificates.
    """
    if ca_bundle is not None:
        try:
            ssl.create_default_context(cafile=ca_bundle)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(
                f"{ca_bundle!r} can't be used: {getattr(error, 'strerror', None) or 'it holds no certificates'}",
                where="--ca-bundle",
                hint="give a PEM file with the certificates of the authorities to trust",
            ) from None
    return Transport(ca_bundle=ca_bundle)


def _exchange(connection: _Connection, request: Request, budget: Budget) -> Exchange:
    partial: Reply | None = None
    chunks: list[bytes] = []
    failure: Failure | None = None
    detail = ""
    try:
        connection.connect()
        connection.write(request)
        budget.enter(Phase.HEAD)
        response = connection.getresponse()
        budget.enter(Phase.BODY)
        partial = _head(response)
        _check_length(partial)
        chunks.extend(_body(response, budget))
        budget.enter(Phase.DONE)
    except (http.client.HTTPException, OSError, ValueError) as error:
        failure, detail = explain(error, budget)
        budget.enter(budget.phase)
    reply = None if partial is None else _with_body(partial, chunks)
    return Exchange(
        request=request,
        reply=reply if failure is None else None,
        partial=reply if failure is not None else None,
        failure=failure,
        detail=detail,
        phase=budget.phase,
        elapsed=budget.elapsed(),
        timings=dict(budget.timings),
        bytes_received=budget.received,
        beginning=budget.beginning,
        peer=budget.peer,
    )


class _Response(http.client.HTTPResponse):
    """An answer that interim answers (1xx) may precede, as HTTP allows; the standard library knows only 100."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 < status < 200 or status == HTTPStatus.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)


class _Connection(http.client.HTTPConnection):
    """A connection for one exchange, on a socket that keeps to the current budget."""

    response_class = _Response

    def __init__(self, url: SplitResult, tls: ssl.SSLContext | None) -> None:
        super().__init__(_ascii_host(url.hostname or ""), url.port or (80 if tls is None else 443))
        self._url = url
        self._tls = tls
        self._answer: http.client.HTTPResponse | None = None

    def connect(self) -> None:
        """Connect, and shake hands if it is TLS."""
        budget = spending.get()
        self.sock = open_socket(self.host, self.port)
        if self._tls is not None:
            budget.enter(Phase.TLS)
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host.partition("%")[0])
        budget.enter(Phase.SEND)

    def write(self, request: Request) -> None:
        """Send the whole request; a receiver that refuses a large body early is heard all the same."""
        lines = [f"{request.method} {_target(self._url)} HTTP/1.1"]
        lines += [f"{name}: {reveal(value)}" for name, value in request.headers]
        if request.body is not None:
            lines.append(f"Content-Length: {len(request.body)}")
        lines.append(f"Host: {_host(self._url)}")
        try:
            self.sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + (request.body or b""))
        except BrokenPipeError:
            return

    def getresponse(self) -> http.client.HTTPResponse:
        """Wait for the answer's head."""
        self._answer = self.response_class(self.sock, method="GET")
        self._answer.begin()
        return self._answer

    def close(self) -> None:
        """Close the connection, and the answer that reads from it."""
        super().close()
        if self._answer is not None:
            self._answer.close()


def _ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return host  # the name look-up says what is wrong with it


def _host(url: SplitResult) -> str:
    host = _ascii_host(url.hostname or "")
    host = f"[{host}]" if ":" in host else host
    return host if url.port is None else f"{host}:{url.port}"


def _target(url: SplitResult) -> str:
    path = quote(url.path or "/", safe=_PATH)
    return f"{path}?{quote(url.query, safe=_QUERY)}" if url.query else path


def _head(response: http.client.HTTPResponse) -> Reply:
    return Reply(status=response.status, reason=response.reason or "", headers=tuple(response.getheaders()))


def _check_length(head: Reply) -> None:
    lengths = {value.strip() for name, value in head.headers if name.lower() == "content-length"}
    if len(lengths) > 1:
        raise MalformedAnswerError("it gives two different lengths in Content-Length")
    if any(not length.isdecimal() for length in lengths):
        raise MalformedAnswerError("its Content-Length is no number")


def _body(response: http.client.HTTPResponse, budget: Budget) -> Iterator[bytes]:
    """Yield the body piece by piece, up to one byte more than is kept."""
    left = REPLY_LIMIT + 1
    while left > 0 and (piece := response.read1(min(left, _CHUNK))):
        budget.remaining()
        left -= len(piece)
        yield piece
    if left > 0 and response.length:
        raise http.client.IncompleteRead(b"", response.length)


def _with_body(head: Reply, chunks: list[bytes]) -> Reply:
    body = b"".join(chunks)
    return replace(head, body=body[:REPLY_LIMIT], truncated=len(body) > REPLY_LIMIT)
