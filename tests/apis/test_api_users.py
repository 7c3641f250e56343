"""The Users, Groups and Apps APIs over HTTP (U1-U18, G1-G8)."""

from __future__ import annotations

import pytest


def new(name: str = "jane.roe", **more: object) -> dict:
    first, _, last = name.partition(".")
    profile = {"login": f"{name}@example.com", "email": f"{name}@example.com", "firstName": first, "lastName": last}
    return {"profile": profile, **more}


PASSWORD = {"credentials": {"password": {"value": "correct horse"}}}


@pytest.fixture
def user(api) -> dict:
    return api("POST", "/users", new(**PASSWORD)).get_json()


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("?activate=false", {}, "STAGED"),
        ("?activate=False", PASSWORD, "STAGED"),
        ("", {}, "PROVISIONED"),
        ("?activate=TRUE", PASSWORD, "ACTIVE"),
        ("?activate=true&provider=true", {}, "ACTIVE"),
        ("?activate=true&nextLogin=changePassword", PASSWORD, "PASSWORD_EXPIRED"),
    ],
)
def test_create_leads_to_the_state_that_the_query_says(api, query: str, body: dict, status: str) -> None:
    """U-a, U-b, U-c, U9; booleans in any case."""
    response = api("POST", f"/users/{query}", new(**body))

    assert (response.status_code, response.get_json()["status"]) == (200, status)


@pytest.mark.parametrize("ref", ["{id}", "jane.roe@example.com", "jane.roe%40example.com", "jane.roe"])
def test_a_user_is_found_by_id_login_and_short_login(api, user, ref: str) -> None:
    """U15."""
    assert api("GET", f"/users/{ref.format(id=user['id'])}").get_json() == user


def test_me_is_the_owner_of_the_token(api, org) -> None:
    assert api("GET", "/users/me").get_json()["id"] == org.world.admin.id


def test_the_lifecycle_through_all_states(api) -> None:
    """Table 11.1, with the status codes and bodies that SDKs expect."""
    user = api("POST", "/users?activate=false", new()).get_json()
    path = f"/users/{user['id']}/lifecycle"

    def status() -> str:
        return api("GET", f"/users/{user['id']}").get_json()["status"]

    link = api("POST", f"{path}/activate?sendEmail=false").get_json()
    assert link["activationUrl"] == f"http://127.0.0.1:8420/tokens/{link['activationToken']}/verify"
    assert status() == "PROVISIONED"
    assert list(api("POST", f"{path}/reactivate?sendEmail=False").get_json()) == ["activationUrl", "activationToken"]
    api("POST", f"/users/{user['id']}", {"credentials": {"password": {"value": "correct horse"}}})
    for name, answer, after in [
        ("deactivate", {}, "DEPROVISIONED"),
        ("activate?sendEmail=true", {}, "ACTIVE"),
        ("suspend", {}, "SUSPENDED"),
        ("unsuspend", {}, "ACTIVE"),
        ("reset_factors", {}, "ACTIVE"),
        ("reset_password", {}, "RECOVERY"),
    ]:
        response = api("POST", f"{path}/{name}")
        assert (name, response.status_code, response.get_json(), status()) == (name, 200, answer, after)


def test_password_operations_answer_as_sdks_expect(api, user) -> None:
    path = f"/users/{user['id']}"
    values = {"oldPassword": {"value": "correct horse"}, "newPassword": {"value": "battery staple"}}
    question = {"password": {"value": "battery staple"}, "recovery_question": {"question": "Why?", "answer": "because"}}

    changed = api("POST", f"{path}/credentials/change_password", values).get_json()
    assert changed["provider"] == {"type": "OKTA", "name": "OKTA"}
    asked = api("POST", f"{path}/credentials/change_recovery_question", question).get_json()
    assert asked["recovery_question"] == {"question": "Why?"}
    reset = api("POST", f"{path}/lifecycle/reset_password?sendEmail=false").get_json()
    assert reset["resetPasswordUrl"].startswith("http://127.0.0.1:8420/")
    assert api("DELETE", f"{path}/sessions").status_code == 204
    other = api("POST", "/users", new("old.timer", **PASSWORD)).get_json()
    expired = api("POST", f"/users/{other['id']}/lifecycle/expire_password").get_json()
    assert (expired["status"], expired["statusChanged"]) == ("PASSWORD_EXPIRED", other["statusChanged"])  # U13


def test_a_temporary_password_is_given(api, user) -> None:
    answer = api("POST", f"/users/{user['id']}/lifecycle/expire_password_with_temp_password")

    assert list(answer.get_json()) == ["tempPassword"]
    assert answer.get_json()["tempPassword"]


