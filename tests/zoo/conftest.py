"""The correct receivers of the zoo, started as real processes; ``correct/zoo.yaml`` describes them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parent / "correct"
READY = 30.0  # seconds that a receiver gets to start: Java compiles itself first


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, unless ``-m`` speaks of the zoo."""
    if "zoo" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("zoo")]
    items[:] = [item for item in items if not item.get_closest_marker("zoo")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


@dataclass(frozen=True)
class ZooReceiver:
    """A correct receiver that is running."""

    name: str
    url: str
    auth: tuple[str, str] | None
    handled: str
    """Where it tells how many different events it acted upon."""


def missing(needs: dict[str, list[str]]) -> str:
    """Return what a receiver needs and this machine lacks, or an empty string."""
    for command in needs.get("commands", []):
        if shutil.which(command) is None:
            return f"{command} is not installed"
    for module in needs.get("python", []):
        if find_spec(module) is None:
            return f"the Python module {module} is not installed (pip install '.[zoo]')"
    for package in needs.get("npm", []):
        if not (FOLDER / "node" / "node_modules" / package).is_dir():
            return f"the npm package {package} is not installed (npm install --prefix tests/zoo/correct/node)"
    return ""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise AssertionError(process.communicate()[1].decode(errors="replace")) from None
            time.sleep(0.02)
        else:
            return


@pytest.fixture(scope="session")
def zoo() -> dict[str, dict[str, Any]]:
    """The manifest."""
    return yaml.safe_load((FOLDER / "zoo.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def zoo_receiver(zoo: dict[str, dict[str, Any]]) -> Iterator[Callable[[str], ZooReceiver]]:
    """Start a correct receiver by name, once for a module of tests; skip if the machine can't run it."""
    running: dict[str, ZooReceiver] = {}
    processes: list[subprocess.Popen[bytes]] = []

    def start(name: str) -> ZooReceiver:
        if name in running:
            return running[name]
        described = zoo[name]
        if reason := missing(described.get("needs", {})):
            pytest.skip(reason)
        port, auth = free_port(), described["auth"]
        command = [sys.executable if part == "python" else part for part in described["run"]]
        secret = {"HOOK_SECRET": auth["value"]} if auth else {}
        process = subprocess.Popen(
            command,
            cwd=FOLDER,
            env=os.environ | {"PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"} | secret,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        processes.append(process)
        wait_until_ready(process, port)
        root = f"http://127.0.0.1:{port}"
        running[name] = ZooReceiver(
            name=name,
            url=root + described["path"],
            auth=(auth["header"], auth["value"]) if auth else None,
            handled=f"{root}/handled",
        )
        return running[name]

    yield start

    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
