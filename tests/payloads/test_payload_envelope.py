from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.errors import UsageError
from emulator.payloads import World, as_delivery, build_envelope, build_event, encode
from emulator.payloads.moments import as_text, milliseconds, parse, text_of


@pytest.fixture
def event(world):
    return as_delivery(build_event("user.lifecycle.deactivate", world=world))


def test_members_stand_in_wire_order_with_their_constants(world, event):
    """D2, D3, D4."""
    envelope = build_envelope([event], world=world, hook_id="whoA")

    assert list(envelope) == (
        ["eventType", "eventTypeVersion", "cloudEventsVersion", "source", "eventId", "data", "eventTime", "contentType"]
    )
    assert envelope["eventType"] == "com.okta.event_hook"
    assert envelope["eventTypeVersion"] == "1.0"
    assert envelope["cloudEventsVersion"] == "0.1"
    assert envelope["contentType"] == "application/json"
    assert envelope["source"] == f"https://{world.org_host}/api/v1/eventHooks/whoA"
    assert envelope["data"] == {"events": [event]}


def test_every_request_to_every_hook_has_another_random_event_id(world, event):
    """D5, D16."""
    ids = [
        build_envelope([event], world=world, hook_id=hook, number=number)["eventId"]
        for hook in ("whoA", "whoB")
        for number in range(50)
    ]

    assert len(set(ids)) == 100
    assert {(UUID(text).version, UUID(text).variant) for text in ids} == {(4, "specified in RFC 4122")}
    assert all(text == text.lower() for text in ids)


def test_the_request_is_built_5_to_11_seconds_after_its_last_event(world):
    """D10."""
    events = [build_event("user.lifecycle.create", world=world, number=number) for number in (7, 3)]
    for number in range(100):
        envelope = build_envelope(events, world=world, hook_id="whoA", number=number)
        window = parse(envelope["eventTime"]) - parse(events[0]["published"])

        assert timedelta(seconds=5) <= window <= timedelta(seconds=11)


def test_events_without_a_readable_instant_can_be_sent(world):
    """`--set published=yesterday` is a thing to try."""
    assert build_envelope([{"published": "yesterday"}, {}], world=world, hook_id="whoA")["eventTime"].endswith("Z")


def test_a_given_instant_is_written_in_utc_with_milliseconds(world, event):
    """D6."""
    moment = datetime(2026, 5, 1, 2, 30, 0, 123_999, tzinfo=timezone(timedelta(hours=2)))

    assert (
        build_envelope([event], world=world, hook_id="w", event_time=moment)["eventTime"] == "2026-05-01T00:30:00.123Z"
    )


def test_an_instant_of_any_zone_is_written_in_utc():
    moment = datetime(2026, 5, 1, 2, 30, tzinfo=timezone(timedelta(hours=2)))

    assert [as_text(moment, digits=digits) for digits in (0, 3, 6)] == [
        "2026-05-01T00:30:00Z",
        "2026-05-01T00:30:00.000Z",
        "2026-05-01T00:30:00.000000Z",
    ]


def test_an_instant_without_a_zone_is_a_usage_error(world, event):
    with pytest.raises(UsageError, match="no time zone"):
        build_envelope([event], world=world, hook_id="w", event_time=datetime(2026, 5, 1))  # noqa: DTZ001 - the point
    with pytest.raises(UsageError, match="no time zone"):
        build_event("user.lifecycle.create", world=world, published=datetime(2026, 5, 1))  # noqa: DTZ001 - the point


def test_an_instant_at_the_end_of_time_is_a_usage_error(world):
    moment = datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))

    with pytest.raises(UsageError, match="out of range"):
        build_event("user.lifecycle.create", world=world, published=moment)


def test_an_empty_delivery_is_a_usage_error(world):
    """D7."""
    with pytest.raises(UsageError, match="at least one event"):
        build_envelope([], world=world, hook_id="w")


def test_the_body_is_compact_raw_utf_8():
    """D23."""
    assert encode({"name": "Łukasz 太郎 🙂", "list": [1, None]}) == '{"name":"Łukasz 太郎 🙂","list":[1,null]}'.encode()


def test_a_lone_surrogate_is_escaped():
    body = encode({"a\udc80": "é\ud83d"})

    assert body == '{"a\\udc80":"é\\ud83d"}'.encode()
    assert json.loads(body) == {"a\udc80": "é\ud83d"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2026, 1, 1, tzinfo=UTC), {1, 2}, b"x"])
def test_what_is_not_json_is_a_usage_error(value):
    with pytest.raises(UsageError, match="can't be written as JSON"):
        encode({"a": value})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=20), inner, max_size=5),
        max_leaves=20,
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # how busy the machine is says nothing
def test_any_json_survives_the_wire(document):
    assert json.loads(encode(document)) == document


@given(st.integers(), st.integers(min_value=0, max_value=10**9))
def test_any_seed_and_number_gives_an_event(seed, number):
    event = build_event("user.lifecycle.deactivate", world=World(seed), number=number)

    assert text_of(milliseconds(parse(event["published"]), "published")) == event["published"]
