"""
Measure the delivery engine against a fast receiver, beside a bare ``requests.Session`` that posts the same bodies.

Both run in this process and send to the same receiver, in turns; the engine builds each envelope, keeps the time limit,
and writes every attempt into the ledger.  Exit code 1 if it delivers at less than 0.9 times the rate.

Run: python benchmarks/engine.py [--deliveries N] [--json]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from rows import Row, at_least, at_most, report
from sink import sink

from emulator import Org

if TYPE_CHECKING:
    from collections.abc import Callable

TYPE = "user.lifecycle.deactivate"
SLOWEST = 0.9
DEAREST = 1.11
ROUNDS = 5


def spent(act: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and the CPU seconds that something takes."""
    began, busy = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - busy


def compare(url: str, deliveries: int, db: Path | None = None) -> tuple[float, float]:
    """Return the rate of an org, as a ratio to that of a bare session, and likewise its CPU time per delivery."""
    rates, costs = [], []
    with Org(seed=1, db=db) as org, requests.Session() as session:
        org.verify(org.create_event_hook(uri=url, events=[TYPE], auth="Basic c2VjcmV0"))
        bodies: list[bytes] = []

        def post() -> None:
            for body in bodies:
                session.post(url, data=body, headers=headers, timeout=3).raise_for_status()

        def deliver() -> None:
            org.resume()
            org.drain(timeout=600)

        for number in range(ROUNDS + 1):
            org.pause()
            for person in range(deliveries):
                with org._core.change() as change:  # noqa: SLF001 (an event without a change of state costs nothing else)
                    change.raise_event(TYPE, person=org.world.person(person % 100))
            seconds, busy = spent(deliver)
            bodies = [each.body for each in org.deliveries.newest(limit=deliveries)]
            headers = dict(org.deliveries[-1].attempts[0].exchange.request.headers) | {
                "Authorization": "Basic c2VjcmV0"
            }
            bare, bare_busy = spent(post)
            if number:  # the first round warms both up
                rates.append(bare / seconds)
                costs.append(busy / bare_busy)
        if any(delivery.outcome != "delivered" for delivery in org.deliveries):
            raise SystemExit("not every delivery was acknowledged")
    return statistics.median(rates), statistics.median(costs)


def rows(deliveries: int = 1000) -> list[Row]:
    """Measure in memory and on disk."""
    with sink() as url, tempfile.TemporaryDirectory() as folder:
        rate, cost = compare(url, deliveries)
        on_disk, _ = compare(url, deliveries // 4, Path(folder, "org.db"))
    return [
        at_least("engine to a fast receiver: rate against a bare requests.Session", rate, SLOWEST),
        at_most("the same: CPU per delivery", cost, DEAREST),
        Row(what="the same with --db: rate, two commits to disk per delivery at most", measured=f"{on_disk:.2f}x"),
    ]


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("--deliveries", type=int, default=1000, help="in each round")
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    return report(rows(options.deliveries), as_json=options.as_json)


if __name__ == "__main__":
    sys.exit(main())
