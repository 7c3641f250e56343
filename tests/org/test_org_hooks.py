"""Event hooks: what Okta accepts and refuses, their JSON, verification and limits (A1-A34, V1-V17)."""

from __future__ import annotations

import json

import pytest

from emulator import OktaApiError, Org, VerificationFailedError

URI = "https://hooks.example.com/okta"
TYPE = "user.lifecycle.create"


def body(**changes):
    """A body Okta accepts, with changes by path: ``config.uri`` is ``channel.config.uri``."""
    made = {
        "name": "Hook",
        "events": {"type": "EVENT_TYPE", "items": [TYPE]},
        "channel": {
            "type": "HTTP",
            "version": "1.0.0",
            "config": {
                "uri": URI,
                "headers": [{"key": "X-Other", "value": "v4lue"}],
                "authScheme": {"type": "HEADER", "key": "Authorization", "value": "s3cret"},
            },
        },
    }
    homes = {"": made, "events": made["events"], "channel": made["channel"], "config": made["channel"]["config"]}
    for path, value in changes.items():
        home, _, name = path.rpartition("__")
        homes[home][name] = value
    return made


def test_a_new_hook_looks_as_captured(org: Org) -> None:
    """A4, A11-A17, X6: whatever the body says of read-only members."""
    hook = org.event_hooks.create({**body(), "status": "INACTIVE", "verificationStatus": "VERIFIED", "id": "whoX"})

    shown = org.hook_json(hook)
    url = f"{org.base_url}/api/v1/eventHooks/{hook.id}"
    assert json.dumps(shown) == json.dumps(
        {
            "id": hook.id,
            "status": "ACTIVE",
            "verificationStatus": "UNVERIFIED",
            "name": "Hook",
            "description": None,
            "created": "2026-08-21T12:00:00.000Z",
            "createdBy": org.user("admin@example.com").id,
            "lastUpdated": "2026-08-21T12:00:00.000Z",
            "events": {"type": "EVENT_TYPE", "items": [TYPE], "filter": None},
            "channel": {
                "type": "HTTP",
                "version": "1.0.0",
                "config": {
                    "uri": URI,
                    "headers": [{"key": "X-Other", "value": "v4lue"}],
                    "method": "POST",
                    "authScheme": {"type": "HEADER", "key": "Authorization"},
                },
            },
            "_links": {
                "self": {"href": url},
                "verify": {"href": f"{url}/lifecycle/verify", "hints": {"allow": ["POST"]}},
                "deactivate": {"href": f"{url}/lifecycle/deactivate", "hints": {"allow": ["POST"]}},
            },
        }
    )


def test_an_inactive_hook_has_other_links(org: Org) -> None:
    hook = org.event_hooks.deactivate(org.event_hooks.create(body()))

    assert list(org.hook_json(hook)["_links"]) == ["activate", "self", "delete"]


def an_entry(event: str, expression: str) -> dict:
    entry = {"event": event, "condition": {"expression": expression}}
    return {"type": "EXPRESSION_LANGUAGE", "eventFilterMap": [entry]}


BLANK = "The field cannot be left blank"
INVALID = "The field has an invalid value"


