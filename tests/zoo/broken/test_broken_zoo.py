"""Every broken receiver of the zoo fails exactly the checks named beside it, and every check has one that fails it."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from emulator.checks import Plan, registry, run_suite
from emulator.checks.probe import read_probe
from emulator.checks.registry import choose
from emulator.checks.target import Target
from emulator.contract.model import AuthScheme, Channel
from emulator.delivery.transport import transport
from emulator.payloads import World
from emulator.runner.results import RunResult, Status
from emulator.secrets import Secret

pytestmark = pytest.mark.wire

HERE = Path(__file__).parent


def load(path: Path) -> ModuleType:
    name = f"zoo_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


base = load(HERE / "base.py")
for file in sorted(HERE.glob("[!_]*.py")):
    if not file.stem.startswith("test_"):
        load(file)


def check(receiver) -> RunResult:
    with base.serving(receiver) as server:
        auth = AuthScheme(key=receiver.auth_header, value=Secret(receiver.secret))
        sender, root = transport(None), server.url.partition("/hooks")[0]
        probes = [f"{root}/probe $.count", f"{root}/probe/{{login}} $.status"] if receiver.shows_effects else []
        target = Target(
            channel=Channel(uri=server.url, auth=auth),
            sender=sender,
            probes=tuple(read_probe(text, sender=sender) for text in probes),
            calm=0.1,
            world=World(7),
            started=int(time.time() * 1000),
        )
        return run_suite(Plan(target=target, checks=choose()))


def failures(run: RunResult) -> dict[str, str]:
    return {result.id: result.detail for result in run.checks if result.status is Status.FAIL}


def test_the_good_receiver_fails_nothing() -> None:
    receiver = base.Good()
    receiver.shows_effects = True
    run = check(receiver)

    assert failures(run) == {}
    assert [result.detail for result in run.checks if result.status is Status.ERROR] == []


@pytest.mark.parametrize("name", base.ZOO)
def test_a_broken_receiver_fails_what_is_named_beside_it(name: str) -> None:
    receiver = base.ZOO[name]()
    found = failures(check(receiver))

    assert set(found) == receiver.fails, found


def test_every_check_has_a_receiver_that_fails_it() -> None:
    covered = {check_id for kind in base.ZOO.values() for check_id in kind.fails}

    assert set(registry()) - covered == set()
