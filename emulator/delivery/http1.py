"""
One HTTP/1.1 answer, read from bytes as they come; h11 does the reading.

Pure: it is fed with what a connection brought and says when the answer is complete, or in which way it is broken.  A
client library would hide just that, and the doctor lives on it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import h11

from emulator.delivery.exchange import Reply
from emulator.delivery.quick_answer import quick_answer

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Answer", "ClosedEarlyError", "MalformedAnswerError"]

_LONGEST_HEAD: Final = 32 * 1024
_BEGINNING: Final = b"HTTP/"

# What h11 finds wrong -> what we say about it, the first that fits.
_FAULTS: Final = (
    ("SWITCH_UPGRADE", "it switches to another protocol (101), which nobody asked for"),
    ("illegal status line", "it doesn't begin like an HTTP/1.1 answer"),
    ("Response status_code", "it doesn't begin like an HTTP/1.1 answer"),
    ("conflicting Content-Length", "it gives two different lengths in Content-Length"),
    ("bad Content-Length", "its Content-Length is no number"),
    ("Transfer-Encoding", "its Transfer-Encoding is not 'chunked'"),
    ("illegal chunk header", "the sizes of its chunks are no numbers"),
    ("malformed chunk footer", "a chunk is longer than its size says"),
    ("Receive buffer too long", "its head is longer than 32 KiB"),
    ("header", "a line of its head is no header"),
)


class MalformedAnswerError(ValueError):
    """The answer isn't HTTP/1.1; the message says what is wrong with it."""


class ClosedEarlyError(ConnectionError):
    """The connection was closed before the answer was complete."""


class Answer:
    """
    An answer in the making; interim answers (1xx) are skipped.

    Args:
        to_head: It answers a HEAD, so its Content-Length is that of a body which doesn't come.
        limit: How many bytes of the body are wanted; with one more the answer counts as complete.
    """

    def __init__(self, *, limit: int, to_head: bool = False) -> None:
        self.has_head = False
        self._limit = limit
        self._to_head = to_head
        self._quick: Reply | None = None
        self._head: h11.Response | None = None
        self._body = bytearray()
        self._first = b""

    @cached_property
    def _reader(self) -> h11.Connection:
        reader = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        # Our own request is written elsewhere, in Okta's order of headers; h11 only has to know that there was one.
        reader.send(h11.Request(method="HEAD" if self._to_head else "GET", target="/", headers=[("Host", "receiver")]))
        reader.send(h11.EndOfMessage())
        return reader

    def feed(self, data: bytes) -> bool:
        """
        Take the next bytes, none if the connection was closed, and return whether the answer is complete.

        Raises:
            MalformedAnswerError: this isn't HTTP/1.1.
            ClosedEarlyError: the connection was closed too early.
        """
        if not self._first and not self._to_head:
            self._quick = quick_answer(data, limit=self._limit)
            if self._quick is not None:
                self.has_head = True
                return True
        self._look_at_beginning(data)
        try:
            self._reader.receive_data(data)
            return self._read(self._reader.next_event)
        except h11.RemoteProtocolError as error:
            if not data:
                raise ClosedEarlyError from None
            raise MalformedAnswerError(_in_words(str(error))) from None

    def reply(self) -> Reply:
        """Return what has come so far: the head at least."""
        if self._quick is not None:
            return self._quick
        head = self._head or h11.Response(status_code=200, headers=[])
        return Reply(
            status=head.status_code,
            reason=head.reason.decode("latin-1"),
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in _raw(head)),
            body=bytes(self._body[: self._limit]),
            truncated=len(self._body) > self._limit,
        )

    @property
    def keeps_connection(self) -> bool:
        """Whether the answer is complete and lets the connection carry another request."""
        return self._quick is not None or (bool(self._first) and self._reader.their_state is h11.DONE)

    @property
    def rest(self) -> bytes:
        """What has come behind the end of the answer."""
        return bytes(self._reader.trailing_data[0]) if self._quick is None and self.keeps_connection else b""

    def _look_at_beginning(self, data: bytes) -> None:
        # Another protocol may never send a line end, so it is refused at once rather than when the time is up.
        if len(self._first) < len(_BEGINNING):
            self._first = (self._first + data)[: len(_BEGINNING)]
            if not _BEGINNING.startswith(self._first):
                raise MalformedAnswerError("it doesn't begin like an HTTP/1.1 answer")

    def _read(self, next_event: Callable[[], object]) -> bool:
        while len(self._body) <= self._limit:
            event = next_event()
            if event is h11.NEED_DATA:
                return False
            if isinstance(event, h11.Response):
                self._head, self.has_head = event, True
            elif isinstance(event, h11.Data):
                self._body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return True
            elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                raise ClosedEarlyError
        return True


def _raw(head: h11.Response) -> list[tuple[bytes, bytes]]:
    headers = head.headers
    return headers.raw_items() if hasattr(headers, "raw_items") else list(headers)


def _in_words(fault: str) -> str:
    return next((words for sign, words in _FAULTS if sign.lower() in fault.lower()), f"it is not HTTP/1.1: {fault}")
