"""The inline hooks of an org as one part of it: hooks, keys, issuer, calls and flows, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.org.inline.calls import InlineCalls
from emulator.org.inline.flows import InlineFlows
from emulator.org.inline.hooks import InlineHooks
from emulator.org.inline.issuer import Issuer
from emulator.org.inline.keys import HookKeys

if TYPE_CHECKING:
    from emulator.delivery.transport import Sender
    from emulator.org.core import Core

__all__ = ["InlinePart"]


class InlinePart:
    """
    Everything about inline hooks in one org.

    ``hooks`` and ``keys`` take the bodies of API calls; ``calls`` sends requests to services, ``flows`` is what waits
    for their answers, and ``issuer`` mints the tokens that OAuth channels are called with.
    """

    def __init__(self, core: Core, sender: Sender) -> None:
        self.keys = HookKeys(core)
        self.hooks = InlineHooks(core, self.keys)
        self.issuer = Issuer(core, self.hooks, self.keys)
        self.calls = InlineCalls(core, self.hooks, self.keys, self.issuer, sender)
        self.flows = InlineFlows(core, self.hooks, self.calls)
