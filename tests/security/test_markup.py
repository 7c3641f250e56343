"""Names, replies and headers full of markup, on every page of the console: shown as text, never run."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from werkzeug.test import Client

from emulator import Org
from emulator.apis import create_app
from emulator.apis.targets import guarded_sender
from emulator.console import serve_console
from emulator.secrets import Secret

pytestmark = pytest.mark.wire

EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>' onmouseover='alert(3)"
HOST = {"Host": "127.0.0.1:8420", "User-Agent": EVIL}
TYPE = "user.lifecycle.deactivate"
LINK = re.compile(r'(?:href|action)="(/console[^"]*)"')


class Harmless(HTMLParser):
    """Notes every element and attribute through which a page could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"img", "iframe", "object", "embed", "base", "style"} or (tag == "script" and "src" not in given):
            self.found.append(f"<{tag}> {given}")
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on") or name in {"style", "srcdoc"}]
        for name in ("href", "src", "action", "formaction"):
            if name in given and not re.match(r"(?:/|#|\?|https?://|data:(?:image/|,$))", given[name] or "/"):
                self.found.append(f"<{tag} {name}={given[name]}>")


@pytest.fixture
def browser(raw_server: Callable, read_request: Callable) -> Iterator[Callable[[str], str]]:
    """Open pages of the console of an org in which whatever can hold markup holds it."""

    def answer(connection: socket.socket) -> None:
        read_request(connection)
        body = f'{{"verification": "{EVIL}"}}'.replace('""', '"').encode()
        head = [
            f"HTTP/1.1 500 {EVIL}",
            f"X-Evil: {EVIL}",
            f"Location: javascript:{EVIL}",
            f"Content-Length: {len(body)}",
        ]
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)

    url = raw_server(answer).url
    with Org(seed=7, sender=guarded_sender()) as org:
        app = create_app(org, tokens=[Secret("00-token")], control_token=Secret("control"))
        serve_console(app, sender=guarded_sender())
        client = Client(app)
        client.get("/console/sign-in?token=control", headers=HOST)
        hook = org.create_event_hook(
            uri=f"{url}?<script>alert(1)</script>", events=[TYPE], name=EVIL, headers={"X-A": EVIL}
        )
        org.create_inline_hook(type="registration", uri=url, name=EVIL)
        user = org.create_user(login="ann@example.com", firstName=EVIL, lastName=EVIL)
        org.create_group(EVIL).add(user)
        org.create_app(EVIL).assign(user)
        org.preview(
            hook, TYPE, event={"uuid": EVIL, "eventType": EVIL, "target": [{"type": EVIL, "displayName": EVIL}]}
        )
        org.trigger(TYPE, hook=None, user=user, reason=EVIL)
        csrf = re.search(r'data-csrf="([^"]+)"', client.get("/console/hooks", headers=HOST).text)[1]
        for path in (f"/hooks/{hook.id}/verify", "/groups"):
            client.post(f"/console{path}", data={"csrf": csrf, "name": EVIL}, headers=HOST)
        org.drain()

        def read(path: str) -> str:
            return client.get(path, headers=HOST).text

        yield read


def test_no_page_runs_what_it_shows(browser) -> None:
    seen, shown, left = set(), 0, ["/console/hooks", "/console", f"/console/log?q={EVIL}", f"/console/{EVIL}"]
    while left:
        path = html.unescape(left.pop())
        if path in seen or "/static/" in path or len(seen) > 150:
            continue
        seen.add(path)
        page = browser(path)
        harmless = Harmless()
        harmless.feed(page)
        assert harmless.found == [], path
        shown += "alert(1)" in page
        left += LINK.findall(page)[:40]

    assert shown > 8
