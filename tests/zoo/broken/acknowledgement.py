"""Broken at acknowledging: statuses, bodies, time, batches, load."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter

from zoo_base import Good, Refusal, Reply, broken


@broken("delivery-accepted")
class GetOnly(Good):
    """Verifies, and has no route for POST."""

    def deliver(self, request):
        return Reply(404)


@broken("delivery-accepted")
class RedirectsDeliveries(Good):
    """Redirects a POST to the address with a slash at its end."""

    def deliver(self, request):
        return Reply(307, headers={"Location": f"{request.path}/"})


@broken("delivery-accepted")
class AlwaysLate(Good):
    """Works for four seconds before it answers."""

    def deliver(self, request):
        time.sleep(3.4)
        return super().deliver(request)


@broken("delivery-status")
class Accepted(Good):
    """Answers 202, as a queue would."""

    def acknowledge(self, events):
        return Reply(202)


@broken("delivery-empty-body")
class ChattyAcknowledgement(Good):
    """Tells how many events it has got."""

    def acknowledge(self, events):
        return Reply(200, json.dumps({"received": len(events)}).encode(), {"Content-Type": "application/json"})


@broken("delivery-empty-body", "payload-echoed")
class EchoesEvents(Good):
    """Answers with the events it has got."""

    def acknowledge(self, events):
        return Reply(200, json.dumps(events).encode(), {"Content-Type": "application/json"})


@broken("payload-echoed")
class EchoesInErrors(Good):
    """Quotes the body it could not read."""

    def deliver(self, request):
        try:
            return super().deliver(request)
        except Refusal as refusal:
            return Reply(refusal.status, b"can't read: " + request.body)


@broken("work-after-answer")
class WorksFirst(Good):
    """Works 12 ms on each event after the first before it answers, a hundred at most."""

    def store(self, events):
        time.sleep(0.012 * min(max(len(events) - 1, 0), 100))
        super().store(events)


@broken("batch-300", "work-after-answer")
class WorksLongFirst(Good):
    """Works 20 ms on each event before it answers, so that a large batch is late."""

    def store(self, events):
        time.sleep(0.02 * max(len(events) - 1, 0))
        super().store(events)


@broken("parallel-20")
class OneAtATime(Good):
    """Answers one request after the other, each in a fifth of a second when others wait."""

    def __init__(self):
        super().__init__()
        self.busy = threading.Lock()
        self.waiting = 0

    def deliver(self, request):
        self.waiting += 1
        with self.busy:
            time.sleep(0.005)
            if self.waiting > 1:
                time.sleep(0.2)
            self.waiting -= 1
        return super().deliver(request)


@broken("parallel-20")
class FewConnections(Good):
    """Has a pool of ten connections and no patience when they are in use."""

    def __init__(self):
        super().__init__()
        self.pool = threading.Semaphore(10)

    def deliver(self, request):
        if not self.pool.acquire(timeout=0):
            raise Refusal(503)
        try:
            if len(request.body) < 5000:
                time.sleep(0.05)
            return super().deliver(request)
        finally:
            self.pool.release()


@broken("batch-two")
class OneEventOnly(Good):
    """Refuses more than one event."""

    def events(self, envelope):
        events = super().events(envelope)
        if len(events) != 1:
            raise Refusal(400)
        return events


@broken("batch-same-user")
class UniqueUser(Good):
    """Has a unique key on the user within a batch."""

    def store(self, events):
        users = [user for user in map(self.user, events) if user]
        if len(users) != len(set(users)):
            raise Refusal(409)
        super().store(events)


@broken("batch-mixed")
class OneTypeInABatch(Good):
    """Takes the first event's type for that of all."""

    def store(self, events):
        if len({event["eventType"] for event in events}) > 1:
            raise Refusal(422)
        super().store(events)


@broken("batch-100")
class FiftyAtMost(Good):
    """Refuses more than 50 events."""

    def events(self, envelope):
        events = super().events(envelope)
        if len(events) > 50:
            raise Refusal(400)
        return events


@broken("batch-300")
class HalfAMegabyte(Good):
    """Takes bodies up to half a megabyte."""

    def deliver(self, request):
        if len(request.body) > 500_000:
            raise Refusal(413)
        return super().deliver(request)


