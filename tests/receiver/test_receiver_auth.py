"""The secret: compared whole and in constant time, on every request, and never shown (H6, H7, D31)."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from typing import Any

import pytest

import receiver.app
from emulator.errors import UsageError

SECRET = "Basic am9objpzM2NyM3QtdmFsdWU="
WRONG = {
    "missing": None,
    "empty": "",
    "prefix": SECRET[:-1],
    "first letter": "B",
    "longer": SECRET + "=",
    "twice": f"{SECRET}, {SECRET}",
    "other case": SECRET.upper(),
    "scheme in lower case": SECRET.replace("Basic", "basic"),
    "other scheme": SECRET.replace("Basic", "Bearer"),
    "without scheme": SECRET.removeprefix("Basic "),
    "decoded": "john:s3cr3t-value",
    "not ASCII": "Basic é\xff",
    "blank inside": SECRET.replace(" ", "  "),
    "a placeholder of replaced letters": "?" * len(SECRET),
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_whatever_is_not_the_secret_is_refused_alike(hook: Any, make_envelope: Callable, given: str | None) -> None:
    """401 on GET and POST, nothing stored, and the answer does not tell one mistake from another."""
    answers = [hook.get("the-challenge", auth=given), hook.post(make_envelope(), auth=given)]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert hook.recorder.events == ()
    assert {answer.text for answer in answers} == {hook.get(auth="x").text}
    for answer in answers:
        told = answer.text + str(answer.headers)
        assert SECRET not in told
        assert "Basic" not in told  # which scheme is wanted is nobody's business either
        assert "the-challenge" not in told


def test_the_right_secret_is_let_in(hook: Any, make_envelope: Callable) -> None:
    assert hook.get().status_code == 200
    assert hook.post(make_envelope()).status_code == 204


def test_the_comparison_takes_constant_time(
    hook: Any, make_envelope: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by measuring, which would be guesswork: every request goes through ``hmac.compare_digest``, as bytes."""
    compared: list[tuple[Any, Any]] = []

    class Watched:
        @staticmethod
        def compare_digest(given: Any, expected: Any) -> bool:
            compared.append((given, expected))
            return hmac.compare_digest(given, expected)

    monkeypatch.setattr(receiver.app, "hmac", Watched)
    hook.get(auth="é")
    hook.post(make_envelope())

    assert compared == [("é".encode(), SECRET.encode()), (SECRET.encode(), SECRET.encode())]


def test_authentication_comes_before_anything_is_read(hook: Any) -> None:
    """A stranger can't find out whether a body is valid, too long or of the wrong type."""
    answers = [hook.post(body, auth="x", kind=kind) for body in (b"", b"{", b"x" * 100) for kind in ("text/plain", "")]

    assert {answer.status_code for answer in answers} == {401}


def test_the_secret_may_travel_in_a_header_of_another_name(make_hook: Callable, make_envelope: Callable) -> None:
    """H6: the name is the hook's to choose; then Authorization means nothing."""
    hook = make_hook(auth="s3cret-value", auth_header="X-Hook-Token")

    assert hook.get(auth="s3cret-value", name="x-hook-token").status_code == 200
    assert hook.get(auth="s3cret-value", name="Authorization").status_code == 401
    assert hook.post(make_envelope(), auth=None, headers={"X-Hook-Token": "s3cret-value"}).status_code == 204
    assert hook.recorder.deliveries[-1].headers["X-Hook-Token"] == "[secret]"


def test_without_a_secret_anyone_is_let_in(make_hook: Callable, make_envelope: Callable) -> None:
    """H7: the auth scheme is optional; what comes anyway is ignored."""
    hook = make_hook(auth=None)

    assert hook.get(auth=None).status_code == 200
    assert hook.post(make_envelope(), auth="whatever").status_code == 204


def test_credentials_are_hidden_in_what_is_recorded(hook: Any, make_envelope: Callable) -> None:
    hook.post(make_envelope(), headers={"Cookie": "sid=1234567", "X-Other": "seen"})
    hook.post(make_envelope(), auth="Bearer mistyped")

    first, second = hook.recorder.deliveries
    assert (first.headers["Authorization"], first.headers["Cookie"], first.headers["X-Other"]) == (
        "[secret]",
        "[secret]",
        "seen",
    )
    assert second.headers["Authorization"] == "[secret]"  # a mistyped secret is most of a secret


def test_no_log_line_and_no_repr_holds_the_secret(
    hook: Any, make_envelope: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hook.get()
    hook.post(make_envelope())
    hook.post(b"{", auth=SECRET)
    hook.post(make_envelope(), auth=SECRET + "x")

    assert SECRET not in caplog.text + repr(hook.app.settings) + repr(hook.recorder.deliveries)


@pytest.mark.parametrize("failing", ["store", "observer"])
def test_a_failure_of_ours_shows_neither_traceback_nor_secret(
    hook: Any, make_envelope: Callable, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """A 5xx, so that Okta sends it again (R3)."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(*{"store": (hook.app.store, "add"), "observer": (hook.recorder, "stored")}[failing], broken)
    answer = hook.post(make_envelope())

    assert answer.status_code == 500
    assert answer.json == {"title": "Internal Server Error", "status": 500, "detail": "internal error"}


@pytest.mark.parametrize("secret", ["", " ", "a\nb", "a\r\nSet-Cookie: x", "é", " padded ", "\x00"])
def test_a_secret_that_no_header_can_carry_is_refused_at_the_start(make_hook: Callable, secret: str) -> None:
    with pytest.raises(UsageError) as raised:
        make_hook(auth=secret)

    assert secret.strip() == "" or secret not in str(raised.value)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a_b", "é", "Accept", "content-type", "X-Okta-Request-Id"])
def test_a_header_that_can_not_carry_the_secret_is_refused_at_the_start(make_hook: Callable, name: str) -> None:
    with pytest.raises(UsageError, match="header"):
        make_hook(auth_header=name)
