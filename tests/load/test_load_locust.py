"""A fleet: one Locust master and two workers deliver to one receiver, every event once, and the master judges."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from receiver import Receiver

pytestmark = [
    pytest.mark.wire,
    pytest.mark.process,
    pytest.mark.fleet,
    pytest.mark.skipif(importlib.util.find_spec("locust") is None, reason="needs the extra load: Locust"),
]

LOCUSTFILE = """
from emulator.testing.locust_users import OktaEventHookUser
from locust import constant_throughput

class Okta(OktaEventHookUser):
    wait_time = constant_throughput(4)
    hook_headers = ("Authorization: ${env:HOOK_SECRET}",)
    batch = "1-3"
    slo = "%s"
"""


@pytest.fixture
def locust(tmp_path):
    """Start Locust processes of one locustfile; those that are still there in the end are stopped."""
    started = []

    def start(url, *options, slo="p99<3s,errors<1%", secret="s3cret-of-the-hook"):
        (tmp_path / "locustfile.py").write_text(LOCUSTFILE % slo)
        command = [sys.executable, "-m", "locust", "-f", "locustfile.py", *(["--host", url] if url else []), *options]
        environment = {**os.environ, "HOOK_SECRET": secret, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


def test_one_master_and_two_workers_deliver_every_event_once(locust, tmp_path):
    port = free_port()
    with Receiver(auth="s3cret-of-the-hook") as receiver:
        master = locust(
            receiver.url, "--master", "--headless", "-u", "6", "-r", "6", "-t", "3s", "--expect-workers", "2",
            "--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--json-file", "stats", "--stop-timeout", "5",
        )  # fmt: skip
        for _ in range(2):
            locust(None, "--worker", "--master-host", "127.0.0.1", "--master-port", port)
        told, _ = master.communicate(timeout=60)
        deliveries = receiver.deliveries

    assert master.returncode == 0, told
    assert re.search(r"^pass  p99<3s", told, re.MULTILINE)
    assert re.search(r"^pass  errors<1% +0%$", told, re.MULTILINE)
    assert "to 2 ready workers" in told
    assert len(deliveries) > 20
    assert {delivery.status for delivery in deliveries} <= {200, 204}
    assert not any(delivery.duplicates for delivery in deliveries)
    assert "s3cret" not in told
    (stats,) = json.loads((tmp_path / "stats.json").read_text())
    assert (stats["name"], stats["num_requests"], stats["num_failures"]) == ("delivery", len(deliveries), 0)


def test_a_missed_objective_is_told_and_exits_with_1(locust):
    with Receiver(auth="another") as receiver:
        alone = locust(receiver.url, "--headless", "-u", "2", "-r", "2", "-t", "1s", "--stop-timeout", "5")
        told, _ = alone.communicate(timeout=60)

    assert alone.returncode == 1, told
    assert re.search(r"^fail  errors<1% +100%$", told, re.MULTILINE)
    assert "401 is the receiver's refusal and is never retried" in told


@pytest.mark.parametrize(
    ("slo", "words"),
    [("p99<3", "slo, column 6: p99 needs a unit"), ("answer.p99<1s", "Locust doesn't measure 'answer.p99<1s'")],
)
def test_a_slip_is_told_before_anything_is_sent(locust, slo, words):
    with Receiver(auth="s3cret") as receiver:
        alone = locust(receiver.url, "--headless", "-u", "1", "-t", "5s", slo=slo)
        told, _ = alone.communicate(timeout=60)

        assert receiver.deliveries == ()
    assert alone.returncode == 1
    assert words in told
    assert "Traceback" not in told
