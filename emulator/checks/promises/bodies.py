"""Bodies: large ones, and ones that are no delivery at all (D8, D9, R3)."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from emulator.checks.check import Broken, Need, Stage, Unseen, check
from emulator.checks.verdicts import acknowledged, not_crashed, seen, unsent
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench
    from emulator.delivery.exchange import Request

_SIZE: Final = 150 * 1024
_LARGE: Final = 5 * 1024 * 1024
_HUGE: Final = 20 * 1024 * 1024
_DEEP: Final = 20_000

_LIMIT = (
    "raise the limit for a request's body to some megabytes: Express takes 100 KB unless told otherwise "
    "(express.json({limit: '10mb'})), nginx 1 MB (client_max_body_size), and a batch of 60 events is larger than 100 KB"
)
_FOUR_HUNDRED = (
    "answer 400 to what can't be read: catch the parser's error, and check that the parts you read are there; a 5xx "
    "says that the receiver is broken, and has the same body sent again"
)
_DELIVERY = (Need.DELIVERY,)


def _padded(bench: Bench, size: int) -> Request:
    """Return the delivery of one event whose debugData makes it *size* bytes."""
    mark = "#pad#"
    event = bench.event()
    event["debugContext"] = {"debugData": {**((event.get("debugContext") or {}).get("debugData") or {}), "note": mark}}
    return bench.delivery(bench.delivery([event]).body.replace(mark.encode(), _filler(size)))  # type: ignore[union-attr]


@lru_cache(maxsize=4)
def _filler(size: int) -> bytes:
    return b"lorem ipsum " * (size // 12)


@check(
    "body-over-100kb",
    title="takes a body of more than 100 KB",
    rule="D8",
    level=Level.MUST,
    remedy=_LIMIT,
    needs=_DELIVERY,
    snippet="body-limit",
)
def over_100kb(bench: Bench) -> None:
    """Delivers one event with 150 KB of debugData."""
    bench.acknowledges(_padded(bench, _SIZE), what="a body of 150 KB")


@check(
    "body-5mb",
    title="takes a body of 5 MB, or refuses it properly",
    rule="D9",
    level=Level.SHOULD,
    remedy=f"{_LIMIT}; if there must be a limit, answer 413 and stay alive",
    stage=Stage.ATTACK,
    needs=_DELIVERY,
    after=("body-over-100kb",),
    snippet="body-limit",
)
def five_mb(bench: Bench) -> None:
    """Delivers one event with 5 MB of debugData; a 5xx, a timeout or a dropped connection fails, a 413 doesn't."""
    _large(bench, _LARGE, "a body of 5 MB")


@check(
    "body-20mb",
    title="survives a body of 20 MB",
    rule="D9",
    level=Level.SHOULD,
    remedy="bound what you read: answer 413 beyond a limit of some megabytes, without reading the rest",
    stage=Stage.ATTACK,
    needs=_DELIVERY,
    after=("body-5mb", "body-over-100kb"),
    snippet="body-limit",
)
def twenty_mb(bench: Bench) -> None:
    """Delivers one event with 20 MB of debugData; a 5xx, a timeout or a dropped connection fails, a 413 doesn't."""
    _large(bench, _HUGE, "a body of 20 MB")


def _large(bench: Bench, size: int, what: str) -> None:
    exchange = bench.send(_padded(bench, size))
    if exchange.failure == "timeout" and exchange.phase == "send":
        raise Unseen(f"{what} could not be sent within the time limit")
    if not (acknowledged(exchange) or unsent(exchange)) and exchange.status not in {400, 413}:
        raise Broken(f"{what}: {seen(exchange)}")


@check(
    "malformed-json",
    title="answers malformed JSON without stumbling",
    rule="R3",
    level=Level.SHOULD,
    guessed=True,
    remedy=_FOUR_HUNDRED,
    stage=Stage.ATTACK,
    needs=_DELIVERY,
    snippet="malformed",
)
def malformed(bench: Bench) -> None:
    """Posts a delivery cut in half, text that is no JSON, and a trailing comma; a 5xx or no answer fails."""
    bench.wants_each({what: bench.delivery(body) for what, body in _malformed(bench).items()}, not_crashed)


