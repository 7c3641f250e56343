"""Calling inline hooks: preview, tokens, what the System Log says, and the flows that wait (I6-I14)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from emulator import OAuth, OktaApiError, Org
from emulator.contract.schemas import validate_log_event
from emulator.delivery.exchange import Exchange, Failure, Reply, Request

URI = "https://hooks.example.com/inline"
TOKEN_URL = "https://login.example.com/token"
JSON = (("Content-Type", "application/json"),)
VERIFIED = {"commands": [{"type": "com.okta.action.update", "value": {"credential": "VERIFIED"}}]}
UNVERIFIED = {"commands": [{"type": "com.okta.action.update", "value": {"credential": "UNVERIFIED"}}]}
Said = dict[str, Any] | int | Failure | bytes


@dataclass
class Service:
    """An external service and a token endpoint, both a script."""

    says: Said = field(default_factory=dict)
    token: Said = field(default_factory=lambda: {"access_token": "minted-token", "token_type": "Bearer"})
    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request, **_: object) -> Exchange:
        self.sent.append(request)
        said = self.token if request.url == TOKEN_URL else self.says
        if isinstance(said, Failure):
            return Exchange(request=request, failure=said, detail=str(said))
        if isinstance(said, int):
            return Exchange(request=request, reply=Reply(status=said))
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return Exchange(request=request, reply=Reply(status=200, headers=JSON, body=body))

    @property
    def calls(self) -> list[Request]:
        return [request for request in self.sent if request.url == URI]

    @property
    def last(self) -> dict[str, Any]:
        return json.loads(self.calls[-1].body or b"")


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def org(make_org: Callable[..., Org], service: Service) -> Org:
    return make_org(sender=service)


def told(org: Org) -> list[tuple[str, str]]:
    return [(event["eventType"], event["outcome"]["result"]) for event in org.system_log()]


def test_execute_sends_the_body_and_returns_the_answer(org: Org, service: Service) -> None:
    """I13; with the headers of I10 and the hook's own."""
    hook = org.create_inline_hook(type="token", uri=URI, auth="s3cret", headers={"X-A": "b"})
    service.says = {"commands": [], "debugContext": {"a": "b"}}
    request = org.inline_request(hook)

    answer = org.inline.calls.execute(hook, request)

    headers = {name: value if isinstance(value, str) else value.reveal() for name, value in service.sent[0].headers}
    assert (answer, service.last) == (service.says, request)
    assert (headers["Authorization"], headers["X-A"], headers["User-Agent"]) == ("s3cret", "b", "Okta-Integrations")
    assert len(told(org)) == 1  # it was created, and a preview that works is nobody's business


@pytest.mark.parametrize(
    ("says", "code", "attempts"),
    [
        (Failure.TIMEOUT, "E0000137", 2),
        (Failure.REFUSED, "E0000134", 2),
        (500, "E0000135", 2),
        (400, "E0000135", 1),
        (b"not json", "E0000135", 1),
        ({"commands": [{"type": "com.action.update", "value": {}}]}, "E0000135", 1),
    ],
)
def test_execute_answers_400_without_a_usable_answer(org: Org, service: Service, says, code, attempts) -> None:
    """I8: a registration hook is called again after a timeout or 5xx."""
    hook = org.create_inline_hook(type="registration", uri=URI, auth="s3cret-value")
    service.says = says

    with pytest.raises(OktaApiError) as caught:
        org.inline.calls.execute(hook, org.inline_request(hook))

    assert (caught.value.status, caught.value.code) == (400, code)
    assert all(caught.value.causes)
    assert told(org)[1:] == [("inline_hook.executed", "FAILURE")]
    assert len(service.calls) == attempts


def test_an_inactive_hook_is_not_called(org: Org, service: Service) -> None:
    hook = org.create_inline_hook(type="token", uri=URI)
    org.inline.hooks.deactivate(hook)

    with pytest.raises(OktaApiError, match="not active"):
        org.execute_inline_hook(hook)
    assert service.sent == []


def test_an_echoed_secret_is_hidden_in_all_that_is_told(org: Org, service: Service) -> None:
    hook = org.create_inline_hook(type="token", uri=URI, auth="s3cret-value")
    service.says = b"I know s3cret-value"

    run = org.execute_inline_hook(hook)

    assert "s3cret-value" not in run.explain() + json.dumps(org.system_log()) + repr(run)


def test_a_preview_tells_what_okta_would_do(org: Org, service: Service) -> None:
    hook = org.create_inline_hook(type="registration", uri=URI)
    service.says = {"commands": [{"type": "com.okta.user.profile.update", "value": {"title": "Engineer"}}]}

    run = org.execute_inline_hook(hook, variant="self-service")

    assert run.accepted
    assert "title" not in run.effect.before["userProfile"]
    assert run.effect.after["userProfile"]["title"] == "Engineer"
    assert org.users.find("john.doe@example.com") is None