def test_activation_gives_its_link_also_to_users_who_have_a_password(api) -> None:
    staged = api("POST", "/users?activate=false", new(**PASSWORD)).get_json()
    link = api("POST", f"/users/{staged['id']}/lifecycle/activate?sendEmail=False").get_json()

    assert link["activationUrl"].endswith(f"/tokens/{link['activationToken']}/verify")
    assert api("GET", f"/users/{staged['id']}").get_json()["status"] == "ACTIVE"


@pytest.mark.parametrize(
    "provider", [{"type": "OKTAH"}, {"type": 3}, {"type": ["OKTA"]}, {"name": False}, {"name": ["OKTA"]}]
)
def test_a_provider_that_okta_does_not_have_is_refused(api, user, refused, provider: dict) -> None:
    refused(api("POST", f"/users/{user['id']}", {"credentials": {"provider": provider}}), 400, "E0000001")
    refused(api("POST", "/users", new("ann.lee", credentials={"provider": provider})), 400, "E0000001")


@pytest.mark.parametrize("provider", [{}, None, {"type": "OKTA"}, {"type": None, "name": None}])
def test_a_provider_of_which_nothing_is_said_is_okta(api, user, provider: dict | None) -> None:
    changed = api("POST", f"/users/{user['id']}", {"credentials": {"provider": provider}}).get_json()

    assert changed["credentials"]["provider"] == {"type": "OKTA", "name": "OKTA"}


QUESTION = {"recovery_question": {"question": "Why?", "answer": "because"}}
RECOVERED = {"password": {"value": "battery staple"}, "recovery_question": {"answer": "because"}}


@pytest.mark.parametrize("call", ["forgot_password_recovery_question", "forgot_password"])
def test_a_password_is_recovered_by_the_answer_to_the_question(api, refused, call: str) -> None:
    """The older SDKs send the same body to ``forgot_password``."""
    user = api("POST", "/users", new(credentials={**PASSWORD["credentials"], **QUESTION})).get_json()
    path = f"/users/{user['id']}"
    wrong = {**RECOVERED, "recovery_question": {"answer": "why not"}}

    refused(api("POST", f"{path}/credentials/{call}", wrong), 403, "E0000087")
    answer = api("POST", f"{path}/credentials/{call}", RECOVERED)
    assert (answer.status_code, answer.get_json()["recovery_question"]) == (200, {"question": "Why?"})
    values = {"oldPassword": {"value": "battery staple"}, "newPassword": {"value": "another horse"}}
    assert api("POST", f"{path}/credentials/change_password", values).status_code == 200
    now = api("GET", path).get_json()
    assert now["status"] == "ACTIVE"
    assert now["passwordChanged"] > user["passwordChanged"]


def test_forgetting_a_password_leaves_the_state_alone(api, user) -> None:
    path = f"/users/{user['id']}"
    link = api("POST", f"{path}/credentials/forgot_password?sendEmail=false").get_json()["resetPasswordUrl"]

    assert link.startswith("http://127.0.0.1:8420/signin/reset-password/")
    assert api("POST", f"{path}/credentials/forgot_password").get_json() == {}
    assert api("GET", path).get_json()["status"] == "ACTIVE"


def test_a_user_is_shown_with_the_members_that_nobody_has_set(api, user) -> None:
    assert list(user["profile"]) == ["firstName", "lastName", "mobilePhone", "secondEmail", "login", "email"]
    assert (user["profile"]["mobilePhone"], user["profile"]["secondEmail"]) == (None, None)
    assert list(user["credentials"]) == ["password", "emails", "provider"]
    assert user["credentials"]["emails"] == [{"value": "jane.roe@example.com", "status": "VERIFIED", "type": "PRIMARY"}]


def test_a_list_of_users_links_each_to_nothing_but_itself(api, user) -> None:
    group = api("POST", "/groups", {"profile": {"name": "People"}}).get_json()
    api("PUT", f"/groups/{group['id']}/users/{user['id']}")

    assert "suspend" in user["_links"]
    for path in ("/users", f"/groups/{group['id']}/users"):
        listed = {each["id"]: each for each in api("GET", path).get_json()}[user["id"]]
        assert list(listed["_links"]) == ["self"]
        assert {**listed, "_links": user["_links"]} == user


def test_a_temporary_password_is_given_in_its_older_form_too(api, user) -> None:
    answer = api("POST", f"/users/{user['id']}/lifecycle/expire_password?tempPassword=true").get_json()

    assert list(answer) == ["tempPassword"]


