"""Answers that are wrong in one way each, and the words for it: one row per mistake people make (I5-I7)."""

from __future__ import annotations

import json

import pytest

from emulator.contract.inline.answers import Use, judge_answer
from emulator.contract.inline.rules import answer_problems
from emulator.contract.inline.rules.registry import ANSWER_RULES, answer_rule
from emulator.contract.inline.types import inline_hook_type
from emulator.contract.problems import Level
from emulator.contract.rules import RULES
from emulator.payloads import World
from emulator.payloads.inline import inline_request

ACTION, PROFILE = "com.okta.action.update", "com.okta.user.profile.update"
PROGRESSIVE = "com.okta.user.progressive.profile.update"
ID, ACCESS, SAML, PHONE = (
    "com.okta.identity.patch",
    "com.okta.access.patch",
    "com.okta.assertion.patch",
    "com.okta.telephony.action",
)


def command(name, value):
    return {"commands": [{"type": name, "value": value}]}


def patch(name, **operation):
    return command(name, [operation])


# Type (and variant), answer, level, rule, pointer, a part of the message, a part of the hint.
ROWS = {
    "commands as an object": (
        "password-import", {"commands": {"type": ACTION, "value": {"credential": "VERIFIED"}}},
        "must", "I7", "/commands", "wanted an array of commands", "wrap it in [ ]",
    ),
    "a command by itself": (
        "password-import", {"type": ACTION, "value": {"credential": "VERIFIED"}},
        "must", "I6", "/type", "a command by itself", '{"commands": [',
    ),
    "a misspelt commands": (
        "password-import", {"command": [{"type": ACTION, "value": {"credential": "VERIFIED"}}]},
        "must", "I6", "/command", "is not read", 'did you mean "commands"?',
    ),
    "a misspelt error": (
        "token", {"errors": {"errorSummary": "no"}}, "must", "I6", "/errors", "is not read", 'did you mean "error"?',
    ),
    "an array for an answer": (
        "password-import", [{"type": ACTION, "value": {"credential": "VERIFIED"}}],
        "must", "I6", "", "wanted an object", 'wrap it: {"commands": [...]}',
    ),
    "the slip of the published samples": (
        "registration", command("com.action.update", {"registration": "ALLOW"}),
        "must", "I7", "/commands/0/type", "none of Okta's commands", f'did you mean "{ACTION}"?',
    ),
    "the stray quote of the published samples": (
        "registration:progressive-profile", command(PROGRESSIVE + "'", {"employeeNumber": "1234"}),
        "must", "I7", "/commands/0/type", "none of Okta's commands", f'did you mean "{PROGRESSIVE}"?',
    ),
    "a command of another type": (
        "token", patch(SAML, op="add", path="/claims/a", value=1),
        "must", "I7", "/commands/0/type", "a command of SAML assertion hooks, not of token hooks", "the commands of token",
    ),
    "a command without value": (
        "password-import", {"commands": [{"type": ACTION}]},
        "must", "I7", "/commands/0", 'the member "value" is missing', "",
    ),
    "a misspelt credential": (
        "password-import", command(ACTION, {"credential": "VERFIED"}),
        "must", "I7", "/commands/0/value/credential", '"VERFIED", wanted VERIFIED or UNVERIFIED', 'did you mean "VERIFIED"?',
    ),
    "a credential in small letters": (
        "password-import", command(ACTION, {"credential": "unverified"}),
        "must", "I7", "/commands/0/value/credential", "wanted VERIFIED", 'write it exactly "UNVERIFIED"',
    ),
    "a credential that is true": (
        "password-import", command(ACTION, {"credential": True}),
        "must", "I7", "/commands/0/value/credential", "got true", 'did you mean "VERIFIED"?',
    ),
    "the verdict under another name": (
        "password-import", command(ACTION, {"credentials": "VERIFIED"}),
        "must", "I7", "/commands/0/value/credentials", 'Okta reads "credential"', '{"credential": "VERIFIED"}',
    ),
    "the verdict as OpenAPI describes it": (
        "registration", command(ACTION, {"action": "DENY"}),
        "must", "I7", "/commands/0/value/action", 'Okta reads "registration"', '{"registration": "DENY"}',
    ),
    "the verdict without its object": (
        "password-import", command(ACTION, "VERIFIED"),
        "must", "I7", "/commands/0/value", "wanted an object with credential", '{"credential": "VERIFIED"}',
    ),
    "no verdict at all": (
        "user-import", command(ACTION, {}),
        "must", "I7", "/commands/0/value", 'the member "result" is missing', '{"result": "CREATE_USER"}',
    ),
    "two commands for one password": (
        "password-import",
        {"commands": [{"type": ACTION, "value": {"credential": word}} for word in ("VERIFIED", "UNVERIFIED")]},
        "should", "I7", "/commands/1", "2 commands", "send one",
    ),
    "an error that is an array": (
        "telephony", {"error": [{"errorSummary": "no"}, {"errorCauses": {"errorSummary": "no"}}]},
        "must", "I6", "/error", "got an array of 2, wanted one object", '"errorCauses": [',
    ),
    "an error that is a string": (
        "registration", {"error": "no"}, "must", "I6", "/error", "wanted one object", '"errorSummary"',
    ),
    "an error without a summary": (
        "token", {"error": {}}, "should", "I6", "/error", "The callback service returned an error", "errorSummary",
    ),
    "causes that are no array": (
        "registration", {"error": {"errorSummary": "no", "errorCauses": {"errorSummary": "no"}}},
        "must", "I6", "/error/errorCauses", "wanted an array", "wrap it in [ ]",
    ),
    "a cause at a place that isn't there": (
        "registration",
        {"error": {"errorSummary": "no", "errorCauses": [
            {"errorSummary": "no", "reason": "NO", "locationType": "body", "location": "email", "domain": "end-user"},
        ]}},
        "note", "I6", "/error/errorCauses/0/location", "no place in the request's profile", "data.userProfile.email",
    ),
    "a cause with members left empty, as frameworks write them": (
        "telephony",
        {"error": {"errorSummary": "no", "errorCauses": [
            {"errorSummary": "no", "reason": None, "locationType": "", "location": "", "domain": None},
        ]}},
        "note", "I6", "/error/errorCauses/0/location", "an empty string, wanted a path", "",
    ),
    "commands beside an error": (
        "registration", {**command(PROFILE, {"customerId": "1"}), "error": {"errorSummary": "no"}},
        "should", "I6", "/commands/0", "is not executed", "either commands or error",
    ),
    "a member of one's own": (
        "token", {"commands": [], "status": "ok"},
        "note", "I6", "/status", "Okta knows no status here", "commands, error, debugContext",
    ),
    "five members of one's own": (
        "token", {"commands": [], **dict.fromkeys("abcde", 1)},
        "note", "I6", "/a", "Okta knows no a, b, c, d and 1 more here", "commands, error, debugContext",
    ),
    "nothing that Okta reads": (
        "password-import", {"verified": True},
        "must", "I6", "", "Okta reads none of its members: verified", '{"credential": "VERIFIED"}',
    ),
    "nothing for a telephony hook": (
        "telephony", {}, "must", "I6", "", "nothing is commanded", PHONE,
    ),
    "no commands for a telephony hook": (
        "telephony", {"commands": []}, "must", "I6", "/commands", "nothing is commanded", PHONE,
    ),
    "SUCCESS for SUCCESSFUL": (
        "telephony", command(PHONE, [{"status": "SUCCESS"}]),
        "must", "I7", "/commands/0/value/0/status", "wanted SUCCESSFUL, PENDING or FAILED", 'did you mean "SUCCESSFUL"?',
    ),
    "a provider's own word": (
        "telephony", command(PHONE, [{"status": "queued"}]),
        "must", "I7", "/commands/0/value/0/status", "wanted SUCCESSFUL", 'did you mean "PENDING"?',
    ),
    "a status under another name": (
        "telephony", command(PHONE, [{"state": "SUCCESSFUL"}]),
        "must", "I7", "/commands/0/value/0/state", 'Okta reads "status"', 'write "status": "SUCCESSFUL"',
    ),
    "a message without its array": (
        "telephony", command(PHONE, {"status": "SUCCESSFUL"}),
        "must", "I7", "/commands/0/value", "wanted an array with one object", "wrap it in [ ]",
    ),
    "an operation without its array": (
        "token", command(ID, {"op": "add", "path": "/claims/a", "value": 1}),
        "must", "I7", "/commands/0/value", "wanted an array of operations", "wrap it in [ ]",
    ),
    "an operation of JSON Patch": (
        "token", {"commands": [{"type": ID, "value": [{"op": "move", "path": "/claims/a", "value": 1}]}]},
        "must", "I7", "/commands/0/value/0/op", '"move", wanted add, replace or remove', "takes add",
    ),
    "another word for an operation": (
        "token", patch(ID, op="update", path="/claims/name", value="x"),
        "must", "I7", "/commands/0/value/0/op", "wanted add", 'did you mean "replace"?',
    ),
    "remove in an assertion": (
        "saml", patch(SAML, op="remove", path="/claims/email"),
        "must", "I7", "/commands/0/value/0/op", "wanted add or replace", "SAML assertion hook takes",
    ),
    "add without value": (
        "token", patch(ID, op="add", path="/claims/a"),
        "must", "I7", "/commands/0/value/0", 'the member "value" is missing', "",
    ),
    "remove with value": (
        "token", patch(ID, op="remove", path="/claims/email", value="x"),
        "must", "I7", "/commands/0/value/0/value", "no value but null", "leave value out",
    ),
    "a path into the context": (
        "token", patch(ID, op="add", path="/data/context/user/id", value="x"),
        "must", "I5", "/commands/0/value/0/path", "data.context, which can only be read", "/claims/...",
    ),
    "a path without its slash": (
        "token", patch(ID, op="add", path="claims/a", value=1),
        "must", "I7", "/commands/0/value/0/path", "does not begin with a slash", 'write "/claims/a"',
    ),
    "a path with dots": (
        "saml", patch(SAML, op="add", path="assertion.claims.a", value=1),
        "must", "I7", "/commands/0/value/0/path", "no JSON pointer", 'write "/claims/a"',
    ),
    "a path from the whole request": (
        "token", patch(ID, op="add", path="/data/identity/claims/a", value=1),
        "must", "I7", "/commands/0/value/0/path", "nothing that may be changed", 'write "/claims/a"',
    ),
    "a path without a root": (
        "token", patch(ACCESS, op="add", path="/department", value="x"),
        "must", "I7", "/commands/0/value/0/path", "nothing that may be changed", 'did you mean "/claims/department"?',
    ),
    "a path to all claims": (
        "token", patch(ACCESS, op="add", path="/claims/", value={}),
        "must", "I7", "/commands/0/value/0/path", "nothing that may be changed", "name what is meant",
    ),
    "a path to the scopes": (
        "token", patch(ACCESS, op="add", path="/scopes/admin", value="x"),
        "must", "I7", "/commands/0/value/0/path", "nothing that may be changed", "policy's affair",
    ),
    "a path to half a lifetime": (
        "token", patch(ACCESS, op="replace", path="/token/lifetime", value=600),
        "must", "I7", "/commands/0/value/0/path", "nothing that may", 'write "/token/lifetime/expiration"',
    ),
    "a URI claim with its slashes": (
        "saml", patch(SAML, op="add", path="/claims/http://example.com/role", value={}),
        "must", "I7", "/commands/0/value/0/path", "taken apart at its slashes", "http:~1~1example.com~1role",
    ),
    "a tilde by itself": (
        "token", patch(ID, op="add", path="/claims/~a", value=1),
        "must", "I7", "/commands/0/value/0/path", '"~" by itself', "~0",
    ),
    "a claim of Okta's own": (
        "token", patch(ID, op="replace", path="/claims/sub", value="x"),
        "must", "I7", "/commands/0/value/0/path", '"sub" is a claim of Okta\'s own', "another name",
    ),
    "a claim that isn't there": (
        "token", patch(ID, op="replace", path="/claims/emial", value="x"),
        "must", "I7", "/commands/0/value/0/path", 'no "emial" in /claims to replace', 'did you mean "/claims/email"?',
    ),
    "an index past the end": (
        "saml", patch(SAML, op="replace", path="/claims/groups/attributeValues/9/value", value="x"),
        "must", "I7", "/commands/0/value/0/path", 'no "9" in', "indexes are 0 to 2",
    ),
    "a SAML claim that is a string": (
        "saml", patch(SAML, op="add", path="/claims/department", value="Sales"),
        "should", "I7", "/commands/0/value/0/value", 'the string "Sales", wanted a claim', '"attributeValues": [',
    ),
    "an index to add behind the end": (
        "saml", patch(SAML, op="add", path="/claims/groups/attributeValues/7", value={"value": "x"}),
        "must", "I7", "/commands/0/value/0/path", 'no index "7"', "indexes are 0 to 2; - appends",
    ),
    "a misspelt root": (
        "token", patch(ACCESS, op="add", path="/claim/department", value="x"),
        "must", "I7", "/commands/0/value/0/path", "nothing that may", 'did you mean "/claims/department"?',
    ),
    "a member of a string": (
        "token", patch(ID, op="add", path="/claims/email/local", value="x"),
        "must", "I7", "/commands/0/value/0/path", "is no object or array", "as a whole",
    ),
    "add where something is": (
        "token", patch(ID, op="add", path="/claims/email", value="x"),
        "should", "I7", "/commands/0/value/0/op", "is there already", '"op": "replace"',
    ),
    "a lifetime in quotes": (
        "token", patch(ID, op="replace", path="/token/lifetime/expiration", value="3600"),
        "must", "I7", "/commands/0/value/0/value", "wanted seconds", "without quotes",
    ),
    "a lifetime of a minute": (
        "token", patch(ID, op="replace", path="/token/lifetime/expiration", value=60),
        "must", "I7", "/commands/0/value/0/value", "60 s is out of range", "5 minutes (300)",
    ),
    "a lifetime that is removed": (
        "token", patch(ID, op="remove", path="/token/lifetime/expiration"),
        "must", "I7", "/commands/0/value/0/op", "can only be replaced", '"op": "replace"',
    ),
    "a token that isn't issued": (
        "token:client-credentials", patch(ID, op="add", path="/claims/a", value=1),
        "must", "I7", "/commands/0/type", "an ID token, and none is being issued", "which tokens",
    ),
    "the other flow's update": (
        "registration:progressive-profile", command(PROFILE, {"employeeNumber": "1"}),
        "must", "I7", "/commands/0/type", "not for progressive profiling", PROGRESSIVE,
    ),
    "the progressive update of a registration": (
        "registration", command(PROGRESSIVE, {"email": "a@example.com"}),
        "should", "I7", "/commands/0/type", "not for self-service registration", PROFILE,
    ),
    "a password in a profile": (
        "registration", command(PROFILE, {"password": "x"}),
        "must", "I7", "/commands/0/value/password", "no command can set password", "leave it out",
    ),
    "a misspelt attribute": (
        "registration", command(PROFILE, {"firstname": "x"}),
        "should", "I7", "/commands/0/value/firstname", 'attribute "firstName"', 'did you mean "firstName"?',
    ),
    "a profile that is a list": (
        "registration", command(PROFILE, [{"name": "firstName", "value": "x"}]),
        "must", "I7", "/commands/0/value", "wanted an object of profile attributes", "it is an object, not an array",
    ),
    "another word for linking": (
        "user-import", command(ACTION, {"result": "MATCH"}),
        "must", "I7", "/commands/0/value/result", "wanted CREATE_USER or LINK_USER", 'did you mean "LINK_USER"?',
    ),
    "a link to nobody": (
        "user-import", command(ACTION, {"result": "LINK_USER"}),
        "must", "I7", "/commands/0/value/result", "without the user", "com.okta.user.update",
    ),
    "a user without a link": (
        "user-import", command("com.okta.user.update", {"id": "00u1234567890abcd1d7"}),
        "should", "I7", "/commands/0/type", "not LINK_USER", '{"result": "LINK_USER"}',
    ),
}  # fmt: skip

