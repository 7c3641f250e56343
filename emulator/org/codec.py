"""Okta's JSON for hooks, users, groups and apps, members in Okta's order (A11-A17, U10, U11, G2); pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import CHANNEL_VERSION
from emulator.contract.model import EventHook, HookStatus, JsonObject
from emulator.org.records import UserStatus
from emulator.org.roles import ROLES
from emulator.payloads.moments import as_text

if TYPE_CHECKING:
    from datetime import datetime

    from emulator.org.records import AppRecord, GroupRecord, UserRecord
    from emulator.org.roles import RoleRecord

__all__ = [
    "app_json",
    "app_link_json",
    "assignment_json",
    "credentials_json",
    "group_json",
    "hook_json",
    "user_json",
]

_STATUS = UserStatus


def hook_json(hook: EventHook, *, base_url: str) -> JsonObject:
    """Return an event hook as the API shows it (A11-A17): ``authScheme.value`` is never part of it."""
    auth = hook.channel.auth
    return {
        "id": hook.id,
        "status": hook.status.value,
        "verificationStatus": hook.verification_status.value,
        "name": hook.name,
        "description": hook.description,
        "created": as_text(hook.created),
        "createdBy": hook.created_by,
        "lastUpdated": as_text(hook.last_updated),
        "events": {"type": "EVENT_TYPE", "items": list(hook.events), "filter": _filter(hook)},
        "channel": {
            "type": "HTTP",
            "version": CHANNEL_VERSION,
            "config": {
                "uri": hook.channel.uri,
                # Okta returns custom headers with their values; only the secret of authScheme is hidden (A12, A13).
                "headers": [{"key": header.key, "value": header.value.reveal()} for header in hook.channel.headers],
                "method": "POST",
                "authScheme": None if auth is None else {"type": "HEADER", "key": auth.key},
            },
        },
        "_links": _hook_links(hook, base_url),
    }


def _filter(hook: EventHook) -> JsonObject | None:
    if hook.event_filter is None:
        return None
    # F2: answers add a version to each condition.
    entries = [
        {"event": entry["event"], "condition": {"version": None, "expression": entry["condition"]["expression"]}}
        for entry in hook.event_filter["eventFilterMap"]
    ]
    return {"type": "EXPRESSION_LANGUAGE", "eventFilterMap": entries}


def _hook_links(hook: EventHook, base_url: str) -> JsonObject:
    url = f"{base_url}/api/v1/eventHooks/{hook.id}"
    self_link = {"self": {"href": url}}
    if hook.status is HookStatus.ACTIVE:
        return {
            **self_link,
            "verify": _link(f"{url}/lifecycle/verify"),
            "deactivate": _link(f"{url}/lifecycle/deactivate"),
        }
    return {"activate": _link(f"{url}/lifecycle/activate"), **self_link, "delete": _link(url, "DELETE")}


def _link(href: str, method: str = "POST") -> JsonObject:
    return {"href": href, "hints": {"allow": [method]}}


# U11, in the captured order.  RECOVERY, PASSWORD_EXPIRED and LOCKED_OUT were never captured: what may follow them.
_SIGNS_IN: Final = (
    "suspend", "schema", "resetPassword", "forgotPassword", "expirePassword", "changeRecoveryQuestion", "self",
    "resetFactors", "type", "changePassword", "deactivate",
)  # fmt: skip
_USER_LINKS: Final[dict[UserStatus, tuple[str, ...]]] = {
    _STATUS.STAGED: ("schema", "activate", "self", "resetFactors", "type"),
    _STATUS.PROVISIONED: (
        "suspend", "schema", "resetPassword", "reactivate", "self", "resetFactors", "type", "deactivate",
    ),
    _STATUS.ACTIVE: _SIGNS_IN,
    _STATUS.RECOVERY: ("schema", "resetPassword", "reactivate", "self", "resetFactors", "type", "deactivate"),
    _STATUS.PASSWORD_EXPIRED: _SIGNS_IN,
    _STATUS.LOCKED_OUT: ("schema", "resetPassword", "unlock", "self", "resetFactors", "type", "deactivate"),
    _STATUS.SUSPENDED: ("schema", "unsuspend", "self", "resetFactors", "type", "deactivate"),
    _STATUS.DEPROVISIONED: ("schema", "activate", "self", "type", "delete"),
}  # fmt: skip
# Link -> (path below the user, method).
_USER_ACTIONS: Final[dict[str, tuple[str, str]]] = {
    "activate": ("/lifecycle/activate", "POST"),
    "changePassword": ("/credentials/change_password", "POST"),
    "changeRecoveryQuestion": ("/credentials/change_recovery_question", "POST"),
    "deactivate": ("/lifecycle/deactivate", "POST"),
    "delete": ("", "DELETE"),
    "expirePassword": ("/lifecycle/expire_password", "POST"),
    "forgotPassword": ("/credentials/forgot_password", "POST"),
    "reactivate": ("/lifecycle/reactivate", "POST"),
    "resetFactors": ("/lifecycle/reset_factors", "POST"),
    "resetPassword": ("/lifecycle/reset_password", "POST"),
    "suspend": ("/lifecycle/suspend", "POST"),
    "unlock": ("/lifecycle/unlock", "POST"),
    "unsuspend": ("/lifecycle/unsuspend", "POST"),
}


def user_json(user: UserRecord, *, base_url: str, listed: bool = False) -> JsonObject:
    """Return a user as the API shows it (U10, U11); one that is *listed* links to nothing but itself."""
    return {
        "id": user.id,
        "status": user.status.value,
        "created": as_text(user.created),
        "activated": _or_null(user.activated),
        "statusChanged": _or_null(user.status_changed),
        "lastLogin": _or_null(user.last_login),
        "lastUpdated": as_text(user.last_updated),
        "passwordChanged": _or_null(user.password_changed),
        "type": {"id": user.type_id},
        "profile": _profile(user),
        "credentials": credentials_json(user, emails=True),
        "_links": {
            name: _user_link(name, user, base_url) for name in (("self",) if listed else _USER_LINKS[user.status])
        },
    }


def _profile(user: UserRecord) -> JsonObject:
    """Return the profile in Okta's order; two of its members are there even if nobody has set them."""
    profile = {"mobilePhone": None, "secondEmail": None, **user.profile}
    first = ("firstName", "lastName", "mobilePhone")
    last = ("secondEmail", "login", "email")
    between = [name for name in profile if name not in first + last]
    return {name: profile[name] for name in (*first, *between, *last) if name in profile}


