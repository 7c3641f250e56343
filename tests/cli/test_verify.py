"""``okta-hooks verify`` against receivers on real sockets: verdict, doctor, exit code, and no secret anywhere."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.wire

SECRET = "Basic am9objpzM2NyM3QtdmFsdWU="
PASSWORD = "s3cr3t-value"  # what the base64 above holds


def header(request: bytes, name: str) -> str:
    found = re.search(rf"^{name}: (.*)\r$".encode(), request, re.MULTILINE)
    return found.group(1).decode() if found else ""


def http(status: str, body: str = "", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{key.replace('_', '-')}: {value}" for key, value in headers.items())]
    return ("\r\n".join([*lines, f"Content-Length: {len(body.encode())}", "", ""]) + body).encode()


@pytest.fixture
def receiver(raw_server: Callable, read_request: Callable) -> Callable[[Callable[[str, bytes], bytes]], tuple]:
    """Start a receiver from a function (challenge, raw request) -> raw answer; returns its URL and what it got."""

    def start(answer: Callable[[str, bytes], bytes]) -> tuple[str, list[bytes]]:
        seen: list[bytes] = []

        def behave(connection: socket.socket) -> None:
            request = read_request(connection)
            seen.append(request)
            connection.sendall(answer(header(request, "X-Okta-Verification-Challenge"), request))

        return raw_server(behave).url, seen

    return start


def echo(challenge: str, _: bytes) -> bytes:
    return http("200 OK", json.dumps({"verification": challenge}), Content_Type="application/json")


def test_a_right_answer_verifies_with_one_get(okta_hooks: Callable, receiver: Callable) -> None:
    """V1, V7, V8: one GET with Okta's headers, the custom ones and the auth header; exit code 0."""
    url, seen = receiver(echo)
    done = okta_hooks("verify", url, "--header", f"Authorization: {SECRET}", "--header", "logzio_token: abc")

    assert (done.code, done.err) == (0, "")
    assert "VERIFIED" in done.out
    assert len(seen) == 1
    lines = seen[0].decode().split("\r\n")
    assert lines[0] == "GET /okta/hooks HTTP/1.1"
    assert [line.partition(":")[0] for line in lines[1:-2]] == [
        "User-Agent", "Accept", "X-Okta-Request-Id", "X-Okta-Verification-Challenge", "logzio_token", "Authorization",
        "Host",
    ]  # fmt: skip
    assert f"Authorization: {SECRET}" in lines


def test_the_challenge_is_new_each_time(okta_hooks: Callable, receiver: Callable) -> None:
    """V4."""
    url, seen = receiver(echo)
    for _ in range(3):
        okta_hooks("verify", url)

    assert len({header(request, "X-Okta-Verification-Challenge") for request in seen}) == 3


def raw_case_sensitive(_: str, request: bytes) -> bytes:
    found = re.search(rb"^x-okta-verification-challenge: (.*)\r$", request, re.MULTILINE)
    return http("200 OK", json.dumps({"verification": found.group(1).decode() if found else None}))


def needs_auth(challenge: str, request: bytes) -> bytes:
    return echo(challenge, request) if header(request, "Authorization") == SECRET else http("401 Unauthorized")


WRONG = {
    "header-case": raw_case_sensitive,
    "wrong-key": lambda challenge, _: http("200 OK", json.dumps({"challenge": challenge})),
    "text-body": lambda challenge, _: http("200 OK", challenge, Content_Type="text/plain"),
    "html-body": lambda *_: http("200 OK", "<!doctype html><p>hello", Content_Type="text/html"),
    "value-altered": lambda challenge, _: http("200 OK", json.dumps({"verification": challenge.upper()})),
    "stale-value": lambda *_: http("200 OK", json.dumps({"verification": "x" * 40})),
    "no-content": lambda *_: http("204 No Content"),
    "redirect": lambda *_: http("302 Found", Location="/elsewhere"),
    "auth-before-challenge": needs_auth,
    "not-found": lambda *_: http("404 Not Found"),
    "method-not-allowed": lambda *_: http("405 Method Not Allowed", Allow="POST"),
    "login-page": lambda *_: http("302 Found", Location="https://example.com/login"),
    "tunnel-interstitial": lambda *_: http("200 OK", "<html>", Content_Type="text/html", Ngrok_Error_Code="ERR_NGROK_6024"),
}  # fmt: skip


@pytest.mark.parametrize("code", WRONG)
def test_the_doctor_names_what_is_wrong(okta_hooks: Callable, receiver: Callable, code: str) -> None:
    """Each has its name first, evidence, a fix, and Okta's own error text (V11)."""
    url, _ = receiver(WRONG[code])
    done = okta_hooks("verify", url, "--json")
    result = json.loads(done.out)

    assert done.code == 1
    assert result["verified"] is False
    assert result["diagnosis"][0]["code"] == code
    assert {"message", "evidence", "remedy", "rule"} <= result["diagnosis"][0].keys()
    assert result["okta_error"]["errorCauses"][0]["errorSummary"].startswith("Unable to verify event hook. ")


