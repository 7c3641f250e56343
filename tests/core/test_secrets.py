"""Secrets can be sent but not shown."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from emulator.secrets import HIDDEN, Redactor, Secret, reveal, safe_url, url_secrets

BASIC = "Basic " + base64.b64encode(b"john:pa$$ w\xc3\xb6rd/1").decode()


@pytest.mark.parametrize("render", [str, repr, "{}".format, "{!r}".format, "{:>20}".format, lambda s: f"{[s]}"])
def test_a_secret_never_becomes_text(render) -> None:
    assert "hunter22" not in render(Secret("hunter22"))
    assert reveal(Secret("hunter22")) == "hunter22"


@pytest.mark.parametrize(
    "leak",
    [
        BASIC,
        BASIC.removeprefix("Basic "),
        "john:pa$$ wörd/1",
        "pa$$ wörd/1",
        json.dumps({"Authorization": BASIC}),
        json.dumps("pa$$ wörd/1"),
        quote(BASIC),
        quote("pa$$ wörd/1", safe=""),
    ],
)
def test_the_redactor_knows_the_forms_a_secret_comes_back_in(leak: str) -> None:
    """The part behind the scheme, the decoded password, JSON and URL escapes."""
    shown = Redactor([Secret(BASIC)])(f"before {leak} after")

    assert HIDDEN in shown
    for form in (BASIC[6:], "wörd", quote("wörd"), "w\\u00f6rd"):
        assert form not in shown


KEY = "k7Gx-92hQpLz_04TtRvB"


@pytest.mark.parametrize("length", [8, 9, 12, 19])
@pytest.mark.parametrize("before", range(6))
def test_a_piece_of_a_key_is_hidden_wherever_it_stands(length: int, before: int) -> None:
    """A reply that was cut off, a log line that shows the first half."""
    redact = Redactor([Secret(f"Bearer {KEY}")])
    for start in range(len(KEY) - length + 1):
        text = f"{'.' * before}{KEY[start : start + length]}"

        assert redact(text) == f"{'.' * before}{HIDDEN}"
        assert redact(f"{text} and {text};") == f"{'.' * before}{HIDDEN} and {'.' * before}{HIDDEN};"


@pytest.mark.parametrize("before", [b"", b"x", b"ab", b"Authorization: "])
def test_a_key_is_hidden_inside_the_base64_of_more(before: bytes) -> None:
    shown = Redactor([Secret(KEY)])(base64.b64encode(before + KEY.encode() + b" and more").decode())

    assert HIDDEN in shown
    assert KEY[4:-4].encode() not in base64.b64decode(shown.replace(HIDDEN, "") + "==")


@pytest.mark.parametrize(
    "text", ["the password is wrong", "Authorization: [secret]", "my-secret-token", "Bearer k7Gx-92", "a" * 100]
)
def test_words_that_a_secret_is_made_of_stay(text: str) -> None:
    assert Redactor([Secret("Bearer my-secret-token-is-the-password-aaaaaaaaaaaa"), Secret(KEY)])(text) == text


def test_a_short_secret_is_hidden_only_where_it_stands_alone() -> None:
    assert Redactor([Secret("ab")])("ab is not about cab") == f"{HIDDEN} is not about cab"


@pytest.mark.parametrize("value", ["", "a", "ab", "1", " ", "a b"])
def test_short_secrets_leave_other_text_alone(value: str) -> None:
    text = "status: got 500, wanted 2xx or 204; x=(y)"
    assert Redactor([Secret(value)])(text) == text


@pytest.mark.parametrize("value", ["Basic !!!", "Basic", " ", "Basic /w==", "Bearer a.b.c"])
def test_odd_values_are_no_trouble(value: str) -> None:
    assert value.strip() == "" or value not in Redactor([Secret(value)])(f"<{value}>")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://localhost:8000/a", "http://localhost:8000/a"),
        ("https://user:pass@example.com/a", "https://example.com/a"),
        ("https://example.com/a?code=abc&v=1&flag", f"https://example.com/a?code={HIDDEN}&v={HIDDEN}&flag"),
        ("https://example.com/a#frag", "https://example.com/a"),
        ("http://[broken?x=secret", "http://[broken"),
    ],
)
def test_urls_are_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert safe_url(url) == shown


def test_long_query_values_count_as_secrets() -> None:
    """Serverless hosts put access keys there; short values are versions and flags."""
    assert [secret.reveal() for secret in url_secrets("https://h/p?code=abc%20defgh&v=1")] == ["abc defgh"]
