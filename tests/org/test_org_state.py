"""The state of an org as a whole: files, snapshots, resets, start data."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from emulator import OktaApiError, Org, Outcome
from emulator.errors import UsageError

URI = "https://hooks.example.com/okta"
CREATE = "user.lifecycle.create"


def hook(org: Org, **more):
    return org.verify(org.create_event_hook(uri=URI, events=[CREATE], **more))


def whole(org: Org) -> dict:
    """Everything a client could see of an org."""
    return {
        "hooks": [org.hook_json(each) for each in org.event_hooks.all()],
        "users": [org.user(each.id).json() for each in org.users.all(deprovisioned=True)],
        "groups": [(org.group(each.id).json(), org.group(each.id).members) for each in org.groups.all()],
        "apps": [each.id for each in org.apps.all()],
        "roles": [org.roles.of(each) for each in org.users.all(deprovisioned=True)],
        "log": org.system_log(),
        "deliveries": list(org.deliveries),
    }


def busy(org: Org) -> Org:
    hook(org, auth="Basic s3cret")
    jane = org.create_user(login="jane.roe@example.com", password="correct horse")
    org.create_group("Sales").add(jane)
    org.create_app("Payroll").assign(jane)
    org.roles.grant(org.users.get(jane.id), {"type": "ORG_ADMIN"})
    jane.suspend()
    org.drain()
    return org


def test_a_file_keeps_everything(make_org, tmp_path, receiving) -> None:
    first = busy(make_org(db=tmp_path / "org.db"))
    before = whole(first)
    first.close()

    again = make_org(db=tmp_path / "org.db", seed=None)

    assert whole(again) == before
    assert again.seed == first.seed
    assert again.drain() == []
    secret = dict(receiving.posts[-1].headers)["Authorization"]
    org_hook = again.event_hooks.all()[0]
    assert org_hook.channel.auth.value == secret


def test_nothing_is_numbered_twice_after_a_restart(make_org, tmp_path) -> None:
    first = busy(make_org(db=tmp_path / "org.db"))
    seen = {uuid for delivery in first.deliveries for uuid in delivery.uuids}
    ids = {delivery.event_id for delivery in first.deliveries}
    first.close()

    again = make_org(db=tmp_path / "org.db")
    again.create_user()

    (delivery,) = again.drain()
    assert not seen & set(delivery.uuids)
    assert delivery.event_id not in ids


def test_what_was_pending_is_delivered_after_a_restart(make_org, tmp_path, receiving) -> None:
    first = make_org(db=tmp_path / "org.db", profile="delivery.window=10")
    hook(first)
    first.create_user()
    first.close()
    assert receiving.posts == []

    again = make_org(db=tmp_path / "org.db")

    (delivery,) = again.drain()
    assert delivery.outcome is Outcome.DELIVERED
    assert delivery.uuids == (again.log.events(CREATE)[0]["uuid"],)


def test_a_request_without_a_known_end_is_sent_again_as_it_was(make_org, tmp_path, receiving) -> None:
    """At least once (D11): the same eventId, so that the receiver can tell."""
    first = make_org(db=tmp_path / "org.db")
    hook(first)
    first.create_user()
    first.drain()
    first.close()
    # As a crash between the receiver's answer and the note of it would leave things.
    with sqlite3.connect(tmp_path / "org.db") as db:
        db.execute("UPDATE deliveries SET ended = NULL")
    db.close()

    again = make_org(db=tmp_path / "org.db")
    (delivery,) = again.drain()

    assert [request.body for request in receiving.posts] == [delivery.body] * 2


def test_a_file_belongs_to_one_org_at_a_time(make_org, tmp_path) -> None:
    make_org(db=tmp_path / "org.db")

    with pytest.raises(UsageError, match="another org is using"):
        make_org(db=tmp_path / "org.db")


@pytest.mark.parametrize("wrong", ["folder", "text", "other", "missing folder", "seed", "empty name"])
def test_a_file_that_cannot_be_used_says_why(make_org, tmp_path, wrong: str) -> None:
    path, words, more = tmp_path / "org.db", "can't be used", {}
    if wrong == "folder":
        path = tmp_path
    elif wrong == "text":
        path.write_text("not a database, but long enough to be taken for one by its length alone" * 20)
    elif wrong == "other":
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE mine (a)")
        db.close()
        words = "belongs to another program"
    elif wrong == "missing folder":
        path = tmp_path / "nowhere" / "org.db"
    elif wrong == "seed":
        make_org(db=path).close()
        words, more = "has the seed 7, not 8", {"seed": 8}
    else:
        path = ""

    with pytest.raises(UsageError, match=words):
        make_org(db=path, **more)


def test_a_file_is_nobody_else_s_to_read(make_org, tmp_path) -> None:
    make_org(db=tmp_path / "org.db")

    assert (tmp_path / "org.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("where", ["in memory", "in a file"])
def test_a_snapshot_brings_everything_back(make_org, tmp_path, where: str) -> None:
    org = busy(make_org(db=tmp_path / "org.db" if where == "in a file" else None))
    before, taken = whole(org), org.snapshot()
    org.user("jane.roe").unsuspend().deactivate()
    org.roles.grant(org.users.get("jane.roe"), {"type": "APP_ADMIN"})
    org.create_user()
    org.event_hooks.deactivate(org.event_hooks.all()[0])

    org.restore(taken)

    assert whole(org) == before
    assert org.user("jane.roe").status == "SUSPENDED"


def test_a_snapshot_keeps_what_is_pending(make_org, receiving) -> None:
    org = make_org(profile="delivery.window=10")
    hook(org)
    org.create_user()
    taken = org.snapshot()
    org.drain()

    org.restore(taken)

    assert len(org.drain()) == 1
    assert len(receiving.events) == 2
    assert len({event["uuid"] for event in receiving.events}) == 1


def test_no_uuid_or_event_id_is_given_twice_after_a_restore(make_org) -> None:
    """Else a receiver that has seen them would take new events for old ones."""
    org = busy(make_org())
    taken = org.snapshot()
    org.create_user()
    (before,) = org.drain()

    org.restore(taken)
    org.create_user()

    (after,) = org.drain()
    assert after.event_id != before.event_id
    assert after.uuids != before.uuids


@pytest.mark.parametrize("wrong", [b"", b"nonsense" * 100, "another"])
def test_a_wrong_snapshot_changes_nothing(make_org, wrong) -> None:
    org = busy(make_org())
    before = whole(org)
    data = make_org(seed=8).snapshot() if wrong == "another" else wrong

    with pytest.raises(UsageError, match="snapshot"):
        org.restore(data)

    assert whole(org) == before


def test_a_reset_leaves_a_new_org_with_the_old_identity(make_org, receiving) -> None:
    org = make_org(start={"users": [{"login": "kim@example.com"}]})
    fresh = whole(org)
    busy(org)
    receiving.gate = threading.Event()
    org.create_user()
    receiving.wait_for(2)

    org.reset()
    receiving.gate.set()

    assert org.drain() == []
    assert whole(org) == fresh
    assert org.user("kim").status == "PROVISIONED"
    assert org.roles.of(org.users.get(org.create_user(login="jane.roe@example.com").id)) == []  # whose id was Jane's


START = """\
groups:
  - {name: Sales, description: People who sell}
