"""The control plane: who may use it, and what it does."""

from __future__ import annotations

import json
import threading

import pytest
from werkzeug.test import Client

from emulator.apis.routing import CONTROL, routes

ENDPOINTS = [each for each in routes().values() if each.template.startswith(CONTROL)]
URI, TYPE = "https://hooks.example.com/okta", "user.lifecycle.create"


@pytest.fixture
def hook(org):
    return org.verify(org.create_event_hook(uri=URI, events=[TYPE], auth="s3cret-value"))


@pytest.mark.parametrize("found", ENDPOINTS, ids=lambda found: f"{found.method} {found.template}")
def test_every_endpoint_but_health_asks_for_the_token(app, found) -> None:
    client = Client(app)
    path = found.template.replace("{number}", "1").replace("{ref}", "x")
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "SSWS 00-test-token"}):
        answer = client.open(path, method=found.method, headers={"Host": "127.0.0.1", **headers})
        assert answer.status_code == (200 if found.open_to_all else 401)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "127.0.0.1:8420"}, 200),
        ({"Host": "127.8.9.10"}, 200),
        ({"Host": "[::1]:8420"}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "okta.localhost:8420"}, 200),
        ({"Host": "evil.example.com"}, 403),
        ({"Host": "127.0.0.1.evil.example.com"}, 403),
        ({"Host": "203.0.113.7"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": "127.0.0.1:8420", "Origin": "http://127.0.0.1:8420"}, 200),
        ({"Host": "127.0.0.1:8420", "Origin": "http://evil.example.com"}, 403),
        ({"Host": "127.0.0.1:8420", "Origin": "http://127.0.0.1:9999"}, 403),
        ({"Host": "127.0.0.1:8420", "Origin": "null"}, 403),
    ],
)
def test_host_and_origin_are_checked(app, headers, status) -> None:
    """Against DNS rebinding and pages of other origins."""
    for path in ("/health", "/deliveries"):
        answer = Client(app).get(f"{CONTROL}{path}", headers={"Authorization": "Bearer control-token", **headers})
        assert answer.status_code == status
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


def test_a_host_name_can_be_allowed(make_app) -> None:
    app = make_app(app={"hosts": ["okta.internal"]})

    assert Client(app).get(f"{CONTROL}/health", headers={"Host": "okta.internal:8420"}).status_code == 200


def test_the_index_lists_all_endpoints(control) -> None:
    listed = {(each["method"], each["path"]) for each in control("GET", "/").get_json()["endpoints"]}

    assert listed == {(each.method, each.template) for each in ENDPOINTS}


def test_health(control) -> None:
    assert control("GET", "/health").get_json()["status"] == "ok"


def test_the_ledger_has_every_attempt_and_no_secret(control, org, hook, receiving) -> None:
    receiving.status = 500
    org.create_user(login="ann@example.com", activate=False)
    drained = control("POST", "/drain", {"timeout": 5})

    (delivery,) = drained.get_json()["deliveries"]
    assert (delivery["outcome"], len(delivery["attempts"])) == ("failed", 2)
    listed = control("GET", f"/deliveries?hook={hook.id}&limit=10").get_json()
    assert listed == {"deliveries": [delivery], "total": 1}
    shown = control("GET", f"/deliveries/{delivery['number']}")
    assert shown.get_json()["body"]["data"]["events"][0]["eventType"] == TYPE
    assert "s3cret-value" not in shown.text + drained.text


@pytest.mark.parametrize(("how", "same"), [("envelope", True), ("event", False)])
def test_a_delivery_is_repeated(control, org, hook, receiving, how: str, *, same: bool) -> None:
    """D12."""
    first = control("POST", "/trigger", {"type": TYPE}).get_json()
    again = control("POST", f"/deliveries/{first['number']}/redeliver", {"as": how}).get_json()

    assert (again["event_id"] == first["event_id"]) is same
    assert again["events"] == first["events"]
    assert len(receiving.events) == 2


def test_an_event_is_triggered_with_changes(control, org, hook, receiving) -> None:
    ann = org.create_user(login="ann@example.com", activate=False)
    done = control(
        "POST",
        "/trigger",
        {"type": TYPE, "hook": hook.id, "user": ann.id, "result": "FAILURE", "set": {"target.0.alternateId": "x"}},
    )

    assert done.get_json()["outcome"] == "delivered"
    assert (receiving.events[-1]["outcome"]["result"], receiving.events[-1]["target"][0]["alternateId"]) == (
        "FAILURE",
        "x",
    )


