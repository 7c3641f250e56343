"""A real browser against real processes: ``okta-hooks serve``, the reference receiver, headless Chromium."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "browser"
REQUIRED = os.environ.get("OKTA_HOOKS_BROWSER") == "required"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECRET = "browser-test-secret"


def missing(reason: str) -> None:
    if REQUIRED:
        pytest.fail(f"{reason}, and OKTA_HOOKS_BROWSER=required")
    pytest.skip(reason)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes a minute, unless ``-m`` speaks of the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not REQUIRED and "browser" not in config.option.markexpr:
                item.add_marker(pytest.mark.skip(reason="takes a browser and a minute: tox -e browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium of this machine, never a downloaded one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        missing("no chromium on this machine (Debian: apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed (pip install 'okta-hook-emulator[browser]')")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Process:
    """A command of ours that runs beside the test; its lines are kept."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"},
        )
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()

    def says(self, words: str, *, seconds: float = 20) -> str:
        """Wait for a line with *words* in it, and return it."""
        with self._changed:
            found = self._changed.wait_for(lambda: [line for line in self.lines if words in line], seconds)
        assert found, f"{words!r} is not in:\n" + "\n".join(self.lines)
        return found[0]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            self._reader.join(5)
            assert self.process.stdout is not None
            self.process.stdout.close()


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Process]]:
    """Start a module of ours as a process."""
    started: list[Process] = []

    def run(*arguments: str) -> Process:
        started.append(Process(*arguments, cwd=tmp_path_factory.mktemp("process")))
        return started[-1]

    yield run

    for process in started:
        process.stop()


@pytest.fixture(scope="session")
def served(start: Callable[..., Process]) -> dict[str, Any]:
    """A running org; its ready line."""
    process = start("emulator", "serve", "--port", "0", "--json", "--seed", "7", "--profile", "delivery.window=0")
    ready: dict[str, Any] = json.loads(process.says('"control_token"'))
    return ready


@pytest.fixture(scope="session")
def receiver(start: Callable[..., Process]) -> tuple[str, Process]:
    """The reference receiver as a process: its hook URL, and the process."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    process = start("receiver", "--port", str(port), "--auth-header", f"Authorization: {SECRET}")
    process.says(str(port))
    return f"http://127.0.0.1:{port}/okta/hooks", process


@pytest.fixture
def page(chromium: Any, served: dict[str, Any]) -> Iterator[Any]:
    """A page of a fresh browser profile; what its console complains of fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, color_scheme="light")
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def inside(page: Any, served: dict[str, Any]) -> Any:
    """The same page, signed in by the link that the server printed."""
    page.goto(served["console"])
    return page


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The axe-core accessibility engine."""
    try:
        import axe_playwright_python
    except ImportError:
        missing("axe-playwright-python is not installed (pip install 'okta-hook-emulator[browser]')")
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def look(axe_source: str) -> Callable[..., None]:
    """Scan a page with axe-core, and keep pictures of it: wide and narrow, light and dark."""

    def scan(page: Any, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width, height, kind in ((1280, 860, "desktop"), (390, 844, "phone")):
                page.set_viewport_size({"width": width, "height": height})
                page.screenshot(path=SHOTS / f"{name}-{kind}-{scheme}.png", full_page=True)
                overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert overflow <= 0, f"{name} is {overflow} px too wide at {width} px"
                if (kind == "desktop") is not (scheme == "light"):
                    continue  # each width and each scheme is scanned once
                # Through the debugger, which the page's policy doesn't bind.
                page.evaluate(axe_source)
                found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
                serious = [
                    (each["id"], each["help"], [node["html"][:160] for node in each["nodes"][:3]])
                    for each in found["violations"]
                    if each["impact"] in {"serious", "critical"}
                ]
                assert serious == [], f"{name}, {kind}, {scheme}"
        page.set_viewport_size(before)
        page.emulate_media(color_scheme="light")

    return scan
