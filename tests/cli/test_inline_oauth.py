"""``okta-hooks inline trigger --token-url``: a bearer token is fetched before each call, and never shown (I11)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from emulator.cli.inline._oauth import OAuthOptions

TOKEN = "made.for-one.call"
SECRET = "cl1ent-s3cret-value"


class Answering:
    """Answers each request with a status and JSON, and keeps what came."""

    def __init__(self, raw_server, read_request, answer, status=200):
        self.requests = []
        body = json.dumps(answer).encode()

        def behave(connection):
            self.requests.append(read_request(connection).decode())
            head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)

        self.url = raw_server(behave).url

    @property
    def forms(self):
        return [
            {name: values[0] for name, values in parse_qs(request.partition("\r\n\r\n")[2]).items()}
            for request in self.requests
        ]


@pytest.fixture
def answering(raw_server: Callable, read_request: Callable) -> Callable[..., Answering]:
    return lambda answer, **how: Answering(raw_server, read_request, answer, **how)


@pytest.fixture
def endpoint(answering):
    return answering({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})


@pytest.mark.wire
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_token_is_fetched_with_the_secret_and_sent(okta_hooks, answering, endpoint, monkeypatch, more):
    monkeypatch.setenv("CLIENT_SECRET", SECRET)
    service = answering({"debugContext": {"said": f"{TOKEN} {SECRET}"}})

    done = okta_hooks(
        "inline", "trigger", "saml", "--to", service.url, "--token-url", endpoint.url, "--client-id", "0oa1",
        "--client-secret", "${env:CLIENT_SECRET}", "--scope", "hooks", "--count", "2", "--header", "X-Tenant: blue",
        *more,
    )  # fmt: skip

    assert done.code == 0, done.err
    assert endpoint.forms[0] == {
        "grant_type": "client_credentials", "scope": "hooks", "client_id": "0oa1", "client_secret": SECRET,
    }  # fmt: skip
    assert len(endpoint.requests) == len(service.requests) == 2
    assert all(f"Authorization: Bearer {TOKEN}\r\n" in request for request in service.requests)
    assert all("X-Tenant: blue\r\n" in request for request in service.requests)
    assert not any(secret in done.out + done.err for secret in (TOKEN, SECRET))


@pytest.mark.wire
def test_a_token_is_fetched_with_a_key_and_sent(okta_hooks, answering, endpoint, tmp_path):
    pytest.importorskip("jwt")
    from emulator.delivery.signing import new_key

    key = tmp_path / "key.pem"
    key.write_text(new_key("mine").pem.reveal(), "utf-8")
    service = answering({})

    done = okta_hooks(
        "inline", "trigger", "token", "--to", service.url, "--token-url", endpoint.url, "--client-id", "0oa1",
        "--client-key", str(key), "--key-id", "mine",
    )  # fmt: skip

    assert done.code == 0, done.err
    (form,) = endpoint.forms
    head = form["client_assertion"].partition(".")[0]
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["kid"] == "mine"
    assert "client_secret" not in form


@pytest.mark.wire
def test_a_wrong_token_must_be_refused(okta_hooks, answering, endpoint):
    service = answering({}, status=401)

    done = okta_hooks(
        "inline", "trigger", "saml", "--to", service.url, "--token-url", endpoint.url, "--client-id", "0oa1",
        "--client-secret", SECRET, "--auth", "wrong",
    )  # fmt: skip

    assert done.code == 0
    assert "Authorization: Bearer " in service.requests[0]
    assert TOKEN not in service.requests[0]


@pytest.mark.wire
def test_without_a_token_the_hook_is_not_called(okta_hooks, answering):
    service, endpoint = answering({}), answering({"error": "invalid_client"}, status=401)

    done = okta_hooks(
        "inline", "trigger", "saml", "--to", service.url, "--token-url", endpoint.url, "--client-id", "0oa1",
        "--client-secret", SECRET,
    )  # fmt: skip

    assert done.code == 3
    assert "the token endpoint gave no token: it answered 401 invalid_client" in done.err
    assert service.requests == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--scope", "x"], "leave --scope out"),
        (["--token-url", "http://x/token"], "who asks for the token?"),
        (["--token-url", "http://x/token", "--client-id", "a"], "give either a secret or a key"),
        (["--token-url", "x/token", "--client-id", "a", "--client-secret", "b"], "--token-url"),
        (["--token-url", "http://x/token", "--header", "Authorization: b"], "either an auth header or OAuth 2.0"),
        (["--token-url", "http://x/t", "--client-id", "a", "--client-key", "nowhere.pem"], "can't be read"),
    ],
)
def test_options_that_do_not_go_together_are_told(okta_hooks, words, says):
    done = okta_hooks("inline", "trigger", "saml", "--to", "http://127.0.0.1:1/", *words)

    assert done.code == 2
    assert says in done.err


def test_options_are_shown_again_without_the_secret():
    given = {"token_url": "http://x/t?code=abcdefgh", "client_id": "a b", "client_key": "", "key_id": "", "scope": ""}

    secret, variable = (OAuthOptions(**given, client_secret=text).shown() for text in (SECRET, "${env:S}"))

    assert secret == ["--token-url 'http://x/t?code=[secret]'", "--client-id 'a b'", "--client-secret '[secret]'"]
    assert variable[-1] == "--client-secret '${env:S}'"


def test_a_file_that_holds_no_key_is_told(okta_hooks, tmp_path):
    pytest.importorskip("jwt")
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nnonsense\n", "utf-8")

    done = okta_hooks(
        "inline", "trigger", "saml", "--to", "http://127.0.0.1:1/", "--token-url", "http://x/t", "--client-id", "a",
        "--client-key", str(tmp_path / "key.pem"),
    )  # fmt: skip

    assert done.code == 2
    assert "no private RSA key" in done.err
    assert "nonsense" not in done.err
