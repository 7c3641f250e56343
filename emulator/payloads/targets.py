"""What an event's ``target`` array is made of (L22, U1, G3); every member spelled out, nulls too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emulator.contract.catalogue import schema_keys
from emulator.contract.families import targets_of_schema
from emulator.payloads.identifiers import id_prefix
from emulator.payloads.values import value_of
from emulator.payloads.wording import change_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from emulator.contract.model import JsonObject
    from emulator.payloads.scene import Scene

__all__ = ["build_targets"]

# All keys are optional, and the longest published list has 18: an event that had all of them would be odd.
_MOST_KEYS = 5
_MOST_CHANGES = 2
_OWN_MEMBERS = frozenset({"id", "type", "alternateId", "displayName"})


def build_targets(types: Iterable[str], scene: Scene) -> list[JsonObject]:
    """Return the targets of the given types, with the members in the order of the wire."""
    targets = [_target(target_type, scene) for target_type in types]
    changes = _changes(scene)
    if targets and changes:
        # Seen with policy rules: the change stands at the last target, the most specific one.
        targets[-1]["changeDetails"] = changes
    return targets


def _target(target_type: str, scene: Scene) -> JsonObject:
    make = _MAKERS.get(target_type, _something)
    target_id, alternate_id, display_name, detail = make(scene, target_type)
    return {
        "id": target_id,
        "type": target_type,
        "alternateId": alternate_id,
        "displayName": display_name,
        "detailEntry": detail or _published_detail(target_type, scene),
    }


def _published_detail(target_type: str, scene: Scene) -> dict[str, str] | None:
    """Return values for the keys that the catalogue publishes for targets of this type (L29)."""
    found: dict[str, str] = {}
    for schema in scene.type.target_schemas:
        if target_type not in targets_of_schema(schema):
            continue
        for key, kind in schema_keys(schema).items():
            value = None if key in _OWN_MEMBERS or kind == "json" else value_of(key, kind, scene)
            if value is not None and len(found) < _MOST_KEYS:
                found[key] = value
    return found or None


def _changes(scene: Scene) -> dict[str, dict[str, str | int]] | None:
    """Return ``changeDetails`` for the first keys that the catalogue publishes for events of this type."""
    if scene.failed:
        return None
    keys = {key: kind for name in scene.type.change_schemas for key, kind in schema_keys(name).items()}
    changes = {key: change for key, kind in keys.items() if (change := change_of(key, kind))}
    chosen = dict(list(changes.items())[:_MOST_CHANGES])
    if not chosen:
        return None
    return {
        "from": {key: before for key, (before, _) in chosen.items()},
        "to": {key: after for key, (_, after) in chosen.items()},
    }


# Always null in the captures.
_WITHOUT_ALTERNATE_ID = frozenset({"access_token", "AuthorizationServer", "Brand", "ConsentGrant", "MFA Factor", "Org"})
_WITHOUT_NAME = frozenset({"MFA Factor", "Org"})

_Parts = tuple[str, str | None, str | None, "dict[str, Any] | None"]


def _user(scene: Scene, _type: str) -> _Parts:
    return scene.person.id, scene.person.login, scene.person.display_name, None


def _new_user(scene: Scene, _type: str) -> _Parts:
    return scene.person.id, "unknown", scene.person.display_name, None


def _group(scene: Scene, _type: str) -> _Parts:
    return scene.group.id, "unknown", scene.group.name, None  # G3


def _app(scene: Scene, _type: str) -> _Parts:
    return scene.app.id, scene.app.label, scene.app.label, None


def _app_user(scene: Scene, _type: str) -> _Parts:
    # Its alternateId was "unknown" in every capture.
    app_user = scene.world.id("0ua", scene.app.id, scene.person.id)
    return app_user, "unknown", scene.person.display_name, None


def _enrollment(scene: Scene, target_type: str) -> _Parts:
    return scene.world.id(id_prefix(target_type), "password", scene.person.id), "unknown", "Password", None


def _phone(scene: Scene, target_type: str) -> _Parts:
    return scene.world.id(id_prefix(target_type), "phone", scene.person.id), "unknown", "+1 XXX-XXX-0123", None


def _device(scene: Scene, _type: str) -> _Parts:
    device = scene.world.device(scene.person.id)
    detail = {"osPlatform": device.platform, "osVersion": device.os_version, "serialNumber": device.serial_number}
    return device.id, "unknown", device.name, detail


def _policy(scene: Scene, _type: str) -> _Parts:
    return _policy_id(scene), "unknown", "Default Policy", {"policyType": "OktaSignOn"}


def _policy_rule(scene: Scene, target_type: str) -> _Parts:
    return scene.world.id(id_prefix(target_type), "rule", 0), _policy_id(scene), "Default Rule", None


def _policy_id(scene: Scene) -> str:
    return scene.world.id(id_prefix("PolicyEntity"), "policy", 0)


def _token(scene: Scene, target_type: str) -> _Parts:
    return scene.world.id(id_prefix(target_type), "token", scene.number), "unknown", "API token", None


def _url_pattern(_scene: Scene, _type: str) -> _Parts:
    return "/api/v1/users", None, None, None


def _mail_address(scene: Scene, _type: str) -> _Parts:
    return scene.person.login, scene.person.login, scene.person.login, None


def _something(scene: Scene, target_type: str) -> _Parts:
    # UNDOCUMENTED: nothing but the type's name is known, so the name says what it is.
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", target_type)
    target_id = scene.world.id(id_prefix(target_type), target_type, scene.number)
    alternate_id = None if target_type in _WITHOUT_ALTERNATE_ID else "unknown"
    if target_type in _WITHOUT_NAME:
        return target_id, alternate_id, None, None
    which = scene.world.draws.pick(_WHICH, target_type, scene.number)
    return target_id, alternate_id, f"{which} {words}", None


_WHICH = ("Default", "Primary", "Test", "Staging", "Regional", "Partner", "Legacy", "Internal")

_MAKERS: Mapping[str, Callable[[Scene, str], _Parts]] = {
    "User": _user,
    "NewUser": _new_user,
    "UserGroup": _group,
    "AppInstance": _app,
    "AppUser": _app_user,
    "AuthenticatorEnrollment": _enrollment,
    "MobilePhone": _phone,
    "UDDevice": _device,
    "PolicyEntity": _policy,
    "PolicyRule": _policy_rule,
    "Token": _token,
    "URL Pattern": _url_pattern,
    "email": _mail_address,
}