def test_an_event_that_no_hook_gets_says_why(control, hook) -> None:
    done = control("POST", "/trigger", {"type": "user.session.start"}).get_json()

    assert done["outcome"] == "not_sent"
    assert "is not subscribed to user.session.start" in done["explanation"]


def test_preview(control, hook, receiving) -> None:
    """P6: sample data, since nothing has happened."""
    done = control("POST", "/preview", {"hook": hook.id, "type": TYPE}).get_json()

    assert (done["kind"], done["outcome"]) == ("preview", "delivered")
    assert receiving.events[0]["actor"] is None


def test_the_clock_is_frozen_advanced_and_resumed(control) -> None:
    def move(**how: object) -> tuple[str, bool]:
        found = control("POST", "/clock", how).get_json()
        return found["now"], found["frozen"]

    assert control("GET", "/clock").get_json() == {"now": "2026-08-21T12:00:00.000Z", "frozen": True}
    assert move(advance=90.5) == ("2026-08-21T12:01:30.500Z", True)
    assert move(freeze="2026-09-01T00:00:00+02:00") == ("2026-08-31T22:00:00.000Z", True)
    assert move(resume=True)[1] is False
    assert move(freeze=True)[1] is True
    assert move(reset=True)[1] is False


def test_a_fault_meets_the_calls_that_fit(control, api, refused) -> None:
    control("POST", "/faults", {"path": "/api/v1/users*", "method": "get", "status": 429, "times": 2})
    control("POST", "/faults", {"status": 503})

    assert api("POST", "/groups", {"profile": {"name": "x"}}).status_code == 503
    refused(api("GET", "/users/me"), 429, "E0000047")
    assert api("GET", "/users/me").headers["X-Rate-Limit-Remaining"] == "0"
    assert api("GET", "/users/me").status_code == 200
    assert control("GET", "/faults").get_json() == {"api": [], "deliveries": {}}
    control("POST", "/faults", {"delay": 0.01})
    assert api("GET", "/users/me").status_code == 200
    control("POST", "/faults", {"status": 500, "times": 99})
    control("DELETE", "/faults")
    assert api("GET", "/users/me").status_code == 200


@pytest.mark.parametrize(
    ("fault", "attempts", "arrived"), [("lose-answer", 2, 2), ("duplicate", 1, 2), ("duplicate-event", 1, 2)]
)
def test_a_delivery_meets_its_fault(control, hook, receiving, *, fault, attempts, arrived) -> None:
    """D11-D13, R10: the receiver has it twice."""
    armed = control("POST", "/faults/deliveries", {"fault": fault}).get_json()
    assert armed == {"api": [], "deliveries": {fault: 1}}
    done = control("POST", "/trigger", {"type": TYPE}).get_json()
    control("POST", "/drain")

    assert (done["outcome"], len(done["attempts"]), len(receiving.events)) == ("delivered", attempts, arrived)
    assert control("GET", "/faults").get_json()["deliveries"] == {}


def test_faults_that_wait_can_be_cleared(control) -> None:
    control("POST", "/faults/deliveries", {"fault": "drop", "times": 9})

    assert control("DELETE", "/faults").get_json() == {"api": [], "deliveries": {}}


def test_deliveries_wait_while_they_are_paused(control, org, hook, receiving) -> None:
    """D11."""
    control("POST", "/pause")
    for name in ("ann", "bob"):
        org.create_user(login=f"{name}@example.com", activate=False)
    assert receiving.events == []
    control("POST", "/resume", {"order": "reverse"})
    control("POST", "/drain")

    assert [event["target"][0]["displayName"] for event in receiving.events] == ["Bob Bob", "Ann Ann"]


def test_state_is_kept_and_put_back(control, api, org) -> None:
    org.create_group("Sales")
    control("POST", "/snapshot", {"name": "one group"})
    org.create_group("Support")
    control("POST", "/faults", {"status": 500, "path": "/api/v1/apps"})

    def names() -> list[str]:
        return [group["profile"]["name"] for group in api("GET", "/groups").get_json()]

    assert control("POST", "/restore", {"name": "one group"}).get_json() == {"restored": "one group"}
    assert names() == ["Everyone", "Sales"]
    control("POST", "/reset")
    assert names() == ["Everyone"]
    assert api("GET", "/apps").status_code == 200


