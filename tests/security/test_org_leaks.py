"""Random secrets through a served org: its API, console, control plane, stream, logs, files and crashes."""

from __future__ import annotations

import gc
import html
import json
import logging
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from emulator import Org
from emulator.apis import OrgApp, create_app
from emulator.apis.routing import routes
from emulator.apis.targets import guarded_sender
from emulator.console import serve_console
from emulator.org.errors import VerificationFailedError
from emulator.org.inline.making import OAuth
from emulator.secrets import Secret

pytestmark = pytest.mark.wire

HOST = {"Host": "127.0.0.1:8420", "User-Agent": "Browser of a test"}
TYPES = ["user.lifecycle.create", "user.lifecycle.deactivate"]
# Okta shows the values of custom headers and the whole URL to whoever may read the hook (A12).
SHOWN_BY_OKTA = {"custom header", "key in the URL"}


@dataclass
class Served:
    """An org with secrets of every kind behind its application, and all that it has said."""

    app: OrgApp
    hunt: Any
    token: str
    control_token: str
    hook: dict[str, Any]
    user: dict[str, Any]
    password: str
    log: list[str] = field(default_factory=list)

    @property
    def org(self) -> Org:
        return self.app.org

    def api(self, method: str, path: str, body: Any = None) -> TestResponse:
        more = sending(body)
        headers = {**HOST, "Authorization": f"SSWS {self.token}"}
        return Client(self.app).open(path, method=method, headers=headers, **more)

    def control(self, method: str, path: str, body: Any = None) -> TestResponse:
        more = sending(body)
        headers = {**HOST, "Authorization": f"Bearer {self.control_token}"}
        return Client(self.app).open(path, method=method, headers=headers, **more)

    def console(self) -> Client:
        client = Client(self.app)
        client.get(f"/console/sign-in?token={self.control_token}", headers=HOST)
        return client


def sending(body: Any) -> dict[str, Any]:
    if isinstance(body, bytes):
        return {"data": body, "environ_overrides": {"CONTENT_LENGTH": str(len(body))}}
    return {} if body is None else {"json": body}


def whole(answer: TestResponse) -> str:
    return f"{answer.status}\n{answer.headers}\n{answer.text}"


@pytest.fixture
def served(
    hunt, raw_server: Callable, read_request: Callable, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Iterator[Served]:
    """An org whose receiver repeats in its answer all that it was sent."""

    def echo(connection: socket.socket) -> None:
        request = read_request(connection)
        challenge = re.search(rb"Challenge: (\S+)", request)
        good = challenge is not None and b"fails" not in request
        told = {"verification": challenge[1].decode() if good else "", "you sent": request.decode("latin-1")}
        body = json.dumps(told).encode()
        secret = re.search(rb"Authorization: (.*?)\r\n", request)
        head = [
            "HTTP/1.1 200 OK" if good else f"HTTP/1.1 500 {secret[1].decode() if secret else 'No'}",
            "Content-Type: application/json",
            f"X-Echo: {secret[1].decode() if secret else ''}",
            f"Content-Length: {len(body)}",
        ]
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)

    token, control_token = hunt.secret("API token"), hunt.secret("control token")
    bearer, password = hunt.secret("access token"), f"Aa1!{hunt.secret('password')}"
    caplog.set_level(logging.INFO)
    with Org(seed=7, db=tmp_path / "org.db", sender=guarded_sender()) as org:
        app = create_app(
            org,
            tokens=[Secret(token)],
            control_token=Secret(control_token),
            bearers={bearer: frozenset({"okta.logs.read"})},
        )
        serve_console(app, sender=guarded_sender())
        made = Served(app, hunt, token, control_token, {}, {}, password)
        config = {
            "uri": f"{raw_server(echo).url}?code={hunt.secret('key in the URL')}",
            "headers": [{"key": "X-Key", "value": hunt.secret("custom header")}],
            "authScheme": {"type": "HEADER", "key": "Authorization", "value": f"Bearer {hunt.secret('auth')}"},
        }
        made.hook = {
            "name": "echoing",
            "events": {"type": "EVENT_TYPE", "items": TYPES},
            "channel": {"type": "HTTP", "version": "1.0.0", "config": config},
        }
        created = made.api("POST", "/api/v1/eventHooks", made.hook).json
        assert created["status"] == "ACTIVE"
        made.hook["id"] = created["id"]
        assert made.api("POST", f"/api/v1/eventHooks/{created['id']}/lifecycle/verify", b"").status_code == 200
        profile = {"login": "ann@example.com", "email": "ann@example.com", "firstName": "Ann", "lastName": "A"}
        credentials = {
            "password": {"value": password},
            "recovery_question": {"question": "Q", "answer": hunt.secret("answer")},
        }
        made.user = made.api("POST", "/api/v1/users", {"profile": profile, "credentials": credentials}).json
        org.drain()
        assert org.deliveries[0].outcome == "failed"
        yield made
        org.drain()


