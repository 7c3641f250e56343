"""Diagnoses for attempts that brought no complete answer: names, connections, TLS, time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.delivery.doctor.diagnosis import Case, Diagnosis
from emulator.delivery.exchange import Failure, Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["network"]

# Words of OpenSSL's verdict -> the name of the trouble, what it means, and what to do.
_TLS: Final = (
    (
        ("self-signed", "self signed"),
        "tls-self-signed",
        "the certificate is self-signed, so nobody vouches for it",
        "install a certificate of a public authority; while testing, trust your own with --ca-bundle FILE",
    ),
    (
        ("hostname mismatch", "ip address mismatch", "not valid for"),
        "tls-wrong-name",
        "the certificate was issued for another host name",
        "use the host name that the certificate names, or have one issued for this name",
    ),
    (
        ("expired",),
        "tls-expired",
        "the certificate has expired",
        "renew the certificate; Okta asks you to keep it valid",
    ),
    (
        ("not yet valid",),
        "tls-not-yet-valid",
        "the certificate is not valid yet",
        "check the clocks of the two machines and the certificate's dates",
    ),
    (
        ("unable to get local issuer", "unable to get issuer", "unable to verify the first"),
        "tls-untrusted",
        "the certificate's chain doesn't lead to a public authority",
        (
            "serve the whole chain with its intermediate certificates, or use a public authority; while testing, trust "
            "your own authority with --ca-bundle FILE"
        ),
    ),
    (
        ("wrong version number", "http request", "record layer failure", "unknown protocol"),
        "tls-not-spoken",
        "the port answers, but not in TLS",
        "the receiver speaks plain HTTP on this port: put a TLS proxy or tunnel in front of it, or test it as http://",
    ),
    (
        ("eof",),
        "tls-closed",
        "the receiver closed the connection during the TLS handshake",
        (
            "check that this port speaks TLS and has a certificate for this very host name; a plain HTTP server may hang up "
            "like this too"
        ),
    ),
    (
        ("unsupported protocol", "protocol version", "no protocols available"),
        "tls-version",
        "receiver and client share no TLS version",
        "enable TLS 1.2 or 1.3 on the receiver",
    ),
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
        message="there is no route to the receiver",
        evidence=case.exchange.detail,
        remedy="check the address and the network between here and there",
        rule="R3",
    )


def _tls(case: Case) -> Iterator[Diagnosis]:
    detail = case.exchange.detail
    for words, code, message, remedy in _TLS:
        if any(word in detail.lower() for word in words):
            yield Diagnosis(code=code, message=message, evidence=detail, remedy=remedy, rule="D29")
            return
    yield Diagnosis(
        code="tls",
        message="the TLS handshake failed",
        evidence=detail,
        remedy="check certificate, TLS versions and ciphers of the receiver, and whether it asks for a client "
        "certificate: Okta has none",
        rule="D29",
    )


def _closed(case: Case) -> Iterator[Diagnosis]:
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
    yield Diagnosis(
        code="not-http",
        message="whatever listens there doesn't speak HTTP",
        evidence=case.exchange.detail,
        remedy="check the port; if it speaks TLS, use an https:// URL",
        rule="H14",
    )


def _blocked(case: Case) -> Iterator[Diagnosis]:
    yield Diagnosis(
        code="target-not-allowed",
        message="this emulator delivers to loopback and private addresses only",
        evidence=case.exchange.detail,
        remedy="allow the target explicitly if you mean it",
        rule="D1",
    )


_BY_FAILURE: Final = {
    Failure.TIMEOUT: _timeout,
    Failure.DNS: _dns,
    Failure.REFUSED: _refused,
    Failure.UNREACHABLE: _unreachable,
    Failure.TLS: _tls,
    Failure.CLOSED: _closed,
    Failure.NOT_HTTP: _not_http,
    Failure.BLOCKED: _blocked,
}
