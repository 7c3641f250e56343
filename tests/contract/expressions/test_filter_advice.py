"""What is doubtful about a filter that can be read, and whether any event could pass it."""

from __future__ import annotations

import pytest

from emulator.contract.catalogue import eligible_types
from emulator.contract.expressions.event_filter import parse
from emulator.contract.expressions.event_filter.advice import advise
from emulator.contract.expressions.event_filter.possibility import Possibility, possibility

GROUPS = "event.target.?[type eq 'UserGroup']"

DOUBTFUL = [
    ("F5", "event.outcome.result eq 'SUCCESS' && event.outcome.result eq 'FAILURE'", (), "can ever pass"),
    ("F5", "event.eventType eq 'user.lifecycle.create'", ("user.lifecycle.deactivate",), "can ever pass"),
    ("F4", "event.actor.id eq null || event.actor.id ne null", (), "filters nothing"),
    ("F21", "event.eventType eq 'Admin' && event.eventType ne 'Bob'", (), "none of the 314"),
    ("F21", "event.eventType eq 'user.lifecycle.deactivated'", (), "no known event type"),
    ("A9", "event.eventType ne 'event_hook.created'", (), "not event-hook-eligible"),
    ("F12", "event.outcome.result eq 'Success'", (), "no result"),
    ("L22", "event.target.?[type eq 'Usergroup'].size() > 0", (), "no target of type 'Usergroup'"),
    ("F11", f"{GROUPS}.size()>0 && event.target.?[displayName eq 'Sales'].size()>0", (), "one by one"),
    ("F14", "event.debugData.changedAttributes.contains('login')", ("user.lifecycle.create",), "reads as null"),
    ("F15", "event.debugData.changedAttributes.contains('Name')", (), "firstName"),
    ("F15", "event.debugData.changedAttributes eq 'login'", (), "exact whole list"),
    ("F10", "event.actor.id eq 1", (), "never equals a number"),
    ("F8", "event.actor.id == 'a'", (), "not documented"),
    ("F9", "event.actor.id.contains('a')", (), "contains() is documented for"),
]


@pytest.mark.parametrize(("rule", "text", "types", "words"), DOUBTFUL)
def test_a_doubtful_filter_is_warned_about(rule: str, text: str, types: tuple[str, ...], words: str) -> None:
    messages = [f"{doubt.message} ({doubt.rule})" for doubt in advise(parse(text), event_types=types)]

    assert any(words in message for message in messages), messages


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("event.outcome.result eq 'FAILURE'", ()),
        ("event.target.?[type eq 'UserGroup' && displayName eq 'Sales'].size()>0", ("group.user_membership.add",)),
        ("event.debugData.changedAttributes.contains('login')", ("user.account.update_profile",)),
        ("event.outcome.reason.contains('PUSH')", ("user.mfa.factor.activate",)),
    ],
)
def test_a_good_filter_gets_no_warning(text: str, types: tuple[str, ...]) -> None:
    assert advise(parse(text), event_types=types) == []


NEVER, ALWAYS, SOMETIMES = Possibility.NEVER, Possibility.ALWAYS, Possibility.SOMETIMES
CLAIMS = [
    ("false", NEVER),
    ("true", ALWAYS),
    ("event.actor.id eq 'a'", SOMETIMES),
    ("event.actor.id eq 'a' && event.actor.id ne 'a'", NEVER),
    ("event.actor.id eq 'a' && event.actor.id.contains('b')", NEVER),
    ("event.actor.id eq 'ab' && event.actor.id.contains('b')", SOMETIMES),
    ("event.actor.id.contains('a') || !(event.actor.id.contains('a'))", SOMETIMES),  # an error for null
    ("event.actor.id eq event.actor.type && event.actor.id eq 'a'", SOMETIMES),
    ("event.actor.id > 'a' && event.actor.id < 'b'", SOMETIMES),
    (f"{GROUPS}.size() < 0", NEVER),
    (f"{GROUPS}.size() >= 0", ALWAYS),
    (f"{GROUPS}.size() > 7", SOMETIMES),
    (f"{GROUPS}.size() eq 7 && {GROUPS}.size() ne 7", SOMETIMES),  # tried as if they were two
    ("event.target.?[type eq 'a' && type eq 'b'].size() > 0", NEVER),
    ("event.target.?[type eq 'a'].size() ne event.target.?[type eq 'b'].size()", SOMETIMES),
    ("event.eventType eq 'no.such.type'", NEVER),
    ("event.eventType.contains('user.')", SOMETIMES),
    ("(event.actor.id eq 'a') eq true", SOMETIMES),
]


@pytest.mark.parametrize(("text", "wanted"), CLAIMS)
def test_never_and_always_are_said_only_when_they_hold(text: str, wanted: Possibility) -> None:
    assert possibility(parse(text).node, event_types=eligible_types()) is wanted


def test_too_many_combinations_are_left_open() -> None:
    names = ("eventType", "outcome.reason", "outcome.result", "actor.id", "actor.type", "actor.alternateId")
    text = " && ".join(f"event.{name} ne '{n}'" for name in names for n in range(6))

    assert possibility(parse(text).node, event_types=eligible_types()) is Possibility.UNKNOWN
