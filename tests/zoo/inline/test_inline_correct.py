"""The contract suite finds nothing wrong with a correct service, whoever wrote it and in whatever language."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.checks.inline import InlinePlan, InlineTarget, choose_inline, run_inline_suite
from emulator.checks.inline.target import Credential
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.contract.model import AuthScheme, Channel
from emulator.delivery.transport import Transport
from emulator.payloads import World
from emulator.runner.results import Status, Verdict
from emulator.secrets import Secret

FOLDER = Path(__file__).parent / "correct"
PROGRAMS = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {".js", ".py"})
SECRET, LOGIN, PASSWORD = "Bearer correct-7f3a9c", "isaac.brock@example.com", "Modest-Mouse 1993"
# A service that always says the same verifies nobody, which is no fault of the contract's but of ours to tell it so.
WITHOUT_PEOPLE = {"wsgi_per_type.py"}

pytestmark = [pytest.mark.process, pytest.mark.wire]


# What is in another language; `pytest -m zoo` runs the others too.
USUAL = {"services.js"}


@pytest.fixture(
    scope="module",
    params=[name if name in USUAL else pytest.param(name, marks=pytest.mark.zoo) for name in PROGRAMS],
)
def service(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """Start a program of a stranger's, once for all types."""
    command = {".js": "node", ".py": sys.executable}[Path(request.param).suffix]
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    known = {"PORT": str(port), "HOOK_SECRET": SECRET, "LOGIN": LOGIN, "PASSWORD": PASSWORD}
    process = subprocess.Popen([command, str(FOLDER / request.param)], env=os.environ | known)
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)

    yield request.param, f"http://127.0.0.1:{port}/inline"

    process.terminate()
    process.wait(10)


@pytest.mark.parametrize("kind", INLINE_HOOK_TYPES.values(), ids=lambda kind: kind.short)
def test_a_correct_service_fails_no_check(service: tuple[str, str], kind) -> None:
    name, root = service
    known = Credential(login=LOGIN, password=Secret(PASSWORD))
    target = InlineTarget(
        kind=kind,
        channel=Channel(uri=f"{root}/{kind.short}", auth=AuthScheme(key="Authorization", value=Secret(SECRET))),
        sender=Transport(),
        world=World(7),
        started=int(time.time() * 1000),
        credential=known if kind.short == "password-import" and name not in WITHOUT_PEOPLE else None,
    )
    run = run_inline_suite(InlinePlan(target=target, checks=choose_inline(kind.short)))
    wrong = {check.id: check.detail for check in run.checks if check.status in {Status.FAIL, Status.ERROR}}

    assert wrong == {}
    assert run.verdict is Verdict.PASS
