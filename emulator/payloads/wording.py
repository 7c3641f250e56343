"""
What stands under a key of which no more is published than that its value is text: the key's name tells.

A key whose name tells nothing is left out, as every key may be (T10).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.payloads.scene import Scene

__all__ = ["change_of", "text_of_key"]

_SENTENCES = (
    "Approved by the team lead",
    "Requested for the quarterly audit",
    "Access is needed for a project",
    "Changed during the regular review",
)
_WHICH = ("Quarterly", "Contractor", "Engineering", "Finance", "Regional", "Partner", "Default")
_NUMBERS = tuple(map(str, range(1, 60)))
_SCOPES = ("okta.users.read", "okta.groups.read", "okta.users.read,okta.groups.read")


def _draw(options: tuple[str, ...]) -> Callable[[Scene, str], str]:
    return lambda scene, key: scene.world.draws.pick(options, "words", key, scene.number)


def _identifier(scene: Scene, key: str) -> str:
    return scene.world.draws.alphanumeric(20, "value", key, scene.number)


def _name(scene: Scene, key: str) -> str:
    stem = re.sub(r"(?:Display)?(?:Name|Label|Title|Subject)$", "", key)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", stem).lower()
    return f"{_draw(_WHICH)(scene, key)} {words or 'item'}"


def _resource(scene: Scene, key: str) -> str:
    words = re.sub(r"Orn$", "", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", key)).lower().removesuffix("-")
    org = scene.world.id("00o", "org")
    return f"orn:okta:idp:{org}:{words}:{_identifier(scene, key)}"


def _place(part: str) -> Callable[[Scene, str], str]:
    return lambda scene, _key: str(getattr(scene.world.network(scene.person.id), part))


# The first that matches the end of the key decides.
_RULES: tuple[tuple[re.Pattern[str], Callable[[Scene, str], str | None]], ...] = tuple(
    (re.compile(rf"(?:{pattern})$"), make)
    for pattern, make in (
        ("expiredAt|canceledAt", lambda scene, key: scene.published if key[:6] in scene.type.id else None),
        ("(?:[a-z]At|On|Date|Timestamp)", lambda scene, _key: scene.published),
        ("aaguid", lambda _scene, _key: "00000000-0000-0000-0000-000000000000"),
        ("appInstanceIds?|AppInstanceIds?|requestedResourceId|resourceId", lambda scene, _key: scene.app.id),
        ("requestedResourceName|resourceName", lambda scene, _key: scene.app.label),
        ("appName|AppName", lambda scene, _key: scene.app.name),
        ("deviceDisplayName", lambda scene, _key: scene.world.device(scene.person.id).name),
        ("Orns?", _resource),
        ("(?i:url|uri|issuer|endpoint)", lambda scene, _key: f"https://{scene.world.org_host}/"),
        ("(?i:city|locality)", _place("city")),
        ("(?i:stateOrProvince|EventState)", _place("state")),
        ("(?i:country)", _place("country")),
        ("(?i:email|login|username)", lambda scene, _key: scene.person.login),
        ("(?i:description|comments?|justification|message|reason|causes|notes?)", _draw(_SENTENCES)),
        ("(?i:name|label|title|subject)", _name),
        ("(?i:count|number|objects|instances|assignments|limit|priority|rank|time)", _draw(_NUMBERS)),
        ("(?i:scopes?|scopesCondition)", _draw(_SCOPES)),
        ("(?:[a-z]|^)Status", _draw(("ACTIVE", "INACTIVE"))),
        ("(?i:id|ids|key|udid|identifier|qualifier|token)|RECOVERYTOKEN", _identifier),
    )
)

# (pattern of the key, value before, value after), the first match decides.
_CHANGES = tuple(
    (re.compile(rf"(?i:{pattern})$"), before, after)
    for pattern, before, after in (
        ("status", "ACTIVE", "INACTIVE"),
        ("name|label|title|displayName|labelValues", "Contractors", "External contractors"),
        ("description", "For contractors", "For external contractors"),
        ("url|uri|issuer|endpoint", "https://old.example.com", "https://new.example.com"),
        ("scopes|scopesCondition", "okta.users.read", "okta.users.read,okta.groups.read"),
        ("grantTypesSupported", "authorization_code", "authorization_code,refresh_token"),
    )
)


def text_of_key(key: str, scene: Scene) -> str | None:
    """Return a plausible text, or None if the key's name tells nothing."""
    return next((make(scene, key) for pattern, make in _RULES if pattern.search(key)), None)


def change_of(key: str, kind: str) -> tuple[str | int, str | int] | None:
    """Return the values of a key of changeDetails before and after, or None if its name and kind tell nothing."""
    if kind == "boolean":
        return "false", "true"
    if kind == "integer":
        return 1, 2  # JSON numbers, as captured
    return next(((before, after) for pattern, before, after in _CHANGES if pattern.search(key)), None)
