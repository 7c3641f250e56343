"""What all parts of an org share: its store, world, clock and profile, and the way a change becomes events."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from json import dumps
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.model import HookStatus
from emulator.org.call import Call
from emulator.org.filtering import filtered_out
from emulator.org.keeping import KEPT, forget_events
from emulator.org.quota import Quota
from emulator.org.records import hook_from_text
from emulator.payloads import Origin, Person, World, build_event
from emulator.payloads.custom import type_in
from emulator.payloads.moments import parse

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from emulator.contract.model import EventHook, JsonObject
    from emulator.contract.profile import Profile
    from emulator.delivery.clock import Clock
    from emulator.org.store import Store
    from emulator.payloads import App, Group

__all__ = ["Change", "Core", "Queued"]

Queued = tuple[int, str, int, datetime]  # number in the queue, hook id, number in the System Log, when

_TICK: Final = timedelta(milliseconds=1)


class Core:
    """
    The middle of an org; the parts around it (hooks, users, groups, apps) change state through ``change`` alone.

    ``queued`` is called after each commit with the deliveries it left to be made; the delivery engine sets it.
    """

    def __init__(self, *, store: Store, world: World, clock: Clock, profile: Profile, keep: int = KEPT) -> None:
        self.store = store
        self.keep = keep
        self.world = world
        self.clock = clock
        self.profile = profile
        self.queued: Callable[[list[Queued]], object] = lambda _: None
        self.quota = Quota(self)
        self.tokens = _Tokens(self)
        self._quiet = False
        self.forget()

    def forget(self) -> None:
        """Drop what was read from the store: it has been replaced."""
        self._hooks: dict[str, EventHook] | None = None
        self._last_now = datetime.min.replace(tzinfo=UTC)
        newest = self.store.value("SELECT max(published) FROM log")
        self.newest: str = newest or ""
        self._last_published = parse(newest) or self._last_now

    @property
    def world_in_events(self) -> World:
        """The world as events show it: that of the engine which the profile names just now (U21)."""
        return self._classic if self.profile.org_engine == "classic" else self.world

    @cached_property
    def _classic(self) -> World:
        world = self.world
        return World(world.seed, org_host=world.org_host, engine="classic", custom=world.custom)

    def now(self) -> datetime:
        """Return the present in whole milliseconds."""
        now = self.clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def call(self, **known: Any) -> Call:
        """Return a new call, made by the admin's token unless *known* says otherwise."""
        number = self.store.next("request")
        return Call(number=number, request_id=self.world.draws.hexadecimal(32, "request", number), **known)

    def hooks(self) -> Mapping[str, EventHook]:
        """Return all event hooks by id, in order of creation."""
        with self.store.transaction():
            if self._hooks is None:
                rows = self.store.rows("SELECT document FROM hooks ORDER BY number")
                self._hooks = {hook.id: hook for hook in (hook_from_text(document) for (document,) in rows)}
                self._subscribed: dict[str, list[EventHook]] = {}
            return self._hooks

    def hooks_changed(self) -> None:
        """Read the event hooks anew when they are next asked for; call it within the transaction that changes them."""
        self._hooks = None

    def subscribed(self, event_type: str) -> Sequence[EventHook]:
        """Return the ACTIVE hooks that are configured for an event type, whether they are verified or not (D17)."""
        with self.store.transaction():
            hooks = self.hooks().values()
            found = self._subscribed.get(event_type)
            if found is None:
                found = [hook for hook in hooks if hook.status is HookStatus.ACTIVE and event_type in hook.events]
                self._subscribed[event_type] = found
            return found

    def receives(self, hook: EventHook) -> bool:
        """Say whether a subscribed hook gets an event that happens now (V16, D14, D15)."""
        if not hook.receives_events:
            return False
        delay = self.profile.delivery_propagation_delay
        return not delay or self.now() >= hook.last_updated + timedelta(seconds=delay)

    def why_not(self, event: JsonObject, *, only: str | None = None) -> list[str]:
        """Say for each hook, or one, why it doesn't get *event*, which has happened."""
        reasons, event_type = [], event["eventType"]
        for hook in self.hooks().values():
            if only not in {None, hook.id}:
                continue
            if event_type not in hook.events:
                never = "" if type_in(self.world, event_type).eligible else ", which is not event-hook-eligible (A9)"
                reason = f"is not subscribed to {event_type}{never}"
            elif hook.status is not HookStatus.ACTIVE:
                reason = "is INACTIVE: activate it"
            elif not hook.receives_events:
                reason = "is UNVERIFIED: call verify() first (V16)"
            elif not self.receives(hook):
                reason = "was created or changed too recently (D15)"
            elif held_back := filtered_out(hook, event, self.profile):
                reason = held_back
            else:
                reason = f"gets no more events today: the org's {self.profile.limits_daily} are used up (M3)"
            reasons.append(f"the hook {hook.name!r} {reason}")
        return reasons or ["the org has no event hook"]

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Give one transaction in which changes raise no events."""
        with self.store.transaction():
            self._quiet, before = True, self._quiet
            try:
                yield
            finally:
                self._quiet = before

    @property
    def quiet(self) -> bool:
        """Whether changes raise no events just now."""
        return self._quiet

    @contextmanager
    def change(self, call: Call | None = None, *, path: str | None = None, query: str = "") -> Iterator[Change]:
        """
        Give a change: one transaction, and the events it raises when it is committed.

        Args:
            call: What asks for the change; None is a call by the admin's token.
            path: The path that such a call usually has (U4); a call that has one of its own keeps it.
            query: The query that it usually has.
        """
        with self.store.transaction() as db:
            change = Change(self, db, call or self.call(), path=path, query=query)
            try:
                yield change
            except BaseException:
                self.hooks_changed()
                raise
            if change.queued:
                queued = change.queued
                self.store.after_commit(lambda: self.queued(queued))

    def next_instant(self) -> datetime:
        """
        Return when the next event is published: now, but at least 1 ms after the one before.

        So the events of a frozen clock still have an order.  A clock that is moved back starts afresh.
        """
        now = self.now()
        if now >= self._last_now:
            now, self._last_now = max(now, self._last_published + _TICK), now
        else:
            self._last_now = now
        self._last_published = now
        return now


class Change:
    """
    One accepted change: ``db`` is its transaction, ``now`` when it happens, in whole seconds for resources (N5).

    Every event raised goes into the System Log, and into the queue of each hook that receives it.
    """

    def __init__(self, core: Core, db: sqlite3.Connection, call: Call, *, path: str | None, query: str) -> None:
        self._core = core
        self.db = db
        self.call = call
        self._path = call.path or path
        self._query = call.query if call.query is not None else query if self._path else None
        self.instant = core.now()
        self.now = self.instant.replace(microsecond=0)
        self.queued: list[Queued] = []

    def raise_event(
        self,
        event_type: str,
        *,
        person: Person | None = None,
        group: Group | None = None,
        app: App | None = None,
        origin: Origin | None = None,
        actor: Person | None = None,
        result: str | None = None,
        reason: str | None = None,
        extras: Mapping[str, str] | None = None,
        edit: Callable[[JsonObject], object] | None = None,
    ) -> int:
        """
        Write an event to the System Log and queue it for the hooks that receive it.

        Args:
            event_type: A known type.
            person: The user it happens to.
            group: The group it happens to.
            app: The app it happens to.
            origin: What caused it, if it isn't the call.
            actor: Who did it, if it isn't the call's.
            result: ``outcome.result``.
            reason: ``outcome.reason``.
            extras: The keys of debugData beside the request's own, in place of the usual ones.
            edit: Changes the finished event in place.

        Returns:
            Its number in the System Log; 0 if nothing is told just now.
        """
        core, call = self._core, self.call
        if core.quiet:
            return 0
        subscribed = core.subscribed(event_type)
        number = core.store.next("event")
        event = build_event(
            event_type,
            world=core.world_in_events,
            number=number,
            published=core.next_instant(),
            hook_ids=[hook.id for hook in subscribed],
            person=person,
            group=group,
            app=app,
            actor=actor or (call.actor if origin is None else None),
            origin=origin or call.origin,
            result=result,
            reason=reason,
            request=call.number,
            request_uri=self._path if origin is None else None,
            extras=extras,
        )
        if origin is None:
            call.mark(event, query=self._query)
        message = dict(core.profile.messages_overrides).get(event_type)
        if message is not None:
            event["displayMessage"] = message
        if edit is not None:
            edit(event)
        return self._write(event, number + 1, subscribed)

    def _write(self, event: JsonObject, number: int, subscribed: Iterable[EventHook]) -> int:
        core = self._core
        if event["published"] < core.newest:
            core.store.keep("log disordered", "yes")
        core.newest = max(core.newest, event["published"])
        self.db.execute(
            "INSERT INTO log (number, published, event_type, document) VALUES (?, ?, ?, ?)",
            (number, event["published"], event["eventType"], dumps(event, separators=(",", ":"))),
        )
        forget_events(self.db, number, keep=core.keep)
        # F18: what a filter holds back counts for nothing, though targetEventHookIds names the hook.
        receiving = [hook for hook in subscribed if core.receives(hook) and not filtered_out(hook, event, core.profile)]
        if receiving and core.quota.spend(self):
            at = core.now()
            for hook in receiving:
                placed = self.db.execute(
                    "INSERT INTO queue (hook_id, event, at) VALUES (?, ?, ?)", (hook.id, number, at.isoformat())
                )
                self.queued.append((int(placed.lastrowid or 0), hook.id, number, at))
        return number


class _Tokens:
    """The random-looking values of requests, repeated by the org's seed (V4, N3, N4); their numbers are the store's."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def challenge(self) -> str:
        """Return 40 characters of the URL-safe base64 alphabet (V4)."""
        return self._next(40)

    def request_id(self) -> str:
        """Return a 27-character request id (N3)."""
        return self._next(27)

    def error_id(self) -> str:
        """Return ``oae`` and 22 characters (N4)."""
        return f"oae{self._next(22)}"

    def token(self) -> str:
        """Return 20 characters for a link in a mail."""
        return self._core.world.draws.alphanumeric(20, "mail token", self._core.store.next("token"))

    def _next(self, length: int) -> str:
        number = self._core.store.next("token")
        return self._core.world.draws.base64url(30, "token", number)[:length]
