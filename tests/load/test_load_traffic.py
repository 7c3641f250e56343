"""What is delivered: the wanted types and batch sizes, valid, never the same event twice, the same for a seed."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from emulator.contract.catalogue import eligible_types
from emulator.contract.inspection import inspect_bytes
from emulator.errors import UsageError
from emulator.load.mix import EVERYDAY_BATCHES, MIXES, read_batches, read_mix
from emulator.load.traffic import Traffic
from emulator.payloads import World

START = 1_780_000_000_000
MIX_SLIPS = {
    "": "it is empty",
    "user.session.strat": "did you mean 'user.session.start'",
    "everyday,user.session.start": "can't be a part of another",
    "user.session.start=much": "no weight",
    "user.session.start=-1": "no weight",
    "user.session.start=inf": "no weight",
    "event_hook.verified": "not event-hook-eligible",
    "nothing.*": "or a mix of ours: everyday, lifecycle, all",
}
BATCH_SLIPS = {"": "it is empty", "many": "no number", "0": "out of range", "5-2": "out of range", "1=0": "no weight",
               "1-2000": "out of range"}  # fmt: skip


def traffic(mix="everyday", batch=EVERYDAY_BATCHES, *, seed=1, **how):
    return Traffic(World(seed), types=read_mix(mix), batches=read_batches(batch), start=START, **how)


def events(body):
    return json.loads(body.data)["data"]["events"]


@pytest.mark.parametrize("mix", MIXES)
def test_every_mix_of_ours_has_only_types_that_hooks_carry(mix):
    assert set(read_mix(mix).options) <= set(eligible_types())


@pytest.mark.parametrize("text", MIX_SLIPS)
def test_a_slip_in_a_mix_is_told(text):
    with pytest.raises(UsageError) as caught:
        read_mix(text)

    assert MIX_SLIPS[text] in str(caught.value)
    assert str(caught.value).startswith("--mix: ")


@pytest.mark.parametrize("text", BATCH_SLIPS)
def test_a_slip_in_batch_sizes_is_told(text):
    with pytest.raises(UsageError) as caught:
        read_batches(text)

    assert BATCH_SLIPS[text] in str(caught.value)


def test_types_and_sizes_come_as_often_as_they_are_wanted():
    source = traffic("user.session.start=3,group.*=1", "1=75,10=25")

    bodies = [events(source.body(number, 0.0)) for number in range(500)]

    sizes = Counter(map(len, bodies))
    kinds = Counter(event["eventType"].split(".")[0] for body in bodies for event in body)
    assert set(sizes) == {1, 10}
    assert sizes[1] / 500 == pytest.approx(0.75, abs=0.05)
    assert kinds["user"] / kinds.total() == pytest.approx(0.75, abs=0.04)
    assert kinds.keys() == {"user", "group"}


def test_what_is_delivered_is_what_okta_sends():
    source = traffic("all", "1-40")

    for number in range(25):
        assert list(inspect_bytes(source.body(number, 1.0).data, name="body").problems) == []


def test_no_event_and_no_request_comes_twice_unless_it_should():
    source = traffic(batch="1-20")

    bodies = [source.body(number, number / 100) for number in range(500)]

    uuids = [uuid for body in bodies for uuid in body.uuids]
    assert len(set(uuids)) == len(uuids)
    assert len({body.event_id for body in bodies}) == 500
    assert [list(body.uuids) for body in bodies] == [[event["uuid"] for event in events(body)] for body in bodies]


def test_many_people_are_in_it():
    source = traffic("user.session.start", "1")

    assert len({events(source.body(number, 0.0))[0]["actor"]["id"] for number in range(500)}) == 500


def test_a_seed_repeats_the_bytes_in_any_order_and_another_does_not():
    ours, theirs = traffic(), traffic()

    forth = [ours.body(number, number / 10).data for number in range(50)]
    back = [theirs.body(number, number / 10).data for number in reversed(range(50))]

    assert forth == back[::-1]
    assert traffic(seed=2).body(0, 0.0).data != forth[0]


def test_events_are_some_seconds_older_than_their_request_which_is_built_when_it_is_due():
    body = json.loads(traffic(batch="3").body(7, 60.0).data)

    assert body["eventTime"] == "2026-05-28T20:27:40.000Z"
    assert [event["published"] for event in body["data"]["events"]] == [
        "2026-05-28T20:27:31.940Z", "2026-05-28T20:27:31.960Z", "2026-05-28T20:27:31.980Z",
    ]  # fmt: skip


def test_duplicates_come_as_often_as_wanted_as_the_same_request_and_as_a_new_one():
    source = traffic(duplicates=0.25)

    bodies = [(number, source.body(number, 0.0)) for number in range(600)]
    again = [(body, source.repetition(number, 0.0, body)) for number, body in bodies if body.repeat_after is not None]

    assert len(again) / 600 == pytest.approx(0.25, abs=0.05)
    assert all(0 <= body.repeat_after < 1 for body, _ in again)
    assert all(body.uuids == second.uuids for body, second in again)
    same = [body.data == second.data for body, second in again]
    assert 0.3 < sum(same) / len(same) < 0.7
    for body, second in again:
        assert (body.event_id == second.event_id) == (body.data == second.data)
        assert [event["uuid"] for event in events(second)] == list(body.uuids)
