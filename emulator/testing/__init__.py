"""What the pytest plugin is made of: scenario files as test items, the hook under test, and a receiver that explains."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.testing.apps import Serving, load_app
    from emulator.testing.faults import BlackHole, Drip, HalfClose, Latency, NetworkFault, Reset, Truncate, Way
    from emulator.testing.hook import HookUnderTest, usual_events
    from emulator.testing.inline import InlineAnswer, InlineHooksUnderTest, inline_url
    from emulator.testing.items import (
        ScenarioFile,
        ScenarioItem,
        headers_of,
        play,
        served_app,
        settings_of,
        shipped_scenario,
    )
    from emulator.testing.network import Network
    from emulator.testing.orgs import Orgs, seed_of
    from emulator.testing.receiving import WatchedReceiver

__all__ = [
    "BlackHole",
    "Drip",
    "HalfClose",
    "HookUnderTest",
    "InlineAnswer",
    "InlineHooksUnderTest",
    "Latency",
    "Network",
    "NetworkFault",
    "Orgs",
    "Reset",
    "ScenarioFile",
    "ScenarioItem",
    "Serving",
    "Truncate",
    "WatchedReceiver",
    "Way",
    "headers_of",
    "inline_url",
    "load_app",
    "play",
    "seed_of",
    "served_app",
    "settings_of",
    "shipped_scenario",
    "usual_events",
]

# Each is loaded when it is used: a project with a `receiver` of its own can have an org all the same.
_HOMES = {
    "BlackHole": "faults",
    "Drip": "faults",
    "HalfClose": "faults",
    "HookUnderTest": "hook",
    "InlineAnswer": "inline",
    "InlineHooksUnderTest": "inline",
    "Latency": "faults",
    "Network": "network",
    "NetworkFault": "faults",
    "Orgs": "orgs",
    "Reset": "faults",
    "ScenarioFile": "items",
    "ScenarioItem": "items",
    "Serving": "apps",
    "Truncate": "faults",
    "WatchedReceiver": "receiving",
    "Way": "faults",
    "headers_of": "items",
    "inline_url": "inline",
    "load_app": "apps",
    "play": "items",
    "seed_of": "orgs",
    "served_app": "items",
    "settings_of": "items",
    "shipped_scenario": "items",
    "usual_events": "hook",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