@broken("body-over-100kb")
class HundredKilobytes(Good):
    """Has Express's limit of 100 KB."""

    def deliver(self, request):
        if len(request.body) > 100 * 1024:
            raise Refusal(413)
        return super().deliver(request)


@broken("body-5mb")
class StumblesOverMegabytes(Good):
    """Answers 500 to more than a megabyte."""

    def deliver(self, request):
        if len(request.body) > 1024 * 1024:
            raise MemoryError
        return super().deliver(request)


@broken("body-20mb")
class StumblesOverManyMegabytes(Good):
    """Answers 500 to more than 16 MB, as a document database does."""

    largest = 64 * 1024 * 1024

    def deliver(self, request):
        if len(request.body) > 16 * 1024 * 1024:
            raise MemoryError
        return super().deliver(request)


@broken("duplicate-envelope")
class ConflictOnEnvelope(Good):
    """Answers 409 when an eventId comes again."""

    def __init__(self):
        super().__init__()
        self.envelopes = set()

    def events(self, envelope):
        events = super().events(envelope)
        if envelope["eventId"] in self.envelopes:
            raise Refusal(409)
        self.envelopes.add(envelope["eventId"])
        return events


@broken("duplicate-event")
class UniqueUuid(Good):
    """Has a unique key on the uuid, which raises; a known eventId is acknowledged."""

    def __init__(self):
        super().__init__()
        self.envelopes = set()

    def deliver(self, request):
        envelope = self.read(request)
        events = self.events(envelope)
        with self.lock:
            if envelope["eventId"] in self.envelopes:
                return self.acknowledge(events)
            self.envelopes.add(envelope["eventId"])
            if any(event["uuid"] in self.seen for event in events):
                raise KeyError
        return super().deliver(request)


@broken("duplicate-in-batch")
class UniqueInBatch(Good):
    """Skips known events, and then inserts the rest in one statement that fails on a repeat."""

    def store(self, events):
        with self.lock:
            new = [event["uuid"] for event in events if event["uuid"] not in self.seen]
        if len(new) != len(set(new)):
            raise KeyError
        super().store(events)


@broken("duplicate-after-lost-answer", "duplicate-at-once")
class InProgress(Good):
    """Works a while after the answer's time, and answers 409 to what is still in progress."""

    def __init__(self):
        super().__init__()
        self.working = set()

    def deliver(self, request):
        event_id = self.read(request).get("eventId")
        if event_id in self.working:
            raise Refusal(409)
        self.working.add(event_id)
        if len(request.body) < 5000:
            time.sleep(0.1)
        self.working.discard(event_id)
        return super().deliver(request)


@broken("duplicate-at-once")
class LooksBeforeItLeaps(Good):
    """
    Looks a uuid up and inserts it in two steps; the unique key in between raises.

    Only where three look at once for the same request: on a busy machine two do after a lost answer, too.
    """

    def __init__(self):
        super().__init__()
        self.looked = Counter()

    def deliver(self, request):
        envelope = self.read(request)
        events, sent = self.events(envelope), json.dumps(envelope, sort_keys=True)
        with self.lock:
            fresh = [event["uuid"] for event in events if event["uuid"] not in self.seen]
            self.looked[sent] += bool(fresh)
        time.sleep(0.03 if fresh else 0)
        with self.lock:
            if any(uuid in self.seen for uuid in fresh) and self.looked[sent] > 2:
                raise KeyError
        self.store(events)
        return self.acknowledge(events)


@broken("order-in-batch")
class AscendingOnly(Good):
    """Wants the events of a batch in order."""

    def events(self, envelope):
        events = super().events(envelope)
        times = [event["published"] for event in events]
        if times != sorted(times):
            raise Refusal(400)
        return events


@broken("order-across-deliveries")
class NeverBack(Good):
    """Refuses an event about a user that is older than the last one."""

    def store(self, events):
        for event in events if len(events) == 1 else ():
            last = self.status_of.get(self.user(event), ("", ""))[0]
            if event["published"] < last and event["published"] > last[:11]:
                raise Refusal(409)
        super().store(events)


@broken("event-age")
class FreshOnly(Good):
    """Takes events that are older than an hour for a replay."""

    def look(self, event):
        from datetime import UTC, datetime, timedelta

        published = datetime.fromisoformat(event["published"][:19] + "+00:00")
        if datetime.now(UTC) - published > timedelta(hours=1):
            raise Refusal(400)
