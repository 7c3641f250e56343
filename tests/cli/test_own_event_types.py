"""Event types from a file, with ``--events``: in trigger, in run, and in an org."""

import json

import pytest

from emulator import Org, Outcome, event_types
from emulator.errors import ScenarioError
from receiver import Receiver

TYPES = """
events:
  acme.badge.revoked:
    like: user.lifecycle.deactivate
    displayMessage: "Revoke ${fake:color_name} badge of ${person.name}"
    debugData: {doors: [1, 2]}
  acme.secret: {eligible: false}
"""


@pytest.fixture
def types(tmp_path):
    path = tmp_path / "types.yaml"
    path.write_text(TYPES)
    return str(path)


def test_trigger_builds_them_with_the_same_bytes_for_a_seed(okta_hooks, types):
    call = ("trigger", "acme.badge.revoked", "--events", types, "--dry-run", "--print", "--seed", "4", "--count", "2")
    done = okta_hooks(*call)

    events = [json.loads(line)["data"]["events"][0] for line in done.out.splitlines()]
    assert done.code == 0
    assert okta_hooks(*call).out == done.out
    assert events[0]["displayMessage"].endswith(" badge of John Doe")
    assert events[0]["displayMessage"] != events[1]["displayMessage"]
    assert events[0]["debugContext"]["debugData"]["doors"] == [1, 2]


def test_trigger_knows_their_names(okta_hooks, types):
    done = okta_hooks("trigger", "acme.badge.revokd", "--events", types, "--dry-run")

    assert (done.code, "did you mean 'acme.badge.revoked'" in done.err) == (2, True)


def test_a_type_that_hooks_may_not_carry_is_remarked(okta_hooks, types):
    assert "not event-hook-eligible" in okta_hooks("trigger", "acme.secret", "--events", types, "--dry-run").err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps: []", "describes no event types"),
        ("events: {acme.x: {sverity: INFO}}", "unknown key 'sverity' in event type"),
        ("events: {}\nvars: {}", "unknown key 'vars' in an event type file"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(okta_hooks, tmp_path, text, message):
    (tmp_path / "wrong.yaml").write_text(text)
    done = okta_hooks("trigger", "x", "--events", str(tmp_path / "wrong.yaml"), "--dry-run")

    assert done.code == 2
    assert message in done.err
    assert "wrong.yaml:" in done.err


@pytest.mark.wire
def test_run_takes_them_for_all_scenarios(okta_hooks, types, tmp_path):
    (tmp_path / "s.yaml").write_text("scenario: x\nsteps:\n  - deliver: acme.badge.revoked\n")

    assert okta_hooks("run", str(tmp_path / "s.yaml"), "--reference").code == 2
    assert okta_hooks("run", str(tmp_path / "s.yaml"), "--reference", "--events", types).code == 0


@pytest.mark.wire
def test_an_org_subscribes_hooks_to_them_and_lets_them_happen(types):
    own = event_types(types)
    with Org(seed=1, custom_types=own) as org, Receiver(auth="s3cret") as receiver:
        hook = org.create_event_hook(uri=receiver.url, events=["acme.badge.revoked"], auth="s3cret")
        org.verify(hook)

        assert org.trigger("acme.badge.revoked").outcome is Outcome.DELIVERED
        assert org.preview(hook, "acme.badge.revoked").outcome is Outcome.DELIVERED
        assert receiver.events[0].raw["displayMessage"].startswith("Revoke ")
        assert org.system_log("acme.badge.revoked")
        with pytest.raises(Exception, match=r"Invalid event type\(s\): acme.secret"):
            org.create_event_hook(uri=receiver.url, events=["acme.secret"])


def test_the_python_function_tells_what_is_wrong_too(tmp_path):
    (tmp_path / "wrong.yaml").write_text("events: {acme: {}}")

    with pytest.raises(ScenarioError, match="wanted a name with dots"):
        event_types(tmp_path / "wrong.yaml")