def test_a_wrong_old_password_is_refused(api, user, refused) -> None:
    values = {"oldPassword": {"value": "x"}, "newPassword": {"value": "y"}}
    refused(api("POST", f"/users/{user['id']}/credentials/change_password", values), 403, "E0000014")
    asked = {"password": {"value": "x"}, "recovery_question": {"question": "Why?", "answer": "because"}}
    refused(api("POST", f"/users/{user['id']}/credentials/change_recovery_question", asked), 403, "E0000014")


def test_delete_takes_two_calls(api, user, refused) -> None:
    """U-h, U-r."""
    for _ in range(2):
        answer = api("DELETE", f"/users/{user['id']}?sendEmail=true")
        assert (answer.status_code, answer.data) == (204, b"")
    refused(api("GET", f"/users/{user['id']}"), 404, "E0000007", f"{user['id']} (User)")


def test_post_changes_a_part_and_put_replaces_all(api, user) -> None:
    """U-q."""
    api("POST", f"/users/{user['id']}", {"profile": {"title": "Engineer"}})
    patched = api("POST", f"/users/{user['id']}", {"profile": {"nickName": "JR"}}).get_json()
    assert (patched["profile"]["title"], patched["profile"]["lastName"]) == ("Engineer", "roe")
    replaced = api("PUT", f"/users/{user['id']}", new()).get_json()

    assert replaced["profile"].get("title") is None


@pytest.mark.parametrize(
    ("state", "call", "status", "code"),
    [
        ("STAGED", "reactivate", 403, "E0000038"),
        ("ACTIVE", "activate", 403, "E0000016"),
        ("ACTIVE", "unlock", 403, "E0000032"),
        ("ACTIVE", "unsuspend", 400, "E0000001"),
        ("STAGED", "suspend", 400, "E0000001"),
    ],
)
def test_a_wrong_state_is_refused(api, refused, *, state: str, call: str, status: int, code: str) -> None:
    """U12."""
    query = "?activate=false" if state == "STAGED" else ""
    user = api("POST", f"/users{query}", new(**PASSWORD)).get_json()

    refused(api("POST", f"/users/{user['id']}/lifecycle/{call}"), status, code)


@pytest.fixture
def many(api) -> list[dict]:
    return [api("POST", "/users?activate=false", new(f"user{n}.test")).get_json() for n in range(7)]


def follow(api, path: str) -> list[list[str]]:
    """The ids of all pages."""
    pages = []
    while path:
        response = api("GET", path)
        pages.append([found["id"] for found in response.get_json()])
        links = [part.strip() for part in response.headers["Link"].split(",")]
        following = [link for link in links if 'rel="next"' in link]
        path = following[0].partition(">")[0].removeprefix("<http://127.0.0.1:8420/api/v1") if following else ""
    return pages


def test_pages_of_users_follow_each_other(api, many) -> None:
    pages = follow(api, "/users?limit=3")

    assert [len(page) for page in pages] == [3, 3, 2]
    assert [each for page in pages for each in page][1:] == [user["id"] for user in many]


def test_deleting_what_was_read_disturbs_no_later_page(api, many) -> None:
    first = api("GET", "/users?limit=3")
    for user in first.get_json()[1:]:
        api("DELETE", f"/users/{user['id']}")
        api("DELETE", f"/users/{user['id']}")
    following = first.headers["Link"].split(",")[1].partition("<http://127.0.0.1:8420/api/v1")[2].partition(">")[0]

    assert [user["id"] for user in api("GET", following).get_json()] == [user["id"] for user in many[2:5]]


def test_a_page_whose_first_user_is_gone_begins_with_the_next(api, org) -> None:
    users = []
    for number in range(6):
        org.clock.advance(60)
        users.append(api("POST", "/users?activate=false", new(f"user{number}.test")).get_json()["id"])
    first = api("GET", "/users?limit=3")  # the admin and two of them
    following = first.headers["Link"].split(",")[1].partition("<http://127.0.0.1:8420/api/v1")[2].partition(">")[0]
    for _ in range(2):
        api("DELETE", f"/users/{users[2]}")

    assert [user["id"] for user in api("GET", following).get_json()] == users[3:6]


def test_deprovisioned_users_are_listed_only_when_asked_for(api, many) -> None:
    """U14."""
    api("POST", f"/users/{many[0]['id']}/lifecycle/deactivate")

    def count(query: str) -> int:
        return len(api("GET", f"/users?{query}").get_json())

    assert count("") == 7
    assert count('filter=status eq "DEPROVISIONED"') == 1
    assert count('search=status eq "deprovisioned" or profile.login sw "USER1"') == 2
    assert count("q=user0") == 0
    assert count("q=User1") == 1


