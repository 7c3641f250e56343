"""The console's pages of inline hooks: create, edit, preview with answer, findings and effect, and what they never show."""

from __future__ import annotations

import json
import re

import pytest

from emulator import OAuth

URI, KIND = "https://hooks.example.com/inline", "com.okta.user.pre-registration"
TOKEN_URL = "https://login.example.com/token"
SECRET = "s3cret-value"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0007"
UPDATE = {"type": "com.okta.user.profile.update", "value": {"title": "Engineer"}}
FIELDS = {"name": "Mine", "type": KIND, "uri": URI, "way": "header", "auth_key": "Authorization", "auth_value": SECRET}


@pytest.fixture
def hook(org):
    return org.create_inline_hook(type="registration", uri=URI, auth=SECRET)


def request_of(page: str) -> dict:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return json.loads(found[1].replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&"))


def test_types_are_called_as_people_write_them(browser) -> None:
    page = browser.get("/inline-hooks/new").text

    assert ">SAML assertion (" in page
    assert ">Password import (" in page


def test_a_hook_is_created_edited_and_deleted(browser, org) -> None:
    browser.get("/inline-hooks/new")
    page = browser.post("/inline-hooks/new", **FIELDS, header_key=["X-Team", ""], header_value=["red", ""])
    (hook,) = org.inline.hooks.all()
    assert "active at once" in page.text

    edited = {**FIELDS, "name": "Yours", "auth_value": ""}
    browser.post(f"/inline-hooks/{hook.id}/edit", **edited, header_key=["X-Team", ""], header_value=["", ""])
    kept = org.inline.hooks.get(hook.id)
    assert (kept.name, kept.channel, kept.kind) == ("Yours", hook.channel, hook.kind)
    assert "must be deactivated" in browser.post(f"/inline-hooks/{hook.id}/delete").text
    browser.post(f"/inline-hooks/{hook.id}/deactivate")
    assert "Deleted Yours" in browser.post(f"/inline-hooks/{hook.id}/delete").text
    assert org.inline.hooks.all() == []


def test_a_hook_with_a_token_keeps_its_client_secret(browser, org) -> None:
    browser.get("/inline-hooks/new")
    oauth = {
        "way": "client_secret_post",
        "client_id": "c",
        "client_secret": SECRET,
        "token_url": TOKEN_URL,
        "scope": "a",
    }
    browser.post("/inline-hooks/new", **{**FIELDS, **oauth})
    (hook,) = org.inline.hooks.all()
    assert hook.channel.auth is None

    browser.post(f"/inline-hooks/{hook.id}/edit", **{**FIELDS, **oauth, "client_secret": ""})

    assert org.inline.hooks.get(hook.id).oauth == hook.oauth


def test_keys_are_made_used_and_deleted(browser, org) -> None:
    pytest.importorskip("jwt")
    browser.get("/inline-hooks")
    assert "Created the hook key Mine" in browser.post("/inline-hooks/keys", name="Mine").text
    assert "already exists" in browser.post("/inline-hooks/keys", name="Mine").text
    (key,) = org.inline.keys.all()
    oauth = {"way": "private_key_jwt", "client_id": "c", "hook_key": key.id, "token_url": TOKEN_URL}
    browser.post("/inline-hooks/new", **{**FIELDS, **oauth})
    (hook,) = org.inline.hooks.all()
    assert hook.oauth.hook_key_id == key.id
    assert "The key is in use" in browser.post(f"/inline-hooks/keys/{key.id}/delete").text

    browser.post(f"/inline-hooks/{hook.id}/edit", **{**FIELDS, "way": "none"})
    browser.post(f"/inline-hooks/keys/{key.id}/delete")

    assert org.inline.keys.all() == []


def test_a_form_that_okta_refuses_is_shown_again_with_every_reason(browser, org) -> None:
    browser.get("/inline-hooks/new")
    page = browser.post("/inline-hooks/new", **{**FIELDS, "name": "", "uri": "ftp://nowhere"})

    assert page.status_code == 400
    assert "name: The field cannot be left blank" in page.text
    assert "uri: The field has an invalid value" in page.text
    assert re.search(rf'value="{KIND}" selected', page.text)
    assert SECRET not in page.text


def test_preview_offers_each_kind_of_request_about_anybody(browser, org, hook) -> None:
    org.create_user(login="ann@example.com")

    assert (
        request_of(browser.get(f"/inline-hooks/{hook.id}/preview").text)["requestType"] == "self.service.registration"
    )
    page = browser.get(f"/inline-hooks/{hook.id}/preview?variant=progressive-profile&user=ann@example.com").text
    assert request_of(page)["data"]["context"]["user"]["profile"]["login"] == "ann@example.com"


def test_preview_shows_the_answer_and_what_okta_makes_of_it(browser, org, hook, receiving) -> None:
    receiving.status, receiving.body = 200, json.dumps({"commands": [UPDATE]}).encode()
    before = org.log.last_number()
    sent = request_of(browser.get(f"/inline-hooks/{hook.id}/preview").text)
    sent["data"]["userProfile"]["city"] = "Oslo"

    page = browser.post(f"/inline-hooks/{hook.id}/preview", variant="self-service", event=json.dumps(sent)).text

    assert json.loads(receiving.sent[-1].body) == sent
    assert "Okta would use this answer" in page
    assert "/userProfile/title" in page
    assert "Engineer" in page.partition('id="after"')[2]
    assert "Engineer" not in page.partition('id="before"')[2].partition("</pre>")[0]
    assert org.log.last_number() == before


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((500, b""), "status 500"),
        ((200, b"{"), "Okta can&#39;t use this answer"),
        ((200, b'{"commands": [{"type": "com.action.update", "value": {}}]}'), "com.okta.action.update"),
    ],
)
def test_preview_says_what_is_wrong_with_an_answer(browser, hook, receiving, answer, words) -> None:
    receiving.status, receiving.body = answer
    sent = request_of(browser.get(f"/inline-hooks/{hook.id}/preview").text)

    page = browser.post(f"/inline-hooks/{hook.id}/preview", event=json.dumps(sent)).text

    assert words in page
    assert "There was an error creating your account" in page


