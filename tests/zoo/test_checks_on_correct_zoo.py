"""The contract suite finds nothing wrong with a correct receiver, whoever wrote it and in whatever language."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from emulator.checks import Plan, run_suite
from emulator.checks.registry import choose
from emulator.checks.target import Target
from emulator.contract.model import AuthScheme, Channel
from emulator.delivery.transport import transport
from emulator.payloads import World
from emulator.runner.results import Status, Verdict
from emulator.secrets import Secret

NAMES = list(yaml.safe_load((Path(__file__).parent / "correct" / "zoo.yaml").read_text(encoding="utf-8")))
# What starts at once on any machine; `pytest -m zoo` runs the others too.
QUICK = {"plain-wsgi", "lambda-handler"}

pytestmark = [pytest.mark.process, pytest.mark.wire]


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.zoo) for name in NAMES]
)
def test_a_correct_receiver_fails_no_check(zoo_receiver: Callable, name: str) -> None:
    receiver = zoo_receiver(name)
    auth = None if receiver.auth is None else AuthScheme(key=receiver.auth[0], value=Secret(receiver.auth[1]))
    target = Target(
        channel=Channel(uri=receiver.url, auth=auth),
        sender=transport(None),
        world=World(7),
        started=int(time.time() * 1000),
    )
    run = run_suite(Plan(target=target, checks=choose()))
    wrong = {check.id: check.detail for check in run.checks if check.status in {Status.FAIL, Status.ERROR}}

    assert wrong == {}
    assert run.verdict is Verdict.PASS