def test_an_oauth_channel_is_called_with_a_bearer_token(org: Org, service: Service) -> None:
    """I11: client_secret_post; each call fetches a token of its own."""
    oauth = OAuth(client_id="client", token_url=TOKEN_URL, secret="s3cret-value", scope="hooks")
    hook = org.create_inline_hook(type="saml", uri=URI, auth=oauth)

    assert org.execute_inline_hook(hook).accepted

    asked, called = service.sent
    form = {name: value[0] for name, value in parse_qs((asked.body or b"").decode()).items()}
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": "s3cret-value",
        "scope": "hooks",
    }
    assert dict(called.headers)["Authorization"].reveal() == "Bearer minted-token"


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (Failure.TIMEOUT, "timeout"),
        (401, "it answered 401"),
        (b"[]", "no access_token"),
        ({"access_token": "two words", "token_type": "Bearer"}, "no access_token"),
        ({"access_token": "x", "token_type": "mac"}, "token_type"),
    ],
)
def test_without_a_token_the_hook_isn_t_called(org: Org, service: Service, token, why) -> None:
    oauth = OAuth(client_id="client", token_url=TOKEN_URL, secret="s3cret-value")
    hook = org.create_inline_hook(type="saml", uri=URI, auth=oauth)
    service.token = token

    run = org.execute_inline_hook(hook)

    assert (run.accepted, service.calls) == (False, [])
    assert why in run.failure
    assert "original assertion" in run.effect.summary
    assert told(org)[-1] == ("inline_hook.executed", "FAILURE")


def test_the_org_s_own_token_endpoint_answers_without_a_network(org: Org, service: Service) -> None:
    """By the address that it has at Okta; with a key as with a secret."""
    pytest.importorskip("jwt")
    from emulator.delivery.signing import check_token

    url = f"{org.base_url}/oauth2/default/v1/token"
    key = org.create_hook_key("Mine")
    for name, oauth in (
        ("secret", OAuth(client_id="one", token_url=url, secret="s3cret-value")),
        ("key", OAuth(client_id="two", token_url=url, key=key)),
    ):
        hook = org.create_inline_hook(type="token", uri=URI, name=name, auth=oauth)
        assert org.execute_inline_hook(hook).accepted

        bearer = dict(service.sent[-1].headers)["Authorization"].reveal().removeprefix("Bearer ")
        keys = org.inline.issuer.jwks()["keys"]
        issuer = f"{org.base_url}/oauth2/default"
        claims = check_token(bearer, keys, audience=["api://default"], issuer=issuer)
        assert claims["cid"] == oauth.client_id
    assert {request.url for request in service.sent} == {URI}


def test_a_verified_password_is_imported_at_the_first_sign_in(org: Org, service: Service) -> None:
    """I14; the hook is asked once."""
    org.create_inline_hook(type="password-import", uri=URI)
    user = org.create_user_to_import("jane.roe@example.com")
    assert user.json()["credentials"]["provider"] == {"type": "IMPORT", "name": "IMPORT"}
    service.says = VERIFIED
    before = len(told(org))

    assert user.sign_in("correct horse")
    assert user.sign_in("correct horse")
    assert not user.sign_in("wrong")

    assert len(service.calls) == 1
    assert service.last["data"]["context"]["credential"] == {
        "username": "jane.roe@example.com",
        "password": "correct horse",
    }
    assert told(org)[before:] == [
        ("inline_hook.response.processed", "SUCCESS"),
        ("user.import.password", "SUCCESS"),
        ("user.session.start", "SUCCESS"),
        ("user.session.start", "SUCCESS"),
        ("user.session.start", "FAILURE"),
    ]
    assert user.json()["credentials"]["provider"]["name"] == "OKTA"
    assert "correct horse" not in json.dumps(org.system_log())


@pytest.mark.parametrize(
    ("says", "event"),
    [
        (UNVERIFIED, ("inline_hook.response.processed", "SUCCESS")),
        (204, ("inline_hook.response.processed", "SUCCESS")),
        (500, ("inline_hook.executed", "FAILURE")),
        (Failure.TIMEOUT, ("inline_hook.executed", "FAILURE")),
    ],
)
def test_a_password_that_isn_t_verified_is_not_imported(org: Org, service: Service, says, event) -> None:
    """I9: the sign-in stops, and the next one asks again."""
    org.create_inline_hook(type="password-import", uri=URI)
    user = org.create_user_to_import("jane.roe@example.com")
    service.says = says
    before = len(told(org))

    assert not user.sign_in("correct horse")

    assert told(org)[before:] == [event, ("user.import.password", "FAILURE"), ("user.session.start", "FAILURE")]
    service.says = VERIFIED
    assert user.sign_in("correct horse")


def test_a_password_that_an_admin_sets_needs_no_import(org: Org, service: Service) -> None:
    org.create_inline_hook(type="password-import", uri=URI)
    user = org.create_user_to_import("jane.roe@example.com")

    org.users.update(user.id, {"credentials": {"password": {"value": "correct horse"}}})

    assert user.sign_in("correct horse")
    assert service.sent == []
    assert user.json()["credentials"]["provider"]["name"] == "OKTA"


