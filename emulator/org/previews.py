"""What Preview shows and sends: a request without an occurrence (P4-P9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emulator.errors import UsageError
from emulator.payloads import as_preview, preview_sample
from emulator.payloads.custom import type_in

if TYPE_CHECKING:
    from emulator.contract.model import EventHook, JsonObject
    from emulator.delivery.attempts import Delivery
    from emulator.org.core import Core
    from emulator.org.sending import Sending
    from emulator.org.system_log import SystemLog

__all__ = ["Previews"]


class Previews:
    """The previews of one org."""

    def __init__(self, core: Core, log: SystemLog, sending: Sending) -> None:
        self._core = core
        self._log = log
        self._sending = sending

    def recent(self, event_type: str, *, limit: int) -> list[JsonObject]:
        """Return the newest events of a type, nulls spelled out, the newest first (P4, P5)."""
        return [as_preview(event) for event in self._log.recent(type_in(self._core.world, event_type).id, limit=limit)]

    def sample(self, event_type: str) -> JsonObject:
        """Return sample data, which Preview takes where no such event has happened (P6)."""
        number, now = self._core.store.next("sample"), self._core.now()
        return preview_sample(event_type, world=self._core.world_in_events, number=number, published=now)

    def request(self, hook: EventHook, event_type: str, *, event: Mapping[str, Any] | None = None) -> JsonObject:
        """Return the whole request for a LogEvent, by default the newest of the type, or else sample data."""
        if event is None:
            recent = self.recent(event_type, limit=1)
            event = recent[0] if recent else self.sample(event_type)
        # Its eventId is of a series of its own, so that looking at a preview changes no delivery's.
        return self._sending.envelope(hook, [event], number=-1 - self._core.store.next("preview"))

    def send(self, hook: EventHook, request: Mapping[str, Any]) -> Delivery:
        """
        Send a whole request, as edited.

        Raises:
            UsageError: it is no request that could carry events.
        """
        found = request.get("data")
        events = found.get("events") if isinstance(found, Mapping) else None
        if not isinstance(events, list) or not events:
            raise UsageError(
                "this is no request of an event hook", where="/data/events", hint="it needs a list of events"
            )
        for index, event in enumerate(events):
            names = ("uuid", "eventType")
            if not isinstance(event, Mapping) or not all(isinstance(event.get(name), str) for name in names):
                raise UsageError(
                    "this is no LogEvent", where=f"/data/events/{index}", hint="it needs at least uuid and eventType"
                )
        if not isinstance(request.get("eventId"), str):
            raise UsageError(
                "the request has no id", where="/eventId", hint="it needs a text, which names the delivery"
            )
        return self._sending.preview(hook, dict(request))
