"""Breaks: what Okta never does, or was never seen to do, in some six hundred ways."""

from __future__ import annotations

import copy

from scripts.mutations.changes import Change, moving, put_debug, removing, renaming, setting

BREAKS: dict[str, Change] = {}

TEXTS = [
    "displayMessage", "legacyEventType", "actor.id", "actor.type", "actor.alternateId", "actor.displayName",
    "client.userAgent.rawUserAgent", "client.userAgent.os", "client.userAgent.browser", "client.zone", "client.device",
    "client.ipAddress", "client.geographicalContext.city", "client.geographicalContext.state",
    "client.geographicalContext.country", "client.geographicalContext.postalCode", "client.ipChain.*.ip",
    "client.ipChain.*.version", "outcome.result", "outcome.reason", "target.*.id", "target.*.type",
    "target.*.alternateId", "target.*.displayName", "transaction.type", "transaction.id",
    "authenticationContext.externalSessionId", "securityContext.asOrg", "securityContext.isp", "securityContext.domain",
]  # fmt: skip
NEVER_NULL = ["uuid", "published", "eventType", "version", "severity", "actor.id", "actor.type", "target.*.id",
              "target.*.type", "transaction.id", "outcome.result", "authenticationContext.authenticationStep",
              "debugContext.debugData", "client", "transaction", "authenticationContext", "target.*",
              "client.ipChain.*", "client.geographicalContext.geolocation.lat"]  # fmt: skip
OBJECTS = ["actor", "client", "client.userAgent", "client.geographicalContext", "outcome", "transaction", "target.*",
           "transaction.detail", "client.geographicalContext.geolocation", "client.ipChain.*",
           "debugContext", "debugContext.debugData", "authenticationContext", "securityContext"]  # fmt: skip
ARRAYS = ["target", "client.ipChain"]
ENVELOPE = ["eventType", "eventTypeVersion", "cloudEventsVersion", "source", "eventId", "eventTime", "contentType"]
TIMES = {
    "epoch seconds": 1_700_000_000, "epoch milliseconds": 1_700_000_000_000, "epoch as text": "1700000000",
    "offset": "2024-07-05T11:12:30.125+02:00", "zero offset": "2024-07-05T09:12:30.125+00:00",
    "no zone": "2024-07-05T09:12:30.125", "lower-case z": "2024-07-05T09:12:30.125z",
    "lower-case t": "2024-07-05t09:12:30.125Z", "space": "2024-07-05 09:12:30.125Z", "date only": "2024-07-05",
    "comma": "2024-07-05T09:12:30,125Z", "no seconds": "2024-07-05T09:12Z", "RFC 1123": "Fri, 05 Jul 2024 09:12:30 GMT",
    "US": "07/05/2024 09:12:30 AM", "30 February": "2024-02-30T09:12:30.125Z", "month 13": "2024-13-05T09:12:30.125Z",
    "hour 25": "2024-07-05T25:12:30.125Z", "minute 60": "2024-07-05T09:60:30.125Z", "day 0": "2024-07-00T09:12:30.125Z",
    "29 February of no leap year": "2023-02-29T09:12:30.125Z", "ten fraction digits": "2024-07-05T09:12:30.1234567890Z",
    "point without digits": "2024-07-05T09:12:30.Z", "basic form": "20240705T091230Z", "words": "yesterday",
    "two-digit year": "24-07-05T09:12:30.125Z", "line break": "2024-07-05T09:12:30.125Z\n", "blank": "",
    "number in an array": [2024, 7, 5], "object": {"$date": "2024-07-05T09:12:30.125Z"}, "true": True, "null": None,
}  # fmt: skip
UUIDS = {
    "short": lambda old: old[:-1], "long": lambda old: old + "0", "without hyphens": lambda old: old.replace("-", ""),
    "in braces": lambda old: "{" + old + "}", "URN": lambda old: "urn:uuid:" + old, "not hexadecimal": lambda old: "g" + old[1:],
    "hyphen moved": lambda old: old[:7] + "-" + old[7] + old[9:], "nil": "00000000-0000-0000-0000-000000000000",
    "blank": "", "word": "uuid", "number": 12345, "null": None, "object": {}, "spaces around": lambda old: f" {old} ",
    "underscores": lambda old: old.replace("-", "_"),
}  # fmt: skip


KNOWN_TYPES = {
    "User",
    "UserGroup",
    "AppInstance",
    "AppUser",
    "SystemPrincipal",
    "PolicyEntity",
    "PolicyRule",
    "UDDevice",
    "Brand",
    "Token",
}

