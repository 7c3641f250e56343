"""The drawings say the same in words, and no column is lost."""

from __future__ import annotations

import pytest

from emulator.console.charts import latencies, outcomes
from emulator.delivery.attempts import Attempt, Delivered, Delivery, Outcome
from emulator.delivery.exchange import Exchange, Reply, Request

REQUEST = Request(method="POST", url="http://127.0.0.1/", headers=())


def delivery(number: int, outcome: Outcome = Outcome.DELIVERED, seconds: float = 0.02) -> Delivery:
    exchange = Exchange(request=REQUEST, reply=Reply(status=204), elapsed=seconds)
    return Delivery(
        number=number,
        event_id="e",
        hook_id="h",
        uuids=("u",),
        attempts=(Attempt(number=1, exchange=exchange, step=Delivered(reason="")),),
        outcome=outcome,
    )


def test_outcomes_are_counted_in_groups_of_equal_size() -> None:
    found = outcomes([delivery(1), delivery(2, Outcome.FAILED), delivery(3)], columns=2)

    assert [column.words for column in found] == ["1-2: 1 delivered, 1 failed", "3: 1 delivered"]
    assert found[0].pieces == (("good", 50.0, 50.0), ("bad", 0.0, 50.0))


@pytest.mark.parametrize(
    ("seconds", "label"), [(0.0, "10 ms"), (0.01, "30 ms"), (0.29, "0.3 s"), (2.999, "3 s"), (3.0, "more")]
)
def test_an_attempt_stands_in_the_column_of_its_time(seconds, label) -> None:
    columns = latencies([delivery(1, seconds=seconds)])

    assert [column.label for column in columns if column.pieces] == [label]


def test_nothing_delivered_draws_nothing() -> None:
    assert outcomes([]) == []
    assert all(not column.pieces for column in latencies([]))
