"""Table 11.2, word for word."""

from __future__ import annotations

import pytest

from emulator.errors import UsageError
from emulator.payloads import Origin, World, as_delivery, build_event
from emulator.payloads.recipes import has_own_recipe, recipe_for
from emulator.payloads.recipes.recipe import Recipe, register

CORE = "core.user"
# type, displayMessage, legacyEventType, severity, result, target types, debugData keys of its own
TABLE = [
    ("user.lifecycle.create", "Create okta user", f"{CORE}.config.user_creation.success", "INFO", "SUCCESS", ["User"], []),
    ("user.lifecycle.activate", "Activate Okta user", f"{CORE}.config.user_activated", "INFO", "SUCCESS", ["User"], []),
    ("user.lifecycle.deactivate", "Deactivate Okta User", f"{CORE}.config.user_deactivated", "INFO", "SUCCESS", ["User"], []),
    ("user.lifecycle.reactivate", "Reactivate Okta user", f"{CORE}.config.user_reactivation.success", "INFO", "SUCCESS", ["User"], []),
    ("user.lifecycle.suspend", "Suspend Okta user", f"{CORE}.config.user_status.suspended", "INFO", "SUCCESS", ["User"], []),
    ("user.lifecycle.unsuspend", "Unsuspend Okta user", f"{CORE}.config.user_status.unsuspended", "INFO", "SUCCESS", ["User"], []),
    ("user.lifecycle.delete.initiated", "Delete Okta user initiated", f"{CORE}.config.user_status.delete.initiated", "INFO", "SUCCESS", ["User"], []),
    ("user.lifecycle.delete.completed", "Delete Okta user completed", f"{CORE}.config.user_status.delete.completed", "INFO", "SUCCESS", ["User"], []),
    ("user.account.update_profile", "Update user profile for Okta", f"{CORE}.config.profile_update.success", "INFO", "SUCCESS", ["User"], ["changedAttributes"]),
    ("user.account.update_password", "User update password for Okta", f"{CORE}.config.password_update.success", "INFO", "SUCCESS", ["User"], []),
    ("user.account.reset_password", "Fired when the user's Okta password is reset", f"{CORE}.config.user_status.password_reset", "INFO", "SUCCESS", ["User"], []),
    ("user.account.lock", "Max sign in attempts exceeded", "core.user_auth.account_locked", "DEBUG", "FAILURE", ["User"], ["oktaUserAgentExtended", "behaviors", "risk"]),
    ("user.account.unlock_by_admin", "User account unlock by admin", "core.user_auth.account_unlocked_by_admin", "INFO", "SUCCESS", ["User"], []),
    ("user.session.start", "User login to Okta", "core.user_auth.login_success", "INFO", "SUCCESS", ["AuthenticatorEnrollment", "AppInstance"], []),
    ("user.session.end", "User logout from Okta", "core.user_auth.logout_success", "INFO", "SUCCESS", ["User"], []),
    ("user.session.clear", "Clear user session", "core.user_auth.session_clear", "INFO", "SUCCESS", ["User"], []),
    ("user.authentication.sso", "User single sign on to app", "app.auth.sso", "INFO", "SUCCESS", ["AppInstance", "AppUser"], ["initiationType", "signOnMode"]),
    ("user.authentication.auth_via_mfa", "Authentication of user via MFA", f"{CORE}.factor.attempt_success", "INFO", "SUCCESS", ["User"], ["factor"]),
    ("user.mfa.factor.activate", "Activate factor for user", f"{CORE}.factor.activate", "INFO", "SUCCESS", ["User"], []),
    ("user.account.privilege.grant", "Grant user privilege", f"{CORE}.admin_privilege.granted", "INFO", "SUCCESS", ["User"], ["privilegeGranted"]),
    ("user.account.privilege.revoke", "Revoke user privilege", f"{CORE}.admin_privilege.revoked", "INFO", "SUCCESS", ["User"], ["privilegeRevoked"]),
    ("group.user_membership.add", "Add user to group membership", "core.user_group_member.user_add", "INFO", "SUCCESS", ["User", "UserGroup"], []),
    ("group.user_membership.remove", "Remove user from group membership", "core.user_group_member.user_remove", "INFO", "SUCCESS", ["User", "UserGroup"], []),
    ("group.lifecycle.create", "Create okta group", "group.lifecycle.create", "INFO", "SUCCESS", ["UserGroup"], []),
    ("group.lifecycle.delete", "Delete okta group", "group.lifecycle.delete", "INFO", "SUCCESS", ["UserGroup"], []),
    ("group.profile.update", "Okta group profile updated", None, "INFO", "SUCCESS", ["UserGroup"], ["changedAttributes"]),
    ("application.user_membership.add", "Add user to application membership", "app.generic.provision.assign_user_to_app", "INFO", "SUCCESS", ["AppUser", "AppInstance", "User"], ["appname"]),
    ("application.user_membership.remove", "Remove user's application membership", "app.generic.provision.deactivate_user_from_app", "INFO", "SUCCESS", ["AppUser", "AppInstance", "User"], ["appname"]),
    ("application.lifecycle.update", "Update application", "app.generic.config.app_updated", "INFO", "SUCCESS", ["AppInstance"], []),
    ("system.org.rate_limit.warning", "Rate limit warning", "core.framework.ratelimit.warning", "WARN", "SUCCESS", ["URL Pattern"], ["threshold", "timeSpan", "timeUnit", "userId", "warningPercent"]),
]  # fmt: skip
OF_THE_REQUEST = {
    "requestId", "dtHash", "requestUri", "url", "targetEventHookIds", "threatSuspected", "authnRequestId",
    "deviceFingerprint", "origin",
}  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_the_facts_of_table_11_2_hold(world, row):
    name, message, legacy, severity, result, targets, keys = row
    event = build_event(name, world=world)

    assert event["displayMessage"] == message
    assert event["legacyEventType"] == legacy
    assert event["severity"] == severity
    assert event["outcome"]["result"] == result
    assert [target["type"] for target in event["target"]] == targets
    own = [key for key in event["debugContext"]["debugData"] if key not in OF_THE_REQUEST]
    assert own == keys


