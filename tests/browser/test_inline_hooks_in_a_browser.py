"""Inline hooks clicked through in a real browser, against a real service: create, preview, edit, deactivate, delete."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

UPDATE = {"type": "com.okta.user.profile.update", "value": {"title": "Engineer"}}


@pytest.fixture
def service() -> Iterator[tuple[str, list[dict]]]:
    """A service that lets everybody register, as an engineer; its URL, and the requests it gets."""
    seen: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append(request)
            denied = request["data"]["userProfile"]["login"].startswith("mallory")
            body = json.dumps({"commands": [{"type": "com.action.update"}] if denied else [UPDATE]}).encode()
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
        yield f"http://127.0.0.1:{server.server_port}/register", seen
        server.shutdown()
        thread.join()


def test_an_inline_hook_from_create_to_delete(inside, service, look) -> None:
    page, (url, seen) = inside, service
    page.get_by_role("link", name="Inline Hooks").click()
    look(page, "inline-hooks-empty")
    page.get_by_label("Name of a new key").fill("Mine")
    page.get_by_role("button", name="Create key").click()
    page.get_by_text("Created the hook key Mine").wait_for()

    page.get_by_role("link", name="Add Inline Hook").click()
    page.get_by_label("Name", exact=True).fill("Everybody is an engineer")
    page.get_by_label("Type").select_option("com.okta.user.pre-registration")
    page.get_by_label("URL", exact=True).fill(url)
    page.get_by_label("Authentication secret").fill("browser-test-secret")
    look(page, "inline-hook-form")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("active at once").wait_for()
    look(page, "inline-hook")

    page.get_by_role("link", name="Preview").click()
    page.get_by_text("As Okta sends it").wait_for()
    editor = page.locator("textarea")
    editor.fill(editor.input_value().replace("john.doe@", "jane.roe@"))
    page.get_by_role("button", name="Call the service").click()
    page.get_by_role("heading", name="Okta would use this answer").wait_for()
    assert page.evaluate("document.activeElement.id") == "result"
    assert seen[-1]["data"]["userProfile"]["login"].startswith("jane.roe@")
    assert "Engineer" in page.get_by_role("region", name="What Okta does then").inner_text()
    look(page, "inline-preview")

    editor.fill(editor.input_value().replace("jane.roe@", "mallory@"))
    page.get_by_role("button", name="Call the service").click()
    page.get_by_role("heading", name="Okta can't use this answer").wait_for()
    assert "com.okta.action.update" in page.locator("#result").inner_text()
    look(page, "inline-preview-broken")

    editor.fill('{"eventId": 7}')
    page.locator("#problems button").first.wait_for()

    page.get_by_role("link", name="Everybody is an engineer").click()
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_text("Deleted Everybody is an engineer").wait_for()


def test_somebody_signs_in_on_a_page_that_works_by_itself(inside, look) -> None:
    page = inside
    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Add person").click()
    for label, text in (("First name", "Max"), ("Last name", "Moe"), ("Username", "max.moe@example.com")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Import the password at the first sign-in").check()
    look(page, "person-form")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Password").fill("correct horse")
    look(page, "person-to-import")
    page.get_by_role("button", name="Sign in as Max Moe").click()
    page.get_by_text("could not sign in").wait_for()
