"""Harmless variations: what Okta may send, so that none of it is a *must*."""

from __future__ import annotations

import copy

from scripts.mutations.changes import Change, adding, put_debug, removing, setting

VARIATIONS: dict[str, Change] = {}

for where in ("", "actor", "client", "client.userAgent", "client.geographicalContext", "outcome", "transaction",
              "debugContext", "debugContext.debugData", "authenticationContext", "securityContext", "target.*",
              "client.ipChain.*", "transaction.detail"):  # fmt: skip
    VARIATIONS[f"a new member in {where or 'the event'}"] = adding(where, "brandNewMember", {"a": [1, None, True]})
VARIATIONS["a new member in the envelope"] = lambda e, v: e.update(brandNewMember=1)
VARIATIONS["a new member in data"] = lambda e, v: e["data"].update(brandNewMember=[])
for path in ("displayMessage", "legacyEventType", "actor", "actor.alternateId", "actor.displayName", "outcome.reason",
             "client.userAgent", "client.userAgent.os", "client.userAgent.browser", "client.zone", "client.device",
             "client.ipAddress", "client.geographicalContext", "client.geographicalContext.city",
             "client.geographicalContext.state", "client.geographicalContext.postalCode", "client.ipChain", "target",
             "target.*.alternateId", "target.*.displayName", "transaction.type", "transaction.detail", "debugContext",
             "securityContext", "securityContext.asNumber", "securityContext.isProxy", "outcome",
             "client.geographicalContext.geolocation", "authenticationContext.externalSessionId"):  # fmt: skip
    VARIATIONS[f"{path} is null"] = setting(path, None)
    VARIATIONS[f"{path} is absent"] = removing(path)
for name, new in {"insertionTimestamp": None, "device": None, "request": None}.items():
    VARIATIONS[f"{name} is null"] = lambda e, v, name=name, new=new: v.update({name: new})
