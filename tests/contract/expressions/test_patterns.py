"""Regular expressions of ``matches``: the same verdict as Python's own, and no way to keep us busy."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.contract.expressions.faults import EvaluationError
from emulator.contract.expressions.patterns import full_match

PATTERNS = ["", "a", "ab", "a|b", "a*", "a+b?", "(a|b)*c", "(?:ab){2}", "a{1,2}", "a{2,}", "[a-c]+", "[^a]*", r"\d+x",
            r"\w\W\s?", ".*@.*[.]com", "^a$", "a^b", "(a*)*b", "(|a)+", "((a|b)?c){0,3}", r"\.", "a??b", r"[\]a]+", "[]a]"]  # fmt: skip


@given(pattern=st.sampled_from(PATTERNS), text=st.text(alphabet="abc@.]1 x\ncom", max_size=8))
@settings(max_examples=120, deadline=None)
def test_the_verdict_is_that_of_python(pattern: str, text: str) -> None:
    wanted = re.fullmatch(pattern.replace("$", r"\Z"), text) is not None

    assert full_match(pattern, text) is wanted


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|a)*b", "(a|a?)+b", "((a+)+)+b", "(.*)(.*)(.*)(.*)(.*)x"])
def test_a_hostile_pattern_ends_soon(pattern: str) -> None:
    began = time.monotonic()

    with suppress(EvaluationError):
        assert not full_match(pattern, "a" * 2000)
    assert time.monotonic() - began < 5


def test_a_pattern_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(EvaluationError, match="too many steps"):
        full_match("(.*)" * 99, "a" * 2000)


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "a)", "[", "[a", "*", "a**", "a*+", "a{", "a{2,1}", "a{9999}", "(?=a)", "(?P<x>a)", r"\b", "\\", r"\1",
     "[z-a]", "[a[b]]", "[a&&b]", "(" * 30 + ")" * 30, "a" * 1001],
)  # fmt: skip
def test_what_is_not_supported_is_told(pattern: str) -> None:
    with pytest.raises(EvaluationError, match=r"^the pattern"):
        full_match(pattern, "aaa")


@given(st.text(alphabet="ab()[]{}|*+?.^$\\1,-d", max_size=12), st.text(alphabet="ab1", max_size=6))
@settings(max_examples=120, deadline=None)
def test_no_pattern_breaks_it(pattern: str, text: str) -> None:
    with suppress(EvaluationError):
        assert full_match(pattern, text) in {True, False}
