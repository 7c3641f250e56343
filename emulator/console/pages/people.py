"""Directory > People: add, read, change and move users; each action tells the events it raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.console.routing import page
from emulator.console.visit import PAGE_SIZE
from emulator.contract.inline.types import inline_hook_type
from emulator.errors import UsageError
from emulator.org.errors import OktaApiError
from emulator.org.records import UserStatus
from emulator.org.user_body import PENDING_IMPORT

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from emulator.console.visit import Visit
    from emulator.org.records import GroupRecord, UserRecord

__all__: list[str] = []

_S = UserStatus
_LIVE: Final = frozenset(_S) - {_S.DEPROVISIONED, _S.STAGED}
# What More Actions offers: verb -> label, and the states in which Okta takes it (U-d to U-r).
ACTIONS: Final = {
    "activate": ("Activate", frozenset({_S.STAGED, _S.DEPROVISIONED})),
    "complete-activation": ("Complete activation", frozenset({_S.PROVISIONED})),
    "suspend": ("Suspend", frozenset({_S.ACTIVE})),
    "unsuspend": ("Unsuspend", frozenset({_S.SUSPENDED})),
    "unlock": ("Unlock", frozenset({_S.LOCKED_OUT})),
    "expire-password": ("Expire password", frozenset({_S.ACTIVE})),
    "clear-sessions": ("Clear user sessions", _LIVE),
    "deactivate": ("Deactivate", _LIVE),
    "delete": ("Delete", frozenset({_S.DEPROVISIONED})),
}
_PROFILE: Final = ("firstName", "lastName", "login", "email", "mobilePhone", "title", "department")


@page("GET", "/people")
def list_people(visit: Visit) -> Response:
    """Show users, the newest first; a search narrows them down."""
    wanted, status = visit.text("q").lower(), visit.text("status")
    found = [
        user
        for user in reversed(visit.org.users.all(deprovisioned=True))
        if (not wanted or wanted in f"{user.display_name} {user.login}".lower()) and status in {"", user.status}
    ]
    start = visit.page_number * PAGE_SIZE
    return visit.render(
        "people",
        people=found[start : start + PAGE_SIZE],
        total=len(found),
        q=visit.text("q"),
        wanted_status=status,
        statuses=list(_S),
        page=visit.page_number,
        has_more=len(found) > start + PAGE_SIZE,
    )


@page("GET", "/people/new")
def new_person(visit: Visit) -> Response:
    """Show the form for a new person."""
    return visit.render("person_form", values={}, error=None, groups=_groups(visit))


@page("POST", "/people/new")
def add_person(visit: Visit) -> Response:
    """Add a person, activated at once unless the form says otherwise."""
    values = {name: visit.field(name) for name in ("firstName", "lastName", "login", "email")}
    profile = {**values, "login": values["login"] or values["email"], "email": values["email"] or values["login"]}
    password, before = visit.form.get("password", ""), visit.org.log.last_number()
    body = {"profile": profile, "groupIds": [text for text in visit.form.getlist("groups") if text]}
    if visit.field("import"):
        body["credentials"] = {"password": {"hook": {"type": "default"}}}
    elif password:
        body["credentials"] = {"password": {"value": password}}
    try:
        user = visit.org.users.create(body, visit.call(), activate=visit.field("activate") == "yes")
    except OktaApiError as error:
        return visit.render("person_form", status=400, values=values, error=error, groups=_groups(visit))
    visit.tell(f"Added {user.display_name}.", events=visit.events_since(before))
    return visit.go(f"/people/{user.id}")


@page("GET", "/people/<user_id>")
def show_person(visit: Visit, user_id: str) -> Response:
    """Show a person: profile, groups, and what can be done."""
    user = visit.org.users.get(user_id)
    in_groups = visit.org.groups.of_user(user.id)
    ids = {group.id for group in in_groups}
    return visit.render(
        "person",
        person=user,
        awaits_import=user.password == PENDING_IMPORT,
        import_hook=visit.org.inline.hooks.active(inline_hook_type("password-import")),
        actions=_actions(user),
        names=[*_PROFILE, *(name for name in user.profile if name not in _PROFILE)],
        groups=in_groups,
        others=[group for group in _groups(visit) if group.id not in ids],
    )


@page("POST", "/people/<user_id>/profile")
def save_profile(visit: Visit, user_id: str) -> Response:
    """Change a person's profile."""
    user, before = visit.org.users.get(user_id), visit.org.log.last_number()
    given = {
        name: text.strip() or None
        for name, text in visit.form.items()
        if name != "csrf" and text.strip() != str(user.profile.get(name) or "")
    }
    try:
        visit.org.users.update(user.id, {"profile": given}, visit.call())
        visit.tell("Saved the profile." if given else "Nothing has changed.", events=visit.events_since(before))
    except OktaApiError as error:
        _refused(visit, error)
    return visit.go(f"/people/{user.id}")


