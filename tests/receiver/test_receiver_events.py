"""LogEvents as handlers see them, and which handler sees which (L22, L30, L37, T2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from receiver.events import Event
from receiver.handlers import Handlers


def test_an_event_tells_what_handlers_ask_for(make_event: Callable) -> None:
    event = Event(make_event(uuid="u", published="2026-08-21T10:00:00.123456789Z"))

    assert (event.uuid, event.event_type, event.outcome) == ("u", "user.lifecycle.deactivate", "SUCCESS")
    assert event.published == datetime(2026, 8, 21, 10, 0, 0, 123456, tzinfo=UTC)
    assert event.sort_key == "2026-08-21T10:00:00.123456789Z"
    assert event.actor is not None
    assert event.actor.name == "admin@example.com"
    (john,) = event.targets("User")
    assert (john.id, john.type, john.alternate_id, john.display_name) == (
        "00u2", "User", "john.doe@example.com", "John Doe",
    )  # fmt: skip
    assert john.raw["displayName"] == "John Doe"
    assert repr(event) == "Event('user.lifecycle.deactivate', uuid='u')"
    assert "john" not in repr(event) + repr(john)  # personal data stays out of logs


@pytest.mark.parametrize("raw", [{}, dict.fromkeys(("uuid", "eventType", "published", "actor", "target", "outcome"))])
def test_an_event_without_anything_answers_every_question(raw: dict[str, Any]) -> None:
    event = Event(raw)

    assert (event.uuid, event.event_type, event.published, event.sort_key) == ("", "", None, None)
    assert (event.actor, event.targets(), event.outcome) == (None, (), None)
    assert event.get("debugContext.debugData.requestUri", "nowhere") == "nowhere"


@pytest.mark.parametrize(
    ("party", "name"),
    [
        ({"alternateId": "a@example.com", "displayName": "A", "id": "00u"}, "a@example.com"),
        ({"alternateId": None, "displayName": "A", "id": "00u"}, "A"),
        ({"alternateId": "", "displayName": "", "id": "00u"}, "00u"),
        ({"alternateId": 7, "id": []}, "(unnamed)"),
        ({}, "(unnamed)"),
    ],
)
def test_a_party_goes_by_the_best_name_there_is(party: dict[str, Any], name: str) -> None:
    assert Event({"actor": party}).actor.name == name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("outcome.result", "SUCCESS"),
        ("target.0.type", "User"),
        ("target.1.type", None),
        ("target.x", None),
        ("outcome.result.x", None),
        ("client", None),
        ("", None),
    ],
)
def test_a_dotted_path_finds_a_value_or_the_default(make_event: Callable, path: str, value: Any) -> None:
    assert Event(make_event(client=None)).get(path) == value


@pytest.mark.parametrize(
    ("event_type", "owner"),
    [
        ("user.lifecycle.deactivate", "exact"),
        ("user.lifecycle.suspend", "longer"),
        ("user.session.start", "shorter"),
        ("app.oauth2.token.grant", "any"),
        ("", "any"),
        ("USER.lifecycle.deactivate", "any"),
    ],
)
def test_the_exact_type_goes_before_the_longest_wildcard(event_type: str, owner: str) -> None:
    handlers = Handlers()
    for pattern, name in {
        "*": "any",
        "user.*": "shorter",
        "user.lifecycle.*": "longer",
        "user.lifecycle.deactivate": "exact",
    }.items():
        handlers.on(pattern)(lambda _, name=name: name)

    assert handlers.find(event_type)(Event({})) == owner


def test_a_type_that_nobody_wants_is_no_error() -> None:
    """T2: new ones come nearly every month."""
    assert Handlers().find("user.lifecycle.teleported")(Event({})) is None


def test_a_pattern_that_is_taken_names_its_owner() -> None:
    handlers = Handlers()

    @handlers.on("user.*")
    def first(_: Event) -> None: ...

    with pytest.raises(ValueError, match=r"events of type 'user\.\*' already go to .*first"):
        handlers.on("user.*")(lambda _: None)
    assert handlers.on("user.*")(first) is first  # the same one again, as when a module is imported twice
