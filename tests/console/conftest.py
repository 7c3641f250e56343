"""A console over an org, called without sockets by a browser that keeps cookies; the org's receiver is a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from emulator import Org
from emulator.apis import OrgApp, create_app
from emulator.console import serve_console
from emulator.delivery.exchange import Exchange, Reply, Request
from emulator.secrets import Secret

CONTROL = "control-token"
HEADERS = {"Host": "127.0.0.1:8420", "User-Agent": "Browser of a test"}


@dataclass
class Script:
    """A receiver that echoes challenges unless told otherwise, and answers deliveries with *status*."""

    status: int = 204
    echoes: bool = True
    body: bytes = b""
    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request, **_: object) -> Exchange:
        self.sent.append(request)
        if request.method == "GET":
            challenge = dict(request.headers)["X-Okta-Verification-Challenge"] if self.echoes else "no"
            body = json.dumps({"verification": challenge}).encode()
            reply = Reply(status=200, headers=(("Content-Type", "application/json"),), body=body)
            return Exchange(request=request, reply=reply)
        return Exchange(request=request, reply=Reply(status=self.status, body=self.body))

    @property
    def events(self) -> list[dict[str, Any]]:
        bodies = [json.loads(request.body or b"") for request in self.sent if request.method == "POST"]
        return [event for body in bodies for event in body["data"]["events"]]


class Browser:
    """Keeps the session's cookie, sends the CSRF token of the page it is on, and follows redirects."""

    def __init__(self, app: OrgApp) -> None:
        self.client = Client(app)
        self.csrf = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        headers = {**HEADERS, **more.pop("headers", {})}
        answer = self.client.get(f"/console{path}", headers=headers, follow_redirects=True, **more)
        found = re.search(r'data-csrf="([^"]+)"', answer.text)
        self.csrf = found[1] if found else self.csrf
        return answer

    def post(self, path: str, /, **fields: Any) -> TestResponse:
        data = {"csrf": self.csrf, **fields}
        headers = {**HEADERS, "Origin": "http://127.0.0.1:8420"}
        return self.client.post(f"/console{path}", data=data, headers=headers, follow_redirects=True)

    def sign_in(self) -> Browser:
        assert self.get(f"/sign-in?token={CONTROL}").status_code == 200
        return self


@pytest.fixture
def receiving() -> Script:
    return Script()


@pytest.fixture
def app(receiving: Script) -> Iterator[OrgApp]:
    with Org(seed=7, clock="2026-08-21T12:00:00Z", sender=receiving) as org:
        made = create_app(org, tokens=[Secret("00-test-token")], control_token=Secret(CONTROL))
        serve_console(made, sender=receiving)
        yield made


@pytest.fixture
def org(app: OrgApp) -> Org:
    return app.org


@pytest.fixture
def stranger(app: OrgApp) -> Browser:
    """A browser that has not signed in."""
    return Browser(app)


@pytest.fixture
def browser(app: OrgApp) -> Browser:
    """A browser that has signed in."""
    return Browser(app).sign_in()
