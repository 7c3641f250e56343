"""Events of the org itself: rate limits, API tokens, mail, hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.payloads.recipes.recipe import Recipe
from emulator.payloads.scene import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.payloads.scene import Scene


def _rate_limit(scene: Scene) -> Mapping[str, str]:
    keys = {"threshold": "600", "timeSpan": "1", "timeUnit": "MINUTES", "userId": scene.actor.id}
    if scene.type.id.endswith("warning"):
        keys["warningPercent"] = "60"
    return keys


def _mail(scene: Scene) -> Mapping[str, str]:
    return {"emailRequestId": scene.world.draws.base64url(20, "mail", scene.number), "userId": scene.person.id}


def _phone(scene: Scene) -> Mapping[str, str]:
    # U21: Identity Engine tells the number here, Classic Engine in a target of its own.
    if scene.world.engine == "classic":
        return {}
    return {"phoneNumber": "+12025550123", "countryCallingCode": "1"}


_LIMIT = Recipe(
    origin=Origin.API, paths={Origin.API: "/api/v1/users", Origin.CONSOLE: "/api/v1/users"}, extras=_rate_limit
)
_PHONE = Recipe(
    origin=Origin.USER,
    paths={Origin.USER: "/idp/idx/challenge"},
    targets=("User",),
    classic_targets=("User", "MobilePhone"),
    extras=_phone,
)
_TOKENS = {Origin.API: "/api/v1/api-tokens", Origin.CONSOLE: "/api/internal/tokens"}

RECIPES = {
    "system.org.rate_limit.warning": _LIMIT,
    "system.org.rate_limit.violation": _LIMIT,
    "system.api_token.create": Recipe(paths=_TOKENS, extras=lambda _scene: {}),
    "system.api_token.revoke": Recipe(
        paths={origin: f"{path}/{{target}}" for origin, path in _TOKENS.items()}, extras=lambda _scene: {}
    ),
    "system.sms.send_phone_verification_message": _PHONE,
    "system.voice.send_phone_verification_call": _PHONE,
    "system.email.delivery": Recipe(origin=Origin.SYSTEM, extras=_mail),
    # P6's best known sample; its single target is the user.
    "user.behavior.profile.reset": Recipe(
        paths={Origin.CONSOLE: "/admin/user/behavior/reset/{person}", Origin.API: "/api/v1/users/{person}"}
    ),
}
