"""
Real processes killed and stopped in the middle of their work: what was acknowledged is stored, and is handled.

The promise: **at least once, and at most one event more than once per crash**, the one whose handler was running.
That takes a kill between a handler's end and the line that notes it, which of ten kills under load about one meets.
A clean stop repeats nothing.  ``OKTA_HOOKS_SOAK=1 pytest -m soak tests/receiver`` kills it hundreds of times.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

pytestmark = [pytest.mark.process, pytest.mark.wire, pytest.mark.soak]

ROUNDS = 300 if os.environ.get("OKTA_HOOKS_SOAK") else 10
CLIENTS = 6


class Load:
    """Clients that deliver as fast as they can until the receiver is gone, and note what was acknowledged."""

    def __init__(self, make_envelope: Callable, make_event: Callable) -> None:
        self.make_envelope, self.make_event = make_envelope, make_event
        self.seed = random.randrange(10**6)
        self.random = random.Random(self.seed)
        self.sent: list[dict[str, Any]] = []
        self.acknowledged: set[str] = set()

    def until_gone(self, url: str) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._deliver, args=(url,)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _deliver(self, url: str) -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        try:
            while True:
                envelope = self._next()
                try:
                    connection.request(
                        "POST", "/okta/hooks", json.dumps(envelope), {"Content-Type": "application/json"}
                    )
                    answer = connection.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException):
                    return
                assert answer.status == 204
                self.acknowledged |= {event["uuid"] for event in envelope["data"]["events"]}
        finally:
            connection.close()

    def _next(self) -> dict[str, Any]:
        """Return a new delivery, of one or several events; or, as after a missing answer, an old one once more."""
        if self.sent and self.random.random() < 0.2:
            return self.random.choice(self.sent)
        events = []
        for _ in range(self.random.choice([1, 1, 1, 5])):
            uuid = str(UUID(int=self.random.getrandbits(128)))
            events.append(self.make_event(uuid=uuid, target=[{"type": "User", "alternateId": uuid}]))
        self.sent.append(self.make_envelope(*events))
        return self.sent[-1]


def rows(path: Path, sql: str) -> list[Any]:
    db = sqlite3.connect(path)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def printed(out: str) -> list[str]:
    return [line.split(" ")[2] for line in out.splitlines() if line.endswith("deactivated on the Okta org!")]


def drain(process: Any, into: list[str]) -> threading.Thread:
    thread = threading.Thread(target=lambda: into.extend(process.stdout))
    thread.start()
    threading.Thread(target=process.stderr.read).start()
    return thread


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_no_end_loses_an_acknowledged_event(
    start: Callable, make_envelope: Callable, make_event: Callable, tmp_path: Path, number: signal.Signals
) -> None:
    load = Load(make_envelope, make_event)
    rounds = ROUNDS if number is signal.SIGKILL else ROUNDS // 10
    print(f"seed {load.seed}")
    lines: list[str] = []
    for _ in range(rounds):
        running = start()
        reading = drain(running.process, lines)
        clients = load.until_gone(running.url)
        threading.Event().wait(load.random.uniform(0.02, 0.3))
        running.process.send_signal(number)
        code = running.process.wait(30)
        for thread in (*clients, reading):
            thread.join()

        assert code == {signal.SIGKILL: -9, signal.SIGTERM: 0, signal.SIGINT: 130}[number]
        assert rows(tmp_path / "okta-receiver.db", "PRAGMA integrity_check") == [("ok",)]
        stored = {row[0] for row in rows(tmp_path / "okta-receiver.db", "SELECT key FROM events")}
        assert load.acknowledged <= stored
        assert stored <= {event["uuid"] for envelope in load.sent for event in envelope["data"]["events"]}

    running = start()  # once more, to work off what is left
    reading = drain(running.process, lines)
    while rows(tmp_path / "okta-receiver.db", "SELECT 1 FROM events WHERE state != 'done' LIMIT 1"):
        threading.Event().wait(0.02)
    running.process.terminate()
    running.process.wait(30)
    reading.join()
    handled = Counter(printed("".join(lines)))

    assert len(load.acknowledged) > 10
    assert set(handled) == stored
    repeated = sum(times - 1 for times in handled.values())
    print(f"{rounds} times {number.name}, {len(load.acknowledged)} events acknowledged, {repeated} handled again")
    assert repeated <= (rounds // 2 if number is signal.SIGKILL else 0)
