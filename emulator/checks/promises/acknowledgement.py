"""Acknowledgement: 200 or 204, an empty body, at once (D24, R1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.checks.check import Broken, Need, Stage, check
from emulator.checks.verdicts import acknowledged, seen
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench

# Answers that frameworks write by themselves for an empty one: Express's sendStatus(200), FastAPI's return None.
_AS_GOOD_AS_EMPTY = frozenset({b"", b"OK", b"null", b"{}", b'""'})
_BATCH = 100
_SLOWER = 0.75  # seconds that a batch may take longer than a single event


@check(
    "delivery-accepted",
    title="acknowledges a plain delivery",
    rule="D24",
    level=Level.MUST,
    remedy="take a POST with a JSON body at the hook's URL and answer 204 with an empty body, then do the work",
    snippet="delivery",
)
def accepted(bench: Bench) -> None:
    """Delivers one event of a usual type; fails if no form of it is answered with a 2xx within 3 seconds."""
    exchange = bench.target.known.delivery
    if bench.target.known.delivers and exchange is not None:
        bench.keep([exchange])
        return
    exchange = bench.deliver(bench.event())
    if not acknowledged(exchange):
        hint = ""
        if exchange.status in {401, 403} and bench.target.channel.auth is None:
            hint = "; if the hook has an auth header, name it with --header"
        raise Broken(seen(exchange) + hint)


@check(
    "delivery-status",
    title="acknowledges with 200 or 204",
    rule="D25",
    level=Level.SHOULD,
    remedy="answer 200 or 204; whether Okta takes another 2xx for a success is not known",
    needs=(Need.DELIVERY,),
)
def status(bench: Bench) -> None:
    """Delivers one event and looks at the status of the acknowledgement."""
    exchange = bench.deliver(bench.event())
    if acknowledged(exchange) and exchange.status not in {200, 204}:
        raise Broken(f"answered {exchange.summary()}")


@check(
    "delivery-empty-body",
    title="acknowledges with an empty body",
    rule="D24",
    level=Level.SHOULD,
    remedy="answer 204, or 200 without a body: Okta reads none, and whatever stands there may end up with a stranger",
    needs=(Need.DELIVERY,),
)
def empty_body(bench: Bench) -> None:
    """Delivers one event; fails if the acknowledgement has a body beyond an OK, null or {} that frameworks write."""
    exchange = bench.deliver(bench.event())
    body = exchange.reply.body.strip() if exchange.reply is not None else b""
    if acknowledged(exchange) and body not in _AS_GOOD_AS_EMPTY:
        raise Broken(f"the acknowledgement has a body of {len(body)} bytes")


@check(
    "work-after-answer",
    title="takes no longer to acknowledge a batch than a single event",
    rule="D24",
    level=Level.SHOULD,
    remedy="store the body, answer, and do the work afterwards: work that is done before the answer grows with the "
    "batch, until 3 seconds are over and Okta sends everything again",
    stage=Stage.ALONE,
    needs=(Need.DELIVERY,),
    after=("batch-100",),
    snippet="work-after-answer",
)
def work_after_answer(bench: Bench) -> None:
    """Times one event and a batch of 100, twice; fails if the batch takes 0.75 s longer both times."""
    single = bench.deliver(bench.event())
    slower: list[float] = []
    while len(slower) < 2:
        batch = bench.deliver(*bench.events(_BATCH))
        if not (acknowledged(single) and acknowledged(batch)):
            return
        slower.append(batch.elapsed - single.elapsed)
        if slower[-1] < _SLOWER:
            return
    raise Broken(
        f"1 event took {single.elapsed:.3f} s, {_BATCH} events took {min(slower) + single.elapsed:.3f} s: "
        f"some {min(slower) / _BATCH * 1000:.0f} ms of work for each event before the answer"
    )
