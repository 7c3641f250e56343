"""Diagnoses for attempts that brought no complete answer: names, connections, time, other protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.delivery.doctor.diagnosis import Case, Diagnosis
from emulator.delivery.doctor.handshake import handshake
from emulator.delivery.exchange import Failure, Phase
from emulator.delivery.verification import read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["network"]

_USE_HTTP1: Final = "let the server speak HTTP/1.1 at this port too: that is what Okta sends"
_WRONG_PORT: Final = "check the port: this is another service"

# First bytes -> what speaks like that, and what to do.
_LANGUAGES: Final = (
    (b"\x15\x03", "speaks TLS", "use the https:// URL as the hook's URL"),
    (b"\x16\x03", "speaks TLS", "use the https:// URL as the hook's URL"),
    (b"\x00\x00", "speaks HTTP/2 only", _USE_HTTP1),
    (b"HTTP/", "speaks another version of HTTP", _USE_HTTP1),
    (b"{", "sends a body without an HTTP head", "write a status line and headers first, or use a web server"),
    (b"SSH-", "speaks SSH", _WRONG_PORT),
    (b"220 ", "speaks SMTP or FTP", _WRONG_PORT),
    (b"-ERR", "speaks Redis", _WRONG_PORT),
)


def network(case: Case) -> Iterator[Diagnosis]:
    """Yield what is wrong with an attempt that failed before its answer was complete."""
    failure = case.exchange.failure
    if failure is not None:
        yield from _BY_FAILURE[failure](case)


def _timeout(case: Case) -> Iterator[Diagnosis]:
    limit = case.profile.time_limit
    exchange = case.exchange
    evidence = f"{exchange.detail}; given up after {exchange.elapsed:.1f} s"
    if exchange.phase is Phase.RESOLVE:
        yield Diagnosis(
            code="dns-slow",
            message=f"the host name was not looked up within {limit:g} s",
            evidence=evidence,
            remedy="check the name servers of the receiver's domain",
            rule="R1",
        )
    elif exchange.phase is Phase.CONNECT:
        yield Diagnosis(
            code="connect-timeout",
            message="nothing answers at that address: connection attempts are swallowed",
            evidence=evidence,
            remedy="open the port in the firewall or security group, and check that the address is the receiver's",
            rule="R1",
        )
    elif exchange.phase is Phase.TLS:
        yield Diagnosis(
            code="tls-stalled",
            message="the TLS handshake was begun but not finished",
            evidence=evidence,
            remedy="check the TLS proxy in front of the receiver; a plain HTTP server that waits for its request looks "
            "like this too",
            rule="D29",
        )
    elif case.reply is not None and _is_whole(case.reply.body):
        stated = case.reply.header("Content-Length")
        yield Diagnosis(
            code="unfinished-answer",
            message="the whole JSON came, but the receiver never ended its answer",
            evidence=f"{evidence}; Content-Length: {stated or 'none'}, body of {len(case.reply.body)} bytes",
            remedy="state the right Content-Length, or end the chunks, or close the connection after the body",
            rule="V9",
        )
    elif exchange.bytes_received:
        yield Diagnosis(
            code="dripping",
            message=f"the answer came so slowly that it was not complete within {limit:g} s",
            evidence=evidence,
            remedy=f"send the whole answer at once; Okta counts {limit:g} s to its last byte, so flush it and close it "
            "or state the right Content-Length",
            rule="V9",
        )
    else:
        yield Diagnosis(
            code="too-slow",
            message=f"no answer within {limit:g} s",
            evidence=evidence,
            remedy="answer the challenge before any other work; keep one instance warm if the host starts on demand",
            rule="V9",
        )


def _is_whole(body: bytes) -> bool:
    try:
        return isinstance(read_answer(body), dict)
    except (ValueError, RecursionError):
        return False


def _dns(case: Case) -> Iterator[Diagnosis]:
    yield Diagnosis(
        code="dns",
        message=f"the host name {case.url.hostname!r} doesn't resolve",
        evidence=case.exchange.detail,
        remedy="check the spelling; if it is a tunnel's name, start the tunnel again and use its new address",
        rule="D29",
    )


def _refused(case: Case) -> Iterator[Diagnosis]:
    port = case.url.port or (443 if case.url.scheme == "https" else 80)
    yield Diagnosis(
        code="connection-refused",
        message=f"nothing listens on port {port}",
        evidence=f"{case.exchange.detail} by {case.url.hostname}:{port}",
        remedy="start the receiver, and check that it listens on this port and on this address (a server bound to "
        "127.0.0.1 inside a container can't be reached from outside)",
        rule="R3",
    )


def _unreachable(case: Case) -> Iterator[Diagnosis]:
    yield Diagnosis(
        code="unreachable",
        message="no connection to the receiver comes about",
        evidence=case.exchange.detail,
        remedy="check the address and the network between here and there",
        rule="R3",
    )


def _closed(case: Case) -> Iterator[Diagnosis]:
    if case.exchange.phase is Phase.TLS:
        yield from handshake(case)
        return
    if case.exchange.bytes_received:
        yield Diagnosis(
            code="answer-cut-short",
            message="the connection was closed in the middle of the answer",
            evidence=case.exchange.detail,
            remedy="make Content-Length agree with the body (count bytes, not characters), and look for a crash in the "
            "receiver's log",
        )
        return
    yield Diagnosis(
        code="connection-closed",
        message="the connection was closed without an answer",
        evidence=case.exchange.detail,
        remedy="look for a crash in the receiver's log; if this port speaks TLS, use an https:// URL"
        if case.url.scheme == "http"
        else "look for a crash in the receiver's log",
        rule="R3",
    )


def _not_http(case: Case) -> Iterator[Diagnosis]:
    beginning = case.exchange.beginning
    if beginning.startswith(b"HTTP/1."):
        yield Diagnosis(
            code="malformed-answer",
            message=f"the answer is broken HTTP: {case.exchange.detail}",
            evidence=f"{case.exchange.bytes_received} bytes came, beginning with {case.quote(beginning)}",
            remedy="let the framework or server write status line, headers and chunks; a proxy in between may spoil "
            "them too",
            rule="H14",
        )
        return
    speaks, remedy = next(
        ((speaks, remedy) for start, speaks, remedy in _LANGUAGES if beginning.startswith(start)),
        ("doesn't speak HTTP/1.1", "check the port, and whether a receiver listens there"),
    )
    yield Diagnosis(
        code="tls-spoken" if speaks == "speaks TLS" else "not-http",
        message=f"whatever listens there {speaks}",
        evidence=f"the answer begins with {case.quote(beginning)}",
        remedy=remedy,
        rule="H14",
    )


def _blocked(case: Case) -> Iterator[Diagnosis]:
    yield Diagnosis(
        code="target-not-allowed",
        message="this emulator delivers to loopback and private addresses only",
        evidence=case.exchange.detail,
        remedy="allow the target if you mean it: okta-hooks serve --allow-target HOST, in Python "
        "Org(sender=guarded_sender(['HOST'])); `okta-hooks verify` itself asks any URL",
        rule="D1",
    )


_BY_FAILURE: Final = {
    Failure.TIMEOUT: _timeout,
    Failure.DNS: _dns,
    Failure.REFUSED: _refused,
    Failure.UNREACHABLE: _unreachable,
    Failure.TLS: handshake,
    Failure.CLOSED: _closed,
    Failure.NOT_HTTP: _not_http,
    Failure.BLOCKED: _blocked,
}
