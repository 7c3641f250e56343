"""Deliveries with a scripted sender: what is sent, how often, and what is told (R1-R8, H1-H12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from emulator.contract.model import AuthScheme, Channel, CustomHeader
from emulator.contract.profile import DEFAULT_PROFILE, profile
from emulator.delivery.attempts import Delivery, Outcome
from emulator.delivery.clock import ManualClock
from emulator.delivery.dispatcher import deliver, delivery_request
from emulator.delivery.exchange import Exchange, Failure, Reply, Request
from emulator.secrets import Secret

HOOK_ID = "who1234567890abcd1d7"
CHANNEL = Channel(
    uri="http://localhost:8000/okta/hooks",
    auth=AuthScheme(key="Authorization", value=Secret("Basic s3cret-value")),
    headers=(CustomHeader(key="logzio_token", value=Secret("t0ken-value")),),
)


@dataclass
class Script:
    """A sender that answers by the book of the test."""

    answers: list[int | Failure]
    sent: list[Request] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    def send(self, request: Request, *, time_limit: float = 3.0) -> Exchange:
        self.sent.append(request)
        self.limits.append(time_limit)
        answer = self.answers.pop(0)
        if isinstance(answer, Failure):
            return Exchange(request=request, failure=answer, detail=str(answer))
        return Exchange(request=request, reply=Reply(status=answer))


def run(answers: list[int | Failure], *, overrides: str = "") -> tuple[Delivery, Script, ManualClock]:
    script, clock = Script(answers), ManualClock(datetime(2026, 8, 21, tzinfo=UTC))
    request = delivery_request(CHANNEL, b'{"eventId":"1"}', hook_id=HOOK_ID)
    delivery = deliver(
        request,
        event_id="1",
        hook_id=HOOK_ID,
        uuids=["u1"],
        sender=script,
        clock=clock,
        profile=profile(overrides),
    )
    return delivery, script, clock


@pytest.mark.parametrize(
    ("answers", "attempts", "outcome"),
    [
        ([204], 1, Outcome.DELIVERED),
        ([500, 204], 2, Outcome.DELIVERED),
        ([Failure.TIMEOUT, 200], 2, Outcome.DELIVERED),
        ([500, 500], 2, Outcome.FAILED),
        ([500, 401], 2, Outcome.FAILED),
        ([401], 1, Outcome.FAILED),
        ([404], 1, Outcome.FAILED),
        ([302], 1, Outcome.FAILED),
        ([Failure.REFUSED, Failure.REFUSED], 2, Outcome.FAILED),
    ],
)
def test_a_delivery_ends_after_at_most_two_attempts(
    answers: list[int | Failure], attempts: int, outcome: Outcome
) -> None:
    delivery, script, _ = run(list(answers))

    assert (len(delivery.attempts), delivery.outcome) == (attempts, outcome)
    assert len(script.sent) == attempts


def test_the_retry_repeats_the_same_bytes() -> None:
    """R7: same body, hence the same eventId and uuids."""
    _, script, _ = run([500, 204])

    assert script.sent[0] == script.sent[1]


def test_each_attempt_gets_three_seconds() -> None:
    """R1: the limit counts per attempt."""
    _, script, _ = run([Failure.TIMEOUT, 204])

    assert script.limits == [3.0, 3.0]


def test_the_retry_waits_on_the_clock_it_is_given() -> None:
    _, _, clock = run([500, 204], overrides="retry.delay=2")

    assert clock.now() == datetime(2026, 8, 21, 0, 0, 2, tzinfo=UTC)


def test_the_headers_are_okta_s_own() -> None:
    """H1-H8: no charset, no cookies, no Accept-Encoding, the auth value verbatim, underscores kept."""
    request = delivery_request(CHANNEL, b"{}", hook_id=HOOK_ID)

    assert [(name, value if isinstance(value, str) else value.reveal()) for name, value in request.headers] == [
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("logzio_token", "t0ken-value"),
        ("Authorization", "Basic s3cret-value"),
        ("User-Agent", f"Okta Hook Service v1.0.0 - {HOOK_ID}"),
        ("Connection", "keep-alive"),
    ]


def test_the_request_id_travels_only_where_the_profile_says_so() -> None:
    """H5: absent from captured real deliveries."""
    asked = profile("headers.request_id=all")
    names = {
        chosen.headers_request_id: [
            name for name, _ in delivery_request(CHANNEL, b"", hook_id=HOOK_ID, request_id="r1", profile=chosen).headers
        ]
        for chosen in (DEFAULT_PROFILE, asked)
    }

    assert "X-Okta-Request-Id" not in names["preview"]
    assert "X-Okta-Request-Id" in names["all"]


def test_nothing_printable_of_a_request_holds_a_secret() -> None:
    request = delivery_request(CHANNEL, b"{}", hook_id=HOOK_ID)
    delivery, _, _ = run([500, 204])

    for text in (repr(request), str(request.shown_headers()), request.curl(), repr(delivery), delivery.explain()):
        assert "s3cret-value" not in text
        assert "t0ken-value" not in text


def test_an_interference_puts_another_reply_in_place() -> None:
    """A reply that gets lost on the way back: the receiver worked, Okta sees a failure and retries (R10)."""
    script = Script([204, 204])
    delivery = deliver(
        delivery_request(CHANNEL, b"{}", hook_id=HOOK_ID),
        event_id="1",
        hook_id=HOOK_ID,
        uuids=[],
        sender=script,
        clock=ManualClock(datetime(2026, 1, 1, tzinfo=UTC)),
        interfere=lambda number, exchange: (
            Exchange(request=exchange.request, failure=Failure.TIMEOUT, detail="late") if number == 1 else exchange
        ),
    )

    assert [attempt.exchange.status for attempt in delivery.attempts] == [None, 204]
    assert "attempt 1: late" in delivery.explain()
