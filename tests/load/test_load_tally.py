"""Statistics: what counts, what doesn't, and that parts add up to the whole."""

from __future__ import annotations

import pickle

from emulator.load.tally import Ended, Tally


def ended(due, *, seconds=0.01, good=True, attempts=1):
    return Ended(due=due, began=due + 0.001, ended=due + seconds, attempts=attempts, acknowledged=good, events=2)


def filled(numbers, warmup=1.0):
    tally = Tally(warmup)
    for number in numbers:
        due = number / 10
        good = number % 10 != 0
        tally.due += due >= warmup
        tally.attempt(due, 0.009, "204" if good else "503", "" if good else "503 says the receiver failed")
        tally.delivery(ended(due, good=good, attempts=1 if good else 2))
    return tally


def test_the_warm_up_is_in_no_number_but_its_own():
    tally = filled(range(100))

    assert (tally.warmed, tally.ended, tally.attempts) == (10, 90, 90)
    assert (tally.acknowledged, tally.failed, tally.retried, tally.events) == (81, 9, 9, 162)
    assert tally.latency.count == tally.late.count == tally.answer.count == 90
    assert tally.results == {"204": 81, "503": 9}


def test_latency_counts_from_the_instant_it_was_due():
    tally = Tally()

    tally.delivery(Ended(due=1.0, began=1.75, ended=2.0, attempts=1, acknowledged=True))

    assert tally.latency.highest == 1.0
    assert tally.late.highest == 0.75


def test_parts_add_up_to_the_whole():
    whole, first = filled(range(3000)), filled(range(0, 3000, 3))

    first.merge(pickle.loads(pickle.dumps(filled(number for number in range(3000) if number % 3))))

    for name in ("due", "warmed", "acknowledged", "failed", "retried", "attempts", "events", "results", "reasons"):
        assert getattr(first, name) == getattr(whole, name), name
    assert first.width == whole.width
    assert {index: part.acknowledged for index, part in first.slices.items()} == {
        index: part.acknowledged for index, part in whole.slices.items()
    }


def test_parts_of_different_length_add_up_in_either_direction():
    for pair in ((range(20), range(5000)), (range(5000), range(20))):
        first, second = map(filled, pair)

        first.merge(second)

        assert sum(part.acknowledged + part.failed for part in first.slices.values()) == first.ended


def test_an_hour_takes_no_more_memory_than_two_minutes():
    tally = Tally()

    for second in range(0, 36_000, 2):
        tally.delivery(ended(float(second)))

    assert len(tally.slices) <= 240
    assert tally.width == 256.0
    assert sum(part.acknowledged for part in tally.slices.values()) == 18_000


def test_reasons_without_end_are_put_together():
    tally = Tally()

    for number in range(1000):
        tally.attempt(0.0, 0.1, "500", f"reason {number}")

    assert len(tally.reasons) == 21
    assert tally.reasons["other reasons"] == 980
