"""Where a load goes: an address that was found once, so that looking up names is no part of what is measured."""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.budget import Budget
from emulator.delivery.causes import explain
from emulator.delivery.steps import drive
from emulator.delivery.transport import ascii_host
from emulator.delivery.wire import Wire
from emulator.errors import TargetError
from emulator.secrets import safe_url

if TYPE_CHECKING:
    import ssl

__all__ = ["Target", "find_target"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A hook's host, the *address* that answers for it, and the further authorities to trust (D29)."""

    host: str
    address: str
    port: int
    secure: bool
    ca_bundle: str | None = None

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """The context of all connections; None for plain HTTP."""
        if not self.secure:
            return None
        import ssl

        import certifi

        context = ssl.create_default_context(cafile=certifi.where())
        if self.ca_bundle:
            context.load_verify_locations(self.ca_bundle)
        return context

    def begin_connecting(self) -> socket.socket:
        """Return a socket that is on its way to the address; it never blocks."""
        sock = socket.socket(socket.AF_INET6 if ":" in self.address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with suppress(BlockingIOError):
                sock.connect((self.address, self.port))
        except OSError:
            sock.close()
            raise
        return sock


def find_target(url: str, *, ca_bundle: str | None = None) -> Target:
    """
    Connect to the host of *url* once, and return where it is.

    Raises:
        TargetError: nobody listens there.
    """
    parts = urlsplit(url)
    secure = parts.scheme.lower() == "https"
    host, port = ascii_host(parts), parts.port or (443 if secure else 80)
    budget = Budget(TIME_LIMIT)
    with closing(Wire()) as wire:
        try:
            drive(wire.open(host, port, None, budget))
        except (OSError, ValueError) as error:
            _, words = explain(error, budget)
            raise TargetError(
                f"{safe_url(url)} can't be reached: {words}", hint="start the receiver, or check host and port"
            ) from None
    return Target(host=host, address=budget.peer, port=port, secure=secure, ca_bundle=ca_bundle)
