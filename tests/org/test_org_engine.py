"""The delivery engine: batches, order, one request in flight, retries, and what is told of failures (D8-D36, R1-R8)."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from emulator import Org, Outcome
from emulator.delivery.exchange import Failure
from emulator.delivery.loop import Loop
from emulator.errors import UsageError

URI = "https://hooks.example.com/okta"
CREATE, DEACTIVATE = "user.lifecycle.create", "user.lifecycle.deactivate"


def hook(org: Org, *events: str, **more):
    return org.verify(org.create_event_hook(uri=URI, events=events or (CREATE,), **more))


def test_only_active_and_verified_hooks_get_events_and_never_later(org: Org, receiving) -> None:
    """V16, D14."""
    one = org.create_event_hook(uri=URI, events=[CREATE])
    org.create_user()
    org.verify(one)
    org.create_user()
    org.event_hooks.deactivate(one)
    org.create_user()
    org.event_hooks.activate(one)
    org.create_user()

    logins = [event["target"][0]["alternateId"] for delivery in org.drain() for event in delivery.events]
    assert logins == [org.log.events(CREATE)[number]["target"][0]["alternateId"] for number in (1, 3)]


def test_each_matching_hook_gets_a_request_of_its_own(org: Org, receiving) -> None:
    """D16, D17."""
    first, second = hook(org), hook(org, CREATE, DEACTIVATE)
    hook(org, DEACTIVATE)
    unverified = org.create_event_hook(uri=URI, events=[CREATE])

    org.create_user()

    deliveries = org.drain()
    assert {delivery.hook_id for delivery in deliveries} == {first.id, second.id}
    assert len({delivery.event_id for delivery in deliveries}) == 2
    assert len({delivery.uuids for delivery in deliveries}) == 1
    listed = f"{first.id},{second.id},{unverified.id}"
    assert {event["debugContext"]["debugData"]["targetEventHookIds"] for event in receiving.events} == {listed}
    assert org.log.events(CREATE)[0]["debugContext"]["debugData"]["targetEventHookIds"] == listed


def test_an_event_no_hook_wants_names_none(org: Org) -> None:
    org.create_user()

    assert "targetEventHookIds" not in org.log.events(CREATE)[0]["debugContext"]["debugData"]


def test_events_wait_for_the_window_to_close(make_org, receiving) -> None:
    """D10, D36: the window opens with the first undelivered event."""
    org = make_org(profile="delivery.window=10")
    hook(org)
    org.create_user()
    org.clock.advance(6)
    org.create_user()
    org.clock.advance(3.9)
    assert receiving.posts == []

    org.clock.advance(0.2)

    receiving.wait_for(1)
    assert [len(envelope["data"]["events"]) for envelope in receiving.envelopes] == [2]


def test_a_full_batch_does_not_wait(make_org, receiving) -> None:
    """D9."""
    org = make_org(profile="delivery.window=10,delivery.max_batch=3")
    hook(org)
    for _ in range(7):
        org.create_user()

    receiving.wait_for(2)
    assert [len(envelope["data"]["events"]) for envelope in receiving.envelopes] == [3, 3]
    assert [len(delivery.uuids) for delivery in org.drain()] == [3, 3, 1]


def test_a_batch_is_in_order_of_publication(make_org, receiving) -> None:
    """D8."""
    org = make_org(profile="delivery.window=10")
    hook(org, CREATE, DEACTIVATE)
    for _ in range(3):
        org.create_user().deactivate()

    org.drain()
    published = [event["published"] for event in receiving.events]
    assert published == sorted(published)
    assert len(published) == 6


def test_one_request_is_in_flight_per_hook(org: Org, receiving) -> None:
    """D35."""
    receiving.gate = threading.Event()
    hook(org)
    for _ in range(3):
        org.create_user()
    receiving.wait_for(1)
    assert len(receiving.posts) == 1

    receiving.gate.set()

    assert [len(delivery.uuids) for delivery in org.drain()] == [1, 1, 1]


def test_a_slow_hook_does_not_hold_up_another(org: Org, receiving) -> None:
    hook(org)
    hook(org)
    receiving.gate = threading.Event()
    org.create_user()

    receiving.wait_for(2)
    receiving.gate.set()

    assert len(org.drain()) == 2


@pytest.mark.parametrize(
    ("answers", "outcome", "attempts"),
    [
        ([500, 204], Outcome.DELIVERED, [500, 204]),
        ([Failure.TIMEOUT, 200], Outcome.DELIVERED, [None, 200]),
        ([503, 503], Outcome.FAILED, [503, 503]),
        ([401], Outcome.FAILED, [401]),
    ],
)
def test_the_ledger_keeps_every_attempt(org: Org, receiving, answers, outcome, attempts) -> None:
    hook(org, auth="Basic s3cret-value")
    receiving.answers = list(answers)
    org.create_user()

    (delivery,) = org.drain()
    assert (delivery.outcome, [attempt.exchange.status for attempt in delivery.attempts]) == (outcome, attempts)
    assert list(org.deliveries) == [delivery]
    assert len({request.body for request in receiving.posts}) == 1
    assert "s3cret-value" not in repr(delivery) + delivery.explain()
    assert ("Authorization", "[secret]") in delivery.attempts[0].exchange.request.headers


def test_a_failed_delivery_is_told_in_the_system_log_alone(org: Org, receiving) -> None:
    """R8, A30, D32: and it tells of no success."""
    one = hook(org)
    receiving.answers = [500, 500]
    org.create_user()
    org.create_user()

    org.drain()

    (told,) = org.system_log("event_hook.delivery")
    assert (told["actor"]["type"], told["actor"]["alternateId"]) == ("SystemPrincipal", "system@okta.com")
    assert told["outcome"] == {"result": "FAILURE", "reason": "500 says the receiver failed"}
    assert told["debugContext"]["debugData"] == {"errorMessage": "500 says the receiver failed"}
    assert (told["transaction"]["type"], told["target"][0]["id"]) == ("JOB", one.id)
    assert told["displayMessage"] == "Event hook delivery failed"
    assert told["legacyEventType"] == "platform.event_hook.delivered.failure"


def test_trigger_returns_the_delivery_of_its_event(make_org) -> None:
    org = make_org(profile="delivery.window=10")
    hook(org, "policy.lifecycle.update")

    delivery = org.trigger("policy.lifecycle.update", result="FAILURE", edits={"target.0.displayName": "Mine"})

    assert delivery.outcome is Outcome.DELIVERED, delivery.explain()
    assert delivery.events[0]["target"][0]["displayName"] == "Mine"
    assert org.system_log()[-1]["target"][0]["displayName"] == "Mine"
    assert delivery.events[0]["outcome"]["result"] == "FAILURE"


def test_trigger_uses_the_org_s_own_users(org: Org) -> None:
    hook(org, "user.session.start", DEACTIVATE)
    made = org.create_user(login="jane.roe@example.com")

    signed_in = org.trigger("user.session.start").events[0]

    assert (signed_in["actor"]["id"], signed_in["actor"]["alternateId"]) == (made.id, "jane.roe@example.com")
    assert org.trigger(DEACTIVATE, actor=made).events[0]["actor"]["id"] == made.id


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda _: None, "the org has no event hook"),
        (lambda org: org.create_event_hook(uri=URI, events=[CREATE]), "is UNVERIFIED: call verify() first"),
        (lambda org: org.event_hooks.deactivate(hook(org)), "is INACTIVE"),
        (lambda org: hook(org, DEACTIVATE), "is not subscribed to user.lifecycle.create"),
    ],
)
def test_an_event_nobody_gets_says_why(org: Org, prepare, reason) -> None:
    prepare(org)

    delivery = org.trigger(CREATE)

    assert delivery.outcome is Outcome.NOT_SENT
    assert reason in delivery.explain()


def test_a_hook_that_stops_while_events_wait_gets_none_of_them(make_org, receiving) -> None:
    org = make_org(profile="delivery.window=10")
    one = hook(org)
    org.create_user()
    org.event_hooks.deactivate(one)

    (delivery,) = org.drain()
    assert delivery.outcome is Outcome.NOT_SENT
    assert "no longer ACTIVE and VERIFIED" in delivery.explain()
    assert receiving.posts == []


def test_preview_sends_sample_data_to_any_hook(org: Org, receiving) -> None:
    """P6-P10, V21: not verified, not logged, not counted, and by another sender."""
    one = org.create_event_hook(uri=URI, events=[CREATE])

    delivery = org.preview(one, CREATE)

    assert delivery.outcome is Outcome.DELIVERED
    (event,) = receiving.events
    assert (event["actor"], event["target"], event["outcome"]) == (None, None, {"result": "Success", "reason": None})
    headers = dict(receiving.posts[0].headers)
    assert headers["User-Agent"].startswith("Okta Hook Service v1.0.0 - cal")
    assert len(headers["X-Okta-Request-Id"]) == 27
    assert org.log.events(CREATE) == []
    assert org.drain() == []


def test_preview_of_a_type_that_happened_shows_the_newest(org: Org, receiving) -> None:
    """P5."""
    one = hook(org, DEACTIVATE)
    org.create_user()

    org.preview(one, CREATE)

    (event,) = receiving.events
    assert event["uuid"] == org.log.events(CREATE)[-1]["uuid"]
    assert event["insertionTimestamp"] is None
    assert event["target"][0]["detailEntry"] is None


@pytest.mark.parametrize("new_envelope", [False, True])
def test_a_delivery_can_be_repeated(org: Org, receiving, new_envelope) -> None:
    """D12: the same request, or the same events in another."""
    hook(org)
    org.create_user()
    (first,) = org.drain()

    again = org.redeliver(first, new_envelope=new_envelope)

    assert (again.event_id == first.event_id) is not new_envelope
    assert (again.body == first.body) is not new_envelope
    assert again.uuids == first.uuids


def test_a_real_delivery_has_no_request_id(org: Org, receiving) -> None:
    """H5."""
    hook(org)
    org.create_user()

    org.drain()
    assert "X-Okta-Request-Id" not in dict(receiving.posts[0].headers)


def test_the_daily_limit_can_be_rehearsed(make_org, receiving) -> None:
    """M3-M6: a warning, then a violation, then nothing until 24 h after the first event."""
    org = make_org(profile="limits.daily=5,limits.warning=3")
    hook(org)
    hook(org)
    for _ in range(7):
        org.create_user()
    org.drain()
    assert len(receiving.events) == 2 * 5
    assert [event["eventType"] for event in org.system_log() if "rate_limit" in event["eventType"]] == [
        "system.operation.rate_limit.warning",
        "system.operation.rate_limit.violation",
    ]
    (warning,) = org.system_log("system.operation.rate_limit.warning")
    assert warning["debugContext"]["debugData"]["operationRateLimitType"] == "event_hook_delivery"
    assert warning["debugContext"]["debugData"]["operationRateLimitThreshold"] == "3"
    assert "used up (M3)" in org.trigger(CREATE).explain()

    org.clock.advance(24 * 3600)
    org.create_user()

    org.drain()
    assert len(receiving.events) == 2 * 6


def test_propagation_takes_as_long_as_the_profile_says(make_org, receiving) -> None:
    """D15."""
    org = make_org(profile="delivery.propagation_delay=60")
    hook(org)
    org.create_user()
    org.clock.advance(61)
    org.create_user()

    assert len([event for delivery in org.drain() for event in delivery.events]) == 1


def test_what_goes_wrong_in_the_engine_is_raised_to_who_waits(org: Org, receiving, monkeypatch) -> None:
    hook(org)

    def stumble(*_, **__):
        raise RuntimeError("out of order")

    monkeypatch.setattr(receiving, "send", stumble)
    org.create_user()

    with pytest.raises(RuntimeError, match="out of order"):
        org.drain()


def test_draining_too_short_says_what_is_pending(org: Org, receiving) -> None:
    hook(org, name="slow one")
    receiving.gate = threading.Event()
    org.create_user()

    with pytest.raises(TimeoutError, match="1 for 'slow one'"):
        org.drain(timeout=0.05)
    receiving.gate.set()
    assert len(org.drain()) == 1


def test_a_filter_decides_per_hook_but_the_event_names_both(org: Org, receiving) -> None:
    """F4, F5, F17, F18, and the types without an entry are unfiltered."""
    plain = hook(org, CREATE, DEACTIVATE)
    picky = hook(org, CREATE, DEACTIVATE, filter={CREATE: "event.target.?[displayName eq 'Jane Roe'].size()>0"})

    org.create_user(login="john.doe@example.com").deactivate()
    org.create_user(login="jane.roe@example.com")

    got = [(delivery.hook_id, delivery.event_types[0]) for delivery in org.drain()]
    assert got.count((plain.id, CREATE)) == 2
    assert [item for item in got if item[0] == picky.id] == [(picky.id, DEACTIVATE), (picky.id, CREATE)]
    logged = org.log.events(CREATE)[0]["debugContext"]["debugData"]["targetEventHookIds"]
    assert logged == f"{plain.id},{picky.id}"
    assert org.preview(picky, CREATE).outcome is Outcome.DELIVERED


def test_an_event_kept_back_by_a_filter_says_so_and_counts_nothing(make_org) -> None:
    org = make_org(profile="limits.daily=1")
    one = hook(org, filter={CREATE: "event.outcome.result eq 'FAILURE'"})

    delivery = org.trigger(CREATE)

    assert delivery.outcome is Outcome.NOT_SENT
    assert "event.outcome.result eq 'FAILURE'" in delivery.explain()
    assert org.trigger(CREATE, hook=one, result="FAILURE").outcome is Outcome.DELIVERED


@pytest.mark.parametrize(("on_error", "outcome"), [("drop", Outcome.NOT_SENT), ("deliver", Outcome.DELIVERED)])
def test_a_filter_without_an_answer(make_org, on_error, outcome) -> None:
    """F14."""
    org = make_org(profile=f"filter.on_error={on_error}")
    hook(org, filter={CREATE: "event.outcome.reason.contains('x')"})

    assert org.trigger(CREATE).outcome is outcome


@pytest.mark.parametrize(
    ("fault", "outcomes", "posts"),
    [
        ("drop", [Outcome.NOT_SENT], 0),
        ("lose-answer", [Outcome.DELIVERED], 2),
        ("duplicate", [Outcome.DELIVERED, Outcome.DELIVERED], 2),
        ("duplicate-event", [Outcome.DELIVERED, Outcome.DELIVERED], 2),
    ],
)
def test_a_fault_strikes_once(org: Org, receiving, fault, outcomes, posts) -> None:
    """D11-D13, R10."""
    hook(org)
    org.faults.arm(fault)
    assert org.faults.armed() == {fault: 1}
    org.create_user()

    deliveries = org.drain()

    assert [delivery.outcome for delivery in deliveries] == outcomes
    assert len(receiving.posts) == posts
    assert len({event["uuid"] for event in receiving.events}) == min(posts, 1)
    ids = {envelope["eventId"] for envelope in receiving.envelopes}
    assert len(ids) == (2 if fault == "duplicate-event" else min(posts, 1))
    assert org.faults.armed() == {}
    org.create_user()
    assert len(org.drain()) == 1


def test_a_wrong_secret_is_sent_once_and_never_by_preview(org: Org, receiving) -> None:
    """What a receiver has to refuse; the hook itself keeps its secret."""
    kept = hook(org, auth="the-right-secret")
    org.faults.arm("wrong-secret")
    org.preview(kept, CREATE)
    for _ in range(2):
        org.create_user()
        org.drain()

    sent = [dict(request.headers)["Authorization"].reveal() for request in receiving.posts]
    assert [value == "the-right-secret" for value in sent] == [True, False, True]


@pytest.mark.parametrize(("kind", "ids"), [("same_request", 1), ("new_batch", 2)])
def test_every_delivery_is_doubled_if_the_profile_says_so(make_org, receiving, kind, ids) -> None:
    """D13."""
    org = make_org(profile=f"delivery.duplicate={kind}")
    hook(org)
    org.create_user()

    org.drain()

    assert len(receiving.posts) == 2
    assert len({envelope["eventId"] for envelope in receiving.envelopes}) == ids


@pytest.mark.parametrize("order", ["published", "reverse", "shuffle"])
def test_events_may_arrive_in_another_order_than_they_happened(org: Org, receiving, order) -> None:
    """D11: in requests of their own."""
    hook(org)
    org.pause()
    for _ in range(6):
        org.create_user()
    with pytest.raises(UsageError, match="paused"):
        org.drain()
    assert receiving.posts == []

    org.resume(order)
    org.drain()

    happened = [event["uuid"] for event in org.log.events(CREATE)]
    arrived = [event["uuid"] for event in receiving.events]
    assert sorted(arrived) == sorted(happened)
    assert (arrived == happened) is (order == "published")
    assert (arrived == happened[::-1]) is (order == "reverse")


@pytest.mark.parametrize("order", ["published", "reverse", "shuffle"])
def test_a_batch_may_be_in_any_order(make_org, receiving, order) -> None:
    """D8."""
    org = make_org(profile=f"delivery.window=10,delivery.order={order}")
    hook(org)
    for _ in range(6):
        org.create_user()

    org.drain()

    published = [event["published"] for event in receiving.events]
    assert (published == sorted(published)) is (order == "published")
    assert (published == sorted(published)[::-1]) is (order == "reverse")


def test_nonsense_is_refused_in_words(org: Org) -> None:
    with pytest.raises(UsageError, match="choose one of: published, reverse, shuffle"):
        org.resume("random")
    with pytest.raises(UsageError, match="did you mean 'drop'"):
        org.faults.arm("dropp")
    with pytest.raises(UsageError, match="there is no delivery 7"):
        org.redeliver(7)


def test_a_hook_that_fails_too_often_was_once_left_alone(make_org, receiving, monkeypatch) -> None:
    """R12: off by default."""
    monkeypatch.setattr("emulator.org.quiet._FAILURES", 3)
    org = make_org(profile="delivery.quiet_period=on")
    hook(org)
    receiving.answers = [400, 400, 400]
    for _ in range(4):
        org.create_user()
        org.drain()
    assert len(receiving.posts) == 3
    assert "left alone" in org.deliveries[-1].explain()

    org.clock.advance(15 * 60)
    org.create_user()

    assert org.drain()[0].outcome is Outcome.DELIVERED


def test_a_hook_may_have_several_requests_in_flight(make_org, receiving) -> None:
    """D35."""
    org = make_org(profile="delivery.concurrency=3")
    receiving.gate = threading.Event()
    hook(org)
    for _ in range(4):
        org.create_user()

    receiving.wait_for(3)
    assert len(receiving.posts) == 3
    receiving.gate.set()
    assert len(org.drain()) == 4


def test_many_threads_at_once_lose_and_double_nothing(org: Org, receiving) -> None:
    hook(org, CREATE, DEACTIVATE)
    hook(org, DEACTIVATE)

    def work(part: int) -> None:
        for number in range(15):
            org.create_user(login=f"user{part}.{number}@example.com").deactivate()
            org.system_log(CREATE)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    deliveries = org.drain()
    uuids = {name: [event["uuid"] for event in org.log.events(name)] for name in (CREATE, DEACTIVATE)}
    assert len(set(uuids[CREATE] + uuids[DEACTIVATE])) == 2 * 8 * 15
    sent = sorted(uuid for delivery in deliveries for uuid in delivery.uuids)
    assert sent == sorted(uuids[CREATE] + 2 * uuids[DEACTIVATE])
    assert all(delivery.outcome is Outcome.DELIVERED for delivery in deliveries)


def test_the_profile_can_be_changed_at_any_time(org: Org, receiving) -> None:
    hook(org)
    org.profile = "delivery.duplicate=same_request"
    org.create_user()

    assert len(org.drain()) == 2
    assert org.profile.delivery_duplicate == "same_request"


def test_the_ledger_is_a_sequence(org: Org) -> None:
    hook(org)
    for _ in range(3):
        org.create_user()
    deliveries = org.drain()

    assert [org.deliveries[number] for number in (0, 1, 2, -1, -3)] == [*deliveries, deliveries[2], deliveries[0]]
    assert org.deliveries.find(deliveries[1].event_id) == deliveries[1]
    with pytest.raises(IndexError, match="the ledger has 3 deliveries"):
        _ = org.deliveries[3]


def test_a_type_hooks_never_get_says_so(org: Org) -> None:
    """A9."""
    hook(org)

    assert "not event-hook-eligible" in org.trigger("user.account.expire_password").explain()


def test_a_paused_org_does_not_let_anybody_wait(org: Org) -> None:
    hook(org)
    org.pause()

    with pytest.raises(UsageError, match="paused"):
        org.trigger(CREATE)


def test_a_store_that_cannot_be_written_for_a_while_loses_nothing(org: Org, receiving, monkeypatch, caplog) -> None:
    monkeypatch.setattr("emulator.org.engine._PATIENCE", 0.01)
    hook(org)
    full = sqlite3.OperationalError("database or disk is full")
    failures = {"begin": [full], "end": [full]}

    def sometimes(name, really):
        def act(*arguments):
            done = really(*arguments)
            if failures[name]:
                raise failures[name].pop()
            return done

        return act

    for name in failures:
        monkeypatch.setattr(org._sending, name, sometimes(name, getattr(org._sending, name)))
    org.create_user()
    org.create_user()

    assert [delivery.outcome for delivery in org.drain()] == [Outcome.DELIVERED] * 2
    assert len(receiving.posts) == 2
    assert caplog.text.count("database or disk is full") == 2
    assert org._engine.pending() == {}


def test_a_closed_org_says_that_it_is_closed(org: Org) -> None:
    org.close()

    for act in (org.create_user, org.system_log, org.drain):
        with pytest.raises(UsageError, match="the org is closed"):
            act()


def test_an_org_that_is_closed_between_a_look_and_a_wait_does_not_wait(org: Org, receiving, monkeypatch) -> None:
    hook(org)
    org.create_user()
    org.drain()
    about_to_wait, closing, would_wait = threading.Event(), threading.Event(), []
    turn, wake = Loop.turn, Loop.wake

    def turn_late(loop: Loop, longest: float, *, unless) -> None:
        about_to_wait.set()
        assert closing.wait(10)
        would_wait.append(not unless())
        turn(loop, longest, unless=unless)

    def tell(loop: Loop) -> None:
        wake(loop)
        if about_to_wait.is_set():
            closing.set()

    monkeypatch.setattr(Loop, "turn", turn_late)
    monkeypatch.setattr(Loop, "wake", tell)
    org._engine.wake()
    assert about_to_wait.wait(10)

    org.close()

    assert would_wait
    assert not any(would_wait)


def test_an_org_without_events_keeps_no_thread(org: Org, receiving, monkeypatch) -> None:
    monkeypatch.setattr("emulator.org.engine._IDLE", 0.02)
    hook(org)
    org.create_user()
    org.drain()
    thread = org._engine._thread

    if thread is not None:
        thread.join(5)

    assert org._engine._thread is None
    assert len(org._engine._lanes) == 0
    org.create_user()
    assert len(org.drain()) == 1


def test_one_delivery_that_cannot_be_built_keeps_back_no_other(org: Org, receiving, monkeypatch) -> None:
    """What goes wrong is raised to who waits, and the others of its transaction are sent all the same."""
    hooks = [hook(org) for _ in range(4)]
    really = org._sending.begin

    def stumble(hook_id, work):
        if hook_id == hooks[1].id:
            raise RuntimeError("out of order")
        return really(hook_id, work)

    monkeypatch.setattr(org._sending, "begin", stumble)
    org.create_user()

    with pytest.raises(RuntimeError, match="out of order"):
        org.drain()

    assert {delivery.hook_id for delivery in org.drain()} == {hooks[0].id, hooks[2].id, hooks[3].id}
    assert org._engine.pending() == {}


def test_a_reset_ends_pauses_and_faults(org: Org, receiving) -> None:
    org.pause()
    org.faults.arm("drop", 5)

    org.reset()
    hook(org)
    org.create_user()

    assert [delivery.outcome for delivery in org.drain()] == [Outcome.DELIVERED]


def test_an_org_remembers_the_newest_and_forgets_nothing_that_is_pending(make_org, receiving) -> None:
    org = make_org(keep=100, profile="delivery.window=10")
    hook(org)
    org.pause()
    for number in range(600):
        org.create_user(login=f"user{number}@example.com", activate=False)
    org.resume()
    org.profile = "delivery.window=0"

    org.drain()

    assert len(receiving.events) == 600
    assert 100 <= len(org.deliveries) < 100 + 256
    org.create_user()
    for number in range(256):
        org.create_user(login=f"late{number}@example.com", activate=False)
    assert 100 <= len(org.log.events()) < 100 + 256
    assert org.drain()[-1].outcome is Outcome.DELIVERED
