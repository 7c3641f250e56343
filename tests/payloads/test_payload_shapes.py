from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from emulator.errors import UsageError
from emulator.payloads import Origin, as_delivery, as_preview, as_system_log, build_event, in_shape, preview_sample


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("shape", [as_delivery, as_preview, as_system_log])
def test_shapes_leave_the_event_as_it_is(world, origin, shape):
    event = build_event("group.user_membership.add", world=world, origin=origin)
    before = copy.deepcopy(event)
    shape(event)

    assert event == before


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("shape", [as_delivery, as_preview, as_system_log])
def test_a_shape_of_itself_is_itself(world, origin, shape):
    once = shape(build_event("group.user_membership.add", world=world, origin=origin))

    assert json.dumps(shape(once)) == json.dumps(once)


@pytest.mark.parametrize("origin", Origin)
def test_the_system_log_shape_holds_all_a_preview_needs(world, origin):
    """L13: the same event, in two shapes."""
    event = as_preview(build_event("group.user_membership.add", world=world, origin=origin))
    event["authenticationContext"].pop("authenticatorContext")

    assert json.dumps(as_preview(as_system_log(event))) == json.dumps(event)


def test_a_delivery_can_spell_out_its_nulls(world):
    event = build_event("user.lifecycle.create", world=world)

    assert as_delivery(event, nulls="explicit") == as_preview(event)


def test_another_way_with_nulls_is_a_usage_error(world):
    with pytest.raises(UsageError, match="nulls can't be 'none'"):
        as_delivery(build_event("user.lifecycle.create", world=world), nulls="none")


def test_deliveries_lack_what_only_newer_shapes_have(world):
    """D18, L25."""
    context = as_delivery(build_event("user.lifecycle.create", world=world))["authenticationContext"]

    assert list(context) == ["authenticationStep", "externalSessionId"]


def test_system_events_keep_their_empty_chain(world):
    """D18, D20."""
    event = build_event("user.lifecycle.create", world=world, origin=Origin.SYSTEM)

    assert as_delivery(event)["client"] == {"ipChain": []}
    assert as_system_log(event)["request"] == {"ipChain": []}
    assert as_system_log(event)["client"]["zone"] is None


def test_unknown_members_survive_every_shape(world):
    """L36."""
    event = {**build_event("user.lifecycle.create", world=world), "newMember": {"a": 1}}
    event["client"]["newPart"] = 1
    event["target"][0]["changeDetails"] = {"from": {}, "to": {}}

    for shape in (as_delivery, as_preview, as_system_log):
        shaped = shape(event)
        assert shaped["newMember"] == {"a": 1}
        assert shaped["client"]["newPart"] == 1
        assert shaped["target"][0]["changeDetails"] == {"from": {}, "to": {}}


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"client": None, "request": None, "target": None, "actor": None},
        {"client": {}, "target": [None, "x"], "actor": "x", "securityContext": [], "authenticationContext": 1},
        {"client": {"ipChain": [None, "x"]}, "request": {}, "transaction": "x", "outcome": None},
    ],
)
@pytest.mark.parametrize("shape", [as_delivery, as_preview, as_system_log])
def test_odd_events_can_be_shaped_too(event, shape):
    assert isinstance(shape(event), dict)


def test_sample_data_has_neither_actor_nor_target(world):
    """P6, P7."""
    sample = preview_sample("user.behavior.profile.reset", world=world)

    assert [name for name, value in sample.items() if value is None] == [
        "device", "actor", "target", "debugContext", "legacyEventType", "securityContext", "insertionTimestamp",
    ]  # fmt: skip
    assert sample["displayMessage"] == "User behavior profile reset."
    assert sample["outcome"] == {"result": "Success", "reason": None}
    assert sample["transaction"] == {"type": None, "id": sample["transaction"]["id"], "detail": None}
    assert sample["client"]["zone"] is None
    assert sample["client"]["ipChain"] is None
    assert sample["authenticationContext"]["authenticationStep"] == 0
    assert UUID(sample["uuid"]).version == 4
    assert len(sample["published"]) == len("2025-04-21T06:19:19.251976Z")


def test_sample_data_can_be_of_a_given_instant(world):
    sample = preview_sample("user.lifecycle.create", world=world, published=datetime(2026, 1, 2, 3, tzinfo=UTC))

    assert sample["published"].startswith("2026-01-02T03:00:00.000")


@pytest.mark.parametrize("shape", ["preview-sample", "raw"])
def test_an_event_takes_known_shapes_only(world, shape):
    with pytest.raises(UsageError, match="can't take the shape"):
        in_shape(build_event("user.lifecycle.create", world=world), shape)
