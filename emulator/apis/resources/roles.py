"""The admin roles of users and groups, as far as they raise ``*.privilege.grant`` and ``.revoke``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.apis.answers import EMPTY, Answer
from emulator.apis.routing import Scope, route
from emulator.org.codec import group_json, role_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.apis.asking import Ask
    from emulator.org.records import GroupRecord, UserRecord

__all__: list[str] = []

_SCOPE: Final = Scope("roles")


def _user(ask: Ask, user_id: str) -> UserRecord:
    return ask.org.users.get(user_id)


def _group(ask: Ask, group_id: str) -> GroupRecord:
    return ask.org.groups.get(group_id)


def _endpoints(path: str, parameter: str, word: str, owner: Callable[[Ask, str], UserRecord | GroupRecord]) -> None:
    """Make the endpoints for the roles of users or of groups: they differ in whose roles they are."""
    roles, role = f"{path}/<{parameter}>/roles", f"{path}/<{parameter}>/roles/<roleAssignmentId>"
    targets = f"{role}/targets/groups"

    @route("GET", roles, operation=f"listAssignedRolesFor{word}", scope=_SCOPE, gives="[Role]")
    def list_roles(ask: Ask, **given: str) -> Answer:
        """List the roles."""
        found = ask.org.roles.of(owner(ask, given[parameter]))
        return Answer(body=[role_json(each, base_url=ask.base_url) for each in found])

    @route("POST", roles, operation=f"assignRoleTo{word}", scope=_SCOPE, gives="Role", takes="RoleBody", status=201)
    def assign_role(ask: Ask, **given: str) -> Answer:
        """Give a role."""
        granted = ask.org.roles.grant(owner(ask, given[parameter]), ask.body(), ask.call)
        return Answer(status=201, body=role_json(granted, base_url=ask.base_url))

    @route("GET", role, operation=f"get{word}AssignedRole", scope=_SCOPE, gives="Role")
    def get_role(ask: Ask, **given: str) -> Answer:
        """Show a role."""
        found = ask.org.roles.get(owner(ask, given[parameter]), given["roleAssignmentId"])
        return Answer(body=role_json(found, base_url=ask.base_url))

    @route("DELETE", role, operation=f"unassignRoleFrom{word}", scope=_SCOPE, status=204)
    def unassign_role(ask: Ask, **given: str) -> Answer:
        """Take a role away."""
        ask.org.roles.revoke(owner(ask, given[parameter]), given["roleAssignmentId"], ask.call)
        return EMPTY

    @route("GET", targets, operation=f"listGroupTargetsForRole{word}", scope=_SCOPE, gives="[Group]")
    def list_targets(ask: Ask, **given: str) -> Answer:
        """List the groups that a role is limited to."""
        found = ask.org.roles.get(owner(ask, given[parameter]), given["roleAssignmentId"])
        kept = [group for group in ask.org.groups.all() if group.id in found.targets]
        return Answer(body=[group_json(group, base_url=ask.base_url) for group in kept])

    @route("PUT", f"{targets}/<targetGroupId>", operation=f"assignGroupTargetTo{word}Role", scope=_SCOPE, status=204)
    def add_target(ask: Ask, **given: str) -> Answer:
        """Limit a role to a group."""
        return _limit(ask, lift=False, **given)

    @route(
        "DELETE", f"{targets}/<targetGroupId>", operation=f"unassignGroupTargetFrom{word}Role", scope=_SCOPE, status=204
    )
    def remove_target(ask: Ask, **given: str) -> Answer:
        """Lift a role's limit to a group."""
        return _limit(ask, lift=True, **given)

    def _limit(ask: Ask, *, lift: bool, **given: str) -> Answer:
        target = ask.org.groups.get(given["targetGroupId"])
        ask.org.roles.limit(owner(ask, given[parameter]), given["roleAssignmentId"], target, ask.call, lift=lift)
        return EMPTY


_endpoints("/api/v1/users", "userId", "User", _user)
_endpoints("/api/v1/groups", "groupId", "Group", _group)
