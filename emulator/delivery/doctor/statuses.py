"""Diagnoses for answers whose status is not a success."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

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
    old = case.exchange.request.url.partition("?")[0]
    if path.rstrip("/") == old.rstrip("/") or path.rstrip("/") == case.url.path.rstrip("/"):
        remedy = "add or remove the trailing slash of the hook's URL, so that it names the final address"
    elif path.removeprefix("https://") == old.removeprefix("http://"):
        remedy = "use the https:// URL as the hook's URL"
    else:
        remedy = "use the final address as the hook's URL"
    return Diagnosis(
        code="redirect",
        message=f"the receiver redirects ({reply.status}), and redirects are not followed",
        evidence=f"Location: {case.quote(path)}" if location else f"{evidence}, without a Location",
        remedy=remedy,
        rule="V18",
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
        message="the receiver asks for authentication before it answers the challenge, and none was sent",
        evidence=evidence,
        remedy="Okta sends the hook's auth header with the GET too: pass the same header here (--header "
        "'Authorization: ...'), or answer the challenge before authenticating",
        rule="V8",
    )


_BY_STATUS: Final[Mapping[int, _Diagnose]] = {
    **dict.fromkeys((401, 403, 407), _refused),
    **dict.fromkeys((404, 410), _not_found),
    **dict.fromkeys((405, 501), _method),
    **dict.fromkeys((400, 411, 415, 422), _request_refused),
    429: _rate_limited,
    **dict.fromkeys((502, 503, 504), _gateway),
}
