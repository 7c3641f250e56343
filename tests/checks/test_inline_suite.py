"""The contract suite of inline hooks ends with a verdict, whatever a service answers."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.wire

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
ODD = {
    "commands of odd types": {
        "commands": [
            None,
            3,
            {"type": {}, "value": []},
            {"type": [], "value": {"registration": "DENY"}},
            {"type": "com.okta.access.patch", "value": [None, {"op": [], "path": {}, "value": 1e300}]},
            {"type": "com.okta.telephony.action", "value": [[], {"status": []}]},
        ]
    },
    "an error of odd types": {"error": {"errorSummary": [], "errorCauses": [1, {"errorSummary": {}}]}, "commands": {}},
    "an array": [[[[]]]],
    "a number": 5,
}


@pytest.mark.parametrize("kind", ["password-import", "registration", "token", "saml", "telephony", "user-import"])
@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_odd_json_is_judged(okta_hooks: Callable, raw_server: Callable, read_request: Callable, kind, answer) -> None:
    body = json.dumps(answer).encode()

    def behave(connection) -> None:
        read_request(connection)
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    done = okta_hooks(
        "inline", "check", raw_server(behave).url, "--type", kind, "--ignore", "in-time-at-once", "--json"
    )
    report = json.loads(done.out)

    assert done.code == 1
    assert report["counts"]["error"] == 0
    assert any(
        check["id"].startswith(("answer-", "command-")) for check in report["checks"] if check["status"] == "fail"
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000 + b"\r\n\r\n",
        HEAD + b"Content-Length: 1000000\r\n\r\n" + b" " * 400_000,
        HEAD + b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000,
        HEAD + b"Content-Length: 3\r\n\r\n\xff\xfe\x00",
    ],
    ids=["nothing", "another protocol", "an endless head", "a large body", "deep brackets", "no UTF-8"],
)
def test_what_is_hardly_http_ends_in_a_verdict_too(
    okta_hooks: Callable, raw_server: Callable, read_request: Callable, answer: bytes
) -> None:
    def behave(connection) -> None:
        read_request(connection)
        connection.sendall(answer)

    done = okta_hooks(
        "inline", "check", raw_server(behave).url, "--type", "token", "--ignore", "in-time-at-once", "--json"
    )

    assert done.code == 1
    assert "Traceback" not in done.err
    assert json.loads(done.out)["counts"]["fail"] >= 1
