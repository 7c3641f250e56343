"""Values of keys of which only name and format are published: they agree with the world, or the key is left out."""

from __future__ import annotations

import re

import pytest

from emulator.contract.catalogue import eligible_types, event_type
from emulator.payloads import World, build_event


def debug_data(name, **how):
    return build_event(name, **how)["debugContext"]["debugData"]


def test_places_and_addresses_are_those_of_the_person(world):
    data = debug_data("user.account.report_suspicious_activity_by_enduser", world=world)
    network = world.network(world.person().id)

    assert data["suspiciousActivityEventIp"] == network.ip
    assert data["suspiciousActivityEventCity"] == network.city
    assert data["suspiciousActivityEventCountry"] == network.country
    assert float(data["suspiciousActivityEventLatitude"]) == network.latitude


def test_apps_and_devices_are_those_of_the_world(world):
    app = world.app(4)
    data = debug_data("application.provision.user.push", world=world, app=app)
    (device,) = [t for t in build_event("device.user.add", world=world)["target"] if t["type"] == "UDDevice"]

    assert data["AppName"] == app.name
    assert device["id"] == world.device(world.person().id).id
    assert device["detailEntry"]["osPlatform"] == world.device(world.person().id).platform


def test_no_value_merely_repeats_its_key(world):
    """`accessReviewName: "Access review name"` is what no receiver ever meets."""
    for number, name in enumerate(eligible_types()):
        event = build_event(name, world=world, number=number)
        entries = [event["debugContext"]["debugData"], *(t["detailEntry"] or {} for t in event["target"] or [])]
        for key, value in (item for entry in entries for item in entry.items()):
            words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key).lower()

            assert str(value).lower() != words, (name, key)


def test_what_has_not_happened_has_no_time(world):
    assert "canceledAt" not in debug_data("access.request.create", world=world)
    assert "canceledAt" in debug_data("access.request.cancel", world=world)


def test_changes_have_a_before_and_an_after(world):
    """L29: the keys are the catalogue's; integers are numbers, as captured."""
    (target,) = build_event("iam.role.update", world=world)["target"]
    (policy,) = build_event("policy.lifecycle.update", world=world)["target"]

    assert target["changeDetails"]["from"].keys() == {"customRoleName", "customRoleDescription"}
    assert target["changeDetails"]["from"] != target["changeDetails"]["to"]
    assert policy["changeDetails"] == {
        "from": {"policyPriority": 1, "policyGroupIncludeSize": 1},
        "to": {"policyPriority": 2, "policyGroupIncludeSize": 2},
    }
    assert "changeDetails" not in build_event("iam.role.update", world=world, result="FAILURE")["target"][0]


def test_details_have_the_catalogues_keys(world):
    for name in ("workload_principal.register", "access.request.create", "security.trusted_origin.create"):
        known = event_type(name)
        for target in build_event(name, world=world)["target"]:
            assert set(target["detailEntry"] or {}) <= {key for s in known.target_schemas for key in _keys(s)}


def _keys(schema):
    from emulator.contract.catalogue import schema_keys

    return schema_keys(schema)


@pytest.mark.parametrize(
    ("engine", "targets", "number"), [("oie", ["User"], "+12025550123"), ("classic", ["User", "MobilePhone"], None)]
)
def test_the_phone_moves_with_the_engine(engine, targets, number):
    """U21."""
    event = build_event("system.sms.send_phone_verification_message", world=World(1, engine=engine))

    assert [target["type"] for target in event["target"]] == targets
    assert event["debugContext"]["debugData"].get("phoneNumber") == number


def test_several_admins_and_each_with_a_network_of_their_own(world):
    assert len({admin.login for admin in world.admins}) == len(world.admins) > 3
    assert world.admins[0].login == "admin@example.com"
    assert len({world.network(admin.id).ip for admin in world.admins}) > 1


def test_everybody_has_a_manager_who_is_somebody_else(world):
    assert world.manager() == world.person(8)
    assert all(world.manager(number) != world.person(number) for number in range(40))
