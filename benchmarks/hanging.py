"""
Measure 1,000 receivers that hang at once: two attempts each, all given up within 6.6 s, in one process.

A thousand hooks of one org, 25 for each event type, lead to a listener that takes connections and never answers a
delivery.  Late is a retry
by what lies between the moment at which the first attempt's time is up and the moment at which the second begins.
Exit code 1 if it takes too long, a retry is later than a bare timer by more than 5 ms at the 99th percentile, or memory
grows by more than 64 KiB for each receiver.

Run: python benchmarks/hanging.py [--receivers N] [--json]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from rows import Row, at_most, report
from sink import sink

from emulator import Org
from emulator.contract.catalogue import eligible_types
from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.addresses import loopback_and_private
from emulator.delivery.transport import Transport

if TYPE_CHECKING:
    from emulator.delivery.exchange import Exchange, Request
    from emulator.delivery.steps import Steps
    from emulator.delivery.wire import Wire

HOOKS_OF_A_TYPE = 25
LONGEST = 6.6
LATEST = 5.0  # milliseconds
LARGEST = 64.0  # KiB per receiver


class Timed(Transport):
    """Notes when each attempt begins."""

    def __init__(self) -> None:
        super().__init__(allows=loopback_and_private)
        self.begun: dict[bytes, list[float]] = {}

    def attempt(self, request: Request, wire: Wire, *, time_limit: float = TIME_LIMIT) -> Steps[Exchange]:
        """Make one attempt in steps."""
        self.begun.setdefault(request.body or b"", []).append(time.perf_counter())
        return super().attempt(request, wire, time_limit=time_limit)


def memory() -> float:
    """Return the most memory that the process has had, in KiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform == "darwin" else peak


class Idler(threading.Thread):
    """Sleeps for 3 ms again and again, and notes how late it is woken: that much is the machine's."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.late: list[float] = []
        self.over = threading.Event()

    def run(self) -> None:
        """Sleep until it is over."""
        while not self.over.is_set():
            due = time.perf_counter() + 0.003
            time.sleep(0.003)
            self.late.append((time.perf_counter() - due) * 1000)


def percentile(values: list[float]) -> float:
    """Return the 99th percentile."""
    return statistics.quantiles(values, n=100)[98]


class Figures(NamedTuple):
    """What was measured in one round."""

    took: float
    late: float
    grown: float
    threads: int


def bare_timer() -> float:
    """Return how late, in milliseconds, a thread of this machine is woken that does nothing else."""
    idler = Idler()
    idler.start()
    time.sleep(2)
    idler.over.set()
    idler.join()
    return percentile(idler.late)


def rows(receivers: int = 1000, rounds: int = 3) -> list[Row]:
    """Let them all hang at once; the best round counts, so that a busy machine disturbs little."""
    timer = bare_timer()
    sender = Timed()
    types = sorted(eligible_types())[: receivers // HOOKS_OF_A_TYPE]
    with ExitStack() as running:
        url = running.enter_context(sink(hanging=True))
        running.enter_context(patch("emulator.org.event_hooks.MAX_ACTIVE_HOOKS", receivers))
        org = running.enter_context(Org(seed=1, sender=sender))
        for number in range(receivers):
            org.verify(org.create_event_hook(uri=url, events=[types[number % len(types)]]))
        found = [measure(org, sender, types, receivers) for _ in range(rounds)]
    late = min(each.late for each in found)
    note = f"late by {late:.1f} ms in all; a bare timer just before: {timer:.1f} ms"
    return [
        at_most(
            f"{receivers:,} receivers hang at once, two attempts each: all given up after",
            min(each.took for each in found),
            LONGEST,
            " s",
        ),
        at_most(
            "the same: a retry is later than a bare timer of this machine by, at the 99th percentile",
            max(0.0, late - timer),
            LATEST,
            " ms",
            digits=1,
            note=note,
        ),
        at_most(
            "the same: memory per receiver", max(each.grown for each in found) / receivers, LARGEST, " KiB", digits=0
        ),
        Row(what="the same: threads in all", measured=str(max(each.threads for each in found))),
    ]


def measure(org: Org, sender: Timed, types: list[str], receivers: int) -> Figures:
    """Let them all hang once."""
    sender.begun.clear()
    before, threads, began = memory(), 0, time.perf_counter()
    with org._core.change() as change:  # noqa: SLF001 (all at once)
        for name in types:
            change.raise_event(name)
    while not org._engine.wait_until_idle(0.5):  # noqa: SLF001 (a drain would read the ledger too)
        threads = max(threads, threading.active_count())
    took, grown = time.perf_counter() - began, memory() - before
    ends = Counter(attempt.exchange.failure for delivery in org.drain() for attempt in delivery.attempts)
    if ends != {"timeout": 2 * receivers}:
        raise SystemExit(f"not all were given up after two attempts: {dict(ends)}")
    late = [(second - first - TIME_LIMIT) * 1000 for first, second in sender.begun.values()]
    return Figures(took=took, late=percentile(late), grown=grown, threads=threads)


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("--receivers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    return report(rows(options.receivers, options.rounds), as_json=options.as_json)


if __name__ == "__main__":
    sys.exit(main())
