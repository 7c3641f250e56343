"""Verification: the one GET that proves control of the hook's URI (V1-V22)."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emulator.checks.check import Broken, Need, check
from emulator.checks.verdicts import acknowledged, crashed, echoed, seen
from emulator.contract.constants import CHALLENGE_HEADER, CONTENT_TYPE, REQUEST_ID_HEADER
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench
    from emulator.delivery.exchange import Exchange

_ECHO = (
    'answer the GET with status 200, Content-Type: application/json and {"verification": "<the value of the '
    'X-Okta-Verification-Challenge header>"}'
)
_ALPHABET_ENDS = "-_Aa0-9zZ_0123456789-abcdefghijklmnop_-"


def _wrong(exchange: Exchange, challenge: str) -> str:
    """Return what is wrong with the answer to a verification, or an empty text."""
    if exchange.reply is None or not acknowledged(exchange):
        return seen(exchange)
    try:
        got = echoed(exchange)
    except ValueError as error:
        return str(error)
    return "" if got == challenge else f"sent {challenge}, got back {_shown(got)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 240 else f"{text[:240]}…"


@check(
    "verification-time",
    title="answers the verification within 3 seconds",
    rule="V9",
    level=Level.MUST,
    remedy="answer the GET first and do nothing else in it: no database, no call to another service, no cold start "
    "that takes seconds (keep one instance warm)",
    snippet="verification",
)
def in_time(bench: Bench) -> None:
    """Sends the verification; fails if no complete answer came within 3 seconds."""
    exchange = bench.target.known.verification or bench.send(bench.verification(bench.challenge()))
    bench.keep([exchange])
    if exchange.failure == "timeout":
        raise Broken(f"{seen(exchange)}; the verify call then answers 400, and the hook gets no events")


@check(
    "verification-echo",
    title="returns the challenge of the verification byte for byte",
    rule="V5",
    level=Level.MUST,
    remedy=_ECHO,
    after=("verification-time",),
    snippet="verification",
)
def echo(bench: Bench) -> None:
    """Sends the verification with a fresh challenge; wants a 2xx answer, a JSON object and the very same value."""
    known = bench.target.known
    exchange = known.verification or bench.send(bench.verification(known.challenge))
    bench.keep([exchange])
    trouble = _wrong(exchange, known.challenge)
    if not trouble:
        return
    if exchange.status in {401, 403} and bench.target.channel.auth is None:
        trouble += "; if the hook has an auth header, name it with --header"
    for spelling in (CHALLENGE_HEADER.lower(), CHALLENGE_HEADER.upper()):
        challenge = bench.challenge()
        if not _wrong(bench.send(bench.verification(challenge, header=spelling)), challenge):
            trouble += f"; with the header as {spelling} it would be right, so its name is compared with its case"
    raise Broken(trouble)


@check(
    "verification-fresh",
    title="returns the challenge of this call, not of an earlier one",
    rule="V4",
    level=Level.MUST,
    remedy="read the challenge from the request that is being answered; keep it in no global, cache or file",
    needs=(Need.VERIFICATION,),
    snippet="verification",
)
def fresh(bench: Bench) -> None:
    """Sends three verifications one after the other and four at once, each with another challenge."""
    challenges = [bench.challenge() for _ in range(7)]
    requests = [bench.verification(challenge) for challenge in challenges]
    exchanges = [bench.send(request) for request in requests[:3]] + bench.at_once(requests[3:])
    for exchange, challenge in zip(exchanges, challenges, strict=True):
        trouble = _wrong(exchange, challenge)
        if trouble:
            raise Broken(trouble)


@check(
    "verification-header-case",
    title="finds the challenge header whatever the case of its name",
    rule="V3",
    level=Level.MUST,
    remedy="look the header up without regard to case: proxies and HTTP/2 change it; most frameworks do so if asked "
    "by their own header object rather than a plain dictionary",
    needs=(Need.VERIFICATION,),
    after=("verification-fresh",),
    snippet="verification",
)
def header_case(bench: Bench) -> None:
    """Sends the verification with the header's name in lower case, in capitals, and as Okta writes it."""
    troubles = []
    for name in (CHALLENGE_HEADER.lower(), CHALLENGE_HEADER.upper(), CHALLENGE_HEADER):
        challenge = bench.challenge()
        trouble = _wrong(bench.send(bench.verification(challenge, header=name)), challenge)
        if trouble:
            troubles.append(f"{name}: {trouble}")
    if troubles:
        raise Broken("\n".join(troubles))


