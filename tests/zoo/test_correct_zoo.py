"""Every correct receiver of the zoo keeps the contract, seen by hand: so no check may complain about it."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
import yaml

from emulator.payloads import World, as_delivery, build_envelope, build_event, encode

FOLDER = Path(__file__).parent / "correct"
NAMES = list(yaml.safe_load((FOLDER / "zoo.yaml").read_text(encoding="utf-8")))

# What starts at once on any machine; `pytest -m zoo` runs the others too.
QUICK = {"http-server-1-0", "plain-wsgi", "asyncio-streams", "lambda-handler"}

pytestmark = [pytest.mark.process, pytest.mark.wire]


class Caller:
    """Okta, as far as this receiver sees it."""

    def __init__(self, receiver: Any) -> None:
        self.receiver = receiver
        self.auth = dict([receiver.auth]) if receiver.auth else {}

    def get(self, challenge: str, **headers: str) -> requests.Response:
        return requests.get(
            self.receiver.url,
            headers={"X-Okta-Verification-Challenge": challenge} | self.auth | headers,
            timeout=3,
            allow_redirects=False,
        )

    def post(self, body: Any, **headers: str) -> requests.Response:
        return requests.post(
            self.receiver.url,
            data=body if isinstance(body, bytes) else encode(body),
            headers={"Content-Type": "application/json"} | self.auth | headers,
            timeout=3,
            allow_redirects=False,
        )

    def handled(self) -> int:
        return int(requests.get(self.receiver.handled, timeout=3).json()["count"])


@pytest.fixture(scope="module")
def world() -> World:
    return World(4)


@pytest.fixture
def deliver(world: World) -> Callable[..., dict[str, Any]]:
    def make(*event_types: str) -> dict[str, Any]:
        types = event_types or ("user.lifecycle.deactivate",)
        hook = world.id("who", "hook", 0)
        events = [as_delivery(build_event(kind, world=world, hook_ids=[hook])) for kind in types]
        for event in events:
            event["uuid"] = str(uuid4())
        return build_envelope(events, world=world, hook_id=hook) | {"eventId": str(uuid4())}

    return make


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.zoo) for name in NAMES]
)
def test_a_correct_receiver_is_correct(zoo_receiver: Callable, deliver: Callable, name: str) -> None:
    """Verification, authentication, batches, odd shapes, duplicates, size, parallel deliveries, garbage."""
    okta = Caller(zoo_receiver(name))

    with ThreadPoolExecutor(20) as pool:
        challenges = ("Me_rShK8JHsTnbyYrWXCEoMGbM_zsZ6k0hLPZ_Pg", "A-_z", "x" * 200)
        for challenge, verified in zip(challenges, pool.map(okta.get, challenges), strict=True):
            assert (verified.status_code, verified.json()) == (200, {"verification": challenge})
            assert verified.headers["Content-Type"].partition(";")[0] == "application/json"

        if okta.auth:
            [(header, value)] = okta.auth.items()
            wrong = [
                {header: text} for text in ("", value[:-1], f"{value}x", value.swapcase(), "Basic d3Jvbmc6d3Jvbmc=")
            ]
            refused = [*pool.map(lambda auth: okta.get("abc", **auth), wrong)]
            refused += pool.map(lambda auth: okta.post(deliver(), **auth), wrong)
            assert {answer.status_code for answer in refused} <= {401, 403}

        nulls = deliver()
        nulls["data"]["events"][0] |= dict.fromkeys(("target", "actor", "client", "outcome", "debugContext"))
        large = deliver()
        large["data"]["events"][0]["debugContext"] = {"debugData": {"x": "ü" * 2_500_000}}
        good = [deliver(), nulls, large, deliver(*["user.lifecycle.suspend"] * 300), *(deliver() for _ in range(15))]
        again = deliver("user.lifecycle.create")
        again["data"]["events"] += [copy.deepcopy(good[0]["data"]["events"][0])] * 2
        for answer in [*pool.map(okta.post, good), okta.post(again), *pool.map(okta.post, good)]:
            assert (answer.status_code, answer.content) in {(200, b""), (204, b"")}, answer.text

        garbage = (b"", b"{", b"[]", b"null", b"\xff\xfe{\x00}\x00", encode(deliver())[:-5], b"[" * 100_000)
        assert {answer.status_code // 100 for answer in pool.map(okta.post, garbage)} == {4}

    wanted = 3 + 300 + 15 + 1
    until = time.monotonic() + 5
    while okta.handled() != wanted and time.monotonic() < until:
        time.sleep(0.02)
    assert okta.handled() == wanted


def test_every_program_in_the_folder_is_in_the_manifest(zoo: dict[str, Any]) -> None:
    described = {part for entry in zoo.values() for part in entry["run"][1:]} | {"python/lambda_handler.py"}
    programs = {
        str(path.relative_to(FOLDER))
        for path in FOLDER.glob("*/*")
        if path.suffix in {".py", ".js", ".java", ".pl"} and "node_modules" not in path.parts
    }

    assert programs == described
    assert len(zoo) >= 12
    assert all(entry["note"] for entry in zoo.values())
