"""Inline hooks in the org: what is taken, what is refused, what is never shown (I2, I11, I12)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from emulator import OAuth, OktaApiError, Org
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.errors import UsageError
from emulator.org.inline.shown import inline_hook_json

URI = "https://hooks.example.com/inline"
TOKEN_URL = "https://login.example.com/oauth2/default/v1/token"
SECRET = "s3cret-value"


def body(**changes: Any) -> dict[str, Any]:
    auth = {"type": "HEADER", "key": "Authorization", "value": SECRET}
    config = {"uri": URI, "headers": [{"key": "X-A", "value": "b"}], "method": "POST", "authScheme": auth}
    channel = {"type": "HTTP", "version": "1.0.0", "config": config}
    kind = "com.okta.oauth2.tokens.transform"
    return {"name": "Tokens", "type": kind, "version": "1.0.0", "channel": channel, **changes}


def oauth_body(**changes: Any) -> dict[str, Any]:
    config = {
        "uri": URI, "authType": "client_secret_post", "clientId": "client", "clientSecret": SECRET,
        "tokenUrl": TOKEN_URL, "scope": "hooks", **changes,
    }  # fmt: skip
    return body(name="With a token", channel={"type": "OAUTH", "version": "1.0.0", "config": config})


def shown(org: Org, hook: Any) -> dict[str, Any]:
    return inline_hook_json(org.inline.hooks.get(hook), base_url=org.base_url)


def test_a_new_hook_is_active_without_any_verification(org: Org) -> None:
    """I2; the members in Okta's order."""
    hook = shown(org, org.inline.hooks.create(body(status="INACTIVE")))

    assert list(hook) == ["id", "status", "name", "type", "version", "channel", "created", "lastUpdated", "_links"]
    assert (hook["status"], hook["id"][:3], len(hook["id"])) == ("ACTIVE", "cal", 20)
    assert list(hook["_links"]) == ["self", "execute", "deactivate"]
    assert hook["channel"]["config"]["authScheme"] == {"type": "HEADER", "key": "Authorization"}
    assert org.system_log()[-1]["eventType"] == "inline_hook.created"


def test_a_secret_is_kept_and_never_shown(org: Org) -> None:
    hooks = [org.inline.hooks.create(body()), org.inline.hooks.create(oauth_body())]

    for hook in hooks:
        assert SECRET not in json.dumps(shown(org, hook)) + repr(hook) + json.dumps(org.system_log())
    config = shown(org, hooks[1])["channel"]["config"]
    assert (config["authScheme"], config["clientId"], config["scope"]) == (None, "client", "hooks")
    assert "clientSecret" not in config


@pytest.mark.parametrize(
    ("change", "cause", "hint"),
    [
        ({"name": ""}, "name: The field cannot be left blank", ""),
        ({"type": None}, "type: The field cannot be left blank", "com.okta.telephony.provider"),
        ({"type": "com.okta.oauth2.token.transform"}, "type: The field has", "com.okta.oauth2.tokens.transform"),
        ({"version": "2.0.0"}, "version: The field has an invalid value", "1.0.0"),
        ({"channel": None}, "channel: The field cannot be left blank", ""),
        ({"channel": []}, "channel: The field has an invalid value", "an object"),
        ({"channel": {"type": "SMTP", "config": {"uri": URI}}}, "type: The field has an invalid value", "OAUTH"),
        ({"channel": {"type": "HTTP"}}, "config: The field cannot be left blank", ""),
        ({"channel": {"type": "HTTP", "config": {}}}, "uri: The field cannot be left blank", ""),
        ({"channel": {"type": "HTTP", "config": {"uri": "http://x.com"}}}, "uri: The field has", "https only"),
        ({"channel": {"type": "HTTP", "config": {"uri": URI, "method": "GET"}}}, "method: The field has", "POST"),
        ({"type": "com.okta.telephony.provider", "channel": {"type": "HTTP", "config": {"uri": URI}}},
         "authScheme: The field cannot be left blank", "telephony"),
    ],
)  # fmt: skip
def test_a_body_that_okta_refuses_is_refused(org: Org, change, cause, hint) -> None:
    with pytest.raises(OktaApiError) as caught:
        org.inline.hooks.create(body(**change))

    assert (caught.value.status, caught.value.code) == (400, "E0000001")
    assert any(each.startswith(cause) for each in caught.value.causes), caught.value.causes
    assert hint in caught.value.hint
    assert org.inline.hooks.all() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"authType": "client_secret_basic"}, "authType"),
        ({"authType": None}, "authType"),
        ({"clientId": ""}, "clientId"),
        ({"clientSecret": None}, "clientSecret"),
        ({"clientSecret": "two\nlines"}, "clientSecret"),
        ({"tokenUrl": None}, "tokenUrl"),
        ({"tokenUrl": "ftp://x"}, "tokenUrl"),
        ({"authScheme": {"type": "HEADER", "key": "A", "value": "b"}}, "authScheme"),
        ({"authType": "private_key_jwt"}, "hookKeyId"),
        ({"authType": "private_key_jwt", "hookKeyId": "HKYnone"}, "hookKeyId"),
    ],
)
def test_an_oauth_channel_needs_all_of_its_parts(org: Org, change, field) -> None:
    """I11."""
    with pytest.raises(OktaApiError) as caught:
        org.inline.hooks.create(oauth_body(**change))

    assert [cause.partition(":")[0] for cause in caught.value.causes] == [field]
    assert SECRET not in str(caught.value)


