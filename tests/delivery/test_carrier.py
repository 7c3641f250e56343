"""Thousands of deliveries in one thread: kept connections, retries, and receivers that hang (R1-R7, H2)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from emulator.contract.model import Channel
from emulator.contract.profile import profile
from emulator.delivery.attempts import Delivery, Outcome
from emulator.delivery.carrier import Carrier
from emulator.delivery.clock import Clock, ManualClock, SystemClock
from emulator.delivery.dispatcher import Course, delivery_request
from emulator.delivery.exchange import Exchange, Failure, Reply, Request
from emulator.delivery.loop import Loop
from emulator.delivery.transport import Sender, Transport

pytestmark = pytest.mark.wire

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def make_carrier(loop: Loop) -> Iterator[Callable[..., Carrier]]:
    made: list[Carrier] = []

    def make(sender: Sender | None = None, clock: Clock | None = None) -> Carrier:
        made.append(Carrier(sender or Transport(), clock or SystemClock(), loop))
        return made[-1]

    yield make

    for carrier in made:
        carrier.close()


def course(url: str, overrides: str = "") -> Course:
    request = delivery_request(Channel(uri=url), b"{}", hook_id="who1")
    begun = Delivery(event_id="1", hook_id="who1", uuids=(), attempts=(), outcome=Outcome.NOT_SENT)
    return Course(request, begun, profile=profile(overrides))


def carry(carrier: Carrier, loop: Loop, courses: list[Course]) -> list[Delivery]:
    """Carry them all out at once, and return how they ended."""
    mishaps: list[BaseException | None] = []
    for each in courses:
        carrier.carry(each, mishaps.append)
    while carrier.under_way:
        loop.turn(5)
    assert set(mishaps) == {None}
    return [each.delivery for each in courses]


def one_by_one(carrier: Carrier, loop: Loop, url: str, *, count: int, pause: float, overrides: str = "") -> list[bool]:
    """Deliver one after the other, and return which of them went over a connection that was there already."""
    reused = []
    for _ in range(count):
        (delivery,) = carry(carrier, loop, [course(url, overrides)])
        assert delivery.outcome is Outcome.DELIVERED, delivery.explain()
        reused += [attempt.exchange.reused for attempt in delivery.attempts]
        end = time.perf_counter() + pause
        while time.perf_counter() < end:
            loop.turn(end - time.perf_counter())
    return reused


def keep_open(connection: socket.socket) -> None:
    while connection.recv(65536):
        connection.sendall(NO_CONTENT)


@pytest.mark.parametrize(
    ("pause", "overrides", "reused", "connections"),
    [
        pytest.param(0.01, "", [False, True, True], 1, id="kept"),
        pytest.param(0.25, "", [False, False, False], 3, id="idle for too long"),
        pytest.param(0.01, "delivery.keep_alive=off", [False, False, False], 3, id="switched off"),
    ],
)
def test_a_connection_is_used_again_soon_or_not_at_all(
    raw_server: Callable,
    make_carrier: Callable,
    loop: Loop,
    *,
    pause: float,
    overrides: str,
    reused: list[bool],
    connections: int,
) -> None:
    """H2."""
    server, carrier = raw_server(keep_open), make_carrier()

    assert one_by_one(carrier, loop, server.url, count=3, pause=pause, overrides=overrides) == reused
    assert len(server.connections) == connections


def test_a_receiver_that_hangs_up_unannounced_gets_new_connections(
    raw_server: Callable, read_request: Callable, make_carrier: Callable, loop: Loop
) -> None:
    """No attempt is lost to a connection that is just being closed."""

    def hang_up(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(NO_CONTENT)

    server, carrier = raw_server(hang_up), make_carrier()

    assert one_by_one(carrier, loop, server.url, count=20, pause=0.001) == [False] * 20


def test_hundreds_that_hang_are_given_up_together_in_one_thread(make_carrier: Callable, loop: Loop) -> None:
    """R1, R2: each has its two attempts, all at the same time."""
    before, began = threading.active_count(), time.perf_counter()
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/okta/hooks"
        courses = [course(url, "time_limit=0.4") for _ in range(300)]
        deliveries = carry(make_carrier(), loop, courses)

    assert time.perf_counter() - began < len(courses) * 0.4
    assert threading.active_count() == before
    for delivery in deliveries:
        assert [attempt.exchange.failure for attempt in delivery.attempts] == [Failure.TIMEOUT] * 2
        assert all(attempt.exchange.elapsed >= 0.4 for attempt in delivery.attempts)


def test_a_retry_waits_as_long_as_the_profile_says(
    raw_server: Callable, read_request: Callable, make_carrier: Callable, loop: Loop
) -> None:
    """R6: meanwhile others go on."""
    seen: list[float] = []

    def fail_once(connection: socket.socket) -> None:
        while read_request(connection):
            seen.append(time.perf_counter())
            failing = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"
            connection.sendall(failing if len(seen) == 1 else NO_CONTENT)

    (delivery,) = carry(make_carrier(), loop, [course(raw_server(fail_once).url, "retry.delay=0.2")])

    assert [attempt.exchange.status for attempt in delivery.attempts] == [500, 204]
    assert seen[1] - seen[0] >= 0.2


class Slow:
    """A sender of the user's own, which only knows how to block."""

    def __init__(self) -> None:
        self.together = threading.Barrier(3)

    def send(self, request: Request, *, time_limit: float = 3.0) -> Exchange:
        self.together.wait(timeout=time_limit)
        return Exchange(request=request, reply=Reply(status=204))


def test_a_sender_that_blocks_holds_up_no_other(make_carrier: Callable, loop: Loop) -> None:
    deliveries = carry(make_carrier(Slow()), loop, [course("http://x/") for _ in range(3)])

    assert {delivery.outcome for delivery in deliveries} == {Outcome.DELIVERED}


def test_a_clock_that_stands_still_is_moved_by_a_retry(
    raw_server: Callable, make_carrier: Callable, loop: Loop
) -> None:
    clock: Clock = ManualClock(datetime(2026, 8, 21, tzinfo=UTC))

    def fail(connection: socket.socket) -> None:
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")

    carry(make_carrier(clock=clock), loop, [course(raw_server(fail).url, "retry.delay=3600")])

    assert clock.now() == datetime(2026, 8, 21, 1, tzinfo=UTC)


def test_what_goes_wrong_with_one_delivery_is_told_and_ends_it(
    raw_server: Callable, make_carrier: Callable, loop: Loop
) -> None:
    def stumble(number: int, exchange: Exchange) -> Exchange:
        raise RuntimeError(f"attempt {number} got {exchange.status}")

    request = delivery_request(Channel(uri=raw_server(keep_open).url), b"{}", hook_id="who1")
    begun = Delivery(event_id="1", hook_id="who1", uuids=(), attempts=(), outcome=Outcome.NOT_SENT)
    carrier, told = make_carrier(), []
    carrier.carry(Course(request, begun, interfere=stumble), told.append)
    while carrier.under_way:
        loop.turn(5)

    assert [str(error) for error in told] == ["attempt 1 got 204"]
