"""Hooks with a filter get only what it lets through (F4, F5, F14, F17, F18)."""

from __future__ import annotations

import logging

import pytest

from emulator import OktaApiError, Org, Outcome

TYPE, OTHER = "user.lifecycle.deactivate", "user.lifecycle.create"
URI = "https://hooks.example.com/okta"
SALES = "event.target.?[displayName eq 'Ann Sales'].size() > 0"


@pytest.fixture
def hook(org: Org):
    made = org.create_event_hook(uri=URI, events=[TYPE, OTHER], filter={TYPE: SALES})
    return org.verify(made)


def test_only_events_that_pass_are_delivered(org: Org, hook, receiving) -> None:
    """F4: a type without an entry is unfiltered."""
    for name in ("ann.sales", "bob.support"):
        org.create_user(login=f"{name}@example.com").deactivate()
    org.drain()

    assert [(event["eventType"], event["target"][0]["displayName"]) for event in receiving.events] == [
        (OTHER, "Ann Sales"),
        (TYPE, "Ann Sales"),
        (OTHER, "Bob Support"),
    ]


def test_an_event_held_back_still_names_the_hook(org: Org, hook) -> None:
    """F18."""
    org.create_user(login="bob.support@example.com").deactivate()
    logged = org.system_log(TYPE)[-1]

    assert logged["debugContext"]["debugData"]["targetEventHookIds"] == hook.id


def test_trigger_says_what_held_it_back(org: Org, hook) -> None:
    delivery = org.trigger(TYPE)

    assert delivery.outcome is Outcome.NOT_SENT
    assert "which is not true (F5)" in delivery.explain()


def test_a_preview_bypasses_filters(org: Org, hook, receiving) -> None:
    """F17."""
    assert org.preview(hook, TYPE).outcome is Outcome.DELIVERED
    assert len(receiving.posts) == 1


@pytest.mark.parametrize(("on_error", "sent"), [("drop", 0), ("deliver", 1)])
def test_an_evaluation_error_is_logged_and_decided_by_the_profile(
    make_org, receiving, caplog, on_error: str, sent: int
) -> None:
    """F14."""
    org = make_org(profile=f"filter.on_error={on_error}")
    org.verify(org.create_event_hook(uri=URI, events=[TYPE], filter={TYPE: "event.outcome.reason.contains('x')"}))
    with caplog.at_level(logging.WARNING, logger="emulator.org"):
        org.create_user(login="ann.sales@example.com").deactivate()
    org.drain()

    assert len(receiving.posts) == sent
    assert "has no value for" in caplog.text


def test_strict_refuses_what_is_not_documented(make_org) -> None:
    """F8."""
    loose = {TYPE: "event.outcome.result == 'SUCCESS'"}
    make_org().create_event_hook(uri=URI, events=[TYPE], filter=loose)

    with pytest.raises(OktaApiError, match="statement at position 21"):
        make_org(profile="filter.strict=on").create_event_hook(uri=URI, events=[TYPE], filter=loose)


def test_a_put_without_filter_removes_it(org: Org, hook) -> None:
    """A18."""
    body = org.hook_json(hook)
    assert body["events"]["filter"]["eventFilterMap"][0]["condition"] == {"version": None, "expression": SALES}
    body["events"]["filter"] = None
    org.event_hooks.replace(hook.id, body)

    assert org.hook_json(hook)["events"]["filter"] is None
