"""Diagnoses for TLS handshakes that failed (D29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.delivery.doctor.diagnosis import Case, Diagnosis

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["handshake"]

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
        ("certificate required", "alert bad certificate", "alert handshake failure"),
        "tls-client-certificate",
        "the receiver wants a client certificate, or shares no cipher",
        "don't ask for a client certificate on the hook's path: Okta has none; allow TLS 1.2 and its usual ciphers",
    ),
    (
        ("eof", "closed"),
        "tls-closed",
        "the receiver closed the connection during the TLS handshake",
        (
            "check that this port speaks TLS, has a certificate for this very host name and asks for no client "
            "certificate; a plain HTTP server may hang up like this too"
        ),
    ),
    (
        ("unsupported protocol", "protocol version", "no protocols available"),
        "tls-version",
        "receiver and client share no TLS version",
        "enable TLS 1.2 or 1.3 on the receiver",
    ),
)


def handshake(case: Case) -> Iterator[Diagnosis]:
    """Yield why the handshake failed, by the words of OpenSSL."""
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
