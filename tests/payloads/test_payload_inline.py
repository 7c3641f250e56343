"""Requests of inline hooks: the recorded bytes, in order by their schemas, and about the people of the LogEvents."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emulator.contract.inline.requests import type_of_request, validate_inline_request
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.errors import UsageError
from emulator.payloads import World, build_event
from emulator.payloads.inline import inline_request, redacted_request, request_id_of, secrets_of_request

KINDS = list(INLINE_HOOK_TYPES.values())
VARIANTS = [pytest.param(kind, variant, id=f"{kind.short}-{variant}") for kind in KINDS for variant in kind.variants]


@pytest.mark.parametrize(("kind", "variant"), VARIANTS)
def test_a_request_has_the_recorded_bytes(world, matches_golden, kind, variant):
    matches_golden(f"inline.{kind.short}.{variant}", inline_request(kind, world=world, variant=variant))


@pytest.mark.parametrize(("kind", "variant"), VARIANTS)
@pytest.mark.parametrize("number", [0, 1, 8, 40])
def test_a_request_is_in_order_by_its_schema(kind, variant, number):
    request = inline_request(kind, world=World(number), variant=variant, number=number)

    assert validate_inline_request(request) == []
    assert type_of_request(request) is kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.short)
def test_members_stand_in_wire_order(kind):
    members = [name for name in inline_request(kind, world=World(3)) if name != "requestType"]

    assert members == [
        "eventId", "eventTime", "eventType", "eventTypeVersion", "contentType", "cloudEventVersion", "source", "data",
    ]  # fmt: skip


def test_requests_are_about_the_people_and_apps_of_the_log_events():
    world = World(5)
    event = build_event("user.lifecycle.create", world=world, person=world.person(3))

    request = inline_request("telephony", world=world, number=3)

    assert request["data"]["userProfile"]["userId"] == event["target"][0]["id"]
    assert (
        inline_request("saml", world=world, number=2)["data"]["context"]["protocol"]["issuer"]["id"] == world.app(2).id
    )


def test_two_requests_of_a_world_differ():
    first, second = (inline_request("token", world=World(5), number=number) for number in (0, 1))

    assert first["eventId"] != second["eventId"]
    assert request_id_of(first) != request_id_of(second)


def test_when_it_is_sent_can_be_said():
    request = inline_request("telephony", world=World(1), at=datetime(2026, 8, 21, 12, 0, 0, 500_000, tzinfo=UTC))

    assert request["eventTime"] == "2026-08-21T12:00:00.000Z"
    assert request["data"]["messageProfile"]["otpExpires"] == "2026-08-21T12:05:00.500Z"


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("password-import", "https://{host}/api/v1/inlineHooks/{hook}"),
        ("telephony", "https://{host}/api/v1/inlineHooks/{hook}"),
        ("user-import", "{hook}"),
        ("token", "https://{host}/oauth2/default/v1/token"),
    ],
)
def test_source_is_what_okta_puts_there(kind, source):
    world = World(1)

    request = inline_request(kind, world=world, hook_id="cal1234567890abcd1d7")

    assert request["source"] == source.format(host=world.org_host, hook="cal1234567890abcd1d7")


def test_the_source_of_a_registration_is_its_id():
    assert inline_request("registration", world=World(1))["source"].startswith("reg")
    assert inline_request("registration", world=World(1), source="x")["source"] == "x"


def test_a_machine_gets_an_access_token_only():
    data = inline_request("token", world=World(1), variant="client-credentials")["data"]

    assert "identity" not in data
    assert not {"user", "session"} & data["context"].keys()


def test_an_unknown_variant_is_told_with_the_nearest():
    with pytest.raises(UsageError, match="has no variant 'progresive-profile'") as caught:
        inline_request("registration", world=World(1), variant="progresive-profile")

    assert "progressive-profile" in caught.value.hint


def test_the_password_is_the_one_that_was_typed():
    request = inline_request("password-import", world=World(1), password="hunter2")

    assert request["data"]["context"]["credential"]["password"] == "hunter2"


@pytest.mark.parametrize(("kind", "many"), [("password-import", 1), ("telephony", 1), ("token", 0), ("saml", 0)])
def test_what_nobody_else_should_read_can_be_hidden(kind, many):
    request = inline_request(kind, world=World(1))
    secrets = [secret.reveal() for secret in secrets_of_request(request)]

    shown = str(redacted_request(request))

    assert len(secrets) == many
    assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize(
    ("kind", "url"), [("registration", "/api/v1/registration/reg"), ("password-import", "/api/v1/authn")]
)
def test_an_org_on_classic_engine_has_its_own_flows(kind, url):
    request = inline_request(kind, world=World(1, engine="classic"))

    assert request["data"]["context"]["request"]["url"]["value"].startswith(url)
    assert "requestType" not in request
    assert validate_inline_request(request) == []


# The shape of a request of 2019, as a load balancer recorded one: no requestType, and no default action.
OLD = {
    "eventId": "Zq3bT0y9Q5KX-7_aWmEoRg",
    "eventTime": "2019-10-22T17:23:58.000Z",
    "eventType": "com.okta.user.pre-registration",
    "eventTypeVersion": "1.0",
    "contentType": "application/json",
    "cloudEventVersion": "0.1",
    "source": "reg1a2b3c4d5e6f7g0h7",
    "data": {
        "context": {
            "request": {
                "id": "Yb12Cd@efGhIjKlMnOpQrStUvWx",
                "method": "POST",
                "url": {"value": "/api/v1/registration/reg1a2b3c4d5e6f7g0h7/register"},
                "ipAddress": "192.0.2.7",
            }
        },
        "userProfile": {"lastName": "Doe", "firstName": "John", "login": "jd@example.com", "email": "jd@example.com"},
        "action": None,
    },
}


def test_a_request_of_2019_is_in_order():
    assert validate_inline_request(OLD) == []


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"cloudEventVersion": None}, "/cloudEventVersion", "wanted"),
        ({"eventTypeVersion": 2}, "/eventTypeVersion", "the number 1"),
        ({"requestType": "signup"}, "/requestType", "self.service.registration"),
        ({"eventTime": "yesterday"}, "/eventTime", "wanted an instant"),
        ({"data": {"context": {}}}, "/data/context", '"request" is missing'),
        ({"eventType": "com.okta.user.preregistration"}, "/eventType", "wanted the type of an inline hook"),
    ],
)
def test_a_request_that_is_wrong_is_told(change, pointer, says):
    problems = validate_inline_request({**OLD, **change})

    assert any(problem.pointer == pointer and says in problem.message for problem in problems), problems


def test_a_misspelt_type_gets_the_nearest():
    (problem,) = validate_inline_request({**OLD, "eventType": "com.okta.user.preregistration"})

    assert "com.okta.user.pre-registration" in problem.hint
    assert problem.rule == "I1"