@pytest.mark.parametrize(
    ("changes", "subject", "cause"),
    [
        ({"name": None}, "name", f"name: {BLANK}"),
        ({"name": ""}, "name", f"name: {BLANK}"),
        ({"name": "x" * 256}, "name", f"name: {INVALID}"),
        ({"name": 7}, "name", f"name: {INVALID}"),
        ({"description": 7}, "description", f"description: {INVALID}"),
        ({"events": None}, "events", f"events: {BLANK}"),
        ({"events": []}, "events", f"events: {INVALID}"),
        ({"events__type": "TOPIC"}, "type", f"type: {INVALID}"),
        ({"events__items": []}, "items", f"items: {BLANK}"),
        ({"events__items": TYPE}, "items", f"items: {INVALID}"),
        ({"events__items": ["user.lifecycle.created"]}, "items", "items: Invalid event type(s): user.lifecycle.created"),
        ({"events__items": ["event_hook.created"]}, "items", "items: Invalid event type(s): event_hook.created"),
        ({"channel": None}, "channel", f"channel: {BLANK}"),
        ({"channel__type": "MAIL"}, "type", f"type: {INVALID}"),
        ({"channel__version": "2.0.0"}, "version", f"version: {INVALID}"),
        ({"channel__config": None}, "config", f"config: {BLANK}"),
        ({"config__uri": ""}, "uri", f"uri: {BLANK}"),
        ({"config__uri": 7}, "uri", f"uri: {INVALID}"),
        ({"config__uri": "hooks.example.com"}, "uri", f"uri: {INVALID}"),
        ({"config__uri": "ftp://hooks.example.com/"}, "uri", f"uri: {INVALID}"),
        ({"config__uri": "http://hooks.example.com/"}, "uri", f"uri: {INVALID}"),
        ({"config__uri": "https://hooks.example.com/a b"}, "uri", f"uri: {INVALID}"),
        ({"config__uri": "https://user:pw@hooks.example.com/"}, "uri", f"uri: {INVALID}"),
        ({"config__uri": "https://"}, "uri", f"uri: {INVALID}"),
        ({"config__uri": "https://[::1/"}, "uri", f"uri: {INVALID}"),
        ({"config__uri": f"{URI}/{'x' * 1024}"}, "uri", f"uri: {INVALID}"),
        ({"config__headers": {}}, "headers", f"headers: {INVALID}"),
        ({"config__headers": [{"key": "Accept", "value": "x"}]}, "headers", f"headers: {INVALID}"),
        ({"config__headers": [{"key": "user-agent", "value": "x"}]}, "headers", f"headers: {INVALID}"),
        ({"config__headers": [{"key": "a b", "value": "x"}]}, "headers", f"headers: {INVALID}"),
        ({"config__headers": [{"key": "a", "value": "x\r\ny"}]}, "headers", f"headers: {INVALID}"),
        ({"config__headers": [{"key": "a", "value": "x"}, {"key": "A", "value": "y"}]}, "headers", f"headers: {INVALID}"),
        ({"config__authScheme": "s3cret"}, "authScheme", f"authScheme: {INVALID}"),
        ({"config__authScheme": {"type": "HEADER", "key": "", "value": "x"}}, "key", f"key: {BLANK}"),
        ({"config__authScheme": {"type": "HEADER", "key": "a"}}, "value", f"value: {BLANK}"),
        ({"config__authScheme": {"type": "BASIC", "key": "a", "value": "x"}}, "type", f"type: {INVALID}"),
        ({"events__filter": {"type": "REGEX", "eventFilterMap": []}}, "filter", f"filter.type: {INVALID}"),
        ({"events__filter": an_entry("user.lifecycle.activate", "true")}, "filter",
         "event: The filter names an event type that is not subscribed to: user.lifecycle.activate"),
        ({"events__filter": an_entry(TYPE, "event.actor.id eq")}, "filter",
         "expression: Invalid Okta Expression Language statement at position 17"),
    ],
)  # fmt: skip
def test_what_okta_refuses(org: Org, changes, subject, cause) -> None:
    with pytest.raises(OktaApiError) as caught:
        org.event_hooks.create(body(**changes))

    error = caught.value
    assert (error.status, error.code) == (400, "E0000001")
    assert (error.summary, error.causes) == (f"Api validation failed: {subject}", (cause,))
    assert "s3cret" not in str(error)
    assert org.event_hooks.all() == []


def test_every_problem_is_a_cause(org: Org) -> None:
    with pytest.raises(OktaApiError) as caught:
        org.event_hooks.create(body(name="", config__uri="nowhere"))

    assert caught.value.summary == "Api validation failed: eventHook"
    assert caught.value.causes == (f"name: {BLANK}", f"uri: {INVALID}")


@pytest.mark.parametrize("wrong", [None, [], "text", 7])
def test_a_body_that_is_no_object_is_not_well_formed(org: Org, wrong) -> None:
    with pytest.raises(OktaApiError, match="E0000003"):
        org.event_hooks.create(wrong)


def test_a_mistyped_type_gets_the_nearest_names(org: Org) -> None:
    with pytest.raises(OktaApiError, match="did you mean 'user"):
        org.create_event_hook(uri=URI, events=["user.lifecycle.creat"])


@pytest.mark.parametrize(
    ("uri", "profile", "accepted"),
    [
        ("http://localhost:8000/", "", True),
        ("http://127.0.0.1:8000/", "", True),
        ("http://[::1]:8000/", "", True),
        ("http://receiver:8000/", "", True),
        ("http://10.1.2.3/", "", True),
        ("http://93.184.216.34/", "", False),
        ("http://localhost:8000/", "uri.allow_http_loopback=off", False),
        ("https://hooks.example.com:8443/", "uri.allow_http_loopback=off", True),
    ],
)
def test_plain_http_is_for_receivers_nearby(make_org, uri, profile, accepted) -> None:
    """D28."""
    org = make_org(profile=profile)

    if accepted:
        assert org.create_event_hook(uri=uri, events=[TYPE]).channel.uri == uri
    else:
        with pytest.raises(OktaApiError, match="D28"):
            org.create_event_hook(uri=uri, events=[TYPE])


