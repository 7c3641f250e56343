"""Users: their lifecycle, accounts, sign-ins and factors (table 11.2, U1-U7)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from emulator.payloads.pools import ADMIN_ROLES, FACTORS, PROFILE_ATTRIBUTES
from emulator.payloads.recipes.recipe import Recipe
from emulator.payloads.scene import Origin
from emulator.payloads.values import value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.payloads.scene import Scene

_USERS = "/api/v1/users"
_USER = f"{_USERS}/{{person}}"


def _lifecycle(call: str, console: str | None = None, **more: str) -> Recipe:
    path = f"{_USER}/lifecycle/{call}"
    return Recipe(paths={Origin.API: path, Origin.CONSOLE: console or path}, **more)  # type: ignore[arg-type]


def _by_admin(path: str) -> Mapping[Origin, str]:
    return {Origin.API: path, Origin.CONSOLE: path}


def _creation_error(scene: Scene) -> Mapping[str, str]:
    if scene.result != "FAILURE":
        return {}
    return {"errorMessage": "login: An object with this field already exists in the current organization"}


# F15: joined without spaces
_CHANGED = (*PROFILE_ATTRIBUTES, *map(",".join, pairwise(PROFILE_ATTRIBUTES)))


def _changed_attributes(scene: Scene) -> Mapping[str, str]:
    return {"changedAttributes": scene.world.draws.pick(_CHANGED, "changed", scene.number)}


def _factor(scene: Scene) -> str:
    return scene.world.draws.pick(FACTORS, "factor", scene.number)


def _app_sign_on(scene: Scene) -> Mapping[str, str]:
    return {"initiationType": "IDP_INITIATED", "signOnMode": scene.app.sign_on_mode}


def _privilege(key: str) -> Recipe:
    return Recipe(
        paths=_by_admin(f"{_USER}/roles"),
        targets=("User",),
        extras=lambda scene: {key: scene.world.draws.pick(ADMIN_ROLES, "role", scene.number)},
    )


def _sign_in(path: str, **more: object) -> Recipe:
    return Recipe(origin=Origin.USER, paths={Origin.USER: path}, **more)  # type: ignore[arg-type]


_LOCKED = ("oktaUserAgentExtended", "behaviors", "risk")


RECIPES = {
    "user.lifecycle.create": Recipe(
        paths={**_by_admin(_USERS), Origin.SYSTEM: "/api/v1/registration/{registration}/register"},
        query="activate=true",
        extras=_creation_error,
        failure_targets=("NewUser",),
        failure_severity="ERROR",
    ),
    "user.lifecycle.activate": _lifecycle("activate", "/admin/user/activate/{person}"),
    "user.lifecycle.deactivate": _lifecycle("deactivate", "/admin/user/deactivate/{person}"),
    # U7: written by imports and provisioning only, never by the API call of that name.
    "user.lifecycle.reactivate": Recipe(origin=Origin.JOB, paths=_by_admin(f"{_USER}/lifecycle/activate")),
    "user.lifecycle.suspend": _lifecycle("suspend"),
    "user.lifecycle.unsuspend": _lifecycle("unsuspend"),
    "user.lifecycle.delete.initiated": Recipe(paths=_by_admin(_USER)),
    "user.lifecycle.delete.completed": Recipe(origin=Origin.JOB, paths=_by_admin(_USER)),
    "user.account.update_profile": Recipe(paths=_by_admin(_USER), extras=_changed_attributes),
    "user.account.update_password": Recipe(
        paths={
            **_by_admin(f"{_USER}/credentials/change_password"),
            Origin.USER: "/idp/idx/challenge/answer",
        },
        failure_severity="ERROR",
    ),
    "user.account.reset_password": _lifecycle("reset_password", query="sendEmail=true"),
    "user.account.lock": _sign_in(
        "/idp/idx/identify",
        reasons={"FAILURE": "LOCKED_OUT"},
        extras=lambda scene: {key: str(value_of(key, "text", scene)) for key in _LOCKED},
    ),
    "user.account.unlock_by_admin": _lifecycle("unlock"),
    "user.account.privilege.grant": _privilege("privilegeGranted"),
    "user.account.privilege.revoke": _privilege("privilegeRevoked"),
    # L25, U21: an Identity Engine sign-in names the authenticator and the app it leads to.
    "user.session.start": _sign_in(
        "/idp/idx/identify",
        targets=("AuthenticatorEnrollment", "AppInstance"),
        failure_targets=(),
        classic_targets=(),
        reasons={"FAILURE": "INVALID_CREDENTIALS"},
    ),
    "user.session.end": _sign_in("/login/signout"),
    "user.session.clear": Recipe(paths=_by_admin(f"{_USER}/sessions")),
    "user.authentication.sso": _sign_in("/app/office/{app}/sso/saml", extras=_app_sign_on),
    "user.authentication.auth_via_mfa": _sign_in(
        "/idp/idx/challenge/answer",
        reasons={"FAILURE": "INVALID_CREDENTIALS"},
        extras=lambda scene: {"factor": _factor(scene)},
    ),
    "user.mfa.factor.activate": _sign_in(
        "/idp/idx/challenge/answer", reasons={"SUCCESS": "User set up {factor} factor"}
    ),
    "user.mfa.factor.deactivate": Recipe(
        paths=_by_admin(f"{_USER}/factors/{{target}}"), reasons={"SUCCESS": "User reset {factor} factor"}
    ),
    "user.mfa.factor.reset_all": _lifecycle("reset_factors"),
}
