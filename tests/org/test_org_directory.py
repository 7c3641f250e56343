"""Groups, apps and the bodies of user calls: what is kept, told and refused (G1-G8, U9, U16)."""

from __future__ import annotations

import pytest

from emulator import OktaApiError, Org

BLANK = "The field cannot be left blank"
INVALID = "The field has an invalid value"
PROFILE = {"login": "jane.roe@example.com", "email": "jane.roe@example.com", "firstName": "Jane", "lastName": "Roe"}


def types(org: Org) -> list[str]:
    return [event["eventType"] for event in org.system_log()]


def test_a_group_comes_changes_and_goes(org: Org) -> None:
    """G1, G7: and its members leave without an event."""
    group = org.create_group("Sales", "Sells").add(org.create_user())
    group.rename("Field sales", "Sells").rename("Field sales", "Sells")
    assert org.system_log()[-1]["debugContext"]["debugData"]["changedAttributes"] == "name"
    assert [user.login for user in group.members] == ["john.doe@example.com"]

    group.delete()

    assert types(org)[1:] == [
        "user.lifecycle.create",
        "group.user_membership.add",
        "group.profile.update",
        "group.lifecycle.delete",
    ]
    assert repr(group) == f"Group(deleted, id={group.id!r})"
    with pytest.raises(OktaApiError, match="UserGroup"):
        org.group("Field sales")


def test_a_group_looks_as_captured(org: Org) -> None:
    """G2."""
    group = org.create_group("Sales")

    shown = group.json()
    assert list(shown) == [
        "id", "created", "lastUpdated", "lastMembershipUpdated", "objectClass", "type", "profile", "_links",
    ]  # fmt: skip
    assert (shown["type"], shown["profile"]) == ("OKTA_GROUP", {"name": "Sales", "description": None})
    assert list(shown["_links"]) == ["logo", "users", "apps"]


def test_membership_changes_the_group_s_own_time(org: Org) -> None:
    group, user = org.create_group("Sales"), org.create_user()
    org.clock.advance(60)

    group.add(user)

    assert group.record.last_membership_updated > group.record.last_updated


@pytest.mark.parametrize(
    ("body", "code", "cause"),
    [
        ([], "E0000003", None),
        ({}, "E0000001", f"profile: {BLANK}"),
        ({"profile": {}}, "E0000001", f"name: {BLANK}"),
        ({"profile": {"name": 7}}, "E0000001", f"name: {INVALID}"),
        ({"profile": {"name": "x" * 256}}, "E0000001", f"name: {INVALID}"),
        ({"profile": {"name": "x", "description": 7}}, "E0000001", f"description: {INVALID}"),
        (
            {"profile": {"name": "Everyone"}},
            "E0000001",
            "name: An object with this field already exists in the current organization",
        ),
    ],
)
def test_a_group_okta_would_refuse(org: Org, body, code, cause) -> None:
    with pytest.raises(OktaApiError) as caught:
        org.groups.create(body)

    assert caught.value.code == code
    assert caught.value.causes == ((cause,) if cause else ())


def test_nobody_joins_or_leaves_everyone_by_hand(org: Org) -> None:
    """G6."""
    user = org.create_user()

    for act in (org.group("Everyone").add, org.group("Everyone").remove):
        with pytest.raises(OktaApiError, match="E0000006"):
            act(user)


def test_an_assignment_is_told_with_its_three_targets(org: Org) -> None:
    """Table 11.2: once, however often it is made."""
    user, app = org.create_user(), org.create_app("Payroll")
    app.assign(user).assign(user)
    assert [each.id for each in app.users] == [user.id]

    app.unassign(user)

    assert types(org)[-2:] == ["application.user_membership.add", "application.user_membership.remove"]
    told = org.system_log()[-1]
    assert [target["type"] for target in told["target"]] == ["AppUser", "AppInstance", "User"]
    assert told["debugContext"]["debugData"]["appname"] == "payroll"
    with pytest.raises(OktaApiError, match="AppUser"):
        app.unassign(user)


