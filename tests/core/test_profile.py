"""Semantics profiles: the rules in doubt, chosen by name and overridden one by one."""

from __future__ import annotations

from dataclasses import fields

import pytest

from emulator.contract.profile import DEFAULT_PROFILE, Profile, profile
from emulator.errors import UsageError


def test_the_default_profile_is_named_and_dated() -> None:
    assert profile() is DEFAULT_PROFILE
    assert profile("okta-2026-08") == DEFAULT_PROFILE


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("verify.strict=on", "verify_strict", True),
        ("okta-2026-08,verify.strict=TRUE", "verify_strict", True),
        ("verify.retry_4xx=off", "verify_retry_4xx", False),
        ("retry.delay=0.5", "retry_delay", 0.5),
        ("delivery.max_batch=7", "delivery_max_batch", 7),
        ("delivery.nulls=explicit, retry.delay=1", "delivery_nulls", "explicit"),
    ],
)
def test_single_values_can_be_overridden(text: str, name: str, value: object) -> None:
    assert getattr(profile(text), name) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("okta-2020", "unknown profile 'okta-2020'"),
        ("verify.strikt=on", "did you mean 'verify.strict'"),
        ("verify.strict=perhaps", "give on or off"),
        ("retry.delay=-1", "0 or more"),
        ("retry.delay=nan", "0 or more"),
        ("delivery.max_batch=0", "above 0"),
        ("delivery.nulls=some", "choose one of: omit, explicit"),
        ("verify.strict=on,okta-2026-08", "unknown profile"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        profile(text)

    assert words in str(caught.value)


def test_every_value_names_its_contract_rule() -> None:
    assert all(f.metadata["rule"] for f in fields(Profile) if f.name != "name")
