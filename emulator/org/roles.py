"""Admin roles of users and groups: who has one, and for which groups (``*.privilege.grant`` and ``.revoke``)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from emulator.names import did_you_mean
from emulator.org.errors import api_error, blank, invalid, not_found
from emulator.org.records import GroupRecord, UserRecord
from emulator.org.user_body import read_object
from emulator.payloads.moments import as_text

if TYPE_CHECKING:
    from sqlite3 import Connection

    from emulator.org.call import Call
    from emulator.org.core import Change, Core

__all__ = ["ROLES", "RoleRecord", "Roles", "forget_roles"]

# Okta's standard roles, and how its pages name them.
ROLES: Final = {
    "SUPER_ADMIN": "Super Administrator",
    "ORG_ADMIN": "Organization Administrator",
    "APP_ADMIN": "Application Administrator",
    "USER_ADMIN": "Group Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "READ_ONLY_ADMIN": "Read-only Administrator",
    "MOBILE_ADMIN": "Mobile Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRecord:
    """A role that a user or a group has, *created* as text; *targets* are ids of the groups it is limited to."""

    id: str
    owner: str
    type: str
    created: str
    targets: tuple[str, ...] = ()


class Roles:
    """
    The role assignments of one org.

    Every method that changes something takes the *call* that asks for it; None is a call by the admin's token.
    All raise ``OktaApiError`` where Okta's API would refuse.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def of(self, owner: UserRecord | GroupRecord) -> list[RoleRecord]:
        """Return the roles of a user or a group, in the order they were given."""
        rows = self._core.store.rows("SELECT document FROM roles WHERE owner = ? ORDER BY number", (owner.id,))
        return [_read(document) for (document,) in rows]

    def get(self, owner: UserRecord | GroupRecord, role_id: str) -> RoleRecord:
        """Return one of their roles."""
        row = self._core.store.row("SELECT document FROM roles WHERE owner = ? AND id = ?", (owner.id, role_id))
        if row is None:
            raise not_found(role_id, "RoleAssignment")
        return _read(row[0])

    def grant(self, owner: UserRecord | GroupRecord, body: Any, call: Call | None = None) -> RoleRecord:
        """Give a role, named by ``type``; one that they have already is refused."""
        kind = _kind(body)
        core = self._core
        with core.change(call, path=_path(owner)) as change:
            if any(role.type == kind for role in self.of(owner)):
                raise api_error("E0000090")
            number = core.store.next("role")
            role_id = core.world.id("ra1", "role", number)
            role = RoleRecord(id=role_id, owner=owner.id, type=kind, created=as_text(change.now))
            change.db.execute("INSERT INTO roles VALUES (?, ?, ?, ?)", (number, role.id, role.owner, _text(role)))
            _tell(change, owner, role, "grant")
        return role

    def revoke(self, owner: UserRecord | GroupRecord, role_id: str, call: Call | None = None) -> None:
        """Take a role away."""
        with self._core.change(call, path=f"{_path(owner)}/{role_id}") as change:
            role = self.get(owner, role_id)
            change.db.execute("DELETE FROM roles WHERE id = ?", (role.id,))
            _tell(change, owner, role, "revoke")

    def limit(
        self,
        owner: UserRecord | GroupRecord,
        role_id: str,
        group: GroupRecord,
        call: Call | None = None,
        *,
        lift: bool = False,
    ) -> None:
        """Limit a role to a group, in addition to those it is limited to; or *lift* that limit."""
        with self._core.change(call, path=f"{_path(owner)}/{role_id}/targets/groups/{group.id}") as change:
            role = self.get(owner, role_id)
            others = tuple(target for target in role.targets if target != group.id)
            role = replace(role, targets=others if lift else (*others, group.id))
            change.db.execute("UPDATE roles SET document = ? WHERE id = ?", (_text(role), role.id))


def forget_roles(db: Connection, owner_id: str) -> None:
    """Take all roles of a user or a group that is being deleted."""
    db.execute("DELETE FROM roles WHERE owner = ?", (owner_id,))


def _kind(body: Any) -> str:
    kind = read_object(body).get("type")
    if not isinstance(kind, str) or not kind:
        raise invalid("type", blank("type"))
    if kind not in ROLES:
        raise invalid("type", "type: The field has an invalid value", hint=did_you_mean(kind, ROLES))
    return kind


def _path(owner: UserRecord | GroupRecord) -> str:
    return f"/api/v1/{'users' if isinstance(owner, UserRecord) else 'groups'}/{owner.id}/roles"


def _tell(change: Change, owner: UserRecord | GroupRecord, role: RoleRecord, verb: str) -> None:
    extras = {f"privilege{'Granted' if verb == 'grant' else 'Revoked'}": ROLES[role.type].replace("Admin", "admin")}
    if isinstance(owner, UserRecord):
        change.raise_event(f"user.account.privilege.{verb}", person=owner.in_events(), extras=extras)
    else:
        change.raise_event(f"group.privilege.{verb}", group=owner.in_events(), extras=extras)


def _text(role: RoleRecord) -> str:
    return json.dumps(asdict(role))


def _read(document: str) -> RoleRecord:
    found = json.loads(document)
    return RoleRecord(**{**found, "targets": tuple(found["targets"])})