def _malformed(bench: Bench) -> dict[str, bytes]:
    whole = bench.delivery([bench.event()]).body or b""
    return {
        "a delivery cut in half": whole[: len(whole) // 2],
        "text that is no JSON": b"this is not json",
        "a trailing comma": b'{"data": {"events": [],},}',
    }


@check(
    "malformed-json-refused",
    title="refuses malformed JSON with a 4xx",
    rule="R3",
    level=Level.MAY,
    guessed=True,
    remedy="answer 400 to what can't be read; a 2xx says that the events are safe with you, and nobody learns that "
    "they were lost",
    needs=_DELIVERY,
    stage=Stage.ATTACK,
    after=("malformed-json",),
    snippet="malformed",
)
def malformed_refused(bench: Bench) -> None:
    """Posts a delivery cut in half; a 2xx fails."""
    exchange = bench.send(bench.delivery(_malformed(bench)["a delivery cut in half"]))
    if acknowledged(exchange):
        raise Broken(f"half a delivery was acknowledged with {exchange.status}")


@check(
    "empty-body",
    title="answers an empty body without stumbling",
    rule="R3",
    level=Level.SHOULD,
    guessed=True,
    remedy=_FOUR_HUNDRED,
    stage=Stage.ATTACK,
    needs=_DELIVERY,
    after=("malformed-json",),
    snippet="malformed",
)
def empty(bench: Bench) -> None:
    """Posts no bytes at all, and white space; a 5xx or no answer fails."""
    bench.wants_each({"no bytes": bench.delivery(b""), "white space": bench.delivery(b"  \r\n")}, not_crashed)


@check(
    "other-json",
    title="answers JSON that is no delivery without stumbling",
    rule="R3",
    level=Level.SHOULD,
    guessed=True,
    remedy=_FOUR_HUNDRED,
    stage=Stage.ATTACK,
    needs=_DELIVERY,
    after=("malformed-json",),
    snippet="malformed",
)
def other_json(bench: Bench) -> None:
    """Posts null, a number, a text, a list, {}, and envelopes without data, without events, or with odd ones."""
    envelope = bench.envelope([bench.event()])
    bodies: dict[str, Any] = {
        "null": None,
        "a number": 7,
        "a text": "hello",
        "a list": [],
        "{}": {},
        "data: null": {**envelope, "data": None},
        "no events": {**envelope, "data": {}},
        "events: null": {**envelope, "data": {"events": None}},
        "events: []": {**envelope, "data": {"events": []}},
        "events: [null]": {**envelope, "data": {"events": [None]}},
        'events: "text"': {**envelope, "data": {"events": "text"}},
        "an event without any member": {**envelope, "data": {"events": [{}]}},
    }
    requests = {what: bench.delivery(json.dumps(body).encode()) for what, body in bodies.items()}
    bench.wants_each(requests, not_crashed)


@check(
    "not-utf8",
    title="answers a body that is not UTF-8 without stumbling",
    rule="R3",
    level=Level.SHOULD,
    guessed=True,
    remedy=_FOUR_HUNDRED,
    stage=Stage.ATTACK,
    needs=_DELIVERY,
    after=("malformed-json",),
    snippet="malformed",
)
def not_utf8(bench: Bench) -> None:
    """Posts a delivery in latin-1 and one with stray bytes; a 5xx or no answer fails."""
    body = bench.delivery([bench.event(displayMessage="#here#")]).body or b""
    cases = {"latin-1": "Zoë".encode("latin-1"), "stray bytes": b"\xff\xfe\x80"}
    bench.wants_each({what: bench.delivery(body.replace(b"#here#", raw)) for what, raw in cases.items()}, not_crashed)


@check(
    "deep-json",
    title="survives deeply nested JSON",
    rule="R3",
    level=Level.SHOULD,
    guessed=True,
    remedy="bound the depth, or catch the parser's error (RecursionError, StackOverflowError), and answer 400",
    stage=Stage.ATTACK,
    needs=_DELIVERY,
    after=("malformed-json",),
    snippet="malformed",
)
def deep(bench: Bench) -> None:
    """Delivers an event with 20,000 lists inside each other; a 5xx or no answer fails."""
    body = bench.delivery([bench.event(displayMessage="#here#")]).body or b""
    nested = b"[" * _DEEP + b"]" * _DEEP
    bench.wants_each({"20,000 levels": bench.delivery(body.replace(b'"#here#"', nested))}, not_crashed)


@check(
    "big-numbers",
    title="survives numbers that no computer holds exactly",
    rule="L36",
    level=Level.MAY,
    guessed=True,
    remedy="read only the members you need, and those as the types they have; what you don't know stays unread",
    stage=Stage.ATTACK,
    needs=_DELIVERY,
    after=("unknown-members",),
)
def big_numbers(bench: Bench) -> None:
    """Delivers an unknown member that holds 2^64, 400 digits and 1e400; a 5xx or no answer fails."""
    body = bench.delivery([bench.event(brandNew="#here#")]).body or b""
    numbers = {"2^64": b"18446744073709551616", "400 digits": b"9" * 400, "1e400": b"1e400"}
    requests = {what: bench.delivery(body.replace(b'"#here#"', text)) for what, text in numbers.items()}
    bench.wants_each(requests, not_crashed)


@check(
    "wrong-content-type",
    title="answers another content type without stumbling",
    rule="H1",
    level=Level.SHOULD,
    guessed=True,
    remedy="answer 415 or 400 to what is not application/json; don't let the parser's silence (an undefined body) "
    "become a 500",
    stage=Stage.ATTACK,
    needs=_DELIVERY,
    snippet="malformed",
)
def wrong_content_type(bench: Bench) -> None:
    """Delivers as text/plain, as a form, and without a content type; a 5xx or no answer fails."""
    types = {"text/plain": "text/plain", "a form": "application/x-www-form-urlencoded", "no content type": ""}
    requests = {what: bench.delivery([bench.event()], content_type=kind) for what, kind in types.items()}
    bench.wants_each(requests, not_crashed)
