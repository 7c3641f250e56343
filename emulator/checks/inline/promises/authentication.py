"""Authentication: the auth header or bearer token is the only proof that a call is Okta's (I11)."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Unseen
from emulator.checks.inline.check import Need, inline_check
from emulator.checks.verdicts import acknowledged, came_back, crashed, refused
from emulator.runner.results import Level
from emulator.secrets import Secret

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench

_COMPARE: Final = (
    "compare the whole header value with the secret, in constant time, before anything else of the call, and answer 401 "
    "if it differs"
)
_JWT: Final = (
    "verify the token with a JWT library: signature by the issuer's keys (JWKS), issuer, audience and expiry, with the "
    "algorithms fixed by you and not by the token"
)
_BOTH: Final = (Need.ANSWER, Need.AUTH)
_PARTS: Final = 3  # of a JWT


def _lets_in(bench: InlineBench, secret: Secret | None, what: str, *, name: str = "", variant: str = "") -> None:
    """Call with a wrong secret, or none, and want no answer."""
    exchange = bench.send(bench.request(bench.body(variant), channel=bench.with_secret(secret, name=name)))
    if acknowledged(exchange):
        raise Broken(f"a call with {what} was answered with {exchange.status}")


@inline_check(
    "auth-missing",
    title="refuses a call without the auth header",
    rule="I11",
    level=Level.MUST,
    remedy=f"{_COMPARE}; without that anyone who knows the URL gets answers: passwords confirmed, messages sent at your "
    "expense",
    needs=_BOTH,
)
def missing(bench: InlineBench) -> None:
    """Calls without the auth header; fails if that is answered with a 2xx."""
    _lets_in(bench, None, "no auth header")


@inline_check(
    "auth-wrong",
    title="refuses a call with a wrong secret",
    rule="I11",
    level=Level.MUST,
    remedy=f"{_COMPARE}; that the header is there, or begins with Basic or Bearer, proves nothing",
    needs=_BOTH,
    after=("auth-missing",),
)
def wrong(bench: InlineBench) -> None:
    """Calls with another secret of the same scheme and length; fails if that is answered with a 2xx."""
    _lets_in(bench, bench.spoilt.wrong, "a wrong secret")


@inline_check(
    "auth-empty",
    title="refuses a call with an empty auth header",
    rule="I11",
    level=Level.MUST,
    remedy=f"{_COMPARE}; an empty value is a prefix of every secret",
    needs=_BOTH,
    after=("auth-missing",),
)
def empty(bench: InlineBench) -> None:
    """Calls with an auth header that has no value, and with the scheme alone."""
    _lets_in(bench, Secret(""), "an empty auth header")
    scheme, blank, _ = bench.spoilt.right.reveal().partition(" ")
    if blank:
        _lets_in(bench, Secret(scheme), "an auth header that holds the scheme alone")


@inline_check(
    "auth-near",
    title="refuses a call with a secret that is wrong in one character",
    rule="I11",
    level=Level.MUST,
    remedy=f"{_COMPARE}; the whole of it, not a part",
    needs=_BOTH,
    after=("auth-wrong",),
)
def near(bench: InlineBench) -> None:
    """Calls with one character in the middle of the secret changed; fails if that is answered with a 2xx."""
    if bench.spoilt.near is None:
        raise Unseen("the secret is too short to be changed in part")
    _lets_in(bench, bench.spoilt.near, "a secret that is wrong in one character")


@inline_check(
    "auth-prefix",
    title="refuses a call with only the beginning of the secret",
    rule="I11",
    level=Level.MUST,
    remedy=f"{_COMPARE}; startsWith lets in whoever guesses the first character",
    needs=_BOTH,
    after=("auth-wrong",),
)
def prefix(bench: InlineBench) -> None:
    """Calls with the secret cut short; fails if that is answered with a 2xx."""
    if bench.spoilt.shorter is None or bench.spoilt.first is None:
        raise Unseen("the secret is too short to be cut")
    _lets_in(bench, bench.spoilt.shorter, "a secret that lacks its last two characters")
    _lets_in(bench, bench.spoilt.first, "the first character of the secret")


@inline_check(
    "auth-longer",
    title="refuses a call with the secret and something behind it",
    rule="I11",
    level=Level.SHOULD,
    remedy=f"{_COMPARE}; startsWith and contains are no comparisons",
    needs=_BOTH,
    after=("auth-wrong",),
)
def longer(bench: InlineBench) -> None:
    """Calls with two characters behind the secret; fails if that is answered with a 2xx."""
    _lets_in(bench, bench.spoilt.longer, "the secret and two more characters")


@inline_check(
    "auth-case",
    title="refuses a call with the secret in another case",
    rule="I11",
    level=Level.MUST,
    remedy=f"{_COMPARE}; don't lower-case either side, that makes the secret far easier to guess",
    needs=_BOTH,
    after=("auth-wrong",),
)
def case(bench: InlineBench) -> None:
    """Calls with capitals and small letters of the secret swapped; fails if that is answered with a 2xx."""
    if bench.spoilt.other_case is None:
        raise Unseen("the secret has no letters")
    _lets_in(bench, bench.spoilt.other_case, "the secret in another case")


@inline_check(
    "auth-every-call",
    title="authenticates every call on a connection, not just the first",
    rule="I11",
    level=Level.MUST,
    remedy="authenticate each request for itself: a proxy in front sends those of many callers over one connection",
    needs=_BOTH,
    after=("auth-missing", "auth-wrong"),
)
def every_call(bench: InlineBench) -> None:
    """Calls with the right secret, then without and with a wrong one on the same connection; only the first may pass."""
    channels = (bench.target.channel, bench.with_secret(None), bench.with_secret(bench.spoilt.wrong))
    answers = bench.send_in_turn([bench.request(bench.body(), channel=channel) for channel in channels])
    for what, exchange in zip(("no auth header", "a wrong secret"), answers[1:], strict=False):
        if acknowledged(exchange):
            raise Broken(f"behind a call with the right secret one with {what} was answered with {exchange.status}")


@inline_check(
    "auth-every-variant",
    title="authenticates every kind of request",
    rule="I11",
    level=Level.MUST,
    remedy="authenticate before you look at the body, so that no kind of request gets past it",
    needs=_BOTH,
    after=("auth-missing", "auth-wrong"),
)
def every_variant(bench: InlineBench) -> None:
    """Calls with each variant of the type and a wrong secret, and without one; fails if one is answered with a 2xx."""
    variants = bench.kind.variants[1:]
    if not variants:
        raise Unseen("the type has one kind of request, see auth-wrong")
    for variant in variants:
        _lets_in(bench, bench.spoilt.wrong, f"a wrong secret and the variant {variant}", variant=variant)
        _lets_in(bench, None, f"no auth header and the variant {variant}", variant=variant)


@inline_check(
    "auth-header-case",
    title="finds the auth header whatever the case of its name",
    rule="I11",
    level=Level.MUST,
    guessed=True,
    remedy="look the header up without regard to case: proxies and HTTP/2 change it",
    needs=_BOTH,
)
def header_case(bench: InlineBench) -> None:
    """Calls with the auth header's name in lower case and in capitals; both must be answered."""
    auth = bench.auth
    for name in (auth.key.lower(), auth.key.upper()):
        exchange = bench.send(bench.request(bench.body(), channel=bench.with_secret(auth.value, name=name)))
        if not acknowledged(exchange):
            raise Broken(f"with the right secret in {name}: {came_back(exchange)}")


