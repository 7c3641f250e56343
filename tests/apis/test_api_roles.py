"""The admin roles of users and groups over HTTP, and the events that tell of them."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["users", "groups"])
def owner(request: pytest.FixtureRequest, api, org) -> str:
    """Return the path of somebody who can have a role."""
    if request.param == "users":
        return f"/users/{org.create_user(login='jane.roe@example.com').id}"
    return f"/groups/{org.create_group('Helpers').id}"


def told(org) -> list[tuple[str, dict]]:
    events = [event for event in org.log.events() if ".privilege." in event["eventType"]]
    return [(event["eventType"], event["debugContext"]["debugData"]) for event in events]


def test_a_role_is_given_shown_and_taken(api, org, owner: str) -> None:
    answer = api("POST", f"{owner}/roles", {"type": "HELP_DESK_ADMIN"})
    role = answer.get_json()

    assert answer.status_code == 201
    assert (role["type"], role["label"], role["status"]) == ("HELP_DESK_ADMIN", "Help Desk Administrator", "ACTIVE")
    assert role["assignmentType"] == ("USER" if "users" in owner else "GROUP")
    assert role["_links"]["assignee"]["href"].endswith(f"/api/v1{owner}")
    assert api("GET", f"{owner}/roles").get_json() == [role]
    assert api("GET", f"{owner}/roles/{role['id']}").get_json() == role
    gone = api("DELETE", f"{owner}/roles/{role['id']}")
    assert (gone.status_code, gone.data) == (204, b"")
    assert api("GET", f"{owner}/roles").get_json() == []
    kind = "user.account.privilege" if "users" in owner else "group.privilege"
    (granted, more), (revoked, less) = told(org)
    assert (granted, more["privilegeGranted"]) == (f"{kind}.grant", "Help Desk administrator")
    assert (revoked, less["privilegeRevoked"]) == (f"{kind}.revoke", "Help Desk administrator")
    assert more["requestUri"] == f"/api/v1{owner}/roles"


def test_a_role_can_be_limited_to_groups(api, org, owner: str) -> None:
    role = api("POST", f"{owner}/roles", {"type": "USER_ADMIN"}).get_json()
    group = org.create_group("Wards")
    targets = f"{owner}/roles/{role['id']}/targets/groups"

    for _ in range(2):
        assert api("PUT", f"{targets}/{group.id}").status_code == 204
    assert [each["id"] for each in api("GET", targets).get_json()] == [group.id]
    assert api("DELETE", f"{targets}/{group.id}").status_code == 204
    assert api("GET", targets).get_json() == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"type": "HELPDESK_ADMIN"}, 400, "E0000001"),
        ({}, 400, "E0000001"),
        ([], 400, "E0000003"),
        ({"type": "ORG_ADMIN"}, 409, "E0000090"),
    ],
)
def test_what_is_no_new_role_is_refused(api, refused, owner, body: object, *, status: int, code: str) -> None:
    api("POST", f"{owner}/roles", {"type": "ORG_ADMIN"})

    refused(api("POST", f"{owner}/roles", body), status, code)


def test_a_role_of_somebody_else_is_not_found(api, org, refused, owner: str) -> None:
    role = api("POST", f"{owner}/roles", {"type": "ORG_ADMIN"}).get_json()
    other = org.create_user(login="ann@example.com")

    refused(api("DELETE", f"/users/{other.id}/roles/{role['id']}"), 404, "E0000007")
    refused(api("GET", f"/users/{other.id}x/roles"), 404, "E0000007")


def test_who_is_deleted_leaves_no_role(api, org, owner: str) -> None:
    api("POST", f"{owner}/roles", {"type": "ORG_ADMIN"})
    for _ in range(2):
        api("DELETE", owner)
    again = f"/groups/{org.create_group('Helpers').id}" if "groups" in owner else f"/users/{org.create_user().id}"

    assert api("GET", f"{again}/roles").get_json() == []
