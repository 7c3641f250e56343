"""Generated events beside recorded ones: a member that only one of the two worlds has needs a recorded reason."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def fields():
    spec = importlib.util.spec_from_file_location("compare_fields", ROOT / "scripts" / "compare_fields.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def compared(fields):
    return fields.compare()


@pytest.mark.parametrize("shape", ["delivery", "system-log"])
def test_what_is_in_one_world_only_has_a_reason(fields, compared, shape):
    _, _, found = compared[shape]

    assert {path: told for path, told in found.items() if fields.reason_for(path) is None} == {}


def test_no_reason_has_outlived_its_difference(fields, compared):
    found = {path for _, _, differences in compared.values() for path in differences}
    stale = [
        pattern
        for pattern in json.loads(fields.REASONS.read_text("utf-8"))
        if not any(pattern == path or (pattern[0] == "*" and path.endswith(pattern[1:])) for path in found)
    ]

    assert stale == []


@pytest.mark.parametrize(("shape", "rate", "most"), [
    ("delivery", "present", 0.12), ("delivery", "null", 0.01),
    ("system-log", "present", 0.15), ("system-log", "null", 0.12),
])  # fmt: skip
def test_members_are_there_and_null_about_as_often(compared, shape, rate, most):
    facts, ours, _ = compared[shape]
    shared = [path for path in facts["fields"] if path in ours]
    off = sum(abs(facts["fields"][path][rate] - ours[path][rate]) for path in shared) / len(shared)

    assert len(shared) > 40
    assert off < most


def test_the_page_shows_what_is_measured(fields):
    """After a change to the payloads run scripts/compare_fields.py."""
    assert fields.PAGE.read_text("utf-8") == fields.page()


def test_a_member_of_one_world_only_is_found(fields):
    """The comparison itself can fail."""
    here, there = fields.measure([{"a": 1, "b": {"c": None}}]), fields.measure([{"a": "x", "b": {}, "d": [1]}])

    assert fields.differences(here, there) == {
        "a": "generated kinds: other text",
        "b.c": "recorded only",
        "d": "generated only",
        "d[]": "generated only",
    }


@pytest.mark.skipif("OKTA_HOOKS_CAPTURES" not in os.environ, reason="OKTA_HOOKS_CAPTURES names no folder")
def test_the_facts_are_those_of_the_recorded_events(fields):
    facts = fields.facts_of(Path(os.environ["OKTA_HOOKS_CAPTURES"]))

    assert facts == json.loads(fields.FACTS.read_text("utf-8"))
