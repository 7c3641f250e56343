"""
Which addresses a request may go to, judged by the address that is connected to, never by the name.

The tables are our own: ``ipaddress.is_private`` also counts documentation networks, Teredo and reserved blocks as
private, differently from one Python to the next.
"""

from __future__ import annotations

from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

__all__ = ["any_address", "kind_of", "loopback_and_private", "never_by_name", "plain", "refusal"]

Address = IPv4Address | IPv6Address

# Loopback; RFC 1918; RFC 4193.
_NEAR: Final = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
# What a cloud tells its machines, keys included, is asked there.
_METADATA: Final = ("169.254.169.254/32", "fd00:ec2::/32", "fd20:ce::/32")

# What an address is called, the first that fits.
_KINDS: Final = (
    *((network, "a cloud's metadata address") for network in _METADATA),
    ("127.0.0.0/8", "a loopback address"),
    ("::1/128", "a loopback address"),
    *((network, "a private address") for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")),
    ("0.0.0.0/8", "the unspecified address"),
    ("::/128", "the unspecified address"),
    ("169.254.0.0/16", "a link-local address"),
    ("fe80::/10", "a link-local address"),
    ("255.255.255.255/32", "the broadcast address"),
    ("224.0.0.0/4", "a multicast address"),
    ("ff00::/8", "a multicast address"),
    ("64:ff9b::/32", "an IPv4 address behind a translator (NAT64)"),
    ("2002::/16", "an IPv4 address in a 6to4 one"),
    ("2001::/32", "an IPv4 address in a Teredo one"),
    ("::/96", "an IPv4 address in an outdated IPv6 form"),
)
_NEVER_MEANT: Final = frozenset(kind for _, kind in _KINDS if "loopback" not in kind and "private" not in kind)


def any_address(_: str) -> bool:
    """Allow every target: for commands whose user typed the URL."""
    return True


@lru_cache(maxsize=1024)
def loopback_and_private(address: str) -> bool:
    """Allow loopback and private addresses only: for hooks that came in through an API."""
    found = plain(address)
    return found is not None and _within(found, _NEAR) and not _within(found, _METADATA)


def never_by_name(address: str) -> bool:
    """Say whether no host name is trusted with this address: link-local, metadata, multicast, translated ones."""
    return kind_of(address) in _NEVER_MEANT


def kind_of(address: str) -> str:
    """Return what an address is, in words."""
    found = plain(address)
    if found is None:
        return "no address"
    return next((kind for network, kind in _KINDS if found in _network(network)), "a public address")


def plain(address: str) -> Address | None:
    """Return an address without its zone, the IPv4 address if it only wraps one; None if it is no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    # The system connects to the IPv4 address itself; other ways of wrapping one go through somebody else's gateway.
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found


def refusal(host: str, address: str) -> str:
    """Say why *address*, which *host* stands for, is not connected to, and how to allow it."""
    kind = kind_of(address)
    what = f"{host} is {kind}" if address == host else f"{host} is {address}, {kind}"
    wanted = address if kind in _NEVER_MEANT else host
    return f"{what}; deliveries go to loopback and private ones only, unless allowed: --allow-target {wanted}"


def _within(address: Address, networks: tuple[str, ...]) -> bool:
    return any(address in _network(network) for network in networks)


@cache
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)
