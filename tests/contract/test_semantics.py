"""Semantic rules: each has a case that it accepts and one that it rejects, named for its function."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulator.contract.problems import Level
from emulator.contract.rules import RULES
from emulator.contract.semantics.registry import DELIVERY_RULES, EVENT_RULES, HOOK_RULES, delivery_rule, event_rule

CASES = Path(__file__).parent.parent / "cases"
ALL = {**EVENT_RULES, **DELIVERY_RULES, **HOOK_RULES}


def found_by(name, verdict):
    files = sorted(CASES.glob(f"*/{verdict}/{name.replace('_', '-')}*.json"))
    found = []
    for path in files:
        value = json.loads(path.read_text("utf-8"))
        events = value["data"]["events"] if name in EVENT_RULES and "data" in value else [value]
        found.append((path.parent.parent.name, [problem for event in events for problem in ALL[name](event, ())]))
    return found


@pytest.mark.parametrize("name", ALL)
def test_a_rule_has_notes_at_most_on_what_it_accepts(name):
    cases = found_by(name, "accepted")

    assert cases
    assert [p for _, problems in cases for p in problems if p.level is not Level.NOTE] == []


@pytest.mark.parametrize("name", ALL)
def test_a_rule_finds_something_in_what_it_rejects_and_names_the_contract(name):
    cases = found_by(name, "rejected")

    assert any(problems for _, problems in cases)
    for folder, problems in cases:
        assert {problem.rule for problem in problems} <= {folder}
        assert folder in RULES


@pytest.mark.parametrize("name", ALL)
def test_a_rule_survives_whatever_stands_in_its_way(name):
    """The schema says what has the wrong type; a rule passes over it."""
    members = [
        "uuid",
        "published",
        "eventType",
        "legacyEventType",
        "actor",
        "target",
        "client",
        "request",
        "transaction",
        "debugContext",
        "source",
        "eventTime",
        "data",
        "events",
        "channel",
    ]
    for junk in (None, 0, -1.5, True, "", "x" * 50, [], [None], ["x"], [[]], {}, {"x": None}, {"events": [3, None]}):
        list(ALL[name](dict.fromkeys(members, junk), ()))
        inside = {key: {"ipChain": junk, "debugData": junk, "events": junk, "ipAddress": junk} for key in members}
        list(ALL[name]({**inside, "target": [{"id": junk, "type": junk}], "eventType": "user.session.start"}, ()))


def test_a_name_can_be_registered_once():
    def uuid_twice(event, path):
        yield from ()

    for decorator in (event_rule, delivery_rule):
        with pytest.raises(ValueError, match=r"'uuid_twice' is taken by emulator\.contract\.semantics\.deliveries"):
            decorator(uuid_twice)
