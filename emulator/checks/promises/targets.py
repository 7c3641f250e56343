"""Targets and actors: whom an event is about and who did it, if anybody (L22, L28, L29, P7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.checks.bench import ABSENT
from emulator.checks.cases import takes

if TYPE_CHECKING:
    from emulator.checks.bench import Bench
    from emulator.contract.model import JsonObject

_TARGETS = (
    "an event may have no target: null in a preview, missing in a delivery; treat that as an empty list before you "
    "look for the user"
)


@takes("target-null", title="takes an event whose target is null", rule="P7", remedy=_TARGETS)
def target_null(bench: Bench) -> dict[str, JsonObject]:
    """Delivers an event with target: null."""
    return {"target: null": bench.event(target=None)}


@takes("target-absent", title="takes an event without a target", rule="D18", remedy=_TARGETS, after=("target-null",))
def target_absent(bench: Bench) -> dict[str, JsonObject]:
    """Delivers an event that has no member target."""
    return {"no target": bench.event(target=ABSENT)}


@takes("target-empty", title="takes an event whose target is an empty list", rule="L30", remedy=_TARGETS)
def target_empty(bench: Bench) -> dict[str, JsonObject]:
    """Delivers an event with target: []."""
    return {"target: []": bench.event(target=[])}


@takes(
    "target-order",
    title="takes an event whose user is not the first target",
    rule="L22",
    remedy="pick the target by its type, as in target.find(t => t.type === 'User'), never by its position; types are "
    "free text and may have blanks",
)
def target_order(bench: Bench) -> dict[str, JsonObject]:
    """Delivers events whose first targets are of other types, known and unknown, and one without any user."""
    user = _target("User", bench)
    others = [_target("MFA Factor", bench), _target("X Brand New Type", bench)]
    return {
        "the user comes last": bench.event(target=[*others, user]),
        "two users": bench.event(target=[user, _target("User", bench)]),
        "no user at all": bench.event(target=others),
    }


@takes("target-members-null", title="takes targets whose names are null or missing", rule="L22")
def target_members_null(bench: Bench) -> dict[str, JsonObject]:
    """Delivers targets that have an id and a type only, with nulls or nothing in the place of the rest."""
    user = _target("User", bench)
    bare = {"id": user["id"], "type": "User"}
    nulls = {**bare, "alternateId": None, "displayName": None, "detailEntry": None}
    return {
        "alternateId and displayName null": bench.event(target=[nulls]),
        "alternateId and displayName missing": bench.event(target=[bare]),
        'alternateId "unknown"': bench.event(target=[{**user, "alternateId": "unknown"}]),
    }


def _target(kind: str, bench: Bench) -> dict[str, Any]:
    who = bench.person()
    login = who.login if kind == "User" else "unknown"
    return {"id": who.id, "type": kind, "alternateId": login, "displayName": who.display_name}


@takes(
    "actor-null",
    title="takes an event whose actor is null or missing",
    rule="P7",
    remedy="the actor of a preview is null, and some events have none; look before you read its id",
)
def actor_null(bench: Bench) -> dict[str, JsonObject]:
    """Delivers an event with actor: null, and one that has no member actor."""
    return {"actor: null": bench.event(actor=None), "no actor": bench.event(actor=ABSENT)}


@takes("actor-kinds", title="takes events of every kind of actor", rule="L28")
def actor_kinds(bench: Bench) -> dict[str, JsonObject]:
    """Delivers events whose actor is Okta itself, an OAuth client, an address, and a type nobody knows, nameless."""
    kinds = ("SystemPrincipal", "PublicClientAppEntity", "IP address", "Something New")
    bare = {"id": "spr0000000000000000x", "alternateId": None, "displayName": None}
    return {kind: bench.event(actor={**bare, "type": kind}) for kind in kinds}


@takes("target-details", title="takes targets with details, whatever they hold", rule="L29")
def target_details(bench: Bench) -> dict[str, JsonObject]:
    """Delivers targets with a detailEntry of texts, nulls and objects, and with changeDetails."""
    user = _target("User", bench)
    changes = {"from": {"lastName": "Doe"}, "to": {"lastName": None, "roles": ["a", {"b": 1}]}}
    return {
        "detailEntry": bench.event(
            target=[{**user, "detailEntry": {"methodTypeUsed": "Password", "x": None, "y": {}}}]
        ),
        "changeDetails": bench.event(target=[{**user, "detailEntry": None, "changeDetails": changes}]),
        "changeDetails null": bench.event(target=[{**user, "changeDetails": {"from": None, "to": None}}]),
    }
