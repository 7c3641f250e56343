"""The retry table, without a socket or a clock (R1-R8, D24-D27)."""

from __future__ import annotations

import pytest

from emulator.contract.profile import profile
from emulator.delivery.attempts import Answer, Delivered, GivenUp, Retry, classify, next_step
from emulator.delivery.exchange import Exchange, Failure, Reply, Request

REQUEST = Request(method="POST", url="http://localhost/", headers=(), body=b"{}")


def answered(status: int) -> Exchange:
    return Exchange(request=REQUEST, reply=Reply(status=status))


def failed(failure: Failure) -> Exchange:
    return Exchange(request=REQUEST, failure=failure, detail=f"it was {failure}")


@pytest.mark.parametrize(
    ("exchange", "first", "second"),
    [
        pytest.param(answered(200), Delivered, Delivered, id="200 (D24)"),
        pytest.param(answered(204), Delivered, Delivered, id="204 (D24)"),
        pytest.param(answered(201), Delivered, Delivered, id="201 (D25)"),
        pytest.param(answered(202), Delivered, Delivered, id="202 (D25)"),
        pytest.param(answered(100), GivenUp, GivenUp, id="100 (R5)"),
        pytest.param(answered(301), GivenUp, GivenUp, id="301 (D27)"),
        pytest.param(answered(307), GivenUp, GivenUp, id="307 (D27)"),
        pytest.param(answered(400), GivenUp, GivenUp, id="400 (R4)"),
        pytest.param(answered(401), GivenUp, GivenUp, id="401 (R4)"),
        pytest.param(answered(408), GivenUp, GivenUp, id="408 (R4)"),
        pytest.param(answered(429), GivenUp, GivenUp, id="429 (R4)"),
        pytest.param(answered(500), Retry, GivenUp, id="500 (R3)"),
        pytest.param(answered(503), Retry, GivenUp, id="503 (R3)"),
        pytest.param(answered(599), Retry, GivenUp, id="599 (R3)"),
        pytest.param(answered(700), Retry, GivenUp, id="700, outside HTTP's classes"),
        pytest.param(failed(Failure.TIMEOUT), Retry, GivenUp, id="timeout (R3)"),
        pytest.param(failed(Failure.REFUSED), Retry, GivenUp, id="refused (R3)"),
        pytest.param(failed(Failure.CLOSED), Retry, GivenUp, id="closed (R3)"),
        pytest.param(failed(Failure.DNS), Retry, GivenUp, id="dns (R3)"),
        pytest.param(failed(Failure.TLS), Retry, GivenUp, id="tls (R3)"),
        pytest.param(failed(Failure.NOT_HTTP), Retry, GivenUp, id="not http (R3)"),
        pytest.param(failed(Failure.BLOCKED), GivenUp, GivenUp, id="target not allowed"),
    ],
)
def test_each_answer_has_its_step(exchange: Exchange, first: type, second: type) -> None:
    """At most one retry; never after a 4xx; after timeouts, 5xx and connection failures."""
    assert isinstance(next_step(exchange, number=1), first)
    assert isinstance(next_step(exchange, number=2), second)


def test_every_kind_of_answer_and_failure_is_classified() -> None:
    """A new failure or status class without a row would raise here."""
    for failure in Failure:
        next_step(failed(failure), number=1)
    for status in range(100, 1000):
        assert classify(answered(status)) in Answer


@pytest.mark.parametrize(
    ("override", "exchange", "expected"),
    [
        ("delivery.success=200_204", answered(202), GivenUp),
        ("delivery.success=200_204", answered(204), Delivered),
        ("retry.on_3xx=on", answered(302), Retry),
        ("retry.attempts=1", answered(500), GivenUp),
    ],
)
def test_rules_in_doubt_follow_the_profile(override: str, exchange: Exchange, expected: type) -> None:
    assert isinstance(next_step(exchange, number=1, profile=profile(override)), expected)


def test_the_delay_before_the_retry_is_the_profiles() -> None:
    """R6: unknown at Okta, 0 s here unless the profile says otherwise."""
    assert next_step(answered(500), number=1) == Retry(reason="500 says the receiver failed", delay=0.0)
    step = next_step(answered(500), number=1, profile=profile("retry.delay=1.5"))
    assert isinstance(step, Retry)
    assert step.delay == 1.5


def test_the_reason_names_the_failure() -> None:
    step = next_step(failed(Failure.TIMEOUT), number=2)

    assert step == GivenUp(reason="it was timeout")