def test_a_name_is_unique(org: Org) -> None:
    org.event_hooks.create(body())

    with pytest.raises(OktaApiError) as caught:
        org.event_hooks.create(body())

    assert caught.value.causes == ("name: An object with this field already exists in the current organization",)


def test_an_unknown_hook_is_not_found(org: Org) -> None:
    """A25."""
    with pytest.raises(OktaApiError) as caught:
        org.event_hooks.get("who1")

    assert (caught.value.status, caught.value.summary) == (404, "Not found: Resource not found: who1 (Webhook)")


def test_a_hook_takes_300_types(org: Org) -> None:
    """A9, A10: 314 are eligible, so one hook can't have all of them."""
    from emulator.contract.catalogue import eligible_types

    items = list(eligible_types())
    with pytest.raises(OktaApiError, match="exceeds the maximum of 300"):
        org.event_hooks.create(body(events__items=items))

    assert len(org.event_hooks.create(body(events__items=items[:300])).events) == 300


@pytest.mark.parametrize(("how", "allowed"), [("active", True), ("total", False), ("active_verified", True)])
def test_the_26th_hook(make_org, how, allowed) -> None:
    """A27: by default only ACTIVE hooks count."""
    org = make_org(profile=f"limits.count={how}")
    hooks = [org.create_event_hook(uri=URI, events=[TYPE]) for _ in range(25)]
    if how != "active_verified":
        with pytest.raises(OktaApiError, match="maximum number of 25"):
            org.create_event_hook(uri=URI, events=[TYPE])

    org.event_hooks.deactivate(hooks[0])
    if allowed:
        org.create_event_hook(uri=URI, events=[TYPE])
    else:
        with pytest.raises(OktaApiError):
            org.create_event_hook(uri=URI, events=[TYPE])
    if how == "active":
        with pytest.raises(OktaApiError, match="maximum number of 25"):
            org.event_hooks.activate(hooks[0])


def test_a_replacement_forgets_what_it_leaves_out(org: Org) -> None:
    """A18."""
    hook = org.event_hooks.create(body(description="old"))
    plain = body()
    plain["channel"]["config"] = {"uri": URI}

    org.event_hooks.replace(hook, plain)

    shown = org.hook_json(hook)
    assert (shown["description"], shown["channel"]["config"]["headers"]) == (None, [])
    assert shown["channel"]["config"]["authScheme"] is None


@pytest.mark.parametrize(
    ("changes", "profile", "verified"),
    [
        ({"name": "Other"}, "", True),
        ({"events__items": ["user.lifecycle.activate"]}, "", True),
        ({}, "", True),
        ({}, "api.put_always_unverifies=on", False),
        ({"config__uri": f"{URI}/2"}, "", False),
        ({"config__headers": []}, "", False),
        ({"config__authScheme": {"type": "HEADER", "key": "Authorization", "value": "other"}}, "", False),
        ({"config__authScheme": {"type": "HEADER", "key": "Authorization"}}, "", True),
    ],
)
def test_a_changed_channel_must_be_verified_again(make_org, changes, profile, verified) -> None:
    """A20."""
    org = make_org(profile=profile)
    hook = org.verify(org.event_hooks.create(body()))

    replaced = org.event_hooks.replace(hook, body(**changes))

    assert (replaced.verification_status == "VERIFIED") is verified


def test_a_replacement_may_change_the_status(org: Org) -> None:
    """A19."""
    hook = org.event_hooks.create(body())

    assert org.event_hooks.replace(hook, {**body(), "status": "INACTIVE"}).status == "INACTIVE"
    assert org.event_hooks.replace(hook, body()).status == "INACTIVE"
    assert org.event_hooks.replace(hook, {**body(), "status": "ACTIVE"}).status == "ACTIVE"


def test_a_replacement_answers_with_the_old_time(org: Org) -> None:
    """A21: the next read shows the new one."""
    hook = org.event_hooks.create(body())
    org.clock.advance(60)

    assert org.event_hooks.replace(hook, body()).last_updated == hook.last_updated
    assert org.event_hooks.get(hook).last_updated > hook.last_updated


def test_only_an_inactive_hook_can_be_deleted(org: Org) -> None:
    """A24."""
    hook = org.event_hooks.create(body())
    with pytest.raises(OktaApiError, match="must be deactivated before"):
        org.event_hooks.delete(hook)

    org.event_hooks.deactivate(hook)
    org.event_hooks.delete(hook)

    assert org.event_hooks.all() == []