def credentials_json(user: UserRecord, *, emails: bool = False) -> JsonObject:
    """Return a user's credentials as the API shows them: that there are some, never which."""
    credentials: JsonObject = {}
    if user.password is not None:
        credentials["password"] = {}
    if emails:
        primary = user.profile.get("email")
        credentials["emails"] = [{"value": primary, "status": "VERIFIED", "type": "PRIMARY"}] if primary else []
    if user.question is not None:
        credentials["recovery_question"] = {"question": user.question}
    credentials["provider"] = dict(user.provider)
    return credentials


def _user_link(name: str, user: UserRecord, base_url: str) -> JsonObject:
    url = f"{base_url}/api/v1/users/{user.id}"
    if name == "self":
        return {"href": url}
    if name == "schema":
        return {"href": f"{base_url}/api/v1/meta/schemas/user/osc{user.type_id[3:]}"}
    if name == "type":
        return {"href": f"{base_url}/api/v1/meta/types/user/{user.type_id}"}
    path, method = _USER_ACTIONS[name]
    return {"href": f"{url}{path}", "method": method}


def group_json(group: GroupRecord, *, base_url: str) -> JsonObject:
    """Return a group as the API shows it (G2)."""
    url = f"{base_url}/api/v1/groups/{group.id}"
    logos = [
        {"name": size, "href": f"{base_url}/img/logos/groups/odyssey/okta-{size}.png", "type": "image/png"}
        for size in ("medium", "large")
    ]
    return {
        "id": group.id,
        "created": as_text(group.created),
        "lastUpdated": as_text(group.last_updated),
        "lastMembershipUpdated": as_text(group.last_membership_updated),
        "objectClass": ["okta:user_group"],
        "type": group.type.value,
        "profile": dict(group.profile),
        "_links": {
            "logo": logos,
            "users": {"href": f"{url}/users"},
            "apps": {"href": f"{url}/apps"},
        },
    }


def role_json(role: RoleRecord, *, base_url: str) -> JsonObject:
    """Return a role assignment as the API shows it."""
    kind = "users" if role.owner.startswith("00u") else "groups"
    return {
        "id": role.id,
        "label": ROLES[role.type],
        "type": role.type,
        "status": "ACTIVE",
        "created": role.created,
        "lastUpdated": role.created,
        "assignmentType": "USER" if kind == "users" else "GROUP",
        "_links": {"assignee": {"href": f"{base_url}/api/v1/{kind}/{role.owner}"}},
    }


def app_json(app: AppRecord, *, base_url: str) -> JsonObject:
    """Return an app as the API shows it, as far as it is emulated."""
    url = f"{base_url}/api/v1/apps/{app.id}"
    return {
        "id": app.id,
        "name": app.name,
        "label": app.label,
        "status": app.status,
        "lastUpdated": as_text(app.last_updated),
        "created": as_text(app.created),
        "signOnMode": app.sign_on_mode,
        "_links": {"self": {"href": url}, "users": {"href": f"{url}/users"}},
    }


def app_link_json(app: AppRecord, *, base_url: str) -> JsonObject:
    """Return an app as a user's list of apps shows it, as far as it is emulated."""
    return {
        "id": app.id,
        "label": app.label,
        "linkUrl": f"{base_url}/home/{app.name}/{app.id}",
        "logoUrl": f"{base_url}/img/logos/default.png",
        "appName": app.name,
        "appInstanceId": app.id,
        "appAssignmentId": app.id,
        "credentialsSetup": False,
        "hidden": False,
        "sortOrder": 0,
    }


def assignment_json(app: AppRecord, user: UserRecord, assignment: JsonObject, *, base_url: str) -> JsonObject:
    """Return an app user as the API shows it, as far as it is emulated."""
    return {
        "id": user.id,
        "externalId": None,
        "created": assignment["created"],
        "lastUpdated": assignment["created"],
        "scope": "USER",
        "status": "ACTIVE",
        "statusChanged": assignment["created"],
        "passwordChanged": None,
        "syncState": "DISABLED",
        "credentials": {"userName": user.login},
        "profile": {},
        "_links": {
            "app": {"href": f"{base_url}/api/v1/apps/{app.id}"},
            "user": {"href": f"{base_url}/api/v1/users/{user.id}"},
        },
    }


def _or_null(moment: datetime | None) -> Any:
    return None if moment is None else as_text(moment)
