"""The ``q`` of the System Log."""

from __future__ import annotations

import pytest

from emulator.contract.expressions.keywords import KeywordError, keywords, occur

EVENT = {
    "displayMessage": "Deactivate Okta User",
    "actor": {"alternateId": "john.doe@example.com", "displayName": "user-test-01"},
    "client": {"geographicalContext": {"city": "San Francisco"}},
    "securityContext": {"asNumber": 64496, "isProxy": True},
    "target": [{"id": "00uABC"}, None],
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("okta", True),
        ("OKTA deactivate", True),
        ("okta activate", False),
        ("john.doe@example.com", True),
        ("john", False),
        ("user-test-01", True),
        ("test", True),
        ("01", True),
        ("san francisco 00uabc", True),
        ("64496", True),
        ("true", False),
        ("", True),
    ],
)
def test_all_keywords_must_occur(*, text: str, wanted: bool) -> None:
    """L9: case-insensitive, whole values, words of them, and parts between hyphens."""
    assert occur(keywords(text), EVENT) is wanted


def test_a_long_keyword_is_refused_with_the_words_of_okta() -> None:
    """E9."""
    keywords("x" * 40)

    with pytest.raises(KeywordError, match=r"^q: Api validation failed: 'q': Freeform search cannot contain items"):
        keywords("x" * 41)


def test_more_than_ten_keywords_are_refused() -> None:
    keywords(" ".join(map(str, range(10))))

    with pytest.raises(KeywordError, match="more than 10"):
        keywords(" ".join(map(str, range(11))))
