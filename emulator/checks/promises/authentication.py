"""Authentication: the hook's auth header is the only proof that a request is Okta's (H6, D31)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.checks.check import Broken, Need, Unseen, check
from emulator.checks.verdicts import acknowledged, crashed, echoed, refused, seen
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench
    from emulator.delivery.exchange import Exchange
    from emulator.secrets import Secret

_COMPARE = (
    "compare the whole header value with the secret, in constant time, before anything else, and answer 401 if it "
    "differs"
)
_BOTH = (Need.DELIVERY, Need.AUTH)


def _lets_in(bench: Bench, secret: Secret | None, what: str, *, name: str = "") -> None:
    """Deliver with a wrong secret, or none, and want no acknowledgement."""
    exchange = bench.send(bench.delivery([bench.event()], channel=bench.with_secret(secret, name=name)))
    if acknowledged(exchange):
        raise Broken(f"a delivery with {what} was acknowledged with {exchange.status}")


@check(
    "auth-missing",
    title="refuses a delivery without the auth header",
    rule="D31",
    level=Level.MUST,
    remedy=f"{_COMPARE}; without that anyone who knows the URL can post events, since nothing in a delivery is signed",
    needs=_BOTH,
    snippet="authentication",
)
def missing(bench: Bench) -> None:
    """Delivers without the auth header; fails if that is acknowledged."""
    _lets_in(bench, None, "no auth header")


@check(
    "auth-wrong",
    title="refuses a delivery with a wrong secret",
    rule="D31",
    level=Level.MUST,
    remedy=f"{_COMPARE}; that the header is there, or begins with Basic or Bearer, proves nothing",
    needs=_BOTH,
    after=("auth-missing",),
    snippet="authentication",
)
def wrong(bench: Bench) -> None:
    """Delivers with another secret of the same scheme and length; fails if that is acknowledged."""
    _lets_in(bench, bench.spoilt.wrong, "a wrong secret")


@check(
    "auth-basic",
    title="compares both the name and the password of Basic",
    rule="H6",
    level=Level.MUST,
    remedy=f"{_COMPARE}; if you decode Basic, compare the name and the password",
    needs=_BOTH,
    after=("auth-wrong",),
    snippet="authentication",
)
def basic(bench: Bench) -> None:
    """Delivers with the right name and a wrong password, and the other way round."""
    if bench.spoilt.other_password is None or bench.spoilt.other_name is None:
        raise Unseen("the secret is not Basic")
    _lets_in(bench, bench.spoilt.other_password, "Basic's right name and a wrong password")
    _lets_in(bench, bench.spoilt.other_name, "Basic's right password and a wrong name")


@check(
    "auth-near",
    title="refuses a delivery with a secret that is wrong in one character",
    rule="D31",
    level=Level.MUST,
    remedy=f"{_COMPARE}; the whole of it, not a part",
    needs=_BOTH,
    after=("auth-wrong", "auth-basic"),
    snippet="authentication",
)
def near(bench: Bench) -> None:
    """Delivers with one character in the middle of the secret changed; fails if that is acknowledged."""
    if bench.spoilt.near is None:
        raise Unseen("the secret is too short to be changed in part")
    _lets_in(bench, bench.spoilt.near, "a secret that is wrong in one character")


@check(
    "auth-empty",
    title="refuses a delivery with an empty auth header",
    rule="D31",
    level=Level.MUST,
    remedy=f"{_COMPARE}; an empty value is a prefix of every secret",
    needs=_BOTH,
    after=("auth-missing",),
    snippet="authentication",
)
def empty(bench: Bench) -> None:
    """Delivers with an auth header that has no value, and with the scheme alone."""
    from emulator.secrets import Secret

    _lets_in(bench, Secret(""), "an empty auth header")
    scheme, blank, _ = bench.spoilt.right.reveal().partition(" ")
    if blank:
        _lets_in(bench, Secret(scheme), "an auth header that holds the scheme alone")


@check(
    "auth-prefix",
    title="refuses a delivery with only the beginning of the secret",
    rule="D31",
    level=Level.MUST,
    remedy=f"{_COMPARE}; startsWith lets in whoever guesses the first character",
    needs=_BOTH,
    after=("auth-wrong",),
    snippet="authentication",
)
def prefix(bench: Bench) -> None:
    """Delivers with the secret cut short; fails if that is acknowledged."""
    if bench.spoilt.shorter is None or bench.spoilt.first is None:
        raise Unseen("the secret is too short to be cut")
    _lets_in(bench, bench.spoilt.shorter, "a secret that lacks its last two characters")
    _lets_in(bench, bench.spoilt.first, "the first character of the secret")


@check(
    "auth-longer",
    title="refuses a delivery with the secret and something behind it",
    rule="H6",
    level=Level.SHOULD,
    remedy=f"{_COMPARE}; startsWith and contains are no comparisons",
    needs=_BOTH,
    after=("auth-wrong",),
    snippet="authentication",
)
def longer(bench: Bench) -> None:
    """Delivers with two characters behind the secret; fails if that is acknowledged."""
    _lets_in(bench, bench.spoilt.longer, "the secret and two more characters")


@check(
    "auth-case",
    title="refuses a delivery with the secret in another case",
    rule="H6",
    level=Level.MUST,
    remedy=f"{_COMPARE}; don't lower-case either side, that makes the secret far easier to guess",
    needs=_BOTH,
    after=("auth-wrong",),
    snippet="authentication",
)
def case(bench: Bench) -> None:
    """Delivers with capitals and small letters of the secret swapped; fails if that is acknowledged."""
    if bench.spoilt.other_case is None:
        raise Unseen("the secret has no letters")
    _lets_in(bench, bench.spoilt.other_case, "the secret in another case")


@check(
    "auth-scheme",
    title="refuses a delivery with the secret under another scheme",
    rule="H6",
    level=Level.SHOULD,
    remedy=f"{_COMPARE}: scheme and all, for Okta sends the configured value and adds nothing",
    needs=_BOTH,
    after=("auth-wrong",),
    snippet="authentication",
)
def scheme(bench: Bench) -> None:
    """Delivers with the secret behind Basic or Bearer instead of its own scheme, and without its scheme."""
    for other in bench.spoilt.other_schemes:
        _lets_in(bench, other, "the secret under another scheme")


@check(
    "auth-other-header",
    title="looks for the secret in the configured header only",
    rule="H6",
    level=Level.SHOULD,
    remedy="read the one header that is configured for the hook; another place may end up in logs or come from a proxy",
    needs=_BOTH,
    after=("auth-missing",),
)
def other_header(bench: Bench) -> None:
    """Delivers with the right secret under another header's name; fails if that is acknowledged."""
    auth = bench.auth
    others = [name for name in ("Authorization", "X-Api-Key", "X-Auth-Token") if name.lower() != auth.key.lower()]
    for name in others:
        _lets_in(bench, auth.value, f"the secret in {name} instead of {auth.key}", name=name)


