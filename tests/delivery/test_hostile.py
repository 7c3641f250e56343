"""Ten receivers that would hold a careless client for ever, at Okta's own limit, all at once (R1)."""

from __future__ import annotations

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.exchange import Exchange, Failure, Request
from emulator.delivery.transport import Transport

SOURCE = Path(__file__).parents[2] / "benchmarks" / "hostile.py"

pytestmark = [pytest.mark.wire, pytest.mark.skipif(not SOURCE.is_file(), reason="uses the checkout's own files")]


def test_every_hostile_receiver_is_cut_off_at_three_seconds_and_none_is_a_success() -> None:
    """Look-up, connect, TLS, request, interim answers, head, body and chunks all share the 3.0 s."""
    spec = importlib.util.spec_from_file_location("hostile", SOURCE)
    hostile = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hostile)
    sender = Transport()
    _ = sender._tls  # loading the certificate authorities is not part of an attempt

    def attempt(target) -> Exchange:
        return sender.send(Request(method="POST", url=target.url, headers=(), body=target.body))

    with hostile.targets() as targets, ThreadPoolExecutor(len(targets)) as pool:
        exchanges = dict(zip([target.name for target in targets], pool.map(attempt, targets), strict=True))

    assert len(exchanges) == 10
    assert {name: exchange.failure for name, exchange in exchanges.items()} == dict.fromkeys(exchanges, Failure.TIMEOUT)
    assert all(exchange.status is None for exchange in exchanges.values())
    # The bar is 3.10 s and benchmarks/deadline.py measures it; a busy machine may wake a thread a little later.
    assert all(TIME_LIMIT <= exchange.elapsed < TIME_LIMIT + 0.3 for exchange in exchanges.values())
