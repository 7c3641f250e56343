"""Diagnoses for a verification that succeeded, but not as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.contract.constants import CONTENT_TYPE
from emulator.delivery.doctor.diagnosis import Case, Diagnosis

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["warnings_for"]

_BOM: Final = b"\xef\xbb\xbf"
_SLOW: Final = 0.6  # of the time limit


def warnings_for(case: Case, *, attempts: int) -> Iterator[Diagnosis]:
    """Yield what a *successful* verification leaves to be desired; none of it fails it (V19, D28)."""
    reply = case.exchange.reply
    if reply is None:
        return
    if reply.media_type != CONTENT_TYPE:
        yield Diagnosis(
            code="content-type",
            message="the answer is not marked as JSON",
            evidence=f"Content-Type: {reply.header('Content-Type') or 'none'}",
            remedy="send Content-Type: application/json; nobody outside Okta knows whether it insists on it",
            rule="V19",
        )
    if reply.status != 200:
        yield Diagnosis(
            code="not-200",
            message=f"the answer's status is {reply.status}; Okta documents 200",
            evidence=f"status {reply.status}",
            remedy="answer with status 200",
            rule="V19",
        )
    if reply.body.startswith(_BOM):
        yield Diagnosis(
            code="byte-order-mark",
            message="the body begins with a byte order mark",
            evidence="the first three bytes are ef bb bf",
            remedy="write the body as UTF-8 without a byte order mark",
            rule="V19",
        )
    if attempts > 1:
        yield Diagnosis(
            code="second-try",
            message="the first try failed, only the retry succeeded",
            evidence=f"verified on attempt {attempts}",
            remedy="answer every request in time; keep one instance warm if the host starts on demand",
            rule="V9",
        )
    elif case.exchange.elapsed > _SLOW * case.profile.time_limit:
        yield Diagnosis(
            code="slow",
            message=f"the answer used up most of the {case.profile.time_limit:g} s",
            evidence=f"{case.exchange.elapsed:.1f} s",
            remedy="answer the challenge before any other work",
            rule="V9",
        )
    if case.url.scheme == "http":
        yield Diagnosis(
            code="plain-http",
            message="Okta accepts https:// URLs only",
            evidence="the URL begins with http://",
            remedy="fine for a test on your machine; give the receiver a valid certificate before you register it",
            rule="D28",
        )
