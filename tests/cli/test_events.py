"""``okta-hooks events``: which types there are, and what is known about one."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from emulator.contract.catalogue import eligible_types
from emulator.contract.schemas import validate_log_event


def test_all_types_are_listed_and_the_314_are_told_apart(okta_hooks: Callable) -> None:
    """T1, A9."""
    every = okta_hooks("events", "list")
    eligible = okta_hooks("events", "list", "--eligible")

    assert (every.code, eligible.code) == (0, 0)
    assert len(every.out.splitlines()) == 1274
    assert [line.split()[0] for line in eligible.out.splitlines()] == list(eligible_types())
    assert "not eligible" not in eligible.out
    assert sum("not eligible" in line for line in every.out.splitlines()) == 1274 - 314
    assert "314 types, 314 of them eligible; catalogue 2026.08.1" in eligible.err


def test_a_list_can_be_narrowed_down(okta_hooks: Callable) -> None:
    done = okta_hooks("events", "list", "user.*", "group.*", "--category", "ud-core", "--json")

    told = json.loads(done.out)
    assert told["counts"]["types"] == len(told["types"]) > 3
    assert {known["category"] for known in told["types"]} == {"ud-core"}
    assert {"id", "category", "eligible", "oie_only", "beta", "display_message"} == set(told["types"][0])
    assert all(known["id"].startswith(("user.", "group.")) for known in told["types"])


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (("list", "user.lifecycel.*"), 4, "no event type matches", "did you mean 'user.lifecycle."),
        (("list", "--category", "ud-cor"), 2, "unknown category 'ud-cor'", "'ud-core'"),
        (("show", "user.lifecycle.deactivated"), 2, "unknown event type", "'user.lifecycle.deactivate'"),
        (("show",), 2, "missing argument", "--help"),
        (("show", "user.lifecycle.create", "--shape", "raw"), 2, "--shape: 'raw' is not one of", "--help"),
        (("sho",), 2, "unknown command 'sho'", "events --help"),
    ],
)
def test_a_slip_is_told_with_its_remedy(okta_hooks: Callable, arguments, code, message, hint) -> None:
    done = okta_hooks("events", *arguments)

    assert done.code == code
    assert message in done.err.lower()
    assert hint in done.err
    assert done.out == ""


def test_each_fact_is_shown_with_its_origin(okta_hooks: Callable) -> None:
    """T4-T7."""
    done = okta_hooks("events", "show", "user.lifecycle.deactivate")
    told = json.loads(okta_hooks("events", "show", "iam.role.update", "--json").out)

    assert "event hooks may carry it" in done.out
    assert "displayMessage   Deactivate Okta User  [captured]" in done.out
    assert "requestUri       /admin/user/deactivate/{person}  [recipe]" in done.out
    assert told["facts"]["displayMessage"] == {"value": "Custom admin role update", "origin": "catalogue"}
    assert told["facts"]["severity"] == {"value": "INFO", "origin": "family default"}
    assert told["facts"]["changeDetails"]["value"] == {
        "CustomRoleChangeDetailsEntry": ["customRoleDescription", "customRoleName"]
    }
    assert told["payload"] == "synthetic"
    assert told["captures"] == 0


def test_what_no_hook_may_carry_says_so(okta_hooks: Callable) -> None:
    done = okta_hooks("events", "show", "event_hook.verified")

    assert "not event-hook-eligible: in the System Log only (A9)" in done.out


@pytest.mark.parametrize("shape", ["delivery", "preview", "preview-sample", "system-log"])
def test_a_sample_has_the_wanted_shape_and_satisfies_our_schema(okta_hooks: Callable, shape: str) -> None:
    done = okta_hooks("events", "show", "user.session.start", "--sample", "--shape", shape, "--seed", "3")

    event = json.loads(done.out)
    assert event["eventType"] == "user.session.start"
    assert validate_log_event(event) == []
    assert ("request" in event) is (shape == "system-log")


def test_a_sample_follows_the_wishes(okta_hooks: Callable) -> None:
    """U21, L25."""
    failed = json.loads(okta_hooks("events", "show", "user.session.start", "--outcome", "failure").out)
    classic = json.loads(okta_hooks("events", "show", "user.session.start", "--sample", "--engine", "classic").out)
    newer = json.loads(okta_hooks("events", "show", "user.session.start", "--sample").out)
    japanese = okta_hooks("events", "show", "user.lifecycle.create", "--sample", "--locale", "ja_JP")

    assert failed["outcome"] == {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}
    assert classic["debugContext"]["debugData"]["requestUri"] == "/api/v1/authn"
    assert classic["authenticationContext"]["externalSessionId"].startswith("102")
    assert "target" not in classic
    assert newer["authenticationContext"]["externalSessionId"].startswith("idx")
    assert japanese.code == 0


def test_samples_differ_by_seed_only(okta_hooks: Callable) -> None:
    samples = [okta_hooks("events", "show", "group.lifecycle.create", "--sample", "--seed", seed).out for seed in "112"]

    assert samples[0] == samples[1] != samples[2]


def test_the_schema_is_resolved(okta_hooks: Callable) -> None:
    schema = json.loads(okta_hooks("events", "show", "user.lifecycle.create", "--schema").out)

    assert "$ref" not in json.dumps(schema)
    assert "uuid" in schema["properties"]


def test_json_holds_the_sample_and_the_schema_too(okta_hooks: Callable) -> None:
    told = json.loads(okta_hooks("events", "show", "user.lifecycle.create", "--json", "--sample", "--schema").out)

    assert told["sample"]["eventType"] == told["id"]
    assert told["schema"]["type"] == "object"


def test_a_type_of_the_users_own_has_a_sample_too(okta_hooks: Callable, tmp_path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "events:\n  acme.badge.lost:\n    like: user.lifecycle.suspend\n    displayMessage: A badge was lost\n"
    )
    done = okta_hooks("events", "show", "acme.badge.lost", "--events", str(path))

    event = json.loads(done.out)
    assert done.code == 0
    assert (event["eventType"], event["displayMessage"]) == ("acme.badge.lost", "A badge was lost")
