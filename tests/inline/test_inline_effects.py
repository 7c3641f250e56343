"""What Okta does with an answer, before and after (I6, I7, I9)."""

from __future__ import annotations

import json

import pytest

from emulator.contract.inline.answers import judge_answer, judge_failure
from emulator.contract.inline.effect import ABSENT, differences
from emulator.contract.inline.effects import apply_answer
from emulator.contract.inline.types import INLINE_HOOK_TYPES, inline_hook_type
from emulator.payloads import World
from emulator.payloads.inline import inline_request

ACTION = "com.okta.action.update"
ERROR = {"error": {"errorSummary": "not today", "errorCauses": [{"errorSummary": "come back tomorrow"}]}}


def effect_of(name, answer, *, status=200):
    short, _, variant = name.partition(":")
    kind = inline_hook_type(short)
    request = inline_request(kind, world=World(7), variant=variant)
    body = b"" if answer is None else json.dumps(answer).encode()
    judgement = judge_answer(kind, request, status=status, headers=[("Content-Type", "application/json")], body=body)
    return apply_answer(kind, request, judgement)


def changes(effect):
    return {change.pointer: (change.before, change.after) for change in effect.changes}


def commands(*pairs):
    return {"commands": [{"type": name, "value": value} for name, value in pairs]}


def test_a_verified_password_is_stored():
    effect = effect_of("password-import", commands((ACTION, {"credential": "VERIFIED"})))

    assert effect.before == {"credential": "UNVERIFIED"}
    assert effect.after == {"credential": "VERIFIED"}
    assert effect.proceeds
    assert "stores the password" in effect.summary


@pytest.mark.parametrize(
    ("answer", "status"),
    [(None, 204), (commands((ACTION, {"credential": "UNVERIFIED"})), 200), ({}, 200), (ERROR, 200)],
)
def test_without_a_verified_password_the_sign_in_ends(answer, status):
    effect = effect_of("password-import", answer, status=status)

    assert effect.after == {"credential": "UNVERIFIED"}
    assert not effect.proceeds
    assert effect.used


def test_claims_and_lifetimes_are_patched_in_the_order_of_the_commands():
    effect = effect_of(
        "token",
        commands(
            (
                "com.okta.identity.patch",
                [
                    {"op": "add", "path": "/claims/teams", "value": ["red"]},
                    {"op": "add", "path": "/claims/teams/-", "value": "blue"},
                    {"op": "remove", "path": "/claims/name"},
                    {"op": "add", "path": "/claims/http:~1~1example.com~1role", "value": "admin"},
                ],
            ),
            (
                "com.okta.access.patch",
                [
                    {"op": "replace", "path": "/claims/sub", "value": "someone-else"},
                    {"op": "replace", "path": "/token/lifetime/expiration", "value": 7200},
                ],
            ),
            ("com.okta.identity.patch", [{"op": "remove", "path": "/claims/teams/0"}]),
        ),
    )

    assert changes(effect) == {
        "/identity/claims/teams": (ABSENT, ["blue"]),
        "/identity/claims/name": ("John Doe", ABSENT),
        "/identity/claims/http:~1~1example.com~1role": (ABSENT, "admin"),
        "/access/claims/sub": ("john.doe@example.com", "someone-else"),
        "/access/token/lifetime/expiration": (3600, 7200),
    }
    assert effect.after["access"]["scopes"] == effect.before["access"]["scopes"]
    assert effect.proceeds


def test_one_impossible_operation_fails_the_whole_patch():
    operations = [{"op": "add", "path": "/claims/a", "value": 1}, {"op": "remove", "path": "/claims/nothing"}]

    effect = effect_of("token", commands(("com.okta.identity.patch", operations)))

    assert effect.changes == ()
    assert not effect.used
    assert effect.summary.startswith("Okta issues the original tokens: there is no")
    assert effect.logged == ("inline_hook.executed",)


