"""What went wrong with an attempt: the error that ended it, named."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from typing import TYPE_CHECKING, Any

from emulator.delivery.budget import TargetNotAllowedError
from emulator.delivery.exchange import Failure, Phase, timeout_detail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.delivery.budget import Budget

__all__ = ["MalformedAnswerError", "explain"]


class MalformedAnswerError(http.client.HTTPException):
    """The answer's head contradicts itself."""


def explain(error: BaseException, budget: Budget) -> tuple[Failure, str]:
    """Return the kind of failure that ended an attempt, and what happened in words."""
    causes = list(_causes(error))

    def first(kind: type[Any] | tuple[type[Any], ...]) -> Any:
        return next((cause for cause in causes if isinstance(cause, kind)), None)

    if first(TargetNotAllowedError):
        return Failure.BLOCKED, str(first(TargetNotAllowedError))
    if first(socket.gaierror):
        return Failure.DNS, f"the host name doesn't resolve ({first(socket.gaierror).strerror})"
    if first(TimeoutError):
        return Failure.TIMEOUT, timeout_detail(budget.phase, budget.received)
    if first(ssl.SSLError):
        # A certificate that isn't trusted comes with the error of the handshake that it ended.
        return Failure.TLS, _tls(first(ssl.SSLCertVerificationError) or first(ssl.SSLError))
    if first(ConnectionRefusedError):
        return Failure.REFUSED, "the connection was refused"
    malformed = next(filter(None, map(_malformed, causes)), "")
    if malformed:
        return Failure.NOT_HTTP, malformed
    if first((ConnectionError, http.client.IncompleteRead)):
        return _closed(budget)
    if first(http.client.HTTPException) or budget.received:
        return Failure.NOT_HTTP, "it doesn't begin like an HTTP/1.1 answer"
    unreachable = first(OSError)
    code = errno.errorcode.get(unreachable.errno or 0, "") if unreachable is not None else ""
    return Failure.UNREACHABLE, f"the host can't be reached{f' ({code})' if code else ''}"


def _tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the TLS certificate is not trusted: {error.verify_message}"
    return f"the TLS handshake failed: {str(error.reason or error).replace('_', ' ').lower()}"


def _malformed(cause: BaseException) -> str:
    text = str(cause)
    if isinstance(cause, http.client.LineTooLong):
        return "a line of its head is longer than 64 KiB"
    if isinstance(cause, http.client.HTTPException) and "headers" in text:
        return "its head has more than 100 lines"
    if isinstance(cause, MalformedAnswerError):
        return text
    # The standard library wraps a chunk size that is no number in the same error as a missing one.
    if isinstance(cause, ValueError) and "base 16" in text and "b''" not in text:
        return "the sizes of its chunks are no numbers"
    return ""


def _closed(budget: Budget) -> tuple[Failure, str]:
    if budget.phase in {Phase.RESOLVE, Phase.CONNECT}:
        return Failure.UNREACHABLE, "the attempt to connect was reset"
    got = f" after {budget.received} bytes" if budget.received else " without an answer"
    return Failure.CLOSED, f"the receiver closed the connection{got}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
