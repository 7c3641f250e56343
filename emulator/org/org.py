"""A fake Okta org in this process: hooks, users, groups, a System Log, and the engine that delivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.delivery.attempts import Delivery, Kind
from emulator.delivery.transport import near_transport
from emulator.errors import UsageError
from emulator.org.apps import Apps
from emulator.org.codec import hook_json
from emulator.org.core import Core
from emulator.org.engine import Engine
from emulator.org.event_hooks import EventHooks, HookRef
from emulator.org.groups import Groups
from emulator.org.happening import Happening
from emulator.org.inline.part import InlinePart
from emulator.org.keeping import KEPT
from emulator.org.ledger import Ledger
from emulator.org.log_search import LogSearch
from emulator.org.making import Making
from emulator.org.ordering import ORDERS
from emulator.org.people import People
from emulator.org.previewing import Previewing
from emulator.org.previews import Previews
from emulator.org.roles import Roles
from emulator.org.sending import Sending
from emulator.org.settings import org_clock, org_host, org_identity, org_profile
from emulator.org.sign_ins import SignIns
from emulator.org.start import StartData
from emulator.org.state import State
from emulator.org.store import Store
from emulator.org.system_log import SystemLog
from emulator.org.users import Users
from emulator.payloads import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from emulator.contract.model import EventHook, JsonObject
    from emulator.contract.profile import Profile
    from emulator.delivery.clock import Clock
    from emulator.delivery.transport import Sender
    from emulator.org.call import Call
    from emulator.org.faults import Faults
    from emulator.org.handles import App, Group, User
    from emulator.payloads import Origin
    from emulator.payloads.custom import CustomType

__all__ = ["Org"]

_PATIENCE: Final = 60.0


class Org(Previewing, Making):
    """
    One fake Okta org; make two, and they share nothing.

    Best used with ``with``::

        with Org(seed=42) as org, Receiver(auth="s3cret") as receiver:
            hook = org.create_event_hook(uri=receiver.url, events=["user.lifecycle.deactivate"], auth="s3cret")
            org.verify(hook)
            org.create_user(login="john.doe@example.com").deactivate()
            delivery = org.drain()[0]
            assert delivery.outcome is Outcome.DELIVERED, delivery.explain()

    ``event_hooks``, ``inline.hooks``, ``users``, ``groups`` and ``apps`` take the bodies of API calls; the methods here
    are shorter ways to the same.  ``log`` is the System Log, ``deliveries`` the ledger of all deliveries, ``clock`` can be moved.

    Args:
        seed: Any whole number; the same seed gives the same ids and payloads.  None takes a fresh one, which
            ``repr`` shows.
        clock: Where the org's clock stands still (an aware datetime or ISO 8601 text), or a clock of your own.
            None lets it run with the machine's.
        profile: A reading of the rules that Okta leaves in doubt, such as ``"delivery.window=10"``.  Here, unlike
            Okta, ``delivery.window`` is 0 unless you say otherwise: tests don't want to wait.
        db: A file that keeps the org's state, so that it survives a crash; None keeps it in memory.
        name: The org's name, which makes its host ``<name>.okta.com``.
        host: The org's whole host name, such as a custom domain.
        sender: What makes requests to hooks.  None sends them to loopback and private addresses only.
        custom_properties: Properties that user profiles may have beside Okta's default ones.
        start: What it has before anything happens: a YAML file or a mapping, see ``emulator.org.start``.  A file that
            keeps an org's state is not given it a second time.
        custom_types: Event types of your own, as ``emulator.event_types("FILE")`` reads them.
        keep: How many events the System Log, and how many deliveries the ledger remembers, the newest; so that a long
            run doesn't grow.  What is pending is never forgotten.

    Raises:
        UsageError: a value can't be used, or the file can't.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        clock: Clock | datetime | str | None = None,
        profile: Profile | str | None = None,
        db: str | Path | None = None,
        name: str | None = None,
        host: str | None = None,
        sender: Sender | None = None,
        custom_properties: Iterable[str] = (),
        start: str | Path | Mapping[str, Any] | None = None,
        custom_types: Mapping[str, CustomType] | None = None,
        keep: int = KEPT,
    ) -> None:
        self._start = None if start is None else StartData(start)
        read_profile = org_profile(profile)
        self.clock = org_clock(clock)
        self._store = Store(db)
        try:
            self.seed, chosen_host = org_identity(self._store, seed, org_host(name, host))
            self._world = World(self.seed, org_host=chosen_host, custom=custom_types)
            self._core = Core(store=self._store, world=self._world, clock=self.clock, profile=read_profile, keep=keep)
            chosen_sender = sender or near_transport()
            self.log = SystemLog(self._store)
            self.log_search = LogSearch(self._core)
            self.deliveries = Ledger(self._store)
            self.groups = Groups(self._core)
            self.apps = Apps(self._core)
            self.roles = Roles(self._core)
            self.users = Users(self._core, self.groups, custom=frozenset(custom_properties))
            self.inline = InlinePart(self._core, chosen_sender)
            self.sign_ins = SignIns(self._core, self.users, self.inline)
            self.event_hooks = EventHooks(self._core, chosen_sender)
            self._sending = Sending(self._core, chosen_sender, self.deliveries)
            self._previews = Previews(self._core, self.log, self._sending)
            self._engine = Engine(self._core, self._sending, chosen_sender)
            self._state = State(self._core)
            self.people = People(self._core)
            self._happening = Happening(self._core, self._engine, self.deliveries, self.log, self.people)
            self._furnish()
            self._drained = self.deliveries.last_ended()
            self._engine.load()
        except BaseException:
            self._store.close()
            raise

    def __repr__(self) -> str:
        return f"Org(seed={self.seed}, host={self.host!r})"

    @property
    def profile(self) -> Profile:
        """The reading of the rules that Okta leaves in doubt; it can be changed at any time, also by its text."""
        return self._core.profile

    @profile.setter
    def profile(self, value: Profile | str) -> None:
        self._core.profile = org_profile(value)

    @property
    def in_memory(self) -> bool:
        """Whether the state is in memory alone, so that a change never waits for a disk."""
        return self._store.path is None

    @property
    def host(self) -> str:
        """The org's host name, which ``source`` of every delivery names (D4)."""
        return self._world.org_host

    @property
    def base_url(self) -> str:
        """The org's URL, without a path."""
        return f"https://{self.host}"

    @property
    def world(self) -> World:
        """The company that the org belongs to: where its ids and its people come from."""
        return self._world

    def verify(self, hook: HookRef) -> EventHook:
        """
        Ask a hook's receiver for its one-time verification.

        Returns:
            The hook as it is now: VERIFIED.

        Raises:
            VerificationFailedError: its text says what the receiver did wrong and how to put it right.
        """
        return self.event_hooks.verify(hook)

    def hook_json(self, hook: HookRef) -> JsonObject:
        """Return a hook as the API shows it."""
        return hook_json(self.event_hooks.get(hook), base_url=self.base_url)

    def call(self, **known: Any) -> Call:
        """Return a new call to hand to ``event_hooks`` and its like; *known* are fields of ``Call``, such as ``path``."""
        return self._core.call(**known)

    def error_body(self, error: Any) -> JsonObject:
        """Return the JSON of an ``OktaApiError`` with an ``errorId`` of this org (E1, N4)."""
        error.error_id = error.error_id or self._core.tokens.error_id()
        body: JsonObject = error.body()
        return body

    def trigger(
        self,
        event_type: str,
        *,
        hook: HookRef | None = None,
        user: User | None = None,
        group: Group | None = None,
        app: App | None = None,
        actor: User | None = None,
        origin: Origin | None = None,
        result: str | None = None,
        reason: str | None = None,
        edits: Mapping[str, Any] | None = None,
        timeout: float = _PATIENCE,
    ) -> Delivery:
        """
        Let an event of any type happen, and wait for its delivery.

        It goes into the System Log and to every hook that receives it; batching windows are not waited for.

        Args:
            event_type: A known type.
            hook: Whose delivery to return; None takes the oldest of those that get one.
            user: Whom it happens to; None takes somebody who is there.
            group: Which group it happens to.
            app: Which app it happens to.
            actor: Who does it.
            origin: What causes it; by default what usually does.
            result: ``outcome.result``.
            reason: ``outcome.reason``.
            edits: Values by path, such as ``{"target.0.alternateId": "x"}``.
            timeout: Seconds to wait.

        Returns:
            The delivery.  If no hook gets the event, its outcome is NOT_SENT and ``explain()`` says why.

        Raises:
            UsageError: unknown event type, an edit doesn't fit, or deliveries are paused.
            TimeoutError: the delivery did not end in time.
        """
        self._check_running()
        wanted = None if hook is None else self.event_hooks.get(hook).id
        happened = self._happening.trigger(
            event_type,
            hook_id=wanted,
            person=None if user is None else user.record.in_events(),
            group=None if group is None else group.record.in_events(),
            app=None if app is None else app.record.in_events(),
            actor=None if actor is None else actor.record.in_events(),
            origin=origin,
            result=result,
            reason=reason,
            edits=edits or {},
            timeout=timeout,
        )
        if happened is None:
            raise TimeoutError(f"waited {timeout:g} s for the delivery of {event_type}; {self._still_pending()}")
        return happened

    def redeliver(self, delivery: Delivery | int, *, new_envelope: bool = False) -> Delivery:
        """
        Send a delivery of the ledger once more.

        Args:
            delivery: Which one, or its number.
            new_envelope: False repeats the same bytes with the same ``eventId``; True puts the same events, uuids and
                all, into a new envelope (D12).

        Raises:
            UsageError: there is no such delivery.
            OktaApiError: its hook is gone.
        """
        number = delivery if isinstance(delivery, int) else delivery.number
        old = self.deliveries.get(number)
        if old is None:
            raise UsageError(f"there is no delivery {number}", hint=f"the ledger has {len(self.deliveries)}")
        return self._sending.repeat(self.event_hooks.get(old.hook_id), old, new_envelope=new_envelope)

    def drain(self, timeout: float = _PATIENCE) -> list[Delivery]:
        """
        Wait until nothing is pending, without waiting for batching windows to close.

        Returns:
            The deliveries that have ended since the last call, Previews left out.

        Raises:
            TimeoutError: something is still pending after *timeout* seconds.
            UsageError: deliveries are paused.
        """
        self._check_running()
        if not self._engine.wait_until_idle(timeout):
            raise TimeoutError(f"waited {timeout:g} s; {self._still_pending()}")
        ended = self.deliveries.all(after=self._drained)
        self._drained = self.deliveries.last_ended()
        return [delivery for delivery in ended if delivery.kind is not Kind.PREVIEW]

    @property
    def faults(self) -> Faults:
        """What goes wrong with the deliveries to come, as in ``org.faults.arm("duplicate")``."""
        return self._sending.faults

    @property
    def paused(self) -> bool:
        """Whether deliveries wait until ``resume``."""
        return self._engine.paused

    def pause(self) -> None:
        """Let all deliveries wait until ``resume``."""
        self._engine.pause()

    def resume(self, order: str = "published") -> None:
        """
        Let deliveries go on.

        Args:
            order: ``published``, ``reverse`` or ``shuffle``: events may arrive in another order than they happened (D11).

        Raises:
            UsageError: there is no such order.
        """
        if order not in ORDERS:
            raise UsageError(f"unknown order {order!r}", hint=f"choose one of: {', '.join(ORDERS)}")
        self._engine.resume(order)

    def system_log(self, event_type: str | None = None) -> list[JsonObject]:
        """Return the events of the System Log in the shape of the API, the oldest first; all, or those of one type."""
        return self.log.events(event_type)

    def snapshot(self) -> bytes:
        """Return the whole state, pending deliveries and the hooks' secrets too, for ``restore``."""
        return self._state.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """
        Go back to a snapshot of this org; the clock stays where it is.

        No uuid and no ``eventId`` is given twice, so what happens next is new to every receiver.

        Raises:
            UsageError: it is no snapshot, or one of another org.
        """
        self._state.restore(snapshot)
        self._engine.load()

    def reset(self) -> None:
        """Start afresh, with the start data if any: nothing has happened, is pending, paused or about to go wrong."""
        with self._store.transaction():
            self._state.clear()
            self._furnish()
        self._engine.load()
        self.faults.clear()
        self.resume()

    def close(self) -> None:
        """Let the requests in flight end and stop; what is pending stays in the file, if there is one."""
        if not self._store.closed:
            self._engine.stop()
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _furnish(self) -> None:
        with self._store.transaction():
            if self._store.get("furnished") is None:
                self.groups.add_everyone()
                self.users.add_admin()
                if self._start is not None:
                    self._start.put(
                        self._core,
                        groups=self.groups,
                        apps=self.apps,
                        users=self.users,
                        hooks=self.event_hooks,
                        inline_hooks=self.inline.hooks,
                    )
                self._store.keep("furnished", "yes")

    def _check_running(self) -> None:
        if self.paused:
            raise UsageError("deliveries are paused", hint="call resume() first")

    def _still_pending(self) -> str:
        waiting = self._engine.pending()
        names = {hook.id: hook.name for hook in self._core.hooks().values()}
        listed = ", ".join(f"{count} for {names.get(hook_id, hook_id)!r}" for hook_id, count in waiting.items())
        return f"still pending: {listed or 'nothing'}"
