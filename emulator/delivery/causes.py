"""What went wrong with an attempt: the error that ended it, named."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from emulator.delivery.exchange import Failure, Phase, timeout_detail
from emulator.delivery.wire import TargetNotAllowedError

if TYPE_CHECKING:
    import ssl

    from emulator.delivery.budget import Budget

__all__ = ["explain"]


def explain(error: OSError | ValueError, budget: Budget) -> tuple[Failure, str]:
    """Return the kind of failure that ended an attempt, and what happened in words."""
    if isinstance(error, TargetNotAllowedError):
        return Failure.BLOCKED, str(error)
    if isinstance(error, socket.gaierror):
        return Failure.DNS, f"the host name doesn't resolve ({error.strerror})"
    if isinstance(error, TimeoutError):
        return Failure.TIMEOUT, timeout_detail(budget.phase, budget.received)
    if type(error).__module__ == "ssl":  # importing that module just to ask costs half an interpreter start
        return Failure.TLS, _tls(error)  # type: ignore[arg-type]
    if isinstance(error, ConnectionRefusedError):
        return Failure.REFUSED, "the connection was refused"
    if isinstance(error, ConnectionError):
        return _closed(budget)
    if isinstance(error, OSError):
        code = errno.errorcode.get(error.errno or 0, "")
        return Failure.UNREACHABLE, f"the host can't be reached{f' ({code})' if code else ''}"
    return Failure.NOT_HTTP, str(error)


def _tls(error: ssl.SSLError) -> str:
    verdict = getattr(error, "verify_message", "")
    if verdict:
        return f"the TLS certificate is not trusted: {verdict}"
    return f"the TLS handshake failed: {str(error.reason or error).replace('_', ' ').lower()}"


def _closed(budget: Budget) -> tuple[Failure, str]:
    if budget.phase in {Phase.RESOLVE, Phase.CONNECT}:
        return Failure.UNREACHABLE, "the attempt to connect was reset"
    got = f" after {budget.received} bytes" if budget.received else " without an answer"
    return Failure.CLOSED, f"the receiver closed the connection{got}"
