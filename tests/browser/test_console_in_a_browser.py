"""The guide's story and the console's own additions, clicked through in a real browser."""

from __future__ import annotations

import re

import pytest

SECRET = "browser-test-secret"
TYPE = "user.lifecycle.deactivate"


def create_hook(page, name: str, url: str) -> None:
    page.get_by_role("link", name="Event Hooks").click()
    page.get_by_role("link", name="Create Event Hook").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("URL").fill(url)
    page.get_by_label("Authentication secret").fill(SECRET)
    page.get_by_label("Search event types").fill("user deactivate")
    page.get_by_label(re.compile(f"{TYPE}$")).check()
    assert page.locator("[data-count]").inner_text() == "1"
    page.get_by_role("button", name="Save & Continue").click()


@pytest.fixture
def hook(inside, receiver) -> str:
    """A hook on the reference receiver, verified by clicking; its page."""
    page, (url, _) = inside, receiver
    page.get_by_role("link", name="Event Hooks").click()
    page.get_by_role("heading", name="Event Hooks").wait_for()
    if not page.get_by_role("link", name="Guide", exact=True).count():
        create_hook(page, "Guide", url)
        page.get_by_role("button", name="Verify", exact=True).click()
        page.get_by_text("returned the challenge").wait_for()
    else:
        page.get_by_role("link", name="Guide", exact=True).click()
    return page.url


def test_the_guide_from_create_to_the_receivers_line(inside, receiver, look) -> None:
    page, (url, process) = inside, receiver
    look(page, "hooks-empty")
    create_hook(page, "Guide", url)
    look(page, "hook-unverified")
    page.get_by_role("button", name="Verify", exact=True).click()
    page.get_by_text("returned the challenge").wait_for()

    page.get_by_role("link", name="Preview").first.click()
    assert page.get_by_label("Event Type").input_value() == TYPE
    editor = page.locator("textarea")
    page.get_by_text("As Okta sends it").wait_for()
    target = '"target": [{"id": "00uabcdefghijklmnopq", "type": "User", "alternateId": "edited@example.com", "displayName": "Edited"}]'
    editor.fill(editor.input_value().replace('"target": null', target))
    look(page, "preview-edited")
    page.get_by_role("button", name="Deliver Request").click()
    page.get_by_role("heading", name="Delivered successfully").wait_for()
    assert "204" in page.locator("#result summary").first.inner_text()
    assert page.evaluate("document.activeElement.id") == "result"
    look(page, "preview-delivered")
    process.says("edited@example.com")

    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Add person").click()
    for label, text in (("First name", "John"), ("Last name", "Doe"), ("Username", "john.doe@example.com")):
        page.get_by_label(label, exact=True).fill(text)
    look(page, "person-form")
    page.get_by_role("button", name="Save").click()
    page.locator(".note.good", has_text="user.lifecycle.create").wait_for()
    page.get_by_text("More Actions").click()
    look(page, "person")
    page.get_by_role("button", name="Deactivate").click()
    dialog = page.get_by_role("dialog")
    assert "Deactivate John Doe?" in dialog.inner_text()
    dialog.get_by_role("button", name="Deactivate").click()
    page.locator(".note.good", has_text=TYPE).wait_for()
    process.says("john.doe@example.com")

    page.get_by_role("link", name="Deliveries").click()
    page.locator("tbody tr").nth(1).wait_for()
    look(page, "deliveries")
    page.locator("tbody a").first.click()
    assert SECRET not in page.content()
    look(page, "delivery")
    page.get_by_role("link", name="Overview").click()
    look(page, "overview")


def test_the_doctor_explains_a_verification_that_failed(inside, raw_server, read_request, look) -> None:
    page = inside

    def stumble(connection) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nno\n")

    create_hook(page, "Broken", raw_server(stumble).url)
    page.get_by_role("button", name="Verify", exact=True).click()

    page.get_by_role("heading", name="Why the last verification failed").wait_for()
    assert page.get_by_text("404").first.is_visible()
    look(page, "doctor")
    page.get_by_role("link", name="Event Hooks").first.click()
    look(page, "hooks")


def test_the_filter_lab_shows_which_part_is_false(inside, hook, look) -> None:
    page = inside
    page.get_by_role("link", name="Apply filter").click()
    section = page.locator(".filter").first
    section.get_by_label("Value").fill("FAILURE")
    section.get_by_label("Field").select_option("event.outcome.result")
    section.get_by_role("button", name="Add condition").click()

    assert section.locator("textarea").input_value() == "event.outcome.result eq 'FAILURE'"
    lab = page.locator("#lab")
    lab.get_by_text("Filtered out").wait_for()
    assert lab.get_by_text("SUCCESS").first.is_visible()
    look(page, "filter-lab")
    section.locator("textarea").fill("event.outcome.result eq")
    lab.locator(".note.bad").wait_for()
    section.locator("textarea").fill("event.outcome.result eq 'SUCCESS'")
    lab.get_by_text("Delivered", exact=True).wait_for()
    page.get_by_role("button", name="Save & Continue").click()
    page.get_by_text("only if").wait_for()


def test_deliveries_appear_by_themselves_and_are_sent_again(inside, hook, look) -> None:
    page = inside
    page.get_by_role("link", name="Preview").first.click()
    page.get_by_role("button", name="Deliver Request").click()
    page.get_by_role("link", name="Deliveries").click()
    first = page.locator("tbody tr").first.inner_text()
    with page.context.new_page() as other:
        other.goto(page.url)
        other.locator("tbody a").first.click()
        other.get_by_role("button", name="Redeliver", exact=True).click()
        other.get_by_text("in the same envelope").wait_for()
        other.get_by_role("button", name="Redeliver in a new envelope").click()
        other.get_by_text("again in a new envelope").wait_for()

    page.wait_for_function("before => document.querySelector('tbody tr').innerText !== before", arg=first)


def test_the_system_log_expands_to_both_shapes(inside, hook, look) -> None:
    page = inside
    page.get_by_role("link", name="System Log").click()
    page.locator(".item summary").first.click()
    page.get_by_role("heading", name="in a delivery").wait_for()
    look(page, "log")
    page.get_by_label("Filter").fill("eventType eq")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("alert").wait_for()


def test_the_contract_check_runs_while_one_watches(inside, hook, look) -> None:
    page = inside
    page.get_by_role("link", name="Contract check").click()
    look(page, "checks")
    page.get_by_label("Only these checks").fill("auth-* verification-echo")
    page.get_by_label("Event hook").select_option(label="Guide")
    page.get_by_role("button", name="Run the check").click()
    page.get_by_role("heading", name="Every promise is kept").wait_for(timeout=60_000)
    look(page, "check")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open the report").click()
    assert "PASS" in popup.value.locator("body").inner_text()


def test_nobody_gets_in_without_the_token(page, served, look) -> None:
    page.goto(f"{served['url']}/console/deliveries")
    page.get_by_role("heading", name="Sign in").wait_for()
    look(page, "sign-in")
    page.get_by_label("Control token").fill("a guess")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    assert page.context.cookies() == []
    page.complaints.clear()  # the browser says that the answer was 401

    page.get_by_label("Control token").fill(served["control_token"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Event Hooks").wait_for()


def test_everything_is_reached_by_the_keyboard(inside) -> None:
    page = inside
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