def test_every_change_of_a_hook_is_logged(org: Org) -> None:
    """A28, A29: idempotent calls change nothing, so they tell nothing."""
    hook = org.event_hooks.create(body())
    org.event_hooks.activate(hook)
    org.verify(hook)
    org.event_hooks.replace(hook, body(name="Other"))
    org.event_hooks.deactivate(hook)
    org.event_hooks.deactivate(hook)
    org.event_hooks.activate(hook)
    org.event_hooks.deactivate(hook)
    org.event_hooks.delete(hook)

    events = org.system_log()
    assert [event["eventType"].partition(".")[2] for event in events] == [
        "created", "verified", "updated", "deactivated", "activated", "deactivated", "deleted",
    ]  # fmt: skip
    assert {event["target"][0]["id"] for event in events} == {hook.id}
    assert {event["target"][0]["type"] for event in events} == {"EventHook"}
    assert events[0]["displayMessage"] == "A new event hook was created"
    assert events[0]["legacyEventType"] == "platform.event_hook.created"
    assert events[1]["legacyEventType"] == "platform.event_hook.verified.success"


def test_verification_succeeds_and_survives_a_pause(org: Org, receiving) -> None:
    """V8, V10, A23."""
    hook = org.verify(org.event_hooks.create(body()))
    assert hook.verification_status == "VERIFIED"
    headers = {name: value if isinstance(value, str) else value.reveal() for name, value in receiving.sent[0].headers}
    assert (headers["X-Other"], headers["Authorization"]) == ("v4lue", "s3cret")

    org.event_hooks.deactivate(hook)
    assert org.event_hooks.activate(hook).receives_events


def test_a_failed_verification_says_okta_s_words_and_the_doctor_s(org: Org, receiving) -> None:
    """V11, V13, V14."""
    receiving.echoes = False
    hook = org.event_hooks.create(body())

    with pytest.raises(VerificationFailedError) as caught:
        org.verify(hook)

    error = caught.value
    assert error.body()["errorSummary"] == "Api validation failed: eventHook"
    assert error.causes == ("Unable to verify event hook. Unable to verify hook",)
    assert error.verification.diagnoses
    assert "fix:" in str(error)
    assert "fix:" not in json.dumps(error.body())
    assert org.event_hooks.get(hook).verification_status == "UNVERIFIED"
    (told,) = org.system_log("event_hook.verified")
    assert told["outcome"]["result"] == "FAILURE"
    assert told["debugContext"]["debugData"]["errorMessage"] == "Unable to verify hook"
    assert told["legacyEventType"] == "platform.event_hook.verified.failure"


@pytest.mark.parametrize(("profile", "verified"), [("", True), ("verify.failure_unverifies=on", False)])
def test_a_verified_hook_that_fails_again(make_org, receiving, profile, verified) -> None:
    """V13."""
    org = make_org(profile=profile)
    hook = org.verify(org.event_hooks.create(body()))
    receiving.echoes = False

    with pytest.raises(VerificationFailedError):
        org.verify(hook)

    assert org.event_hooks.get(hook).receives_events is verified


@pytest.mark.parametrize("profile", ["", "verify.inactive=allow"])
def test_verifying_an_inactive_hook(make_org, receiving, profile) -> None:
    """V15."""
    org = make_org(profile=profile)
    hook = org.event_hooks.deactivate(org.event_hooks.create(body()))

    if profile:
        assert org.verify(hook).verification_status == "VERIFIED"
    else:
        with pytest.raises(OktaApiError, match="Event hook is not active"):
            org.verify(hook)
        assert receiving.sent == []


def test_a_workflow_is_verified_without_a_request(org: Org, receiving) -> None:
    """V17."""
    hook = org.create_event_hook(uri="https://acme.workflows.okta.com/api/flo/1/invoke", events=[TYPE])

    assert org.verify(hook).verification_status == "VERIFIED"
    assert receiving.sent == []


def test_an_error_has_okta_s_five_members(org: Org) -> None:
    """E1, N4."""
    with pytest.raises(OktaApiError) as caught:
        org.event_hooks.get("who1")

    shown = org.error_body(caught.value)
    assert list(shown) == ["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"]
    assert shown["errorId"].startswith("oae")
    assert len(shown["errorId"]) == 25


def test_a_filter_comes_back_with_a_version(org: Org) -> None:
    """F2."""
    hook = org.create_event_hook(uri=URI, events=[TYPE], filter={TYPE: "event.actor.id != null"})

    assert org.hook_json(hook)["events"]["filter"] == {
        "type": "EXPRESSION_LANGUAGE",
        "eventFilterMap": [{"event": TYPE, "condition": {"version": None, "expression": "event.actor.id != null"}}],
    }
