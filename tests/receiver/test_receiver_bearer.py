"""Bearer tokens at the reference receiver: who is let in, and how the keys that verify them are fetched."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from emulator.errors import UsageError
from receiver.inline.bearer import Bearer, KeysUnavailable, Untrusted

jwt = pytest.importorskip("jwt", reason="needs the extra oauth")
rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")

URL, ISSUER, AUDIENCE = "https://id.example.com/keys", "https://id.example.com", "api://hooks"


class Issuer:
    """Signs tokens, publishes keys, and counts how often they are fetched."""

    def __init__(self) -> None:
        self.private = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in ("old", "new")}
        self.published = ["old"]
        self.down = False
        self.fetched = 0
        self.clock = 0.0

    def fetch(self, url: str, timeout: float) -> Mapping[str, Any]:
        assert (url, timeout) == (URL, 1.0)
        self.fetched += 1
        if self.down:
            raise TimeoutError
        keys = [(name, jwt.algorithms.RSAAlgorithm.to_jwk(self.private[name].public_key())) for name in self.published]
        return {"keys": [json.loads(key) | {"kid": name, "use": "sig"} for name, key in keys]}

    def token(self, *, key: str = "old", algorithm: str = "RS256", **claims: Any) -> str:
        told = {"iss": ISSUER, "aud": AUDIENCE, "exp": time.time() + 60, "scp": ["hooks.call"]} | claims
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(told, self.private[key], algorithm=algorithm, headers={"kid": key})

    def bearer(self, **settings: Any) -> Bearer:
        settings = {"issuer": ISSUER, "audience": AUDIENCE} | settings
        return Bearer(URL, fetch=self.fetch, now=lambda: self.clock, **settings)


@pytest.fixture(scope="module")
def made() -> Issuer:
    return Issuer()


@pytest.fixture
def issuer(made: Issuer) -> Iterator[Issuer]:
    made.published, made.down, made.fetched, made.clock = ["old"], False, 0, 0.0
    return made


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_token_of_the_issuer_is_let_in(issuer: Issuer, scheme: str) -> None:
    bearer = issuer.bearer(scope="hooks.call")

    assert bearer.verify(f"{scheme} {issuer.token()}")["aud"] == AUDIENCE
    assert bearer.verify(f"{scheme} {issuer.token(scp=None, scope='other hooks.call')}")
    assert issuer.fetched == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"nbf": 4_000_000_000},
        {"iss": "https://evil.example.com"},
        {"iss": None},
        {"aud": "api://other"},
        {"aud": None},
        {"scp": ["hooks.read"]},
        {"scp": None},
        {"algorithm": "PS256"},
    ],
    ids=str,
)
def test_any_other_token_is_not(issuer: Issuer, claims: dict[str, Any]) -> None:
    with pytest.raises(Untrusted) as refused:
        issuer.bearer(scope="hooks.call").verify(f"Bearer {issuer.token(**claims)}")

    assert "eyJ" not in str(refused.value)


def unsigned(token: str) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"old"}').rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}."


def signed_by_the_public_key(_: str, issuer: Issuer) -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": time.time() + 60}
    modulus = str(issuer.private["old"].public_key().public_numbers().n)
    return jwt.encode(claims, modulus, algorithm="HS256", headers={"kid": "old"})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token, _: f"Basic {token}",
        lambda token, _: token,
        lambda *_: "",
        lambda *_: "Bearer ",
        lambda *_: "Bearer a.b.c",
        lambda *_: "Bearer \xff\xfe",
        lambda token, _: f"Bearer {token[:-20]}{'A' * 20}",
        lambda token, _: f"Bearer {unsigned(token)}",
        lambda token, issuer: f"Bearer {signed_by_the_public_key(token, issuer)}",
        lambda _, issuer: f"Bearer {issuer.token(key='new')}",
    ],
)
def test_what_proves_nothing_is_not_let_in(issuer: Issuer, spoil: Callable[[str, Issuer], str]) -> None:
    with pytest.raises(Untrusted):
        issuer.bearer().verify(spoil(issuer.token(), issuer))


def test_a_new_key_is_fetched_but_not_for_every_stranger(issuer: Issuer) -> None:
    bearer = issuer.bearer()
    bearer.verify(f"Bearer {issuer.token()}")
    for _ in range(5):
        with pytest.raises(Untrusted, match="unknown key"):
            bearer.verify(f"Bearer {issuer.token(key='new')}")
    issuer.published, issuer.clock = ["old", "new"], 11.0

    assert issuer.fetched == 1
    assert bearer.verify(f"Bearer {issuer.token(key='new')}")
    assert issuer.fetched == 2


def test_keys_that_are_gone_for_good_are_forgotten(issuer: Issuer) -> None:
    bearer = issuer.bearer()
    bearer.verify(f"Bearer {issuer.token()}")
    issuer.published, issuer.clock = ["new"], 601.0

    with pytest.raises(Untrusted, match="unknown key"):
        bearer.verify(f"Bearer {issuer.token()}")


def test_without_any_keys_nobody_is_turned_away_for_good(issuer: Issuer) -> None:
    issuer.down = True
    bearer = issuer.bearer()
    with pytest.raises(KeysUnavailable):
        bearer.verify(f"Bearer {issuer.token()}")
    issuer.down = False
    bearer.verify(f"Bearer {issuer.token()}")
    issuer.down, issuer.clock = True, 601.0

    assert bearer.verify(f"Bearer {issuer.token()}"), "old keys are better than none"


@pytest.mark.parametrize(
    ("url", "settings"),
    [("ftp://x/keys", {}), ("keys", {}), (URL, {"issuer": ""}), (URL, {"audience": ""})],
)
def test_what_could_verify_nothing_is_refused_at_the_start(url: str, settings: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        Bearer(url, **{"issuer": ISSUER, "audience": AUDIENCE} | settings)


def test_the_receiver_asks_for_the_token_instead_of_the_header(issuer: Issuer, make_hook: Callable) -> None:
    hook = make_hook(bearer=issuer.bearer())
    body = {"eventType": "com.okta.oauth2.tokens.transform", "data": {}}

    def status(authorization: str) -> int:
        return hook.client.post("/okta/inline/token", json=body, headers={"Authorization": authorization}).status_code

    assert status(f"Bearer {issuer.token()}") == 204
    assert status("Basic am9objpzM2NyM3QtdmFsdWU=") == 401
    issuer.down, issuer.clock = True, 0.0
    assert (
        make_hook(bearer=issuer.bearer())
        .client.post("/okta/inline/token", json=body, headers={"Authorization": f"Bearer {issuer.token()}"})
        .status_code
        == 503
    )