@inline_check(
    "auth-refusal",
    title="refuses with 401 or 403, not with an error or a redirect",
    rule="I8",
    level=Level.SHOULD,
    remedy="answer 401 or 403; a 5xx says that the service is broken and has the call made again, a redirect leads "
    "Okta nowhere",
    needs=_BOTH,
    after=("auth-missing", "auth-wrong"),
)
def refusal(bench: InlineBench) -> None:
    """Calls without the auth header and with a wrong secret; fails if the answer is no 4xx."""
    for secret, what in ((None, "no auth header"), (bench.spoilt.wrong, "a wrong secret")):
        exchange = bench.send(bench.request(bench.body(), channel=bench.with_secret(secret)))
        if not refused(exchange) and not acknowledged(exchange):
            raise Broken(f"with {what}: {came_back(exchange)}")


@inline_check(
    "auth-not-ascii",
    title="refuses a secret with foreign bytes without stumbling",
    rule="I8",
    level=Level.SHOULD,
    guessed=True,
    remedy="compare bytes, not text: Python's hmac.compare_digest raises on text that is not ASCII, and other languages "
    "fail to decode it",
    needs=_BOTH,
    after=("auth-refusal",),
)
def not_ascii(bench: InlineBench) -> None:
    """Calls with an auth header of bytes that are no ASCII; a 5xx or a dropped connection fails."""
    channel = bench.with_secret(bench.spoilt.not_ascii)
    exchange = bench.send(bench.request(bench.body(), channel=channel))
    if crashed(exchange):
        raise Broken(came_back(exchange))
    if acknowledged(exchange):
        raise Broken(f"the wrong secret was answered with {exchange.status}")


@inline_check(
    "token-signature",
    title="verifies the signature of a bearer token",
    rule="I11",
    level=Level.MUST,
    remedy=_JWT,
    needs=_BOTH,
    after=("auth-wrong",),
)
def token_signature(bench: InlineBench) -> None:
    """Calls with the token's own claims under another signature; fails if that is answered with a 2xx."""
    head, claims, signature = _token(bench)
    _lets_in(bench, Secret(f"Bearer {head}.{claims}.{'A' * len(signature)}"), "a token whose signature is made up")


@inline_check(
    "token-algorithm",
    title="takes no bearer token that isn't signed",
    rule="I11",
    level=Level.MUST,
    remedy=_JWT,
    needs=_BOTH,
    after=("token-signature",),
)
def token_algorithm(bench: InlineBench) -> None:
    """Calls with the token's own claims, unsigned, under the algorithm none; fails if that is answered with a 2xx."""
    _, claims, _ = _token(bench)
    for algorithm in ("none", "None"):
        head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).rstrip(b"=").decode()
        _lets_in(bench, Secret(f"Bearer {head}.{claims}."), f"an unsigned token (alg {algorithm})")


def _token(bench: InlineBench) -> list[str]:
    scheme, _, rest = bench.auth.value.reveal().partition(" ")
    parts = rest.strip().split(".")
    if scheme.lower() != "bearer" or len(parts) != _PARTS or not rest.startswith("eyJ"):
        raise Unseen("the secret is no bearer token of OAuth 2.0 (a JWT)")
    return parts
