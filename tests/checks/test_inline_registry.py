"""Every check of inline hooks says what it promises, what it rests on, how it decides and what to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

from emulator.checks.inline import InlineCheck, choose_inline, inline_check, inline_registry
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.contract.rules import RULES, Confidence
from emulator.errors import NothingToRunError, UsageError
from emulator.runner.results import Evidence, Level

EVERY = list(inline_registry().values())
KINDS = {kind.short for kind in INLINE_HOOK_TYPES.values()}


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)
def test_a_check_is_complete(one: InlineCheck) -> None:
    assert one.rule in RULES
    assert one.rule[0] in "IM", "the rules of inline hooks"
    assert one.title[0].islower()
    assert not one.title.endswith(".")
    assert not one.remedy[0].isupper()
    assert not one.remedy.endswith(".")
    assert one.how.endswith(".")
    assert set(one.after) <= set(inline_registry())
    assert set(one.kinds) <= KINDS


def test_nothing_is_asserted_that_nobody_outside_okta_knows() -> None:
    shaky = {one.id for one in EVERY if RULES[one.rule].confidence in {Confidence.INFERRED, Confidence.UNKNOWN}}

    assert shaky <= {one.id for one in EVERY if one.evidence is Evidence.INFERRED}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_checks_of_a_type_are_those_of_all_types_and_its_own(kind: str) -> None:
    chosen = choose_inline(kind)

    assert all(not one.kinds or kind in one.kinds for one in chosen)
    assert [one.id for one in choose_inline("")] == [one.id for one in EVERY]
    assert len(chosen) >= 45


def test_a_check_of_another_type_is_unknown_and_nothing_left_is_said() -> None:
    with pytest.raises(UsageError, match="password-right is about password-import hooks, not token"):
        choose_inline("token", select=["password-right"])
    with pytest.raises(NothingToRunError):
        choose_inline("token", ignore=["*"])


def test_an_id_has_one_owner() -> None:
    with pytest.raises(ValueError, match=r"'auth-missing' is .*authentication\.missing's"):
        inline_check("auth-missing", title="x", rule="I11", level=Level.MUST, remedy="x")(lambda _: None)


@pytest.mark.process
def test_no_registry_depends_on_which_is_read_first() -> None:
    order = (
        "from emulator.checks import registry\n"
        "from emulator.checks.inline import inline_registry\n"
        "print(list(first()), list(registry()), list(inline_registry()))"
    )
    told = {
        first: subprocess.run(
            [sys.executable, "-c", order.replace("first()", f"{first}()")], capture_output=True, text=True, check=True
        ).stdout.partition("]")[2]
        for first in ("registry", "inline_registry")
    }

    assert told["registry"] == told["inline_registry"]
