"""Where semantic rules register: a rule is one generator that yields the problems it finds, most often none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.contract.problems import Path, Problem

    Rule = Callable[[dict[str, Any], Path], Iterator[Problem]]
    R = TypeVar("R", bound=Rule)

__all__ = ["DELIVERY_RULES", "EVENT_RULES", "HOOK_RULES", "delivery_rule", "event_rule", "hook_rule"]

# Name of the rule's function -> the function; its ``rules`` attribute would say the same as its problems do.
EVENT_RULES: Final[dict[str, Rule]] = {}
DELIVERY_RULES: Final[dict[str, Rule]] = {}
HOOK_RULES: Final[dict[str, Rule]] = {}


def event_rule(function: R) -> R:
    """Register a rule on one LogEvent, wherever it stands; it gets the event and the path that leads to it."""
    return _register(EVENT_RULES, function)


def delivery_rule(function: R) -> R:
    """Register a rule on a delivery as a whole; it gets the envelope and the path that leads to it."""
    return _register(DELIVERY_RULES, function)


def hook_rule(function: R) -> R:
    """Register a rule on an event hook object."""
    return _register(HOOK_RULES, function)


def _register(rules: dict[str, Rule], function: R) -> R:
    name = function.__name__
    for known in (EVENT_RULES, DELIVERY_RULES, HOOK_RULES):
        if name in known:
            raise ValueError(f"the rule {name!r} is taken by {known[name].__module__}")
    rules[name] = function
    return function
