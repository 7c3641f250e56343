"""
Reference handlers of Okta's inline hooks: calls that wait for an answer, which decides what Okta does next.

Start reading at ``receiver/inline/app.py``, then at the handler of your type, such as ``telephony.py``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from receiver.inline.answers import Answer, commands, refusal
from receiver.inline.call import Call
from receiver.inline.handlers import InlineHandlers, reference

__all__ = ["Answer", "Call", "InlineHandlers", "bearer", "commands", "reference", "refusal"]


def __getattr__(name: str) -> Any:
    if name != "bearer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.bearer")
