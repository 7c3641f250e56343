"""Diagnoses for answers whose status is not a success."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from emulator.delivery.doctor.diagnosis import ECHO, Case, Diagnosis
from emulator.delivery.exchange import Reply

__all__ = ["statuses"]

_Diagnose = Callable[[Case, Reply, str], Diagnosis]


def statuses(case: Case) -> Iterator[Diagnosis]:
    """Yield what the status of a complete answer says; ``bodies`` looks at success."""
    reply = case.exchange.reply
    if reply is None or 200 <= reply.status < 300:
        return
    evidence = f"status {reply.status} {reply.reason}".rstrip()
    if reply.body.strip():
        evidence += f", body {case.quote(reply.body)}"
    by_class = {1: _interim, 3: _redirect, 4: _client_error}
    diagnose = _BY_STATUS.get(reply.status) or by_class.get(reply.status // 100, _server_error)
    yield diagnose(case, reply, evidence)


def _not_found(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    return Diagnosis(
        code="not-found",
        message=f"nothing is served at {case.url.path or '/'} for a GET",
        evidence=evidence,
        remedy="check the path, its case and its trailing slash; add a GET route beside the POST route of the hook",
        rule="V1",
    )


def _method(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    allowed = reply.header("Allow")
    return Diagnosis(
        code="method-not-allowed",
        message="the receiver takes no GET at this path",
        evidence=evidence + (f", Allow: {case.quote(allowed)}" if allowed else ""),
        remedy="add a GET route at the same path as the POST route; Okta verifies with a GET and delivers with POSTs",
        rule="V2",
    )


def _request_refused(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    return Diagnosis(
        code="request-refused",
        message="the receiver found the verification request itself wrong",
        evidence=evidence,
        remedy="the GET has no body, no Content-Type and no query: branch on the method first, read only the "
        "X-Okta-Verification-Challenge header, then " + ECHO,
        rule="V7",
    )


def _rate_limited(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    return Diagnosis(
        code="rate-limited",
        message="the receiver, or a gateway in front of it, limits the rate of requests",
        evidence=evidence,
        remedy="exempt the hook's path from the rate limit: a delivery refused with 429 is not sent again",
        rule="R4",
    )


def _gateway(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    return Diagnosis(
        code="gateway",
        message="a gateway answered because the receiver behind it did not",
        evidence=evidence,
        remedy="check that the receiver runs, answers the gateway in time, and that the gateway has the right upstream "
        "address",
        rule="R3",
    )


def _server_error(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    return Diagnosis(
        code="server-error",
        message="the receiver failed while it handled the GET",
        evidence=evidence,
        remedy="find the exception in the receiver's log; often the GET runs the code that parses a POST's body",
        rule="V9",
    )


def _interim(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    return Diagnosis(
        code="interim-answer",
        message=f"{reply.status} is an interim answer, and no final one followed",
        evidence=evidence,
        remedy=ECHO,
        rule="R5",
    )


def _client_error(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    return Diagnosis(
        code="client-error",
        message=f"the receiver refused the GET with {reply.status}",
        evidence=evidence,
        remedy=ECHO,
        rule="V9",
    )


def _redirect(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    location = reply.header("Location")
    path = location.partition("?")[0]
    if not case.is_here(location):
        remedy = "use the final address as the hook's URL"
    elif path.startswith("https:") and case.url.scheme == "http":
        remedy = "use the https:// URL as the hook's URL"
    elif urlsplit(location).path != case.url.path:
        remedy = "add or remove the trailing slash of the hook's URL, so that it names the final address"
    else:
        remedy = "it redirects to itself: look at the proxy in front of it, or at a cookie or scheme that it insists on"
    return Diagnosis(
        code="redirect",
        message=f"the receiver redirects ({reply.status}), and redirects are not followed",
        evidence=f"Location: {case.quote(path)}" if location else f"{evidence}, without a Location",
        remedy=remedy,
        rule="V18",
    )


def _not_modified(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    return Diagnosis(
        code="not-modified",
        message="304 says that a cached answer is still good, but Okta keeps none",
        evidence=evidence,
        remedy="turn caching off for this path (Cache-Control: no-store); " + ECHO,
        rule="V5",
    )


def _wrong_host(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    return Diagnosis(
        code="host-refused",
        message="the server doesn't feel responsible for this host name",
        evidence=evidence,
        remedy="configure the host name on the server or proxy, and give its TLS certificate that name",
    )


def _upgrade(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    wanted = reply.header("Upgrade")
    return Diagnosis(
        code="upgrade-required",
        message=f"the receiver insists on another protocol{f' ({case.quote(wanted)})' if wanted else ''}",
        evidence=evidence,
        remedy="serve plain HTTP/1.1 over TLS at this path: that is what Okta speaks",
        rule="H14",
    )


def _refused(case: Case, reply: Reply, evidence: str) -> Diagnosis:
    if case.auth_sent:
        return Diagnosis(
            code="auth-refused",
            message=f"the receiver refused what was sent in {', '.join(case.auth_sent)}",
            evidence=evidence,
            remedy="compare the secret on both sides: Okta sends the value verbatim and adds nothing, so for Basic the "
            "secret itself must read 'Basic <base64>'",
            rule="H6",
        )
    return Diagnosis(
        code="auth-before-challenge",
        message="the receiver refuses the challenge before it answers it, and no authentication was sent"
        if reply.status == 403
        else "the receiver asks for authentication before it answers the challenge, and none was sent",
        evidence=evidence,
        remedy="Okta sends the hook's auth header with the GET too: pass the same header here (--header "
        "'Authorization: ...'), or answer the challenge before authenticating"
        + ("; if a firewall or an address filter refused it, let the hook's path through" * (reply.status == 403)),
        rule="V8",
    )


_BY_STATUS: Final[Mapping[int, _Diagnose]] = {
    **dict.fromkeys((401, 403, 407), _refused),
    **dict.fromkeys((404, 410), _not_found),
    **dict.fromkeys((405, 501), _method),
    304: _not_modified,
    **dict.fromkeys((400, 406, 411, 415, 422, 431), _request_refused),
    421: _wrong_host,
    426: _upgrade,
    429: _rate_limited,
    **dict.fromkeys((408, 502, 503, 504), _gateway),
}