def test_a_user_signs_in_and_is_locked_out(control, api, org) -> None:
    """U-k, U-l."""
    user = org.create_user(login="ann@example.com", password="correct horse")
    path = f"/users/{user.id}/sign-in"

    assert control("POST", path, {"password": "correct horse"}).get_json() == {"signed_in": True, "status": "ACTIVE"}
    assert control("POST", f"/users/{user.id}/sign-out").status_code == 200
    answers = [control("POST", path, {"password": "x"}).get_json()["status"] for _ in range(10)]
    assert answers[-1] == "LOCKED_OUT"
    assert api("POST", f"/users/{user.id}/lifecycle/unlock").status_code == 200


def test_a_user_follows_the_activation_link(control, api, org) -> None:
    """U-f."""
    user = org.create_user(login="ann@example.com")
    done = control("POST", f"/users/{user.id}/complete-activation", {"password": "correct horse"})

    assert (done.status_code, user.status) == (200, "ACTIVE")


def test_the_stream_tells_what_happens(app, org, hook) -> None:
    """Server-sent events of both kinds, until the server closes."""
    response = Client(app).get(
        f"{CONTROL}/stream", headers={"Host": "127.0.0.1", "Authorization": "Bearer control-token"}
    )
    pieces = response.iter_encoded()
    assert next(pieces) == b": connected\n\n"
    org.create_user(login="ann@example.com", activate=False)
    org.drain()
    log, delivery = next(pieces).decode(), next(pieces).decode()
    threading.Timer(0.01, app.closing.set).start()

    assert log.startswith("event: log\ndata: {")
    assert json.loads(log.partition("data: ")[2])["eventType"] == TYPE
    assert json.loads(delivery.partition("data: ")[2])["outcome"] == "delivered"
    assert list(pieces) == []
    response.close()


MISUSE = [
    ("GET", "/nothing", None, 404, "there is no"),
    ("DELETE", "/clock", None, 405, "not known here"),
    ("GET", "/deliveries/99", None, 404, "there is no delivery 99"),
    ("POST", "/deliveries/99/redeliver", {}, 404, "there is no delivery 99"),
    ("POST", "/drain", {"timeuot": 1}, 400, "timeout"),
    ("POST", "/drain", {"timeout": "soon"}, 400, "no number of seconds"),
    ("POST", "/drain", b"{", 400, "not JSON"),
    ("POST", "/drain", b"[]", 400, "no JSON object"),
    ("POST", "/clock", {}, 400, "what is the clock to do"),
    ("POST", "/clock", {"freeze": "now"}, 400, "no instant"),
    ("POST", "/clock", {"freeze": "2026-08-21T12:00:00"}, 400, "no time zone"),
    ("POST", "/clock", {"advance": -1}, 400, "no number of seconds"),
    ("POST", "/trigger", {}, 400, "type is missing"),
    ("POST", "/trigger", {"type": "user.lifecycle.creat"}, 400, "user.lifecycle.create"),
    ("POST", "/trigger", {"type": "user.lifecycle.create", "user": "nobody"}, 404, "E0000007"),
    ("POST", "/trigger", {"type": 7}, 400, "wrong kind"),
    ("POST", "/preview", {"hook": "whoNone", "type": "user.lifecycle.create"}, 404, "E0000007"),
    ("POST", "/faults", {}, 400, "a status or a delay"),
    ("POST", "/faults", {"status": 418}, 400, "429"),
    ("POST", "/faults", {"delay": 61}, 400, "at most 60"),
    ("POST", "/faults/deliveries", {"fault": "dorp"}, 400, "did you mean 'drop'"),
    ("POST", "/faults/deliveries", {}, 400, "fault is missing"),
    ("POST", "/resume", {"order": "upwards"}, 400, "choose one of: published"),
    ("POST", "/restore", {"name": "x"}, 404, "there is no snapshot 'x'"),
    ("POST", "/reset", {"hard": True}, 400, "unknown member 'hard'"),
    ("POST", "/users/nobody/sign-in", {"password": "x"}, 404, "E0000007"),
    ("POST", "/faults", {"status": 429, "times": 0}, 400, "times is from 1"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "words"), MISUSE)
def test_misuse_of_the_control_plane_is_told(control, *, method, path, body, status, words) -> None:
    answer = control(method, path, body, content_type="application/json")

    assert answer.status_code == status
    assert words in answer.text
