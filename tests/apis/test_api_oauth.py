"""The org's authorization servers: clients, tokens, keys and discovery (I11)."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from emulator import OAuth, Org
from emulator.delivery.oauth import ASSERTION_TYPE, AuthType, OAuthChannel, client_assertion
from emulator.delivery.signing import check_token, new_key

pytest.importorskip("jwt")

BASE = "http://127.0.0.1:8420"
TOKEN = "/oauth2/default/v1/token"
URL = f"{BASE}{TOKEN}"
SECRET = "s3cret-value"
URI = "https://hooks.example.com/inline"


@pytest.fixture
def web(app) -> Client:
    return Client(app)


def ask(web: Client, method: str, path: str, **more: Any) -> tuple[int, Any]:
    response = web.open(path, method=method, base_url=BASE, **more)
    return response.status_code, response.get_json()


@pytest.fixture
def secret_client(org: Org) -> str:
    org.create_inline_hook(type="token", uri=URI, auth=OAuth(client_id="client", token_url=URL, secret=SECRET))
    return "client"


@pytest.mark.parametrize(
    ("path", "metadata", "issuer"),
    [
        (TOKEN, "/oauth2/default/.well-known/oauth-authorization-server", f"{BASE}/oauth2/default"),
        ("/oauth2/v1/token", "/.well-known/openid-configuration", BASE),
    ],
)
def test_a_receiver_can_check_a_token_with_what_is_published(web, secret_client, path, metadata, issuer) -> None:
    form = {"grant_type": "client_credentials", "client_id": "client", "client_secret": SECRET, "scope": "a b"}

    status, answer = ask(web, "POST", path, data=form)

    assert (status, answer["token_type"], answer["expires_in"], answer["scope"]) == (200, "Bearer", 3600, "a b")
    _, found = ask(web, "GET", metadata)
    assert (found["issuer"], found["token_endpoint"]) == (issuer, f"{BASE}{path}")
    _, jwks = ask(web, "GET", found["jwks_uri"].removeprefix(BASE))
    claims = check_token(answer["access_token"], jwks["keys"], audience=["api://default"], issuer=found["issuer"])
    assert (claims["cid"], claims["sub"], claims["scp"]) == ("client", "client", ["a", "b"])
    assert all("d" not in key for key in jwks["keys"])


def test_the_secret_may_come_as_basic_authentication(web, secret_client) -> None:
    form = {"grant_type": "client_credentials"}

    assert ask(web, "POST", TOKEN, data=form, auth=("client", SECRET))[0] == 200
    assert ask(web, "POST", TOKEN, data=form, auth=("client", "wrong"))[0] == 401


def test_two_tokens_are_never_the_same(web, secret_client) -> None:
    form = {"grant_type": "client_credentials", "client_id": "client", "client_secret": SECRET}

    assert ask(web, "POST", TOKEN, data=form)[1] != ask(web, "POST", TOKEN, data=form)[1]


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
        ({"client_assertion": "x", "client_assertion_type": "y"}, 400, "invalid_request"),
        ({"client_assertion": "x", "client_assertion_type": ASSERTION_TYPE}, 401, "invalid_client"),
    ],
)
def test_a_token_request_is_refused_in_the_words_of_oauth(web, secret_client, change, status, error) -> None:
    form = {"grant_type": "client_credentials", "client_id": "client", "client_secret": SECRET, **change}

    found, answer = ask(web, "POST", TOKEN, data=form)

    assert (found, answer["error"]) == (status, error)
    assert SECRET not in answer["error_description"]


def test_a_json_body_is_no_token_request(web, secret_client) -> None:
    form = {"grant_type": "client_credentials", "client_id": "client", "client_secret": SECRET}

    assert ask(web, "POST", TOKEN, json=form)[0] == 400


@pytest.mark.parametrize(
    ("wrong", "status"),
    [("nothing", 200), ("key", 401), ("audience", 401), ("issuer", 401), ("client_id left out", 200)],
)
def test_a_client_proves_itself_with_its_hook_key(web, org: Org, wrong: str, status: int) -> None:
    """private_key_jwt: the assertion is signed with the key that the hook names, for this very endpoint."""
    key = org.create_hook_key("Mine")
    org.create_inline_hook(type="token", uri=URI, auth=OAuth(client_id="client", token_url=URL, key=key))
    channel = OAuthChannel(
        auth_type=AuthType.KEY,
        client_id="somebody" if wrong == "issuer" else "client",
        token_url=f"{BASE}/elsewhere" if wrong == "audience" else URL,
        hook_key_id=key.id,
    )
    signing = new_key(key.key.kid) if wrong == "key" else key.key
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    form["client_assertion"] = client_assertion(channel, signing, assertion_id="1").reveal()
    if wrong != "client_id left out":
        form["client_id"] = "client"

    assert ask(web, "POST", TOKEN, data=form)[0] == status


def test_what_else_an_authorization_server_has_is_not_here(web) -> None:
    assert ask(web, "GET", "/oauth2/default/v1/authorize")[0] == 404
    assert ask(web, "GET", TOKEN)[0] == 405


def test_without_the_extra_it_says_what_to_install(web, secret_client, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jwt", None)
    form = {"grant_type": "client_credentials", "client_id": "client", "client_secret": SECRET}

    status, answer = ask(web, "POST", TOKEN, data=form)

    assert status == 501
    assert "pip install 'okta-hook-emulator[oauth]'" in answer["error_description"]


def test_without_the_extra_a_hook_key_can_t_be_made(api, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jwt", None)

    response = api("POST", "/hook-keys", {"name": "Mine"})

    assert (response.status_code, response.get_json()["errorCode"]) == (501, "E0000060")
    assert "okta-hook-emulator[oauth]" in response.get_json()["errorCauses"][0]["errorSummary"]
