"""The console under attack: no token, forged forms, other sites, other host names, hostile payloads."""

from __future__ import annotations

import re

import pytest

from emulator.console.routing import url_map
from emulator.delivery.exchange import Exchange, Reply

HOST = {"Host": "127.0.0.1:8420"}
URI, TYPE = "https://hooks.example.com/okta", "user.lifecycle.deactivate"
PAGES = [rule for rule in url_map().iter_rules() if not rule.endpoint.open_to_all]
FORMS = [rule for rule in PAGES if "POST" in rule.methods]


def path_of(rule) -> str:
    return re.sub(r"<[^>]+>", "1", rule.rule)


@pytest.mark.parametrize("rule", PAGES, ids=lambda rule: f"{max(rule.methods)} {rule.rule}")
def test_no_page_opens_without_signing_in(stranger, rule) -> None:
    method = "POST" if "POST" in rule.methods else "GET"
    answer = stranger.client.open(path_of(rule), method=method, headers=HOST)

    assert answer.status_code == (401 if method == "POST" else 303)
    if method == "GET":
        assert answer.headers["Location"] == "/console/sign-in"


def test_a_wrong_token_signs_nobody_in(stranger) -> None:
    for answer in (stranger.get("/sign-in?token=guess"), stranger.post("/sign-in", token="guess\u00e9")):
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers
        assert "guess" not in answer.text


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(stranger) -> None:
    answer = stranger.client.get("/console/sign-in?token=control-token", headers=HOST)

    cookie = answer.headers["Set-Cookie"]
    assert answer.headers["Location"] == "/console/hooks"
    assert {"HttpOnly", "SameSite=Strict", "Path=/console"} <= set(cookie.split("; "))
    assert "control-token" not in cookie


def test_over_https_the_cookie_is_secure(stranger) -> None:
    answer = stranger.client.get(
        "/console/sign-in?token=control-token", headers=HOST, base_url="https://127.0.0.1:8420"
    )

    assert "; Secure" in answer.headers["Set-Cookie"]


def test_the_cookie_of_a_session_that_was_ended_opens_nothing(browser) -> None:
    browser.post("/sign-out")
    answer = browser.client.get("/console/hooks", headers=HOST)

    assert answer.headers["Location"] == "/console/sign-in"


@pytest.mark.parametrize("rule", FORMS, ids=lambda rule: rule.rule)
@pytest.mark.parametrize("proof", ["", "forged"])
def test_a_form_without_the_csrf_token_changes_nothing(browser, org, rule, proof) -> None:
    before = org.log.last_number()
    answer = browser.client.post(path_of(rule), data={"csrf": proof}, headers=HOST)

    assert answer.status_code == 403
    assert org.log.last_number() == before


def test_one_session_can_not_use_the_csrf_token_of_another(app, browser, stranger) -> None:
    stranger.sign_in()
    stranger.csrf = browser.csrf

    assert stranger.post("/groups", name="Mine").status_code == 403
    assert browser.post("/groups", name="Mine").status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example.com", "null", "http://127.0.0.1:9999", "https://127.0.0.1:8420"]
)
def test_a_page_of_another_origin_is_refused_whatever_it_knows(browser, origin) -> None:
    data = {"csrf": browser.csrf, "name": "Evil"}
    answer = browser.client.post("/console/groups", data=data, headers={**HOST, "Origin": origin})

    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1.evil.example.com:8420", "203.0.113.7"])
@pytest.mark.parametrize(
    "path", ["/console/hooks", "/console/sign-in?token=control-token", "/console/static/console.js"]
)
def test_another_name_for_this_machine_is_refused(browser, host, path) -> None:
    """Against DNS rebinding."""
    answer = browser.client.get(path, headers={"Host": host})

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/sign-in", "/hooks", "/nowhere", "/static/console.css", "/static/../app.py"])
def test_every_answer_keeps_frames_scripts_and_other_sites_out(browser, path) -> None:
    answer = browser.client.get(f"/console{path}", headers=HOST)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


def test_pages_need_no_inline_script_or_style(browser, org) -> None:
    hook = org.create_event_hook(uri=URI, events=[TYPE])
    org.preview(hook, TYPE)
    for path in ("", "/hooks", f"/hooks/{hook.id}/preview", f"/hooks/{hook.id}/filters", "/deliveries/1", "/log"):
        text = browser.get(path).text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", text)


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0007"


def test_hostile_names_and_replies_are_shown_as_text(browser, org, receiving) -> None:
    receiving.body = HOSTILE.encode()
    hook = org.create_event_hook(uri=URI, events=[TYPE], name=HOSTILE)
    org.verify(hook)
    user = org.create_user(login="ann@example.com", firstName=HOSTILE, lastName="x")
    user.deactivate()
    org.drain()
    number = org.deliveries[-1].number
    for path in ("", "/hooks", f"/hooks/{hook.id}", "/people", f"/people/{user.id}", "/log", f"/deliveries/{number}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "alert(1)" in answer.text or path == ""
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert "\u202e" not in re.sub(r'(?:value|data-confirm)="[^"]*"', "", answer.text)


def test_an_event_that_the_receiver_made_up_breaks_no_page(browser, org) -> None:
    hook = org.create_event_hook(uri=URI, events=[TYPE])
    for event in (
        {"uuid": HOSTILE, "eventType": HOSTILE, "target": 3},
        {"uuid": "x", "eventType": "y", "published": 7},
    ):
        done = org.preview(hook, TYPE, event=event)
        answer = browser.get(f"/deliveries/{done.number}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_secrets_are_on_no_page(browser, org, receiving) -> None:
    secret, header = "s3cret-value-of-auth", "s3cret-value-of-header"
    receiving.body = f"you sent {secret} and {header}".encode()
    receiving.echoes = False
    hook = org.create_event_hook(
        uri=f"{URI}?code=s3cret-value-of-query", events=[TYPE], auth=secret, headers={"X-Key": header}
    )
    browser.get("/hooks")
    shown = [browser.post(f"/hooks/{hook.id}/verify").text]
    event = '{"uuid": "x", "eventType": "user.lifecycle.deactivate"}'
    shown.append(browser.post(f"/hooks/{hook.id}/preview", type=TYPE, request=event).text)
    shown += [browser.get(path).text for path in ("/hooks", f"/hooks/{hook.id}", f"/hooks/{hook.id}/filters")]
    shown += [browser.get(f"/deliveries/{org.deliveries[-1].number}").text]

    assert "[secret]" in shown[-1]
    for text in shown:
        for value in (secret, header, "s3cret-value-of-query"):
            assert value not in text


def test_a_form_that_is_too_long_is_refused(browser) -> None:
    assert browser.post("/groups", name="x" * 2_000_000).status_code == 413


def test_a_broken_receiver_can_not_break_the_console(browser, org, receiving, monkeypatch) -> None:
    monkeypatch.setattr(
        receiving,
        "send",
        lambda request, **_: Exchange(request=request, reply=Reply(status=299, body=b"\xff\x00\x1b[31m")),
    )
    hook = org.create_event_hook(uri=URI, events=[TYPE])
    browser.get("/hooks")

    assert browser.post(f"/hooks/{hook.id}/verify").status_code == 200
