"""One HTTP/1.1 answer from bytes, whole or in any pieces."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.delivery.http1 import Answer, ClosedEarlyError, MalformedAnswerError

OK = b"HTTP/1.1 200 OK\r\n"

# name -> bytes of the answer, the body they hold, whether it is complete before the connection is closed
COMPLETE = {
    "a stated length": (OK + b"Content-Length: 5\r\n\r\nhello", b"hello", True),
    "more than was stated": (OK + b"Content-Length: 5\r\n\r\nhello, and more", b"hello", True),
    "the same length twice": (OK + b"Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello", b"hello", True),
    "the same length twice in a line": (OK + b"Content-Length: 5, 5\r\n\r\nhello", b"hello", True),
    "no length": (OK + b"\r\nhello", b"hello", False),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
    "no body, whatever the length": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b"", True),
    "length 0": (OK + b"Content-Length: 0\r\n\r\n", b"", True),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\n\r\n", b"hello", True),
    "chunks with trailers": (OK + b"Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"hello", True),
    "chunks beat a length": (
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"hello", True,
    ),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", b"hello", True),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nhello", b"hello", False),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", b"hello", True),
    "interim answers first": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 5\r\n\r\nhello",
        b"hello", True,
    ),
}  # fmt: skip

BROKEN = {
    "another protocol from now on": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\n", "switches to another"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n", "doesn't begin like"),
    "another protocol without a line end": (b"\x15\x03\x01\x00\x02\x02\x46", "doesn't begin like"),
    "HTTP/2": (b"HTTP/2 200 OK\r\n\r\n", "doesn't begin like"),
    "a status in words": (b"HTTP/1.1 abc OK\r\n\r\n", "doesn't begin like"),
    "a status of two digits": (b"HTTP/1.1 20 OK\r\n\r\n", "doesn't begin like"),
    "a status below 100": (b"HTTP/1.1 099 OK\r\n\r\n", "doesn't begin like"),
    "no colon": (OK + b"garbage\r\n\r\n", "no header"),
    "no name": (OK + b": value\r\n\r\n", "no header"),
    "two lengths": (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "two different lengths"),
    "a negative length": (OK + b"Content-Length: -1\r\n\r\n", "no number"),
    "a length in words": (OK + b"Content-Length: five\r\n\r\n", "no number"),
    "a chunk size in words": (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "sizes of its chunks"),
    "an endless chunk size": (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 21 + b"\r\n", "sizes of its chunks"),
    "a chunk that is too long": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n", "longer than its size"),
    "an endless line": (OK + b"A: " + b"b" * 90_000, "longer than 32 KiB"),
    "endless lines": (OK + b"A: b\r\n" * 20_000, "longer than 32 KiB"),
}

CUT = [
    b"",
    b"HTTP/1.1 200",
    OK + b"Content-Le",
    OK + b"Content-Length: 5\r\n\r\nhell",
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
]


def read(pieces: list[bytes], *, limit: int = 1000) -> tuple[Answer, bool]:
    answer = Answer(limit=limit)
    return answer, any(answer.feed(piece) for piece in pieces if piece)


@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_an_answer_is_read_from_pieces_of_any_size(name: str, size: int) -> None:
    data, body, complete = COMPLETE[name]
    answer, done = read([data[start : start + size] for start in range(0, len(data), size)])

    assert done is complete
    assert complete or answer.feed(b"")
    assert answer.has_head
    assert answer.reply().body == body


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("size", [500, 16_384])
def test_a_broken_answer_says_how(name: str, size: int) -> None:
    data, words = BROKEN[name]

    with pytest.raises(MalformedAnswerError, match=words):
        read([data[start : start + size] for start in range(0, len(data), size)])


@pytest.mark.parametrize("data", CUT)
def test_an_answer_that_is_cut_short_is_not_complete(data: bytes) -> None:
    answer, done = read([data])

    assert not done
    with pytest.raises(ClosedEarlyError):
        answer.feed(b"")


def test_headers_keep_order_case_repetition_and_continuation() -> None:
    answer, _ = read([b"HTTP/1.1 200 Fine thing\r\nX-One: 1\r\nx-one:2\r\nLong: a\r\n  b\r\nContent-Length: 0\r\n\r\n"])

    reply = answer.reply()
    assert (reply.status, reply.reason) == (200, "Fine thing")
    assert reply.headers == (("X-One", "1"), ("x-one", "2"), ("Long", "a b"), ("Content-Length", "0"))


@pytest.mark.parametrize(
    "data",
    [
        OK + b"Content-Length: 1000000\r\n\r\n" + b"x" * 50,
        OK + b"\r\n" + b"x" * 50,
        OK + b"Transfer-Encoding: chunked\r\n\r\nf4240\r\n" + b"x" * 50,
    ],
)
def test_no_more_of_a_body_is_read_than_is_wanted(data: bytes) -> None:
    """D26."""
    answer, done = read([data], limit=10)

    assert done
    assert (answer.reply().body, answer.reply().truncated) == (b"x" * 10, True)


def test_a_body_of_just_the_wanted_size_is_not_truncated() -> None:
    answer, done = read([OK + b"Content-Length: 10\r\n\r\n" + b"x" * 10], limit=10)

    assert done
    assert not answer.reply().truncated


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=20), st.booleans())
def test_whatever_comes_is_an_answer_or_a_named_fault(pieces: list[bytes], begins_well: bool) -> None:  # noqa: FBT001
    answer = Answer(limit=100)
    with suppress(MalformedAnswerError, ClosedEarlyError):
        for piece in [OK * begins_well, *pieces, b""]:
            if piece and answer.feed(piece):
                break

    assert len(answer.reply().body) <= 100