@pytest.mark.parametrize(("event", "words"), [("{", "this is no JSON"), ("[]", "this is no request")])
def test_preview_refuses_what_is_no_request(browser, hook, receiving, event, words) -> None:
    browser.get("/inline-hooks")
    page = browser.post(f"/inline-hooks/{hook.id}/preview", event=event)

    assert (page.status_code, receiving.sent) == (400, [])
    assert words in page.text


def test_an_edited_request_is_judged_line_by_line(browser, org, hook) -> None:
    sent = request_of(browser.get(f"/inline-hooks/{hook.id}/preview").text)
    sent["cloudEventVersion"] = 7
    text = json.dumps(sent, indent=2)
    line = next(number for number, part in enumerate(text.split("\n"), 1) if "cloudEventVersion" in part)

    found = browser.post(f"/inline-hooks/{hook.id}/validate", event=text).get_json()["problems"]
    broken = browser.post(f"/inline-hooks/{hook.id}/validate", event='{\n"a": }').get_json()["problems"]

    assert [problem["line"] for problem in found if problem["level"] == "must"] == [line]
    assert [problem["line"] for problem in broken] == [2]
    good = browser.post(f"/inline-hooks/{hook.id}/validate", event=json.dumps({**sent, "cloudEventVersion": "0.1"}))
    assert [each for each in good.get_json()["problems"] if each["level"] == "must"] == []


def test_hostile_names_and_answers_are_shown_as_text(browser, org, receiving) -> None:
    receiving.status = 200
    hook = org.create_inline_hook(type="registration", uri=URI, name=HOSTILE)
    browser.get("/inline-hooks")
    request = json.dumps(org.inline_request(hook))
    pages = [browser.get(path).text for path in ("/inline-hooks", f"/inline-hooks/{hook.id}")]
    answers = (HOSTILE.encode(), json.dumps({"commands": [{**UPDATE, "value": {HOSTILE: HOSTILE}}]}).encode())
    for receiving.body in answers:
        pages.append(browser.post(f"/inline-hooks/{hook.id}/preview", event=request).text)

    for page in pages:
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in re.sub(r'(?:value|data-confirm)="[^"]*"', "", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", re.sub("&lt;[^<]*", "", page))


def test_secrets_are_on_no_page(browser, org, receiving) -> None:
    receiving.status, receiving.body = 200, f"you sent {SECRET} and Bearer {SECRET}".encode()
    hooks = [
        org.create_inline_hook(type="saml", uri=f"{URI}?code={SECRET}", auth=SECRET, headers={"X-Key": SECRET}),
        org.create_inline_hook(type="token", uri=URI, auth=OAuth(client_id="c", token_url=TOKEN_URL, secret=SECRET)),
    ]
    for hook in hooks:
        shown = [browser.get(f"/inline-hooks{path}").text for path in ("", f"/{hook.id}")]
        request = json.dumps(org.inline_request(hook))
        shown.append(browser.post(f"/inline-hooks/{hook.id}/preview", event=request).text)

        assert SECRET not in "".join(shown)


def test_a_password_is_imported_at_the_first_sign_in(browser, org, receiving) -> None:
    hook = org.create_inline_hook(type="password-import", uri=URI)
    browser.get("/people/new")
    names = {"firstName": "Max", "lastName": "Moe", "login": "max.moe@example.com"}
    page = browser.post("/people/new", **names, activate="yes", **{"import": "yes"}).text
    user = org.user("max.moe")
    assert f'/console/inline-hooks/{hook.id}"' in page

    receiving.status = 204
    assert "Max Moe could not sign in" in browser.post(f"/people/{user.id}/sign-in", password="correct horse").text
    verdict = {"type": "com.okta.action.update", "value": {"credential": "VERIFIED"}}
    receiving.status, receiving.body = 200, json.dumps({"commands": [verdict]}).encode()
    page = browser.post(f"/people/{user.id}/sign-in", password="correct horse").text

    assert "Max Moe signed in" in page
    assert "user.import.password" in page
    assert "correct horse" not in page
    assert user.sign_in("correct horse")
