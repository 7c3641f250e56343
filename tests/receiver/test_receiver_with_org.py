"""An org with an OAuth channel calls the reference receiver, which verifies the token by the keys that the org serves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest

from emulator import OAuth, Org
from emulator.apis import create_app
from emulator.apis.serving import Serving, listen
from emulator.secrets import Secret
from receiver import Receiver
from receiver.inline.bearer import Bearer

pytest.importorskip("jwt")

pytestmark = pytest.mark.wire

JWT = re.compile(r"eyJ[\w-]{10,}\.")
"""The head of a signed token.  Its first letters alone also turn up in random ids."""


@pytest.fixture
def served() -> Iterator[tuple[Org, str]]:
    with Org(seed=1) as org:
        app = create_app(org, tokens=[Secret("00-test-token")], control_token=Secret("control-token"))
        serving = Serving(app, listen("127.0.0.1", 0), host="127.0.0.1")
        yield org, serving.url
        serving.stop()


@pytest.mark.parametrize("proof", ["secret", "key"])
def test_the_token_that_the_org_fetches_is_let_in_and_no_other(served: tuple[Org, str], proof: str) -> None:
    org, root = served
    issuer = f"{root}/oauth2/default"
    secret = {"secret": "s3cret-value"} if proof == "secret" else {"key": org.create_hook_key("Mine")}
    oauth = OAuth(client_id="my-client", token_url=f"{issuer}/v1/token", scope="hooks", **secret)
    bearer = Bearer(f"{issuer}/v1/keys", issuer=issuer, audience="api://default", scope="hooks")
    with Receiver(bearer=bearer) as receiver:
        hook = org.create_inline_hook(type="token", uri=receiver.inline_url("token"), auth=oauth)
        run = org.execute_inline_hook(hook)
        # The same keys, but a token for another scope than the receiver wants.
        other = org.create_inline_hook(
            type="saml",
            uri=receiver.inline_url("saml"),
            auth=OAuth(client_id="other", token_url=f"{issuer}/v1/token", scope="else", secret="another-secret"),
        )
        refused = org.execute_inline_hook(other)

    assert run.accepted, run.explain()
    assert run.effect.after["access"]["claims"]["external_guid"]
    assert not refused.accepted
    assert "401" in refused.explain()


def test_the_contract_suite_fetches_a_token_too_and_tries_made_up_ones(
    served: tuple[Org, str], okta_hooks: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    org, root = served
    issuer = f"{root}/oauth2/default"
    monkeypatch.setenv("CLIENT_SECRET", "s3cret-value")
    oauth = OAuth(client_id="my-client", token_url=f"{issuer}/v1/token", secret="s3cret-value")
    bearer = Bearer(f"{issuer}/v1/keys", issuer=issuer, audience="api://default")
    with Receiver(bearer=bearer) as receiver:
        url = receiver.inline_url("token")
        org.create_inline_hook(type="token", uri=url, auth=oauth)
        given = ("--token-url", f"{issuer}/v1/token", "--client-id", "my-client", "--scope", "hooks")
        done = okta_hooks(
            "inline", "check", url, "--type", "token", *given, "--client-secret", "${env:CLIENT_SECRET}", "--json"
        )
        once = okta_hooks("inline", "trigger", "token", "--to", url, *given, "--client-secret", "${env:CLIENT_SECRET}")
        wrong = okta_hooks("inline", "check", url, "--type", "token", *given, "--client-secret", "wrong-one")
    found = {check["id"]: check["status"] for check in json.loads(done.out)["checks"]}

    assert done.code == 0, {name: status for name, status in found.items() if status not in {"pass", "skip"}}
    assert (found["token-signature"], found["token-algorithm"], found["auth-missing"]) == ("pass",) * 3
    assert once.code == 0
    assert wrong.code == 3
    assert "the token endpoint gave no token: it answered 401 invalid_client" in wrong.err
    for text in (done.out, once.out, once.err, wrong.err):
        assert "s3cret-value" not in text
        assert not JWT.search(text)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--client-id", "x"], "add --token-url"),
        (["--token-url", "http://localhost:9/t"], "--client-id"),
        (["--token-url", "http://localhost:9/t", "--client-id", "x"], "--client-secret"),
        (
            ["--token-url", "localhost", "--client-id", "x", "--client-secret", "y"],
            "has no http:// or https:// in front",
        ),
        (["--token-url", "http://localhost:9/t", "--header", "Authorization: z"], "leave one of them out"),
    ],
)
def test_options_that_fetch_no_token_are_refused_in_words(okta_hooks: Callable, options, said) -> None:
    done = okta_hooks("inline", "check", "http://localhost:9/x", "--type", "token", *options)

    assert done.code == 2
    assert said in done.err
