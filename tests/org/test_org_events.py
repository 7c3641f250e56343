"""Every accepted change raises exactly the events of tables U and G, and hooks get them in Okta's shapes."""

from __future__ import annotations

import pytest

from emulator import OktaApiError, Org, Outcome
from emulator.contract.schemas import validate_envelope
from emulator.payloads import as_delivery

PASSWORD = "correct horse"


def types(org: Org) -> list[str]:
    """The types in the System Log so far."""
    return [event["eventType"] for event in org.system_log()]


def user(org: Org, state: str):
    """A user in a state, reached by the calls that lead there."""
    made = org.create_user(
        login="jane.roe@example.com",
        activate=state != "STAGED",
        password=None if state in {"STAGED", "PROVISIONED"} else PASSWORD,
    )
    if state == "SUSPENDED":
        made.suspend()
    if state == "DEPROVISIONED":
        made.deactivate()
    if state == "RECOVERY":
        made.reset_password()
    if state == "PASSWORD_EXPIRED":
        made.expire_password()
    assert made.status == state
    return made


@pytest.mark.parametrize(
    ("options", "status", "events"),
    [
        ({"activate": False}, "STAGED", ["user.lifecycle.create"]),
        ({}, "PROVISIONED", ["user.lifecycle.create"]),
        (
            {"password": PASSWORD},
            "ACTIVE",
            ["user.lifecycle.create", "user.account.update_password", "user.lifecycle.activate"],
        ),
    ],
    ids=["U-a", "U-b", "U-c"],
)
def test_creating_a_user(org: Org, options, status, events) -> None:
    made = org.create_user(login="jane.roe@example.com", **options)

    assert (made.status, types(org)) == (status, events)
    assert len({event["transaction"]["id"] for event in org.system_log()}) == 1


@pytest.mark.parametrize(
    ("state", "call", "target", "events"),
    [
        ("STAGED", "activate", "PROVISIONED", []),
        ("DEPROVISIONED", "activate", "ACTIVE", ["user.lifecycle.activate"]),
        ("PROVISIONED", "reactivate", "PROVISIONED", []),
        ("RECOVERY", "reactivate", "RECOVERY", []),
        ("STAGED", "deactivate", "DEPROVISIONED", ["user.lifecycle.deactivate"]),
        ("PROVISIONED", "deactivate", "DEPROVISIONED", ["user.lifecycle.deactivate"]),
        ("ACTIVE", "deactivate", "DEPROVISIONED", ["user.lifecycle.deactivate"]),
        ("SUSPENDED", "deactivate", "DEPROVISIONED", ["user.lifecycle.deactivate"]),
        ("ACTIVE", "delete", "DEPROVISIONED", ["user.lifecycle.deactivate"]),
        ("ACTIVE", "suspend", "SUSPENDED", ["user.session.clear", "user.lifecycle.suspend"]),
        ("SUSPENDED", "unsuspend", "ACTIVE", ["user.lifecycle.unsuspend"]),
        ("ACTIVE", "expire_password", "PASSWORD_EXPIRED", ["user.account.expire_password"]),
        ("ACTIVE", "reset_password", "RECOVERY", ["user.account.reset_password"]),
        ("PASSWORD_EXPIRED", "reset_password", "RECOVERY", ["user.account.reset_password"]),
        ("ACTIVE", "reset_factors", "ACTIVE", ["user.mfa.factor.reset_all"]),
        ("SUSPENDED", "clear_sessions", "SUSPENDED", ["user.session.clear"]),
    ],
)
def test_each_call_of_the_state_table(org: Org, state, call, target, events) -> None:
    made = user(org, state)
    before = len(types(org))

    getattr(made, call)()

    assert (made.status, types(org)[before:]) == (target, events)