def test_a_partial_update_leaves_alone_what_it_doesn_t_name(org: Org) -> None:
    """I2: POST merges."""
    hook = org.inline.hooks.create(body())

    changed = org.inline.hooks.update(hook, {"name": "Other", "channel": {"config": {"uri": f"{URI}/2"}}})

    assert (changed.name, changed.channel.uri) == ("Other", f"{URI}/2")
    assert changed.channel.auth is not None
    assert changed.channel.auth.value.reveal() == SECRET
    assert [header.key for header in changed.channel.headers] == ["X-A"]


def test_a_replacement_drops_what_it_leaves_out_but_ignores_the_status(org: Org) -> None:
    """I2: PUT."""
    hook = org.inline.hooks.create(body())
    bare = {"name": "Tokens", "status": "INACTIVE", "channel": {"type": "HTTP", "config": {"uri": URI}}}

    replaced = org.inline.hooks.replace(hook, bare)

    assert (replaced.status, replaced.channel.auth, replaced.channel.headers) == ("ACTIVE", None, ())


def test_what_a_client_read_it_may_write_back(org: Org) -> None:
    """The answer has no secrets, and to send it back loses none."""
    for made in (body(), oauth_body()):
        hook = org.inline.hooks.create(made)

        for change in (org.inline.hooks.replace, org.inline.hooks.update):
            again = change(hook, shown(org, hook))

            assert (again.channel, again.oauth) == (hook.channel, hook.oauth)


@pytest.mark.parametrize("first", [body(), oauth_body()], ids=["HTTP", "OAUTH"])
def test_another_kind_of_channel_starts_afresh(org: Org, first) -> None:
    hook = org.inline.hooks.create(first)
    other = oauth_body() if first["channel"]["type"] == "HTTP" else body()

    changed = org.inline.hooks.update(hook, {"channel": other["channel"]})

    assert (changed.oauth is None) is (other["channel"]["type"] == "HTTP")
    assert (changed.channel.auth is None) is (other["channel"]["type"] == "OAUTH")


def test_the_type_stays(org: Org) -> None:
    hook = org.inline.hooks.create(body())

    with pytest.raises(OktaApiError, match="type: The field has an invalid value"):
        org.inline.hooks.replace(hook, body(type="com.okta.saml.tokens.transform"))


def test_only_an_inactive_hook_can_be_deleted(org: Org) -> None:
    hook = org.inline.hooks.create(body())
    with pytest.raises(OktaApiError, match="must be deactivated"):
        org.inline.hooks.delete(hook)

    org.inline.hooks.deactivate(hook)
    assert list(shown(org, hook)["_links"]) == ["activate", "self", "delete"]
    org.inline.hooks.delete(hook.id)

    with pytest.raises(OktaApiError, match=rf"E0000007: Not found: Resource not found: {hook.id} \(InlineHook\)"):
        org.inline.hooks.get(hook.id)
    told = [event["eventType"] for event in org.system_log()]
    assert told == [f"inline_hook.{verb}" for verb in ("created", "deactivated", "deleted")]


