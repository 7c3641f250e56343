"""Inline hooks through HTTP: Okta's API as its clients call it, and the control plane."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from emulator.apis import OrgApp
from emulator.delivery.exchange import Exchange, Reply, Request

URI = "https://hooks.example.com/inline"
SECRET = "s3cret-value"
UPDATE = {"type": "com.okta.user.profile.update", "value": {"title": "Engineer"}}
KIND = "com.okta.user.pre-registration"


def body(**changes: Any) -> dict[str, Any]:
    auth = {"type": "HEADER", "key": "Authorization", "value": SECRET}
    channel = {"type": "HTTP", "version": "1.0.0", "config": {"uri": URI, "authScheme": auth}}
    return {"name": "Mine", "type": KIND, "version": "1.0.0", "channel": channel, **changes}


@dataclass
class Service:
    """An external service, which answers as the test says."""

    status: int = 200
    answer: Any = field(default_factory=lambda: {"commands": [UPDATE]})
    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request, **_: object) -> Exchange:
        self.sent.append(request)
        headers = (("Content-Type", "application/json"),)
        reply = Reply(status=self.status, headers=headers, body=json.dumps(self.answer).encode())
        return Exchange(request=request, reply=reply)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def app(make_app, service) -> OrgApp:
    return make_app(sender=service)


def test_the_life_of_an_inline_hook(api) -> None:
    """I2: the statuses that clients depend on."""
    made = api("POST", "/inlineHooks", body())
    path = f"/inlineHooks/{made.get_json()['id']}"
    steps = [
        ("GET", path, None, 200),
        ("POST", path, {"name": "Other"}, 200),
        ("PUT", path, body(status="INACTIVE"), 200),
        ("DELETE", path, None, 400),
        ("POST", f"{path}/lifecycle/deactivate", None, 200),
        ("POST", f"{path}/lifecycle/activate", None, 200),
        ("POST", f"{path}/lifecycle/deactivate", None, 200),
        ("DELETE", path, None, 204),
        ("GET", path, None, 404),
    ]

    assert made.status_code == 200
    for method, place, sent, status in steps:
        assert api(method, place, sent).status_code == status, (method, place)


def test_links_repeat_the_address_that_the_client_was_given(api) -> None:
    hook = api("POST", "/inlineHooks", body(), headers={"Host": "localhost:9999"}).get_json()

    assert hook["_links"]["self"]["href"] == f"http://localhost:9999/api/v1/inlineHooks/{hook['id']}"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_unknown_hook_is_not_found_before_its_body_is_read(api, method) -> None:
    """E11."""
    answer = api(method, "/inlineHooks/calnone", {})

    assert (answer.status_code, answer.get_json()["errorCode"]) == (404, "E0000007")
    assert answer.get_json()["errorSummary"].endswith("calnone (InlineHook)")


def test_a_service_app_needs_the_scopes_of_inline_hooks(make_app, api_of) -> None:
    bearers = {"reader": frozenset({"okta.inlineHooks.read"}), "other": frozenset({"okta.logs.read"})}
    call = api_of(make_app(app={"bearers": bearers}))

    assert call("GET", "/inlineHooks", headers={"Authorization": "Bearer reader"}).status_code == 200
    assert call("POST", "/inlineHooks", body(), headers={"Authorization": "Bearer reader"}).status_code == 403
    assert call("GET", "/hook-keys", headers={"Authorization": "Bearer other"}).status_code == 403


def test_execute_gives_the_answer_of_the_service(api, org, service) -> None:
    hook = org.create_inline_hook(type="registration", uri=URI)
    path = f"/inlineHooks/{hook.id}/execute"

    assert api("POST", path, org.inline_request(hook)).get_json() == service.answer
    service.status = 500
    refused = api("POST", path, org.inline_request(hook))
    assert (refused.status_code, refused.get_json()["errorCode"]) == (400, "E0000135")
    assert "500" in refused.get_json()["errorCauses"][0]["errorSummary"]
    assert api("POST", path, []).get_json()["errorCode"] == "E0000003"


def test_a_preview_of_the_control_plane_explains_itself(control, org, service) -> None:
    hook = org.create_inline_hook(type="registration", uri=URI, auth=SECRET)
    org.create_user("ann@example.com")
    service.answer = {"commands": [UPDATE], "debugContext": {"echo": SECRET}}

    found = control("POST", f"/inline-hooks/{hook.id}/preview", {"variant": "self-service"}).get_json()

    assert found["accepted"] is True
    assert found["effect"]["changes"] == [{"pointer": "/userProfile/title", "after": "Engineer"}]
    assert found["attempts"][0]["status"] == 200
    assert SECRET not in json.dumps(found)
    about = control("POST", f"/inline-hooks/{hook.id}/preview", {"request": {"a": 1}}).get_json()
    assert about["request"] == {"a": 1}
    assert json.loads(service.sent[-1].body) == {"a": 1}
    assert control("POST", f"/inline-hooks/{hook.id}/preview", {"variant": "none"}).status_code == 400
    assert control("POST", "/inline-hooks/none/preview", {}).status_code == 404


def test_users_register_and_are_imported_as_the_hooks_say(control, org, service) -> None:
    org.create_inline_hook(type="registration", uri=URI)

    made = control("POST", "/registrations", {"login": "ann@example.com", "profile": {"nickName": "A"}}).get_json()
    service.answer = {"commands": [{"type": "com.okta.action.update", "value": {"registration": "DENY"}}]}
    denied = control("POST", "/registrations", {"login": "bob@example.com"}).get_json()
    imported = control("POST", "/imports", {"login": "cat@example.com", "profile": {"title": "Boss"}}).get_json()

    assert made["user"]["profile"]["title"] == "Engineer"
    assert (denied["user"], denied["call"]["effect"]["proceeds"]) == (None, False)
    assert denied["shown"]
    assert (imported["user"]["profile"]["title"], imported["call"]) == ("Boss", None)
