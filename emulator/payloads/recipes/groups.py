"""Groups: lifecycle, profile and members (table 11.2, G3, G5)."""

from __future__ import annotations

from emulator.payloads.pools import ADMIN_ROLES
from emulator.payloads.recipes.recipe import Recipe
from emulator.payloads.scene import Origin

_GROUPS = "/api/v1/groups"
_GROUP = f"{_GROUPS}/{{group}}"


def _at(path: str) -> dict[Origin, str]:
    return {Origin.API: path, Origin.CONSOLE: path}


# G5: a group rule changes members in a job whose actor is the rule's admin.
_MEMBERSHIP = Recipe(paths=_at(f"{_GROUP}/users/{{person}}"), job_by_admin=True)


def _privilege(key: str) -> Recipe:
    return Recipe(
        paths=_at(f"{_GROUP}/roles"),
        extras=lambda scene: {key: scene.world.draws.pick(ADMIN_ROLES, "role", scene.number)},
    )


_ASSIGNMENT = Recipe(paths=_at("/api/v1/apps/{app}/groups/{group}"))

RECIPES = {
    "group.user_membership.add": _MEMBERSHIP,
    "group.user_membership.remove": _MEMBERSHIP,
    "group.lifecycle.create": Recipe(paths=_at(_GROUPS)),
    "group.lifecycle.delete": Recipe(paths=_at(_GROUP)),
    "group.profile.update": Recipe(paths=_at(_GROUP), extras=lambda _scene: {"changedAttributes": "name,description"}),
    "group.privilege.grant": _privilege("privilegeGranted"),
    "group.privilege.revoke": _privilege("privilegeRevoked"),
    "group.application_assignment.add": _ASSIGNMENT,
    "group.application_assignment.remove": _ASSIGNMENT,
    "group.application_assignment.update": _ASSIGNMENT,
}
