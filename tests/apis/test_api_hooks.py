"""The Event Hooks API over HTTP (A1-A34, V9-V15)."""

from __future__ import annotations

import pytest

TYPE = "user.lifecycle.deactivate"
URI = "https://hooks.example.com/okta"
LINKS = "http://127.0.0.1:8420/api/v1/eventHooks/"


def body(**more: object) -> dict:
    return {
        "name": "Leavers",
        "events": {"type": "EVENT_TYPE", "items": [TYPE]},
        "channel": {
            "type": "HTTP",
            "version": "1.0.0",
            "config": {"uri": URI, "authScheme": {"type": "HEADER", "key": "Authorization", "value": "s3cret"}},
        },
        **more,
    }


@pytest.fixture
def hook(api) -> dict:
    return api("POST", "/eventHooks", body()).get_json()


def test_create_answers_200_with_the_hook_in_order(api) -> None:
    """A3, A4, A11, A13, A17."""
    response = api("POST", "/eventHooks", body(status="INACTIVE", verificationStatus="VERIFIED", id="x", junk=1))
    hook = response.get_json()

    assert response.status_code == 200
    assert list(hook) == [
        "id", "status", "verificationStatus", "name", "description", "created", "createdBy", "lastUpdated", "events",
        "channel", "_links",
    ]  # fmt: skip
    assert (hook["status"], hook["verificationStatus"]) == ("ACTIVE", "UNVERIFIED")
    assert "s3cret" not in response.text
    assert list(hook["_links"]) == ["self", "verify", "deactivate"]
    assert hook["_links"]["self"]["href"] == f"{LINKS}{hook['id']}"


def test_all_eight_operations(api, hook, receiving) -> None:
    """A1, V10, A22-A24."""
    path = f"/eventHooks/{hook['id']}"

    assert api("GET", path).get_json() == hook
    assert api("GET", "/eventHooks").get_json() == [hook]
    assert api("POST", f"{path}/lifecycle/verify").get_json()["verificationStatus"] == "VERIFIED"
    replaced = api("PUT", path, {**hook, "name": "Leavers 2", "description": None})
    assert (replaced.status_code, replaced.get_json()["name"]) == (200, "Leavers 2")
    inactive = api("POST", f"{path}/lifecycle/deactivate").get_json()
    assert (inactive["status"], list(inactive["_links"])) == ("INACTIVE", ["activate", "self", "delete"])
    assert api("POST", f"{path}/lifecycle/activate").get_json()["status"] == "ACTIVE"
    api("POST", f"{path}/lifecycle/deactivate")
    gone = api("DELETE", path)
    assert (gone.status_code, gone.data) == (204, b"")
    assert "Content-Type" not in gone.headers


def test_an_unknown_id_is_404_for_each_operation(api, refused) -> None:
    """A25."""
    for method, path in [
        ("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/lifecycle/activate"), ("POST", "/lifecycle/deactivate"),
        ("POST", "/lifecycle/verify"),
    ]:  # fmt: skip
        answer = api(method, f"/eventHooks/whoNone{path}", body() if method == "PUT" else None)
        refused(answer, 404, "E0000007", "Not found: Resource not found: whoNone (Webhook)")


def test_a_failed_verification_is_okta_s_400(api, hook, receiving, refused) -> None:
    """V11, V13."""
    receiving.echoes = False
    answer = api("POST", f"/eventHooks/{hook['id']}/lifecycle/verify")

    refused(answer, 400, "E0000001", "Api validation failed: eventHook", "Unable to verify event hook.")
    assert api("GET", f"/eventHooks/{hook['id']}").get_json()["verificationStatus"] == "UNVERIFIED"


def test_a_put_with_what_was_read_is_no_error(api, hook) -> None:
    """A34: read-only members and nulls; the secret that is never returned is kept."""
    api("POST", f"/eventHooks/{hook['id']}/lifecycle/verify")
    read = api("GET", f"/eventHooks/{hook['id']}").get_json()
    written = api("PUT", f"/eventHooks/{hook['id']}", read).get_json()

    assert written["verificationStatus"] == "VERIFIED"
    assert written["channel"] == read["channel"]


def test_an_active_hook_cannot_be_deleted(api, hook, refused) -> None:
    """A24."""
    refused(api("DELETE", f"/eventHooks/{hook['id']}"), 400, "E0000001", "must be deactivated")


@pytest.mark.parametrize(
    ("changes", "summary", "cause"),
    [
        ({"name": ""}, "name", "name: The field cannot be left blank"),
        ({"events": {"type": "EVENT_TYPE", "items": ["no.such.type"]}}, "items", "Invalid event type(s): no.such.type"),
        ({"channel": None}, "channel", "channel: The field cannot be left blank"),
        ({"status": ["ACTIVE"], "name": 7}, "name", "invalid value"),
        (
            {
                "events": {
                    "type": "EVENT_TYPE",
                    "items": [TYPE],
                    "filter": {
                        "type": "EXPRESSION_LANGUAGE",
                        "eventFilterMap": [{"event": TYPE, "condition": {"expression": "event.nothing eq 'x'"}}],
                    },
                }
            },
            "filter",
            "expression: Invalid Okta Expression Language statement at position 0",
        ),
    ],
)
def test_validation_errors_name_the_field(api, refused, changes, summary, cause) -> None:
    """E3, E7, F16."""
    refused(api("POST", "/eventHooks", body(**changes)), 400, "E0000001", f"failed: {summary}", cause)


def test_a_filter_comes_back_with_its_version(api) -> None:
    """F2."""
    entry = {"event": TYPE, "condition": {"expression": "event.actor.type eq 'User'"}}
    given = {"type": "EVENT_TYPE", "items": [TYPE]}
    given["filter"] = {"type": "EXPRESSION_LANGUAGE", "eventFilterMap": [entry]}
    hook = api("POST", "/eventHooks", body(events=given)).get_json()

    assert list(hook["events"]["filter"]["eventFilterMap"][0]["condition"]) == ["version", "expression"]


def test_a_user_created_and_deactivated_through_the_api_is_delivered(api, hook, receiving, org) -> None:
    """L14, L23, L27: the events tell of the very call."""
    api("POST", f"/eventHooks/{hook['id']}/lifecycle/verify")
    profile = {"login": "john.doe@example.com", "email": "john.doe@example.com", "firstName": "John", "lastName": "Doe"}
    user = api("POST", "/users?activate=true", {"profile": profile}).get_json()
    headers = {"User-Agent": "okta-sdk-python/3.4.6 python/3.12 Linux", "X-Device-Fingerprint": "f" * 32}
    done = api("POST", f"/users/{user['id']}/lifecycle/deactivate?sendEmail=False", headers=headers)
    org.drain()

    (event,) = receiving.events
    data = event["debugContext"]["debugData"]
    assert event["eventType"] == TYPE
    assert event["target"][0]["alternateId"] == "john.doe@example.com"
    assert data["requestUri"] == f"/api/v1/users/{user['id']}/lifecycle/deactivate"
    assert data["url"] == f"/api/v1/users/{user['id']}/lifecycle/deactivate?sendEmail=False"
    assert data["deviceFingerprint"] == "f" * 32
    assert event["client"]["userAgent"]["rawUserAgent"].startswith("okta-sdk-python")
    assert event["transaction"]["id"] == data["requestId"] == done.headers["X-Okta-Request-Id"]
    assert event["transaction"]["detail"]["requestApiTokenId"].startswith("00T")
