"""Every eligible event type, in every shape."""

from __future__ import annotations

import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from uuid import UUID

import pytest

from emulator.contract.catalogue import eligible_types, known_types
from emulator.contract.schemas import validate_envelope, validate_log_event
from emulator.payloads import (
    Origin,
    World,
    as_delivery,
    as_preview,
    as_system_log,
    build_envelope,
    build_event,
    preview_sample,
)

ELIGIBLE = tuple(eligible_types())
DOCUMENTATION = [ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
HOOK_ORDER = [
    "uuid",
    "published",
    "eventType",
    "version",
    "displayMessage",
    "severity",
    "client",
    "device",
    "actor",
    "outcome",
    "target",
    "transaction",
    "debugContext",
    "legacyEventType",
    "authenticationContext",
    "securityContext",
    "insertionTimestamp",
]
SYSTEM_LOG_ORDER = [
    "actor",
    "client",
    "device",
    "authenticationContext",
    "displayMessage",
    "eventType",
    "outcome",
    "published",
    "securityContext",
    "severity",
    "debugContext",
    "legacyEventType",
    "transaction",
    "uuid",
    "version",
    "request",
    "target",
]
OKTA_ID = re.compile(r"[0-9A-Za-z]{20}")
TARGETS_WITHOUT_OKTA_ID = {"URL Pattern", "email"}


def nulls(value):
    if isinstance(value, dict):
        return any(nulls(member) for member in value.values())
    if isinstance(value, list):
        return any(map(nulls, value))
    return value is None


def events(world, number=0, origin=None):
    for name in ELIGIBLE:
        yield build_event(name, world=world, number=number, hook_ids=[world.hook_id()], origin=origin)


def test_all_314_eligible_types_build():
    assert len(list(events(World(1)))) == 314


@pytest.mark.parametrize("origin", [None, *Origin])
@pytest.mark.parametrize("shape", [as_delivery, as_preview, as_system_log])
def test_our_own_schemas_find_nothing_wrong(world, shape, origin):
    for event in events(world, origin=origin):
        assert validate_log_event(shape(event)) == [], event["eventType"]


def test_our_own_schemas_find_nothing_wrong_with_sample_data(world):
    for name in ELIGIBLE:
        assert validate_log_event(preview_sample(name, world=world)) == [], name


def test_our_own_schemas_find_nothing_wrong_with_an_envelope_of_all_types(world):
    batch = [
        as_delivery(build_event(name, world=world, number=number, hook_ids=[world.hook_id()]))
        for number, name in enumerate(ELIGIBLE)
    ]

    assert validate_envelope(build_envelope(batch, world=world, hook_id=world.hook_id())) == []


def test_types_that_no_hook_may_carry_build_too(world):
    for name in set(known_types()) - set(ELIGIBLE):
        assert build_event(name, world=world)["eventType"] == name


def test_a_delivery_has_no_nulls_and_the_order_of_d19(world):
    for event in events(world):
        delivery = as_delivery(event)

        assert not nulls(delivery), event["eventType"]
        assert list(delivery) == [name for name in HOOK_ORDER if name in delivery]
        assert "request" not in delivery
        assert "ipChain" in delivery["client"]


def test_a_preview_has_all_17_members_of_p5(world):
    for event in events(world):
        assert list(as_preview(event)) == HOOK_ORDER


def test_the_system_log_has_the_order_of_l4_and_the_chain_in_request(world):
    for event in events(world):
        entry = as_system_log(event)

        assert list(entry) == SYSTEM_LOG_ORDER
        assert list(entry["client"]) == ["userAgent", "zone", "device", "id", "ipAddress", "geographicalContext"]
        assert entry["request"]["ipChain"] == event["client"]["ipChain"]


def test_the_uuid_holds_the_time_of_the_event_and_the_node_of_the_org(world):
    """N6: version 1, its time is published."""
    for event in events(world):
        uuid = UUID(event["uuid"])
        moment = datetime(1582, 10, 15, tzinfo=UTC) + timedelta(microseconds=uuid.time // 10)

        assert uuid.version == 1
        assert uuid.variant == "specified in RFC 4122"
        assert f"{uuid.node:012x}" == world.node
        assert moment.isoformat(timespec="milliseconds") == event["published"].replace("Z", "+00:00")


def test_uuids_differ_even_within_one_millisecond(world):
    published = datetime(2026, 3, 1, tzinfo=UTC)
    uuids = {
        build_event(name, world=world, number=number, published=published)["uuid"]
        for name in ELIGIBLE[:60]
        for number in (0, 1, 2, 9_999, 10_000, 10_001, 20_000)
    }

    assert len(uuids) == 60 * 7


def test_ids_have_the_shape_of_n1(world):
    for event in events(world):
        for party in [event["actor"], *(event["target"] or [])]:
            if party["type"] not in TARGETS_WITHOUT_OKTA_ID:
                assert OKTA_ID.fullmatch(party["id"])
                assert party["id"].endswith(world.cell)


@pytest.mark.parametrize("origin", [Origin.API, Origin.CONSOLE, Origin.USER])
def test_a_request_is_named_the_same_everywhere(world, origin):
    """N3, L23, L27, U4."""
    for event in events(world, origin=origin):
        debug = event["debugContext"]["debugData"]

        assert re.fullmatch(r"[0-9a-f]{32}", debug["requestId"])
        assert event["transaction"]["id"] == debug["requestId"]
        assert event["transaction"]["type"] == "WEB"
        assert debug["url"].startswith(f"{debug['requestUri']}?")
        assert re.fullmatch(r"[0-9a-f]{64}", debug["dtHash"])
        assert debug["targetEventHookIds"] == world.hook_id()
        assert re.fullmatch(r"(trs|idx)[0-9A-Za-z_-]{22}", event["authenticationContext"]["externalSessionId"])


@pytest.mark.parametrize("origin", Origin)
def test_all_debug_data_is_text(world, origin):
    """L24."""
    for event in events(world, origin=origin):
        assert all(isinstance(value, str) for value in event["debugContext"]["debugData"].values())


def test_no_template_is_left_unfilled(world):
    for event in events(world):
        text = json.dumps(event["debugContext"]["debugData"] | {"reason": event["outcome"]["reason"]})

        assert "//" not in event["debugContext"]["debugData"].get("requestUri", "")
        assert not re.search(r"\{[a-z_]+\}", text.replace("{level=LOW}", ""))


def test_addresses_are_reserved_for_documentation():
    for seed in range(40):
        for event in itertools.islice(events(World(seed)), 3):
            address = ip_address(event["client"]["ipAddress"])

            assert any(address in network for network in DOCUMENTATION)
            hop = event["client"]["ipChain"][0]
            assert hop["ip"] == str(address)
            assert hop["version"] == f"V{address.version}"


def test_seeds_differ_in_every_type():
    for one, other in zip(events(World(1)), events(World(2)), strict=True):
        assert one != other
        assert one["uuid"] != other["uuid"]
        assert one["actor"]["id"] != other["actor"]["id"]


def test_numbers_follow_each_other_in_time(world):
    moments = [build_event("user.lifecycle.create", world=world, number=n)["published"] for n in range(300)]

    assert moments == sorted(moments)
    assert len(set(moments)) == 300
