"""Orgs whose receiver is a script: the real engine and store, without sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from emulator import Org
from emulator.delivery.exchange import Exchange, Failure, Reply, Request

URI = "https://hooks.example.com/okta"


@dataclass
class Script:
    """A receiver that echoes challenges and answers deliveries by the book of the test, then with 204."""

    answers: list[int | Failure] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)
    echoes: bool = True
    gate: threading.Event | None = None
    arrived: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def send(self, request: Request, **_: object) -> Exchange:
        with self.arrived:
            self.sent.append(request)
            self.arrived.notify_all()
        if request.method == "GET":
            challenge = dict(request.headers)["X-Okta-Verification-Challenge"] if self.echoes else "no"
            body = json.dumps({"verification": challenge}).encode()
            return Exchange(
                request=request, reply=Reply(status=200, headers=(("Content-Type", "application/json"),), body=body)
            )
        if self.gate is not None:
            assert self.gate.wait(5)
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Failure):
            return Exchange(request=request, failure=answer, detail=str(answer))
        return Exchange(request=request, reply=Reply(status=answer))

    def wait_for(self, posts: int) -> None:
        """Wait until so many deliveries have arrived."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.posts) >= posts, 5)

    @property
    def posts(self) -> list[Request]:
        return [request for request in self.sent if request.method == "POST"]

    @property
    def envelopes(self) -> list[dict[str, Any]]:
        return [json.loads(request.body or b"") for request in self.posts]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for envelope in self.envelopes for event in envelope["data"]["events"]]


@pytest.fixture
def receiving() -> Script:
    return Script()


@pytest.fixture
def make_org(receiving: Script) -> Iterator[Callable[..., Org]]:
    made: list[Org] = []

    def make(**more: Any) -> Org:
        made.append(Org(**{"seed": 7, "clock": "2026-08-21T12:00:00Z", "sender": receiving, **more}))
        return made[-1]

    yield make

    for org in made:
        org.close()


@pytest.fixture
def org(make_org: Callable[..., Org]) -> Org:
    return make_org()


@pytest.fixture
def subscribed(org: Org) -> Callable[..., Org]:
    """Give an org with one verified hook for the event types named."""

    def subscribe(*events: str, **more: Any) -> Org:
        hook = org.create_event_hook(uri=URI, events=events, auth="Basic s3cret", **more)
        org.verify(hook)
        return org

    return subscribe