def test_the_deactivated_user_is_john_doe(world):
    """U1, P12."""
    (target,) = build_event("user.lifecycle.deactivate", world=world)["target"]

    assert target == {
        "id": world.person().id,
        "type": "User",
        "alternateId": "john.doe@example.com",
        "displayName": "John Doe",
        "detailEntry": None,
    }


@pytest.mark.parametrize(
    ("name", "origin", "path"),
    [
        ("user.lifecycle.deactivate", Origin.CONSOLE, "/admin/user/deactivate/{person}"),
        ("user.lifecycle.deactivate", Origin.API, "/api/v1/users/{person}/lifecycle/deactivate"),
        ("user.lifecycle.suspend", Origin.API, "/api/v1/users/{person}/lifecycle/suspend"),
        ("user.account.update_profile", Origin.API, "/api/v1/users/{person}"),
        ("group.user_membership.add", Origin.CONSOLE, "/api/v1/groups/{group}/users/{person}"),
        ("group.user_membership.remove", Origin.API, "/api/v1/groups/{group}/users/{person}"),
    ],
)
def test_the_request_uri_is_the_call_that_causes_the_event(world, name, origin, path):
    """U4."""
    person, group = world.person(3), world.group(2)
    event = build_event(name, world=world, origin=origin, person=person, group=group)
    wanted = path.format(person=person.id, group=group.id)

    assert event["debugContext"]["debugData"]["requestUri"] == wanted
    assert event["debugContext"]["debugData"]["url"] == f"{wanted}?"


def test_creating_a_user_says_whether_to_activate(world):
    debug = build_event("user.lifecycle.create", world=world)["debugContext"]["debugData"]

    assert (debug["requestUri"], debug["url"]) == ("/api/v1/users", "/api/v1/users?activate=true")


def test_another_cause_can_be_named(world):
    """U4: suspending clears the sessions, and both events name the same call."""
    event = build_event("user.session.clear", world=world, request_uri="/api/v1/users/x/lifecycle/suspend")

    assert event["debugContext"]["debugData"]["url"] == "/api/v1/users/x/lifecycle/suspend?"


def test_events_of_one_request_share_its_ids(world):
    """L23, L25."""
    one = build_event("user.session.clear", world=world, number=4, request=4, origin=Origin.API)
    other = build_event("user.lifecycle.suspend", world=world, number=5, request=4, origin=Origin.API)
    later = build_event("user.lifecycle.suspend", world=world, number=6, origin=Origin.API)

    assert one["uuid"] != other["uuid"]
    assert one["transaction"] == other["transaction"] != later["transaction"]
    assert one["authenticationContext"] == other["authenticationContext"] != later["authenticationContext"]


def test_a_failed_creation_names_a_user_who_never_was(world):
    event = build_event("user.lifecycle.create", world=world, result="FAILURE")

    assert event["severity"] == "ERROR"
    assert event["legacyEventType"] == "core.user.config.user_creation.failure"
    assert [(target["type"], target["alternateId"]) for target in event["target"]] == [("NewUser", "unknown")]
    assert "errorMessage" in event["debugContext"]["debugData"]


def test_a_failed_sign_in_has_a_reason_and_no_session(world):
    """L25."""
    event = build_event("user.session.start", world=world, result="FAILURE")

    assert event["outcome"] == {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}
    assert event["legacyEventType"] == "core.user_auth.login_failed"
    assert event["target"] is None
    assert event["authenticationContext"]["externalSessionId"] is None


def test_a_given_reason_wins(world):
    event = build_event("user.session.start", world=world, result="FAILURE", reason="LOCKED_OUT")

    assert event["outcome"]["reason"] == "LOCKED_OUT"