@pytest.mark.parametrize(
    ("state", "call", "status", "code"),
    [
        ("ACTIVE", "activate", 403, "E0000016"),
        ("PROVISIONED", "activate", 403, "E0000016"),
        ("ACTIVE", "reactivate", 403, "E0000038"),
        ("DEPROVISIONED", "deactivate", 403, "E0000038"),
        ("PROVISIONED", "suspend", 400, "E0000001"),
        ("ACTIVE", "unsuspend", 400, "E0000001"),
        ("ACTIVE", "unlock", 403, "E0000032"),
        ("STAGED", "reset_password", 403, "E0000017"),
        ("STAGED", "expire_password", 403, "E0000038"),
        ("DEPROVISIONED", "reset_factors", 403, "E0000038"),
    ],
)
def test_a_call_in_the_wrong_state_is_refused_and_changes_nothing(org: Org, state, call, status, code) -> None:
    made = user(org, state)
    before = types(org)

    with pytest.raises(OktaApiError) as caught:
        getattr(made, call)()

    assert (caught.value.status, caught.value.code) == (status, code)
    assert (made.status, types(org)) == (state, before)


def test_the_activation_link_leads_to_active(org: Org) -> None:
    made = user(org, "PROVISIONED").complete_activation(PASSWORD)

    assert made.status == "ACTIVE"
    assert types(org)[1:] == ["user.account.update_password", "user.lifecycle.activate"]
    assert org.system_log("user.lifecycle.activate")[0]["actor"]["id"] == made.id


def test_deleting_for_good_raises_the_captured_set(org: Org) -> None:
    """U-r with its footnotes 4 and 5."""
    made = user(org, "DEPROVISIONED")
    before = len(types(org))

    made.delete()

    revoked, _, renamed, _ = events = org.system_log()[before:]
    assert [event["eventType"] for event in events] == [
        "user.account.privilege.revoke",
        "user.lifecycle.delete.initiated",
        "user.account.update_profile",
        "user.lifecycle.delete.completed",
    ]
    assert (revoked["actor"]["id"], revoked["target"], revoked["transaction"]["id"]) == (made.id, None, "unknown")
    assert renamed["target"][0]["alternateId"] == f"{made.id}@deleted.invalid"
    with pytest.raises(OktaApiError, match="Resource not found"):
        _ = made.record


@pytest.mark.parametrize(
    ("cascade", "events"),
    [
        ("minimal", ["user.lifecycle.deactivate"]),
        ("apps", ["user.lifecycle.deactivate", "application.user_membership.remove"]),
        (
            "apps_and_groups",
            ["user.lifecycle.deactivate", "application.user_membership.remove", "group.user_membership.remove"],
        ),
    ],
)
def test_a_deactivation_takes_along_what_the_profile_says(make_org, cascade, events) -> None:
    org = make_org(profile=f"events.deactivate_cascade={cascade}")
    made = user(org, "ACTIVE")
    org.create_app("Payroll").assign(made)
    org.create_group("Sales").add(made)
    before = len(types(org))

    made.deactivate()

    told = org.system_log()[before:]
    assert [event["eventType"] for event in told] == events
    assert {event["debugContext"]["debugData"]["requestUri"] for event in told} == {
        f"/api/v1/users/{made.id}/lifecycle/deactivate"
    }


def test_a_profile_change_names_what_changed(org: Org) -> None:
    made = user(org, "ACTIVE").update(title="Engineer", department="R&D")

    assert org.system_log()[-1]["debugContext"]["debugData"]["changedAttributes"] == "title,department"
    assert made.profile["title"] == "Engineer"


def test_membership_is_told_once(org: Org) -> None:
    """G3, G4: a second time is no event."""
    made, group = user(org, "ACTIVE"), org.create_group("Sales")

    group.add(made).add(made).remove(made).remove(made)

    assert types(org)[-2:] == ["group.user_membership.add", "group.user_membership.remove"]
    assert [target["type"] for target in org.system_log()[-1]["target"]] == ["User", "UserGroup"]
    assert org.system_log()[-1]["target"][1]["displayName"] == "Sales"


