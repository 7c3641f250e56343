"""The quick way to read an answer says yes only where h11 says the very same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.delivery.http1 import Answer, ClosedEarlyError, MalformedAnswerError
from emulator.delivery.quick_answer import quick_answer

LIMIT = 1024

PLAIN = [
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 204 \r\nServer: x\r\nX-Tab: a\tb\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length:2\r\nX: \xe9\r\nX: \r\n\r\nok",
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0003\r\n\r\nno.",
]
OTHER = [
    b"",
    b"HTTP/1.1 204 No Content\r\n",
    b"HTTP/1.1 204 No Content\r\n\r\n{}",
    b"HTTP/1.1 204\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nUpgrade: h2c\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nNo colon\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\n folded: x\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nX : y\r\n\r\n",
    b"HTTP/1.1 204 No Content\nX: y\n\n",
    b"HTTP/1.1 204 No\x00Content\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nX: " + b"y" * 9000 + b"\r\n\r\n",
]


def slowly(data: bytes) -> Answer:
    """Read an answer that came in two pieces, which the quick way leaves alone."""
    answer = Answer(limit=LIMIT)
    answer.feed(data[:1])
    assert answer.feed(data[1:])
    return answer


@pytest.mark.parametrize("data", PLAIN)
def test_a_usual_answer_is_read_at_once_and_as_h11_reads_it(data: bytes) -> None:
    quick, slow = quick_answer(data, limit=LIMIT), slowly(data)

    assert quick == slow.reply()
    assert (slow.keeps_connection, slow.rest) == (True, b"")


@pytest.mark.parametrize("data", OTHER)
def test_any_other_answer_is_left_to_h11(data: bytes) -> None:
    assert quick_answer(data, limit=LIMIT) is None


@given(st.data())
def test_what_the_quick_way_passes_is_never_read_otherwise(data: st.DataObject) -> None:
    answer = bytearray(data.draw(st.sampled_from([*PLAIN, *OTHER[1:]])))
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(answer)))
        length = data.draw(st.integers(0, 2))
        answer[place : place + length] = data.draw(st.sampled_from([b"", b"\r\n", b":", b" ", b"0", b"7", b"\t", b"x"]))
    quick = quick_answer(bytes(answer), limit=LIMIT)
    if quick is None:
        return

    try:
        slow = slowly(bytes(answer))
    except (MalformedAnswerError, ClosedEarlyError) as error:
        pytest.fail(f"h11 refuses {bytes(answer)!r}: {error}")

    assert quick == slow.reply()
    assert (slow.keeps_connection, slow.rest) == (True, b"")
