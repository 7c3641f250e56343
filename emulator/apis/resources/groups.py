"""The Groups API (G1-G8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.apis.answers import EMPTY, Answer
from emulator.apis.listing import page, searched
from emulator.apis.routing import Query, Scope, route
from emulator.contract.expressions.scim import GROUP_FILTER, GROUP_SEARCH
from emulator.org.codec import group_json, user_json

if TYPE_CHECKING:
    from emulator.apis.asking import Ask
    from emulator.contract.model import JsonObject
    from emulator.org.records import GroupRecord, UserRecord

__all__: list[str] = []

_GROUPS: Final = "/api/v1/groups"
_GROUP: Final = f"{_GROUPS}/<groupId>"
_SCOPE: Final = Scope("groups")
_MOST: Final = 10_000
_QUICK: Final = 300
_MEMBERS: Final = 1000


def _shown(ask: Ask, group: GroupRecord) -> Answer:
    return Answer(body=group_json(group, base_url=ask.base_url))


@route(
    "GET",
    _GROUPS,
    operation="listGroups",
    scope=_SCOPE,
    gives="[Group]",
    query=(
        Query(name="search"),
        Query(name="filter"),
        Query(name="q"),
        Query(name="after"),
        Query(name="limit", kind="integer", least=0, most=_MOST),
        Query(name="sortBy"),
        Query(name="sortOrder", choices=("asc", "desc")),
    ),
)
def list_groups(ask: Ask) -> Answer:
    """List groups."""
    quick = ask.text("q").casefold()
    groups = ask.org.groups.all()
    if quick:
        groups = [group for group in groups if group.name.casefold().startswith(quick)]

    def show(group: GroupRecord) -> JsonObject:
        return group_json(group, base_url=ask.base_url)

    groups = searched(ask, groups, show, search=GROUP_SEARCH, filtering=GROUP_FILTER)
    return page(ask, groups, show, default=_QUICK if quick else _MOST, most=_MOST, paged=not quick)


@route("POST", _GROUPS, operation="addGroup", quick=True, scope=_SCOPE, gives="Group", takes="GroupBody")
def create_group(ask: Ask) -> Answer:
    """Create a group."""
    return _shown(ask, ask.org.groups.create(ask.body(), ask.call))


@route("GET", _GROUP, operation="getGroup", quick=True, scope=_SCOPE, gives="Group")
def get_group(ask: Ask, groupId: str) -> Answer:  # noqa: N803 (Okta's name of the parameter)
    """Show a group."""
    return _shown(ask, ask.org.groups.get(groupId))


@route("PUT", _GROUP, operation="replaceGroup", quick=True, scope=_SCOPE, gives="Group", takes="GroupBody")
def replace_group(ask: Ask, groupId: str) -> Answer:  # noqa: N803
    """Replace a group's profile."""
    ask.org.groups.get(groupId)
    return _shown(ask, ask.org.groups.replace(groupId, ask.body(), ask.call))


@route("DELETE", _GROUP, operation="deleteGroup", scope=_SCOPE, status=204)
def delete_group(ask: Ask, groupId: str) -> Answer:  # noqa: N803
    """Delete a group."""
    ask.org.groups.delete(groupId, ask.call)
    return EMPTY


@route(
    "GET",
    f"{_GROUP}/users",
    operation="listGroupUsers",
    scope=_SCOPE,
    gives="[User]",
    query=(Query(name="after"), Query(name="limit", kind="integer", least=0, most=_MEMBERS)),
)
def list_group_users(ask: Ask, groupId: str) -> Answer:  # noqa: N803
    """List the members of a group."""
    members = ask.org.groups.members(groupId)

    def show(user: UserRecord) -> JsonObject:
        return user_json(user, base_url=ask.base_url, listed=True)

    return page(ask, members, show, default=_MEMBERS, most=_MEMBERS)


@route("PUT", f"{_GROUP}/users/<userId>", operation="assignUserToGroup", quick=True, scope=_SCOPE, status=204)
def assign_user_to_group(ask: Ask, groupId: str, userId: str) -> Answer:  # noqa: N803
    """Add a user to a group."""
    ask.org.groups.get(groupId)
    ask.org.groups.add(groupId, ask.org.users.get(userId), ask.call)
    return EMPTY


@route("DELETE", f"{_GROUP}/users/<userId>", operation="unassignUserFromGroup", quick=True, scope=_SCOPE, status=204)
def unassign_user_from_group(ask: Ask, groupId: str, userId: str) -> Answer:  # noqa: N803
    """Remove a user from a group."""
    ask.org.groups.get(groupId)
    ask.org.groups.remove(groupId, ask.org.users.get(userId), ask.call)
    return EMPTY