@check(
    "auth-header-case",
    title="finds the auth header whatever the case of its name",
    rule="H2",
    level=Level.MUST,
    remedy="look the header up without regard to case: proxies and HTTP/2 change it",
    needs=_BOTH,
)
def header_case(bench: Bench) -> None:
    """Delivers with the auth header's name in lower case and in capitals; both must be acknowledged."""
    auth = bench.auth
    for name in (auth.key.lower(), auth.key.upper()):
        request = bench.delivery([bench.event()], channel=bench.with_secret(auth.value, name=name))
        bench.acknowledges(request, what=f"with the right secret in {name}")


@check(
    "auth-verification",
    title="refuses a verification with a wrong secret",
    rule="V8",
    level=Level.SHOULD,
    remedy="authenticate the GET like the POST: Okta sends the auth header with both",
    needs=(Need.VERIFICATION, Need.AUTH),
    after=("auth-missing", "verification-fresh"),
    snippet="authentication",
)
def verification(bench: Bench) -> None:
    """Sends the verification with a wrong secret and without one; fails if the challenge comes back."""
    for secret, what in ((bench.spoilt.wrong, "a wrong secret"), (None, "no auth header")):
        challenge = bench.challenge()
        exchange = bench.send(bench.verification(challenge, channel=bench.with_secret(secret)))
        if acknowledged(exchange) and _echoes(exchange, challenge):
            raise Broken(f"a verification with {what} got its challenge back")


def _echoes(exchange: Exchange, challenge: str) -> bool:
    try:
        return bool(echoed(exchange) == challenge)
    except ValueError:
        return False


@check(
    "auth-refusal",
    title="refuses with 401 or 403, not with an error or a redirect",
    rule="R4",
    level=Level.SHOULD,
    remedy="answer 401 or 403; a 5xx says that the receiver is broken and has the request sent again, a redirect "
    "leads Okta nowhere",
    needs=_BOTH,
    after=("auth-missing", "auth-wrong"),
)
def refusal(bench: Bench) -> None:
    """Delivers without the auth header and with a wrong secret; fails if the answer is no 4xx."""
    for secret, what in ((None, "no auth header"), (bench.spoilt.wrong, "a wrong secret")):
        exchange = bench.send(bench.delivery([bench.event()], channel=bench.with_secret(secret)))
        if not refused(exchange) and not acknowledged(exchange):
            raise Broken(f"with {what}: {seen(exchange)}")


@check(
    "auth-not-ascii",
    title="refuses a secret with foreign bytes without stumbling",
    rule="R3",
    level=Level.SHOULD,
    guessed=True,
    remedy="compare bytes, not text: Python's hmac.compare_digest raises on text that is not ASCII, and other "
    "languages fail to decode it",
    needs=_BOTH,
    after=("auth-refusal",),
    snippet="authentication",
)
def not_ascii(bench: Bench) -> None:
    """Delivers with an auth header of bytes that are no ASCII; a 5xx or a dropped connection fails."""
    channel = bench.with_secret(bench.spoilt.not_ascii)
    exchange = bench.send(bench.delivery([bench.event()], channel=channel))
    if crashed(exchange):
        raise Broken(seen(exchange))
    if acknowledged(exchange):
        raise Broken(f"the wrong secret was acknowledged with {exchange.status}")
