"""Fixtures of the receiver's tests: deliveries to send, and the app in this process."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
from werkzeug.test import Client

from receiver.app import App, create_app
from receiver.recorder import Recorder

SECRET = "Basic am9objpzM2NyM3QtdmFsdWU="


@pytest.fixture
def secret() -> str:
    return SECRET


@pytest.fixture
def make_event() -> Callable[..., dict[str, Any]]:
    """Make a LogEvent in the shape of a delivery: members without a value are left out (D18)."""
    numbers = itertools.count(1)

    def make(**members: Any) -> dict[str, Any]:
        number = next(numbers)
        event = {
            "uuid": str(UUID(int=number)),
            "published": f"2026-08-21T10:00:{number % 60:02}.000Z",
            "eventType": "user.lifecycle.deactivate",
            "version": "0",
            "severity": "INFO",
            "actor": {"id": "00u1", "type": "User", "alternateId": "admin@example.com", "displayName": "Admin"},
            "outcome": {"result": "SUCCESS"},
            "target": [
                {"id": "00u2", "type": "User", "alternateId": "john.doe@example.com", "displayName": "John Doe"}
            ],
        }
        return event | members

    return make


@pytest.fixture
def make_envelope(make_event: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Make a delivery of the given events, or of one (D2, D3)."""
    numbers = itertools.count(1)

    def make(*events: Any, **members: Any) -> dict[str, Any]:
        envelope = {
            "eventType": "com.okta.event_hook",
            "eventTypeVersion": "1.0",
            "cloudEventsVersion": "0.1",
            "source": "https://example.okta.com/api/v1/eventHooks/whoa1b2c3d4e5f6g75d7",
            "eventId": str(UUID(int=next(numbers), version=4)),
            "data": {"events": list(events) or [make_event()]},
            "eventTime": "2026-08-21T10:01:00.000Z",
            "contentType": "application/json",
        }
        return envelope | members

    return make


class Hook:
    """The receiver's app in this process, what it recorded, and the two requests that Okta sends."""

    path = "/okta/hooks"

    def __init__(self, app: App, recorder: Recorder, lines: list[str]) -> None:
        self.app = app
        self.recorder = recorder
        self.lines = lines
        self.client = Client(app, use_cookies=False)

    def get(self, challenge: str | None = "abc", *, auth: str | None = SECRET, name: str = "Authorization") -> Any:
        headers = {} if challenge is None else {"X-Okta-Verification-Challenge": challenge}
        return self.client.get(self.path, headers=headers | ({} if auth is None else {name: auth}))

    def post(self, body: Any, *, auth: str | None = SECRET, kind: str = "application/json", **more: Any) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = more.pop("headers", {}) | ({} if auth is None else {"Authorization": auth})
        return self.client.post(self.path, data=data, content_type=kind, headers=headers, **more)

    @property
    def uuids(self) -> list[str]:
        return [event.uuid for event in self.recorder.events]


@pytest.fixture
def make_hook(tmp_path: Path) -> Iterator[Callable[..., Hook]]:
    """Make receivers, with a secret unless told otherwise; all are closed when the test ends."""
    made: list[App] = []

    def make(**settings: Any) -> Hook:
        recorder, lines = Recorder(), []
        settings = {"db": None, "auth": SECRET, "observer": recorder, "emit": lines.append} | settings
        made.append(create_app(**settings))
        return Hook(made[-1], recorder, lines)

    yield make

    for app in made:
        app.close()


@pytest.fixture
def hook(make_hook: Callable[..., Hook]) -> Hook:
    return make_hook()


@dataclass(frozen=True)
class Running:
    """A real ``okta-receiver`` process that is ready."""

    process: subprocess.Popen[str]
    url: str
    ready: dict[str, Any]

    def post(self, envelope: dict[str, Any], *, auth: str | None = None) -> int:
        headers = {} if auth is None else {"Authorization": auth}
        return requests.post(self.url, json=envelope, headers=headers, timeout=5).status_code

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start ``okta-receiver`` on a free port, in a folder of its own, and wait until it says that it is ready."""
    processes: list[subprocess.Popen[str]] = []

    def call(*options: str, **environment: str) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-m", "receiver", "--port", "0", "--json", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | environment,
        )
        processes.append(process)
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise AssertionError(process.communicate()[1])
        ready = json.loads(line)
        return Running(process=process, url=ready["url"], ready=ready)

    yield call

    for process in processes:
        process.kill()
        process.communicate()
