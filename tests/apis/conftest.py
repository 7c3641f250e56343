"""An org behind its WSGI application, called without sockets; its receiver is a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from emulator import Org
from emulator.apis import OrgApp, create_app
from emulator.delivery.exchange import Exchange, Reply, Request
from emulator.secrets import Secret

TOKEN, CONTROL = "00-test-token", "control-token"


@dataclass
class Script:
    """A receiver that echoes challenges and answers deliveries with 204, or as *status* says."""

    status: int = 204
    echoes: bool = True
    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request, **_: object) -> Exchange:
        self.sent.append(request)
        if request.method == "GET":
            challenge = dict(request.headers)["X-Okta-Verification-Challenge"] if self.echoes else "no"
            body = json.dumps({"verification": challenge}).encode()
            reply = Reply(status=200, headers=(("Content-Type", "application/json"),), body=body)
            return Exchange(request=request, reply=reply)
        return Exchange(request=request, reply=Reply(status=self.status))

    @property
    def events(self) -> list[dict[str, Any]]:
        bodies = [json.loads(request.body or b"") for request in self.sent if request.method == "POST"]
        return [event for body in bodies for event in body["data"]["events"]]


@pytest.fixture
def receiving() -> Script:
    return Script()


@pytest.fixture
def make_app(receiving: Script) -> Iterator[Callable[..., OrgApp]]:
    """Make the application of a new org; its clock stands still at noon."""
    orgs: list[Org] = []

    def make(*, app: dict[str, Any] | None = None, **org: Any) -> OrgApp:
        orgs.append(Org(**{"seed": 7, "clock": "2026-08-21T12:00:00Z", "sender": receiving, **org}))
        return create_app(orgs[-1], **{"tokens": [Secret(TOKEN)], "control_token": Secret(CONTROL), **(app or {})})

    yield make

    for org in orgs:
        org.close()


@pytest.fixture
def app(make_app: Callable[..., OrgApp]) -> OrgApp:
    return make_app()


@pytest.fixture
def org(app: OrgApp) -> Org:
    return app.org


def calling(app: OrgApp, prefix: str, authorization: str) -> Callable[..., TestResponse]:
    client = Client(app)

    def call(method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        headers = {"Authorization": authorization, "Host": "127.0.0.1:8420", **more.pop("headers", {})}
        if body is not None:
            more |= {"data": body} if isinstance(body, bytes) else {"json": body}
        elif method in {"POST", "PUT"} and "data" not in more:
            more["environ_overrides"] = {"CONTENT_LENGTH": "0"}  # E10: as every client does
        return client.open(f"{prefix}{path}", method=method, headers=headers, **more)

    return call


@pytest.fixture
def api(app: OrgApp) -> Callable[..., TestResponse]:
    """Call the API with the admin's token: ``api("GET", "/users")``."""
    return calling(app, "/api/v1", f"SSWS {TOKEN}")


@pytest.fixture
def api_of() -> Callable[[OrgApp], Callable[..., TestResponse]]:
    """Like ``api``, for an application of your own."""
    return lambda app: calling(app, "/api/v1", f"SSWS {TOKEN}")


@pytest.fixture
def control(app: OrgApp) -> Callable[..., TestResponse]:
    """Call the control plane: ``control("POST", "/drain")``."""
    return calling(app, "/_emulator", f"Bearer {CONTROL}")


@pytest.fixture
def refused() -> Callable[..., None]:
    """Check that a response is one of Okta's errors."""

    def check(response: TestResponse, status: int, code: str, *words: str) -> None:
        body = response.get_json()
        assert (response.status_code, body["errorCode"]) == (status, code), body
        assert list(body) == ["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"]
        assert body["errorLink"] == code
        assert isinstance(body["errorCauses"], list)
        assert len(body["errorId"]) == 25
        text = json.dumps(body)
        for word in words:
            assert word in text

    return check