JSON = (("Content-Type", "application/json"),)


def judge(row):
    name, _, variant = row[0].partition(":")
    kind = inline_hook_type(name)
    request = inline_request(kind, world=World(7), variant=variant)
    return kind, request, judge_answer(kind, request, status=200, headers=JSON, body=json.dumps(row[1]).encode())


@pytest.mark.parametrize("name", ROWS)
def test_a_mistake_is_told_with_its_place_its_rule_and_what_was_meant(name):
    row = ROWS[name]
    _, _, level, rule, pointer, message, hint = row

    _, _, judgement = judge(row)

    found = [p for p in judgement.problems if (p.level, p.rule, p.pointer) == (level, rule, pointer)]
    assert found, judgement.problems
    assert message in found[0].message
    assert hint in found[0].hint
    assert found[0].line == 1
    assert judgement.accepted == (level != "must")


@pytest.mark.parametrize("name", ROWS)
def test_a_mistake_is_told_once(name):
    _, _, judgement = judge(ROWS[name])

    graver = [problem for problem in judgement.problems if problem.level is not Level.NOTE]
    assert len(graver) <= 1, graver


def test_every_problem_cites_a_known_rule():
    assert {row[3] for row in ROWS.values()} <= set(RULES)


@pytest.mark.parametrize("rule", ANSWER_RULES)
def test_each_rule_on_answers_is_broken_by_a_row(rule):
    function, kinds = ANSWER_RULES[rule]
    broken = []
    for row in ROWS.values():
        kind, request, _ = judge(row)
        if isinstance(row[1], dict) and (not kinds or kind.short in kinds):
            broken += function(kind, request, row[1])

    assert broken


