"""The ``events.filter`` member of an event hook."""

from __future__ import annotations

import pytest

from emulator.contract.expressions.event_filter.filter_map import FilterMapError, as_json, filters_by_type

ITEMS = ["user.lifecycle.create", "user.lifecycle.deactivate"]


def entry(event: object = ITEMS[0], expression: object = "event.outcome.result eq 'SUCCESS'") -> dict:
    return {"event": event, "condition": {"expression": expression, "version": None}}


def of(*entries: object, **members: object) -> dict:
    return {"type": "EXPRESSION_LANGUAGE", "eventFilterMap": list(entries), **members}


def test_a_type_without_an_entry_is_unfiltered() -> None:
    """F4."""
    assert list(filters_by_type(of(entry()), ITEMS)) == [ITEMS[0]]
    assert filters_by_type(None, ITEMS) == {}
    assert filters_by_type(of(), ITEMS) == {}


def test_the_answer_has_version_before_expression() -> None:
    """F2."""
    found = as_json(filters_by_type(of(entry()), ITEMS))

    assert found == of(entry())
    assert list(found["eventFilterMap"][0]["condition"]) == ["version", "expression"]
    assert as_json({}) is None


WRONG = [
    ("F1", "text", "/events/filter"),
    ("F1", {"type": "JSON", "eventFilterMap": []}, "/events/filter/type"),
    ("F1", {"type": "EXPRESSION_LANGUAGE"}, "/events/filter/eventFilterMap"),
    ("F1", of("text"), "/events/filter/eventFilterMap/0/event"),
    ("F1", of({"event": ITEMS[0]}), "/events/filter/eventFilterMap/0/condition/expression"),
    ("F1", of(entry(expression=" ")), "/events/filter/eventFilterMap/0/condition/expression"),
    ("F1", of(entry(expression=7)), "/events/filter/eventFilterMap/0/condition/expression"),
    ("F3", of(entry("user.session.start")), "/events/filter/eventFilterMap/0/event"),
    ("F3", of(entry(), entry()), "/events/filter/eventFilterMap/1/event"),
    ("F16", of(entry(expression="event.x eq 1")), "/events/filter/eventFilterMap/0/condition/expression"),
]


@pytest.mark.parametrize(("rule", "value", "pointer"), WRONG)
def test_a_wrong_filter_is_refused_with_its_place(rule: str, value: object, pointer: str) -> None:
    with pytest.raises(FilterMapError) as caught:
        filters_by_type(value, ITEMS)

    assert caught.value.pointer == pointer
    if rule == "F16":
        assert caught.value.cause == "expression: Invalid Okta Expression Language statement at position 0"


def test_strict_is_passed_on() -> None:
    filters_by_type(of(entry(expression="event.actor.id == 'a'")), ITEMS)

    with pytest.raises(FilterMapError, match="position 15"):
        filters_by_type(of(entry(expression="event.actor.id == 'a'")), ITEMS, strict=True)