def test_an_answer_that_repeats_the_password_puts_it_into_no_event(org: Org, service: Service) -> None:
    org.create_inline_hook(type="password-import", uri=URI)
    service.says = {"commands": [{"type": "correct-horse", "value": {"correct-horse": 1}}], "debugContext": {}}

    org.create_user_to_import("jane.roe@example.com").sign_in("correct-horse")
    service.says = {**UNVERIFIED, "debugContext": {"typed": "correct-horse"}}
    org.user("jane.roe").sign_in("correct-horse")

    assert [event["eventType"] for event in org.system_log()].count("user.import.password") == 2
    assert "correct-horse" not in json.dumps(org.system_log())


def test_what_an_answer_wants_logged_is_written_as_the_catalogue_s_examples_are(org: Org, service: Service) -> None:
    """I9."""
    org.create_inline_hook(type="password-import", uri=URI)
    service.says = {**VERIFIED, "debugContext": {"plan": 109995, "roles": [{"locations": []}, "a"], "on": True}}

    org.create_user_to_import("jane.roe@example.com").sign_in("secret-of-jane")

    (event,) = org.system_log("inline_hook.response.processed")
    assert event["debugContext"]["debugData"]["inlineHook"] == "{plan=109995, roles=[{locations=[]}, a], on=true}"


def test_every_event_of_inline_hooks_is_one_that_okta_could_write(org: Org, service: Service) -> None:
    hook = org.create_inline_hook(type="password-import", uri=URI)
    org.inline.hooks.update(hook, {"name": "Other"})
    for service.says in (500, VERIFIED):
        org.create_user_to_import(f"jane.{len(service.sent)}@example.com").sign_in("secret-of-jane")
    service.says = 500
    org.execute_inline_hook(hook)
    org.inline.hooks.deactivate(hook)
    org.inline.hooks.delete(hook)

    for event in org.system_log():
        assert validate_log_event(event) == [], event["eventType"]
    kinds = {event["eventType"] for event in org.system_log()}
    assert len([kind for kind in kinds if kind.startswith("inline_hook.")]) == 6


def test_without_a_hook_nobody_can_say_whether_the_password_is_right(org: Org, service: Service) -> None:
    user = org.create_user_to_import("jane.roe@example.com")

    assert not user.sign_in("correct horse")
    assert service.sent == []


def test_event_hooks_get_what_inline_hooks_do(make_org: Callable[..., Org]) -> None:
    """I9, I14: ``inline_hook.executed`` and ``user.import.password`` are eligible."""
    service = Service(says=500)
    org = make_org(sender=service)
    events = ["inline_hook.executed", "user.import.password"]
    receiver = org.create_event_hook(uri="https://hooks.example.com/events", events=events)
    org.event_hooks.place(replace(receiver, verification_status="VERIFIED"))
    org.create_inline_hook(type="password-import", uri=URI)

    org.create_user_to_import("jane.roe@example.com").sign_in("x")

    assert sorted(kind for delivery in org.drain() for kind in delivery.event_types) == events


def test_a_registration_takes_the_profile_that_the_hook_makes_of_it(org: Org, service: Service) -> None:
    hook = org.create_inline_hook(type="registration", uri=URI)
    service.says = {"commands": [{"type": "com.okta.user.profile.update", "value": {"title": "Engineer"}}]}

    admission = org.register("jane.roe@example.com", password="correct horse")

    assert admission.user is not None
    assert admission.user.profile["title"] == "Engineer"
    assert service.last["data"]["userProfile"]["login"] == "jane.roe@example.com"
    assert admission.run is not None
    assert admission.run.hook.id == hook.id
    assert told(org)[1:3] == [("inline_hook.response.processed", "SUCCESS"), ("user.lifecycle.create", "SUCCESS")]


@pytest.mark.parametrize(
    "says", [500, {"commands": [{"type": "com.okta.action.update", "value": {"registration": "DENY"}}]}]
)
def test_a_denied_registration_makes_no_user(org: Org, service: Service, says) -> None:
    """I9: a failure denies too."""
    org.create_inline_hook(type="registration", uri=URI)
    service.says = says

    admission = org.register("jane.roe@example.com")

    assert admission.user is None
    assert admission.shown
    assert org.users.find("jane.roe@example.com") is None


def test_a_registration_without_a_hook_just_goes_on(org: Org) -> None:
    assert org.register("jane.roe@example.com").user is not None
    with pytest.raises(OktaApiError, match="already exists"):
        org.register("jane.roe@example.com")


def test_an_import_creates_or_links_as_the_hook_says(org: Org, service: Service) -> None:
    org.create_inline_hook(type="user-import", uri=URI)
    other = org.create_user("other@example.com")
    service.says = {
        "commands": [
            {"type": "com.okta.action.update", "value": {"result": "LINK_USER"}},
            {"type": "com.okta.user.update", "value": {"id": other.id}},
        ]
    }

    linked = org.import_user("jane.roe@example.com")
    service.says = 500
    created = org.import_user("jane.roe@example.com", title="Engineer")

    assert linked.user is not None
    assert linked.user.id == other.id
    assert created.user is not None  # I9: without an answer the user is created
    assert created.user.profile["title"] == "Engineer"