@check(
    "verification-any-challenge",
    title="returns challenges of any length, and with - and _ at their ends",
    rule="V4",
    level=Level.MUST,
    remedy="treat the challenge as opaque text: no length check, no trimming, no change of case, no decoding",
    needs=(Need.VERIFICATION,),
    after=("verification-fresh",),
    snippet="verification",
)
def any_challenge(bench: Bench) -> None:
    """Sends challenges of 8, 40 and 200 characters, one that starts with a hyphen, one of digits only."""
    cases = {
        "40 characters that start and end with - or _": _ALPHABET_ENDS,
        "8 characters": bench.challenge()[:8],
        "200 characters": (bench.challenge() * 5)[:200],
        "digits only": "0012345678901234567890",
    }
    troubles = []
    for name, challenge in cases.items():
        trouble = _wrong(bench.send(bench.verification(challenge)), challenge)
        if trouble:
            troubles.append(f"{name}: {trouble}")
    if troubles:
        raise Broken("\n".join(troubles))


@check(
    "verification-escaping",
    title="writes the challenge as JSON, whatever characters it has",
    rule="V6",
    level=Level.SHOULD,
    remedy="let a JSON library write the answer; text that is put together by hand breaks, or lets strangers write "
    "into your page, as soon as a value holds quotes or angle brackets",
    needs=(Need.VERIFICATION,),
    after=("verification-fresh",),
    snippet="verification",
)
def escaping(bench: Bench) -> None:
    """Sends challenges with quotes, a backslash, &, <, + and %; refusing them is fine, changing them is not."""
    for challenge in ("ab\"cd'ef\\gh", "a&b<c>d+e%20f/g="):
        exchange = bench.send(bench.verification(challenge))
        trouble = _wrong(exchange, challenge)
        if trouble and (acknowledged(exchange) or crashed(exchange)):
            raise Broken(trouble)


@check(
    "verification-status",
    title="answers the verification with 200",
    rule="V19",
    level=Level.SHOULD,
    remedy="answer with 200; whether Okta takes another 2xx is not known",
    needs=(Need.VERIFICATION,),
    after=("verification-fresh",),
)
def status(bench: Bench) -> None:
    """Looks at the status of a verification that brought the challenge back."""
    exchange = bench.send(bench.verification(bench.challenge()))
    if acknowledged(exchange) and exchange.status != 200:
        raise Broken(f"answered {exchange.summary()}")


@check(
    "verification-content-type",
    title="answers the verification as application/json",
    rule="V19",
    level=Level.SHOULD,
    remedy="set Content-Type: application/json; whether Okta takes another one is not known",
    needs=(Need.VERIFICATION,),
    after=("verification-fresh",),
    snippet="verification",
)
def content_type(bench: Bench) -> None:
    """Looks at the media type of a verification that brought the challenge back."""
    exchange = bench.send(bench.verification(bench.challenge()))
    if exchange.reply is not None and acknowledged(exchange) and exchange.reply.media_type != CONTENT_TYPE:
        raise Broken(f"answered as {exchange.reply.media_type or 'no type at all'}")


@check(
    "verification-byte-order-mark",
    title="answers the verification with nothing before the JSON",
    rule="V19",
    level=Level.SHOULD,
    remedy="write the body as UTF-8 without a byte order mark; JSON has none (RFC 8259), and strict readers refuse it",
    needs=(Need.VERIFICATION,),
    after=("verification-fresh",),
)
def byte_order_mark(bench: Bench) -> None:
    """Looks at the first bytes of a verification that brought the challenge back."""
    exchange = bench.send(bench.verification(bench.challenge()))
    if exchange.reply is not None and exchange.reply.body.startswith(BOM_UTF8):
        raise Broken("the body begins with a byte order mark")


@check(
    "verification-without-challenge",
    title="invents no challenge when there is none",
    rule="V22",
    level=Level.SHOULD,
    remedy="answer a GET without the header with 400 or 404, or with a page of your own; never with "
    '{"verification": null}',
    needs=(Need.VERIFICATION,),
    after=("verification-fresh",),
)
def without_challenge(bench: Bench) -> None:
    """Sends the GET without the challenge header; fails on an answer with a verification in it, or on a 5xx."""
    request = bench.verification("x")
    headers = tuple((name, value) for name, value in request.headers if name != CHALLENGE_HEADER)
    exchange = bench.send(replace(request, headers=headers))
    if crashed(exchange):
        raise Broken(seen(exchange))
    if not acknowledged(exchange):
        return
    try:
        got = echoed(exchange)
    except ValueError:
        return
    raise Broken(f'answered {exchange.status} with {{"verification": {_shown(got)}}}')


@check(
    "verification-user-agent",
    title="verifies without Okta's User-Agent and request id",
    rule="H4",
    level=Level.MUST,
    remedy="ask for the challenge header and the auth header only; User-Agent and X-Okta-Request-Id change, and "
    "proxies rewrite them",
    needs=(Need.VERIFICATION,),
    after=("verification-fresh",),
)
def user_agent(bench: Bench) -> None:
    """Sends the verification without these two headers."""
    challenge = bench.challenge()
    request = bench.verification(challenge)
    headers = tuple((name, value) for name, value in request.headers if name not in {"User-Agent", REQUEST_ID_HEADER})
    trouble = _wrong(bench.send(replace(request, headers=headers)), challenge)
    if trouble:
        raise Broken(trouble)
