"""``okta-hooks filter``: exit codes, explanations, warnings, and words for misuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

PASSES = "event.target.?[type eq 'UserGroup'].size() > 0"


def test_an_event_that_passes_is_explained(okta_hooks: Callable) -> None:
    done = okta_hooks("filter", PASSES, "--type", "group.user_membership.add")

    assert (done.code, done.err) == (0, "")
    assert "DELIVERED  group.user_membership.add" in done.out
    assert "1 of 2 targets" in done.out


def test_an_event_that_is_filtered_out_is_exit_code_1(okta_hooks: Callable) -> None:
    done = okta_hooks("filter", PASSES, "--type", "user.session.start", "--json")
    found = json.loads(done.out)

    assert done.code == 1
    assert [event["delivered"] for event in found["events"]] == [False]
    assert found["events"][0]["explanation"]["parts"][0]["expression"] == "event.target.?[type eq 'UserGroup'].size()"


def test_an_event_can_be_changed(okta_hooks: Callable) -> None:
    arguments = ("filter", "event.outcome.result eq 'FAILURE'", "--type", "user.session.start")

    assert okta_hooks(*arguments).code == 1
    assert okta_hooks(*arguments, "--set", "outcome.result=FAILURE").code == 0


@pytest.mark.parametrize("form", ["event", "envelope", "array", "lines"])
def test_events_come_from_a_file_of_any_form(okta_hooks: Callable, tmp_path: Path, form: str) -> None:
    event = {"eventType": "group.user_membership.add", "uuid": "1", "target": [{"type": "UserGroup"}]}
    other = {**event, "target": []}
    text = {
        "event": json.dumps(event),
        "envelope": json.dumps({"eventType": "com.okta.event_hook", "data": {"events": [event, other]}}),
        "array": json.dumps([event, other], indent=1),
        "lines": f"{json.dumps(event)}\n{json.dumps(other)}\n",
    }[form]
    (tmp_path / "events.json").write_text(text)
    done = okta_hooks("filter", PASSES, "--event", str(tmp_path / "events.json"), "--json")

    delivered = [found["delivered"] for found in json.loads(done.out)["events"]]
    assert delivered == ([True] if form == "event" else [True, False])
    assert done.code == (0 if form == "event" else 1)


def test_without_an_event_the_filter_is_only_read(okta_hooks: Callable) -> None:
    """F21: readable, and still useless."""
    done = okta_hooks("filter", "event.eventType eq 'Admin'")

    assert done.code == 0
    assert "none of the 314 eligible event types can ever pass" in done.out
    assert "READABLE" in done.out


def test_an_expression_may_come_from_a_file(okta_hooks: Callable, tmp_path: Path) -> None:
    (tmp_path / "filter.txt").write_text(PASSES + "\n")

    assert okta_hooks("filter", f"@{tmp_path / 'filter.txt'}", "--type", "group.user_membership.add").code == 0


def test_evaluation_errors_follow_the_profile(okta_hooks: Callable) -> None:
    """F14: filter.on_error."""
    arguments = ("filter", "event.outcome.reason.contains('x')", "--type", "user.lifecycle.create")

    assert okta_hooks(*arguments).code == 1
    assert okta_hooks(*arguments, "--profile", "filter.on_error=deliver").code == 0


def test_a_filter_that_cannot_be_read_points_at_the_place(okta_hooks: Callable) -> None:
    done = okta_hooks("filter", "event.outcom.result eq 'A'")

    assert (done.code, done.out) == (2, "")
    assert "  event.outcom.result eq 'A'\n  ^\n" in done.err
    assert "did you mean 'event.outcome.result'" in done.err


def test_the_json_of_such_a_filter_has_the_text_of_the_api(okta_hooks: Callable) -> None:
    """F16."""
    done = okta_hooks("filter", "true &&", "--json")
    found = json.loads(done.out)

    assert (done.code, found["valid"]) == (2, False)
    assert found["okta_cause"] == "expression: Invalid Okta Expression Language statement at position 7"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["filter"], "missing argument"),
        (["filter", "true", "--type", "user.lifecycle.deactivat"], "did you mean 'user.lifecycle.deactivate'"),
        (["filter", "true", "--event", "no-such-file"], "can't be read"),
        (["filter", "true", "--event", __file__], "error: "),
        (["filter", "true", "--event", "x", "--type", "user.session.start"], "exclude each other"),
        (["filter", "@no-such-file"], "can't be read"),
        (["filter", "true", "--profile", "filter.strict=maybe"], "give on or off"),
        (["filter", "event.actor.id == 'a'", "--profile", "filter.strict=on"], "not documented"),
        (["filter", "true", "--type", "user.session.start", "--set", "outcome"], "has no '='"),
    ],
)
def test_misuse_of_filter_is_told_in_words(okta_hooks: Callable, arguments: list[str], words: str) -> None:
    done = okta_hooks(*arguments)

    assert (done.code, done.out) == (2, "")
    assert words in done.err.lower()
    assert "Traceback" not in done.err