def test_activating_twice_is_no_error_and_told_once(org: Org) -> None:
    hook = org.inline.hooks.create(body())

    for act in (org.inline.hooks.deactivate, org.inline.hooks.activate):
        act(hook)
        act(hook)

    told = [event["eventType"] for event in org.system_log()]
    assert told == [f"inline_hook.{verb}" for verb in ("created", "deactivated", "activated")]


def test_a_list_can_be_of_one_type(org: Org) -> None:
    for kind in INLINE_HOOK_TYPES.values():
        org.create_inline_hook(type=kind.short, uri=URI, auth="x")

    for name in INLINE_HOOK_TYPES:
        assert [hook.type for hook in org.inline.hooks.all(name)] == [name]
    with pytest.raises(OktaApiError, match="type: The field has an invalid value"):
        org.inline.hooks.all("com.okta.none")


def test_names_are_unique(org: Org) -> None:
    hook = org.inline.hooks.create(body())
    other = org.inline.hooks.create(body(name="Other"))

    for act in (lambda: org.inline.hooks.create(body()), lambda: org.inline.hooks.update(other, {"name": hook.name})):
        with pytest.raises(OktaApiError, match="An object with this field already exists"):
            act()
    assert org.inline.hooks.update(hook, {"name": hook.name}).name == hook.name


def test_there_are_at_most_100_inline_hooks(org: Org) -> None:
    """M9, I12; inactive ones count too."""
    with org.inline.hooks._core.quietly():
        for number in range(100):
            hook = org.inline.hooks.create(body(name=f"Hook {number}"))
    org.inline.hooks.deactivate(hook)

    with pytest.raises(OktaApiError, match="maximum number of 100 inline hooks"):
        org.inline.hooks.create(body(name="One more"))


def test_there_is_one_password_import_hook(org: Org) -> None:
    """I12."""
    hook = org.create_inline_hook(type="password-import", uri=URI)
    org.inline.hooks.deactivate(hook)

    with pytest.raises(OktaApiError, match="already a password import inline hook"):
        org.create_inline_hook(type="password-import", uri=URI)
    assert org.inline.hooks.activate(hook).status == "ACTIVE"


def test_there_is_one_active_telephony_hook(org: Org) -> None:
    """I12: others may wait."""
    first = org.create_inline_hook(type="telephony", uri=URI, auth="x")
    with pytest.raises(OktaApiError, match="already an active telephony inline hook"):
        org.create_inline_hook(type="telephony", uri=URI, auth="x")

    org.inline.hooks.deactivate(first)
    second = org.create_inline_hook(
        type="telephony", uri=URI, auth=OAuth(client_id="c", token_url=TOKEN_URL, secret="s")
    )

    assert second.status == "ACTIVE"
    with pytest.raises(OktaApiError, match="already an active telephony inline hook"):
        org.inline.hooks.activate(first)


def test_hooks_and_keys_survive_in_a_file_and_in_a_snapshot(make_org: Callable[..., Org], tmp_path) -> None:
    pytest.importorskip("jwt")
    with make_org(db=tmp_path / "org.db") as org:
        key = org.create_hook_key("Mine")
        oauth = OAuth(client_id="c", token_url=TOKEN_URL, key=key)
        hook = org.create_inline_hook(type="token", uri=URI, auth=oauth)
        snapshot, jwks = org.snapshot(), org.inline.issuer.jwks()
        org.reset()
        assert (org.inline.hooks.all(), org.inline.keys.all()) == ([], [])
        assert org.inline.issuer.jwks() == jwks
        org.restore(snapshot)

    with make_org(db=tmp_path / "org.db") as again:
        assert again.inline.hooks.all() == [hook]
        assert again.inline.keys.all() == [key]