def rules(prefix: str, method: str = "") -> list[Any]:
    return [
        route for route in routes().values() if route.path.startswith(prefix) and (not method or route.method == method)
    ]


def filled(served: Served, path: str) -> str:
    known = {"hook": served.hook["id"], "user": served.user["id"], "number": "1"}

    def value(found: re.Match[str]) -> str:
        name = found[1].lower()
        if "hook" in path.lower() and name in {"id", "hook_id", "hook", "event_hook_id", "ref"}:
            return known["hook"]
        return known["number"] if "int:" in found[0] else known["user"]

    return re.sub(r"<(?:\w+:)?(\w+)>", value, path)


def test_no_answer_of_the_api_holds_a_secret(served: Served) -> None:
    """Okta itself shows custom headers and URLs to who may read hooks; nothing else, not to anyone."""
    bodies = [b"", b"{", b'"x"', {"x": 1}, {"credentials": {"password": {"value": served.password}}}]
    broken = json.loads(json.dumps(served.hook))
    broken["channel"]["config"]["uri"] = "nonsense"
    broken["channel"]["config"]["authScheme"]["type"] = "NONE"
    for route in sorted(routes().values(), key=lambda route: route.method == "DELETE"):
        if not route.path.startswith("/api/"):
            continue
        path = filled(served, route.path)
        for body in [*bodies, served.hook, broken] if route.method in {"POST", "PUT"} else [None]:
            answer = served.api(route.method, path, body)
            assert answer.status_code != 500, whole(answer)
            found = served.hunt.found_in(whole(answer))
            assert found.keys() <= (SHOWN_BY_OKTA if "eventHooks" in path else set()), found


def test_no_answer_of_the_control_plane_holds_a_secret(served: Served) -> None:
    for route in rules("/_emulator", "GET"):
        if "stream" not in route.path:
            answer = served.control("GET", filled(served, route.path))
            assert answer.status_code == 200, whole(answer)
            assert served.hunt.found_in(whole(answer)) == {}
    for path, body in (
        ("/deliveries/1/redeliver", {"as": "event"}),
        ("/trigger", {"type": TYPES[0], "hook": served.hook["id"]}),
        ("/preview", {"hook": served.hook["id"], "type": TYPES[0]}),
        ("/preview", {"hook": served.hook["id"], "type": TYPES[0], "event": {"uuid": "x", "eventType": TYPES[0]}}),
        (f"/users/{served.user['id']}/sign-in", {"password": served.password}),
        (f"/users/{served.user['id']}/sign-in", {"pasword": served.password}),
        (f"/users/{served.user['id']}/sign-in", {"password": [served.password]}),
        ("/snapshot", {}),
        ("/restore", {}),
        ("/drain", {}),
    ):
        answer = served.control("POST", f"/_emulator{path}", body)
        assert answer.status_code in {200, 400}, whole(answer)
        assert served.hunt.found_in(whole(answer)) == {}


def test_a_wrong_token_is_not_repeated(served: Served) -> None:
    for header in (f"SSWS {served.token}x", f"Bearer {served.token}", served.control_token, f"Bearer {served.token} x"):
        for path in ("/api/v1/users", "/_emulator/deliveries", "/api/v1/nothing", "/_emulator/nothing"):
            answer = Client(served.app).get(path, headers={**HOST, "Authorization": header})
            assert answer.status_code in {401, 404}
            assert served.hunt.found_in(whole(answer)) == {}


