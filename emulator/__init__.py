"""A fake Okta org for event hooks, and the tools to test what receives them."""

from __future__ import annotations

# Written out, because `typing` alone doubles the start-up of `okta-hooks --version`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.contract.model import EventHook
    from emulator.delivery.attempts import Delivery, Outcome
    from emulator.delivery.clock import MovableClock
    from emulator.errors import HarnessError
    from emulator.org.errors import OktaApiError, VerificationFailedError
    from emulator.org.handles import App, Group, User
    from emulator.org.inline.calls import InlineRun
    from emulator.org.inline.flows import Admission
    from emulator.org.inline.making import OAuth
    from emulator.org.inline.records import InlineHook
    from emulator.org.org import Org
    from emulator.payloads import Origin
    from emulator.runner.definitions import event_types

__all__ = [
    "Admission",
    "App",
    "Delivery",
    "EventHook",
    "Group",
    "HarnessError",
    "InlineHook",
    "InlineRun",
    "MovableClock",
    "OAuth",
    "OktaApiError",
    "Org",
    "Origin",
    "Outcome",
    "User",
    "VerificationFailedError",
    "event_types",
]

_HOMES = {
    "Admission": "emulator.org.inline.flows",
    "App": "emulator.org.handles",
    "Delivery": "emulator.delivery.attempts",
    "EventHook": "emulator.contract.model",
    "Group": "emulator.org.handles",
    "HarnessError": "emulator.errors",
    "InlineHook": "emulator.org.inline.records",
    "InlineRun": "emulator.org.inline.calls",
    "MovableClock": "emulator.delivery.clock",
    "OAuth": "emulator.org.inline.making",
    "OktaApiError": "emulator.org.errors",
    "Org": "emulator.org.org",
    "Origin": "emulator.payloads",
    "Outcome": "emulator.delivery.attempts",
    "User": "emulator.org.handles",
    "VerificationFailedError": "emulator.org.errors",
    "event_types": "emulator.runner.definitions",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: start-up is felt."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
