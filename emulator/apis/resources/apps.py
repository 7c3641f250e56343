"""Apps and their assignments, as far as they raise ``application.user_membership.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.apis.answers import EMPTY, Answer
from emulator.apis.listing import page
from emulator.apis.routing import Query, Scope, route
from emulator.org.codec import app_json, assignment_json
from emulator.org.errors import blank, invalid, not_found

if TYPE_CHECKING:
    from emulator.apis.asking import Ask

__all__: list[str] = []

_APPS: Final = "/api/v1/apps"
_APP: Final = f"{_APPS}/<appId>"
_USERS: Final = f"{_APP}/users"
_SCOPE: Final = Scope("apps")
_MOST: Final = 200
_PAGED: Final = (Query(name="after"), Query(name="limit", kind="integer", least=0, most=_MOST))


@route("GET", _APPS, operation="listApplications", scope=_SCOPE, gives="[Application]", query=_PAGED)
def list_apps(ask: Ask) -> Answer:
    """List apps."""
    return page(ask, ask.org.apps.all(), lambda app: app_json(app, base_url=ask.base_url), default=_MOST, most=_MOST)


@route("POST", _APPS, operation="createApplication", scope=_SCOPE, gives="Application", takes="ApplicationBody")
def create_app(ask: Ask) -> Answer:
    """Create an app."""
    return Answer(body=app_json(ask.org.apps.create(ask.body(), ask.call), base_url=ask.base_url))


@route("GET", _APP, operation="getApplication", scope=_SCOPE, gives="Application")
def get_app(ask: Ask, appId: str) -> Answer:  # noqa: N803 (Okta's name of the parameter)
    """Show an app."""
    return Answer(body=app_json(ask.org.apps.get(appId), base_url=ask.base_url))


@route("DELETE", _APP, operation="deleteApplication", scope=_SCOPE, status=204)
def delete_app(ask: Ask, appId: str) -> Answer:  # noqa: N803
    """Delete an app and its assignments."""
    ask.org.apps.delete(appId, ask.call)
    return EMPTY


@route("GET", _USERS, operation="listApplicationUsers", scope=_SCOPE, gives="[AppUser]", query=_PAGED)
def list_app_users(ask: Ask, appId: str) -> Answer:  # noqa: N803
    """List the users an app is assigned to."""
    app = ask.org.apps.get(appId)
    assigned = ask.org.apps.users(appId)
    made = {user.id: assignment for user, assignment in assigned}
    return page(
        ask,
        [user for user, _ in assigned],
        lambda user: assignment_json(app, user, made[user.id], base_url=ask.base_url),
        default=_MOST,
        most=_MOST,
    )


@route("POST", _USERS, operation="assignUserToApplication", scope=_SCOPE, gives="AppUser", takes="AppUserBody")
def assign_user_to_app(ask: Ask, appId: str) -> Answer:  # noqa: N803
    """Assign an app to a user."""
    app = ask.org.apps.get(appId)
    body: Any = ask.body()
    user_id = body.get("id") if isinstance(body, dict) else None
    if not isinstance(user_id, str) or not user_id:
        raise invalid("id", blank("id"))
    user = ask.org.users.get(user_id)
    assignment = ask.org.apps.assign(app.id, user, ask.call)
    return Answer(body=assignment_json(app, user, assignment, base_url=ask.base_url))


@route("GET", f"{_USERS}/<userId>", operation="getApplicationUser", scope=_SCOPE, gives="AppUser")
def get_app_user(ask: Ask, appId: str, userId: str) -> Answer:  # noqa: N803
    """Show the assignment of an app to a user."""
    app = ask.org.apps.get(appId)
    for user, assignment in ask.org.apps.users(appId):
        if user.id == userId:
            return Answer(body=assignment_json(app, user, assignment, base_url=ask.base_url))
    raise not_found(userId, "AppUser")


@route("DELETE", f"{_USERS}/<userId>", operation="unassignUserFromApplication", scope=_SCOPE, status=204)
def unassign_user_from_app(ask: Ask, appId: str, userId: str) -> Answer:  # noqa: N803
    """Take an app away from a user."""
    ask.org.apps.get(appId)
    ask.org.apps.unassign(appId, ask.org.users.get(userId), ask.call)
    return EMPTY
