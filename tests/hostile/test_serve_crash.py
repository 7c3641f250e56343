"""
``okta-hooks serve --db`` killed or stopped at any moment under load: what it has accepted is there, and is delivered.

``OKTA_HOOKS_SOAK=1 pytest -m soak tests/hostile`` kills it hundreds of times.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.testing import Network, Reset
from receiver import Receiver

pytestmark = [pytest.mark.process, pytest.mark.wire, pytest.mark.soak]

KILLS = 200 if os.environ.get("OKTA_HOOKS_SOAK") else 4
CLIENTS = 4
TOKEN = "00-crash-test-token"
TYPES = ["user.lifecycle.create", "user.lifecycle.deactivate"]


class Clients:
    """Create and deactivate people as fast as they can until the server is gone, and note what it has accepted."""

    def __init__(self) -> None:
        self.created: set[str] = set()
        self.deactivated: set[str] = set()
        self._numbers = iter(range(10**9))

    def until_gone(self, port: int) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._work, args=(port,)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def wait_for_more(self, count: int) -> None:
        """Wait until so many more people have been created, however busy the machine is."""
        wanted, deadline = len(self.created) + count, time.monotonic() + 20
        while len(self.created) < wanted and time.monotonic() < deadline:
            time.sleep(0.002)

    def _work(self, port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            while True:
                number = next(self._numbers)
                login = f"user{number}@example.com"
                profile = {"login": login, "email": login, "firstName": "User", "lastName": str(number)}
                user = call(connection, "POST", "/api/v1/users", {"profile": profile})["id"]
                self.created.add(user)
                if number % 2:
                    call(connection, "POST", f"/api/v1/users/{user}/lifecycle/deactivate")
                    self.deactivated.add(user)
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()


def call(connection: http.client.HTTPConnection, method: str, path: str, body: Any = None) -> Any:
    data = b"" if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"SSWS {TOKEN}", "Content-Type": "application/json"}
    connection.request(method, path, data, headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200, text
    return json.loads(text)


def rows(path: Path, query: str) -> list[Any]:
    db = sqlite3.connect(path)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_no_end_loses_what_was_accepted_or_sends_it_in_two_envelopes(
    launch: Callable[..., Any], tmp_path: Path, number: signal.Signals
) -> None:
    """D11, R7: a delivery that was under way is sent again as it was, and so the receiver handles no event twice."""
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    print(f"seed {seed}")
    db = tmp_path / "org.db"
    clients = Clients()
    serve = ["emulator", "serve", "--db", "org.db", "--token", TOKEN, "--profile", "delivery.window=0.05"]
    with Receiver() as receiver, Network(receiver.url) as network:
        server = launch(*serve)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        channel = {"type": "HTTP", "version": "1.0.0", "config": {"uri": network.url}}
        events = {"type": "EVENT_TYPE", "items": TYPES}
        hook = call(connection, "POST", "/api/v1/eventHooks", {"name": "x", "events": events, "channel": channel})
        call(connection, "POST", f"/api/v1/eventHooks/{hook['id']}/lifecycle/verify")
        connection.close()
        ends = KILLS if number is signal.SIGKILL else KILLS // 4
        for _ in range(ends):
            network.once(Reset(), times=moments.randrange(3))  # some answers are lost, so that some kills hit a retry
            threads = clients.until_gone(server.port)
            clients.wait_for_more(moments.randrange(1, 60))
            time.sleep(moments.uniform(0, 0.02))
            assert server.end(number) == {signal.SIGKILL: -9, signal.SIGTERM: 0}[number]
            for thread in threads:
                thread.join()
            assert "Traceback" not in server.said()
            assert rows(db, "PRAGMA integrity_check") == [("ok",)]
            if number is signal.SIGTERM:
                assert rows(db, UNSENT) == [(0,)]  # a clean stop delivers what is pending
            server = launch(*serve)
        assert server.end() == 0  # delivers what is pending first

        log = {uuid: (kind, user) for uuid, kind, user in rows(db, LOGGED)}
        in_envelopes = defaultdict(set)
        for delivery in receiver.deliveries:
            for uuid in [*(event.uuid for event in delivery.events), *delivery.duplicates]:
                in_envelopes[uuid].add(delivery.event_id)
        handled = [event.uuid for event in receiver.wait_for(len(log))]

    print(f"{ends} times {number.name}, {len(log)} events, {len(receiver.deliveries)} requests")
    assert clients.created <= {user for kind, user in log.values() if kind == TYPES[0]}
    assert clients.deactivated <= {user for kind, user in log.values() if kind == TYPES[1]}
    assert clients.deactivated
    assert sorted(handled) == sorted(log)
    assert {len(envelopes) for envelopes in in_envelopes.values()} == {1}
    assert rows(db, UNSENT) == [(0,)]


UNSENT = "SELECT (SELECT count(*) FROM queue) + (SELECT count(*) FROM deliveries WHERE ended IS NULL)"
LOGGED = """
SELECT json_extract(document, '$.uuid'), event_type, json_extract(document, '$.target[0].id') FROM log
WHERE event_type IN ('user.lifecycle.create', 'user.lifecycle.deactivate')
"""
