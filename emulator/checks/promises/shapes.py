"""Shapes: the members of an event that are null, missing, empty, new or written in another way (L20-L38, D18, P5-P7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.checks.bench import ABSENT
from emulator.checks.check import Need, check
from emulator.checks.verdicts import acknowledged
from emulator.payloads import as_preview, preview_sample
from emulator.runner.results import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.checks.bench import Bench
    from emulator.contract.model import JsonObject

_DELIVERY = (Need.DELIVERY,)
_OPTIONAL = (
    "ask for nothing but uuid, published and eventType; read everything else so that null, a missing member and an "
    "empty one mean the same: not known"
)
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
_PLACE: Final = ("city", "state", "country", "postalCode", "geolocation")


def takes(
    check_id: str, *, title: str, rule: str, remedy: str = _OPTIONAL, level: Level = Level.MUST, **more: Any
) -> Callable[[Callable[[Bench], dict[str, JsonObject]]], object]:
    """Register a check that delivers each case the decorated function returns, and wants all acknowledged."""

    def register(cases: Callable[[Bench], dict[str, JsonObject]]) -> object:
        def decide(bench: Bench) -> None:
            bench.accepts_each(cases(bench))

        decide.__doc__, decide.__qualname__, decide.__module__ = cases.__doc__, cases.__qualname__, cases.__module__
        settings = {"needs": _DELIVERY, "snippet": "optional", **more}
        return check(check_id, title=title, rule=rule, level=level, remedy=remedy, **settings)(decide)

    return register


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


@takes("transaction-variants", title="takes transactions in every real form", rule="L23")
def transaction_variants(bench: Bench) -> dict[str, JsonObject]:
    """Delivers a transaction of nulls, one of an unknown type, and one with an API token in its details."""
    token = {"requestApiTokenId": "00T1a2b3c4d5e6f7g8h9", "rootApiTokenId": None}
    return {
        "type and detail null": bench.event(transaction={"type": None, "id": "unknown", "detail": None}),
        "a new type": bench.event(transaction={"type": "SOMETHING_NEW", "id": "x1", "detail": {}}),
        "details": bench.event(transaction={"type": "WEB", "id": "x2", "detail": token}),
    }


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
    "unknown-type",
    title="acknowledges an event type it doesn't know",
    rule="T2",
    remedy="answer 204 to a type you don't handle; new ones arrive nearly every month, and a default branch that "
    "throws turns them into failed deliveries",
    snippet="dispatch",
)
def unknown_type(bench: Bench) -> dict[str, JsonObject]:
    """Delivers a type that no catalogue has, and one with unusual characters."""
    return {
        "a new event type": bench.event(eventType="user.lifecycle.frobnicate", displayMessage="Frobnicate user"),
        "a new family": bench.event(eventType="quantum_device.state-v2.changed", legacyEventType=None),
    }


@takes(
    "usual-types",
    title="acknowledges the usual event types",
    rule="T2",
    remedy="answer 204 to a type you don't handle; a hook may be subscribed to more than you had in mind",
    after=("target-null", "target-order", "target-details"),
    snippet="dispatch",
)
def usual_types(bench: Bench) -> dict[str, JsonObject]:
    """Delivers eight types of users, groups, apps, sessions, policies and devices."""
    names = (
        "user.lifecycle.create", "user.lifecycle.suspend", "user.account.update_profile", "user.session.start",
        "group.user_membership.add", "application.user_membership.add", "policy.lifecycle.update",
        "device.enrollment.create",
    )  # fmt: skip
    return {name: bench.event(name) for name in names}


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


@takes(
    "version-number",
    title="takes version as a number or as text",
    rule="L32",
    remedy="don't read version as one type: it is \"0\" on the wire and 0 in Okta's own samples; you hardly need it",
)
def version_number(bench: Bench) -> dict[str, JsonObject]:
    """Delivers version: 0 and version: "0", and postal codes and coordinates of either type."""
    place = {"city": "Paris", "country": "France", "postalCode": 75001, "geolocation": {"lat": 48, "lon": 2}}
    return {
        "version: 0": bench.event(version=0),
        'version: "1"': bench.event(version="1"),
        "postalCode and coordinates as whole numbers": bench.event(
            client={"ipAddress": "203.0.113.9", "geographicalContext": place, "ipChain": []}
        ),
    }


@check(
    "timestamps",
    title="takes times with no, three, six and nine fraction digits",
    rule="L37",
    level=Level.MUST,
    remedy="parse times with a library for ISO 8601 (RFC 3339); a format string with exactly three digits fails on "
    "those of a preview",
    needs=_DELIVERY,
    snippet="optional",
)
def timestamps(bench: Bench) -> None:
    """Delivers published with 0, 1, 6 and 9 fraction digits, and eventTime with 0 and 6."""
    cases = {}
    for fraction in ("", ".5", ".215084", ".215084123"):
        event = bench.event()
        event["published"] = f"{event['published'].partition('.')[0]}{fraction}Z"
        cases[f"published {event['published']}"] = bench.delivery([event])
    for fraction in ("", ".305084"):
        envelope = bench.envelope([bench.event()])
        envelope["eventTime"] = f"{envelope['eventTime'].partition('.')[0]}{fraction}Z"
        cases[f"eventTime {envelope['eventTime']}"] = bench.delivery(envelope)
    bench.wants_each(cases, acknowledged)


@takes(
    "uuid-versions",
    title="takes uuids of any version",
    rule="L37",
    remedy="treat uuid as opaque text; real events have version 1, previews version 4",
)
def uuid_versions(bench: Bench) -> dict[str, JsonObject]:
    """Delivers uuids of version 1, 4 and 7."""
    stem = bench.event()["uuid"]
    return {f"version {version}": bench.event(uuid=f"{stem[:14]}{version}{stem[15:]}") for version in (1, 4, 7)}


@takes(
    "uuid-case",
    title="takes uuids in capitals",
    rule="L37",
    level=Level.MAY,
    guessed=True,
    remedy="treat uuid as opaque text, or read it with a library: RFC 9562 allows capitals, though Okta was never seen "
    "to write them",
    after=("uuid-versions",),
)
def uuid_case(bench: Bench) -> dict[str, JsonObject]:
    """Delivers an event whose uuid is written in capitals."""
    return {"capitals": bench.event(uuid=bench.event()["uuid"].upper())}


@takes(
    "display-message",
    title="doesn't depend on the display message",
    rule="L20",
    remedy="decide by eventType; displayMessage is for people, its wording changes, and it may be null",
)
def display_message(bench: Bench) -> dict[str, JsonObject]:
    """Delivers an event with another display message, another severity and another legacy type."""
    return {
        "another displayMessage": bench.event(displayMessage="Something was done to a user."),
        "another severity and legacyEventType": bench.event(severity="DEBUG", legacyEventType="core.something.else"),
    }


@takes(
    "outcomes",
    title="takes every outcome",
    rule="L21",
    remedy="compare outcome.result without regard to case and pass over what you don't know: a preview says Success",
)
def outcomes(bench: Bench) -> dict[str, JsonObject]:
    """Delivers the outcomes FAILURE with a reason, DENY, Success as a preview writes it, and one nobody knows."""
    return {
        "FAILURE": bench.event(outcome={"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}),
        "DENY": bench.event(outcome={"result": "DENY", "reason": "x" * 255}),
        "Success": bench.event(outcome={"result": "Success", "reason": None}),
        "a new outcome": bench.event(outcome={"result": "SOMETHING_NEW"}),
    }


@takes("client-variants", title="takes clients in every real form", rule="D21")
def client_variants(bench: Bench) -> dict[str, JsonObject]:
    """Delivers IPv6 addresses, the zone "null", a null user agent, and a geography empty or made of nulls."""
    hop: JsonObject = {"ip": "2001:db8::7", "geographicalContext": {}, "version": "V6", "source": None}
    return {
        "IPv6": bench.event(client={"ipAddress": "2001:db8::7", "zone": "null", "ipChain": [hop]}),
        "null user agent": bench.event(
            client={"userAgent": None, "zone": None, "geographicalContext": None, "ipChain": None}
        ),
        "no addresses": bench.event(client={"userAgent": {"rawUserAgent": "okta-sdk/1"}, "device": "Unknown"}),
        "empty geography": bench.event(client={"ipAddress": "203.0.113.9", "geographicalContext": {}}),
        "geography of nulls": bench.event(client={"geographicalContext": dict.fromkeys(_PLACE)}),
    }


@takes("debug-data", title="takes debugData empty, unusual and with other types than text", rule="L38")
def debug_data(bench: Bench) -> dict[str, JsonObject]:
    """Delivers debugData empty, null, with a long text, and with lists, objects, numbers and booleans in it."""
    odd = {"list": [1, "a", None], "object": {"a": {"b": []}}, "number": 5, "flag": True, "none": None, "": "no name"}
    return {
        "debugData {}": bench.event(debugContext={"debugData": {}}),
        "debugData null": bench.event(debugContext={"debugData": None}),
        "debugData of other types": bench.event(debugContext={"debugData": odd}),
        # As long as the longest that was seen, a policy written as JSON.
        "a text of 1,026 characters": bench.event(debugContext={"debugData": {"newPolicyJson": "x" * 1026}}),
    }


@takes("session-variants", title="takes authentication and security contexts in every real form", rule="L25")
def session_variants(bench: Bench) -> dict[str, JsonObject]:
    """Delivers all-null contexts, a high authenticationStep, the members of 2024, and risk in the security context."""
    names = (
        "authenticationProvider",
        "credentialProvider",
        "credentialType",
        "issuer",
        "interface",
        "externalSessionId",
    )
    risk = {"asNumber": None, "isProxy": None, "risk": {"level": "HIGH", "reasons": ["Anomalous Location"]}}
    return {
        "nulls": bench.event(authenticationContext={**dict.fromkeys(names), "authenticationStep": 0}),
        "authenticationStep 9": bench.event(
            authenticationContext={"authenticationStep": 9, "externalSessionId": "unknown", "rootSessionId": "trs-x"}
        ),
        "risk": bench.event(securityContext=risk),
    }


@takes("device-variants", title="takes a device in either spelling", rule="L35")
def device_variants(bench: Bench) -> dict[str, JsonObject]:
    """Delivers a device in snake_case, in camelCase, and with a text where an object may be."""
    return {
        "snake_case": bench.event(
            device={"id": "guo1", "os_platform": "WINDOWS", "managed": True, "device_integrator": None}
        ),
        "camelCase": bench.event(device={"id": "guo1", "osPlatform": "MACOS", "diskEncryptionType": "FULL"}),
        "integrator as text": bench.event(device={"id": "guo1", "deviceIntegrator": "com.example.edr"}),
    }


@check(
    "member-order",
    title="reads the members of an event in any order",
    rule="L4",
    level=Level.MUST,
    remedy="read members by name: JSON objects have no order, and the System Log writes another one than a delivery",
    needs=_DELIVERY,
)
def member_order(bench: Bench) -> None:
    """Delivers an event whose members come in reverse order."""
    event = dict(reversed(list(bench.event().items())))
    bench.accepts(event, what="an event with its members in reverse order")
