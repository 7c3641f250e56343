"""One delivery of an org from queue to ledger: build the body, say what to send, and note how it ended (D1-D23, R1-R8)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from emulator.delivery.attempts import Delivery, Kind, Outcome
from emulator.delivery.credentials import with_auth
from emulator.delivery.dispatcher import Course, delivery_request
from emulator.org.event_hooks import about_hook
from emulator.org.faults import Fault, Faults, losing_the_answer
from emulator.org.keeping import forget_deliveries
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
    from emulator.org.lanes import Work
    from emulator.org.ledger import Ledger

__all__ = ["Errand", "Sending"]

_GONE = "the hook is no longer ACTIVE and VERIFIED, so Okta sends it nothing (V16)"


@dataclass(slots=True, kw_only=True)
class Errand:
    """
    A delivery that is begun in the store, and is now to be carried out.

    ``repeats`` says what is sent after it: false for the same bytes, true for its events in a new envelope; None leaves
    that to the faults and the profile of then.
    """

    hook: EventHook
    course: Course
    repeats: list[bool] | None = None


class Sending:
    """Begins and ends the deliveries of one org; the store has each of them before and after."""

    def __init__(self, core: Core, sender: Sender, ledger: Ledger) -> None:
        self._core = core
        self._sender = sender
        self._ledger = ledger
        self.faults = Faults()
        self._quiet = QuietPeriods()

    def begin(self, hook_id: str, work: Work) -> Errand | None:
        """Begin what is due for a hook; None if it isn't to be sent."""
        return self._begin_again(work) if isinstance(work, int) else self._begin_batch(hook_id, work)

    def _begin_batch(self, hook_id: str, batch: Sequence[Queued]) -> Errand | None:
        """Take events from the queue and put them into one request."""
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
                return None
            events = [_as_delivered(row[0], core.profile.delivery_nulls) for row in rows]
            delivery = self._begin(hook, in_order(events, core.profile.delivery_order, key=_uuid), Kind.EVENT)
            reason = self._why_not(hook)
            if reason:
                self._write_end(replace(delivery, reason=reason))
                return None
            return self._errand(hook, delivery)

    def _begin_again(self, number: int) -> Errand | None:
        """Take up a request whose end an earlier run didn't live to see: the same bytes, hence the same ``eventId``."""
        with self._core.store.transaction():
            delivery = self._ledger.under_way(number)
            if delivery is None:
                return None
            hook = self._core.hooks().get(delivery.hook_id)
            if hook is None or not hook.receives_events or delivery.kind is Kind.PREVIEW:
                self._write_end(replace(delivery, reason=_GONE))
                return None
            return self._errand(hook, delivery, repeats=[])

    def end(self, errand: Errand) -> Errand | None:
        """Note how a delivery ended; return what is sent after it, if anything is."""
        ended = errand.course.delivery
        with self._core.store.transaction():
            if not self._write_end(ended, hook=errand.hook):
                return None
            repeats = self._repeats() if errand.repeats is None else errand.repeats
            if not repeats:
                return None
            begun = self._begin_repeat(errand.hook, ended, new_envelope=repeats[0])
            return self._errand(errand.hook, begun, repeats=repeats[1:])

    def preview(self, hook: EventHook, request: JsonObject) -> Delivery:
        """Send the envelope *request* to a hook whatever its state, as Preview does (P8, P9)."""
        with self._core.store.transaction():
            delivery = self._note(hook, request["eventId"], request["data"]["events"], Kind.PREVIEW, encode(request))
            errand = self._errand(hook, delivery)
        return self._carry_out(errand)

    def repeat(self, hook: EventHook, old: Delivery, *, new_envelope: bool) -> Delivery:
        """Send a delivery once more: the same bytes, or its events in a new envelope (D12, D13)."""
        with self._core.store.transaction():
            errand = self._errand(hook, self._begin_repeat(hook, old, new_envelope=new_envelope))
        return self._carry_out(errand)

    def _carry_out(self, errand: Errand) -> Delivery:
        ended = errand.course.run(sender=self._sender, clock=self._core.clock)
        self._write_end(ended, hook=errand.hook)
        return ended

    def _why_not(self, hook: EventHook) -> str:
        """Return why nothing is sent to *hook* now; empty if it is."""
        if not hook.receives_events:
            return _GONE
        if self._core.profile.delivery_quiet_period and self._quiet.is_quiet(hook.id, self._core.now()):
            return "too many deliveries have failed, so the hook is left alone for 15 minutes (R12)"
        if self.faults.take(Fault.DROP):
            return "it was lost before it was sent (fault: drop)"
        return ""

    def _repeats(self) -> list[bool]:
        wanted = self._core.profile.delivery_duplicate
        same = self.faults.take(Fault.DUPLICATE) or wanted == "same_request"
        anew = self.faults.take(Fault.DUPLICATE_EVENT) or wanted == "new_batch"
        return [False] * same + [True] * anew

    def envelope(self, hook: EventHook, events: Sequence[Mapping[str, Any]], *, number: int) -> JsonObject:
        """Return the body of request *number* to a hook, made now."""
        # A frozen clock's events are a tick apart (D8), and a request is never older than what it carries.
        published = [moment for moment in (parse(event.get("published")) for event in events) if moment]
        now = max([self._core.now(), *published])
        return build_envelope(events, world=self._core.world, hook_id=hook.id, event_time=now, number=number)

    def _begin(
        self, hook: EventHook, events: Sequence[Mapping[str, Any]], kind: Kind, *, same: Delivery | None = None
    ) -> Delivery:
        number = self._core.store.next("delivery") + 1
        if same is not None:
            return self._note(hook, same.event_id, events, kind, same.body, number=number)
        envelope = self.envelope(hook, events, number=number)
        return self._note(hook, envelope["eventId"], events, kind, encode(envelope), number=number)

    def _note(
        self,
        hook: EventHook,
        event_id: str,
        events: Sequence[Mapping[str, Any]],
        kind: Kind,
        body: bytes,
        *,
        number: int | None = None,
    ) -> Delivery:
        core = self._core
        delivery = Delivery(
            number=core.store.next("delivery") + 1 if number is None else number,
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
                (delivery.number, hook.id, event_id, core.now().isoformat(), record_of(delivery), body),
            )
        return delivery

    def _begin_repeat(self, hook: EventHook, old: Delivery, *, new_envelope: bool) -> Delivery:
        return self._begin(hook, old.events, Kind.REPEAT, same=None if new_envelope else old)

    def _errand(self, hook: EventHook, delivery: Delivery, *, repeats: list[bool] | None = None) -> Errand:
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
        loses = not preview and self.faults.take(Fault.LOSE_ANSWER)
        course = Course(request, delivery, profile=core.profile, interfere=losing_the_answer if loses else None)
        return Errand(hook=hook, course=course, repeats=repeats)

    def _write_end(self, delivery: Delivery, *, hook: EventHook | None = None) -> bool:
        """Write how a delivery ended; say whether the org still knew of it."""
        core = self._core
        with core.store.transaction() as db:
            place = core.store.next("ended")
            ended = db.execute(
                "UPDATE deliveries SET ended = ?, record = ? WHERE number = ? AND event_id = ? AND ended IS NULL",
                (place, record_of(delivery), delivery.number, delivery.event_id),
            )
            if not ended.rowcount:
                return False  # the org has been reset or restored meanwhile
            forget_deliveries(db, place, keep=core.keep)
            if hook is not None and delivery.outcome is Outcome.FAILED and delivery.kind is not Kind.PREVIEW:
                self._quiet.failed(hook.id, core.now())
                self._tell_failure(hook, delivery.attempts[-1].step.reason)
            return True

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


@lru_cache(maxsize=64)
def _as_delivered(document: str, nulls: str) -> Mapping[str, Any]:
    """Return an event of the System Log as hooks get it; many hooks may get the same."""
    return as_delivery(json.loads(document), nulls=nulls)


def _uuid(event: Mapping[str, Any]) -> str:
    return str(event["uuid"])
