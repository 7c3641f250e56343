"""
The rehearsal of an outage: an org goes on while its receiver doesn't, and what is to be learnt from it afterwards.

Okta gives a delivery two attempts and then drops it (R2, R8); nothing is replayed (R13).  What is lost can only be
found again in the System Log, by whoever looks for it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import TIME_LIMIT
from emulator.contract.expressions.scim import SYSTEM_LOG
from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.delivery.attempts import Outcome
from emulator.delivery.clock import MovableClock
from emulator.delivery.exchange import Failure, Phase
from emulator.load.schedule import Schedule
from emulator.org.log_search import LogQuery
from emulator.org.org import Org
from emulator.payloads.moments import as_text
from emulator.secrets import reveal

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.contract.model import Channel
    from emulator.delivery.attempts import Delivery
    from emulator.delivery.exchange import Exchange, Request
    from emulator.delivery.transport import Sender
    from emulator.load.switch import Switch

__all__ = ["TYPES", "Drill", "Fate", "OutageResult", "log_filter", "rehearse"]

TYPES: Final = ("user.lifecycle.create", "user.lifecycle.activate", "user.lifecycle.deactivate")
_KEPT_USERS: Final = 3  # before the oldest is deactivated
_PATIENCE: Final = 600.0  # seconds until everything that is under way has ended
_AT_ONCE: Final = 32  # deliveries, when time is compressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """
    What is to be rehearsed; durations in seconds of the org's own time, ``rate`` in changes a second.

    ``real`` lets time pass as it does; else the org's clock jumps from change to change.  ``by_hand`` means that
    somebody stops the receiver, so there is no switch, and all three durations are one.
    """

    channel: Channel = field(repr=False)
    rate: float
    before: float
    outage: float
    after: float
    way: str
    seed: int
    real: bool = False
    by_hand: bool = False
    profile: Profile = DEFAULT_PROFILE

    @property
    def duration(self) -> float:
        """Seconds of the org's time in all."""
        return self.before + self.outage + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one delivery, and how many of its attempts the receiver got, as far as can be known."""

    delivery: Delivery
    published: tuple[datetime, ...]
    arrived: int

    @property
    def lost(self) -> bool:
        """Whether Okta has dropped it for good (R8)."""
        return self.delivery.outcome is Outcome.FAILED

    @property
    def word(self) -> str:
        """How it ended: ``at once``, ``retried``, ``lost``, or ``lost, but seen`` by a receiver whose answer was not."""
        if self.lost:
            return "lost, but seen" if self.arrived else "lost"
        return "at once" if len(self.delivery.attempts) == 1 else "retried"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageResult:
    """
    A rehearsal that has ended; ``down`` are the instants between which the receiver was away.

    ``recovered`` are the uuids of lost events that a query of the System Log has found; ``failures`` how many
    ``event_hook.delivery`` events it has (R8).
    """

    drill: Drill
    host: str
    fates: tuple[Fate, ...]
    down: tuple[datetime, datetime] | None
    recovered: frozenset[str]
    failures: int
    interrupted: bool = False

    def of(self, *words: str) -> tuple[Fate, ...]:
        """Return the deliveries that ended so."""
        return tuple(fate for fate in self.fates if fate.word in words)

    @property
    def lost(self) -> tuple[Fate, ...]:
        """The deliveries that Okta has dropped for good."""
        return tuple(fate for fate in self.fates if fate.lost)

    @property
    def twice(self) -> tuple[Fate, ...]:
        """The deliveries that the receiver got twice (R10)."""
        return tuple(fate for fate in self.fates if fate.arrived > 1)

    @property
    def lost_uuids(self) -> frozenset[str]:
        """The events in lost deliveries."""
        return frozenset(uuid for fate in self.lost for uuid in fate.delivery.uuids)

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """The window of the System Log that has every lost event; its end is not in it."""
        moments = [moment for fate in self.lost for moment in fate.published]
        return (min(moments), max(moments) + timedelta(milliseconds=1)) if moments else None

    @property
    def outside(self) -> tuple[Fate, ...]:
        """The lost deliveries whose events happened while the receiver was there."""
        if self.down is None:
            return ()
        first, last = self.down
        return tuple(fate for fate in self.lost if not any(first <= moment <= last for moment in fate.published))

    @property
    def verdict(self) -> str:
        """``pass`` if nothing was lost but during the outage, ``error`` if nothing was delivered at all."""
        if not self.fates:
            return "error"
        if self.outside or len(self.lost) == len(self.fates):
            return "fail"
        return "pass"


def rehearse(
    drill: Drill, sender: Sender, switch: Switch | None, *, say: Callable[[str], object] = lambda _: None
) -> OutageResult:
    """
    Let an org change users all the time, turn the receiver off and on again, and look at what was lost.

    Args:
        drill: What to rehearse.
        sender: What delivers.
        switch: What turns the receiver off; None if somebody does so by hand.
        say: Is told what happens.

    Raises:
        OktaApiError: the org refuses the hook, or the receiver fails the verification (V11).
    """
    return _Rehearsal(drill, sender, switch, say).run()


class _Rehearsal:
    def __init__(self, drill: Drill, sender: Sender, switch: Switch | None, say: Callable[[str], object]) -> None:
        self.drill = drill
        self.switch = switch
        self.say = say
        # Compressed, the clock stands still at an instant of its own, so that a seed loses the events of the same people.
        self.clock = MovableClock() if drill.real else MovableClock(datetime(2026, 8, 21, 12, tzinfo=UTC))
        self.start = self.clock.now()
        self.watch = _Watch(sender, switch)
        self.org = Org(seed=drill.seed, clock=self.clock, profile=self._profile(), sender=self.watch)
        self.down: list[datetime] = []
        self.users: list[Any] = []
        self.ended: list[Delivery] = []

    def _profile(self) -> Profile:
        # Compressed, a batching window would hold everything together, and one delivery at a time would take too long.
        if self.drill.real:
            return self.drill.profile
        return replace(self.drill.profile, delivery_window=0.0, delivery_concurrency=_AT_ONCE)

    def run(self) -> OutageResult:
        channel = self.drill.channel
        auth = None if channel.auth is None else (channel.auth.key, reveal(channel.auth.value))
        interrupted = False
        with self.org as org:
            headers = {header.key: reveal(header.value) for header in channel.headers}
            hook = org.create_event_hook(uri=channel.uri, events=TYPES, auth=auth, headers=headers, name="rehearsal")
            org.verify(hook)
            self.watch.begin()
            try:
                self._live()
            except KeyboardInterrupt:
                interrupted = True
            if self.switch is not None:
                self.switch.turn(on=True)
            self.ended += org.drain(timeout=_PATIENCE)
            return self._result(interrupted=interrupted)

    def _live(self) -> None:
        drill = self.drill
        schedule = Schedule(rate=drill.rate, duration=drill.duration, seed=drill.seed)
        switches = [] if self.switch is None else [(drill.before, False), (drill.before + drill.outage, True)]
        began = time.perf_counter()
        for number, due in schedule.instants():
            while switches and switches[0][0] <= due:
                self._pass(switches[0][0], began)
                self._turn(on=switches.pop(0)[1])
            self._pass(due, began)
            self._change(number)
        for moment, on in switches:
            self._pass(moment, began)
            self._turn(on=on)
        self._pass(drill.duration, began)

    def _pass(self, until: float, began: float) -> None:
        """Let the org's time pass until so many seconds after the beginning."""
        if self.drill.real:
            time.sleep(max(0.0, began + until - time.perf_counter()))
        else:
            left = self.start + timedelta(seconds=until) - self.clock.now()
            self.clock.advance(max(0.0, left.total_seconds()))

    def _turn(self, *, on: bool) -> None:
        if not self.drill.real:
            # Deliveries that are under way belong to the time before.
            self.ended += self.org.drain(timeout=_PATIENCE)
        assert self.switch is not None  # noqa: S101 (only then is it turned)
        self.switch.turn(on=on)
        self.down.append(self.clock.now())
        self.say(f"{as_text(self.clock.now())} the receiver is {'back' if on else 'away'}")

    def _change(self, number: int) -> None:
        """Do something that raises events, as an administrator would."""
        if len(self.users) > _KEPT_USERS:
            self.users.pop(0).deactivate()
        else:
            self.users.append(self.org.create_user(f"drill.{number}@example.com", password="Correct-horse-7"))  # noqa: S106 (of a made-up user)

    def _result(self, *, interrupted: bool) -> OutageResult:
        fates = tuple(
            Fate(
                delivery=delivery,
                published=tuple(datetime.fromisoformat(event["published"]) for event in delivery.events),
                arrived=self.watch.arrived(delivery),
            )
            for delivery in self.ended
            if delivery.outcome is not Outcome.NOT_SENT
        )
        down = (self.down[0], self.down[1]) if len(self.down) == 2 else None
        if self.switch is None:
            lost = [moment for fate in fates if fate.lost for moment in fate.published]
            down = (min(lost), max(lost)) if lost else None
        found = OutageResult(
            drill=self.drill,
            host=self.org.host,
            fates=fates,
            down=down,
            recovered=frozenset(),
            failures=0,
            interrupted=interrupted,
        )
        return self._recovered(found)

    def _recovered(self, found: OutageResult) -> OutageResult:
        """Look into the System Log for what was lost, as the receiver's owner would."""
        failures = len(self.org.system_log("event_hook.delivery"))
        if found.window is None:
            return replace(found, failures=failures)
        since, until = found.window
        wanted = SYSTEM_LOG.parse(log_filter())
        uuids: set[str] = set()
        query: LogQuery | None = LogQuery(since=since, until=until, filter=wanted, limit=1000)
        while query is not None:
            page = self.org.log_search.page(query)
            uuids |= {event["uuid"] for event in page.events}
            query = replace(query, after=page.cursor) if page.cursor and page.events else None
        return replace(found, failures=failures, recovered=frozenset(uuids & found.lost_uuids))


def log_filter() -> str:
    """Return the System Log filter that finds what the hook is subscribed to."""
    return " or ".join(f'eventType eq "{name}"' for name in TYPES)


class _Watch:
    """Notes which attempts the receiver got, while a sender makes them."""

    def __init__(self, sender: Sender, switch: Switch | None) -> None:
        self._sender = sender
        self._switch = switch
        self._arrived: dict[bytes, int] = {}

    def begin(self) -> None:
        """Forget what came before: the verification."""
        self._arrived.clear()

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt, and note whether the receiver got it."""
        forwards = self._switch is None or self._switch.forwards
        exchange = self._sender.send(request, time_limit=time_limit)
        sent = exchange.failure not in {Failure.REFUSED, Failure.DNS, Failure.UNREACHABLE, Failure.TLS}
        if forwards and sent and exchange.phase in {Phase.HEAD, Phase.BODY, Phase.DONE} and request.body:
            self._arrived[request.body] = self._arrived.get(request.body, 0) + 1
        return exchange

    def arrived(self, delivery: Delivery) -> int:
        """Return how many attempts of a delivery came through."""
        return self._arrived.get(delivery.body, 0)
