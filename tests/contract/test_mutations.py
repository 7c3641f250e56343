"""
Broken deliveries are flagged, harmless variations are not; the changes themselves live in ``scripts/mutations``.

``python -m scripts.mutations`` tries all of them on 40 events; here each is tried on a few.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from emulator.contract.problems import Level

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not (ROOT / "scripts").is_dir(), reason="the scripts are in a checkout only")


@pytest.fixture(scope="module")
def mutations():
    # Appended, so that the package under test stays the one that is installed.
    sys.path.append(str(ROOT))
    try:
        yield importlib.import_module("scripts.mutations.__main__")
    finally:
        sys.path.remove(str(ROOT))


def test_untouched_samples_have_no_problem_at_all(mutations):
    assert [mutations.levels(sample) for sample in mutations.samples(40)] == [set()] * 40


def test_at_least_99_in_100_broken_deliveries_are_flagged(mutations):
    found = mutations.run(mutations.BREAKS, 2)
    applied = sum(counts["applied"] for counts in found.values())

    assert len([name for name, counts in found.items() if counts["applied"]]) >= 500
    assert [name for name, counts in found.items() if counts["flagged"] < counts["applied"]] == []
    assert applied >= 1000


def test_sixty_ways_break_forty_events(mutations):
    names = list(mutations.BREAKS)[::10]
    found = mutations.run({name: mutations.BREAKS[name] for name in names}, 40)
    applied, flagged = (sum(counts[key] for counts in found.values()) for key in ("applied", "flagged"))

    assert len(names) >= 60
    assert flagged >= 0.99 * applied


def test_harmless_variations_get_no_must(mutations):
    found = mutations.run(mutations.VARIATIONS, 8)

    assert len([name for name, counts in found.items() if counts["applied"]]) >= 100
    assert {name for name, counts in found.items() if counts["must"]} == set()


def test_a_validator_that_finds_nothing_would_be_caught(mutations, monkeypatch):
    monkeypatch.setattr(mutations, "levels", lambda _: {Level.NOTE})

    assert all(counts["flagged"] == 0 for counts in mutations.run(mutations.BREAKS, 1).values())
