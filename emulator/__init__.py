"""A fake Okta org for event hooks, and the tools to test what receives them."""

from __future__ import annotations

# Written out, because `typing` alone doubles the start-up of `okta-hooks --version`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.delivery.attempts import Delivery, Outcome
    from emulator.errors import HarnessError

__all__ = ["Delivery", "HarnessError", "Outcome"]

_HOMES = {
    "Delivery": "emulator.delivery.attempts",
    "HarnessError": "emulator.errors",
    "Outcome": "emulator.delivery.attempts",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: start-up is felt."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
