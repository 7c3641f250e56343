"""The one-time verification as pure decisions (V1-V19)."""

from __future__ import annotations

import json

import pytest

from emulator.contract.model import AuthScheme, Channel, CustomHeader
from emulator.contract.profile import profile
from emulator.delivery.exchange import Exchange, Failure, Reply, Request
from emulator.delivery.tokens import RandomTokens, SeededTokens, Tokens
from emulator.delivery.verification import judge, okta_error, verification_request, wants_retry
from emulator.secrets import Secret

CHALLENGE = "q7Vt0cYk3zJ-5bXhD2mNwP8rLsA_uGf1eRoIiTQK"
RIGHT = json.dumps({"verification": CHALLENGE}).encode()
REQUEST = Request(method="GET", url="http://localhost/", headers=())


def answered(status: int, body: bytes = b"", content_type: str = "application/json") -> Exchange:
    return Exchange(request=REQUEST, reply=Reply(status=status, body=body, headers=(("Content-Type", content_type),)))


def test_the_request_is_the_captured_one() -> None:
    """V7, V8: header order as captured; custom headers and the auth header travel with the GET."""
    channel = Channel(
        uri="https://hooks.example.com/okta",
        auth=AuthScheme(key="Authorization", value=Secret("my-shared-secret")),
        headers=(CustomHeader(key="X-Other-Header", value=Secret("my-header-value")),),
    )

    request = verification_request(channel, challenge=CHALLENGE, request_id="XOZfPkReFFZ10KWyGkzAMwAAADA")

    assert request.method == "GET"
    assert request.body is None
    assert [name for name, _ in request.headers] == [
        "User-Agent",
        "Accept",
        "X-Okta-Request-Id",
        "X-Okta-Verification-Challenge",
        "X-Other-Header",
        "Authorization",
    ]
    assert dict(request.headers)["User-Agent"] == "Okta-Integrations"


@pytest.mark.parametrize(
    ("exchange", "verified"),
    [
        pytest.param(answered(200, RIGHT), True, id="documented answer (V5)"),
        pytest.param(answered(200, RIGHT, "text/plain"), True, id="other content type (V19)"),
        pytest.param(answered(201, RIGHT), True, id="201 (V19)"),
        pytest.param(answered(200, b"\xef\xbb\xbf" + RIGHT), True, id="byte order mark (V19)"),
        pytest.param(answered(200, b"\n " + RIGHT + b"\n"), True, id="white space (V19)"),
        pytest.param(answered(200, RIGHT[:-1] + b',"more":1}'), True, id="extra keys (V19)"),
        pytest.param(answered(204), False, id="204"),
        pytest.param(answered(200), False, id="empty"),
        pytest.param(answered(302, RIGHT), False, id="redirect (V18)"),
        pytest.param(answered(401, RIGHT), False, id="401 with the right body"),
        pytest.param(answered(500, RIGHT), False, id="500 with the right body"),
        pytest.param(answered(200, CHALLENGE.encode()), False, id="plain text"),
        pytest.param(answered(200, json.dumps(CHALLENGE).encode()), False, id="JSON string (V6)"),
        pytest.param(answered(200, b'{"challenge":"x"}'), False, id="wrong key (V6)"),
        pytest.param(answered(200, RIGHT.replace(b"q7V", b"Q7V")), False, id="altered (V6)"),
        pytest.param(answered(200, b'{"verification":["' + CHALLENGE.encode() + b'"]}'), False, id="array (V6)"),
        pytest.param(answered(200, RIGHT.decode().encode("utf-16")), False, id="UTF-16"),
        pytest.param(answered(200, b"[" * 100_000), False, id="too deep to read"),
        pytest.param(Exchange(request=REQUEST, failure=Failure.TIMEOUT), False, id="timeout (V9)"),
    ],
)
def test_only_the_challenge_itself_verifies(exchange: Exchange, *, verified: bool) -> None:
    assert judge(exchange, challenge=CHALLENGE).verified is verified


@pytest.mark.parametrize("exchange", [answered(200, RIGHT, "text/plain"), answered(201, RIGHT)])
def test_strict_verification_wants_200_and_json(exchange: Exchange) -> None:
    """V19: what a suite may ask of receivers, although Okta may be milder."""
    assert not judge(exchange, challenge=CHALLENGE, profile=profile("verify.strict=on")).verified
    assert judge(answered(200, RIGHT), challenge=CHALLENGE, profile=profile("verify.strict=on")).verified


@pytest.mark.parametrize(
    ("exchange", "text"),
    [
        (answered(404), "Hook Deactivated User execution failed"),
        (Exchange(request=REQUEST, failure=Failure.REFUSED), "Hook Deactivated User execution failed"),
        (
            Exchange(request=REQUEST, failure=Failure.TIMEOUT),
            'Hook "Deactivated User" execution failed. Hook timed out',
        ),
        (answered(200, b"<html>"), "Could not deserialize response due to error at Line 1 Column 1"),
        (answered(200, b'{"verification":"other"}'), "Unable to verify hook"),
    ],
)
def test_a_failure_is_told_in_okta_s_words(exchange: Exchange, text: str) -> None:
    """V11, V12."""
    error = okta_error(judge(exchange, challenge=CHALLENGE), hook_name="Deactivated User", error_id="oae1")

    assert error == {
        "errorCode": "E0000001",
        "errorSummary": "Api validation failed: eventHook",
        "errorLink": "E0000001",
        "errorId": "oae1",
        "errorCauses": [{"errorSummary": f"Unable to verify event hook. {text}"}],
    }


@pytest.mark.parametrize(
    ("exchange", "retried"),
    [
        (answered(500), True),
        (answered(404), True),
        (answered(302), False),
        (answered(200, b"{}"), False),
        (Exchange(request=REQUEST, failure=Failure.TIMEOUT), True),
        (Exchange(request=REQUEST, failure=Failure.BLOCKED), False),
    ],
)
def test_one_retry_follows_an_error_or_a_timeout(exchange: Exchange, *, retried: bool) -> None:
    """V9."""
    assert wants_retry(exchange, number=1) is retried
    assert wants_retry(exchange, number=2) is False


def test_the_profile_can_forbid_the_retry_after_a_4xx() -> None:
    assert wants_retry(answered(404), number=1, profile=profile("verify.retry_4xx=off")) is False
    assert wants_retry(answered(500), number=1, profile=profile("verify.retry_4xx=off")) is True


@pytest.mark.parametrize("tokens", [RandomTokens(), SeededTokens(7)])
def test_challenges_and_ids_have_okta_s_shapes(tokens: Tokens) -> None:
    """V4, N3, N4: 40 characters, 27 characters, and ``oae`` with 22 more; new ones for each call."""
    alphabet = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    assert [len(tokens.challenge()), len(tokens.request_id()), len(tokens.error_id())] == [40, 27, 25]
    assert set(tokens.challenge()) <= alphabet
    assert tokens.challenge() != tokens.challenge()


def test_seeded_tokens_repeat_themselves() -> None:
    assert SeededTokens(7).challenge() == SeededTokens(7).challenge()
    assert SeededTokens(7).challenge() != SeededTokens(8).challenge()