def test_an_enrolment_says_which_factor(world):
    reason = build_event("user.mfa.factor.activate", world=world)["outcome"]["reason"]

    assert reason.startswith("User set up ")
    assert reason.endswith(" factor")
    assert "{" not in reason


@pytest.mark.parametrize("name", ["group.user_membership.add", "group.user_membership.remove"])
def test_a_group_rule_is_a_job_of_its_admin(world, name):
    """G5, D18, D22."""
    event = as_delivery(build_event(name, world=world, origin=Origin.JOB, hook_ids=["whoA"]))

    assert event["client"] == {"ipChain": []}
    assert event["securityContext"] == {}
    assert event["transaction"]["type"] == "JOB"
    assert event["actor"]["alternateId"] == "admin@example.com"
    assert event["debugContext"]["debugData"] == {"threatSuspected": "false", "targetEventHookIds": "whoA"}


def test_other_jobs_are_the_systems(world):
    event = build_event("user.lifecycle.reactivate", world=world)

    assert event["actor"]["type"] == "SystemPrincipal"
    assert event["actor"]["alternateId"] == "system@okta.com"
    assert event["debugContext"]["debugData"] == {}


def test_system_work_has_no_transaction(world):
    """D22, X3."""
    event = as_delivery(build_event("user.lifecycle.create", world=world, origin=Origin.SYSTEM, hook_ids=["whoA"]))

    assert event["transaction"] == {"id": "unknown", "detail": {}}
    assert list(event["debugContext"]["debugData"]) == ["requestUri", "targetEventHookIds"]
    assert event["authenticationContext"]["externalSessionId"].startswith("trs")


def test_what_was_only_seen_done_by_okta_is_done_by_okta(world):
    """The captured actor outweighs the family's usual one."""
    event = build_event("user.account.subscriptions.update", world=world)

    assert event["actor"]["type"] == "SystemPrincipal"
    assert event["client"]["ipAddress"] is None


def test_an_api_call_names_its_token_and_program(world):
    """L14, L23."""
    event = build_event("user.lifecycle.deactivate", world=world, origin=Origin.API)

    assert event["transaction"]["detail"] == {"requestApiTokenId": world.api_token_id()}
    assert event["client"]["userAgent"]["browser"] == "UNKNOWN"
    assert event["authenticationContext"]["externalSessionId"].startswith("trs")


def test_an_end_user_acts_for_themselves(world):
    person = world.person(5)
    event = build_event("user.session.start", world=world, person=person)

    assert event["actor"]["id"] == person.id
    assert event["client"]["ipAddress"] == world.network(person.id).ip


def test_another_actor_can_be_named(world):
    actor = world.person(6)
    event = build_event("user.lifecycle.deactivate", world=world, actor=actor)

    assert (event["actor"]["id"], event["actor"]["type"]) == (actor.id, "User")


def test_given_debug_data_replaces_the_usual(world):
    event = build_event("user.account.update_profile", world=world, extras={"changedAttributes": "login"})

    assert event["debugContext"]["debugData"]["changedAttributes"] == "login"


def test_all_hooks_of_the_event_are_listed(world):
    """D17."""
    event = build_event("user.lifecycle.deactivate", world=world, hook_ids=["whoA", "whoB"])

    assert event["debugContext"]["debugData"]["targetEventHookIds"] == "whoA,whoB"


def test_without_a_hook_none_is_listed(world):
    event = build_event("user.lifecycle.deactivate", world=world)

    assert "targetEventHookIds" not in event["debugContext"]["debugData"]


def test_an_unknown_type_is_a_usage_error(world):
    with pytest.raises(UsageError, match="unknown event type") as caught:
        build_event("user.lifecycle.deactivated", world=world)

    assert "'user.lifecycle.deactivate'" in caught.value.hint


def test_a_negative_number_is_a_usage_error(world):
    with pytest.raises(UsageError, match="negative"):
        build_event("user.lifecycle.create", world=world, number=-1)


def test_two_recipes_for_one_type_are_refused():
    with pytest.raises(ValueError, match=r"user\.lifecycle\.create has a recipe in emulator\.payloads\.recipes\.users"):
        register("elsewhere", {"user.lifecycle.create": Recipe()})


def test_it_is_known_which_payloads_are_synthetic():
    """T5."""
    assert has_own_recipe("user.lifecycle.create")
    assert not has_own_recipe("workload_principal.update")


def test_keys_of_failures_stay_out_of_successes():
    event = build_event("workload_principal.update", world=World(3))
    failed = build_event("workload_principal.update", world=World(3), result="FAILURE")

    assert "errorMessage" not in event["debugContext"]["debugData"]
    assert "errorMessage" in failed["debugContext"]["debugData"]


def test_recipes_are_made_once():
    from emulator.contract.catalogue import event_type

    assert recipe_for(event_type("iam.role.create")) is recipe_for(event_type("iam.role.create"))