def test_an_error_ends_a_token_request_with_server_error():
    effect = effect_of("token", ERROR)

    assert effect.after == {}
    assert not effect.proceeds
    assert "server_error" in effect.summary
    assert effect.shown == "not today"


def test_an_assertion_is_patched_deep_inside():
    effect = effect_of(
        "saml",
        commands(
            (
                "com.okta.assertion.patch",
                [
                    {"op": "replace", "path": "/claims/groups/attributeValues/1/value", "value": "Owners"},
                    {"op": "add", "path": "/authentication/sessionLifetime", "value": 300},
                    {"op": "replace", "path": "/subject/nameId", "value": "jd"},
                ],
            )
        ),
    )

    assert changes(effect)["/assertion/claims/groups/attributeValues/1/value"][1] == "Owners"
    assert changes(effect)["/assertion/authentication/sessionLifetime"] == (ABSENT, 300)
    assert changes(effect)["/assertion/subject/nameId"] == ("john.doe@example.com", "jd")


def test_a_profile_gets_the_attributes_that_are_set():
    effect = effect_of(
        "registration",
        commands(
            ("com.okta.user.profile.update", {"customerId": "4711"}),
            ("com.okta.user.profile.update", {"customerId": "4712", "firstName": "Jane"}),
        ),
    )

    assert changes(effect) == {
        "/userProfile/firstName": ("John", "Jane"),
        "/userProfile/customerId": (ABSENT, "4712"),
    }
    assert effect.after["registration"] == "ALLOW"


def test_progressive_profiling_changes_what_was_asked_for():
    command = "com.okta.user.progressive.profile.update"

    effect = effect_of("registration:progressive-profile", commands((command, {"employeeNumber": "7"})))

    assert changes(effect)["/userProfileUpdate/employeeNumber"][1] == "7"


@pytest.mark.parametrize(
    ("kind", "answer", "shown"),
    [
        ("registration", commands((ACTION, {"registration": "DENY"})), "Registration denied."),
        ("registration:progressive-profile", commands((ACTION, {"registration": "DENY"})), "Profile update denied."),
        ("registration", {**commands((ACTION, {"registration": "DENY"})), **ERROR}, "come back tomorrow"),
        ("registration", ERROR, "come back tomorrow"),
        ("registration", {"error": {"errorSummary": "no"}}, "Registration cannot be completed at this time."),
        (
            "registration:progressive-profile",
            {"error": {"errorSummary": "no"}},
            "We found some errors. Please review the form and make corrections.",
        ),
        (
            "registration",
            commands(("com.action.update", {})),
            "There was an error creating your account. Please try registering again.",
        ),
        (
            "registration:progressive-profile",
            commands(("com.action.update", {})),
            "There was an error updating your profile. Please try again later.",
        ),
    ],
)
def test_who_is_denied_reads_the_words_that_okta_documents(kind, answer, shown):
    effect = effect_of(kind, answer)

    assert effect.shown == shown
    assert effect.after["registration"] == "DENY"
    assert not effect.proceeds


@pytest.mark.parametrize("status", ["SUCCESSFUL", "PENDING", "FAILED"])
def test_a_message_gets_the_status_that_the_provider_tells(status):
    effect = effect_of("telephony", commands(("com.okta.telephony.action", [{"status": status, "provider": "ACME"}])))

    assert effect.after == {"status": status, "sentBy": "hook", "provider": "ACME"}


@pytest.mark.parametrize(
    ("answer", "shown"), [(ERROR, "not today"), ({"error": {}}, "The callback service returned an error")]
)
def test_a_provider_that_reports_an_error_is_replaced_by_okta(answer, shown):
    effect = effect_of("telephony", answer)

    assert effect.after["sentBy"] == "Okta"
    assert effect.shown == shown


