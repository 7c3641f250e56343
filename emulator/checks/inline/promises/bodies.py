"""Bodies: what no call of Okta's looks like must not bring the service down (I1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Stage, Unseen
from emulator.checks.inline.check import inline_check
from emulator.checks.verdicts import acknowledged, came_back, crashed, not_crashed
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.payloads import encode
from emulator.payloads.inline import inline_request
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench
    from emulator.delivery.exchange import Exchange

_REFUSE: Final = (
    "answer 400 to what can't be read; a 5xx or a dropped connection looks like a failure of yours and hides real ones"
)


def _turned_away(exchange: Exchange) -> bool:
    return not crashed(exchange) and not acknowledged(exchange)


@inline_check(
    "broken-json",
    title="refuses what is no JSON",
    rule="I1",
    level=Level.SHOULD,
    guessed=True,
    remedy=_REFUSE,
    stage=Stage.ATTACK,
)
def broken_json(bench: InlineBench) -> None:
    """Sends an empty body, half a body, a word, and brackets ten thousand deep."""
    whole = encode(bench.body())
    cases = {
        "an empty body": b"",
        "half a body": whole[: len(whole) // 2],
        "a word": b"hello",
        "brackets ten thousand deep": b"[" * 10_000,
    }
    bench.wants_each({what: bench.request(body) for what, body in cases.items()}, _turned_away, came_back)


@inline_check(
    "other-json",
    title="refuses JSON that is no call",
    rule="I1",
    level=Level.SHOULD,
    guessed=True,
    remedy="look at types before you reach into the body: an array, null and an empty object are JSON too; answer 400",
    stage=Stage.ATTACK,
)
def other_json(bench: InlineBench) -> None:
    """Sends null, an array, a text, an object without data, data of other types, and a call that is no UTF-8; a 5xx or no answer fails."""
    envelope = bench.body()
    cases = {
        "null": b"null",
        "an array": b"[]",
        "a text": b'"hello"',
        "an empty object": b"{}",
        "no data": encode({name: value for name, value in envelope.items() if name != "data"}),
        "null as data": encode({**envelope, "data": None}),
        "an array as data": encode({**envelope, "data": []}),
        "a text as context": encode({**envelope, "data": {**envelope["data"], "context": "x"}}),
        # Many readers, those of JavaScript among them, put a replacement character where bytes are no UTF-8.
        "no UTF-8": encode(envelope).replace(b'"eventId":"', b'"eventId":"\xff\xfe', 1),
    }
    bench.wants_each({what: bench.request(body) for what, body in cases.items()}, not_crashed, came_back)


@inline_check(
    "other-type",
    title="takes a call of another type of hook without stumbling",
    rule="I1",
    level=Level.SHOULD,
    guessed=True,
    remedy="look at eventType and answer 400 if it isn't yours: a hook that was given the wrong URL then fails at once and "
    "for everybody to see",
    stage=Stage.ATTACK,
)
def other_type(bench: InlineBench) -> None:
    """Sends a call of each other type; a 5xx other than 501, or no answer, fails."""
    others = [kind for kind in INLINE_HOOK_TYPES.values() if kind.short != bench.kind.short]
    cases = {
        f"a call of type {kind.short}": bench.request(inline_request(kind, world=bench.target.world)) for kind in others
    }
    bench.wants_each(cases, not_crashed, came_back)


@inline_check(
    "other-methods",
    title="answers methods that Okta doesn't use without stumbling",
    rule="I1",
    level=Level.SHOULD,
    guessed=True,
    remedy="answer 405 (404 and 400 do as well) to what is no POST; load balancers and scanners send GET, HEAD and OPTIONS",
    stage=Stage.ATTACK,
)
def other_methods(bench: InlineBench) -> None:
    """Sends GET, HEAD, OPTIONS, PUT and DELETE; a 5xx other than 501, or no answer, fails."""
    full = bench.request(bench.body())
    plain = replace(full, body=None)
    requests = {method: replace(plain, method=method) for method in ("GET", "HEAD", "OPTIONS", "DELETE")}
    bench.wants_each(requests | {"PUT": replace(full, method="PUT")}, not_crashed, came_back)


@inline_check(
    "still-answers",
    title="still answers after what no call looks like",
    rule="I8",
    level=Level.MUST,
    remedy="catch what goes wrong with one request where that request is handled, give back locks and connections in a "
    "finally, and let nothing that was read change what is kept for the next",
    stage=Stage.REVIEW,
)
def still_answers(bench: InlineBench) -> None:
    """Makes a plain call after each attack of the run; fails if one is not answered like those before."""
    if bench.lost is None:
        raise Unseen("nothing was sent that no call looks like")
    if bench.lost:
        bench.keep(exchange for _, exchange in bench.lost)
        raise Broken("\n".join(text for text, _ in bench.lost))
    bench.keep([])
