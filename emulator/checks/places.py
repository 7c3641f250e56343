"""Whether a host is near, as far as its name tells."""

from __future__ import annotations

from ipaddress import ip_address

__all__ = ["is_local"]


def is_local(host: str) -> bool:
    """Whether a host is this machine or on a private network, as far as its name tells."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".test")) or "." not in host + ":":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