def test_a_file_of_the_first_version_is_brought_up_to_date(make_org: Callable[..., Org], tmp_path) -> None:
    import sqlite3

    file = tmp_path / "org.db"
    make_org(db=file).close()
    with sqlite3.connect(file) as db:
        db.executescript("DROP TABLE inline_hooks; DROP TABLE hook_keys; PRAGMA user_version = 1;")
    db.close()

    with make_org(db=file) as org:
        assert org.create_inline_hook(type="saml", uri=URI).status == "ACTIVE"


def test_a_key_in_use_can_t_be_deleted(org: Org) -> None:
    pytest.importorskip("jwt")
    key = org.create_hook_key("Mine")
    hook = org.create_inline_hook(type="token", uri=URI, auth=OAuth(client_id="c", token_url=TOKEN_URL, key=key))

    with pytest.raises(OktaApiError, match="The key is in use"):
        org.inline.keys.delete(key.id)
    org.inline.hooks.deactivate(hook)
    org.inline.hooks.delete(hook)
    org.inline.keys.delete(key.id)

    assert org.inline.keys.all() == []
    assert "PRIVATE" not in repr(key)


def test_start_data_has_inline_hooks_and_passwords_to_import(make_org: Callable[..., Org], monkeypatch) -> None:
    monkeypatch.setenv("INLINE_SECRET", SECRET)
    oauth = {"client_id": "c", "token_url": TOKEN_URL, "client_secret": "${env:INLINE_SECRET}", "scope": "hooks"}
    hooks = [
        {"name": "Claims", "type": "token", "uri": URI, "auth": "${env:INLINE_SECRET}"},
        {"type": "saml", "uri": URI, "auth": oauth, "status": "INACTIVE"},
        {"type": "registration", "uri": f"{URI}/2", "auth": {"header": "X-Key", "value": "k"}},
    ]
    org = make_org(start={"inline_hooks": hooks, "users": [{"login": "max.moe@example.com", "import_password": True}]})

    one, two, three = org.inline.hooks.all()

    assert (one.name, one.channel.auth.value.reveal(), one.status) == ("Claims", SECRET, "ACTIVE")
    assert (two.name, two.oauth.secret.reveal(), two.oauth.scope, two.status) == (URI, SECRET, "hooks", "INACTIVE")
    assert three.channel.auth.key == "X-Key"
    assert org.user("max.moe").json()["credentials"]["provider"]["name"] == "IMPORT"
    assert org.system_log() == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"type": "tokens"}, "unknown inline hook type 'tokens'"),
        ({"type": "token", "kind": "x"}, "unknown member 'kind'"),
        ({"type": "token", "status": "OFF"}, "unknown status 'OFF'"),
        ({"type": "token", "auth": {"token_url": TOKEN_URL, "secret": "x"}}, "unknown member 'secret' of auth"),
        ({"type": "telephony"}, "Api validation failed: authScheme"),
    ],
)
def test_start_data_that_can_t_be_used_is_explained_with_its_place(make_org: Callable[..., Org], entry, words) -> None:
    with pytest.raises(UsageError) as caught:
        make_org(start={"inline_hooks": [{"uri": URI, **entry}]})

    assert words in caught.value.message
    assert caught.value.where.startswith("inline_hooks.0")


def paths_in(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = (
        [found for name in value for found in paths_in(value[name], (*path, name))] if isinstance(value, dict) else []
    )
    return [path, *inner] if path else inner


@pytest.mark.parametrize("whole", [body(), oauth_body()], ids=["HTTP", "OAUTH"])
@pytest.mark.parametrize("odd", [None, 7, True, "", "x" * 5000, [], [[]], {}, {"a": []}], ids=repr)
def test_no_member_of_an_odd_kind_is_more_than_refused(org: Org, whole, odd) -> None:
    hook = org.inline.hooks.create(whole)
    refusals = []
    for number, path in enumerate(paths_in(whole)):
        changed = {**json.loads(json.dumps(whole)), "name": f"Tokens {number}"}
        place = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = odd
        for act in (
            org.inline.hooks.create,
            partial(org.inline.hooks.replace, hook),
            partial(org.inline.hooks.update, hook),
        ):
            try:
                act(changed)
            except OktaApiError as error:
                refusals.append(error)

    assert refusals
    assert {error.status for error in refusals} == {400}
    assert all(error.causes and SECRET not in str(error) for error in refusals)
