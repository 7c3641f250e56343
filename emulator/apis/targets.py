"""Where deliveries may go: this machine and private networks, and what the user allows beside them."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.addresses import loopback_and_private, never_by_name, plain
from emulator.delivery.transport import Transport, ascii_host, transport
from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from emulator.delivery.exchange import Exchange, Request
    from emulator.delivery.steps import Steps
    from emulator.delivery.wire import Wire

__all__ = ["GuardedSender", "guarded_sender"]

_NAME: Final = re.compile(r"[a-z0-9._-]+")


class GuardedSender:
    """
    Sends to loopback and private addresses, to the *networks*, and to the *hosts*.

    A host is allowed by its name, but an address that no hook has (link-local, a cloud's metadata, multicast) only by
    a network: a name may point anywhere tomorrow.
    """

    def __init__(
        self, *, hosts: frozenset[str], networks: tuple[IPv4Network | IPv6Network, ...], ca_bundle: str | None = None
    ) -> None:
        self._hosts = hosts
        self._networks = networks
        self._guarded = Transport(allows=self._allows, ca_bundle=ca_bundle)
        self._trusting = Transport(allows=self._allows_by_name, ca_bundle=ca_bundle)

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt and say how it went."""
        return self._for(request).send(request, time_limit=time_limit)

    def send_in_turn(self, requests: Sequence[Request], *, time_limit: float = TIME_LIMIT) -> list[Exchange]:
        """Make one attempt each, all to the same URL, on one connection as long as the receiver keeps it open."""
        return self._for(requests[0]).send_in_turn(requests, time_limit=time_limit)

    def held(self, request: Request, *, time_limit: float = TIME_LIMIT) -> AbstractContextManager[Exchange]:
        """Make one attempt, and keep its connection open and idle for as long as the block runs."""
        return self._for(request).held(request, time_limit=time_limit)

    def attempt(self, request: Request, wire: Wire, *, time_limit: float = TIME_LIMIT) -> Steps[Exchange]:
        """Make one attempt in steps, for whoever drives many at once."""
        return self._for(request).attempt(request, wire, time_limit=time_limit)

    def _for(self, request: Request) -> Transport:
        return self._trusting if ascii_host(urlsplit(request.url)) in self._hosts else self._guarded

    def _allows(self, address: str) -> bool:
        if loopback_and_private(address):
            return True
        found = plain(address)
        return found is not None and any(found in network for network in self._networks)

    def _allows_by_name(self, address: str) -> bool:
        return self._allows(address) or not never_by_name(address)


def guarded_sender(allowed: Iterable[str] = (), *, ca_bundle: str | None = None) -> GuardedSender:
    """
    Return a sender for hooks that came in through an API.

    Args:
        allowed: Host names, addresses or networks (``203.0.113.0/24``) beside loopback and private ones.
        ca_bundle: A PEM file of further certificate authorities to trust.

    Raises:
        UsageError: one of them is neither.
    """
    hosts, networks = set(), []
    for text in allowed:
        try:
            networks.append(ip_network(text, strict=False))
        except ValueError:
            hosts.add(_host(text))
    if ca_bundle is not None:
        transport(ca_bundle)  # tells of a file that can't be used now, not at the first delivery
    return GuardedSender(hosts=frozenset(hosts), networks=tuple(networks), ca_bundle=ca_bundle)


def _host(text: str) -> str:
    # A colon stands in ports and schemes, and in addresses that are none.
    found = "" if ":" in text else ascii_host(SplitResult("", text, "", "", ""))
    if not _NAME.fullmatch(found) or not found.strip("."):
        raise UsageError(
            f"{text!r} is neither a host nor a network",
            where="--allow-target",
            hint="such as hooks.example.com, 203.0.113.7 or 203.0.113.0/24, without a scheme or port",
        )
    return found