@pytest.mark.parametrize(
    ("code", "behave"),
    [
        ("too-slow", lambda connection: (connection.recv(65536), time.sleep(0.6), connection.close())),
        (
            "dripping",
            lambda connection: [
                (connection.sendall(bytes([byte])), time.sleep(0.1)) for byte in b"HTTP/1.1 200 OK\r\n"
            ],
        ),
        ("connection-closed", lambda connection: connection.recv(65536)),
        ("not-http", lambda connection: connection.sendall(b"220 smtp.example.com ESMTP\r\n\r\n")),
    ],
)
def test_the_doctor_names_trouble_below_http(
    okta_hooks: Callable, raw_server: Callable, code: str, behave: Callable
) -> None:
    done = okta_hooks("verify", raw_server(behave).url, "--timeout", "0.3", "--no-doctor", "--json")
    result = json.loads(done.out)

    assert (done.code, result["diagnosis"][0]["code"]) == (1, code)
    assert len(result["attempts"]) == 2  # V9: one retry


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://no-such-host.invalid/x", "dns"), ("http://127.0.0.1:1/x", "connection-refused")],
)
def test_an_unreachable_target_has_its_own_exit_code(okta_hooks: Callable, url: str, code: str) -> None:
    done = okta_hooks("verify", url, "--json")

    assert (done.code, json.loads(done.out)["diagnosis"][0]["code"]) == (3, code)


def test_a_tls_port_that_speaks_plain_http_is_named(okta_hooks: Callable, raw_server: Callable) -> None:
    server = raw_server(lambda connection: (connection.recv(65536), connection.sendall(http("400 Bad Request"))))
    done = okta_hooks("verify", server.url.replace("http://", "https://"), "--json")

    assert (done.code, json.loads(done.out)["diagnosis"][0]["code"]) == (1, "tls-not-spoken")


def test_success_on_the_retry_is_told(okta_hooks: Callable, receiver: Callable) -> None:
    """V9: one retry after an error answer."""
    answers = iter([http("500 Internal Server Error"), None])
    url, seen = receiver(lambda challenge, request: next(answers) or echo(challenge, request))
    done = okta_hooks("verify", url, "--json")
    result = json.loads(done.out)

    assert (done.code, result["verified"], len(seen)) == (0, True, 2)
    assert "second-try" in [diagnosis["code"] for diagnosis in result["diagnosis"]]
    assert header(seen[0], "X-Okta-Verification-Challenge") == header(seen[1], "X-Okta-Verification-Challenge")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_receiver_that_echoes_the_request_reveals_no_secret(
    okta_hooks: Callable, receiver: Callable, monkeypatch: pytest.MonkeyPatch, *, as_json: bool
) -> None:
    """Neither the header's value, nor its base64 part, nor the password inside, in text or JSON."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    url, _ = receiver(lambda _, request: http(f"400 {SECRET}", request.decode() + " password=" + PASSWORD))
    arguments = ["verify", url + "?code=hidden-key", "--header", "Authorization: ${env:HOOK_SECRET}"]
    done = okta_hooks(*arguments, *(["--json"] if as_json else []))

    assert done.code == 1
    for text in (SECRET, SECRET.removeprefix("Basic "), PASSWORD, "hidden-key"):
        assert text not in done.out + done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify"], "missing argument URL"),
        (["verify", "localhost:8000"], "no http:// or https:// in front"),
        (["verify", "ftp://localhost/x"], "not 'ftp'"),
        (["verify", "http://"], "names no host"),
        (["verify", "http://localhost:99999/"], "not a url"),
        (["verify", "http://user:pass@localhost/"], "carries credentials"),
        (["verify", "http://localhost/a b"], "white space"),
        (["verify", "http://localhost/", "--header", "secret-without-name"], "needs a name and a value"),
        (["verify", "http://localhost/", "--header", "Host: x"], "keeps the header 'Host' for itself"),
        (["verify", "http://localhost/", "--header", "A: ${env:NO_SUCH_VARIABLE}"], "NO_SUCH_VARIABLE is not set"),
        (["verify", "http://localhost/", "--header", "A: @no-such-file"], "can't be read"),
        (["verify", "http://localhost/", "--header", "A: x\r\nB: y"], "can't carry"),
        (["verify", "http://localhost/", "--header", "A: 1", "--header", "a: 2"], "given twice"),
        (["verify", "http://localhost/", "--ca-bundle", "no-such-file"], "can't be used"),
        (["verify", "http://localhost/", "--profile", "okta-2025"], "unknown profile"),
        (["verify", "http://localhost/", "--profile", "verify.strict=maybe"], "give on or off"),
        (["verify", "http://localhost/", "--timeout", "fast"], "not a number from 0.05 to 60"),
        (["verify", "http://localhost/", "--tiemout", "3"], "--timeout"),
        (["verfy", "http://localhost/"], "did you mean 'verify'"),
    ],
)
def test_misuse_is_told_in_words(okta_hooks: Callable, arguments: list[str], words: str) -> None:
    """Exit code 2, the reason and a way on, on stderr; never a traceback, never the secret."""
    done = okta_hooks(*arguments)

    assert (done.code, done.out) == (2, "")
    assert words in done.err.lower() or words in done.err
    assert "Traceback" not in done.err
    assert "secret-without-name" not in done.err


def test_the_doctor_s_question_over_another_scheme_carries_no_secret(okta_hooks: Callable, receiver: Callable) -> None:
    """An https:// URL whose port speaks plain HTTP: the proof of that must not send the secret in the clear."""
    url, seen = receiver(lambda *_: http("400 Bad Request"))
    done = okta_hooks("verify", url.replace("http:", "https:"), "--header", f"Authorization: {SECRET}", "--json")

    assert json.loads(done.out)["diagnosis"][0]["code"] == "tls-not-spoken"
    assert any(request.startswith(b"GET ") for request in seen)
    assert not any(SECRET.encode() in request for request in seen)
