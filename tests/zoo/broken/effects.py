"""Broken in what they do about events, which only a probe shows."""

from __future__ import annotations

import time
from contextlib import suppress

from zoo_base import Good, broken


@broken("effect-batch")
class FirstEventOnly(Good):
    """Acts on the first event of a batch."""

    def store(self, events):
        super().store(events[:1])


@broken("effect-duplicate-envelope")
class NoDedupe(Good):
    """Acts on everything that comes."""

    def store(self, events):
        with self.lock:
            for event in events:
                self.act(event)


@broken("effect-duplicate-event")
class EnvelopeIdOnly(Good):
    """Knows deliveries by eventId and nothing else."""

    def __init__(self):
        super().__init__()
        self.envelopes = set()

    def deliver(self, request):
        envelope = self.read(request)
        events = self.events(envelope)
        with self.lock:
            if envelope.get("eventId") in self.envelopes:
                return self.acknowledge(events)
            self.envelopes.add(envelope.get("eventId"))
            for event in events:
                self.act(event)
        return self.acknowledge(events)


@broken("effect-duplicate-in-batch")
class DedupesBatchesByTheirFirst(Good):
    """Passes over a delivery whose only event is known, and acts on all events of a batch."""

    def store(self, events):
        if len(events) == 1:
            return super().store(events)
        with self.lock:
            for event in events:
                self.seen.add(event["uuid"])
                self.act(event)
        return None


@broken("effect-duplicate-at-once")
class LooksThenInserts(Good):
    """Looks a uuid up, works a little, and then remembers it."""

    def store(self, events):
        fresh = [event for event in events if event["uuid"] not in self.seen]
        if len(events) == 1:
            time.sleep(0.02)
        with self.lock:
            for event in {event["uuid"]: event for event in fresh}.values():
                self.seen.add(event["uuid"])
                self.act(event)


@broken("effect-lost-answer")
class ForgetsWhenHungUp(Good):
    """Acts, and rolls back that it has done so when nobody is there to hear the answer."""

    def deliver(self, request):
        reply = super().deliver(request)
        if len(request.body) < 5000:
            time.sleep(0.06)
            with suppress(BlockingIOError):
                if request.hung_up():
                    self.seen -= {event["uuid"] for event in self.events(self.read(request))}
        return reply


@broken("effect-order")
class LastComesLast(Good):
    """Takes the event that comes last for the newest."""

    def act(self, event):
        self.acted += 1
        if self.user(event):
            self.status_of[self.user(event)] = (event["published"], event["eventType"])
