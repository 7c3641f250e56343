"""
Users for Locust that deliver as Okta does, so that many machines can load one receiver (extra ``load``).

    from emulator.testing.locust_users import OktaEventHookUser

    class Okta(OktaEventHookUser):
        hook_headers = ("Authorization: ${env:HOOK_SECRET}",)
"""

from __future__ import annotations

import itertools
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

from locust import User, constant_throughput, events, task
from locust.runners import WorkerRunner

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.attempts import Outcome
from emulator.delivery.channels import channel_from, read_url, split_headers
from emulator.delivery.clock import SystemClock
from emulator.delivery.dispatcher import deliver, delivery_request
from emulator.delivery.steps import drive
from emulator.delivery.transport import Transport
from emulator.delivery.wire import Wire
from emulator.errors import HarnessError, UsageError
from emulator.load.mix import EVERYDAY_BATCHES, read_batches, read_mix
from emulator.load.slo import DEFAULT_SLO, Seen, read_slo
from emulator.load.tally import Tally
from emulator.load.traffic import Traffic
from emulator.payloads import World
from emulator.secrets import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.model import Channel
    from emulator.delivery.exchange import Exchange, Request
    from emulator.load.traffic import Body

__all__ = ["LostError", "OktaEventHookUser"]

DELIVERED: Final = "delivery"
RETRIED: Final = "delivery, at the second attempt"
_MOST_WORKERS: Final = 997  # a prime, so that the people of the events don't repeat with it
_KNOWN: Final = frozenset({"max", "mean", "errors", "retries", "rate"})


class LostError(Exception):
    """A delivery that Okta would have dropped for good (R8); the message says why."""


class _Kept:
    """Sends over one connection for as long as the receiver keeps it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.wire = Wire()

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt and say how it went."""
        return drive(self._transport.attempt(request, self.wire, time_limit=time_limit))


class _Source:
    """The bodies of one process, none of which another process of the fleet has too."""

    def __init__(self, user: OktaEventHookUser, worker: int) -> None:
        self._start = time.time()
        self._numbers: Iterator[int] = itertools.count(worker % _MOST_WORKERS, _MOST_WORKERS)
        self.traffic = Traffic(
            World(user.seed),
            types=read_mix(user.mix, where="mix"),
            batches=read_batches(user.batch, where="batch"),
            start=int(self._start * 1000),
        )

    def body(self) -> Body:
        """Return the next body."""
        return self.traffic.body(next(self._numbers), time.time() - self._start)


class OktaEventHookUser(User):
    """
    Delivers to the hook URL that is Locust's host, once a second: with Okta's headers, 3 s limit and single retry.

    Sub-class it in a locustfile, and set what should differ:

    ``hook_headers``: what Okta is to send too, such as ``"Authorization: ${env:HOOK_SECRET}"``.
    ``mix``, ``batch``: as the options of ``okta-hooks load``.
    ``slo``: what must hold in the end, or ``locust`` exits with 1.
    ``ca_bundle``: a PEM file of further authorities to trust.
    ``seed``: of the company that the events happen in; the same one on each machine.
    """

    abstract = True
    wait_time = constant_throughput(1)
    hook_headers: ClassVar[tuple[str, ...]] = ()
    mix: ClassVar[str] = "everyday"
    batch: ClassVar[str] = EVERYDAY_BATCHES
    slo: ClassVar[str] = DEFAULT_SLO
    ca_bundle: ClassVar[str | None] = None
    seed: ClassVar[int] = 0

    def on_start(self) -> None:
        """Begin without a connection."""
        self._sender = _Kept(Transport(ca_bundle=self.ca_bundle))

    def on_stop(self) -> None:
        """Close the connection."""
        self._sender.wire.close()

    @cached_property
    def channel(self) -> Channel:
        """Where the deliveries go, and the headers that go with them."""
        return channel_from(self.host or "", self.hook_headers, where="--host")

    @cached_property
    def source(self) -> _Source:
        """What makes the bodies: one for all users of a process."""
        found = getattr(self.environment, "okta_source", None)
        if found is None:
            worker = getattr(self.environment.runner, "worker_index", 0)
            found = self.environment.okta_source = _Source(self, worker)
        return found

    @task
    def deliver(self) -> None:
        """Deliver one request body, and tell Locust how long it took and how it ended."""
        body = self.source.body()
        hook_id = self.source.traffic.hook_id
        request = delivery_request(self.channel, body.data, hook_id=hook_id)
        began = time.perf_counter()
        delivery = deliver(
            request,
            event_id=body.event_id,
            hook_id=hook_id,
            uuids=body.uuids,
            sender=self._sender,
            clock=SystemClock(),
        )
        lost = None
        if delivery.outcome is not Outcome.DELIVERED:
            lost = LostError(Redactor(request.secrets())(delivery.attempts[-1].step.reason))
        self.environment.events.request.fire(
            request_type="POST",
            name=DELIVERED if len(delivery.attempts) == 1 else RETRIED,
            response_time=(time.perf_counter() - began) * 1000,
            response_length=0,
            exception=lost,
            context={},
        )


@events.init.add_listener
def _prepare(environment: Any, **_: Any) -> None:
    """Tell slips before anything is sent, and have the process that knows all numbers judge them in the end."""
    users = [user for user in environment.user_classes if issubclass(user, OktaEventHookUser)]
    try:
        for user in users:
            _objectives(user.slo)
            read_mix(user.mix, where="mix")
            read_batches(user.batch, where="batch")
            split_headers(user.hook_headers)
            host = environment.host or user.host
            if host or not isinstance(environment.runner, WorkerRunner):  # workers are told by their master
                read_url(host or "", where="--host")
    except HarnessError as error:
        # Locust would log a traceback and go on.
        raise SystemExit(f"error: {error}") from None
    if users and not isinstance(environment.runner, WorkerRunner):
        environment.events.quitting.add_listener(_judge)


def _objectives(slo: str) -> Any:
    found = read_slo(slo, where="slo")
    for objective in found:
        known = objective.metric in _KNOWN or objective.metric.startswith("p")
        if not known or (objective.metric == "rate" and objective.unit == "%"):
            hint = f"use pN, {', '.join(sorted(_KNOWN))}; rate as a number, such as rate>=90/s"
            raise UsageError(f"Locust doesn't measure {objective.text!r}", where="slo", hint=hint)
    return found


def _judge(environment: Any, **_: Any) -> None:
    seen = _seen(environment.stats)
    held = True
    for slo in dict.fromkeys(user.slo for user in environment.user_classes if issubclass(user, OktaEventHookUser)):
        for objective in _objectives(slo):
            judged = objective.judge(seen)
            held &= judged.holds
            print(f"{'pass' if judged.holds else 'fail'}  {judged.text:<18} {judged.measured}")  # noqa: T201
    if environment.process_exit_code is None:
        environment.process_exit_code = 0 if held else 1


def _seen(stats: Any) -> Seen:
    """Return Locust's statistics as objectives read them; its times are rounded, to two digits above 100 ms."""
    total, tally = stats.total, Tally()
    for milliseconds, count in total.response_times.items():
        for _ in range(count):
            tally.latency.add(milliseconds / 1000)
    tally.failed = total.num_failures
    tally.acknowledged = total.num_requests - total.num_failures
    retried = stats.entries.get((RETRIED, "POST"))
    tally.retried = retried.num_requests if retried else 0
    seconds = (total.last_request_timestamp or total.start_time) - total.start_time
    return Seen(tally=tally, seconds=seconds, asked=0.0)
