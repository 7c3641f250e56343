"""IP addresses that must agree: the client's own with the chain of proxies, and each with its version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.contract.formats import is_ip_address
from emulator.contract.problems import Level, Path, Problem, printable
from emulator.contract.semantics.registry import event_rule

if TYPE_CHECKING:
    from collections.abc import Iterator


def _chains(event: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for name in ("client", "request"):
        holder = event.get(name)
        chain = holder.get("ipChain") if isinstance(holder, dict) else None
        if isinstance(chain, list) and chain:
            yield name, chain


@event_rule
def address_not_in_the_chain(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """L34: the chain lists the address the request came from."""
    client = event.get("client")
    address = client.get("ipAddress") if isinstance(client, dict) else None
    if not isinstance(address, str) or not address:
        return
    for name, chain in _chains(event):
        listed = [entry.get("ip") for entry in chain if isinstance(entry, dict)]
        # A masked address is no address, and the schema has said so.
        if address not in listed and all(isinstance(ip, str) and is_ip_address(ip) for ip in (address, *listed)):
            yield Problem(
                path=(*path, name, "ipChain"),
                rule="L34",
                level=Level.SHOULD,
                message=f"client.ipAddress {printable(address[:60])} is not in the chain",
                hint="the chain begins with the client's own address; one of the two looks edited",
            )


@event_rule
def address_of_another_version(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """L34: V4 and V6 say how the address is written."""
    for name, chain in _chains(event):
        for index, entry in enumerate(chain):
            if not isinstance(entry, dict):
                continue
            address, version = entry.get("ip"), entry.get("version")
            if not isinstance(address, str) or version not in ("V4", "V6"):
                continue
            wanted = "V6" if ":" in address else "V4"
            if version != wanted:
                yield Problem(
                    path=(*path, name, "ipChain", index, "version"),
                    rule="L34",
                    level=Level.SHOULD,
                    message=f"version {version} beside the address {printable(address[:60])}",
                    hint=f"wanted {wanted}",
                )
