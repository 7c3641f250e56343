"""No shipped scenario complains about a correct receiver, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from emulator.contract.model import AuthScheme, Channel
from emulator.delivery.transport import Transport
from emulator.runner.results import Status
from emulator.runner.run import Settings, run_scenarios
from emulator.runner.selection import shipped
from emulator.secrets import Secret
from emulator.testing import shipped_scenario

NAMES = list(yaml.safe_load((Path(__file__).parent / "correct" / "zoo.yaml").read_text(encoding="utf-8")))
QUICK = {"plain-wsgi", "asyncio-streams"}

pytestmark = [pytest.mark.process, pytest.mark.wire]


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.zoo) for name in NAMES]
)
def test_every_scenario_is_content_with_a_correct_receiver(zoo_receiver: Callable, name: str) -> None:
    receiver = zoo_receiver(name)
    auth = None
    if receiver.auth:
        auth = AuthScheme(key=receiver.auth[0], value=Secret(receiver.auth[1]))
    settings = Settings(channel=Channel(uri=receiver.url, auth=auth), sender=Transport())

    # Several at once, as a receiver that takes its time would keep 70 scenarios in a row waiting for minutes.
    with ThreadPoolExecutor(6) as pool:
        runs = pool.map(lambda each: run_scenarios([shipped_scenario(each)], settings), shipped())
        checks = [check for run in runs for check in run.checks]

    assert [f"{check.id}: {check.detail}" for check in checks if check.status in {Status.FAIL, Status.ERROR}] == []
    assert sum(check.status is Status.PASS for check in checks) > 100
