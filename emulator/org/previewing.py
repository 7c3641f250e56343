"""Previews of event hooks: a sample goes to a hook without an occurrence (P1-P6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.payloads import as_preview, preview_sample
from emulator.payloads.custom import type_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.model import JsonObject
    from emulator.delivery.attempts import Delivery
    from emulator.org.core import Core
    from emulator.org.event_hooks import EventHooks, HookRef
    from emulator.org.sending import Sending
    from emulator.org.system_log import SystemLog

__all__ = ["Previewing"]


class Previewing:
    """The part of an org that previews event hooks."""

    event_hooks: EventHooks
    log: SystemLog
    _core: Core
    _sending: Sending

    def preview(self, hook: HookRef, event_type: str, *, event: Mapping[str, Any] | None = None) -> Delivery:
        """
        Send a sample without an occurrence, as the Admin Console's Preview does: to any hook, past filters and limits.

        Args:
            hook: Which hook, verified or not.
            event_type: The newest such event of the System Log is sent, or sample data if there is none (P4-P6).
            event: A LogEvent of your own instead.

        Raises:
            UsageError: unknown event type.
        """
        found = self.event_hooks.get(hook)
        if event is not None:
            return self._sending.preview(found, dict(event))
        recent = self.recent_events(event_type, limit=1)
        return self._sending.preview(found, recent[0] if recent else self.sample_event(event_type))

    def recent_events(self, event_type: str, *, limit: int = 10) -> list[JsonObject]:
        """Return the newest events of a type as Preview offers them, the newest first (P4, P5)."""
        return [as_preview(event) for event in self.log.recent(type_in(self._core.world, event_type).id, limit=limit)]

    def sample_event(self, event_type: str) -> JsonObject:
        """Return the sample data of a type, which Preview takes where no such event has happened (P6)."""
        number, now = self._core.store.next("sample"), self._core.now()
        return preview_sample(event_type, world=self._core.world_in_events, number=number, published=now)
