"""The language of --slo: what it means, and what it says about slips."""

from __future__ import annotations

import pytest

from emulator.errors import UsageError
from emulator.load.slo import DEFAULT_SLO, METRICS, Seen, read_slo
from emulator.load.tally import Ended, Tally

READ = {
    "p99<3s,errors<0.1%": ["p99<3s", "errors<0.1%"],
    " P99 < 3 s and errors <= 1 % , rate >= 95 %": ["p99<3s", "errors<=1%", "rate>=95%"],
    "answer.p99.9<250ms": ["answer.p99.9<250ms"],
    "late.p50<5ms,max<1m,mean<10us": ["late.p50<5ms", "max<1m", "mean<10us"],
    "5xx<1%,4xx<=0%,timeouts<2%,retries<3%": ["5xx<1%", "4xx<=0%", "timeouts<2%", "retries<3%"],
    "rate>=490/s": ["rate>=490/s"],
}
# text -> column, and what the message says
SLIPS = {
    "": (1, "it is empty"),
    "   ": (1, "it is empty"),
    "p99": (4, "one of < <= > >="),
    "p99<": (5, "a number, such as 3s"),
    "p99<3": (6, "p99 needs a unit"),
    "errors<0.1": (11, "errors needs a unit"),
    "p99<3%": (6, "not measured in '%'"),
    "rate>1s": (7, "units: /s, /m, /min, %"),
    "p99<3s errors<1%": (8, "a comma and another objective"),
    "p99<3s,": (8, "a metric, such as p99"),
    "p99=3s": (4, "unexpected '='"),
    "p99<<3s": (5, "a number"),
    "eror<1%": (1, "did you mean 'errors'"),
    "p99<3s,timeout<1%": (8, "did you mean 'timeouts'"),
    "p101<2s": (1, "unknown metric 'p101'"),
    "p99<3s;errors<1%": (7, "unexpected ';'"),
    "p99<drei": (5, "unexpected 'd'"),
}


@pytest.mark.parametrize("text", READ)
def test_objectives_are_read(text):
    assert [objective.text for objective in read_slo(text)] == READ[text]


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_is_told_with_its_column(text):
    column, words = SLIPS[text]

    with pytest.raises(UsageError) as caught:
        read_slo(text)

    assert str(caught.value).startswith(f"--slo, column {column}: ")
    assert words in str(caught.value)
    if text.strip():
        line, caret = str(caught.value).splitlines()[1:3]
        assert caret.index("^") - line.index(text[0]) == column - 1


def test_something_endless_is_refused():
    with pytest.raises(UsageError, match="too long"):
        read_slo("p99<3s," * 5000)


def seen(*, lost=0, seconds=10.0, asked=10.0):
    tally = Tally()
    for number in range(100):
        latency = (number + 1) / 100
        good = number >= lost
        tally.attempt(0.0, latency / 2, "204" if good else "503", "" if good else "503")
        tally.delivery(Ended(due=0.0, began=0.001, ended=latency, attempts=1 + (not good), acknowledged=good))
    tally.attempt(0.0, 3.0, "timeout", "timed out")
    tally.due = 100
    return Seen(tally=tally, seconds=seconds, asked=asked)


# objective -> holds, measured
JUDGED = {
    "p99<990ms": (False, "991 ms"),
    "p99<1s": (True, "991 ms"),
    "p50<=510ms": (True, "502 ms"),
    "max<=1s": (True, "1 s"),
    "mean<505ms": (False, "505 ms"),
    "answer.p50<260ms": (True, "256 ms"),
    "late.p99<2ms": (True, "1 ms"),
    "errors<2%": (False, "2%"),
    "errors<=2%": (True, "2%"),
    "retries<=2%": (True, "2%"),
    "5xx<1.9%": (False, "1.98%"),
    "4xx<=0%": (True, "0%"),
    "timeouts<1%": (True, "0.99%"),
    "rate>=9.8/s": (True, "9.8/s"),
    "rate>=99%": (False, "98%"),
    "rate>500/m": (True, "588/m"),
}


@pytest.mark.parametrize("text", JUDGED)
def test_an_objective_is_judged_by_what_was_measured(text):
    (objective,) = read_slo(text)

    judged = objective.judge(seen(lost=2))

    assert (judged.holds, judged.measured) == JUDGED[text]


@pytest.mark.parametrize("text", ["p99<3s", "errors<1%", "answer.p50<1s", "late.p99<1s", "max<1s", "mean<1s", "5xx<1%"])
def test_what_was_not_measured_does_not_hold(text):
    (objective,) = read_slo(text)

    judged = objective.judge(Seen(tally=Tally(), seconds=10.0, asked=1.0))

    assert (judged.holds, judged.known, judged.measured) == (False, False, "nothing")


def test_every_metric_can_be_written_and_judged():
    for name, (words, units, _) in METRICS.items():
        (objective,) = read_slo(f"{name}<1{units[0]}")
        assert objective.judge(seen()).known, name
        assert words


def test_the_default_is_what_okta_asks_for():
    assert DEFAULT_SLO == "p99<3s,errors<0.1%"
