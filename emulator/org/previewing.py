"""Previews of event hooks: a sample goes to a hook without an occurrence (P1-P6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.model import JsonObject
    from emulator.delivery.attempts import Delivery
    from emulator.org.event_hooks import EventHooks, HookRef
    from emulator.org.previews import Previews

__all__ = ["Previewing"]


class Previewing:
    """The part of an org that previews event hooks."""

    event_hooks: EventHooks
    _previews: Previews

    def preview(
        self,
        hook: HookRef,
        event_type: str,
        *,
        event: Mapping[str, Any] | None = None,
        request: Mapping[str, Any] | None = None,
    ) -> Delivery:
        """
        Send a sample without an occurrence, as the Admin Console's Preview does: to any hook, past filters and limits.

        Args:
            hook: Which hook, verified or not.
            event_type: The newest such event of the System Log is sent, or sample data if there is none (P4-P6).
            event: A LogEvent of your own instead.
            request: A whole request of your own instead, such as an edited ``preview_request``.

        Raises:
            UsageError: unknown event type, or *request* carries no events.
        """
        found = self.event_hooks.get(hook)
        made = self._previews.request(found, event_type, event=event) if request is None else request
        return self._previews.send(found, made)

    def preview_request(self, hook: HookRef, event_type: str, *, event: Mapping[str, Any] | None = None) -> JsonObject:
        """Return the request that ``preview`` would send, to be edited first (P4)."""
        return self._previews.request(self.event_hooks.get(hook), event_type, event=event)

    def recent_events(self, event_type: str, *, limit: int = 10) -> list[JsonObject]:
        """Return the newest events of a type as Preview offers them, the newest first (P4, P5)."""
        return self._previews.recent(event_type, limit=limit)

    def sample_event(self, event_type: str) -> JsonObject:
        """Return the sample data of a type, which Preview takes where no such event has happened (P6)."""
        return self._previews.sample(event_type)