for path in TEXTS:
    if not path.endswith("postalCode"):  # Okta's own samples have numbers there (L32)
        BREAKS[f"{path} is a number"] = setting(path, 17)
    BREAKS[f"{path} is true"] = setting(path, True)
    BREAKS[f"{path} is an object"] = setting(path, {"value": 1})
    BREAKS[f"{path} is an array"] = setting(path, lambda old: [old])
    BREAKS[f"{path} is empty"] = setting(path, "", only=str)
for path in NEVER_NULL:
    BREAKS[f"{path} is null"] = setting(path, None)
for path in ("uuid", "published", "eventType", "version", "severity", "actor.id", "actor.type", "target.*.id",
             "target.*.type", "transaction.id", "outcome.result", "client", "transaction",
             "authenticationContext", "debugContext.debugData", "client.ipChain.*.ip"):  # fmt: skip
    BREAKS[f"{path} is missing"] = removing(path)
for path in OBJECTS:
    BREAKS[f"{path} is an array"] = setting(path, lambda old: [old], only=dict)
    BREAKS[f"{path} is text"] = setting(path, "text", only=dict)
    BREAKS[f"{path} is a number"] = setting(path, 3, only=dict)
    BREAKS[f"{path} is JSON in a string"] = setting(path, '{"a": 1}', only=dict)
for path in ARRAYS:
    BREAKS[f"{path} is an object"] = setting(path, lambda old: old[0] if old else {}, only=list)
    BREAKS[f"{path} is text"] = setting(path, "text", only=list)
    BREAKS[f"{path} holds text"] = setting(path, ["text"], only=list)
    BREAKS[f"{path} holds null"] = setting(path, [None], only=list)
    BREAKS[f"{path} holds arrays"] = setting(path, lambda old: [old], only=list)
    BREAKS[f"{path} is an object of indexes"] = setting(path, lambda old: {"0": old[0]} if old else {"0": 1}, only=list)
for name, new in TIMES.items():
    BREAKS[f"published: {name}"] = setting("published", new)
    BREAKS[f"eventTime: {name}"] = setting("eventTime", new, of_event=False)
for name, new in UUIDS.items():
    BREAKS[f"uuid: {name}"] = setting("uuid", new)
    BREAKS[f"eventId: {name}"] = setting("eventId", new, of_event=False)
for path in ENVELOPE:
    BREAKS[f"envelope {path} is missing"] = removing(path, of_event=False)
    BREAKS[f"envelope {path} is null"] = setting(path, None, of_event=False)
    BREAKS[f"envelope {path} is empty"] = setting(path, "", of_event=False)
    BREAKS[f"envelope {path} is a number"] = setting(path, 1, of_event=False)
    BREAKS[f"envelope {path} is an array"] = setting(path, lambda old: [old], of_event=False)
    BREAKS[f"envelope {path} in snake case"] = renaming(
        path,
        "".join(f"_{c.lower()}" if c.isupper() else c for c in path) + ("" if any(c.isupper() for c in path) else "_"),
        of_event=False,
    )
    BREAKS[f"envelope {path} capitalised"] = renaming(path, path[0].upper() + path[1:], of_event=False)
for path, wrong in {
    "eventType": ["com.okta.event_hooks", "com.okta.eventhook", "COM.OKTA.EVENT_HOOK", "user.lifecycle.create"],
    "eventTypeVersion": ["1", "1.0.0", "2.0", 1.0, "v1.0"], "cloudEventsVersion": ["1.0", "0.2", 0.1, ".1"],
    "contentType": ["application/json; charset=utf-8", "text/plain", "application/JSON", "application/cloudevents+json"],
    "source": ["http://dev-1.okta.com/api/v1/eventHooks/whoa1b2c3d4e5f6g75d7", "https://dev-1.okta.com", "whoa1b2c3d4e5f6g75d7",
               "https://dev-1.okta.com/api/v1/inlineHooks/cala1b2c3d4e5f6g75d7", "/api/v1/eventHooks/whoa1b2c3d4e5f6g75d7",
               "https://dev-1.okta.com/api/v1/eventHooks/", "https://dev-1.okta.com/api/v1/eventHooks/00ua1b2c3d4e5f6g75d7",
               "https://dev-1.okta.com/api/v1/eventhooks/whoa1b2c3d4e5f6g75d7"],
}.items():  # fmt: skip
    for new in wrong:
        BREAKS[f"envelope {path} is {new!r}"] = setting(path, new, of_event=False)
BREAKS["eventID as in 2019"] = renaming("eventId", "eventID", of_event=False)
BREAKS["cloudEventVersion as in inline hooks"] = renaming("cloudEventsVersion", "cloudEventVersion", of_event=False)
for name, new in {"missing": {}, "empty": {"events": []}, "null": {"events": None}, "text": {"events": "[]"},
                  "number": {"events": 1}, "holds null": {"events": [None]}, "holds text": {"events": ["x"]},
                  "nested": {"events": [[]]}, "misspelt": {"event": [{}]}}.items():  # fmt: skip
    BREAKS[f"events: {name}"] = setting("data", new, of_event=False)
