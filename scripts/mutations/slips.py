"""Slips: what people who write a payload from memory, or tidy a captured one, get wrong, in some two hundred ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.mutations.changes import Change, Json, renaming, setting

if TYPE_CHECKING:
    from collections.abc import Callable

SLIPS: dict[str, Change] = {}

# Members by the names that other systems have for them.
NAMES = {
    "actor": ["user", "initiator"],
    "actor.alternateId": ["email", "alternateID", "alternate_id", "login", "alternate", "altId", "username"],
    "actor.displayName": ["name", "display_name", "DisplayName", "fullName", "display"],
    "target.*.alternateId": ["email", "alternateID", "login"],
    "target.*.displayName": ["name", "label", "title"],
    "outcome.result": ["status", "outcome"],
    "outcome": ["result", "status"],
    "displayMessage": ["message", "displayMsg"],
    "severity": ["level", "sev"],
    "published": ["publishedAt", "timestamp", "eventTime", "time", "date"],
    "uuid": ["id", "eventId", "guid"],
    "eventType": ["type", "event"],
    "legacyEventType": ["legacyType", "legacyEvent"],
    "client": ["clientInfo"],
    "client.ipAddress": ["ip", "ipaddress", "IPAddress", "ipAddr", "clientIp"],
    "client.ipChain": ["ips", "chain"],
    "client.userAgent": ["ua", "agent"],
    "client.userAgent.rawUserAgent": ["raw", "userAgent", "raw_user_agent"],
    "client.userAgent.os": ["OS", "operatingSystem"],
    "client.userAgent.browser": ["Browser", "browserName"],
    "client.zone": ["networkZone", "zoneName"],
    "client.device": ["deviceType"],
    "client.geographicalContext": ["geo", "geographicContext", "geoContext", "location"],
    "client.geographicalContext.city": ["town"],
    "client.geographicalContext.state": ["region", "province"],
    "client.geographicalContext.country": ["countryCode"],
    "client.geographicalContext.postalCode": ["zip", "zipCode", "postcode"],
    "client.geographicalContext.geolocation": ["geoLocation", "location", "coordinates"],
    "client.geographicalContext.geolocation.lat": ["latitude"],
    "client.geographicalContext.geolocation.lon": ["lng", "longitude", "long"],
    "transaction": ["txn"],
    "transaction.id": ["transactionId"],
    "transaction.type": ["transactionType"],
    "debugContext": ["debug"],
    "debugContext.debugData": ["data"],
    "debugContext.debugData.requestUri": ["requestURI", "request_uri", "uri", "requestUrl", "path"],
    "debugContext.debugData.requestId": ["requestID", "request_id", "reqId", "correlationId"],
    "debugContext.debugData.url": ["URL", "Url"],
    "debugContext.debugData.dtHash": ["dthash", "dt_hash", "DTHash"],
    "debugContext.debugData.targetEventHookIds": [
        "targetEventHookId", "targetEventHooks", "target_event_hook_ids", "eventHookIds", "hookIds", "targetHookIds",
    ],
    "authenticationContext": ["authContext"],
    "authenticationContext.externalSessionId": ["sessionId", "externalSessionID", "externalSession"],
    "authenticationContext.authenticationStep": ["step", "authStep"],
    "securityContext": ["security"],
    "securityContext.asNumber": ["asn", "ASNumber"],
    "securityContext.asOrg": ["asOrganization"],
    "securityContext.isProxy": ["proxy", "is_proxy"],
}  # fmt: skip
for path, names in NAMES.items():
    for name in names:
        SLIPS[f"{path} is called {name}"] = renaming(path, name)
for path, names in {
    "eventTime": ["eventtime", "time", "timestamp"], "eventId": ["id", "eventid"], "source": ["src"], "data": ["payload", "body"],
    "contentType": ["contenttype", "content-type", "datacontenttype"], "cloudEventsVersion": ["specversion"],
    "eventTypeVersion": ["version", "eventVersion"],
}.items():  # fmt: skip
    for name in names:
        SLIPS[f"envelope {path} is called {name}"] = renaming(path, name, of_event=False)

# Ids that were edited, masked, or pasted from a page.
IDS: dict[str, Callable[[str], str]] = {
    "with a space inside": lambda old: old[:8] + " " + old[9:],
    "with a space of no width inside": lambda old: old[:8] + "\u200b" + old[8:],
    "with a no-break space inside": lambda old: old[:8] + "\u00a0" + old[9:],
    "with a letter of another script": lambda old: old[:4] + "\u0430" + old[5:],
    "behind a byte order mark": lambda old: "\ufeff" + old,
    "with a line break inside": lambda old: old[:8] + "\n" + old[8:],
}
OWN_IDS: dict[str, Callable[[str], str]] = {
    "cut short": lambda old: old[:12],
    "too long": lambda old: old + "abcd",
    "with a hyphen": lambda old: old[:8] + "-" + old[9:],
    "masked by stars": lambda old: old[:6] + "*" * (len(old) - 6),
    "as an address": lambda old: f"https://dev-1.okta.com/api/v1/users/{old}",
    "as a login": lambda _: "john.doe@example.com",
}
PREFIXES = {"00u", "00g", "0oa", "0ua", "spr"}
for path in ("actor.id", "target.*.id", "transaction.id"):
    for name, edit in IDS.items():
        SLIPS[f"{path} {name}"] = setting(path, lambda old, edit=edit: edit(old) if len(old) > 8 else old, only=str)
for path in ("actor.id", "target.*.id"):
    for name, edit in OWN_IDS.items():
        SLIPS[f"{path} {name}"] = setting(path, lambda old, edit=edit: edit(old) if old[:3] in PREFIXES else old)

# Types and words, nearly right.
KINDS = {
    "User": ["Usr", "user", "USER", "Users", "OktaUser", "okta.User", "Userr", "User "],
    "UserGroup": ["Group", "usergroup", "User Group", "User_Group", "UserGrp"],
    "AppInstance": ["App", "appInstance", "App Instance", "AppInst"],
    "AppUser": ["AppUsr", "appUser", "AppUser "],
    "SystemPrincipal": ["System", "systemPrincipal", "SystemPrinciple"],
}


def retyping(kind: str, slip: str) -> Change:
    """Return a change that gives the actor and each target of a type another one."""

    def change(_: Json, event: Json) -> object:
        things = [
            thing for thing in (event.get("actor"), *(event.get("target") or ())) if thing and thing["type"] == kind
        ]
        for thing in things:
            thing["type"] = slip
        return bool(things)

    return change


for kind, slips in KINDS.items():
    for slip in slips:
        SLIPS[f"{kind} is called {slip!r}"] = retyping(kind, slip)
for path, words in {
    "outcome.result": ["ok", "PASS", "ERROR", "true", "BLOCKED", "Allowed", "failed"],
    "transaction.type": ["HTTP", "REST", "API", "BATCH", "Job", "CRON", "WEBHOOK", "WEB "],
    "client.device": ["Desktop", "desktop", "Phone", "COMPUTER"],
    "client.zone": ["None", "none", "NULL", "undefined"],
    "client.userAgent.browser": ["Chrome", "chrome"],
}.items():
    for word in words:
        SLIPS[f"{path} is {word!r}"] = setting(path, word, only=str)
SLIPS["the event type with com.okta in front"] = setting("eventType", lambda old: f"com.okta.{old}")
SLIPS["a hook twice"] = setting("debugContext.debugData.targetEventHookIds", lambda old: f"{old},{old}")
SLIPS["hooks with a comma at the end"] = setting("debugContext.debugData.targetEventHookIds", lambda old: f"{old},")
SLIPS["requestUri with the org's address"] = setting(
    "debugContext.debugData.requestUri", lambda old: f"https://dev-1.okta.com{old}"
)
SLIPS["another transaction's id"] = setting(
    "transaction.id", lambda old: old[::-1] if old != old[::-1] and len(old) == 32 else old
)
