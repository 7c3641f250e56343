"""Every check says what it promises, what it rests on, how it decides and what to do."""

from __future__ import annotations

import pytest

from emulator.checks import Check, Need, check, registry
from emulator.checks.registry import choose
from emulator.checks.snippets import SNIPPETS
from emulator.contract.rules import RULES, Confidence
from emulator.errors import NothingToRunError, UsageError
from emulator.runner.results import Evidence, Level

EVERY = list(registry().values())


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)
def test_a_check_is_complete(one: Check) -> None:
    assert one.rule in RULES
    assert one.title[0].islower()
    assert not one.title.endswith(".")
    assert not one.remedy[0].isupper()
    assert one.how.endswith(".")
    assert one.snippet in {"", *SNIPPETS}
    assert set(one.after) <= set(registry())


def test_there_are_enough_checks() -> None:
    assert len(EVERY) >= 45


def test_a_check_on_an_inferred_or_unknown_rule_is_marked_as_inferred() -> None:
    """Section 0 of the contract: such a check only warns."""
    shaky = {one.id for one in EVERY if RULES[one.rule].confidence in {Confidence.INFERRED, Confidence.UNKNOWN}}

    assert shaky <= {one.id for one in EVERY if one.evidence is Evidence.INFERRED}


def test_choosing_goes_by_id_rule_pattern_and_list() -> None:
    assert [one.id for one in choose(select=["target-null"])] == ["target-null"]
    assert {one.rule for one in choose(select=["p7"])} == {"P7"}
    assert {one.id for one in choose(select=["auth-*,target-null"])} > {"auth-wrong", "target-null"}
    assert "auth-wrong" not in {one.id for one in choose(ignore=["auth-*"])}


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="verification-eco") as caught:
        choose(select=["verification-eco"])

    assert "verification-echo" in caught.value.hint


def test_choosing_nothing_is_no_run() -> None:
    with pytest.raises(NothingToRunError):
        choose(ignore=["*"])


def test_an_id_is_given_once() -> None:
    with pytest.raises(ValueError, match=r"emulator\.checks\.promises\.targets\.target_null's"):

        @check("target-null", title="x", rule="P7", level=Level.MUST, remedy="x", needs=(Need.DELIVERY,))
        def another(_: object) -> None: ...
