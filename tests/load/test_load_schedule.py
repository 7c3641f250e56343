"""When deliveries are due: the rate is exact, the instants grow, workers share them, and a seed repeats them."""

from __future__ import annotations

from itertools import chain, pairwise

import pytest

from emulator.load.schedule import ARRIVALS, PATTERNS, Schedule


def schedule(**how):
    return Schedule(**{"rate": 40.0, "duration": 25.0, "warmup": 2.0, "seed": 3, **how})


@pytest.mark.parametrize("arrivals", ARRIVALS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_exactly_the_wanted_number_is_due_in_growing_order(pattern, arrivals):
    planned = schedule(pattern=pattern, arrivals=arrivals)

    found = list(planned.instants())

    assert len(found) == planned.total == 80 + 1000 * PATTERNS[pattern][1]
    assert [number for number, _ in found] == list(range(planned.total))
    assert all(before <= after for (_, before), (_, after) in pairwise(found))
    assert sum(due < 2.0 for _, due in found) == 80
    assert found[-1][1] <= planned.end == 27.0


@pytest.mark.parametrize("arrivals", ARRIVALS)
def test_workers_share_the_instants_and_none_is_left_out(arrivals):
    planned = schedule(arrivals=arrivals)

    parts = [list(planned.instants(worker=worker, workers=3)) for worker in range(3)]

    assert sorted(chain(*parts)) == list(planned.instants())


def test_a_seed_repeats_the_instants_and_another_does_not():
    assert list(schedule().instants()) == list(schedule().instants())
    assert list(schedule().instants()) != list(schedule(seed=4).instants())


def test_random_arrivals_come_together_and_keep_apart_as_those_of_a_poisson_process():
    gaps = [
        after - before
        for (_, before), (_, after) in pairwise(schedule(rate=1000.0, duration=60.0, warmup=0.0).instants())
    ]
    mean = sum(gaps) / len(gaps)
    spread = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5

    assert mean == pytest.approx(0.001, rel=0.02)
    assert spread == pytest.approx(mean, rel=0.05)  # an exponential distribution's mark


def count(planned, start, end):
    return sum(start <= due - planned.warmup < end for _, due in planned.instants())


def test_a_ramp_grows_steadily_to_the_rate():
    planned = schedule(pattern="ramp", rate=100.0, duration=10.0, warmup=0.0)

    per_second = [count(planned, second, second + 1) for second in range(10)]

    assert per_second == pytest.approx([5 + 10 * second for second in range(10)], abs=15)


def test_a_burst_comes_in_the_first_second_of_ten():
    planned = schedule(pattern="burst", rate=100.0, duration=20.0, arrivals="even")

    assert [count(planned, start, start + 1.01) for start in (0, 10)] == pytest.approx([1000, 1000], abs=2)
    assert count(planned, 1.01, 10) == 0


def test_an_hour_is_not_held_in_memory():
    instants = schedule(rate=1000.0, duration=3600.0).instants()

    assert next(instants)[0] == 0  # it would take seconds if all three million were made first
