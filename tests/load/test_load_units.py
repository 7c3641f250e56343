"""Durations, rates and shares as people write them."""

from __future__ import annotations

import pytest

from emulator.errors import UsageError
from emulator.load.units import duration_text, read_duration, read_rate, read_share

DURATIONS = {"90s": 90, "500ms": 0.5, "1h30m": 5400, "2 min": 120, "1.5m": 90, "250us": 0.00025, "1m30s": 90}
RATES = {"500": 500, "500/s": 500, "30/m": 0.5, "7200/h": 2, "0.5/s": 0.5, " 12 / min ": 0.2}
SHARES = {"1%": 0.01, "0.1%": 0.001, "0.25": 0.25, "0": 0, "1": 1, "100%": 1}
BAD = [
    (read_duration, "30", "add a unit: 30s"),
    (read_duration, "soon", "30s, 5m or 1h30m"),
    (read_duration, "-3s", "30s, 5m or 1h30m"),
    (read_duration, "30d", "30s, 5m or 1h30m"),
    (read_duration, "500h", "7 days"),
    (read_rate, "fast", "500/s, or 30/m"),
    (read_rate, "0/s", "more than 0"),
    (read_rate, "9999999/s", "at most 1000000/s"),
    (read_share, "101%", "at most 100%"),
    (read_share, "2", "at most 100%"),
    (read_share, "some", "like 1%"),
]


@pytest.mark.parametrize("text", DURATIONS)
def test_a_duration_is_read(text):
    assert read_duration(text, where="--duration") == pytest.approx(DURATIONS[text])


@pytest.mark.parametrize("text", RATES)
def test_a_rate_is_read(text):
    assert read_rate(text, where="--rate") == pytest.approx(RATES[text])


@pytest.mark.parametrize("text", SHARES)
def test_a_share_is_read(text):
    assert read_share(text, where="--duplicates") == pytest.approx(SHARES[text])


@pytest.mark.parametrize(("read", "text", "hint"), BAD, ids=[f"{read.__name__} {text}" for read, text, _ in BAD])
def test_what_is_none_is_refused_with_what_would_be(read, text, hint):
    with pytest.raises(UsageError) as caught:
        read(text, where="--option")

    assert hint in str(caught.value)
    assert "--option: " in str(caught.value)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.000_412, "412 us"), (0.004_2, "4.2 ms"), (0.9999, "1 s"), (2.954, "2.95 s"), (600, "10 min")],
)
def test_a_duration_is_told_with_three_digits(seconds, text):
    assert duration_text(seconds) == text