def test_an_app_goes_with_its_assignments(org: Org) -> None:
    user, app = org.create_user(), org.create_app("Payroll")
    app.assign(user)
    assert app.json()["label"] == "Payroll"

    app.delete()

    assert org.apps.of_user(user.id) == []
    assert types(org)[-1] == "application.lifecycle.delete"
    assert "deleted" in repr(app)
    with pytest.raises(OktaApiError, match="AppInstance"):
        app.assign(user)


def test_a_deactivated_user_gets_no_app(org: Org) -> None:
    with pytest.raises(OktaApiError, match="E0000038"):
        org.create_app("Payroll").assign(org.create_user().deactivate())


@pytest.mark.parametrize("body", [{}, {"label": ""}, {"label": "x", "name": 7}])
def test_an_app_okta_would_refuse(org: Org, body) -> None:
    with pytest.raises(OktaApiError, match="E0000001"):
        org.apps.create(body)


def test_a_new_user_joins_groups_in_the_same_request(org: Org) -> None:
    sales = org.create_group("Sales")

    user = org.create_user(groups=[sales], password="correct horse")

    told = org.system_log()[1:]
    assert [event["eventType"] for event in told][-1] == "group.user_membership.add"
    assert len({event["transaction"]["id"] for event in told}) == 1
    assert [group.name for group in user.groups] == ["Everyone", "Sales"]


def test_an_unknown_group_leaves_no_user_behind(org: Org) -> None:
    with pytest.raises(OktaApiError, match="UserGroup"):
        org.users.create({"profile": PROFILE, "groupIds": ["00gNobody"]})

    assert types(org) == []
    assert len(org.users.all()) == 1


@pytest.mark.parametrize(
    ("credentials", "options", "status"),
    [
        ({"password": {"value": "correct horse"}}, {}, "ACTIVE"),
        ({"password": {"hash": {"algorithm": "BCRYPT"}}}, {}, "ACTIVE"),
        ({"password": {"hook": {"type": "default"}}}, {}, "ACTIVE"),
        ({"password": {}}, {}, "PROVISIONED"),
        (None, {"provider": True}, "ACTIVE"),
        ({"password": {"value": "correct horse"}}, {"next_login": "changePassword"}, "PASSWORD_EXPIRED"),
        ({"password": {"value": "correct horse"}}, {"activate": False}, "STAGED"),
        ({"recovery_question": {"question": "Pet?", "answer": "Rex"}}, {}, "PROVISIONED"),
        ({"provider": {"type": "SOCIAL", "name": "SOCIAL"}}, {"provider": True}, "ACTIVE"),
    ],
)
def test_credentials_decide_the_first_state(org: Org, credentials, options, status) -> None:
    """U-a, U-b, U-c, U9."""
    user = org.users.create({"profile": PROFILE, "credentials": credentials}, **options)

    shown = org.user(user.id).json()["credentials"]
    assert user.status == status
    usual = "IMPORT" if "hook" in (credentials or {}).get("password", {}) else "OKTA"
    assert shown["provider"]["name"] == (credentials or {}).get("provider", {"name": usual})["name"]
    assert ("recovery_question" in shown) is ("recovery_question" in (credentials or {}))
    assert "Rex" not in str(shown) + user.to_text()


@pytest.mark.parametrize(
    "credentials",
    [
        "secret",
        {"password": "secret"},
        {"password": {"value": ""}},
        {"password": {"value": 7}},
        {"provider": "OKTA"},
        {"recovery_question": {"question": "Pet?"}},
        {"recovery_question": "Pet?"},
    ],
)
def test_credentials_okta_would_refuse(org: Org, credentials) -> None:
    with pytest.raises(OktaApiError, match="E0000001") as caught:
        org.users.create({"profile": PROFILE, "credentials": credentials})

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"profile": "x"},
        {"profile": {**PROFILE, "title": 7}},
        {"profile": {**PROFILE, "email": "nowhere"}},
        {"profile": {**PROFILE, "login": {}}},
        {"profile": PROFILE, "groupIds": "00g"},
    ],
)
def test_bodies_okta_would_refuse(org: Org, body) -> None:
    with pytest.raises(OktaApiError):
        org.users.create(body)