@page("POST", "/people/<user_id>/groups")
def change_groups(visit: Visit, user_id: str) -> Response:
    """Add a person to a group, or remove one."""
    user, before = visit.org.users.get(user_id), visit.org.log.last_number()
    groups = visit.org.groups
    try:
        if visit.field("remove"):
            groups.remove(visit.field("remove"), user, visit.call())
            visit.tell(f"Removed {user.display_name} from the group.", events=visit.events_since(before))
        else:
            groups.add(visit.field("add"), user, visit.call())
            visit.tell(f"Added {user.display_name} to the group.", events=visit.events_since(before))
    except OktaApiError as error:
        _refused(visit, error)
    return visit.go(f"/people/{user.id}")


@page("POST", "/people/<user_id>/sign-in")
def sign_in(visit: Visit, user_id: str) -> Response:
    """Let a person sign in, which may ask the password import hook."""
    user, before = visit.org.users.get(user_id), visit.org.log.last_number()
    worked = visit.org.sign_ins.sign_in(user.id, visit.form.get("password", ""))
    words = "signed in" if worked else "could not sign in"
    visit.tell(f"{user.display_name} {words}.", good=worked, events=visit.events_since(before))
    return visit.go(f"/people/{user.id}")


@page("POST", "/people/<user_id>/<action>")
def act(visit: Visit, user_id: str, action: str) -> Response:
    """Do one of More Actions."""
    users, before = visit.org.users, visit.org.log.last_number()
    user = users.get(user_id)
    doers: dict[str, Callable[[], Any]] = {
        "activate": lambda: users.activate(user.id, visit.call()),
        "complete-activation": lambda: users.complete_activation(user.id, "Chosen-by-the-console-1"),
        "suspend": lambda: users.suspend(user.id, visit.call()),
        "unsuspend": lambda: users.unsuspend(user.id, visit.call()),
        "unlock": lambda: users.unlock(user.id, visit.call()),
        "expire-password": lambda: users.expire_password(user.id, visit.call()),
        "clear-sessions": lambda: users.clear_sessions(user.id, visit.call()),
        "deactivate": lambda: users.deactivate(user.id, visit.call()),
        "delete": lambda: users.delete(user.id, visit.call()),
    }
    if action not in doers:
        raise UsageError(f"nobody can {action} a person")
    try:
        doers[action]()
    except OktaApiError as error:
        _refused(visit, error)
        return visit.go(f"/people/{user.id}")
    label = ACTIONS[action][0]
    visit.tell(f"{label}: {user.display_name}.", events=visit.events_since(before))
    return visit.go("/people" if action == "delete" else f"/people/{user.id}")


def _actions(user: UserRecord) -> list[tuple[str, str]]:
    return [(verb, label) for verb, (label, states) in ACTIONS.items() if user.status in states]


def _groups(visit: Visit) -> list[GroupRecord]:
    return [group for group in visit.org.groups.all() if group.type == "OKTA_GROUP"]


def _refused(visit: Visit, error: OktaApiError) -> None:
    visit.tell(error.message, good=False, lines=[*error.causes, *error.hint.splitlines()])
