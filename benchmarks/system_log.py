"""
How fast a System Log of a million events answers, and how its cost grows.

    python benchmarks/system_log.py [ROWS]

Fills a database file with ROWS events (default 1,000,000) of the types a real org is full of, spread over 60 days, and
asks what a client asks.  Every line is the median of several runs, with the processor's part of it, which another
load on the machine changes less; the last lines page deep into the log.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from emulator import Org
from emulator.contract.expressions.scim import SYSTEM_LOG
from emulator.org.log_search import LogQuery
from emulator.payloads import World, build_event
from emulator.payloads.moments import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

END = datetime.fromisoformat("2026-08-21T12:00:00Z")
SPAN = timedelta(days=60)
# Type and share, as orgs have them: sign-ins are most of the log, and what hooks are for is rare.
TYPES = {
    "user.session.start": 40,
    "policy.evaluate_sign_on": 30,
    "user.authentication.sso": 20,
    "group.user_membership.add": 5,
    "user.account.update_profile": 3,
    "user.lifecycle.create": 1,
    "user.lifecycle.deactivate": 1,
}
RUNS = 7


def events(rows: int) -> Iterator[tuple[int, str, str, str]]:
    """Yield rows of the log: real events, of which only uuid and instant are new each time."""
    world = World(1)
    names = [name for name, share in TYPES.items() for _ in range(share)]
    moulds = [
        (
            name,
            json.dumps(
                build_event(name, world=world, number=number, person=world.person(number % 500)), separators=(",", ":")
            ),
        )
        for number, name in enumerate(names * 20)
    ]
    cut = [(name, text, json.loads(text)["uuid"], json.loads(text)["published"]) for name, text in moulds]
    step = SPAN / rows
    for number in range(rows):
        name, text, uuid, published = cut[number * 7919 % len(cut)]
        moment = as_text(END - SPAN + number * step)
        fresh = f"{number:08x}{uuid[8:]}"
        yield number + 1, moment, name, text.replace(uuid, fresh, 1).replace(published, moment, 1)


def fill(path: Path, rows: int) -> None:
    """Write the log as quickly as SQLite takes it."""
    org = Org(seed=1, clock=END, db=path)
    store = org._store  # noqa: SLF001 (a benchmark may look inside)
    waiting = events(rows)
    while chunk := list(islice(waiting, 50_000)):
        with store.transaction() as db:
            db.executemany("INSERT INTO log (number, published, event_type, document) VALUES (?, ?, ?, ?)", chunk)
    org.close()


def timed(org: Org, query: LogQuery) -> tuple[float, float, int]:
    """Return the median milliseconds of a page, by the clock and of the processor, and how many events it has."""
    clock, processor = [], []
    for _ in range(RUNS):
        began, worked = time.perf_counter(), time.process_time()
        page = org.log_search.page(query)
        clock.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - worked))
    return statistics.median(clock), statistics.median(processor), len(page.events)


def paged(org: Org, query: LogQuery, pages: int) -> float:
    """Return the milliseconds that so many pages take, one after the other."""
    began = time.perf_counter()
    for _ in range(pages):
        page = org.log_search.page(query)
        if page.cursor is None:
            break
        query = replace(query, since=None, after=page.cursor)
    return 1000 * (time.perf_counter() - began)


def main(rows: int) -> None:
    """Fill a log, ask, and print."""
    rare, common = (
        SYSTEM_LOG.parse(f'eventType eq "{name}"') for name in ("user.lifecycle.deactivate", "user.session.start")
    )
    both = SYSTEM_LOG.parse('eventType eq "user.lifecycle.deactivate" or eventType eq "user.lifecycle.create"')
    person = World(1).person(98)
    whose = SYSTEM_LOG.parse(f'eventType eq "user.lifecycle.create" and target.id eq "{person.id}"')
    week, day = END - timedelta(days=7), END - timedelta(days=1)
    queries = {
        "polling, a rare type, since a week ago": LogQuery(since=week, filter=rare),
        "polling, a common type, since a day ago": LogQuery(since=day, filter=common),
        "polling, no filter, since a day ago": LogQuery(since=day),
        "bounded, a rare type, a week": LogQuery(since=week, until=END, filter=rare),
        "bounded, two rare types, a week": LogQuery(since=week, until=END, filter=both),
        "newest first, a rare type": LogQuery(filter=rare, descending=True),
        "one user's creation, 60 days": LogQuery(since=END - SPAN, filter=whose),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "org.db")
        began = time.perf_counter()
        fill(path, rows)
        size = path.stat().st_size / 2**30
        print(f"{rows:,} events in {time.perf_counter() - began:.0f} s, {size:.1f} GiB\n")
        with Org(db=path, clock=END) as org:
            for label, query in queries.items():
                clock, processor, count = timed(org, query)
                print(f"{clock:8.1f} ms ({processor:6.1f} ms processor)  first page of {count:3}  {label}")
            deep = LogQuery(since=END - SPAN, filter=common)
            ten, hundred = paged(org, deep, 10), paged(org, deep, 100)
            print(
                f"\n{ten:8.1f} ms  10 pages of 100\n{hundred:8.1f} ms  100 pages of 100: {hundred / ten:.1f} times as long"
            )


if __name__ == "__main__":
    main(int(sys.argv[1].replace(",", "").replace("_", "")) if len(sys.argv) > 1 else 1_000_000)