BREAKS["events: one object"] = lambda e, v: e["data"].update(events=v)
BREAKS["events: double array"] = lambda e, v: e["data"].update(events=[e["data"]["events"]])
BREAKS["data: array"] = lambda e, v: e.update(data=e["data"]["events"])
BREAKS["data: null"] = setting("data", None, of_event=False)
BREAKS["data: missing"] = removing("data", of_event=False)
BREAKS["data: JSON in a string"] = setting("data", "{}", of_event=False)
BREAKS["data: twice"] = lambda e, v: e.update(data={"data": e["data"]})
BREAKS["events beside the envelope"] = lambda e, v: e.update(events=e.pop("data")["events"])
BREAKS["an envelope inside the envelope"] = lambda e, v: e["data"].update(events=[copy.deepcopy(e)])
BREAKS["the same event twice"] = lambda e, v: e["data"]["events"].append(copy.deepcopy(v))
BREAKS["published after eventTime"] = setting("eventTime", "2001-01-01T00:00:00.000Z", of_event=False)
for new in ("info", "Info", "INFORMATION", "WARNING", "CRITICAL", "FATAL", "TRACE", "", 2):
    BREAKS[f"severity is {new!r}"] = setting("severity", new)
for new in ("success", "Sucess", "SUCCES", "SUCCESSS", "failure", "Failure", "SUCCEEDED_", 0):
    BREAKS[f"outcome.result is {new!r}"] = (
        setting("outcome.result", new) if new != "SUCCEEDED_" else setting("outcome", "SUCCESS")
    )
for new in ("web", "Web", "WEBB", "job"):
    BREAKS[f"transaction.type is {new!r}"] = setting("transaction.type", new)
for new in ("v4", "4", "IPv4", 4):
    BREAKS[f"ipChain version is {new!r}"] = setting("client.ipChain.*.version", new)
for new in ("1", "0.0", "v0", 1, True, 0.5, -1):
    BREAKS[f"version is {new!r}"] = setting("version", new)
for new in ("256.1.1.1", "1.2.3", "localhost", "203.0.113.7:443", "::g", "203.0.113.7/24", " 203.0.113.7"):
    BREAKS[f"ipAddress is {new!r}"] = setting("client.ipAddress", new, only=str)
    BREAKS[f"ipChain ip is {new!r}"] = setting("client.ipChain.*.ip", new, only=str)
BREAKS["ipAddress of somebody else"] = setting("client.ipAddress", "192.0.2.99", only=str)
BREAKS["ipChain version of the other kind"] = setting(
    "client.ipChain.*.version", lambda old: "V6" if old == "V4" else "V4"
)
for name, new in {"90.1": 90.1, "-91": -91, "text": "37.25", "array": [1], "true": True}.items():
    BREAKS[f"latitude is {name}"] = setting("client.geographicalContext.geolocation.lat", new)
for name, new in {"180.5": 180.5, "-181": -181, "text": "1", "null": None}.items():
    BREAKS[f"longitude is {name}"] = setting("client.geographicalContext.geolocation.lon", new)
BREAKS["geolocation without latitude"] = removing("client.geographicalContext.geolocation.lat")
BREAKS["geolocation as a pair"] = setting("client.geographicalContext.geolocation", [1.5, 2.5])
for new in ("0", -1, 1.5, True, [0], {}):
    BREAKS[f"authenticationStep is {new!r}"] = setting("authenticationContext.authenticationStep", new)
for new in ("64496", -1, 1.5, True, 2**40, []):
    BREAKS[f"asNumber is {new!r}"] = setting("securityContext.asNumber", new)
for new in ("false", 0, 1, "no", []):
    BREAKS[f"isProxy is {new!r}"] = setting("securityContext.isProxy", new)
for new in ("User.Lifecycle.Create", "user_lifecycle_create", "user", "user..create", " user.lifecycle.create",
            "user.lifecycle.creat", "user.lifecycle.create.", "user lifecycle create", 5, ["user.lifecycle.create"]):  # fmt: skip
    BREAKS[f"eventType of the event is {new!r}"] = setting("eventType", new)
BREAKS["eventType of the event in capitals"] = setting("eventType", lambda old: old.upper())
for path in ("actor.type", "target.*.type"):
    BREAKS[f"{path} in lower case"] = setting(path, lambda old: old.lower() if old in KNOWN_TYPES else old)
    BREAKS[f"{path} in the plural"] = setting(path, lambda old: old + "s" if old in KNOWN_TYPES else old)
