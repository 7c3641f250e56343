"""The verification GET: the challenge comes back byte for byte, to whoever has the secret (V2-V8, V22, H12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client


def test_the_challenge_comes_back_as_a_json_object(hook: Any) -> None:
    """V5: 200, application/json, one key."""
    answer = hook.get("Me_rShK8JHsTnbyYrWXCEoMGbM_zsZ6k0hLPZ_Pg")

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.json == {"verification": "Me_rShK8JHsTnbyYrWXCEoMGbM_zsZ6k0hLPZ_Pg"}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("challenge", ["a", "A-_z", "x" * 4000, "<b>\"&'\\</b>", "a b", "null", "0", "%41"])
def test_any_challenge_comes_back_byte_for_byte(hook: Any, challenge: str) -> None:
    """V4, V6: no length and no alphabet is promised, so nothing is assumed about either."""
    assert hook.get(challenge).json == {"verification": challenge}


def test_each_challenge_gets_an_answer_of_its_own(hook: Any) -> None:
    assert [hook.get(challenge).json["verification"] for challenge in ("one", "two", "one")] == ["one", "two", "one"]


@pytest.mark.parametrize(
    "name", ["x-okta-verification-challenge", "X-OKTA-VERIFICATION-CHALLENGE", "x-oKtA-Verification-challengE"]
)
def test_the_case_of_the_header_name_means_nothing(hook: Any, secret: str, name: str) -> None:
    answer = hook.client.get(hook.path, headers={name: "abc", "authorization": secret})

    assert answer.json == {"verification": "abc"}


@pytest.mark.parametrize("challenge", [None, ""])
def test_a_get_without_a_challenge_is_no_verification(hook: Any, challenge: str | None) -> None:
    """V22: and it is never answered with null."""
    answer = hook.get(challenge)

    assert answer.status_code == 400
    assert "verification" not in answer.json


def test_the_verification_needs_the_secret_too(hook: Any) -> None:
    """V8: and the challenge does not leak without it."""
    answer = hook.get("the-challenge", auth=None)

    assert answer.status_code == 401
    assert "the-challenge" not in answer.text


def test_the_verification_stores_nothing(hook: Any) -> None:
    hook.get()

    assert hook.recorder.events == ()
    assert hook.recorder.deliveries == ()


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_any_other_method_is_refused_by_name(hook: Any, secret: str, method: str) -> None:
    """V2, D1: Okta sends GET and POST, nothing else."""
    answer = hook.client.open(hook.path, method=method, headers={"Authorization": secret})

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"
    assert not (method == "HEAD" and answer.data)


@pytest.mark.parametrize("path", ["/", "/okta", "/okta/hooks/x", "/OKTA/HOOKS", "//okta/hooks", "/okta/hooks//"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_other_path_answers_and_none_tells_where_the_hook_is(hook: Any, secret: str, path: str, method: str) -> None:
    answer = hook.client.open(
        path, method=method, headers={"Authorization": secret, "X-Okta-Verification-Challenge": "a"}
    )

    assert answer.status_code == 404
    assert hook.path not in answer.text


@pytest.mark.parametrize("configured", ["/okta/hooks", "/okta/hooks/"])
@pytest.mark.parametrize("asked", ["/okta/hooks", "/okta/hooks/", "/okta/hooks?a=b"])
def test_a_final_slash_or_a_query_makes_no_difference(
    make_hook: Callable, secret: str, configured: str, asked: str
) -> None:
    """A redirect to the other spelling would fail the verification (V18)."""
    client = Client(make_hook(path=configured).app)
    answer = client.get(asked, headers={"X-Okta-Verification-Challenge": "abc", "Authorization": secret})

    assert answer.json == {"verification": "abc"}


def test_the_hook_may_live_at_the_root(make_hook: Callable) -> None:
    hook = make_hook(path="/", auth=None)

    assert hook.client.get("/", headers={"X-Okta-Verification-Challenge": "abc"}).json == {"verification": "abc"}
