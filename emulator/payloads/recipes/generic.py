"""The recipe of every event type that has none of its own: family defaults and the catalogue's keys (T3-T7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.contract.catalogue import FactOrigin, common_debug_keys
from emulator.payloads.recipes.recipe import Recipe
from emulator.payloads.scene import Origin
from emulator.payloads.values import has_known_value, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.catalogue import EventType
    from emulator.payloads.scene import Scene

__all__ = ["captured_extras", "generic_recipe"]

# All keys are optional (T10), and the longest published list has 45: an event that had all of them would be odd.
_MOST_KEYS = 8

_ORIGINS = (
    ("user.authentication.", Origin.USER),
    ("user.session.", Origin.USER),
    ("user.mfa.", Origin.USER),
    ("user.identity_verification", Origin.USER),
    ("user.account.report_suspicious", Origin.USER),
    ("user.account.unlock", Origin.USER),
    ("user.risk.", Origin.SYSTEM),
    ("device.enrollment.", Origin.USER),
    ("app.access_request.request", Origin.USER),
    ("app.oauth2.as.consent.", Origin.USER),
    ("app.user_management", Origin.JOB),
    ("application.provision.", Origin.JOB),
    ("system.import.", Origin.JOB),
)
_COLLECTIONS = (
    ("user.", "/api/v1/users/{person}"),
    ("group.", "/api/v1/groups/{group}"),
    ("application.", "/api/v1/apps/{app}"),
    ("app.", "/api/v1/apps/{app}"),
    ("policy.", "/api/v1/policies/{target}"),
    ("device.", "/api/v1/devices/{target}"),
    ("iam.", "/api/v1/iam/{target}"),
    ("workload_principal.", "/workload-principals/api/v1/{target}"),
    ("access.", "/governance/api/v1/{target}"),
    ("certification.", "/governance/api/v1/campaigns/{target}"),
)


def generic_recipe(event_type: EventType) -> Recipe:
    """Return a recipe made of what is known about the type's family."""
    name = event_type.id
    origin = next((origin for prefix, origin in _ORIGINS if name.startswith(prefix)), _usual_origin(event_type))
    path = next((path for prefix, path in _COLLECTIONS if name.startswith(prefix)), "/api/v1/{target}")
    return Recipe(
        origin=origin,
        paths={Origin.API: path, Origin.CONSOLE: path, Origin.USER: "/idp/idx/identify"},
        extras=_catalogue_keys,
    )


def _usual_origin(event_type: EventType) -> Origin:
    # What was always seen done by Okta itself is done by Okta itself.
    return Origin.SYSTEM if event_type.captured.get("actors") == ["SystemPrincipal"] else Origin.CONSOLE


def _catalogue_keys(scene: Scene) -> Mapping[str, str]:
    keys = scene.type.debug_keys
    most = len(keys.value) if keys.origin is FactOrigin.CAPTURED else _MOST_KEYS
    found: dict[str, str] = {}
    for key, kind in keys.value.items():
        value = value_of(key, kind, scene) if len(found) < most else None
        if value is not None:
            found[key] = value
    return {**found, **captured_extras(scene)}


def captured_extras(scene: Scene) -> dict[str, str]:
    """Return those of the keys that any event may have (T10) which this type's captures do have."""
    if not scene.origin.is_request:
        return {}
    kept = (key for key in scene.type.captured.get("debugData", ()) if key in common_debug_keys())
    return {key: str(value_of(key, "text", scene)) for key in kept if has_known_value(key)}