for path, wrong in {"actor.id": "00g", "target.*.id": "who"}.items():
    BREAKS[f"{path} with the prefix {wrong}"] = setting(
        path, lambda old, wrong=wrong: wrong + old[3:] if old[:3] in {"00u", "00g", "0oa", "0ua", "spr"} else old
    )
for name, new in {"array": ["whoa1b2c3d4e5f6g75d7"], "space": "whoa1b2c3d4e5f6g75d7, whob1b2c3d4e5f6g75d7", "blank": "",
                  "wrong prefix": "00ua1b2c3d4e5f6g75d7", "semicolon": "whoa1b2c3d4e5f6g75d7;whob1b2c3d4e5f6g75d7",
                  "another hook's only": "whozzzzzzzzzzzzzz5d7", "null": None, "object": {}}.items():  # fmt: skip
    BREAKS[f"targetEventHookIds: {name}"] = setting("debugContext.debugData.targetEventHookIds", new)
for name, new in {"boolean": False, "number": 5, "null": None, "array": [], "object": {}}.items():
    BREAKS[f"debug data holds a {name}"] = lambda e, v, new=new: put_debug(v, new)
BREAKS["url of another request"] = setting("debugContext.debugData.url", "/elsewhere?")
BREAKS["uuid made at another time"] = setting(
    "published", lambda old: "2019" + old[4:] if old[:4] != "2019" else "2020" + old[4:]
)
BREAKS["reason of 300 characters"] = setting("outcome.reason", "x" * 300)
for path, name in {"actor": "Actor", "displayMessage": "display_message", "outcome": "outcomes", "target": "targets",
                   "client": "Client", "transaction": "transacton", "published": "publishedAt", "uuid": "UUID",
                   "debugContext": "debug_context", "securityContext": "securitycontext", "eventType": "event_type",
                   "authenticationContext": "authentication_context", "legacyEventType": "legacyeventType",
                   "severity": "Severity", "version": "ver", "actor.alternateId": "alternateID", "client.ipAddress": "ip_address",
                   "client.userAgent": "useragent", "client.geographicalContext": "geographicalcontext",
                   "client.ipChain": "ipchain", "outcome.result": "Result", "transaction.id": "ID",
                   "debugContext.debugData": "debugdata", "target.*.displayName": "displayname", "target.*.id": "Id",
                   "target.*.type": "kind", "authenticationContext.externalSessionId": "externalSessionID"}.items():  # fmt: skip
    BREAKS[f"{path} is called {name}"] = renaming(path, name)
for path, to in {"client.ipAddress": "", "actor.alternateId": "", "outcome.result": "", "debugContext.debugData": "",
                 "client.userAgent": "", "client.geographicalContext": "", "displayMessage": "actor",
                 "published": "transaction", "severity": "outcome", "uuid": "transaction", "client": "actor",
                 "authenticationContext.externalSessionId": "", "legacyEventType": "outcome", "target": "actor",
                 "client.geographicalContext.geolocation": "client", "client.geographicalContext.city": "client",
                 "client.userAgent.rawUserAgent": "client", "securityContext.asNumber": "client",
                 "securityContext.isProxy": "", "debugContext.debugData.requestUri": "debugContext",
                 "debugContext.debugData.targetEventHookIds": "", "eventType": "transaction"}.items():  # fmt: skip
    BREAKS[f"{path} stands in {to or 'the event'}"] = moving(path, to)
BREAKS["eventTime stands in data"] = lambda e, v: e["data"].update(eventTime=e.pop("eventTime"))
BREAKS["uuid stands in the envelope"] = lambda e, v: e.update(uuid=v.pop("uuid"))
BREAKS["client stands in the envelope"] = lambda e, v: e.update(client=v.pop("client"))
BREAKS["source stands in data"] = lambda e, v: e["data"].update(source=e.pop("source"))
BREAKS["System Log shape"] = lambda e, v: (
    v.update(request={"ipChain": v["client"].pop("ipChain")}) if (v.get("client") or {}).get("ipChain") else False
)
BREAKS["displayMessage is a list"] = setting("displayMessage", ["a"])
BREAKS["detailEntry is text"] = lambda e, v: v["target"][0].update(detailEntry="x") if v.get("target") else False
BREAKS["changeDetails is an array"] = lambda e, v: (
    v["target"][0].update(changeDetails=[1]) if v.get("target") else False
)
BREAKS["insertionTimestamp is words"] = lambda e, v: v.update(insertionTimestamp="now")
BREAKS["device is text"] = lambda e, v: v.update(device="Computer")
BREAKS["risk is text"] = lambda e, v: (
    (v.get("securityContext") or {}).update(risk="LOW") if v.get("securityContext") else False
)