def test_everyone_cannot_be_changed(org: Org) -> None:
    """G6, G8."""
    made = user(org, "ACTIVE")

    assert [group.name for group in made.groups] == ["Everyone"]
    with pytest.raises(OktaApiError, match="E0000006"):
        org.group("Everyone").delete()


def test_one_event_in_two_shapes(subscribed, receiving) -> None:
    """L13, D18-D20: the same uuid, instant and transaction in the hook's body and in the System Log."""
    org = subscribed("user.lifecycle.deactivate")
    made = user(org, "ACTIVE").deactivate()

    (delivery,) = org.drain()
    (sent,) = delivery.events
    (logged,) = org.system_log("user.lifecycle.deactivate")
    assert {name: sent[name] for name in ("uuid", "published", "displayMessage")} == {
        name: logged[name] for name in ("uuid", "published", "displayMessage")
    }
    assert sent["transaction"]["id"] == logged["transaction"]["id"]
    assert sent["target"] == [
        {"id": made.id, "type": "User", "alternateId": "jane.roe@example.com", "displayName": "Jane Roe"}
    ]
    assert logged["request"]["ipChain"][0]["ip"] == sent["client"]["ipChain"][0]["ip"]
    assert "request" not in sent
    assert as_delivery(logged) == sent
    assert list(validate_envelope(receiving.envelopes[0])) == []


def test_events_of_a_frozen_clock_still_have_an_order(org: Org) -> None:
    user(org, "ACTIVE").deactivate()

    published = [event["published"] for event in org.system_log()]
    assert published == sorted(set(published))


def test_two_orgs_share_nothing(make_org) -> None:
    one, other = make_org(seed=1), make_org(seed=2)

    one.create_user(login="jane.roe@example.com")

    assert other.system_log() == []
    assert one.host != other.host
    with pytest.raises(OktaApiError):
        other.user("jane.roe@example.com")


def test_the_same_seed_and_clock_give_the_same_bytes(make_org, receiving) -> None:
    for _ in range(2):
        org = make_org()
        org.verify(org.create_event_hook(uri="https://hooks.example.com/", events=["user.lifecycle.create"]))
        org.create_user()
        assert org.drain()[0].outcome is Outcome.DELIVERED
        org.close()

    assert receiving.posts[0].body == receiving.posts[1].body


@pytest.mark.parametrize(
    ("body", "subject", "cause"),
    [
        ({}, "newUser", "profile: The field cannot be left blank"),
        ({"profile": {"login": "a@example.com"}}, "newUser", "email: The field cannot be left blank"),
        (
            {"profile": {"login": "a@example.com", "shoeSize": "44"}},
            "newUser",
            "Property name 'shoeSize' is not defined in profile",
        ),
        (
            {"profile": {"login": "nobody", "email": "a@example.com", "firstName": "A", "lastName": "B"}},
            "login",
            "login: Username must be in the form of an email address",
        ),
    ],
)
def test_a_user_okta_would_refuse(org: Org, body, subject, cause) -> None:
    with pytest.raises(OktaApiError) as caught:
        org.users.create(body)

    assert caught.value.summary == f"Api validation failed: {subject}"
    assert cause in caught.value.causes
    assert types(org) == []


def test_a_login_is_unique_whatever_its_case(org: Org) -> None:
    user(org, "ACTIVE")

    with pytest.raises(OktaApiError) as caught:
        org.create_user(login="Jane.Roe@example.com")

    assert caught.value.causes == ("login: An object with this field already exists in the current organization",)


@pytest.mark.parametrize("ref", ["{id}", "jane.roe@example.com", "JANE.ROE@example.com", "jane.roe"])
def test_a_user_has_several_names(org: Org, ref: str) -> None:
    """U15."""
    made = user(org, "ACTIVE")

    assert org.user(ref.format(id=made.id)) == made


