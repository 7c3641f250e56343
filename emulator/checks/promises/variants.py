"""Variants: the values of members that are written in several ways (L20-L38)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.checks.cases import takes
from emulator.checks.check import Need, check
from emulator.checks.verdicts import acknowledged
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench
    from emulator.contract.model import JsonObject

_PLACE: Final = ("city", "state", "country", "postalCode", "geolocation")


@takes("transaction-variants", title="takes transactions in every real form", rule="L23")
def transaction_variants(bench: Bench) -> dict[str, JsonObject]:
    """Delivers a transaction of nulls, one of an unknown type, and one with an API token in its details."""
    token = {"requestApiTokenId": "00T1a2b3c4d5e6f7g8h9", "rootApiTokenId": None}
    return {
        "type and detail null": bench.event(transaction={"type": None, "id": "unknown", "detail": None}),
        "a new type": bench.event(transaction={"type": "SOMETHING_NEW", "id": "x1", "detail": {}}),
        "details": bench.event(transaction={"type": "WEB", "id": "x2", "detail": token}),
    }


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
    needs=(Need.DELIVERY,),
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
