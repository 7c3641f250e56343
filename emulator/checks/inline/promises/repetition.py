"""Repetition: Okta asks once more after a timeout or 5xx, with the same request (I8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.checks.check import Broken, Unseen
from emulator.checks.inline.check import inline_check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench
    from emulator.checks.inline.call import Call


def _twice(bench: InlineBench) -> tuple[Call, Call]:
    if not bench.kind.retries:
        raise Unseen(f"Okta never repeats the call of a {bench.kind.title} hook")
    body = bench.body()
    return bench.call(body, what="a call"), bench.call(body, what="the same call again")


@inline_check(
    "repeated-answered",
    title="answers a call that is repeated",
    rule="I8",
    level=Level.MUST,
    remedy="answer the second call with the same eventId like the first: Okta repeats it only because it has got no answer",
)
def answered(bench: InlineBench) -> None:
    """Makes the same call twice; fails if the second is not answered with a 2xx."""
    _, second = _twice(bench)
    if not second.answered:
        raise Broken(f"the same call again: {second.seen}")


@inline_check(
    "repeated-alike",
    title="answers a repeated call like the first",
    rule="I8",
    level=Level.SHOULD,
    remedy="let the answer depend on the request alone, or remember it by eventId; what the first call has done must not "
    "change what the second is told",
    after=("repeated-answered",),
)
def alike(bench: InlineBench) -> None:
    """Makes the same call twice; fails if commands or errors differ. What stands in debugContext may."""
    first, second = _twice(bench)
    if not (first.answered and second.answered):
        return
    told = [{name: call.member(name) for name in ("commands", "error")} for call in (first, second)]
    if told[0] != told[1] or first.judgement.use is not second.judgement.use:
        raise Broken("the same call was answered with other commands the second time")
