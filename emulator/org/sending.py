"""One delivery of an org from queue to ledger: build the body, send it, and note how it ended (D1-D23, R1-R8)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.delivery.attempts import Delivery, Kind, Outcome
from emulator.delivery.credentials import with_auth
from emulator.delivery.dispatcher import deliver, delivery_request
from emulator.org.event_hooks import about_hook
from emulator.org.faults import Fault, Faults, losing_the_answer
from emulator.org.ledger import record_of
from emulator.org.ordering import in_order
from emulator.org.quiet import QuietPeriods
from emulator.payloads import Origin, as_delivery, build_envelope, encode
from emulator.payloads.moments import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from emulator.contract.model import EventHook, JsonObject
    from emulator.delivery.transport import Sender
    from emulator.org.core import Core, Queued
    from emulator.org.ledger import Ledger

__all__ = ["Sending"]

_GONE = "the hook is no longer ACTIVE and VERIFIED, so Okta sends it nothing (V16)"


class Sending:
    """Builds and sends the deliveries of one org; the store has each of them before and after."""

    def __init__(self, core: Core, sender: Sender, ledger: Ledger) -> None:
        self._core = core
        self._sender = sender
        self._ledger = ledger
        self.faults = Faults()
        self._quiet = QuietPeriods()

    def send_batch(self, hook_id: str, batch: Sequence[Queued]) -> None:
        """Take queued events from the queue, put them into one request, and send it."""
        core = self._core
        with core.store.transaction() as db:
            marks = ",".join("?" * len(batch))
            numbers = [number for number, *_ in batch]
            rows = db.execute(
                f"SELECT log.document FROM queue JOIN log ON log.number = queue.event"  # noqa: S608 (question marks)
                f" WHERE queue.number IN ({marks}) ORDER BY log.published, log.number",
                numbers,
            ).fetchall()
            db.execute(f"DELETE FROM queue WHERE number IN ({marks})", numbers)  # noqa: S608 (question marks)
            hook = core.hooks().get(hook_id)
            if hook is None or not rows:
                return
            events = [as_delivery(json.loads(row[0]), nulls=core.profile.delivery_nulls) for row in rows]
            delivery = self._begin(hook, in_order(events, core.profile.delivery_order, key=_uuid), Kind.EVENT)
            reason = self._why_not(hook)
            if reason:
                self._end(replace(delivery, reason=reason))
                return
        ended = self._carry_out(hook, delivery)
        wanted = core.profile.delivery_duplicate
        if self.faults.take(Fault.DUPLICATE) or wanted == "same_request":
            self.repeat(hook, ended, new_envelope=False)
        if self.faults.take(Fault.DUPLICATE_EVENT) or wanted == "new_batch":
            self.repeat(hook, ended, new_envelope=True)

    def _why_not(self, hook: EventHook) -> str:
        """Return why nothing is sent to *hook* now; empty if it is."""
        if not hook.receives_events:
            return _GONE
        if self._core.profile.delivery_quiet_period and self._quiet.is_quiet(hook.id, self._core.now()):
            return "too many deliveries have failed, so the hook is left alone for 15 minutes (R12)"
        if self.faults.take(Fault.DROP):
            return "it was lost before it was sent (fault: drop)"
        return ""

    def send_again(self, number: int) -> None:
        """Send a request whose end an earlier run didn't live to see: the same bytes, hence the same ``eventId``."""
        with self._core.store.transaction():
            delivery = self._ledger.under_way(number)
            if delivery is None:
                return
            hook = self._core.hooks().get(delivery.hook_id)
            if hook is None or not hook.receives_events or delivery.kind is Kind.PREVIEW:
                self._end(replace(delivery, reason=_GONE))
                return
        self._carry_out(hook, delivery)

    def preview(self, hook: EventHook, event: JsonObject) -> Delivery:
        """Send *event* to a hook whatever its state, as Preview does (P8, P9)."""
        with self._core.store.transaction():
            delivery = self._begin(hook, [event], Kind.PREVIEW)
        return self._carry_out(hook, delivery)

    def repeat(self, hook: EventHook, old: Delivery, *, new_envelope: bool) -> Delivery:
        """Send a delivery once more: the same bytes, or its events in a new envelope (D12, D13)."""
        with self._core.store.transaction():
            again = self._begin(hook, old.events, Kind.REPEAT, same=None if new_envelope else old)
        return self._carry_out(hook, again)

    def _begin(
        self, hook: EventHook, events: Sequence[Mapping[str, Any]], kind: Kind, *, same: Delivery | None = None
    ) -> Delivery:
        core = self._core
        number = core.store.next("delivery") + 1
        # A frozen clock's events are a tick apart (D8), and a request is never older than what it carries.
        published = [moment for moment in (parse(event.get("published")) for event in events) if moment]
        now = max([core.now(), *published])
        if same is None:
            envelope = build_envelope(events, world=core.world, hook_id=hook.id, event_time=now, number=number)
            event_id, body = envelope["eventId"], encode(envelope)
        else:
            event_id, body = same.event_id, same.body
        delivery = Delivery(
            number=number,
            kind=kind,
            event_id=event_id,
            hook_id=hook.id,
            uuids=tuple(str(event["uuid"]) for event in events),
            event_types=tuple(str(event["eventType"]) for event in events),
            attempts=(),
            outcome=Outcome.NOT_SENT,
            body=body,
        )
        with core.store.transaction() as db:
            db.execute(
                "INSERT INTO deliveries (number, hook_id, event_id, built, record, body) VALUES (?, ?, ?, ?, ?, ?)",
                (number, hook.id, event_id, now.isoformat(), record_of(delivery), body),
            )
        return delivery

    def _carry_out(self, hook: EventHook, delivery: Delivery) -> Delivery:
        core, preview = self._core, delivery.kind is Kind.PREVIEW
        # P9: Preview goes through another sender, which names another object in its User-Agent.
        sender_id = core.world.id("cal", "preview", hook.id) if preview else hook.id
        spoilt = not preview and hook.channel.auth is not None and self.faults.take(Fault.WRONG_SECRET)
        request = delivery_request(
            with_auth(hook.channel, "wrong") if spoilt else hook.channel,
            delivery.body,
            hook_id=sender_id,
            request_id=core.tokens.request_id() if preview or core.profile.headers_request_id == "all" else "",
            preview=preview,
            profile=core.profile,
        )
        done = deliver(
            request,
            event_id=delivery.event_id,
            hook_id=hook.id,
            uuids=delivery.uuids,
            sender=self._sender,
            clock=core.clock,
            profile=core.profile,
            interfere=losing_the_answer if not preview and self.faults.take(Fault.LOSE_ANSWER) else None,
        )
        ended = replace(delivery, attempts=done.attempts, outcome=done.outcome)
        self._end(ended, hook=hook)
        return ended

    def _end(self, delivery: Delivery, *, hook: EventHook | None = None) -> None:
        core = self._core
        with core.store.transaction() as db:
            ended = db.execute(
                "UPDATE deliveries SET ended = ?, record = ? WHERE number = ? AND event_id = ? AND ended IS NULL",
                (core.store.next("ended"), record_of(delivery), delivery.number, delivery.event_id),
            )
            if not ended.rowcount:
                return  # the org has been reset or restored meanwhile, and knows nothing of it
            if hook is not None and delivery.outcome is Outcome.FAILED and delivery.kind is not Kind.PREVIEW:
                self._quiet.failed(hook.id, core.now())
                self._tell_failure(hook, delivery.attempts[-1].step.reason)

    def _tell_failure(self, hook: EventHook, reason: str) -> None:
        """Write ``event_hook.delivery``, which is all that is left of a delivery that failed (R8, A30)."""
        with self._core.change(self._core.call(origin=Origin.JOB)) as change:
            change.raise_event(
                "event_hook.delivery",
                result="FAILURE",
                reason=reason,
                extras={"errorMessage": reason},
                edit=lambda event: about_hook(event, hook, "Event hook delivery failed"),
            )


def _uuid(event: Mapping[str, Any]) -> str:
    return str(event["uuid"])