def test_custom_properties_are_known_only_where_declared(make_org, org: Org) -> None:
    """U16."""
    with pytest.raises(OktaApiError, match="Property name 'shoeSize' is not defined in profile"):
        org.create_user(shoeSize=44)

    assert make_org(custom_properties=["shoeSize"]).create_user(shoeSize=44).profile["shoeSize"] == 44


def test_a_whole_update_drops_what_it_leaves_out(org: Org) -> None:
    """U-q: POST keeps, PUT drops."""
    user = org.create_user(title="Engineer")
    profile = {name: user.profile[name] for name in ("login", "email", "firstName", "lastName")}

    org.users.update(user.id, {"profile": {"department": "R&D"}})
    assert (user.profile["title"], user.profile["department"]) == ("Engineer", "R&D")
    org.users.update(user.id, {"profile": profile}, partial=False)

    assert user.profile == profile
    assert org.system_log()[-1]["debugContext"]["debugData"]["changedAttributes"] == "title,department"
    org.users.update(user.id, {"profile": profile})
    assert types(org).count("user.account.update_profile") == 2


def test_an_update_may_set_the_password(org: Org) -> None:
    user = org.create_user(password="correct horse")

    org.users.update(user.id, {"credentials": {"password": {"value": "new password"}}})

    assert types(org)[-1] == "user.account.update_password"
    assert user.sign_in("new password")


def test_a_deactivated_user_cannot_be_changed(org: Org) -> None:
    """U8."""
    with pytest.raises(OktaApiError, match="E0000038"):
        org.create_user().deactivate().update(title="Engineer")


def test_the_answers_of_the_mail_calls(org: Org) -> None:
    """U-d, U-g, U-n, U-o, U13."""
    staged = org.create_user(activate=False)
    assert len(org.users.activate(staged.id).token) == 20
    assert len(org.users.reactivate(staged.id).token) == 20
    active = org.create_user(password="correct horse")
    org.clock.advance(60)
    expired = org.users.expire_password(active.id, temporary=True)
    assert expired.user.status_changed < active.record.status_changed
    assert active.sign_in(expired.token)
    assert len(org.users.reset_password(active.id).token) == 20


def test_a_user_by_an_ambiguous_short_name_is_not_found(org: Org) -> None:
    """U15."""
    org.create_user(login="jane.roe@example.com")
    org.create_user(login="jane.roe@example.org")

    with pytest.raises(OktaApiError, match="User"):
        org.user("jane.roe")
    with pytest.raises(OktaApiError, match="User"):
        org.user("j%")
    assert org.users.get("me").login == "admin@example.com"


def test_a_user_s_links_follow_the_state(org: Org) -> None:
    """U10, U11."""
    user = org.create_user(password="correct horse")
    assert list(user.json())[:8] == [
        "id", "status", "created", "activated", "statusChanged", "lastLogin", "lastUpdated", "passwordChanged",
    ]  # fmt: skip
    assert "suspend" in user.json()["_links"]

    user.suspend()

    assert list(user.json()["_links"]) == ["schema", "unsuspend", "self", "resetFactors", "type", "deactivate"]
    user.deactivate().delete()
    assert repr(user) == f"User(deleted, id={user.id!r})"


def test_a_signed_out_user_is_told_of(org: Org) -> None:
    org.create_user(password="correct horse").sign_out()

    assert types(org)[-1] == "user.session.end"


def test_handles_of_one_thing_are_equal(org: Org) -> None:
    user = org.create_user(login="jane.roe@example.com")

    assert user == org.user("jane.roe")
    assert len({user, org.user(user.id)}) == 1
    assert user != org.group("Everyone")
    assert repr(user).startswith("User('jane.roe@example.com', PROVISIONED")


def test_what_a_test_still_holds_can_be_printed_when_its_org_is_closed() -> None:
    """pytest prints what a failed test has in hand, and by then the org's ``with`` block may have ended."""
    with Org(seed=1) as org:
        held = [org.create_user(), org.create_group("Sales"), org.create_app("Tickets")]

    assert [repr(each) for each in held] == [
        f"{type(each).__name__}(of an org that is closed, id={each.id!r})" for each in held
    ]
