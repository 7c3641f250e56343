"""
Measure whether memory stays flat while an org serves at a steady rate for a long time.

An org in a process of its own remembers a bounded number of events and deliveries; once that is reached its memory is
compared with that at the end.  Exit code 1 if it has grown by more than a twentieth.

Run: python benchmarks/soak.py [--minutes N] [--rate N] [--json]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rows import Row, at_most, report
from sink import arrivals, sink

from emulator import Org

TYPE = "user.lifecycle.deactivate"
LARGEST = 1.05
KEPT = 2_000
PROFILE = "delivery.window=0,limits.daily=1000000000,limits.warning=1000000000"


def memory() -> float:
    """Return how much memory this process has now, in MiB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def rows(minutes: float = 1.0, rate: float = 200.0) -> list[Row]:
    """Deliver at a steady rate."""
    with sink() as url, Org(seed=1, profile=PROFILE, keep=KEPT) as org:
        org.verify(org.create_event_hook(uri=url, events=[TYPE]))
        before, number, began = 0.0, 0, time.perf_counter()
        warm = 2 * KEPT
        while number < max(rate * minutes * 60, 2 * warm):
            with org._core.change() as change:  # noqa: SLF001 (an event without a change of state)
                change.raise_event(TYPE, person=org.world.person(number % 100))
            number += 1
            if number == warm:
                before = memory()
            time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        org._engine.wait_until_idle(60)  # noqa: SLF001 (a drain would read the ledger too)
        grown, arrived = memory() / before, len(arrivals(url))
    if arrived != number:
        raise SystemExit(f"{arrived} of {number} events arrived")
    took = (time.perf_counter() - began) / 60
    what = f"memory after {took:.0f} min at {rate:g} deliveries/s, against that when the bound was reached"
    return [at_most(what, grown, LARGEST, note=f"{before:.0f} MiB, {number:,} deliveries")]


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--rate", type=float, default=200.0, help="deliveries a second")
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    return report(rows(options.minutes, options.rate), as_json=options.as_json)


if __name__ == "__main__":
    sys.exit(main())
