"""One HTTP exchange as data: what was sent, what came back, how long each phase took, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from emulator.contract.constants import REPLY_LIMIT
from emulator.secrets import Redactor, Secret, safe_url, url_secrets
from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["BEGINNING", "Exchange", "Failure", "HeaderValue", "Phase", "Reply", "Request", "timeout_detail"]

HeaderValue = str | Secret

# How many of the first received bytes an exchange keeps, to tell what answers if it isn't HTTP.
BEGINNING: Final = 64
_LONGEST_IN_COMMAND: Final = 8_000  # bytes


class Phase(StrEnum):
    """The parts of one attempt, in order; all of them share its time limit (R1)."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    SEND = "send"
    HEAD = "head"
    BODY = "body"
    DONE = "done"


class Failure(StrEnum):
    """Why an attempt brought no complete reply."""

    TIMEOUT = "timeout"
    DNS = "dns"
    REFUSED = "connection_refused"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    CLOSED = "connection_closed"
    NOT_HTTP = "not_http"
    BLOCKED = "target_not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    A request to send, with its headers in wire order.

    Secret header values stay wrapped until the transport writes them.  ``reply_limit`` is how many bytes of the answer's
    body are read.
    """

    method: str
    url: str
    headers: tuple[tuple[str, HeaderValue], ...]
    body: bytes | None = field(default=None, repr=False)
    reply_limit: int = REPLY_LIMIT

    def __repr__(self) -> str:
        return f"Request({self.method} {safe_url(self.url)}, headers={self.shown_headers()!r})"

    def secrets(self) -> Iterator[Secret]:
        """Yield the secret header values and the long values of the URL's query, so that a redactor can learn them."""
        yield from (value for _, value in self.headers if isinstance(value, Secret))
        yield from url_secrets(self.url)

    def shown_headers(self) -> dict[str, str]:
        """Return the headers for a report, secrets hidden."""
        return {name: str(value) for name, value in self.headers}

    def curl(self) -> str:
        """Return a curl command that repeats this request, secrets hidden; a long body is left in ``body.json``."""
        parts = ["curl", "-i", "--max-time", "3"]
        if self.method != "GET":
            parts += ["-X", self.method]
        for name, value in self.headers:
            if name.lower() not in {"host", "content-length", "connection"}:
                parts += ["-H", _quoted(f"{name}: {value}")]
        if self.body is not None:
            parts += ["--data-binary", _quoted(_short_text(self.body) or "@body.json")]
        return " ".join([*parts, _quoted(safe_url(self.url))])


def _short_text(body: bytes) -> str:
    """Return a body that can stand in a command line, or an empty string; a leading @ would name a file."""
    try:
        text = body.decode("utf-8") if len(body) <= _LONGEST_IN_COMMAND else ""
    except UnicodeDecodeError:
        return ""
    return "" if text.startswith("@") or "\0" in text else text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    A receiver's answer.

    ``headers`` keep order and repetition; ``body`` holds at most the first 64 KiB (D26), and ``truncated`` says
    that more was left unread.
    """

    status: int
    # A receiver may repeat what it was sent, so what it says is not printed by accident.
    reason: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    truncated: bool = False

    def header(self, name: str) -> str:
        """Return the first header called *name*, in any case, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def media_type(self) -> str:
        """The lower-case media type of ``Content-Type``, without parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """
    A finished attempt: either ``reply`` or ``failure`` is set.

    ``phase`` is where it ended; ``elapsed`` and ``timings`` are seconds; ``detail`` says in words what went wrong.
    A reply cut off in its body has a failure, and its head is kept in ``partial``; ``beginning`` holds the first bytes
    that came, whether they were HTTP or not, and ``stray`` those that came behind the end of the answer.
    """

    request: Request
    reply: Reply | None = None
    failure: Failure | None = None
    detail: str = ""
    phase: Phase = Phase.DONE
    elapsed: float = 0.0
    timings: Mapping[Phase, float] = field(default_factory=dict)
    partial: Reply | None = None
    bytes_received: int = 0
    beginning: bytes = field(default=b"", repr=False)
    stray: bytes = field(default=b"", repr=False)
    peer: str = ""

    @property
    def status(self) -> int | None:
        """The status of a complete reply, or None."""
        return None if self.reply is None else self.reply.status

    @property
    def reused(self) -> bool:
        """Whether it went over the connection of an earlier exchange."""
        return Phase.SEND in self.timings and Phase.CONNECT not in self.timings

    def summary(self) -> str:
        """Return one line for people: ``204 No Content after 0.012 s`` or ``timeout while ... after 3.000 s``."""
        if self.reply is not None:
            # The words in the status line are the receiver's, which may repeat a secret or speak to the terminal.
            said = visible(Redactor(self.request.secrets())(self.reply.reason))
            return f"{self.reply.status} {said}".strip() + f" after {self.elapsed:.3f} s"
        return f"{self.detail or self.failure} after {self.elapsed:.3f} s"


def timeout_detail(phase: Phase, received: int) -> str:
    """Say in which phase the time ran out."""
    return {
        Phase.RESOLVE: "timed out while looking up the host name",
        Phase.CONNECT: "timed out while connecting",
        Phase.TLS: "timed out during the TLS handshake",
        Phase.SEND: "timed out while the receiver was still reading the request",
        Phase.HEAD: "timed out while waiting for the answer"
        if not received
        else f"timed out in the middle of the answer's head ({received} bytes came)",
        Phase.BODY: f"timed out in the middle of the answer's body ({received} bytes came)",
        Phase.DONE: "timed out",
    }[phase]
