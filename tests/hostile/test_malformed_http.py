"""Requests that no well-meaning client sends: a right status or a closed connection, in time, and no harm done."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

pytestmark = [pytest.mark.process, pytest.mark.wire]

CLOSED = None
MEGABYTE = 1024 * 1024
TROUBLE = ["Traceback", "uncaptured python exception", "internal error", "Exception"]


@dataclass(frozen=True)
class Attack:
    """Bytes to send, and the statuses that are fine; CLOSED is no answer at all, and then the connection must end."""

    name: str
    data: Callable[[Any], bytes]
    wanted: frozenset[int | None]
    org: frozenset[int | None] | None = None  # what the org may answer, if it isn't the same


ATTACKS: list[Attack] = []


def attack(name: str, data: bytes | Callable[[Any], bytes], *wanted: int | None, org: Any = None) -> None:
    made = data if callable(data) else lambda _: data
    also = None if org is None else frozenset(org if isinstance(org, tuple) else (org,))
    ATTACKS.append(Attack(name=name, data=made, wanted=frozenset(wanted), org=also))


def chunked(*pieces: bytes) -> Callable[[Any], bytes]:
    return lambda to: to.head(b"Transfer-Encoding: chunked") + b"".join(pieces)


# Request lines
attack("a line of nothing", b"\r\n\r\n\r\n\r\nGET\r\n\r\n", 400)
attack("no target", b"GET\r\n\r\n", 400)
attack("HTTP/0.9", b"GET /\r\n\r\n", 404, org=303)
attack("HTTP/2's preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 404)
attack("a version of the future", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 404, org=303)
attack("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\r\n\r\n", 400)
attack("SSH", b"SSH-2.0-OpenSSH_9.6\r\n\r\n", 400)
attack("zeros", b"\x00" * 5000 + b"\r\n\r\n", 400)
attack("a small-letter method", b"get / HTTP/1.1\r\nHost: x\r\n\r\n", 400)
attack("an absolute target", lambda to: to.head(b"Content-Length: 0", target=b"http://other.example/x"), 404)
attack("an absolute target that is none", lambda to: to.head(target=b"http://[::1/x"), 400)
attack("a target with a bad port", lambda to: to.head(target=b"http://x:99999999/x"), 400, 404)
attack("an asterisk", lambda to: to.head(method=b"OPTIONS", target=b"*"), 404, 405)
attack("CONNECT", lambda to: to.head(method=b"CONNECT", target=b"example.com:443"), 404, 405)
attack("TRACE", lambda to: to.head(method=b"TRACE"), 405)
attack("a method of one's own", lambda to: to.head(method=b"X" * 1000), 405)
attack("a path up and away", lambda to: to.head(method=b"GET", target=b"/api/v1/../../../etc/passwd"), 404)
attack("the same in per cent", lambda to: to.head(method=b"GET", target=b"/%2e%2e/%2e%2e%2fetc%2fpasswd"), 404)
attack("NUL in the path", lambda to: to.head(method=b"GET", target=b"/api/v1/users/a\x00b"), 400, 404)
attack("%00 in the path", lambda to: to.head(method=b"GET", target=b"/api/v1/users/a%00b"), 404)
attack(
    "bytes that are no UTF-8 in the path",
    lambda to: to.head(method=b"GET", target=b"/api/v1/users/%ff%fe\xff"),
    400,
    404,
)
attack("a surrogate in the path", lambda to: to.head(method=b"GET", target=b"/api/v1/users/%ed%a0%80"), 404)
attack("a query of nonsense", lambda to: to.head(method=b"GET", target=b"/api/v1/users?limit=%00&after=%ed%a0%80&q=%ff"),
       404, org=(200, 400))  # fmt: skip
attack("a limit of a thousand digits", lambda to: to.head(method=b"GET", target=b"/api/v1/logs?limit=" + b"9" * 9000),
       404, org=400)  # fmt: skip
attack("a long target", lambda to: to.head(method=b"GET", target=b"/" + b"a" * 60_000), 404, 414, 431)
attack("a target that is too long", lambda to: to.head(method=b"GET", target=b"/" + b"a" * 10 * MEGABYTE), 414, 431)

# Headers
attack("10,000 headers", lambda to: to.head(*[b"X-%d: x" % n for n in range(10_000)]), 431)
attack("1,000 short headers", lambda to: to.head(*[b"X: y"] * 1000), 431)
attack("a header of 10 MB", lambda to: to.head(b"X: " + b"x" * 10 * MEGABYTE), 431)
attack("a header without a colon", lambda to: to.head(b"no colon here"), 400)
attack("a header without a name", lambda to: to.head(b": x"), 400)
attack("a blank before the colon", lambda to: to.head(b"Content-Length : 5"), 400)
attack("NUL in a header", lambda to: to.head(b"X: a\x00b"), 400)
attack("a bare CR in a header", lambda to: to.head(b"X: a\rContent-Length: 5"), 400)
attack("a bare LF in a header", lambda to: to.head(b"X: a\nContent-Length: 5"), 400)
attack("a folded first header", b"GET / HTTP/1.1\r\n folded\r\nHost: x\r\n\r\n", 400)
attack(
    "bytes of any kind in the secret",
    lambda to: to.head(method=b"GET").replace(to.auth, b"Authorization: \xff\xfe"),
    401,
)
attack("no Host", b"GET / HTTP/1.1\r\n\r\n", 400)
attack("two Hosts", lambda to: to.head(b"Host: y"), 400)
attack("a Host that is none", lambda to: to.head(method=b"GET").replace(b"Host: 127.0.0.1", b"Host: [::1\r\nX: y"),
       400, 404, org=(200, 400))  # fmt: skip

# Lengths
attack("a negative length", lambda to: to.head(b"Content-Length: -1"), 400)
attack("a signed length", lambda to: to.head(b"Content-Length: +5") + b"{}   ", 400)
attack("a length in hexadecimal", lambda to: to.head(b"Content-Length: 0x5") + b"{}   ", 400)
attack("a length in Arabic digits", lambda to: to.head("Content-Length: \u0665".encode()), 400)
attack("a length that is no number", lambda to: to.head(b"Content-Length: many"), 400)
attack("a length of 30 digits", lambda to: to.head(b"Content-Length: " + b"9" * 30), 400, 413)
attack("a length of 9,000 digits", lambda to: to.head(b"Content-Length: " + b"9" * 9000), 400, 413)
attack("two lengths", lambda to: to.head(b"Content-Length: 2", b"Content-Length: 3") + b"{} ", 400)
attack("two lengths in one", lambda to: to.head(b"Content-Length: 2, 2") + b"{}", 400)
attack("the same length twice", lambda to: to.head(b"Content-Length: 2", b"Content-Length: 2") + b"{}", 400)
attack("a huge length and no body", lambda to: to.head(b"Content-Length: 99999999999"), 413)
attack("a body of 40 MB", lambda to: to.post(b"x" * 40 * MEGABYTE), 413)

# Smuggling: what two servers in a row may read differently; the request behind must not be answered
attack(
    "length and chunks",
    lambda to: to.head(b"Content-Length: 4", b"Transfer-Encoding: chunked") + b"0\r\n\r\n" + to.good,
    400,
)
attack(
    "chunks and length",
    lambda to: to.head(b"Transfer-Encoding: chunked", b"Content-Length: 4") + b"0\r\n\r\n" + to.good,
    400,
)
attack("a blank before TE's colon", lambda to: to.head(b"Transfer-Encoding : chunked") + b"0\r\n\r\n" + to.good, 400)
attack("xchunked", lambda to: to.head(b"Transfer-Encoding: xchunked") + b"0\r\n\r\n" + to.good, 400, 501)
attack("chunked twice", lambda to: to.head(b"Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n" + to.good, 400, 501)
attack(
    "two encodings",
    lambda to: to.head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity") + to.good,
    400,
    501,
)
attack("gzip in TE", lambda to: to.head(b"Transfer-Encoding: gzip") + to.good, 400, 501)
attack("a vertical tab in TE", lambda to: to.head(b"Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n" + to.good, 400, 501)
attack(
    "chunks in HTTP/1.0", lambda to: to.head(b"Transfer-Encoding: chunked").replace(b"/1.1", b"/1.0", 1) + to.good, 400
)
attack("a folded TE", lambda to: to.head(b"Transfer-Encoding:\r\n chunked") + b"0\r\n\r\n" + to.good, 400, 501)
attack(
    "TE with an underscore",
    lambda to: to.head(b"Transfer_Encoding: chunked", b"Content-Length: 2") + b"{}" + to.good,
    400,
)

# Chunks
attack("a chunk's size that is none", chunked(b"zz\r\n"), 400)
attack("a negative chunk", chunked(b"-1\r\n"), 400)
attack("a chunk's size with a prefix", chunked(b"0x2\r\n{}\r\n0\r\n\r\n"), 400)
attack("a huge chunk", chunked(b"f" * 16 + b"\r\n" + b"x" * 20 * MEGABYTE), 413)
attack("a size that never ends", chunked(b"1" * MEGABYTE), 400)
attack("an extension of 1 MB", chunked(b"2;" + b"x" * MEGABYTE), 400)
attack("an extension that is none", chunked(b"2;\x00\r\n{}\r\n0\r\n\r\n"), 400)
attack("a chunk that is longer than it says", chunked(b"2\r\n{}}}}}\r\n0\r\n\r\n"), 400)
attack("trailers of 1 MB", chunked(b"2\r\n{}\r\n0\r\n" + b"X: y\r\n" * (MEGABYTE // 6)), 400)
attack("a thousand chunks of a byte", chunked(b"1\r\n \r\n" * 1000 + b"0\r\n\r\n"), 400)

# Bodies
attack("no body", lambda to: to.post(b""), 400)
attack("text", lambda to: to.post(b"dear diary"), 400)
attack("100,000 brackets", lambda to: to.post(b"[" * 100_000), 400)
attack("100,000 brackets and back", lambda to: to.post(b"[" * 100_000 + b"]" * 100_000), 400)
attack("100,000 objects deep", lambda to: to.post(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), 400)
attack("an integer of 100,000 digits", lambda to: to.post(b'{"profile":' + b"9" * 100_000 + b"}"), 400)
attack("a number beyond all bounds", lambda to: to.post(b'{"profile":{"login":1e999999}}'), 400)
attack("NaN", lambda to: to.post(b'{"profile":NaN}'), 400)
attack(
    "a key twice",
    lambda to: to.post(b'{"eventType":"com.okta.event_hook","eventType":"x","profile":1,"profile":2}'),
    400,
)
attack("no UTF-8", lambda to: to.post(b'{"profile":{"login":"\xff\xfe"}}'), 400)
attack("UTF-16", lambda to: to.post('{"profile":{}}'.encode("utf-16")), 400)
attack("a byte order mark", lambda to: to.post(b"\xef\xbb\xbf{}"), 400)
attack("half a surrogate", lambda to: to.post(b'{"profile":{"login":"\\ud800@example.com"}}'), 400)
attack("NUL in a value", lambda to: to.post(b'{"profile":{"login":"a\\u0000@example.com"}}'), 400)
attack("two values", lambda to: to.post(b"{} {}"), 400)
attack(
    "a bomb in gzip", lambda to: to.post(gzip.compress(b" " * 50 * MEGABYTE), b"Content-Encoding: gzip"), 415, org=400
)
attack("an encoding of one's own", lambda to: to.post(b"{}", b"Content-Encoding: br, x"), 415, org=400)
attack(
    "a form",
    lambda to: to.post(b"a=b").replace(b"application/json", b"application/x-www-form-urlencoded"),
    415,
    org=(400, 415),
)
attack("a form of a million parts",
       lambda to: to.post(b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * 20_000)
       .replace(b"application/json", b"multipart/form-data; boundary=x"), 415, org=(400, 415))  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_what_nobody_should_send_is_refused_and_the_next_client_is_served(victim, attack: Attack) -> None:
    wanted = attack.org if victim.name == "org" and attack.org is not None else attack.wanted
    before, said = victim.memory(), len(victim.said())
    answer = victim.ask(attack.data(victim), patience=3.0 if CLOSED in wanted else 5.0, half_close=True)

    assert answer.status in wanted
    assert answer.closed or answer.status is not CLOSED
    assert 500 not in answer.statuses
    assert b"Traceback" not in answer.data
    assert victim.seconds_for_a_good_client() < 1
    assert victim.memory() < before + 50
    assert [word for word in TROUBLE if word in victim.said()[said:]] == []
