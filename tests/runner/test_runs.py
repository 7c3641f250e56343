"""Scenarios against real receivers: what passes, what fails and how it is told, what can't be run."""

import pytest

from emulator.contract.model import AuthScheme, Channel
from emulator.delivery.transport import Transport
from emulator.errors import TargetError, UsageError
from emulator.runner.results import Status, Verdict
from emulator.runner.run import Settings, run_scenarios
from emulator.runner.scenario import load
from emulator.secrets import Secret
from receiver import Receiver

pytestmark = pytest.mark.wire

SECRET = "Bearer open-sesame"
DEACTIVATE = "- deliver: user.lifecycle.deactivate\n"


@pytest.fixture(scope="module")
def sender():
    return Transport()


@pytest.fixture
def play(sender):
    """Run the steps of a scenario against a receiver."""

    def run(steps, receiver=None, *, head="", auth=SECRET, **settings):
        body = "".join(f"  {line}\n" for line in steps.splitlines())
        scenario = load(f"scenario: x\n{head}steps:\n{body}".encode(), "x.yaml", given=settings.get("variables", {}))
        channel = None
        if receiver is not None:
            scheme = AuthScheme(key="Authorization", value=Secret(auth)) if auth else None
            channel = Channel(uri=receiver.url, auth=scheme)
        return run_scenarios([scenario], Settings(channel=channel, sender=sender, **settings))

    return run


@pytest.fixture
def receiver():
    with Receiver(auth=SECRET) as serving:
        yield serving


def statuses(run):
    return [check.status for check in run.checks]


def test_events_arrive_as_the_steps_say(play, receiver):
    run = play(
        "- verify: {}\n"
        "- deliver: [user.lifecycle.suspend, user.lifecycle.unsuspend]\n"
        "  order: reversed\n"
        "  batch: all\n"
        "  set: {target.0.alternateId: jane@example.com}\n"
        "- deliver: user.lifecycle.create\n"
        "  count: 3\n"
        "  remove: [client, target.0.displayName]\n",
        receiver,
    )
    receiver.wait_for(5)

    assert run.verdict is Verdict.PASS
    types = [event.event_type for event in receiver.events]
    assert types == ["user.lifecycle.unsuspend", "user.lifecycle.suspend", *["user.lifecycle.create"] * 3]
    assert [len(delivery.events) for delivery in receiver.deliveries] == [2, 1, 1, 1]
    assert receiver.events[0].raw["target"][0]["alternateId"] == "jane@example.com"
    assert "client" not in receiver.events[2].raw
    assert len({event.raw["target"][0]["id"] for event in receiver.events[2:]}) == 3


def test_a_duplicate_has_the_same_event_id_and_a_repeated_event_only_its_uuid(play, receiver):
    play(
        "- deliver: user.lifecycle.deactivate\n  id: off\n"
        "- redeliver: {step: off, as: envelope}\n"
        "- redeliver: {step: off, as: event}\n",
        receiver,
    )

    first, same, other = receiver.deliveries
    assert first.event_id == same.event_id != other.event_id
    assert same.duplicates == other.duplicates == (first.events[0].uuid,)


@pytest.mark.parametrize(
    ("fault", "requests", "attempts"),
    [("answer: 500", 2, 2), ("lose-answer: first", 2, 2), ("drop: first", 1, 2)],
)
def test_a_fault_makes_okta_deliver_again(play, receiver, fault, requests, attempts):
    run = play(f"{DEACTIVATE}  faults: {{{fault}}}\n  expect: {{outcome: delivered, attempts: {attempts}}}\n", receiver)

    assert run.verdict is Verdict.PASS
    assert len(receiver.deliveries) == requests
    assert len({delivery.event_id for delivery in receiver.deliveries}) == 1


def test_what_is_lost_both_times_is_given_up(play, receiver):
    run = play(
        f"{DEACTIVATE}  faults: {{drop: both}}\n  expect: {{outcome: failed, error: connection_closed}}\n", receiver
    )

    assert run.verdict is Verdict.PASS
    assert receiver.deliveries == ()


@pytest.mark.parametrize("auth", ["wrong", "missing"])
def test_a_receiver_that_lets_anyone_in_fails_a_step_with_spoilt_auth(play, auth):
    with Receiver(misbehave="no-auth") as careless:
        run = play(f"{DEACTIVATE}  auth: {auth}\n", careless)

    (check,) = run.checks
    assert (check.status, check.rule) == (Status.FAIL, "H6")
    assert check.detail == "status: got 204, wanted 401 or 403"


def test_without_a_known_secret_a_step_about_it_is_skipped(play):
    with Receiver() as open_to_all:
        run = play(f"{DEACTIVATE}  auth: wrong\n", open_to_all, auth=None)

    assert statuses(run) == [Status.SKIP]
    assert "--header" in run.checks[0].detail


@pytest.mark.parametrize(
    ("expect", "detail"),
    [
        ("status: 200", "status: got 204, wanted 200"),
        ("status: [200, 3xx]", "status: got 204, wanted 200 or 3xx"),
        ("outcome: failed", "outcome: got delivered, wanted failed"),
        ("within: 0ms", "time: got"),
        ("attempts: 2", "attempts: got 1 (204"),
        ("error: timeout", "error: got 204"),
        ("headers: {X-Powered-By: PHP}", 'header X-Powered-By: got absent, wanted "PHP"'),
        ("headers: {Date: {exists: false}}", "header Date: got"),
        ("body: ok", 'body: got "", wanted "ok"'),
        ("body: {contains: thanks}", 'body: got "", wanted something with "thanks"'),
        ("body: {json: $.ok, equals: true}", 'body $.ok: got "", wanted JSON'),
    ],
)
def test_a_failed_expectation_tells_what_was_got_and_wanted(play, receiver, expect, detail):
    run = play(f"{DEACTIVATE}  expect: {{{expect}}}\n", receiver)

    assert run.verdict is Verdict.FAIL
    assert run.checks[0].detail.startswith(detail)
    assert run.checks[0].where == "x.yaml:3:5"
    assert run.checks[0].exchanges


def test_after_a_failure_the_rest_is_skipped_but_not_the_end(play, receiver):
    run = play(
        "- verify: {}\n  expect: {verified: false}\n- verify: {}\n",
        receiver,
        head="finally:\n  - deliver: user.lifecycle.create\n",
    )

    assert statuses(run) == [Status.FAIL, Status.SKIP, Status.PASS]
    assert run.checks[2].id == "x#finally.1"


def test_a_step_can_use_what_an_earlier_one_left(play, receiver):
    run = play(
        "- deliver: user.lifecycle.deactivate\n  id: off\n"
        "- deliver: user.lifecycle.create\n"
        '  set: {target: "${steps.off.events.0.target}", displayMessage: "after ${steps.off.status}, $${x}"}\n',
        receiver,
    )

    assert run.verdict is Verdict.PASS
    off, born = receiver.events
    assert born.raw["target"] == off.raw["target"]
    assert born.raw["displayMessage"] == "after 204, ${x}"


def test_variables_come_from_the_command_line_before_the_file(play, receiver):
    play(
        '- deliver: user.lifecycle.create\n  set: {a: "${one}", b: "${two}", c: "${three:-3}"}\n',
        receiver,
        head='vars: {one: 1, two: "${one}${one}"}\n',
        variables={"one": "x"},
    )

    raw = receiver.events[0].raw
    assert (raw["a"], raw["b"], raw["c"]) == ("x", "xx", "3")


def test_a_secret_of_the_environment_is_sent_but_never_shown(play, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    with Receiver(auth=SECRET) as receiver:
        head = f'hook: {{url: "{receiver.url}", auth: {{value: "${{env:HOOK_SECRET}}"}}}}\n'
        run = play(f"{DEACTIVATE}  expect: {{body: '${{env:HOOK_SECRET}}'}}\n", head=head)

    assert receiver.deliveries[0].status == 204
    assert "open-sesame" not in repr(run)
    assert "[secret]" in run.checks[0].detail


def test_a_missing_environment_variable_is_an_error_with_its_place(play):
    run = play("- verify: {}\n", head='hook: {url: "${env:NO_SUCH_THING}"}\n')

    assert run.verdict is Verdict.ERROR
    assert "x.yaml:2:13: the environment variable NO_SUCH_THING is not set" in run.checks[0].detail


def test_a_scenario_about_a_bad_receiver_is_skipped_for_a_good_one(play, receiver):
    run = play("- verify: {}\n", receiver, head="receiver: {misbehave: [slow=9]}\n")

    assert statuses(run) == [Status.SKIP]
    assert receiver.deliveries == ()


def test_repeated_steps_are_numbered_and_know_their_turn(play, receiver):
    run = play(
        '- repeat: 3\n  steps:\n    - deliver: user.lifecycle.create\n      set: {displayMessage: "${turn}"}\n',
        receiver,
    )

    assert [check.id for check in run.checks] == ["x#1.1.1", "x#1.2.1", "x#1.3.1"]
    assert [event.raw["displayMessage"] for event in receiver.events] == [1, 2, 3]


def test_the_same_seed_gives_the_same_bytes_and_no_seed_fresh_ones(play, receiver):
    for seed in (7, 7, None, None):
        play(DEACTIVATE, receiver, seed=seed)

    ids = [delivery.event_id for delivery in receiver.deliveries]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_nothing_at_the_url_ends_the_run_at_once(play):
    with Receiver() as gone:
        pass

    with pytest.raises(TargetError, match="nothing answers"):
        play("- verify: {}\n", gone)


def test_without_any_url_the_user_learns_what_to_do(play):
    with pytest.raises(UsageError, match="okta-receiver"):
        play("- verify: {}\n")