VARIATIONS["device in snake case"] = lambda e, v: v.update(device={"id": "guo1", "os_platform": "OSX", "managed": True})
VARIATIONS["device in camel case"] = lambda e, v: v.update(
    device={"id": "guo1", "osPlatform": "OSX", "deviceIntegrator": "x"}
)
VARIATIONS["device integrator as an object"] = lambda e, v: v.update(device={"device_integrator": {"a": None}})
VARIATIONS["a type of tomorrow"] = setting("eventType", "quantum.entanglement.begin")
VARIATIONS["a type with digits and capitals"] = setting("eventType", "user.authentication.auth_via_X9")
VARIATIONS["an actor type of tomorrow"] = setting("actor.type", "Robot Arm")
VARIATIONS["a target type of tomorrow"] = setting("target.*.type", "Space Ship")
VARIATIONS["an outcome of tomorrow"] = setting("outcome.result", "POSTPONED")
VARIATIONS["an outcome in mixed case, as in Preview"] = setting("outcome.result", "Success")
VARIATIONS["a transaction type of tomorrow"] = setting("transaction.type", "STREAM")
VARIATIONS["a credential type of tomorrow"] = adding("authenticationContext", "credentialType", "BRAINWAVE")
VARIATIONS["version as a number"] = setting("version", 0)
VARIATIONS["authenticationStep 9"] = setting("authenticationContext.authenticationStep", 9)
VARIATIONS["postal code as a number"] = setting("client.geographicalContext.postalCode", 94105)
VARIATIONS["whole coordinates"] = setting("client.geographicalContext.geolocation", {"lat": 37, "lon": -122})
VARIATIONS["empty geography"] = setting("client.geographicalContext", {})
VARIATIONS["empty debug data"] = setting("debugContext.debugData", {})
VARIATIONS["empty detail"] = setting("transaction.detail", {})
VARIATIONS["empty security context"] = setting("securityContext", {})
VARIATIONS["empty chain"] = setting("client.ipChain", [])
VARIATIONS["no targets in an array"] = setting("target", [])
VARIATIONS["targets in another order"] = lambda e, v: (
    v["target"].reverse() if isinstance(v.get("target"), list) else False
)
VARIATIONS["members in another order"] = lambda e, v: [v.update({k: v.pop(k)}) for k in sorted(v)] and None
VARIATIONS["envelope in another order"] = lambda e, v: [e.update({k: e.pop(k)}) for k in sorted(e)] and None
VARIATIONS["debug data that is no string"] = lambda e, v: put_debug(v, False)
VARIATIONS["debug data of tomorrow"] = lambda e, v: put_debug(v, "x")
VARIATIONS["zone by name"] = setting("client.zone", "OFF_NETWORK")
VARIATIONS["zone as the string null"] = setting("client.zone", "null")
VARIATIONS["IPv6"] = lambda e, v: (
    (v["client"].update(ipAddress="2001:db8::7", ipChain=[{"ip": "2001:db8::7", "version": "V6"}]))
    if v.get("client", {}).get("ipAddress")
    else False
)
VARIATIONS["a proxy in the chain"] = lambda e, v: (
    v["client"]["ipChain"].append({"ip": "198.51.100.9", "version": "V4", "source": None})
    if (v.get("client") or {}).get("ipChain")
    else False
)
VARIATIONS["risk and behaviours"] = lambda e, v: (
    v["securityContext"].update(
        risk={"level": "LOW", "reasons": ["x"]}, userBehaviors=[{"id": "b", "name": "n", "result": "r"}]
    )
    if isinstance(v.get("securityContext"), dict)
    else False
)
VARIATIONS["any script"] = setting("actor.displayName", "Zoë 木村 👩‍🚀 \u202e")
VARIATIONS["a long name"] = setting("actor.displayName", "x" * 5000)
VARIATIONS["uuid in capitals"] = setting("uuid", lambda old: old.upper())
VARIATIONS["uuid of version 7"] = setting("uuid", "0190b2c4-5d6e-7f80-91a2-b3c4d5e6f708")
VARIATIONS["random uuid"] = setting("uuid", "7be2f0a4-0c1d-4e7a-8a55-3c2f6d1b9e01")
VARIATIONS["whole seconds"] = setting("published", lambda old: old[:19] + "Z")
VARIATIONS["microseconds"] = setting("published", lambda old: old[:19] + ".123456Z")
VARIATIONS["nanoseconds"] = setting("published", lambda old: old[:19] + ".123456789Z")
VARIATIONS["eventTime in microseconds"] = setting("eventTime", lambda old: old[:19] + ".999999Z", of_event=False)
VARIATIONS["delivered days later"] = setting("eventTime", "2031-01-01T00:00:00.000Z", of_event=False)
VARIATIONS["a custom domain"] = setting(
    "source", lambda old: "https://login.example.com/api/v1/eventHooks/" + old.rpartition("/")[2], of_event=False
)
VARIATIONS["two events"] = lambda e, v: e["data"]["events"].append(
    {**copy.deepcopy(v), "uuid": "7be2f0a4-0c1d-4e7a-8a55-3c2f6d1b9e01"}
)
VARIATIONS["a hundred events"] = lambda e, v: e["data"]["events"].extend(
    {**copy.deepcopy(v), "uuid": f"7be2f0a4-0c1d-4e7a-8a55-3c2f6d1b9e{n:02x}"} for n in range(99)
)
VARIATIONS["change details"] = lambda e, v: (
    v["target"][0].update(changeDetails={"from": {"a": 1}, "to": {"a": 2}}) if v.get("target") else False
)
VARIATIONS["detail entry"] = lambda e, v: v["target"][0].update(detailEntry={"a": None}) if v.get("target") else False
VARIATIONS["root session id"] = adding("authenticationContext", "rootSessionId", "trsOEr_0JTLR-yPR5cyOPY-Zg")
VARIATIONS["no session"] = setting("authenticationContext.externalSessionId", "unknown")
VARIATIONS["system work"] = lambda e, v: v.update(
    client={"ipChain": []}, securityContext={}, transaction={"id": "unknown", "detail": {}}
)
VARIATIONS["a job"] = setting("transaction", {"type": "JOB", "id": "eru1a2b3c4d5e6f7g5d7", "detail": {}})
VARIATIONS["an API token"] = setting("transaction.detail", {"requestApiTokenId": "00T1a2b3c4d5e6f7g5d7"})
VARIATIONS["someone unknown"] = setting(
    "actor", {"id": "unknown", "type": "User", "alternateId": "unknown", "displayName": "unknown"}
)
VARIATIONS["a reason"] = setting("outcome", {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"})
VARIATIONS["several hooks"] = setting(
    "debugContext.debugData.targetEventHookIds", lambda old: "whoz9y8x7w6v5u4t75d7," + old
)
for name, value in {
    "riskScore": "LOW", "orgId": "00o1a2b3c4d5e6f7g5d7", "region": "us-1", "tags": ["a"], "sessionDetails": {}, "sequence": 5,
    "workloadId": {}, "clientRegistration": None, "eventCategory": "x",
}.items():  # fmt: skip
    for where in ("", "actor", "client", "outcome", "transaction", "securityContext", "authenticationContext"):
        VARIATIONS[f"{name} in {where or 'the event'}"] = adding(where, name, value)
for key in ("aiAgentId", "mcpServer", "requestedScopes", "uriPattern", "pathPrefix", "hookName", "targetUserId", "urlCategory",
            "requestMethod", "requestSource", "threatScore", "correlation", "redirectUri"):  # fmt: skip
    VARIATIONS[f"{key} in the debug data"] = adding("debugContext.debugData", key, "x")
for kind in (
    "AIAgent",
    "WorkloadPrincipal",
    "Device",
    "Session",
    "Role",
    "Realm",
    "ResourceSet",
    "Custom Thing",
    "Robot",
    "API Service",
):
    VARIATIONS[f"an actor of type {kind}"] = setting("actor.type", kind)
    VARIATIONS[f"a target of type {kind}"] = setting("target.*.type", kind)
for text in ("木村 太郎", "محمد", 'O\'Brien, "Pat"', "a\ttab", "<script>alert(1)</script>", "x@y.z"):
    for path in ("actor.displayName", "actor.alternateId", "client.geographicalContext.city", "displayMessage"):
        VARIATIONS[f"{path} is {text!r}"] = setting(path, text)
for result in ("SKIPPED", "ALLOW", "DENY", "CHALLENGE", "UNKNOWN", "RATE_LIMIT", "DEFERRED", "SCHEDULED", "ABANDONED"):
    VARIATIONS[f"outcome {result}"] = setting("outcome.result", result)
for name, categories in {"words": ["VPN"], "objects": [{"type": "VPN"}], "none": []}.items():
    VARIATIONS[f"service categories as {name}"] = adding(
        "securityContext", "ipDetails", {"asNumber": 1, "ipServiceCategories": categories}
    )
