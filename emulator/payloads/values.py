"""Values for debugData keys of which only the name and the kind of value are published (L24: all are strings)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emulator.payloads.pools import ADMIN_ROLES, FACTORS
from emulator.payloads.wording import text_of_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emulator.payloads.scene import Scene

__all__ = ["has_known_value", "value_of"]

_BEHAVIORS = ("New Geo-Location", "New Device", "New IP", "New State", "New Country", "Velocity", "New City")
# Words of keys whose values are a closed list that Okta publishes elsewhere.
_WORDS: Mapping[str, Sequence[str]] = {
    "authenticatorKey": ("okta_verify", "phone_number", "webauthn", "security_question"),
    "factor": FACTORS,
    "privilegeGranted": ADMIN_ROLES,
    "privilegeRevoked": ADMIN_ROLES,
    "signOnMode": ("SAML_2_0", "OPENID_CONNECT", "BROWSER_PLUGIN"),
    "timeUnit": ("MINUTES", "SECONDS"),
    "changedAttributes": ("name", "description", "name,description"),
    "attributesAdded": ("",),
    "attributesModified": ("",),
    "attributesDeleted": ("",),
    "countryCallingCode": ("1",),
    "defaultAuthorizationServer": ("true", "false"),
    "linkedObjectAdded": ("manager", "subordinate"),
    "newRuleAction": ("ALLOW", "DENY", "REQUIRE_FACTOR"),
    "oldRuleAction": ("ALLOW", "DENY", "REQUIRE_FACTOR"),
    "newRuleDisabledStatus": ("ENABLED", "DISABLED"),
    "newRuleFactorLifetime": ("SESSION", "DEVICE"),
    "newRuleRank": ("1", "2", "3"),
    "oldRuleRank": ("1", "2", "3"),
    "operationRateLimitTimeUnit": ("MINUTES", "SECONDS"),
    "operationRateLimitScopeType": ("user", "org"),
    "operationRateLimitType": ("phone_enrollment", "web_request"),
    "operationRateLimitSubtype": ("SMS", "Email"),
    # These stand in the debugData of requests that Okta looks at more closely (L24: structures are text).
    "behaviors": tuple(
        "{" + ", ".join(f"{name}={'POSITIVE' if name in new else 'NEGATIVE'}" for name in _BEHAVIORS) + "}"
        for new in ((), ("New Device", "New IP"))
    ),
    "risk": ("{level=LOW}", "{reasons=Anomalous Device, level=MEDIUM}"),
    "logOnlySecurityData": (
        '{"risk":{"level":"LOW"},"behaviors":{"New Geo-Location":"NEGATIVE","New Device":"NEGATIVE"}}',
        '{"risk":{"reasons":"Anomalous Device","level":"HIGH"},"behaviors":{"New Device":"POSITIVE"}}',
    ),
    "threatDetections": ('{"Login Failures":"HIGH"}', '{"Password Spray":"MEDIUM"}'),
    "oktaUserAgentExtended": ("okta-auth-js/7.8.1 okta-signin-widget-7.30.1",),
    "challengeAuthenticatorsList": ("[{Okta Verify : signed_nonce}, {Password : password}]",),
}
_BY_NAME: Mapping[str, Callable[[Scene], str]] = {
    "kid": lambda scene: scene.world.draws.base64url(32, "kid", scene.number),
    "previousIpAddress": lambda scene: scene.world.network(f"before {scene.person.id}").ip,
    "suspiciousActivityEventLatitude": lambda scene: scene.world.network(scene.person.id).latitude_text,
    "suspiciousActivityEventLongitude": lambda scene: scene.world.network(scene.person.id).longitude_text,
    "redirectUri": lambda scene: f"https://{scene.world.org_host}/oauth2/callback",
}
# What only appears when something went wrong.
_OF_FAILURES = re.compile(r"(?i)error|failure|invalid|exception")
# Okta's own ids: the prefix of the object they name (N2).
_ID_PREFIXES = {
    "okta:appInstanceId": "0oa",
    "okta:appUserId": "0ua",
    "okta:authorizationServerId": "aus",
    "okta:brandId": "bnd",
    "okta:clientAppId": "0oa",
    "okta:publicClientAppId": "0oa",
    "okta:groupId": "00g",
    "okta:idpId": "0oa",
    "okta:importJobId": "eru",
    "okta:importSessionId": "eru",
    "okta:inlineHookId": "cal",
    "okta:orgId": "00o",
    "okta:policyId": "rst",
    "okta:policyRuleId": "rul",
    "okta:schemaId": "osc",
    "okta:enrollmentId": "lae",
}
_SMALL = tuple(map(str, range(1, 51)))
_PERCENTAGES = tuple(map(str, range(101)))
_FRACTIONS = tuple(f"0.{number:02d}" for number in range(100))
_KINDS: Mapping[str, Callable[[Scene, str], str]] = {
    "boolean": lambda _scene, _key: "false",
    "integer": lambda scene, key: scene.world.draws.pick(_SMALL, "value", key, scene.number),
    "percentage": lambda scene, key: scene.world.draws.pick(_PERCENTAGES, "value", key, scene.number),
    "float": lambda scene, key: scene.world.draws.pick(_FRACTIONS, "value", key, scene.number),
    "iso8601": lambda scene, _key: scene.published,
    "epochMillis": lambda scene, _key: scene.epoch,
    "id": lambda scene, key: scene.world.draws.alphanumeric(20, "value", key, scene.number),
    "hex": lambda scene, key: scene.world.draws.hexadecimal(32, "value", key, scene.number),
    "url": lambda scene, _key: f"https://{scene.world.org_host}/",
    "uri": lambda scene, _key: f"https://{scene.world.org_host}/",
    "ip": lambda scene, _key: scene.world.network(scene.person.id).ip,
    "email": lambda scene, _key: scene.person.login,
    "username": lambda scene, _key: scene.person.login,
    "displayName": lambda scene, _key: scene.person.display_name,
    "okta:userId": lambda scene, _key: scene.person.id,
    "okta:appInstanceId": lambda scene, _key: scene.app.id,
    "okta:groupId": lambda scene, _key: scene.group.id,
    "appInstanceName": lambda scene, _key: scene.app.label,
    "groupName": lambda scene, _key: scene.group.name,
    "domainName": lambda _scene, _key: "example.com",
    "domain": lambda _scene, _key: "example.com",
    "version": lambda _scene, _key: "1.0",
    "phoneNumber": lambda _scene, _key: "+12025550123",
    "json": lambda _scene, _key: "{}",
    "map": lambda _scene, _key: "{}",
}
_WITHOUT_FORM = frozenset({"text", "name", "string", "description", "list", "fieldName"})


def has_known_value(key: str) -> bool:
    """Say whether the values of a key are known by its name."""
    return key in _WORDS or key in _BY_NAME


def value_of(key: str, kind: str, scene: Scene) -> str | None:
    """
    Return a plausible value, always a string, or None if the key had better be left out.

    Left out are keys that speak of an error in an event that has none, and those whose values are a closed list
    that we don't know: a made-up word would be the one thing a receiver must never meet.
    """
    if _OF_FAILURES.search(key) and not scene.failed:
        return None
    named = _BY_NAME.get(key)
    if named:
        return named(scene)
    words = _WORDS.get(key)
    if words:
        return scene.world.draws.pick(words, "value", key, scene.number)
    make = _KINDS.get(kind)
    if make:
        return make(scene, key)
    if kind in _ID_PREFIXES:
        return scene.world.id(_ID_PREFIXES[kind], key, scene.number)
    return text_of_key(key, scene) if kind in _WITHOUT_FORM else None