apps:
  - label: Payroll
users:
  - login: jane.roe@example.com
    password: ${env:JANE}
    groups: [Sales]
    apps: [Payroll]
    title: Engineer
  - {login: john.doe@example.com, status: LOCKED_OUT}
  - {login: kim@example.com, status: STAGED, firstName: Kim, lastName: Lee}
hooks:
  - name: Lifecycle
    uri: https://hooks.example.com/okta
    events: ["user.lifecycle.*", group.user_membership.add]
    auth: {header: X-Secret, value: "${env:SECRET}"}
    headers: {X-Team: identity}
    filter: {user.lifecycle.create: "event.outcome.result eq 'SUCCESS'"}
    verified: true
  - {uri: "http://localhost:8000/", events: user.lifecycle.create, status: INACTIVE}
"""


def test_start_data_was_always_there(make_org, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("JANE", "correct horse")
    monkeypatch.setenv("SECRET", "s3cret")
    (tmp_path / "start.yaml").write_text(START)

    org = make_org(start=tmp_path / "start.yaml")

    assert org.system_log() == []
    jane = org.user("jane.roe")
    assert (jane.status, jane.profile["title"]) == ("ACTIVE", "Engineer")
    assert [group.name for group in jane.groups] == ["Everyone", "Sales"]
    assert [app.label for app in org.apps.of_user(jane.id)] == ["Payroll"]
    assert jane.sign_in("correct horse")
    assert [org.user(name).status for name in ("john.doe", "kim")] == ["LOCKED_OUT", "STAGED"]
    first, second = org.event_hooks.all()
    assert first.receives_events
    assert (first.channel.auth.key, first.channel.auth.value.reveal()) == ("X-Secret", "s3cret")
    assert "user.lifecycle.delete.initiated" in first.events
    assert (second.status, second.name) == ("INACTIVE", "http://localhost:8000/")
    jane.deactivate()
    assert org.drain()[0].outcome is Outcome.DELIVERED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("users: [", "start.yaml:1:9: this is not YAML"),
        ("- a", "start.yaml:1:1: start data is a mapping"),
        ("user: []", "start.yaml:1:7: start data has no 'user'\n  did you mean 'users'?"),
        ("users: yes", "users is a list"),
        ("users:\n  - {}", "start.yaml:2:5: each of the users has a login"),
        ("users:\n  - login: 7", "start.yaml:2:12: login is text"),
        ("users:\n  - {login: a@example.com, status: ACTIV}", "start.yaml:2:5: unknown status 'ACTIV'\n  did you mean 'ACTIVE'"),
        ("users:\n  - {login: a@example.com, groups: [Sales]}", "there is no group 'Sales'"),
        ("users:\n  - {login: a@example.com, shoeSize: '44'}", "Property name 'shoeSize' is not defined in profile"),
        ("users:\n  - {login: a@example.com, password: '${env:NOT_SET_ANYWHERE}'}", "NOT_SET_ANYWHERE is not set"),
        ("hooks:\n  - {uri: 'https://x/', url: y}", "start.yaml:2:30: unknown member 'url'\n  did you mean 'uri'?"),
        ("hooks:\n  - {uri: 'https://x/', events: [user.lifecycle.creat]}", "unknown event type 'user.lifecycle.creat'"),
        ("hooks:\n  - {uri: 'nowhere', events: [user.lifecycle.create]}", "uri: The field has an invalid value"),
        ("groups:\n  - {name: Everyone}", "An object with this field already exists"),
    ],
)  # fmt: skip
def test_wrong_start_data_says_where(make_org, tmp_path, text: str, words: str) -> None:
    (tmp_path / "start.yaml").write_text(text)

    with pytest.raises(UsageError) as caught:
        make_org(start=tmp_path / "start.yaml")

    assert words in str(caught.value)


def test_start_data_is_put_once_into_a_file(make_org, tmp_path) -> None:
    start = {"users": [{"login": "kim@example.com"}]}
    make_org(db=tmp_path / "org.db", start=start).close()

    again = make_org(db=tmp_path / "org.db", start=start)

    assert len(again.users.all()) == 2


@pytest.mark.parametrize(
    "options",
    [
        {"clock": "soon"},
        {"clock": "2026-08-21T12:00:00"},
        {"profile": "delivery.window=later"},
        {"host": "not a host"},
        {"name": "a", "host": "b"},
        {"start": "nowhere.yaml"},
    ],
)
def test_an_org_that_cannot_be_made_says_why(make_org, options) -> None:
    with pytest.raises(UsageError):
        make_org(**options)


def test_a_closed_org_can_be_closed_again(make_org) -> None:
    org = make_org()

    org.close()
    org.close()


def test_the_org_s_name_is_its_host(make_org) -> None:
    assert make_org(name="acme").base_url == "https://acme.okta.com"
    assert make_org(host="login.example.com").host == "login.example.com"


def test_an_id_of_one_org_is_unknown_in_another(make_org) -> None:
    stranger = make_org(seed=8).create_user()

    with pytest.raises(OktaApiError, match="Resource not found"):
        make_org().user(stranger.id)
