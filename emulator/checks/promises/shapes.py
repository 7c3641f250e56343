"""Shapes: members that are null, missing, empty, new, or in another order (D18, D22, L30, L31, L36, P5, P6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.checks.bench import ABSENT
from emulator.checks.cases import takes
from emulator.checks.check import Need, check
from emulator.payloads import as_preview, preview_sample
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench
    from emulator.contract.model import JsonObject

# Members of which real events lack the value, and what an empty one looks like; actor and target have checks of
# their own.
_MEMBERS: Final[dict[str, Any]] = {
    "client": {"ipChain": []},
    "outcome": {},
    "transaction": {},
    "debugContext": {},
    "authenticationContext": {},
    "securityContext": {},
    "displayMessage": "",
    "legacyEventType": "",
    "device": {},
}


def _changed(bench: Bench, name: str, value: Any) -> JsonObject:
    change = {name: value}
    return bench.event(**change)


@takes("members-null", title="takes events whose other members are null", rule="L30")
def members_null(bench: Bench) -> dict[str, JsonObject]:
    """Delivers one event for each of nine members, with null in its place."""
    return {f"{name}: null": _changed(bench, name, None) for name in _MEMBERS}


@takes("members-absent", title="takes events whose other members are missing", rule="L31", after=("members-null",))
def members_absent(bench: Bench) -> dict[str, JsonObject]:
    """Delivers one event for each of nine members, without it."""
    return {f"no {name}": _changed(bench, name, ABSENT) for name in _MEMBERS}


@takes("members-empty", title="takes events whose other members are empty", rule="L30")
def members_empty(bench: Bench) -> dict[str, JsonObject]:
    """Delivers one event for each of nine members, empty: {} or an empty text."""
    return {f"{name} empty": _changed(bench, name, value) for name, value in _MEMBERS.items()}


@takes("system-event", title="takes an event of Okta's own work: no browser, no transaction type", rule="D22")
def system_event(bench: Bench) -> dict[str, JsonObject]:
    """Delivers an event by SystemPrincipal with an empty client and securityContext and a transaction without type."""
    return {
        "a system event": bench.event(
            client={"ipChain": []},
            actor={
                "id": "spr0000000000000000x",
                "type": "SystemPrincipal",
                "alternateId": "system@okta.com",
                "displayName": "Okta System",
            },
            transaction={"id": "unknown", "detail": {}},
            securityContext={},
        ),
        "a job's event": bench.event(transaction={"type": "JOB", "id": "gra1a2b3c4d5e6f7g8h9", "detail": {}}),
    }


@takes("preview-event", title="takes the preview of a real event, with every null spelled out", rule="P5")
def preview_event(bench: Bench) -> dict[str, JsonObject]:
    """Delivers an event with all 17 members, as the console's Preview sends it."""
    return {"the preview of a real event": bench.event(shape=as_preview)}


@takes(
    "preview-sample",
    title="takes the sample data of the console's Preview",
    rule="P6",
    after=("actor-null", "target-null", "members-null", "preview-event", "outcomes", "timestamps", "uuid-versions"),
)
def preview_sample_data(bench: Bench) -> dict[str, JsonObject]:
    """Delivers Preview's invented event: actor, target and contexts null, outcome "Success", microseconds."""
    from datetime import UTC, datetime

    sample = preview_sample(
        bench.target.known.event_type, world=bench.target.world, number=bench.number(), published=datetime.now(UTC)
    )
    return {"Preview's sample data": sample}


@takes(
    "unknown-members",
    title="takes members it doesn't know, at every level",
    rule="L36",
    remedy="ignore what you don't know: Okta adds members without notice (in Java: FAIL_ON_UNKNOWN_PROPERTIES off; in "
    "Pydantic: extra='ignore'; in Go: no DisallowUnknownFields)",
)
def unknown_members(bench: Bench) -> dict[str, JsonObject]:
    """Delivers an event with new members in it, in its actor, target, client, contexts and envelope."""
    event = bench.event(brandNew={"nested": [1, None, {"deep": True}]})
    for name in ("actor", "client", "outcome", "transaction", "debugContext", "authenticationContext"):
        event[name] = {**(event.get(name) or {}), "brandNew": ["anything"]}
    event["target"] = [{**target, "brandNew": 1} for target in event.get("target") or []]
    return {"new members in the event": event}


@check(
    "member-order",
    title="reads the members of an event in any order",
    rule="L4",
    level=Level.MUST,
    remedy="read members by name: JSON objects have no order, and the System Log writes another one than a delivery",
    needs=(Need.DELIVERY,),
)
def member_order(bench: Bench) -> None:
    """Delivers an event whose members come in reverse order."""
    event = dict(reversed(list(bench.event().items())))
    bench.accepts(event, what="an event with its members in reverse order")
