"""Load: several deliveries may arrive together (D11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Need, Stage, check
from emulator.checks.verdicts import acknowledged, seen
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench

PARALLEL: Final = 20


@check(
    "parallel-20",
    title="acknowledges 20 deliveries at once, each within 3 seconds",
    rule="D11",
    level=Level.MUST,
    remedy="answer before you work, so that no request waits for another; use a server with several workers or "
    "threads, and a lock only around what needs it",
    stage=Stage.ALONE,
    needs=(Need.DELIVERY,),
    snippet="work-after-answer",
)
def parallel(bench: Bench) -> None:
    """Delivers 20 events in 20 requests at the same time; all must be acknowledged within 3 seconds."""
    exchanges = bench.at_once([bench.delivery([bench.event()]) for _ in range(PARALLEL)])
    bench.parallel = [exchange.elapsed for exchange in exchanges]
    bad = [exchange for exchange in exchanges if not acknowledged(exchange)]
    if bad:
        bench.keep(bad[:3])
        raise Broken(f"{len(bad)} of {PARALLEL}: {seen(bad[0])}")
