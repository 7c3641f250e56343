"""The Users API: create, read, list, update, delete (U1-U18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.apis.answers import EMPTY, Answer
from emulator.apis.listing import page, searched, whole_page
from emulator.apis.routing import Query, Scope, route
from emulator.contract.expressions.scim import USER_FILTER, USER_SEARCH
from emulator.org.codec import app_link_json, group_json, user_json

if TYPE_CHECKING:
    from emulator.apis.asking import Ask
    from emulator.contract.model import JsonObject
    from emulator.org.records import UserRecord

__all__: list[str] = []

_USERS: Final = "/api/v1/users"
_USER: Final = f"{_USERS}/<id>"
_SCOPE: Final = Scope("users")
_MOST: Final = 200
_FEW: Final = 10


def _shown(ask: Ask, user: UserRecord) -> Answer:
    return Answer(body=user_json(user, base_url=ask.base_url))


@route(
    "GET",
    _USERS,
    operation="listUsers",
    scope=_SCOPE,
    gives="[User]",
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
def list_users(ask: Ask) -> Answer:
    """List users; DEPROVISIONED ones only when they are searched or filtered for."""
    quick = ask.text("q").casefold()
    asked = bool(ask.text("search") or ask.text("filter"))

    def show(user: UserRecord) -> JsonObject:
        return user_json(user, base_url=ask.base_url, listed=True)

    if not quick and not asked:
        found = whole_page(ask, ask.org.users.some, show, most=_MOST)
        if found is not None:
            return found
    users = ask.org.users.all(deprovisioned=asked)
    if quick:
        users = [user for user in users if _is_meant(user, quick)]
    users = searched(ask, users, show, search=USER_SEARCH, filtering=USER_FILTER)
    return page(ask, users, show, default=_FEW if quick else _MOST, most=_MOST, paged=not quick)


def _is_meant(user: UserRecord, quick: str) -> bool:
    names = (user.profile.get(name) for name in ("firstName", "lastName", "email"))
    return any(str(name or "").casefold().startswith(quick) for name in names)


@route(
    "POST",
    _USERS,
    operation="createUser",
    quick=True,
    scope=_SCOPE,
    gives="User",
    takes="UserBody",
    query=(
        Query(name="activate", kind="boolean"),
        Query(name="provider", kind="boolean"),
        Query(name="nextLogin", choices=("changePassword",)),
    ),
)
def create_user(ask: Ask) -> Answer:
    """Create a user: STAGED, PROVISIONED or ACTIVE."""
    user = ask.org.users.create(
        ask.body(),
        ask.call,
        activate=ask.flag("activate", default=True),
        provider=ask.flag("provider", default=False),
        next_login=ask.text("nextLogin") or None,
    )
    return _shown(ask, user)


@route("GET", _USER, operation="getUser", quick=True, scope=_SCOPE, gives="User")
def get_user(ask: Ask, id: str) -> Answer:  # noqa: A002 (Okta's name of the parameter)
    """Show a user, by id, login, short login or ``me``."""
    return _shown(ask, ask.org.users.get(id))


@route("POST", _USER, operation="updateUser", quick=True, scope=_SCOPE, gives="User", takes="UserPatch")
def update_user(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Change the properties that the body has."""
    ask.org.users.get(id)
    return _shown(ask, ask.org.users.update(id, ask.body(), ask.call, partial=True))


@route("PUT", _USER, operation="replaceUser", quick=True, scope=_SCOPE, gives="User", takes="UserBody")
def replace_user(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Replace a user's profile; what the body leaves out is gone."""
    ask.org.users.get(id)
    return _shown(ask, ask.org.users.update(id, ask.body(), ask.call, partial=False))


@route(
    "DELETE",
    _USER,
    operation="deleteUser",
    quick=True,
    scope=_SCOPE,
    status=204,
    query=(Query(name="sendEmail", kind="boolean"),),
)
def delete_user(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Deactivate a live user; delete a DEPROVISIONED one for good."""
    ask.org.users.delete(id, ask.call)
    return EMPTY


@route("GET", f"{_USER}/groups", operation="listUserGroups", scope=_SCOPE, gives="[Group]")
def list_user_groups(ask: Ask, id: str) -> Answer:  # noqa: A002
    """List the groups of a user."""
    groups = ask.org.groups.of_user(ask.org.users.get(id).id)
    return page(ask, groups, lambda group: group_json(group, base_url=ask.base_url), default=_MOST, most=_MOST)


@route("GET", f"{_USER}/appLinks", operation="listAppLinks", scope=_SCOPE, gives="[AppLink]")
def list_app_links(ask: Ask, id: str) -> Answer:  # noqa: A002
    """List the apps that are assigned to a user."""
    apps = ask.org.apps.of_user(ask.org.users.get(id).id)
    return Answer(body=[app_link_json(app, base_url=ask.base_url) for app in apps])


@route("GET", f"{_USER}/grants", operation="listUserGrants", scope=_SCOPE, gives="[Grant]")
def list_user_grants(ask: Ask, id: str) -> Answer:  # noqa: A002
    """List the OAuth grants of a user: here there are none."""
    ask.org.users.get(id)
    return Answer(body=[])


@route("GET", f"{_USER}/clients", operation="listUserClients", scope=_SCOPE, gives="[Grant]")
def list_user_clients(ask: Ask, id: str) -> Answer:  # noqa: A002
    """List the OAuth clients that have tokens of a user: here there are none."""
    ask.org.users.get(id)
    return Answer(body=[])


@route("GET", f"{_USER}/idps", operation="listUserIdentityProviders", scope=_SCOPE, gives="[Grant]")
def list_user_identity_providers(ask: Ask, id: str) -> Answer:  # noqa: A002
    """List the identity providers that a user is linked to: here there are none."""
    ask.org.users.get(id)
    return Answer(body=[])


@route("DELETE", f"{_USER}/grants", operation="revokeUserGrants", scope=_SCOPE, status=204)
def revoke_user_grants(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Revoke the OAuth grants of a user, of which there are none."""
    ask.org.users.get(id)
    return EMPTY


@route("DELETE", f"{_USER}/sessions", operation="revokeUserSessions", scope=_SCOPE, status=204)
def revoke_user_sessions(ask: Ask, id: str) -> Answer:  # noqa: A002
    """End all sessions of a user."""
    ask.org.users.clear_sessions(id, ask.call)
    return EMPTY
