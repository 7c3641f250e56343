"""Every broken service of the zoo fails exactly the checks named beside it, and every check has one that fails it."""

from __future__ import annotations

import importlib.util
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from emulator.checks.inline import InlinePlan, InlineTarget, choose_inline, inline_registry, run_inline_suite
from emulator.checks.inline.target import Credential
from emulator.contract.inline.types import inline_hook_type
from emulator.contract.model import AuthScheme, Channel
from emulator.contract.profile import DEFAULT_PROFILE
from emulator.delivery.transport import Transport
from emulator.payloads import World
from emulator.runner.results import RunResult, Status
from emulator.secrets import Secret

pytestmark = pytest.mark.wire

HERE = Path(__file__).parent


def load(path: Path, name: str) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


serving = load(HERE.parent / "broken" / "base.py", "zoo_base").serving
base = load(HERE / "base.py", "inline_zoo_base")
for file in sorted(HERE.glob("[!_]*.py")):
    if not file.stem.startswith("test_") and file.stem != "base":
        load(file, f"inline_zoo_{file.stem}")


class Rerouted(Transport):
    """Sends to the service whatever its URL is."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send_in_turn(self, requests, **more):
        return super().send_in_turn([replace(request, url=self.url) for request in requests], **more)

    def held(self, request, **more):
        return super().held(replace(request, url=self.url), **more)


def check(service, kind: str) -> RunResult:
    with serving(service) as server:
        known = Credential(login=base.LOGIN, password=Secret(base.PASSWORD))
        target = InlineTarget(
            kind=inline_hook_type(kind),
            channel=Channel(
                uri=service.public_url or server.url, auth=AuthScheme(key="Authorization", value=Secret(service.secret))
            ),
            sender=Rerouted(server.url),
            world=World(7),
            started=int(time.time() * 1000),
            credential=known if kind == "password-import" else None,
            profile=replace(DEFAULT_PROFILE, time_limit=service.time_limit),
        )
        return run_inline_suite(InlinePlan(target=target, checks=choose_inline(kind, select=service.looked_at)))


def failures(run: RunResult) -> dict[str, str]:
    return {result.id: result.detail for result in run.checks if result.status is Status.FAIL}


@pytest.mark.parametrize("kind", base.TYPES)
def test_the_good_service_fails_nothing(kind: str) -> None:
    service = base.Good()
    service.kind = kind
    run = check(service, kind)

    assert failures(run) == {}
    assert [result.detail for result in run.checks if result.status is Status.ERROR] == []


# One service for each check; `pytest -m zoo` runs the others too.
USUAL = {next(name for name, kind in base.ZOO.items() if check_id in kind.fails) for check_id in
         {check_id for kind in base.ZOO.values() for check_id in kind.fails}}  # fmt: skip


@pytest.mark.parametrize(
    "name", [name if name in USUAL else pytest.param(name, marks=pytest.mark.zoo) for name in base.ZOO]
)
def test_a_broken_service_fails_what_is_named_beside_it(name: str) -> None:
    service = base.ZOO[name]()
    found = failures(check(service, service.kind))

    assert set(found) == service.fails, found


def test_every_check_has_a_service_that_fails_it() -> None:
    covered = {check_id for kind in base.ZOO.values() for check_id in kind.fails}

    assert set(inline_registry()) - covered == set()


def test_every_type_of_hook_has_broken_services() -> None:
    counted = {kind: sum(service.kind == kind for service in base.ZOO.values()) for kind in base.TYPES}

    assert min(counted.values()) >= 4, counted
    assert len(base.ZOO) >= 35
