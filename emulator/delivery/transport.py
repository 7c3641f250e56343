"""
The only file of the emulator that sends requests to a hook URL.

One attempt is one new connection: no redirect is followed, no proxy or ``.netrc`` of the environment is used, no
cookie is kept, and the whole attempt has one hard time limit (R1, D26, D27).
"""

from __future__ import annotations

import http.client
import ssl
from functools import cached_property
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util import SKIP_HEADER

from emulator.contract.constants import REPLY_LIMIT, TIME_LIMIT
from emulator.delivery.budget import Budget, open_socket, spending, tls_context
from emulator.delivery.causes import explain
from emulator.delivery.exchange import Exchange, Failure, Phase, Reply, Request
from emulator.errors import UsageError
from emulator.secrets import reveal

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

__all__ = ["Sender", "Transport", "any_address", "loopback_and_private", "transport"]

_CHUNK = 16 * 1024


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
            request: What to send; its headers are written in their order, followed by ``Host``.
            time_limit: Seconds for everything: look-up, connect, TLS, request, head and body.

        Returns:
            The exchange; whatever the network or the receiver did wrong is its ``failure``.
        """
        prepared = requests.PreparedRequest()
        prepared.method = request.method
        prepared.prepare_url(request.url, None)
        prepared.headers = _wire_headers(request, str(prepared.url))
        prepared.body = request.body
        # Built before the clock starts: loading the certificate authorities is our time, not the receiver's.
        adapter = _Adapter(self._tls if request.url.lower().startswith("https:") else None)
        budget = Budget(time_limit, allows=self._allows)
        token = spending.set(budget)
        try:
            return _exchange(adapter, request, prepared, budget)
        finally:
            spending.reset(token)
            adapter.close()


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


def _exchange(adapter: _Adapter, request: Request, prepared: requests.PreparedRequest, budget: Budget) -> Exchange:
    partial: Reply | None = None
    chunks: list[bytes] = []
    failure: Failure | None = None
    detail = ""
    try:
        response = adapter.send(prepared, stream=True, timeout=None, verify=True, proxies={})
        budget.enter(Phase.BODY)
        partial = _head(response)
        chunks.extend(_body(response, budget))
        budget.enter(Phase.DONE)
    except (requests.RequestException, HTTPError, http.client.HTTPException, OSError, ValueError) as error:
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


def _wire_headers(request: Request, url: str) -> CaseInsensitiveDict[str]:
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    for name, value in request.headers:
        headers[name] = reveal(value)
    if request.body is not None:
        headers["Content-Length"] = str(len(request.body))
    headers["Host"] = requests.compat.urlparse(url).netloc
    # Okta sends neither header (H10, V7); without this the libraries below would add their own.
    headers.setdefault("Accept-Encoding", SKIP_HEADER)
    headers.setdefault("User-Agent", SKIP_HEADER)
    return headers


def _head(response: requests.Response) -> Reply:
    raw_headers = response.raw.headers if response.raw is not None else response.headers
    return Reply(
        status=response.status_code,
        reason=response.reason or "",
        headers=tuple((str(name), str(value)) for name, value in raw_headers.items()),
    )


def _body(response: requests.Response, budget: Budget) -> Iterator[bytes]:
    """Yield the body piece by piece, up to one byte more than is kept."""
    left = REPLY_LIMIT + 1
    while left > 0 and (piece := response.raw.read1(min(left, _CHUNK), decode_content=False)):
        budget.remaining()
        left -= len(piece)
        yield piece


def _with_body(head: Reply, chunks: list[bytes]) -> Reply:
    body = b"".join(chunks)
    return Reply(
        status=head.status,
        reason=head.reason,
        headers=head.headers,
        body=body[:REPLY_LIMIT],
        truncated=len(body) > REPLY_LIMIT,
    )


class _Response(http.client.HTTPResponse):
    """An answer that interim answers (1xx) may precede, as HTTP allows; the standard library knows only 100."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 < status < 200 or status == HTTPStatus.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)


class _Connection(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        return _connected(self)

    def getresponse(self) -> Any:
        return _await_answer(self, super().getresponse)


class _SecureConnection(HTTPSConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        sock = _connected(self)
        spending.get().enter(Phase.TLS)
        return sock

    def connect(self) -> None:
        super().connect()
        spending.get().enter(Phase.SEND)

    def getresponse(self) -> Any:
        return _await_answer(self, super().getresponse)


def _await_answer(connection: HTTPConnection, getresponse: Callable[[], Any]) -> Any:
    spending.get().enter(Phase.HEAD)
    if connection.sock is None:
        # Reset while the request was being sent: the library has let go of the socket, and would stumble over that.
        raise http.client.RemoteDisconnected("reset while the request was sent")
    return getresponse()


def _connected(connection: HTTPConnection) -> socket.socket:
    sock = open_socket(connection.host, connection.port or 0)
    spending.get().enter(Phase.SEND)
    return sock


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """An adapter for one exchange, on connections that keep to the current budget."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._tls is not None:
            kwargs["ssl_context"] = self._tls
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        # The shared context holds the certificate authorities; loading them again for each connection is slow.
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"cert_reqs": "CERT_REQUIRED"} if self._tls is not None else {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002 (requests calls it)
        conn.cert_reqs = "CERT_REQUIRED"
