"""The envelope: what may stand around the events (D2-D6, L36)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.checks.check import Need, check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench


@check(
    "unknown-envelope-members",
    title="takes members of the envelope that it doesn't know, in any order",
    rule="L36",
    level=Level.MUST,
    remedy="ignore what you don't know, and read members by name: JSON objects have no order",
    needs=(Need.DELIVERY,),
)
def unknown_envelope_members(bench: Bench) -> None:
    """Delivers an envelope with a new member and its members in reverse order."""
    envelope = {**bench.envelope([bench.event()]), "brandNew": {"nested": []}}
    bench.acknowledges(bench.delivery(dict(reversed(list(envelope.items())))), what="an envelope with a new member")


@check(
    "custom-domain",
    title="takes deliveries of an org that has a domain of its own",
    rule="D4",
    level=Level.MUST,
    remedy="don't tell Okta by its domain: source is at the org's own domain if it has one; the auth header is what "
    "tells",
    needs=(Need.DELIVERY,),
)
def custom_domain(bench: Bench) -> None:
    """Delivers an envelope whose source is at login.example.com instead of okta.com."""
    envelope = bench.envelope([bench.event()])
    source = f"https://login.example.com/{envelope['source'].split('/', 3)[3]}"
    bench.acknowledges(bench.delivery({**envelope, "source": source}), what=f"source {source}")