def test_a_rule_can_not_take_the_name_of_another():
    with pytest.raises(ValueError, match="is taken by"):
        answer_rule()(ANSWER_RULES["unknown_verdict"][0])


@pytest.mark.parametrize(
    "answer",
    [
        {"commands": [1, None, {}]},
        {"commands": "x"},
        {"error": 3},
        {"debugContext": []},
        command(PHONE, [1, {}]),
        command(ACTION, [1]),
        patch(ID, op=[], path={}),
        patch(SAML, op="add", path="/claims/a/b", value=1),
    ],
)
@pytest.mark.parametrize("kind", ["password-import", "registration", "token", "saml", "telephony", "user-import"])
def test_rules_pass_over_what_has_the_wrong_type(kind, answer):
    kind = inline_hook_type(kind)

    problems = answer_problems(kind, {}, answer)

    assert all(problem.message for problem in problems)


@pytest.mark.parametrize(
    "answer",
    [
        {**command(ACTION, {"credential": "VERIFIED"}), "error": None, "debugContext": {}},
        {"commands": []},
        {"commands": None},
        {"error": {"errorSummary": "no", "errorCauses": None}},
        {"debugContext": {"why": "because"}},
        {},
    ],
)
def test_an_allowed_answer_has_no_problem(answer):
    kind = inline_hook_type("password-import")

    judgement = judge_answer(
        kind, inline_request(kind, world=World(7)), status=200, headers=JSON, body=json.dumps(answer).encode()
    )

    assert judgement.problems == ()
    assert judgement.accepted


def test_beside_an_error_a_wrong_command_does_not_matter_to_okta():
    kind = inline_hook_type("registration")
    answer = {**command("com.action.update", {"registration": "DENY"}), "error": {"errorSummary": "no"}}

    judgement = judge_answer(
        kind, inline_request(kind, world=World(7)), status=200, headers=JSON, body=json.dumps(answer).encode()
    )

    assert judgement.use is Use.ERROR
    assert [problem.level for problem in judgement.problems] == ["must"]
