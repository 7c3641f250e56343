"""Apps: lifecycle and the people assigned to them (table 11.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.payloads.recipes.recipe import Recipe
from emulator.payloads.scene import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.payloads.scene import Scene

_APPS = "/api/v1/apps"
_APP = f"{_APPS}/{{app}}"


def _at(path: str) -> dict[Origin, str]:
    return {Origin.API: path, Origin.CONSOLE: path}


def _app_name(scene: Scene) -> Mapping[str, str]:
    return {"appname": scene.app.name}  # L24: all lower case on the wire


def _membership(path: str) -> Recipe:
    return Recipe(paths=_at(path), targets=("AppUser", "AppInstance", "User"), extras=_app_name)


RECIPES = {
    "application.lifecycle.create": Recipe(paths=_at(_APPS)),
    "application.lifecycle.update": Recipe(paths=_at(_APP)),
    "application.lifecycle.activate": Recipe(paths=_at(f"{_APP}/lifecycle/activate")),
    "application.lifecycle.deactivate": Recipe(paths=_at(f"{_APP}/lifecycle/deactivate")),
    "application.lifecycle.delete": Recipe(paths=_at(_APP)),
    "application.user_membership.add": _membership(f"{_APP}/users"),
    "application.user_membership.remove": _membership(f"{_APP}/users/{{person}}"),
    "application.user_membership.update": _membership(f"{_APP}/users/{{person}}"),
    "application.user_membership.change_password": _membership(f"{_APP}/users/{{person}}"),
}
