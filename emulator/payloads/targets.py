"""What an event's ``target`` array is made of (L22, U1, G3); every member spelled out, nulls too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emulator.payloads.identifiers import id_prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.contract.model import JsonObject
    from emulator.payloads.scene import Scene

__all__ = ["build_target"]


def build_target(target_type: str, scene: Scene) -> JsonObject:
    """Return one target of the given type, with the members in the order of the wire."""
    make = _MAKERS.get(target_type, _something)
    target_id, alternate_id, display_name, detail = make(scene, target_type)
    return {
        "id": target_id,
        "type": target_type,
        "alternateId": alternate_id,
        "displayName": display_name,
        "detailEntry": detail,
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
    app_user = scene.world.id("0ua", scene.app.id, scene.person.id)
    return app_user, scene.person.login, scene.person.display_name, None


def _enrollment(scene: Scene, target_type: str) -> _Parts:
    return scene.world.id(id_prefix(target_type), "password", scene.person.id), "unknown", "Password", None


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
    number = scene.number + 1
    target_id = scene.world.id(id_prefix(target_type), target_type, scene.number)
    alternate_id = None if target_type in _WITHOUT_ALTERNATE_ID else "unknown"
    return target_id, alternate_id, None if target_type in _WITHOUT_NAME else f"{words} {number}", None


_MAKERS: Mapping[str, Callable[[Scene, str], _Parts]] = {
    "User": _user,
    "NewUser": _new_user,
    "UserGroup": _group,
    "AppInstance": _app,
    "AppUser": _app_user,
    "AuthenticatorEnrollment": _enrollment,
    "PolicyEntity": _policy,
    "PolicyRule": _policy_rule,
    "Token": _token,
    "URL Pattern": _url_pattern,
    "email": _mail_address,
}
