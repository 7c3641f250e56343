"""
One HTTP/1.1 answer, read from bytes as they come (RFC 9112).

Pure: it is fed with what a connection brought and says when the answer is complete, or in which way it is broken.  A
client library would hide just that, and the doctor lives on it; it would also take as long to import as all the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.delivery.exchange import Reply

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["Answer", "ClosedEarlyError", "MalformedAnswerError"]

_LONGEST_LINE = 64 * 1024
_MOST_LINES = 100
_LONGEST_SIZE = 15
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_BODILESS = frozenset({101, 204, 304})


class MalformedAnswerError(ValueError):
    """The answer isn't HTTP/1.1; the message says what is wrong with it."""


class ClosedEarlyError(ConnectionError):
    """The connection was closed before the answer was complete."""


class Answer:
    """
    An answer to a GET or POST in the making.

    ``status``, ``reason`` and ``headers`` are there once ``has_head`` says so.  Interim answers (1xx) are skipped.

    Args:
        limit: How many bytes of the body are wanted; with one more the answer counts as complete.
    """

    def __init__(self, *, limit: int) -> None:
        self.has_head = False
        self._status = 0
        self._reason = ""
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = bytearray()
        self._limit = limit
        self._unread = bytearray()
        self._closed = False
        self._reader = self._read()
        next(self._reader)

    def feed(self, data: bytes) -> bool:
        """
        Take the next bytes, none if the connection was closed, and return whether the answer is complete.

        Raises:
            MalformedAnswerError: this isn't HTTP/1.1.
            ClosedEarlyError: the connection was closed too early.
        """
        self._closed = not data
        self._unread += data
        try:
            next(self._reader)
        except StopIteration:
            return True
        return False

    def reply(self) -> Reply:
        """Return what has come so far."""
        return Reply(
            status=self._status,
            reason=self._reason,
            headers=self._headers,
            body=bytes(self._body[: self._limit]),
            truncated=len(self._body) > self._limit,
        )

    def _read(self) -> Generator[None, None, None]:
        yield
        while True:
            self._status, self._reason = _status((yield from self._line(first=True)))
            headers = yield from self._lines()
            if self._status >= 200 or self._status == 101:
                break
        self._headers = tuple(headers)
        self.has_head = True
        if self._status in _BODILESS:
            return
        if _is_chunked(headers):
            yield from self._chunks()
            return
        length = _length(headers)
        yield from self._take(self._limit + 1 if length is None else length, until_closed=length is None)

    def _more(self) -> Generator[None, None, None]:
        if self._closed:
            raise ClosedEarlyError
        yield

    def _line(self, *, first: bool = False) -> Generator[None, None, str]:
        """Read one line; an answer's first is refused as soon as it can't be that of an HTTP answer."""
        seen = 0
        while (end := self._unread.find(b"\n", seen)) < 0:
            if first and not b"HTTP/".startswith(self._unread[:5]):
                raise MalformedAnswerError("it doesn't begin like an HTTP/1.1 answer")
            seen = len(self._unread)
            if seen > _LONGEST_LINE:
                break
            yield from self._more()
        if max(seen, end) > _LONGEST_LINE:
            raise MalformedAnswerError("a line of its head is longer than 64 KiB")
        line = self._unread[:end].removesuffix(b"\r").decode("latin-1")
        del self._unread[: end + 1]
        return line

    def _lines(self) -> Generator[None, None, list[tuple[str, str]]]:
        """Read header or trailer lines up to the empty one."""
        found: list[tuple[str, str]] = []
        while line := (yield from self._line()):
            name, colon, value = line.partition(":")
            if line[0] in " \t" and found:
                found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
            elif not colon or not name.strip():
                raise MalformedAnswerError("a line of its head is no header")
            elif len(found) == _MOST_LINES:
                raise MalformedAnswerError(f"its head has more than {_MOST_LINES} lines")
            else:
                found.append((name.strip(), value.strip()))
        return found

    def _take(self, count: int, *, until_closed: bool = False) -> Generator[None, None, None]:
        """Move so many bytes to the body, or as many as are wanted, or all until the connection is closed."""
        count = min(count, self._limit + 1 - len(self._body))
        while count > 0:
            if not self._unread:
                if self._closed and until_closed:
                    break
                yield from self._more()
                continue
            piece = self._unread[:count]
            del self._unread[:count]
            self._body += piece
            count -= len(piece)

    def _chunks(self) -> Generator[None, None, None]:
        while True:
            size = (yield from self._line()).partition(";")[0].strip()
            if not size or len(size) > _LONGEST_SIZE or not _HEXADECIMAL.issuperset(size):
                raise MalformedAnswerError("the sizes of its chunks are no numbers")
            if int(size, 16) == 0:
                break
            yield from self._take(int(size, 16))
            if len(self._body) > self._limit:
                return
            if (yield from self._line()):
                raise MalformedAnswerError("a chunk is longer than its size says")
        yield from self._lines()


def _status(line: str) -> tuple[int, str]:
    version, _, rest = line.partition(" ")
    status, _, reason = rest.strip().partition(" ")
    if version[:7] != "HTTP/1." or len(status) != 3 or not (status.isascii() and status.isdecimal()) or status < "100":
        raise MalformedAnswerError("it doesn't begin like an HTTP/1.1 answer")
    return int(status), reason.strip()


def _values(headers: list[tuple[str, str]], wanted: str) -> list[str]:
    return [part.strip() for name, value in headers if name.lower() == wanted for part in value.split(",")]


def _is_chunked(headers: list[tuple[str, str]]) -> bool:
    codings = _values(headers, "transfer-encoding")
    return bool(codings) and codings[-1].lower() == "chunked"


def _length(headers: list[tuple[str, str]]) -> int | None:
    lengths = set(_values(headers, "content-length"))
    if len(lengths) > 1:
        raise MalformedAnswerError("it gives two different lengths in Content-Length")
    if not all(length.isascii() and length.isdecimal() for length in lengths):
        raise MalformedAnswerError("its Content-Length is no number")
    return int(lengths.pop()) if lengths else None