def test_filters_of_users(api, many, refused) -> None:
    query = 'filter=lastUpdated gt "2026-08-21T11:59:59.000Z" and (status eq "STAGED" or status eq "ACTIVE")'

    assert len(api("GET", f"/users?{query}").get_json()) == 8
    refused(api("GET", '/users?filter=nonsense eq "x"'), 400, "E0000031")
    refused(api("GET", "/users?search=nonsense"), 400, "E0000031")
    refused(api("GET", "/users?after=nonsense"), 400, "E0000029")
    refused(api("GET", "/users?limit=-1"), 400, "E0000001")


def test_a_search_can_be_sorted(api, many) -> None:
    query = 'search=profile.lastName eq "test"&sortBy=profile.firstName&sortOrder=desc&limit=2'

    assert [user["profile"]["firstName"] for user in api("GET", f"/users?{query}").get_json()] == ["user6", "user5"]


def test_groups_and_membership(api, user, org) -> None:
    """G1-G4."""
    created = api("POST", "/groups", {"profile": {"name": "Sales", "description": "They sell"}})
    group = created.get_json()
    member = f"/groups/{group['id']}/users/{user['id']}"

    assert created.status_code == 200
    assert api("PUT", member).status_code == 204
    assert api("PUT", member).status_code == 204
    assert [found["id"] for found in api("GET", f"/groups/{group['id']}/users").get_json()] == [user["id"]]
    assert [found["profile"]["name"] for found in api("GET", f"/users/{user['id']}/groups").get_json()] == [
        "Everyone",
        "Sales",
    ]
    assert api("DELETE", member).status_code == 204
    renamed = api("PUT", f"/groups/{group['id']}", {"profile": {"name": "Sales 2"}}).get_json()
    assert renamed["profile"] == {"name": "Sales 2", "description": None}
    assert api("DELETE", f"/groups/{group['id']}").status_code == 204
    types = [event["eventType"] for event in org.system_log()]
    assert types[-5:] == [
        "group.lifecycle.create",
        "group.user_membership.add",
        "group.user_membership.remove",
        "group.profile.update",
        "group.lifecycle.delete",
    ]


def test_lists_of_groups(api, refused) -> None:
    for name in ("West Coast", "West End", "East"):
        api("POST", "/groups", {"profile": {"name": name}})

    def names(query: str) -> list[str]:
        return [group["profile"]["name"] for group in api("GET", f"/groups?{query}").get_json()]

    assert names("q=west") == ["West Coast", "West End"]
    assert names('search=profile.name co "t E"') == ["West End"]
    assert names('filter=type eq "BUILT_IN"') == ["Everyone"]
    assert names("limit=2") == ["Everyone", "West Coast"]
    assert [len(page) for page in follow(api, "/groups?limit=3")] == [3, 1]
    refused(api("GET", '/groups?filter=profile.name eq "x"'), 400, "E0000031")


def test_everyone_cannot_be_changed(api, refused) -> None:
    """G6."""
    everyone = api("GET", "/groups").get_json()[0]["id"]

    refused(api("DELETE", f"/groups/{everyone}"), 403, "E0000006")
    refused(api("GET", "/groups/00gNone"), 404, "E0000007", "00gNone (UserGroup)")


def test_assigning_an_app_raises_its_events(api, user, org) -> None:
    app = api("POST", "/apps", {"label": "Payroll"}).get_json()
    assigned = api("POST", f"/apps/{app['id']}/users", {"id": user["id"], "scope": "USER"})

    assert (assigned.status_code, assigned.get_json()["id"]) == (200, user["id"])
    assert api("GET", f"/apps/{app['id']}").get_json() == app
    assert [found["id"] for found in api("GET", f"/apps/{app['id']}/users").get_json()] == [user["id"]]
    assert api("GET", f"/apps/{app['id']}/users/{user['id']}").status_code == 200
    assert [found["label"] for found in api("GET", f"/users/{user['id']}/appLinks").get_json()] == ["Payroll"]
    for name in ("grants", "clients", "idps"):
        assert api("GET", f"/users/{user['id']}/{name}").get_json() == []
    assert api("DELETE", f"/apps/{app['id']}/users/{user['id']}").status_code == 204
    assert api("GET", f"/apps/{app['id']}/users/{user['id']}").status_code == 404
    assert api("DELETE", f"/apps/{app['id']}").status_code == 204
    assert api("GET", "/apps").get_json() == []
    types = [event["eventType"] for event in org.system_log()]
    assert types.index("application.user_membership.add") < types.index("application.user_membership.remove")
