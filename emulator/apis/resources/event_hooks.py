"""The Event Hooks API (A1-A34)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.apis.answers import EMPTY, Answer
from emulator.apis.routing import Scope, route
from emulator.org.codec import hook_json

if TYPE_CHECKING:
    from emulator.apis.asking import Ask
    from emulator.contract.model import EventHook

__all__: list[str] = []

_HOOKS: Final = "/api/v1/eventHooks"
_HOOK: Final = f"{_HOOKS}/<eventHookId>"
_SCOPE: Final = Scope("eventHooks")


def _shown(ask: Ask, hook: EventHook) -> Answer:
    return Answer(body=hook_json(hook, base_url=ask.base_url))


@route("GET", _HOOKS, operation="listEventHooks", scope=_SCOPE, gives="[EventHook]")
def list_event_hooks(ask: Ask) -> Answer:
    """List all event hooks."""
    return Answer(body=[hook_json(hook, base_url=ask.base_url) for hook in ask.org.event_hooks.all()])


@route("POST", _HOOKS, operation="createEventHook", scope=_SCOPE, gives="EventHook", takes="EventHookBody")
def create_event_hook(ask: Ask) -> Answer:
    """Create an event hook: ACTIVE and UNVERIFIED."""
    return _shown(ask, ask.org.event_hooks.create(ask.body(), ask.call))


@route("GET", _HOOK, operation="getEventHook", scope=_SCOPE, gives="EventHook")
def get_event_hook(ask: Ask, eventHookId: str) -> Answer:  # noqa: N803 (Okta's name of the parameter)
    """Show an event hook."""
    return _shown(ask, ask.org.event_hooks.get(eventHookId))


@route("PUT", _HOOK, operation="replaceEventHook", scope=_SCOPE, gives="EventHook", takes="EventHookBody")
def replace_event_hook(ask: Ask, eventHookId: str) -> Answer:  # noqa: N803
    """Replace an event hook; a new channel has to be verified again."""
    ask.org.event_hooks.get(eventHookId)
    return _shown(ask, ask.org.event_hooks.replace(eventHookId, ask.body(), ask.call))


@route("DELETE", _HOOK, operation="deleteEventHook", scope=_SCOPE, status=204)
def delete_event_hook(ask: Ask, eventHookId: str) -> Answer:  # noqa: N803
    """Delete an INACTIVE event hook."""
    ask.org.event_hooks.delete(eventHookId, ask.call)
    return EMPTY


@route("POST", f"{_HOOK}/lifecycle/activate", operation="activateEventHook", scope=_SCOPE, gives="EventHook")
def activate_event_hook(ask: Ask, eventHookId: str) -> Answer:  # noqa: N803
    """Activate an event hook."""
    return _shown(ask, ask.org.event_hooks.activate(eventHookId, ask.call))


@route("POST", f"{_HOOK}/lifecycle/deactivate", operation="deactivateEventHook", scope=_SCOPE, gives="EventHook")
def deactivate_event_hook(ask: Ask, eventHookId: str) -> Answer:  # noqa: N803
    """Deactivate an event hook."""
    return _shown(ask, ask.org.event_hooks.deactivate(eventHookId, ask.call))


@route("POST", f"{_HOOK}/lifecycle/verify", operation="verifyEventHook", scope=_SCOPE, gives="EventHook")
def verify_event_hook(ask: Ask, eventHookId: str) -> Answer:  # noqa: N803
    """Ask the receiver for its one-time verification."""
    return _shown(ask, ask.org.event_hooks.verify(eventHookId, ask.call, doctor=False))
