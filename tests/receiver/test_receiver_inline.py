"""Inline hooks at the reference receiver: each type's answer, and what is never let in, awaited or logged."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from emulator.contract.inline.types import INLINE_HOOK_TYPES, inline_hook_type
from emulator.errors import UsageError
from receiver.inline import InlineHandlers, commands
from receiver.inline.call import Call
from receiver.inline.handlers import reference
from receiver.inline.telephony import Undelivered
from receiver.inline.telephony import handler as telephony

CODE, PASSWORD = "481516", "correct horse battery"
TEXT = {"msgTemplate": f"Your code is {CODE}", "phoneNumber": "15551234567", "otpCode": CODE, "deliveryChannel": "SMS"}


def body_of(kind: str, data: Any, **members: Any) -> dict[str, Any]:
    return {"eventId": "uS5871kJThSsU8qlA1LTcg", "eventType": inline_hook_type(kind).name, "data": data} | members


@pytest.fixture
def ask(make_hook: Callable, secret: str) -> Callable[..., Any]:
    """Call an inline hook of a new receiver, or of a given one."""

    def call(kind: str, data: Any = None, *, hook: Any = None, auth: str | None = secret, **members: Any) -> Any:
        hook = hook or make_hook()
        headers = {} if auth is None else {"Authorization": auth}
        return hook.client.post(f"/okta/inline/{kind}", json=body_of(kind, data, **members), headers=headers)

    return call


PERSON = {"firstName": "Rosa", "lastName": "Jones", "login": "rosa@example.com", "email": "rosa@example.com"}
ALLOW = {"type": "com.okta.action.update", "value": {"registration": "ALLOW"}}
DENY = {"type": "com.okta.action.update", "value": {"registration": "DENY"}}


@pytest.mark.parametrize(
    ("kind", "data", "types"),
    [
        ("registration", {"userProfile": PERSON}, ["com.okta.user.profile.update", ALLOW]),
        ("registration", {"userProfile": {"email": None}}, [ALLOW]),
        ("registration", {"userProfile": PERSON | {"email": "a@Mailinator.com"}}, [DENY]),
        ("registration", {"userProfileUpdate": {"employeeNumber": 1234}}, [ALLOW]),
        ("registration", {"userProfileUpdate": {"employeeNumber": 123}}, [DENY]),
        ("registration", {"userProfileUpdate": {"employeeNumber": "\uff11\uff12\uff13\uff14"}}, [DENY]),
        (
            "token",
            {"context": {"user": {"id": "00u1"}}, "identity": {"claims": {}}, "access": {"claims": {}}},
            ["com.okta.identity.patch", "com.okta.access.patch"],
        ),
        ("saml", {"context": {"user": {"id": "00u1"}}, "assertion": {}}, ["com.okta.assertion.patch"]),
        ("telephony", {"messageProfile": TEXT}, ["com.okta.telephony.action"]),
        ("telephony", {"messageProfile": TEXT | {"deliveryChannel": "VOICE CALL"}}, ["com.okta.telephony.action"]),
        ("telephony", {"messageProfile": TEXT | {"phoneNumber": 15551234567}}, ["com.okta.telephony.action"]),
        (
            "user-import",
            {"context": {"matches": ["00u7"]}},
            [
                {"type": "com.okta.action.update", "value": {"result": "LINK_USER"}},
                {"type": "com.okta.user.update", "value": {"id": "00u7"}},
            ],
        ),
    ],
)
def test_a_call_is_answered_by_commands_of_its_type(
    ask: Callable, kind: str, data: dict[str, Any], types: list[Any]
) -> None:
    answer = ask(kind, data)
    found = answer.json["commands"]

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert [each if each in types else each["type"] for each in found] == types
    assert {command["type"] for command in found} <= {each.name for each in inline_hook_type(kind).commands}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("token", {"context": {"user": None}, "access": {"claims": {}}}),
        ("saml", {"context": {}}),
        ("user-import", {"context": {"matches": []}}),
        ("user-import", {"context": {"matches": ["00u7", "00u8"]}}),
        ("user-import", {"context": {"matches": [None]}}),
    ],
)
def test_where_there_is_nothing_to_change_the_answer_is_a_plain_204(
    ask: Callable, kind: str, data: dict[str, Any]
) -> None:
    answer = ask(kind, data)

    assert (answer.status_code, answer.data, "Content-Type" in answer.headers) == (204, b"", False)


def test_a_claim_that_is_there_is_replaced_and_a_new_one_added(ask: Callable) -> None:
    claims = {"context": {"user": {"id": "00u1"}}, "identity": {"claims": {"external_guid": "x"}}, "access": {}}
    identity, access = ask("token", claims).json["commands"]

    assert [patch["op"] for patch in (*identity["value"], *access["value"])] == ["replace", "add"]
    assert {patch["path"] for patch in (*identity["value"], *access["value"])} == {"/claims/external_guid"}


def test_a_denial_says_why(ask: Callable) -> None:
    denied = ask("registration", {"userProfileUpdate": {"employeeNumber": "12"}}).json

    [cause] = denied["error"]["errorCauses"]
    assert cause["errorSummary"] == "Please enter an employee number of four digits."
    assert cause["location"] == "data.userProfileUpdate.employeeNumber"


@pytest.mark.parametrize(
    ("credential", "verdict"),
    [
        (("Isaac.Brock@example.com", PASSWORD), "VERIFIED"),
        (("isaac.brock@example.com", PASSWORD.upper()), "UNVERIFIED"),
        (("isaac.brock@example.com", f"{PASSWORD} "), "UNVERIFIED"),
        (("isaac.brock@example.com", ""), "UNVERIFIED"),
        (("nobody@example.com", PASSWORD), "UNVERIFIED"),
        (("nobody@example.com", ""), "UNVERIFIED"),
        ((None, None), "UNVERIFIED"),
    ],
)
def test_only_the_very_password_of_a_known_person_is_verified(
    make_hook: Callable, ask: Callable, tmp_path: Any, credential: tuple[Any, Any], verdict: str
) -> None:
    users = tmp_path / "users.json"
    hashed = generate_password_hash(PASSWORD, method="pbkdf2:sha256:10")
    users.write_text(json.dumps({"isaac.brock@example.com": hashed}), "utf-8")
    hook = make_hook(inline=reference(users=users))
    given = {"context": {"credential": dict(zip(("username", "password"), credential, strict=True))}}

    answer = ask("password-import", given, hook=hook)
    assert answer.json == commands(("com.okta.action.update", {"credential": verdict}))


@pytest.mark.parametrize("content", ["[]", "{", '{"a": 1}', '{"a": "plain"}', None])
def test_a_file_of_users_that_cant_be_used_is_refused_without_repeating_it(tmp_path: Any, content: str | None) -> None:
    users = tmp_path / "users.json"
    if content is not None:
        users.write_text(content, "utf-8")

    with pytest.raises(UsageError) as refused:
        reference(users=users)
    assert "plain" not in str(refused.value)


@pytest.mark.parametrize("kind", [each.short for each in INLINE_HOOK_TYPES.values()])
@pytest.mark.parametrize("data", [{}, {"context": None}, {"context": [], "userProfile": 5, "messageProfile": "x"}])
def test_a_call_with_next_to_nothing_in_it_is_answered_all_the_same(ask: Callable, kind: str, data: Any) -> None:
    answer = ask(kind, data)

    assert answer.status_code in {200, 204}
    assert kind != "password-import" or answer.json["commands"][0]["value"] == {"credential": "UNVERIFIED"}


@pytest.mark.parametrize("kind", [each.short for each in INLINE_HOOK_TYPES.values()])
def test_a_call_without_the_secret_is_refused_and_calls_no_handler(
    make_hook: Callable, ask: Callable, kind: str
) -> None:
    called: list[Call] = []
    inline = InlineHandlers()
    inline.on(kind)(called.append)
    hook = make_hook(inline=inline)

    assert [ask(kind, {}, hook=hook, auth=auth).status_code for auth in (None, "", "Basic wrong")] == [401] * 3
    assert called == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/okta/inline/token", None, 405),
        ("/okta/inline/tokens", b"{}", 404),
        ("/okta/inline/", b"{}", 404),
        ("/okta/inline/token", b"{", 400),
        ("/okta/inline/token", b"[]", 400),
        ("/okta/inline/token", b'{"eventType": "com.okta.telephony.provider", "data": {}}', 400),
        ("/okta/inline/token", b'{"eventType": "com.okta.oauth2.tokens.transform", "data": null}', 400),
        ("/okta/inline/token", b'{"data": {}, "data": {}}', 400),
    ],
)
def test_what_is_no_call_of_the_type_is_refused(
    make_hook: Callable, secret: str, path: str, body: bytes | None, status: int
) -> None:
    method, headers = "GET" if body is None else "POST", {"Authorization": secret}
    answer = make_hook().client.open(path, method=method, data=body, content_type="application/json", headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize("repeated", [True, False])
def test_a_repeated_call_sends_no_second_message(make_hook: Callable, ask: Callable, *, repeated: bool) -> None:
    sent: list[str] = []

    def provider(*, phone: str, message: str, voice: bool, timeout: float) -> str:
        del message, voice
        assert 2 < timeout <= 2.5
        sent.append(phone)
        return f"SM{len(sent)}"

    inline = InlineHandlers()
    inline.on("telephony")(telephony(provider))
    hook = make_hook(inline=inline)
    ids = ["one", "one"] if repeated else ["one", "two"]
    answers = [ask("telephony", {"messageProfile": TEXT}, hook=hook, eventId=event_id).json for event_id in ids]

    assert len(sent) == len(set(ids))
    assert (answers[0] == answers[1]) is repeated


def test_a_message_the_provider_refused_is_an_error_that_keeps_the_code(make_hook: Callable, ask: Callable) -> None:
    def provider(**_: Any) -> str:
        raise Undelivered("the destination is blocked")

    inline = InlineHandlers()
    inline.on("telephony")(telephony(provider))
    answer = ask("telephony", {"messageProfile": TEXT}, hook=make_hook(inline=inline))

    assert answer.status_code == 200
    assert answer.json["error"]["errorCauses"] == [{"errorSummary": "the destination is blocked"}]
    assert CODE not in answer.text


def test_a_handler_that_fails_is_a_503_so_that_okta_may_ask_again(
    make_hook: Callable, ask: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    inline = InlineHandlers()

    @inline.on("password-import")
    def fails(call: Call) -> None:
        raise RuntimeError(call.text("context.credential.password"))

    with caplog.at_level(logging.DEBUG, "receiver"):
        answer = ask(
            "password-import", {"context": {"credential": {"password": PASSWORD}}}, hook=make_hook(inline=inline)
        )

    assert answer.status_code == 503
    assert PASSWORD not in caplog.text + answer.text
    assert "RuntimeError" in caplog.text


def test_a_handler_that_is_not_done_in_time_is_not_waited_for(make_hook: Callable, ask: Callable) -> None:
    inline, free = InlineHandlers(), threading.Event()
    limits: list[float] = []

    @inline.on("token")
    def hangs(call: Call) -> None:
        limits.append(call.remaining())
        free.wait(30)

    hook = make_hook(inline=inline, inline_time_limit=0.05)
    answer = ask("token", {}, hook=hook)
    free.set()

    assert answer.status_code == 503
    assert 0 < limits[0] <= 0.05


@pytest.mark.parametrize("kind", ["telephony", "password-import"])
def test_neither_codes_nor_passwords_are_logged_or_shown(
    ask: Callable, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    data = {"messageProfile": TEXT, "context": {"credential": {"username": "x@example.com", "password": PASSWORD}}}
    with caplog.at_level(logging.DEBUG):
        ask(kind, data)
    call = Call(kind=kind, event_id="e", deadline=0.0, request=body_of(kind, data))

    assert "inline hook" in caplog.text
    for secret in (CODE, PASSWORD, TEXT["phoneNumber"]):
        assert secret not in caplog.text + repr(call)


def test_inline_hooks_are_no_deliveries(make_hook: Callable, ask: Callable) -> None:
    hook = make_hook()
    ask("telephony", {"messageProfile": TEXT}, hook=hook)

    assert hook.recorder.deliveries == ()


def test_a_type_has_one_handler_and_a_name_that_exists() -> None:
    inline = InlineHandlers()
    inline.on("com.okta.telephony.provider")(str)

    with pytest.raises(ValueError, match=r"telephony.*str"):
        inline.on("telephony")(repr)
    with pytest.raises(UsageError, match="telephony"):
        inline.on("telefony")