def test_an_import_is_linked_and_both_profiles_are_changed():
    effect = effect_of(
        "user-import",
        commands(
            (ACTION, {"result": "LINK_USER"}),
            ("com.okta.user.update", {"id": "00u1234567890abcd1d7"}),
            ("com.okta.user.profile.update", {"department": "Sales"}),
            ("com.okta.appUser.profile.update", {"accountType": "FREE"}),
        ),
    )

    assert changes(effect) == {
        "/result": ("CREATE_USER", "LINK_USER"),
        "/user/id": (ABSENT, "00u1234567890abcd1d7"),
        "/user/profile/department": (ABSENT, "Sales"),
        "/appUser/profile/accountType": ("PRO", "FREE"),
    }
    assert "links the app user to the user 00u1234567890abcd1d7" in effect.summary


@pytest.mark.parametrize(
    ("kind", "says"),
    [("user-import", "logs a failure, and Okta creates a user"), ("saml", "logs a failure"), ("saml", "no patched")],
)
def test_an_error_of_an_import_or_assertion_is_logged(kind, says):
    effect = effect_of(kind, ERROR)

    assert says in effect.summary
    assert effect.changes == ()
    assert effect.proceeds


def test_an_array_is_patched_as_a_whole_and_by_its_elements():
    path = "/claims/groups/attributeValues"
    operations = [
        {"op": "replace", "path": f"{path}/0", "value": {"value": "first"}},
        {"op": "add", "path": f"{path}/1", "value": {"value": "second"}},
    ]

    after = effect_of("saml", commands(("com.okta.assertion.patch", operations))).after

    values = [entry["value"] for entry in after["assertion"]["claims"]["groups"]["attributeValues"]]
    assert values[:2] == ["first", "second"]
    assert len(values) == 4


def test_a_match_can_be_turned_into_a_new_user():
    effect = effect_of("user-import:match", commands((ACTION, {"result": "CREATE_USER"})))

    assert "id" not in effect.after["user"]
    assert "creates a user" in effect.summary


def test_debug_context_goes_to_the_system_log():
    effect = effect_of("saml", {"debugContext": {"why": "because"}})

    assert effect.debug_context == {"why": "because"}
    assert effect.logged == ("inline_hook.response.processed",)


@pytest.mark.parametrize(
    ("kind", "proceeds", "says"),
    [
        ("password-import", False, "stops the sign-in"),
        ("registration", False, "denies the registration"),
        ("token", True, "issues the original tokens"),
        ("saml", True, "sends the original assertion"),
        ("telephony", True, "through its own providers"),
        ("user-import", True, "creates the user"),
    ],
)
def test_a_timeout_has_the_consequence_of_its_type(kind, proceeds, says):
    kind = inline_hook_type(kind)
    request = inline_request(kind, world=World(7))

    effect = apply_answer(kind, request, judge_failure("timed out"))

    assert effect.proceeds is proceeds
    assert says in effect.summary
    assert effect.summary.endswith(": timed out")
    assert not effect.used


@pytest.mark.parametrize("kind", INLINE_HOOK_TYPES.values(), ids=lambda kind: kind.short)
def test_an_empty_request_is_no_reason_to_fail(kind):
    effect = apply_answer(kind, {}, judge_failure("refused"))

    assert effect.summary


def test_differences_tell_added_from_null_and_true_from_one():
    found = list(differences({"a": None, "b": 1, "c": [1, 2]}, {"b": True, "c": [1], "d": None}))

    assert [(change.pointer, change.before, change.after) for change in found] == [
        ("/a", None, ABSENT),
        ("/b", 1, True),
        ("/c", [1, 2], [1]),
        ("/d", ABSENT, None),
    ]


@pytest.mark.parametrize("kind", INLINE_HOOK_TYPES.values(), ids=lambda kind: kind.short)
@pytest.mark.parametrize("request_body", [{}, {"data": None}, {"data": {"context": {}}}, {"data": {"assertion": 5}}])
def test_of_a_request_that_cant_be_read_whatever_is_there_is_changed_and_the_rest_left(kind, request_body):
    answer = commands(*((command.name, command.example) for command in kind.commands))
    judgement = judge_answer(kind, request_body, status=200, headers=[], body=json.dumps(answer).encode())

    assert apply_answer(kind, request_body, judgement).summary
