"""
A reference receiver of Okta event hooks: the model to copy, and a real endpoint for tests.

Start reading at ``receiver/app.py``.  Importing this package is cheap; what a name needs is loaded when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from receiver.app import App, create_app
    from receiver.events import Event, Party
    from receiver.handlers import Handlers
    from receiver.recorder import Delivery
    from receiver.server import Receiver

__all__ = ["App", "Delivery", "Event", "Handlers", "Party", "Receiver", "create_app"]

_HOMES = {
    "App": "app",
    "Delivery": "recorder",
    "Event": "events",
    "Handlers": "handlers",
    "Party": "events",
    "Receiver": "server",
    "create_app": "app",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
