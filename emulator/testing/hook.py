"""The hook under test: registered in an org, verified, and ready to deliver to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.contract.catalogue import eligible_types
from emulator.contract.constants import MAX_EVENT_TYPES
from emulator.delivery.attempts import Delivery, Outcome
from emulator.delivery.channels import split_headers
from emulator.errors import UsageError
from emulator.testing.watching import Watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from emulator.contract.model import EventHook, JsonObject
    from emulator.org.org import Org

__all__ = ["HookUnderTest", "usual_events"]

_FIRST = ("user.", "group.", "application.", "app.", "policy.", "device.", "system.")
_SHOWN = 5


def usual_events() -> list[str]:
    """Return as many event types as a hook takes (A10), those about users, groups and apps first."""

    def rank(name: str) -> int:
        return next((place for place, prefix in enumerate(_FIRST) if name.startswith(prefix)), len(_FIRST))

    return sorted(eligible_types(), key=lambda name: (rank(name), name))[:MAX_EVENT_TYPES]


class HookUnderTest(Watched["JsonObject"]):
    """
    An event hook on the application under test.

    Args:
        org: Where it is registered.
        url: The application's hook URL.
        headers: Texts such as ``Authorization: ...``; that one, or else the first, authenticates.
        events: The event types it subscribes to.

    Raises:
        OktaApiError: Okta would refuse the hook.
        VerificationFailedError: the application doesn't verify; the text says why and what to do.
    """

    def __init__(self, org: Org, url: str, *, headers: Iterable[str], events: Iterable[str]) -> None:
        auth, custom = split_headers(headers)
        self.org = org
        self.hook: EventHook = org.create_event_hook(
            uri=url,
            events=list(events),
            auth=None if auth is None else (auth.key, auth.value.reveal()),
            headers={header.key: header.value.reveal() for header in custom},
        )
        self.verify()

    def __repr__(self) -> str:
        return f"HookUnderTest({self.url!r})"  # of what lasts: it is also printed when the org has been closed

    @property
    def url(self) -> str:
        """The application's hook URL."""
        return self.hook.channel.uri

    @property
    def id(self) -> str:
        """The hook's id in the org."""
        return self.hook.id

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Every delivery to the application that has ended, the oldest first."""
        return tuple(self.org.deliveries.all(hook_id=self.hook.id))

    def verify(self) -> None:
        """
        Ask the application for its one-time verification, once more.

        Raises:
            VerificationFailedError: it failed; the text says why and what to do.
        """
        self.hook = self.org.verify(self.hook)

    def deliver(self, event_type: str, edits: Mapping[str, Any] | None = None, **more: Any) -> Delivery:
        """
        Let an event of any subscribed type happen, and return its delivery.

        Args:
            event_type: A type that the hook subscribes to.
            edits: Values by path, such as ``{"target.0.alternateId": "jane@example.com"}``.
            more: Whom it happens to and how: ``user``, ``group``, ``app``, ``actor``, ``origin``, ``result``,
                ``reason``, as for ``Org.trigger``.

        Raises:
            UsageError: the hook doesn't subscribe to the type, the type is unknown, or an edit doesn't fit.
        """
        if event_type not in self.hook.events and event_type in eligible_types():
            hint = "let a fixture okta_hook_events return the types you need, at most 300"
            raise UsageError(f"the hook does not subscribe to {event_type!r}", hint=hint)
        return self.org.trigger(event_type, hook=self.hook, edits=edits, **more)

    def redeliver(self, delivery: Delivery | None = None, *, new_envelope: bool = False) -> Delivery:
        """
        Send a delivery again, by default the last one: the same bytes, or the same events in a new envelope (D12).

        Raises:
            UsageError: there is none.
        """
        found = delivery or next(iter(reversed(self.deliveries)), None)
        if found is None:
            raise UsageError("nothing has been delivered that could be delivered again")
        return self.org.redeliver(found, new_envelope=new_envelope)

    def preview(self, event_type: str) -> Delivery:
        """Send what the Admin Console's Preview would: the newest such event, or sample data (P4-P6)."""
        return self.org.preview(self.hook, event_type)

    def wait(self, *, timeout: float = 5.0) -> tuple[Delivery, ...]:
        """
        Wait until nothing is pending any more, and return all deliveries to the application.

        Raises:
            TimeoutError: something is still pending.
        """
        self.org.drain(timeout)
        return self.deliveries

    def seen(self) -> Sequence[tuple[JsonObject, JsonObject]]:
        """Return each event that the application has acknowledged."""
        done = [delivery for delivery in self.deliveries if delivery.outcome is Outcome.DELIVERED]
        return [(event, event) for delivery in done for event in delivery.events]

    def circumstances(self) -> str:
        """Return what became of the deliveries that were not acknowledged."""
        lost = [delivery for delivery in self.deliveries if delivery.outcome is not Outcome.DELIVERED]
        return "\n".join(delivery.explain() for delivery in lost[-_SHOWN:])
