"""What a check works with: it sends requests to the receiver, keeps the exchanges, and knows the usual verdicts."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emulator.checks.check import Broken, Unseen
from emulator.checks.credentials import Spoilt
from emulator.checks.together import together
from emulator.checks.verdicts import acknowledged, seen
from emulator.contract.constants import CHALLENGE_HEADER
from emulator.contract.model import AuthScheme
from emulator.delivery.dispatcher import delivery_request
from emulator.delivery.exchange import Failure
from emulator.delivery.tokens import RandomTokens
from emulator.delivery.verification import verification_request
from emulator.payloads import as_delivery, build_envelope, build_event, encode

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from emulator.checks.health import Health
    from emulator.checks.target import Target
    from emulator.contract.model import Channel, JsonObject
    from emulator.delivery.exchange import Exchange, Request
    from emulator.payloads import Person
    from emulator.secrets import Secret

__all__ = ["ABSENT", "Bench", "Interrupted"]

ABSENT: Final = object()

_ROOM = 1_000  # numbers that one check has to itself
_WINDOW = timedelta(seconds=8)  # D10: between an event and its delivery


class Interrupted(Exception):  # noqa: N818 (a signal, not an error)
    """The run is over; nothing more is sent."""


class Bench:
    """
    The workbench of one check.

    Args:
        target: The receiver.
        number: Tells this check from all others, so that no two send the same ids.
        stopping: Is set when the run is interrupted.
        health: What is known of the receiver's health.
        gate: Lets so many requests of all checks through at a time as do the receiver no harm.

    ``exchanges`` is all that was sent; ``parallel`` is for the seconds of deliveries that ran at the same time.
    """

    def __init__(
        self,
        target: Target,
        *,
        number: int,
        stopping: threading.Event,
        health: Health,
        gate: AbstractContextManager[Any],
    ) -> None:
        self.target = target
        self.health = health
        self.exchanges: list[Exchange] = []
        self._evidence: list[Exchange] | None = None
        self.parallel: list[float] = []
        self._stopping = stopping
        self._gate = gate
        self._first = number * _ROOM
        self._events = 0
        self._envelopes = 0
        self._tokens = RandomTokens()

    # What is sent -----------------------------------------------------------------------------------------------

    def send(self, request: Request, *, time_limit: float | None = None) -> Exchange:
        """Make one attempt and keep its exchange."""
        with self._gate:
            exchange = self._attempt(request, time_limit)
        self.exchanges.append(exchange)
        return exchange

    def send_all(self, requests: Iterable[Request]) -> Iterable[Exchange]:
        """Make one attempt each, as many at a time as do the receiver no harm; one by one they wait to be asked for."""
        if self.target.known.side_by_side == 1:
            return map(self.send, requests)
        return together([partial(self.send, request) for request in requests])

    def send_in_turn(self, requests: Sequence[Request]) -> list[Exchange]:
        """Make one attempt each on one connection, and keep the exchanges."""
        if self._stopping.is_set():
            raise Interrupted
        exchanges = self.target.sender.send_in_turn(requests, time_limit=self.target.profile.time_limit)
        self.exchanges += exchanges
        return exchanges

    @contextmanager
    def held(self, request: Request) -> Iterator[Exchange]:
        """Make one attempt, keep its exchange, and leave its connection open and idle while the block runs."""
        with self.target.sender.held(request, time_limit=self.target.profile.time_limit) as exchange:
            self.exchanges.append(exchange)
            yield exchange

    def at_once(self, requests: Sequence[Request]) -> list[Exchange]:
        """Make one attempt each, all at the same time, and keep the exchanges in the order of the requests."""
        exchanges = together([partial(self._attempt, request) for request in requests])
        self.exchanges += exchanges
        return exchanges

    def _attempt(self, request: Request, time_limit: float | None = None) -> Exchange:
        if self._stopping.is_set():
            raise Interrupted
        return self.target.sender.send(request, time_limit=time_limit or self.target.profile.time_limit)

    # Verification -----------------------------------------------------------------------------------------------

    def challenge(self) -> str:
        """Return a fresh challenge (V4) with no - or _ at its ends, for a check of its own sends those."""
        while True:
            challenge = self._tokens.challenge()
            if challenge[0].isalnum() and challenge[-1].isalnum():
                return challenge

    def verification(
        self, challenge: str, *, header: str = CHALLENGE_HEADER, channel: Channel | None = None
    ) -> Request:
        """Return the GET that Okta sends (V7)."""
        return verification_request(
            channel or self.target.channel, challenge=challenge, request_id=self._tokens.request_id(), header=header
        )

    # Deliveries -------------------------------------------------------------------------------------------------

    def number(self) -> int:
        """Return a number that nothing else in the run has."""
        self._events += 1
        return self._first + self._events

    def person(self) -> Person:
        """Return a user that no other event of the run is about."""
        return self.target.world.person(self.number())

    def event(
        self,
        event_type: str = "",
        *,
        person: Person | None = None,
        published: datetime | None = None,
        shape: Callable[[JsonObject], JsonObject] | None = None,
        **members: Any,
    ) -> JsonObject:
        """
        Build a new LogEvent, by default of the type that is known to be taken.

        Args:
            event_type: Another type.
            person: The user it is about; by default one of its own.
            published: When it happened; by default some seconds ago.
            shape: How it is written; by default as in a delivery.
            members: Members in place of the built ones; ``ABSENT`` takes one away.
        """
        who = person or self.person()
        event = build_event(
            event_type or self.target.known.event_type,
            world=self.target.world,
            number=self.number(),
            published=published or datetime.now(UTC) - _WINDOW,
            hook_ids=[self.target.world.hook_id()],
            person=who,
        )
        lean = shape(event) if shape else as_delivery(event, nulls=self.target.profile.delivery_nulls)
        lean.update(members)
        return {name: value for name, value in lean.items() if value is not ABSENT}

    def events(self, count: int) -> list[JsonObject]:
        """Build so many new LogEvents, each with a uuid and a user of its own; cheaper than one by one."""
        first = self.event()
        stem, tail = int(first["uuid"][:8], 16), first["uuid"][8:]
        return [
            {**first, "uuid": f"{(stem + number) & 0xFFFFFFFF:08x}{tail}", "target": self._about(first, number)}
            for number in range(count)
        ]

    def _about(self, event: JsonObject, number: int) -> list[JsonObject]:
        who = self.person() if number else None
        about = {} if who is None else {"id": who.id, "alternateId": who.login, "displayName": who.display_name}
        return [{**target, **about} if target["type"] == "User" else target for target in event.get("target") or []]

    def envelope(self, events: Sequence[JsonObject]) -> JsonObject:
        """Return a new request body that carries *events*."""
        self._envelopes += 1
        return build_envelope(
            events,
            world=self.target.world,
            hook_id=self.target.world.hook_id(),
            event_time=datetime.now(UTC),
            number=self.target.started * 1_000 + self._first + self._envelopes,
        )

    def delivery(
        self, body: bytes | JsonObject | Sequence[JsonObject], *, channel: Channel | None = None, **headers: str
    ) -> Request:
        """
        Return the POST that carries *body*: bytes as they are, an envelope, or events to put into a new one.

        ``headers`` replace what Okta sends, their names written with underscores; an empty value takes one away.
        """
        if not isinstance(body, bytes):
            body = encode(body if isinstance(body, dict) else self.envelope(body))
        request = delivery_request(
            channel or self.target.channel,
            body,
            hook_id=self.target.world.hook_id(),
            request_id=self._tokens.request_id() if self.target.known.request_id else "",
            profile=replace(self.target.profile, headers_request_id="all"),
        )
        return replace(request, headers=_replaced(request.headers, headers))

    def deliver(self, *events: JsonObject) -> Exchange:
        """Deliver events in one request."""
        return self.send(self.delivery(events))

    def count(self, event: JsonObject | None = None) -> Any:
        """Return what the probe about all events shows, or else the one about *event*'s user."""
        return min(self.target.probes, key=lambda probe: probe.about_one_user).look(event)

    def state(self, event: JsonObject) -> Any:
        """Return what the probe about one user shows of *event*'s."""
        return max(self.target.probes, key=lambda probe: probe.about_one_user).look(event)

    # The usual verdicts -----------------------------------------------------------------------------------------

    def accepts(self, *events: JsonObject, what: str = "the delivery") -> Exchange:
        """
        Deliver *events* and want them acknowledged.

        Raises:
            Broken: they were not.
        """
        return self.acknowledges(self.delivery(events), what=what)

    def acknowledges(self, request: Request, *, what: str = "the delivery") -> Exchange:
        """
        Send *request* and want it acknowledged.

        Raises:
            Broken: it was not.
        """
        exchange = self.send(request)
        if not acknowledged(exchange):
            raise Broken(f"{what}: {seen(exchange)}")
        return exchange

    def accepts_each(self, cases: Mapping[str, JsonObject], *, enough: int = 3) -> None:
        """
        Deliver each case by itself and want all acknowledged.

        Raises:
            Broken: some were not; after *enough* of them, or one that timed out, the rest is not tried.
        """
        self.wants_each({name: self.delivery([event]) for name, event in cases.items()}, acknowledged, enough=enough)

    def wants_each(self, cases: Mapping[str, Request], good: Callable[[Exchange], bool], *, enough: int = 3) -> None:
        """
        Send each case and want *good* answers.

        Raises:
            Broken: some were not good.
        """
        answers: Iterable[Exchange] = map(self.send, cases.values())
        if self.target.known.side_by_side > 1:
            # In order, and the evidence too: threads append to it as they end.
            answers = together([partial(self.send, request) for request in cases.values()])
        bad: dict[str, Exchange] = {}
        for name, exchange in zip(cases, answers, strict=False):
            if not good(exchange):
                bad[name] = exchange
            if len(bad) >= enough or exchange.failure is Failure.TIMEOUT:
                break
        if bad:
            self.keep(bad.values())
            raise Broken("\n".join(f"{name}: {seen(exchange)}" for name, exchange in bad.items()))

    @property
    def auth(self) -> AuthScheme:
        """The hook's auth header; for checks that need one."""
        if self.target.channel.auth is None:
            raise Unseen("the hook's auth header is not known")
        return self.target.channel.auth

    @property
    def spoilt(self) -> Spoilt:
        """The hook's secret in its wrong forms; for checks that need one."""
        return Spoilt(self.auth.value)

    def with_secret(self, secret: Secret | None, *, name: str = "") -> Channel:
        """Return the hook's channel with another secret, or without one."""
        auth = None if secret is None else AuthScheme(key=name or self.auth.key, value=secret)
        return replace(self.target.channel, auth=auth)

    def keep(self, exchanges: Iterable[Exchange]) -> None:
        """Show only *exchanges* as evidence."""
        self._evidence = list(exchanges)

    @property
    def evidence(self) -> list[Exchange]:
        """The exchanges that show what was found; all of them, unless the check has chosen."""
        return self.exchanges if self._evidence is None else self._evidence


def _replaced(headers: Sequence[tuple[str, Any]], changes: Mapping[str, str]) -> tuple[tuple[str, Any], ...]:
    wanted = {name.replace("_", "-").lower(): value for name, value in changes.items()}
    kept = tuple((name, wanted.pop(name.lower(), value)) for name, value in headers)
    return tuple((name, value) for name, value in (*kept, *wanted.items()) if value)
