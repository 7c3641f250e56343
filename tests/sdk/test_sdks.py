"""
Okta's own SDKs drive the fake org: hooks, users, groups, the System Log, and deliveries to the reference receiver.

``tox -e sdk`` runs it.  The SDKs are installed below the folder that OKTA_HOOKS_SDK names, each in a place of its own,
once; without that variable there is nothing to run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
import venv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from emulator.contract.inline.types import inline_hook_type
from emulator.delivery.signing import check_token
from emulator.payloads import World
from emulator.payloads.inline.build import inline_request
from receiver import Receiver

HERE = Path(__file__).parent
HOME = os.environ.get("OKTA_HOOKS_SDK", "")
SECRET = "Basic b2t0YTpzM2NyZXQ="

pytestmark = [pytest.mark.sdk, pytest.mark.skipif(not HOME, reason="OKTA_HOOKS_SDK names no folder: tox -e sdk")]


def run(*command: str | Path, **more: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **more},
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python_with(requirement: str, name: str) -> Path:
    folder = Path(HOME) / name
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (folder / "installed").is_file():
        venv.create(folder, with_pip=True, clear=True)
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement)
        (folder / "installed").touch()
    return python


def node_with(package: str) -> Path:
    folder = Path(HOME) / "node"
    if not (folder / "installed").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        run(shutil.which("npm") or "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, package)
        (folder / "installed").touch()
    return folder


@pytest.fixture
def org() -> Iterator[dict[str, str]]:
    """A served org, with nothing in it, that delivers at once."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--json", "--profile", "delivery.window=0"]
    served = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert served.stdout is not None
    ready = json.loads(served.stdout.readline())

    yield {"ORG_URL": ready["url"], "ORG_TOKEN": ready["token"]}

    served.terminate()
    served.wait(20)
    served.stdout.close()


PATCH = {"type": "com.okta.access.patch", "value": [{"op": "add", "path": "/claims/a", "value": "b"}]}


@pytest.fixture
def service() -> Iterator[tuple[str, list[str]]]:
    """An external service for inline hooks: its URL, and the Authorization header of each call."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(self.headers["Authorization"] or "")
            body = json.dumps({"commands": [PATCH]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/inline", seen
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("sdk", ["python 2.x", "python 3.x", "node"])
def test_an_sdk_tells_the_whole_story(sdk: str, org: dict[str, str], service: tuple[str, list[str]]) -> None:
    """Each driver checks what it gets; errors parse as the SDK's own exceptions."""
    if sdk == "node":
        if shutil.which("node") is None:
            pytest.skip("there is no node on this machine")
        command = ["node", HERE / "drive_node.mjs"]
        more = {"NODE_SDK": str(node_with("@okta/okta-sdk-nodejs"))}
    else:
        line = sdk[7]
        python = python_with("okta<3" if line == "2" else "okta>=3", f"python{line}")
        command, more = [python, HERE / f"drive_python{line}.py"], {}
    since = datetime.now(UTC) - timedelta(hours=1)
    with Receiver(auth=SECRET) as receiver:
        told = json.loads(
            run(
                *command,
                **org,
                **more,
                HOOK_URL=receiver.url,
                HOOK_SECRET=SECRET,
                SERVICE_URL=service[0],
                INLINE_REQUEST=json.dumps(inline_request(inline_hook_type("token"), world=World(1))),
                SINCE=since.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                OKTA_TESTING_TESTINGDISABLEHTTPSCHECK="true",
            )
        )
        received = receiver.wait_for(3)

    assert told["events"][:3] == ["event_hook.created", "event_hook.verified", "event_hook.updated"]
    assert [event.event_type for event in received] == [
        "user.lifecycle.create",
        "group.user_membership.add",
        "user.lifecycle.deactivate",
    ]
    assert {party.id for event in received for party in event.targets("User")} == {told["user"]}
    authorized_by(org["ORG_URL"], sdk, service[1])


def authorized_by(org_url: str, sdk: str, seen: list[str]) -> None:
    """The 2.x line sends the header's secret, the others a token that anybody can check with the published keys."""
    assert len(seen) == 1
    if sdk == "python 2.x":
        assert seen == [SECRET]
        return
    with urllib.request.urlopen(f"{org_url}/oauth2/default/v1/keys") as answer:
        keys = json.load(answer)["keys"]
    issuer = f"{org_url}/oauth2/default"
    claims = check_token(seen[0].removeprefix("Bearer "), keys, audience=["api://default"], issuer=issuer)
    assert claims["cid"] == "sdk"
