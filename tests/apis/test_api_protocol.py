"""What holds for every endpoint: who may call, the headers, the errors, and whatever clients send (A2, A31, E1-E11)."""

from __future__ import annotations

import json
import logging
import re

import pytest
from werkzeug.test import Client

from emulator.apis.routing import API, routes
from emulator.secrets import Secret

ENDPOINTS = [each for each in routes().values() if each.template.startswith(API)]


def test_the_space_after_ssws_may_be_missing(app) -> None:
    """Every Python SDK of the 3.x line leaves it out."""
    for header in ("SSWS 00-test-token", "SSWS00-test-token", "ssws 00-test-token"):
        assert Client(app).get("/api/v1/eventHooks", headers={"Authorization": header}).status_code == 200


@pytest.mark.parametrize("header", [None, "", "SSWS", "SSWS wrong", "Bearer wrong", "Basic eDp5", "00-test-token"])
@pytest.mark.parametrize("path", ["/eventHooks", "/eventHooks/none", "/no/such/path", "/policies"])
def test_401_comes_before_404(app, refused, path: str, header: str | None) -> None:
    """E11."""
    headers = {} if header is None else {"Authorization": header}
    refused(Client(app).post(f"/api/v1{path}", headers=headers, data=b"{"), 401, "E0000011", "Invalid token provided")


def test_404_comes_before_400(api, refused) -> None:
    """E11."""
    refused(api("PUT", "/eventHooks/whoNone", b"{", content_type="application/json"), 404, "E0000007")


@pytest.mark.parametrize(
    ("scopes", "method", "path", "allowed"),
    [
        ("okta.eventHooks.read", "GET", "/eventHooks", True),
        ("okta.eventHooks.manage", "GET", "/eventHooks", True),
        ("okta.eventHooks.read", "POST", "/eventHooks", False),
        ("okta.logs.read", "GET", "/logs", True),
        ("okta.logs.read", "GET", "/users", False),
        ("okta.users.read okta.groups.read", "GET", "/groups", True),
    ],
)
def test_an_access_token_may_do_what_its_scopes_say(make_app, *, scopes, method, path, allowed) -> None:
    """A2."""
    app = make_app(app={"bearers": {"service-token": frozenset(scopes.split())}})
    answer = Client(app).open(f"/api/v1{path}", method=method, headers={"Authorization": "Bearer service-token"})

    assert (answer.status_code != 403) is allowed
    if not allowed:
        assert answer.get_json()["errorCode"] == "E0000006"


def test_a_service_app_is_the_actor_of_what_it_does(make_app, api_of) -> None:
    """U3."""
    app = make_app(app={"bearers": {"service-token": frozenset({"okta.groups.manage"})}})
    headers = {"Authorization": "Bearer service-token"}
    assert Client(app).post("/api/v1/groups", json={"profile": {"name": "x"}}, headers=headers).status_code == 200

    actor = app.org.system_log("group.lifecycle.create")[0]["actor"]
    assert (actor["type"], actor["alternateId"], actor["id"][:3]) == ("PublicClientAppEntity", "unknown", "0oa")


def test_every_answer_has_okta_s_headers(api) -> None:
    """A31."""
    for response in (api("GET", "/eventHooks"), api("GET", "/nothing"), api("DELETE", "/users/me/sessions")):
        headers = response.headers
        assert headers["X-Okta-Request-Id"]
        assert int(headers["X-Rate-Limit-Limit"]) >= int(headers["X-Rate-Limit-Remaining"]) > 0
        assert int(headers["X-Rate-Limit-Reset"]) > 1_700_000_000
        assert headers["Date"].endswith("GMT")
        assert headers["Cache-Control"] == "no-cache, no-store"
        assert headers["P3P"] == 'CP="HONK"'
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in headers
        assert not [name for name, _ in headers if name.lower().startswith("access-control")]
    assert api("GET", "/eventHooks").headers["Content-Type"] == "application/json"


def test_too_many_calls_are_429_with_what_clients_wait_for(make_app, api_of, refused) -> None:
    """A32, E6."""
    call = api_of(make_app(app={"rate_limit": 2}))
    assert [call("GET", "/groups").status_code for _ in range(2)] == [200, 200]
    answer = call("GET", "/groups")

    refused(answer, 429, "E0000047", "API call exceeded rate limit due to too many requests.")
    assert answer.headers["X-Rate-Limit-Remaining"] == "0"
    assert {"Date", "X-Rate-Limit-Reset"} <= set(answer.headers.keys())
    assert call("GET", "/users").status_code == 200  # each kind of resource has its own


def test_the_profile_can_enforce_okta_s_limits(make_app, api_of) -> None:
    call = api_of(make_app(profile="api.rate_limits=on"))
    statuses = [call("GET", "/logs?limit=0").status_code for _ in range(121)]

    assert statuses[:120] == [200] * 120
    assert statuses[120] in {200, 429}  # a minute may end in between
    assert call("GET", "/logs?limit=0").headers["X-Rate-Limit-Limit"] == "120"