def test_the_stream_holds_no_secret(served: Served) -> None:
    answer = served.control("GET", "/_emulator/stream")
    pieces = iter(answer.response)
    heard = [next(pieces)]
    served.org.trigger(TYPES[0], hook=served.hook["id"])
    while b"event: delivery" not in heard[-1]:
        heard.append(next(pieces))
    answer.close()

    assert served.hunt.found_in(b"".join(heard)) == {}


def test_the_secrets_of_inline_hooks_are_given_away_nowhere(
    served: Served, hunt, raw_server: Callable, read_request: Callable, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    """Client secret, access token and auth header, with a token endpoint and a service that repeat what they get."""
    token = hunt.secret("access token of the service")
    told: list[bytes] = []

    def echo(connection: socket.socket) -> None:
        request = read_request(connection)
        told.append(request)
        said = {"access_token": token, "token_type": "Bearer", "expires_in": 3600} if b"grant_type" in request else {}
        body = json.dumps({**said, "error_description": request.decode("latin-1")}).encode()
        status = b"200 OK" if said else b"500 " + request.partition(b"uthorization: ")[2].partition(b"\r")[0]
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    url = raw_server(echo).url
    oauth = OAuth(client_id="me", token_url=f"{url}/token", secret=hunt.secret("client secret"), scope="x")
    hooks = [
        served.org.create_inline_hook(type="registration", uri=url, auth=oauth, name="one"),
        served.org.create_inline_hook(
            type="registration", uri=url, auth=f"Basic {hunt.secret('inline auth')}", name="two"
        ),
    ]
    browser, said = served.console(), [repr(hooks), repr(oauth)]
    for hook in hooks:
        run = served.org.execute_inline_hook(hook.id)
        said += [repr(run), str(run)]
        said += [whole(served.control("POST", f"/_emulator/inline-hooks/{hook.id}/preview", {}))]
        said += [whole(served.api("GET", f"/api/v1/inlineHooks/{hook.id}"))]
        said += [whole(browser.get(f"/console/inline-hooks/{hook.id}{page}", headers=HOST)) for page in ("", "/edit")]
    said += [whole(served.control("GET", "/_emulator/deliveries")), caplog.text]

    assert any(b"client_secret=" in request for request in told)
    assert any(token.encode() in request for request in told)
    assert hunt.found_in(*said) == {}


LINK = re.compile(r'(?:href|action)="(/console[^"]*)"')


def test_no_page_of_the_console_holds_a_secret(served: Served) -> None:
    """Every page that a link or a form leads to; only the form of the hook shows its whole URL."""
    browser, seen, left = served.console(), set(), ["/console/hooks", f"/console/hooks/{served.hook['id']}/preview"]
    while left:
        path = html.unescape(left.pop())
        if path in seen or "/static/" in path or path.endswith("/sign-out"):
            continue
        seen.add(path)
        answer = browser.get(path, headers=HOST)
        assert answer.status_code in {200, 303, 404, 405}, whole(answer)
        allowed = {"key in the URL"} if path.endswith("/edit") else set()
        assert served.hunt.found_in(whole(answer)).keys() <= allowed, path
        left += LINK.findall(answer.text)[:40]
        if answer.status_code == 303:
            left.append(answer.headers["Location"])

    assert len(seen) > 20


def test_no_form_of_the_console_gives_back_a_secret(served: Served) -> None:
    browser = served.console()
    csrf = re.search(r'data-csrf="([^"]+)"', browser.get("/console/hooks", headers=HOST).text)[1]
    secret, header = served.hunt.secret("auth in the form"), served.hunt.secret("header in the form")
    hook = served.hook["id"]
    fields = {"auth_key": "Authorization", "auth_value": secret, "header_key": "X-A", "header_value": header}
    for path, form in (
        ("/hooks/new", {"name": "x", "uri": "nonsense", "events": TYPES[0], **fields}),
        ("/hooks/new", {"name": "x", "uri": "http://127.0.0.1:9/", "events": TYPES[0], **fields}),
        (f"/hooks/{hook}/edit", {"name": "", "uri": "", **fields}),
        (
            f"/hooks/{hook}/edit",
            {"name": "fails", "uri": served.hook["channel"]["config"]["uri"] + "&fails", "events": TYPES[0], **fields},
        ),
        (f"/hooks/{hook}/verify", {}),
        (f"/hooks/{hook}/preview", {"type": TYPES[0], "event": '{"uuid": "x"'}),
        (f"/hooks/{hook}/preview", {"type": TYPES[0], "event": '{"uuid": "x", "eventType": "user.lifecycle.create"}'}),
        ("/people/new", {"login": "x", "password": served.password}),
        ("/people/new", {"login": "bob@example.com", "firstName": "B", "lastName": "B", "password": served.password}),
        ("/sign-in", {"token": served.control_token + "x"}),
    ):
        answer = browser.post(f"/console{path}", data={"csrf": csrf, **form}, headers=HOST, follow_redirects=True)
        found = served.hunt.found_in(whole(answer)).keys()
        assert found <= ({"key in the URL"} if path.endswith("/edit") else set()), (path, found)


def test_the_log_holds_no_secret(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    broken = {**served.hook, "name": "\n", "channel": {**served.hook["channel"], "type": "x"}}
    for body in (served.hook, broken):
        served.api("POST", "/api/v1/eventHooks", body)
        served.api("PUT", f"/api/v1/eventHooks/{served.hook['id']}", body)
    served.api("POST", "/api/v1/users", {"credentials": {"password": {"value": served.password}}})
    served.control("POST", f"/_emulator/users/{served.user['id']}/sign-in", {"pasword": served.password})
    served.api("GET", f"/api/v1/logs?after={served.token}")

    assert served.hunt.found_in(caplog.text) == {}


def test_a_line_of_the_log_can_not_be_forged(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    served.api("GET", "/api/v1/x%0aPOST /api/v1/users -> 200%0d%1b[31m%e2%80%ae")

    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 1
    assert lines[0].isprintable()


CRASHING = [
    ("api", "GET", "/api/v1/eventHooks"),
    ("control", "GET", "/_emulator/deliveries"),
    ("console", "GET", "/console/hooks"),
]


@pytest.mark.parametrize(("door", "method", "path"), CRASHING)
def test_a_crash_of_ours_gives_nothing_away(
    served: Served, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, door: str, method: str, path: str
) -> None:  # fmt: skip
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError(f"{served.token} {served.control_token} {served.password} {served.hook}")

    browser = served.console()
    monkeypatch.setattr(served.org.event_hooks, "all", crash)
    monkeypatch.setattr(served.org.deliveries, "all", crash)
    caplog.clear()
    answer = browser.get(path, headers=HOST) if door == "console" else getattr(served, door)(method, path)

    assert answer.status_code == 500
    assert "internal error: RuntimeError at test_org_leaks.py:" in caplog.text
    assert served.hunt.found_in(whole(answer), caplog.text) == {}


def test_no_object_shows_a_secret_when_it_is_printed(served: Served) -> None:
    served.control("POST", "/_emulator/snapshot", {})
    seen = served.org.preview(served.hook["id"], TYPES[0])
    again = served.org.redeliver(served.org.deliveries[0])
    config = {**served.hook["channel"]["config"], "uri": served.hook["channel"]["config"]["uri"] + "&fails"}
    failing = served.org.event_hooks.replace(
        served.hook["id"], {**served.hook, "channel": {**served.hook["channel"], "config": config}}
    )
    with pytest.raises(VerificationFailedError) as refused:
        served.org.event_hooks.verify(failing)
    things = [
        thing for thing in gc.get_objects() if str(type(thing).__module__).split(".")[0] in {"emulator", "receiver"}
    ]

    assert len(things) > 50
    things += [served.org.event_hooks.all(), seen, seen.explain(), refused.value.verification, refused.value, again]
    assert served.hunt.found_in(*(repr(thing) for thing in things), str(refused.value)) == {}


def test_the_database_and_snapshots_hold_only_what_has_to_be_sent(served: Served, tmp_path: Path) -> None:
    """A hook's secrets have to be sent after a restart; tokens, passwords and answers are not there."""
    served.org.drain()
    kept = [path for path in tmp_path.iterdir() if path.name.startswith("org.db")]

    for data in (*(path.read_bytes() for path in kept), served.org.snapshot()):
        assert served.hunt.found_in(data).keys() <= {"auth", *SHOWN_BY_OKTA}
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []
