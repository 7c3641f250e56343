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
    assert run.target == receiver.url
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


def test_a_matrix_tells_the_story_once_for_each_combination(play):
    run = play(
        '- deliver: "${type}"\n  outcome: "${result}"\n- received: 1\n',
        head="receiver: {}\nmatrix:\n  type: [user.lifecycle.create, user.session.start]\n  result: [SUCCESS, FAILURE]\n",
    )

    assert run.verdict is Verdict.PASS
    assert {check.id.partition("#")[0] for check in run.checks} == {
        "x[user.lifecycle.create, SUCCESS]",
        "x[user.lifecycle.create, FAILURE]",
        "x[user.session.start, SUCCESS]",
        "x[user.session.start, FAILURE]",
    }
    assert run.checks[0].title == "deliver user.lifecycle.create, outcome: SUCCESS"


def test_parallel_steps_run_at_the_same_time(play, raw_server, read_request):
    from threading import Barrier

    together = Barrier(3, timeout=2)

    def answer(connection):
        read_request(connection)
        together.wait()
        connection.sendall(b"HTTP/1.1 204 X\r\n\r\n")

    head = f'hook: {{url: "{raw_server(answer).url}"}}\n'
    run = play("- parallel:\n    - deliver: user.lifecycle.create\n  times: 3\n", head=head)

    assert run.verdict is Verdict.PASS
    assert sorted(check.id for check in run.checks) == ["x#1.1.1", "x#1.2.1", "x#1.3.1"]


def test_one_failure_beside_others_fails_what_comes_after(play, receiver):
    run = play(
        "- parallel:\n    - deliver: user.lifecycle.create\n    - deliver: user.lifecycle.create\n"
        "      expect: {status: 418}\n- verify: {}\n",
        receiver,
    )

    assert sorted(statuses(run)) == [Status.FAIL, Status.PASS, Status.SKIP]


@pytest.mark.parametrize(
    ("fault", "bodies"),
    [
        ("duplicate: envelope", ["ab", "ab", "cd", "cd"]),
        ("duplicate: event", ["ab", "ab", "cd", "cd"]),
        ("reorder: reversed", ["cd", "ab"]),
    ],
)
def test_a_fault_changes_which_requests_come(play, receiver, fault, bodies):
    types = {
        "a": "user.lifecycle.create",
        "b": "user.lifecycle.activate",
        "c": "group.lifecycle.create",
        "d": "user.session.end",
    }
    run = play(f"- deliver: [{', '.join(types.values())}]\n  batch: 2\n  faults: {{{fault}}}\n", receiver)

    assert run.verdict is Verdict.PASS
    short = {kind: letter for letter, kind in types.items()}
    known = {event.uuid: short[event.event_type] for event in receiver.events}
    got = [[*(event.uuid for event in each.events), *each.duplicates] for each in receiver.deliveries]
    assert ["".join(sorted(known[uuid] for uuid in uuids)) for uuids in got] == bodies
    ids = {delivery.event_id for delivery in receiver.deliveries}
    assert len(ids) == (4 if fault == "duplicate: event" else 2)


def test_a_truncated_body_and_another_content_type_arrive_as_such(play, raw_server, read_request):
    got = []

    def answer(connection):
        got.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 204 X\r\n\r\n")

    head = f'hook: {{url: "{raw_server(answer).url}"}}\n'
    play(f"{DEACTIVATE}  faults: {{truncate: 10, content-type: text/plain}}\n", head=head)

    request, _, body = got[0].partition(b"\r\n\r\n")
    assert body == b'{"eventTyp'
    assert b"Content-Type: text/plain" in request
    assert b"Content-Length: 10" in request


def test_a_delay_counts_against_the_time_limit(play, receiver):
    run = play(
        f"{DEACTIVATE}  faults: {{delay: 60ms}}\n  expect: {{outcome: failed, error: timeout, attempts: 2}}\n",
        receiver,
        profile="time_limit=0.05",
    )

    assert run.verdict is Verdict.PASS
    assert len(receiver.deliveries) == 2


def test_after_an_outage_the_events_are_old_and_come_at_once(play, receiver):
    run = play("- deliver: user.lifecycle.create\n  count: 30\n  faults: {burst: 1h}\n- received: 30\n", receiver)

    published = sorted(event.raw["published"] for event in receiver.events)
    assert statuses(run) == [Status.PASS, Status.SKIP]
    assert published[0] < published[15] < published[-1]
    assert len(set(published)) == 30


def test_events_can_be_hours_old(play, receiver):
    from datetime import UTC, datetime, timedelta

    play("- deliver: user.lifecycle.create\n  ago: 6h\n", receiver)

    age = datetime.now(UTC) - datetime.fromisoformat(receiver.events[0].raw["published"])
    assert timedelta(hours=6) < age < timedelta(hours=6, minutes=1)


def test_preview_goes_out_as_previews_do(play, raw_server, read_request):
    got = []

    def answer(connection):
        got.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 204 X\r\n\r\n")

    head = f'hook: {{url: "{raw_server(answer).url}"}}\n'
    play(f"{DEACTIVATE}  shape: preview-sample\n", head=head)

    assert b"User-Agent: Okta Hook Service v1.0.0 - cal" in got[0]
    assert b"X-Okta-Request-Id: " in got[0]
    assert b'"target":null' in got[0]


@pytest.mark.parametrize("auth", ["empty", "shorter", "longer", "other-case"])
def test_a_nearly_right_secret_is_still_wrong(play, receiver, auth):
    run = play(f"{DEACTIVATE}  auth: {auth}\n", receiver)

    assert run.verdict is Verdict.PASS
    assert [delivery.status for delivery in receiver.deliveries] == [401]


def test_a_probe_asks_until_the_application_has_done_its_work(play, receiver, raw_server, read_request):
    answers = iter([b"0", b"0", b"1"])

    def answer(connection):
        read_request(connection)
        body = b'{"deprovisioned": [{"count": %s}]}' % next(answers)
        connection.sendall(b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    app = raw_server(answer)
    run = play(
        '- probe: {get: "${APP}", json: "$.deprovisioned[0].count", equals: 1, until: 5s}\n  id: asked\n'
        '- deliver: user.lifecycle.create\n  set: {displayMessage: "${steps.asked.json.deprovisioned.0.count}"}\n',
        receiver,
        variables={"APP": app.url},
    )

    assert run.verdict is Verdict.PASS
    assert len(app.connections) == 3
    assert receiver.events[0].raw["displayMessage"] == 1


def test_a_probe_that_never_holds_tells_what_it_saw(play, receiver):
    run = play('- probe: {get: "${HOOK_URL}", status: 200}\n', receiver)

    assert (run.verdict, run.checks[0].detail) == (Verdict.FAIL, "probe status: got 401, wanted 200")


def test_what_the_reference_receiver_stored_is_compared(play):
    run = play(f"{DEACTIVATE}- received: {{count: 2, types: [user.session.end]}}\n", head="receiver: {}\n")

    assert run.checks[1].detail == (
        'received count: got 1, wanted 2\nreceived types: got ["user.lifecycle.deactivate"], wanted ["user.session.end"]'
    )


def test_any_request_can_be_sent(play, raw_server, read_request):
    got = []

    def answer(connection):
        got.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n")

    head = f'hook: {{url: "{raw_server(answer).url}", auth: {{value: sesame-open}}, headers: {{X-Custom: yes}}}}\n'
    run = play("- request: {method: PUT, path: /other?x=1, headers: {X-Own: v}, body: {a: 1}, bytes: 5}\n", head=head)

    request, _, body = got[0].partition(b"\r\n\r\n")
    assert request.startswith(b"PUT /other?x=1 HTTP/1.1\r\n")
    for header in (b"X-Own: v", b"X-Custom: yes", b"Authorization: sesame-open", b"Content-Type: application/json"):
        assert header in request
    assert body == b'{"a": 1}     '
    assert run.checks[0].detail == "status: got 500, wanted 2xx or 3xx or 4xx or 501"


def test_a_described_type_is_delivered_and_its_file_may_be_another(play, receiver, tmp_path):
    (tmp_path / "types.yaml").write_text("events:\n  acme.other: {displayMessage: Other}\n")
    scenario = tmp_path / "own.yaml"
    scenario.write_text(
        "scenario: own\nevents: types.yaml\nsteps:\n  - deliver: [acme.other, user.lifecycle.create]\n    batch: all\n"
    )
    own = load(scenario.read_bytes(), str(scenario))
    scheme = AuthScheme(key="Authorization", value=Secret(SECRET))
    run_scenarios([own], Settings(channel=Channel(uri=receiver.url, auth=scheme), sender=Transport()))
    play(
        "- deliver: acme.badge\n  count: 2\n",
        receiver,
        head='vars: {site: Dublin}\nevents:\n  acme.badge: {displayMessage: "${site} ${person.name} ${fake:word}"}\n',
    )

    messages = [event.raw["displayMessage"] for event in receiver.events]
    assert messages[0] == "Other"
    assert messages[2].startswith("Dublin John Doe ")
    assert messages[2] != messages[3]


def test_a_made_up_value_in_a_step_follows_from_the_seed(play, receiver):
    for seed in (1, 1, 2):
        play('- deliver: user.lifecycle.create\n  set: {displayMessage: "${fake:company}"}\n', receiver, seed=seed)

    first, other = (event.raw["displayMessage"] for event in receiver.events)
    assert first != other


def test_a_step_may_matter_less(play, receiver):
    run = play(f"{DEACTIVATE}  level: should\n  expect: {{status: 200}}\n", receiver)

    assert (run.verdict, run.counts()["warnings"]) == (Verdict.PASS, 1)


def test_a_step_that_rests_on_an_inferred_rule_only_warns(play, receiver):
    run = play(f"{DEACTIVATE}  rule: R7\n  expect: {{status: 200}}\n", receiver)

    assert (run.verdict, run.counts()["warnings"]) == (Verdict.PASS, 1)


def test_an_error_in_a_step_has_its_place(play, receiver):
    run = play("- deliver: user.lifecycle.create\n  remove: targt\n", receiver)

    assert run.verdict is Verdict.ERROR
    assert run.checks[0].detail.startswith("x.yaml:3:5: there is no 'targt' in the document\n  3 |   - deliver:")
    assert "did you mean 'target'" in run.checks[0].detail


@pytest.mark.parametrize(
    "hook",
    [
        "{auth: s3same-open}",
        "{auth: {value: [s3same-open]}}",
        "{auth: {value: s3same-open, hedaer: X}}",
        "{auth: {value: s3same-open}, headers: {X-Api-Key: s3same-open}, urll: x}",
        "{auth: {value: s3same-open, value: y}}",
    ],
)
def test_a_secret_in_a_wrong_file_is_not_repeated(hook):
    from emulator.errors import ScenarioError

    with pytest.raises(ScenarioError) as caught:
        load(f"scenario: x\nhook: {hook}\nsteps: [verify: {{}}]\n".encode(), "x.yaml")

    assert "x.yaml:2:" in str(caught.value)
    assert "s3same" not in str(caught.value)


@pytest.mark.parametrize(
    ("hook", "message"),
    [
        ('{url: "http://127.0.0.1:1/x", auth: {value: "s3same\\nopen"}}', "characters that a header can't carry"),
        ('{url: "http://127.0.0.1:1/x", headers: {Host: x}}', "Okta keeps the header 'Host' for itself"),
        ('{url: "http://127.0.0.1:1/x", headers: {"a b": x}}', "that is not a header name"),
        ('{url: "ftp://x"}', "http or https"),
    ],
)
def test_a_hook_that_cannot_be_sent_to_is_told_with_its_place(play, hook, message):
    with pytest.raises(UsageError) as caught:
        play("- verify: {}\n", head=f"hook: {hook}\n")

    assert str(caught.value).startswith("x.yaml:2:7: ")
    assert message in str(caught.value)
    assert "s3same" not in str(caught.value)


def test_secrets_in_the_headers_of_probes_and_requests_are_hidden(play, raw_server, read_request):
    def echo(connection):
        request = read_request(connection)
        connection.sendall(b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n%s" % (len(request), request))

    from emulator.reports.runs import as_json, result_lines
    from emulator.secrets import Redactor

    redact = Redactor()
    run = play(
        '- probe: {get: "${HOOK_URL}", headers: {X-Key: s3same-open}, equals: x}\n  level: should\n'
        "- request: {headers: {X-Key: s3same-shut}}\n  expect: {body: x}\n  level: should\n",
        head=f'hook: {{url: "{raw_server(echo).url}"}}\n',
        redact=redact,
    )

    told = [as_json(run, redact=redact), *(list(result_lines(check, redact=redact)) for check in run.checks)]
    assert statuses(run)[0] is Status.FAIL
    assert "s3same" not in repr(told)


def test_a_title_cannot_disturb_a_terminal(play, receiver):
    run = play('- deliver: user.lifecycle.create\n  name: "\\e[31m\\u202e"\n', receiver)

    assert run.checks[0].title == "\\u001b[31m\\u202e"
