"""
Rules that a JSON Schema can't say: how members relate to each other, and names from the catalogue.

A rule is one registered generator in a file of this folder, and a case of each kind under ``tests/cases``: see
``registry``. Rules never trust their input: the schema reports what has the wrong type, and a rule passes over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.contract.semantics import (
    addresses,
    deliveries,
    event_types,
    hooks,
    identities,
    references,
    times,
    vocabulary,
)
from emulator.contract.semantics.registry import DELIVERY_RULES, EVENT_RULES, HOOK_RULES

if TYPE_CHECKING:
    from emulator.contract.problems import Path, Problem

__all__ = ["envelope_problems", "event_problems", "hook_problems"]

# Importing them registers their rules.
_ = (addresses, deliveries, event_types, hooks, identities, references, times, vocabulary)
_EVENT_RULES = tuple(EVENT_RULES.values())
_DELIVERY_RULES = tuple(DELIVERY_RULES.values())
_MANY = 1000  # events of one delivery; nobody reads more problems


def envelope_problems(value: Any, path: Path = ()) -> list[Problem]:
    """Check what relates the events of a delivery to it and to each other, and each event."""
    if not isinstance(value, dict):
        return []
    found = [problem for rule in _DELIVERY_RULES for problem in rule(value, path)]
    data = value.get("data")
    events = data.get("events") if isinstance(data, dict) else None
    for index, event in enumerate(events[:_MANY] if isinstance(events, list) else ()):
        found += event_problems(event, (*path, "data", "events", index))
    return found


def event_problems(value: Any, path: Path = ()) -> list[Problem]:
    """Check how the members of one LogEvent relate to each other and to the catalogue."""
    if not isinstance(value, dict):
        return []
    return [problem for rule in _EVENT_RULES for problem in rule(value, path)]


def hook_problems(value: Any, path: Path = ()) -> list[Problem]:
    """Check the subscribed event types of a hook, and that its filters speak of these."""
    if not isinstance(value, dict):
        return []
    return [problem for rule in HOOK_RULES.values() for problem in rule(value, path)]
