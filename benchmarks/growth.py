"""
Measure whether the millionth event costs as much as the thousandth: raised, kept, batched, delivered, in one org.

The CPU time of an event is compared between the first thousand and the last part of a long run; the org remembers what
it does by default.  Exit code 1 if an event has become dearer by more than a quarter.

Run: python benchmarks/growth.py [--events N] [--json]
"""

from __future__ import annotations

import argparse
import sys
import time

from rows import Row, at_most, report
from sink import sink

from emulator import Org

TYPE = "user.lifecycle.deactivate"
DEAREST = 1.25
FIRST = 1_000
PROFILE = "delivery.window=1,limits.daily=1000000000,limits.warning=1000000000"


def cost(org: Org, events: int) -> float:
    """Let so many events happen and be delivered, and return the CPU seconds of one."""
    began = time.process_time()
    for number in range(events):
        with org._core.change() as change:  # noqa: SLF001 (an event without a change of state costs nothing else)
            change.raise_event(TYPE, person=org.world.person(number % 100))
        if number % 1000 == 999:
            org._engine.wait_until_idle(600)  # noqa: SLF001 (a drain would read the ledger too)
    org._engine.wait_until_idle(600)  # noqa: SLF001 (as above)
    return (time.process_time() - began) / events


def rows(events: int = 100_000) -> list[Row]:
    """Measure the first thousand, and then each power of ten."""
    with sink() as url, Org(seed=1, profile=PROFILE) as org:
        org.verify(org.create_event_hook(uri=url, events=[TYPE]))
        cost(org, FIRST)  # warms up
        first = min(cost(org, FIRST) for _ in range(3))
        done, found = 4 * FIRST, []
        for most in (10_000, 100_000, 1_000_000):
            if most <= events:
                found.append(
                    at_most(
                        f"an event of the first {most:,}: CPU against the first thousand's",
                        cost(org, most - done) / first,
                        DEAREST,
                    )
                )
                done = most
    return found


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("--events", type=int, default=100_000, help="10,000, 100,000 or 1,000,000")
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    return report(rows(options.events), as_json=options.as_json)


if __name__ == "__main__":
    sys.exit(main())