def test_the_tenth_wrong_password_locks_a_user_out(org: Org) -> None:
    """U-k, U-l: each failure is an event, then the lock."""
    made = user(org, "ACTIVE")
    before = len(types(org))

    assert not any(made.sign_in("wrong") for _ in range(10))

    assert types(org)[before:] == ["user.session.start"] * 10 + ["user.account.lock"]
    failed, lock = org.system_log()[-2:]
    assert failed["outcome"] == {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}
    assert (lock["severity"], lock["outcome"]) == ("DEBUG", {"result": "FAILURE", "reason": "LOCKED_OUT"})
    assert made.status == "LOCKED_OUT"
    assert not made.sign_in(PASSWORD)
    assert org.system_log()[-1]["outcome"]["reason"] == "LOCKED_OUT"

    made.unlock()

    assert made.sign_in(PASSWORD)
    assert types(org)[-2:] == ["user.account.unlock_by_admin", "user.session.start"]
    assert org.system_log()[-1]["actor"]["id"] == made.id


def test_a_user_who_has_signed_in_loses_the_session_too(org: Org) -> None:
    """U-h, footnote 3."""
    made = user(org, "ACTIVE")
    made.sign_in(PASSWORD)
    before = len(types(org))

    made.deactivate()

    assert types(org)[before:] == ["user.lifecycle.deactivate", "user.session.clear"]


def test_a_password_is_changed_by_who_knows_the_old_one(org: Org) -> None:
    """U-p."""
    made = user(org, "PASSWORD_EXPIRED")
    with pytest.raises(OktaApiError, match="Old Password is not correct"):
        made.change_password("guess", "new password")

    made.change_password(PASSWORD, "new password")

    assert made.status == "ACTIVE"
    assert types(org)[-1] == "user.account.update_password"
    assert made.sign_in("new password")


def test_no_password_is_kept_or_shown(org: Org) -> None:
    made = user(org, "ACTIVE")

    assert PASSWORD not in repr(made.record)
    assert PASSWORD not in str(made.json())
    assert PASSWORD not in made.record.to_text()
    assert made.json()["credentials"]["password"] == {}


def test_an_import_brings_a_user_back(org: Org) -> None:
    """U7: reactivate is written by jobs alone, at once followed by activate in the same transaction."""
    made = user(org, "DEPROVISIONED")
    before = len(types(org))

    made.reactivate_by_import()

    told = org.system_log()[before:]
    assert [event["eventType"] for event in told] == ["user.lifecycle.reactivate", "user.lifecycle.activate"]
    assert {(event["transaction"]["type"], event["transaction"]["id"]) for event in told} == {
        ("JOB", told[0]["transaction"]["id"])
    }
    assert told[0]["actor"]["type"] == "SystemPrincipal"
    assert made.status == "ACTIVE"


def test_a_group_rule_works_in_a_job(org: Org) -> None:
    """G5."""
    org.create_group("Sales").add(user(org, "ACTIVE"), by_rule=True)

    told = org.system_log("group.user_membership.add")[0]
    assert (told["transaction"]["type"], told["actor"]["alternateId"]) == ("JOB", "admin@example.com")
    assert told["request"]["ipChain"] == []


@pytest.mark.parametrize(
    ("setting", "status", "call", "event"),
    [
        ("events.activate_on_provisioned=on", "STAGED", "activate", "user.lifecycle.activate"),
        ("events.reactivate_on_api=on", "PROVISIONED", "reactivate", "user.lifecycle.reactivate"),
    ],
)
def test_other_readings_of_what_is_not_documented(make_org, setting, status, call, event) -> None:
    """U5, U7."""
    org = make_org(profile=setting)
    made = user(org, status)

    getattr(made, call)()

    assert types(org)[-1] == event


def test_deleting_without_the_oldest_part_of_the_set(make_org) -> None:
    org = make_org(profile="events.delete_revoke_event=off")

    user(org, "DEPROVISIONED").delete()

    assert "user.account.privilege.revoke" not in types(org)


def test_a_display_message_can_be_set(make_org) -> None:
    """U2."""
    org = make_org(profile="messages.user.lifecycle.deactivate=Deactivate Okta user.")

    user(org, "ACTIVE").deactivate()

    assert org.system_log()[-1]["displayMessage"] == "Deactivate Okta user."


