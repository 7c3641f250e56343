"""
The only file of the emulator that sends requests to a hook URL.

One attempt is one new connection: no redirect is followed, no proxy or ``.netrc`` of the environment is used, no
cookie is kept, and the whole attempt has one hard time limit (R1, D26, D27).
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable
from urllib.parse import SplitResult, quote, urlsplit

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.addresses import any_address, loopback_and_private
from emulator.delivery.budget import Budget
from emulator.delivery.causes import explain
from emulator.delivery.exchange import Exchange, Failure, Phase, Request
from emulator.delivery.http1 import Answer
from emulator.delivery.steps import drive
from emulator.delivery.wire import Wire
from emulator.errors import UsageError
from emulator.secrets import reveal

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence

    from emulator.delivery.steps import Steps

__all__ = ["Sender", "Stepwise", "Transport", "ascii_host", "near_transport", "on_wire", "transport"]

_PIECE = 16 * 1024
_STRAY = 200
_PATH = "/%:@!$&'()*+,;=~-._"
_QUERY = _PATH + "?"


class Sender(Protocol):
    """What the layers above need of a transport; tests put a script in its place."""

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt and say how it went; never raises for what the network does."""


@runtime_checkable
class Stepwise(Protocol):
    """A sender that can also leave the waiting to others, so that one thread makes thousands of attempts at once."""

    def attempt(self, request: Request, wire: Wire, *, time_limit: float = TIME_LIMIT) -> Steps[Exchange]:
        """Make one attempt in steps, on a wire that stays open afterwards if the receiver keeps it open."""


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
        import ssl

        import certifi

        context = ssl.create_default_context(cafile=certifi.where())  # D29
        if self._ca_bundle:
            context.load_verify_locations(self._ca_bundle)
        return context

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """
        Make one attempt and say how it went.

        Args:
            request: What to send; its headers are written in their order, followed by ``Content-Length`` and ``Host``.
            time_limit: Seconds for everything: look-up, connect, TLS, request, head and body.

        Returns:
            The exchange; whatever the network or the receiver did wrong is its ``failure``.
        """
        return self.send_in_turn([request], time_limit=time_limit)[0]

    def send_in_turn(self, requests: Sequence[Request], *, time_limit: float = TIME_LIMIT) -> list[Exchange]:
        """
        Make one attempt each, on one connection as long as the receiver keeps it open (H2).

        Args:
            requests: What to send, all to the same URL.
            time_limit: Seconds for each of them.
        """
        with closing(Wire()) as wire:
            return [drive(self.attempt(request, wire, time_limit=time_limit)) for request in requests]

    @contextmanager
    def held(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Iterator[Exchange]:
        """Make one attempt, and keep its connection open and idle for as long as the block runs."""
        with closing(Wire()) as wire:
            yield drive(self.attempt(request, wire, time_limit=time_limit))

    def attempt(self, request: Request, wire: Wire, *, time_limit: float = TIME_LIMIT) -> Steps[Exchange]:
        """
        Make one attempt in steps, for whoever drives many at once.

        Args:
            request: What to send.
            wire: What it goes over; still open afterwards if the receiver keeps the connection.
            time_limit: Seconds for everything.
        """
        place = _place(request.url)
        # Made before the clock starts: loading the certificate authorities is our time, not the receiver's.
        tls = self._tls if place.secure else None
        data = _head(request, place) + (request.body or b"")
        answer = Answer(limit=request.reply_limit, to_head=request.method == "HEAD")
        budget = Budget(time_limit, allows=self._allows)
        failure: Failure | None = None
        detail = ""
        try:
            yield from wire.open(place.host, place.port, tls, budget)
            yield from _converse(wire, data, answer, budget)
        except (OSError, ValueError) as error:
            failure, detail = explain(error, budget)
            budget.enter(budget.phase)
        if failure is not None or not answer.keeps_connection:
            wire.close()
        return _exchange(request, answer, failure, detail, budget)


def near_transport() -> Transport:
    """Return a transport to loopback and private addresses only: for hooks that came in through an API."""
    return Transport(allows=loopback_and_private)


def transport(ca_bundle: str | None = None) -> Transport:
    """
    Return a transport to any target, for commands whose user typed the URL.

    Raises:
        UsageError: *ca_bundle* is not a readable PEM file of certificates.
    """
    if ca_bundle is not None:
        import ssl

        try:
            ssl.create_default_context(cafile=ca_bundle)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(
                f"{ca_bundle!r} can't be used: {getattr(error, 'strerror', None) or 'it holds no certificates'}",
                where="--ca-bundle",
                hint="give a PEM file with the certificates of the authorities to trust",
            ) from None
    return Transport(ca_bundle=ca_bundle)


class _Place(NamedTuple):
    """Where a URL leads to: what to connect to, and what the request says of it."""

    host: str
    port: int
    secure: bool
    target: str
    named: str

    def __repr__(self) -> str:
        return f"_Place({self.named})"  # the target may hold a key


@lru_cache(maxsize=256)
def _place(text: str) -> _Place:
    url = urlsplit(text)
    secure = url.scheme.lower() == "https"
    port = url.port or (443 if secure else 80)
    return _Place(host=ascii_host(url), port=port, secure=secure, target=_target(url), named=_host(url))


def on_wire(request: Request) -> bytes:
    """Return the bytes of a request, secrets revealed: headers in their order, then ``Content-Length`` and ``Host``."""
    return _head(request, _place(request.url)) + (request.body or b"")


def _head(request: Request, place: _Place) -> bytes:
    lines = [f"{request.method} {place.target} HTTP/1.1"]
    lines += [f"{name}: {reveal(value)}" for name, value in request.headers]
    if request.body is not None:
        lines.append(f"Content-Length: {len(request.body)}")
    lines.append(f"Host: {place.named}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _converse(wire: Wire, data: bytes, answer: Answer, budget: Budget) -> Steps[None]:
    try:
        yield from wire.send(data, budget)
        budget.enter(Phase.HEAD)
    except TimeoutError:
        raise
    except OSError:
        # A receiver may refuse a request before it has read it all; its answer, or TLS's word for why, is there all
        # the same.  If it isn't, listening fails in its turn.
        pass
    complete = False
    while not complete:
        complete = answer.feed((yield from wire.receive(_PIECE, budget)))
        if answer.has_head and budget.phase is not Phase.BODY:
            budget.enter(Phase.BODY)
    budget.enter(Phase.DONE)


def _exchange(request: Request, answer: Answer, failure: Failure | None, detail: str, budget: Budget) -> Exchange:
    reply = answer.reply() if answer.has_head else None
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
        stray=answer.rest[:_STRAY],
    )


def ascii_host(url: SplitResult) -> str:
    """Return the host of a URL in lower case, as it is looked up: a name in other letters in its ASCII form."""
    host = url.hostname or ""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host  # the name look-up says what is wrong with it


def _host(url: SplitResult) -> str:
    host = ascii_host(url)
    host = f"[{host}]" if ":" in host else host
    return host if url.port is None else f"{host}:{url.port}"


def _target(url: SplitResult) -> str:
    path = quote(url.path or "/", safe=_PATH)
    return f"{path}?{quote(url.query, safe=_QUERY)}" if url.query else path
