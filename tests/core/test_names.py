"""Nearest names."""

from __future__ import annotations

import pytest

from emulator.errors import HarnessError, NothingToRunError, ScenarioError, TargetError, UsageError
from emulator.names import did_you_mean, nearest

KNOWN = ["deliver", "redeliver", "verify", "probe"]


def test_the_nearest_come_first_and_are_at_most_three() -> None:
    assert nearest("delivr", KNOWN)[0] == "deliver"
    assert len(nearest("a", ["a1", "a2", "a3", "a4"])) == 3


def test_capitals_do_not_count() -> None:
    assert nearest("VERIFY", KNOWN)[0] == "verify"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("verfy", "did you mean 'verify', 'deliver' or 'redeliver'?"),
        ("redelivr", "did you mean 'redeliver' or 'deliver'?"),
        ("zzz", ""),
    ],
)
def test_the_hint_reads_as_a_sentence(name: str, hint: str) -> None:
    assert did_you_mean(name, KNOWN) == hint


def test_an_error_shows_place_fact_and_fix() -> None:
    error = UsageError("unknown fault 'dely'", where="a.yaml:14:12", hint="known faults: delay\ndid you mean 'delay'?")

    assert str(error) == "a.yaml:14:12: unknown fault 'dely'\n  known faults: delay\n  did you mean 'delay'?"


def test_exit_codes_tell_whose_turn_it_is() -> None:
    codes = [kind("x").exit_code for kind in (HarnessError, UsageError, ScenarioError, TargetError, NothingToRunError)]

    assert codes == [2, 2, 2, 3, 4]
