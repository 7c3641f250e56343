"""kill -9 at any moment: no accepted change, no System Log row and no pending delivery is lost."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from emulator import Org
from receiver import Receiver

ROUNDS = 200 if os.environ.get("OKTA_HOOKS_SOAK") else 5
TYPES = ["user.lifecycle.create", "user.lifecycle.deactivate"]

# Works as fast as it can, and tells of each change once it has been accepted.
WORKER = """
import sys
from emulator import Org

path, url = sys.argv[1:]
org = Org(db=path)
if not org.event_hooks.all():
    org.verify(org.create_event_hook(uri=url, events=["user.lifecycle.create", "user.lifecycle.deactivate"]))
for number in range(len(org.users.all(deprovisioned=True)), 10_000):
    user = org.create_user(login=f"user{number}@example.com")
    print("created", user.id, flush=True)
    if number % 2:
        user.deactivate()
        print("deactivated", user.id, flush=True)
"""


@pytest.mark.process
@pytest.mark.wire
@pytest.mark.soak
def test_nothing_accepted_is_lost(tmp_path: Path) -> None:
    told: dict[str, set[str]] = {"created": set(), "deactivated": set()}
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    with Receiver() as receiver:
        for _ in range(ROUNDS):
            worker = subprocess.Popen(
                [sys.executable, "-c", WORKER, str(tmp_path / "org.db"), receiver.url],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert worker.stdout is not None
            for _ in range(moments.randrange(1, 60)):
                line = worker.stdout.readline()
                if not line:
                    break
                what, user_id = line.split()
                told[what].add(user_id)
            worker.kill()
            # What it had said before it died counts as well.
            for line in worker.stdout.read().splitlines():
                if len(line.split()) == 2 and len(line.split()[1]) == 20:
                    told[line.split()[0]].add(line.split()[1])
            worker.stdout.close()
            worker.wait()

        with sqlite3.connect(tmp_path / "org.db") as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.close()
        with Org(db=tmp_path / "org.db") as org:
            org.drain()
            created, deactivated = ({e["target"][0]["id"]: e["uuid"] for e in org.system_log(name)} for name in TYPES)
            users = {user.id: user for user in org.users.all(deprovisioned=True) if user.login.startswith("user")}

        assert len(told["created"]) > ROUNDS
        assert told["created"] <= created.keys()
        assert told["deactivated"] <= deactivated.keys()
        # A change and its events are one: neither is ever there without the other.
        assert users.keys() == created.keys()
        assert {user.id for user in users.values() if user.status == "DEPROVISIONED"} == deactivated.keys()
        assert {event.uuid for event in receiver.events} == {*created.values(), *deactivated.values()}
