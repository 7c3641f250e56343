"""
The case files: what Okta sends is accepted, what it never sends is reported, word for word.

A case is a file under ``tests/cases/<rule>/accepted`` or ``rejected``; a rejected one has its report beside it,
in a file of the same name that ends in ``.expected``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.contract.inspection import inspect_bytes
from emulator.contract.problems import Level
from emulator.contract.rules import RULES

CASES = Path(__file__).parent.parent / "cases"


def cases(verdict):
    files = sorted(path for path in CASES.glob(f"*/{verdict}/*") if path.suffix != ".expected")
    return [pytest.param(path, id=path.relative_to(CASES).as_posix()) for path in files]


def report(path):
    return inspect_bytes(path.read_bytes(), name=path.name)


@pytest.mark.parametrize("path", cases("accepted"))
def test_an_accepted_case_has_notes_at_most(path):
    assert [problem for problem in report(path).problems if problem.level is not Level.NOTE] == []


@pytest.mark.parametrize("path", cases("rejected"))
def test_a_rejected_case_is_reported_with_place_level_rule_and_words(path):
    lines = [
        f"{p.line}:{p.column}: {p.level} {p.rule} {p.pointer}".rstrip() + f": {p.message}"
        for p in report(path).problems
    ]

    assert "\n".join(lines) == path.with_suffix(".expected").read_text("utf-8").rstrip("\n")


def test_there_are_cases_of_both_kinds():
    assert len(cases("rejected")) >= 50
    assert len(cases("accepted")) >= 25


def test_every_folder_of_cases_is_named_for_a_rule():
    assert {path.name for path in CASES.iterdir() if path.is_dir()} <= set(RULES)


@pytest.mark.parametrize("path", [*cases("accepted"), *cases("rejected")])
def test_every_problem_says_what_to_do_or_what_was_wanted(path):
    for problem in report(path).problems:
        assert problem.rule in RULES
        assert problem.message
        assert not problem.message.endswith(".")
        assert "\n" not in problem.message
        assert (
            problem.hint
            or "wanted" in problem.message
            or problem.got
            or problem.rule in {"A9", "D7", "D23", "V3", "V4", "V7"}
        )