@pytest.mark.parametrize("found", ENDPOINTS, ids=lambda found: f"{found.method} {found.template}")
def test_every_endpoint_answers_in_json_to_nonsense(api, found) -> None:
    """E1, and never a 5xx; a body of nothing, of no JSON, of the wrong JSON, of JSON too deep."""
    path = found.template.removeprefix(API).replace("{", "").replace("}", "")
    bodies = [None, b"", b"{", b"\xff\xfe", b"[]", b'"x"', b"null", b"7", b"[" * 2000, b'{"profile": 7, "events": 7}',
              b'{"profile": {"login": {}, "email": []}, "channel": [], "events": {"items": {}}, "name": {}}',
              b'{"profile": {"login": "\\ud800@example.com", "email": "a@example.com"}}']  # fmt: skip
    for body in bodies if found.method in {"POST", "PUT"} else [None]:
        answer = api(found.method, path, body, content_type="application/json")
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.get_json()["errorCode"].startswith("E0000")


def test_bodies_may_be_announced_as_octet_stream(api) -> None:
    data = json.dumps({"profile": {"name": "Sales"}}).encode()

    assert api("POST", "/groups", data, content_type="application/octet-stream").status_code == 200
    assert (
        api("POST", "/groups", data.replace(b"Sales", b"S2"), content_type="application/scim+json").status_code == 200
    )
    user = api("GET", "/users/me").get_json()["id"]
    assert api("DELETE", f"/users/{user}/sessions", content_type="application/octet-stream").status_code == 204


def test_other_media_types_are_refused(api, refused) -> None:
    """E5."""
    answer = api("POST", "/groups", b"name=x", content_type="application/x-www-form-urlencoded")
    refused(answer, 400, "E0000021", "Bad request.  Accept and/or Content-Type headers")


def test_a_get_may_have_a_json_content_type(api) -> None:
    assert api("GET", "/eventHooks", content_type="application/json").status_code == 200


def test_a_post_that_announces_no_length_is_411(app, refused) -> None:
    """E10."""
    answer = Client(app).post("/api/v1/users/me/lifecycle/suspend", headers={"Authorization": "SSWS 00-test-token"})
    refused(answer, 411, "E0000003")
    assert answer.get_json()["errorCauses"] == [{"errorSummary": "A request without a body needs Content-Length: 0"}]


def test_a_body_that_is_too_large_is_refused(api, refused) -> None:
    refused(api("POST", "/groups", b" " * (2 * 1024 * 1024 + 1), content_type="application/json"), 413, "E0000003")


def test_a_wrong_method_is_405(api, refused) -> None:
    """E5."""
    refused(api("PATCH", "/eventHooks"), 405, "E0000022", "The endpoint does not support the provided HTTP method")
    refused(api("OPTIONS", "/eventHooks"), 405, "E0000022")
    assert api("OPTIONS", "/eventHooks").headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("path", "status", "code", "words"),
    [
        ("/api/v1/policies", 501, "E0000060", "emulated here: /api/v1/apps, /api/v1/eventHooks"),
        ("/api/v1/behaviors", 501, "E0000060", "GET /api/v1/behaviors is not emulated"),
        ("/api/v1/users/me/factors", 501, "E0000060", "/api/v1/users/{id}/lifecycle/activate"),
        ("/api/v1/eventhooks", 404, "E0000008", "/api/v1/eventHooks"),
        ("/api/v1", 404, "E0000008", "The requested path was not found"),
        ("/api/v2/users", 404, "E0000008", ""),
        ("/", 404, "E0000008", ""),
        ("/nothing", 404, "E0000008", ""),
    ],
)
def test_what_is_not_emulated_says_what_is(app, refused, *, path, status, code, words) -> None:
    """E2, E8."""
    refused(Client(app).get(path, headers={"Authorization": "SSWS 00-test-token"}), status, code, words)


def test_links_repeat_the_address_the_client_was_given(api) -> None:
    for host in ("localhost:9999", "127.0.0.1:8420", "org.example.test"):
        user = api("GET", "/users/me", headers={"Host": host}).get_json()
        assert user["_links"]["self"]["href"].startswith(f"http://{host}/api/v1/users/")


def test_an_error_of_ours_is_okta_s_500_and_is_told(api, app, refused, caplog, monkeypatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(app.org.event_hooks, "all", fail)
    with caplog.at_level(logging.ERROR, logger="emulator.apis"):
        refused(api("GET", "/eventHooks"), 500, "E0000009")

    assert re.search(
        r"internal error: ZeroDivisionError at test_api_protocol.py:\d+, GET /api/v1/eventHooks\n", caplog.text
    )


def test_no_secret_is_in_the_repr_of_the_application(make_app) -> None:
    app = make_app(app={"tokens": [Secret("very-secret-1")], "bearers": {"very-secret-2": frozenset()}})

    assert "very-secret" not in repr(app.credentials)


def test_registering_an_endpoint_twice_names_its_owner() -> None:
    from emulator.apis.routing import Scope, route
    from emulator.errors import HarnessError

    with pytest.raises(HarnessError, match=r"GET /api/v1/eventHooks/\{x\}|registered twice"):
        route("GET", "/api/v1/eventHooks", operation="again", scope=Scope("x"))(lambda _: None)


def test_a_mounted_application_gets_its_own_paths(make_app) -> None:
    def console(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["PATH_INFO"].encode()]

    client = Client(make_app(app={"mounts": {"/console": console}}))

    assert client.get("/console/hooks").text == "/console/hooks"
    assert client.get("/consoles").status_code == 404
