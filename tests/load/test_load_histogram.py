"""The histogram tells percentiles within 1% of the exact ones, and adding two is the same as counting all."""

from __future__ import annotations

import pickle
from itertools import pairwise
from math import ceil, exp
from random import Random

import pytest

from emulator.load.histogram import Histogram

RANDOM = Random(5)
DISTRIBUTIONS = {
    "even": [RANDOM.uniform(0, 4) for _ in range(5000)],
    "exponential": [RANDOM.expovariate(20) for _ in range(5000)],
    "log-normal with a long tail": [exp(RANDOM.gauss(-5, 2)) for _ in range(5000)],
    "two humps": [RANDOM.gauss(0.01, 0.001) if n % 50 else RANDOM.gauss(3, 0.01) for n in range(5000)],
    "all the same": [0.25] * 100,
    "microseconds": [n / 1e6 for n in range(1, 400)],
    "one": [3.2],
}
PERCENTS = (0.1, 1, 25, 50, 75, 90, 99, 99.9, 100)


def counted(values):
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    return histogram


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_percentiles_are_never_less_than_the_exact_ones_and_at_most_one_percent_more(name):
    values = sorted(DISTRIBUTIONS[name])
    histogram = counted(values)

    for percent in PERCENTS:
        exact = values[max(1, ceil(round(len(values) * percent / 100, 9))) - 1]
        assert exact - 1e-6 <= histogram.percentile(percent) <= exact * 1.01 + 1e-6, percent


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_two_that_are_merged_are_the_one_that_counted_all(name):
    values = DISTRIBUTIONS[name]
    whole, first = counted(values), counted(values[::3])

    first.merge(counted([value for number, value in enumerate(values) if number % 3]))

    assert list(first.buckets()) == list(whole.buckets())
    assert (first.count, first.highest, first.lowest) == (whole.count, whole.highest, whole.lowest)
    assert first.mean == pytest.approx(whole.mean)


def test_every_bucket_holds_what_it_says_and_the_next_begins_where_it_ends():
    histogram = counted(value / 1e6 for value in range(5000))

    buckets = list(histogram.buckets())

    assert sum(count for _, _, count in buckets) == 5000
    for (_, end, _), (start, _, _) in pairwise(buckets):
        assert end == start
    assert all(count == round((high - low) * 1e6) for low, high, count in buckets[:-1])


def test_an_empty_one_says_nothing_took_any_time():
    assert (Histogram().percentile(99), Histogram().mean, list(Histogram().buckets())) == (0.0, 0.0, [])


def test_a_million_durations_take_little_room():
    histogram = counted(RANDOM.expovariate(5) for _ in range(100_000))

    assert len(pickle.dumps(histogram)) < 20_000