@pytest.mark.parametrize(
    ("login", "message"),
    [
        ("admin@example.com", "login: An object with this field already exists in the current organization"),
        ("nobody", "login: Username must be in the form of an email address"),
    ],
)
def test_a_refused_creation_is_told_where_the_profile_says_so(make_org, login, message) -> None:
    """Table 11.2 shows such an event; whether a refused API call writes one is unknown, so the default is not to."""
    for profile, told in (("", 0), ("events.create_failure=on", 1)):
        org = make_org(profile=profile)
        with pytest.raises(OktaApiError):
            org.create_user(login, email="a@example.com", first_name="Ann", last_name="Lee")

        assert len(org.system_log("user.lifecycle.create")) == told

    event = org.system_log()[-1]
    target = event["target"][0]
    assert (event["severity"], event["outcome"]["result"]) == ("ERROR", "FAILURE")
    assert (target["type"], target["alternateId"], target["displayName"]) == ("NewUser", "unknown", "Ann Lee")
    assert event["debugContext"]["debugData"]["errorMessage"] == message
    assert event["legacyEventType"] == "core.user.config.user_creation.failure"


@pytest.mark.parametrize(("engine", "prefix", "targets"), [("oie", "idx", 2), ("classic", "102", 0)])
def test_a_sign_in_by_engine(make_org, engine, prefix, targets) -> None:
    """U21, L25."""
    org = make_org(profile=f"org.engine={engine}")

    user(org, "ACTIVE").sign_in(PASSWORD)

    told = org.system_log()[-1]
    assert told["authenticationContext"]["externalSessionId"].startswith(prefix)
    assert len(told["target"] or []) == targets


@pytest.mark.parametrize(
    "event_type", ["system.sms.send_phone_verification_message", "system.voice.send_phone_verification_call"]
)
def test_the_phone_number_of_a_verification_moves_with_the_engine(make_org, event_type) -> None:
    """U21: also in an org whose engine is changed while it runs."""
    org = make_org(profile="org.engine=classic")
    told = []
    for engine in ("classic", "oie"):
        org.profile = f"org.engine={engine}"
        org.trigger(event_type)
        told.append(org.system_log()[-1])
    classic, identity = told

    assert [target["type"] for target in classic["target"]] == ["User", "MobilePhone"]
    assert [target["type"] for target in identity["target"]] == ["User"]
    assert classic["debugContext"]["debugData"]["requestUri"] == "/api/v1/authn"
    assert not {"phoneNumber", "countryCallingCode"} & set(classic["debugContext"]["debugData"])
    assert {"phoneNumber", "countryCallingCode"} <= set(identity["debugContext"]["debugData"])


def test_a_call_marks_its_events(org: Org) -> None:
    """L14, L23, L27, U3: the caller's own user agent, query and request id."""
    call = org.call(
        path="/api/v1/users",
        query="activate=false&provider=true",
        user_agent="okta-sdk-nodejs/7.1.1 node/20.11.0 darwin/23.4.0",
        device_fingerprint="0123456789abcdef0123456789abcdef",
        actor=org.user("admin@example.com").record.in_events(),
        actor_type="PublicClientAppEntity",
    )
    profile = {"login": "a@example.com", "email": "a@example.com", "firstName": "A", "lastName": "B"}

    org.users.create({"profile": profile}, call, activate=False)

    told = org.system_log()[-1]
    data = told["debugContext"]["debugData"]
    assert told["transaction"]["id"] == data["requestId"] == call.request_id
    assert data["url"] == "/api/v1/users?activate=false&provider=true"
    assert data["deviceFingerprint"] == "0123456789abcdef0123456789abcdef"
    assert told["client"]["userAgent"]["os"] == "Mac OS X"
    assert told["client"]["userAgent"]["browser"] == "UNKNOWN"
    assert told["actor"]["type"] == "PublicClientAppEntity"
