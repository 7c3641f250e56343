"""Groups of an org and their members (G1-G8)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emulator.org.errors import api_error, blank, invalid, not_found, taken
from emulator.org.records import GroupRecord, GroupType, UserRecord
from emulator.org.roles import forget_roles
from emulator.org.user_body import read_object

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.org.call import Call
    from emulator.org.core import Change, Core

__all__ = ["Groups"]

_PATH: Final = "/api/v1/groups"
_EVERYONE: Final = "Everyone"
_LONGEST_NAME: Final = 255
_LONGEST_DESCRIPTION: Final = 1024


class Groups:
    """
    The groups of one org.

    Every method that changes something takes the *call* that asks for it; None is a call by the admin's token.
    All raise ``OktaApiError`` where Okta's API would refuse.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self, group_id: str) -> GroupRecord:
        """Return a group as it is now."""
        row = self._core.store.row("SELECT document FROM groups WHERE id = ?", (group_id,))
        if row is None:
            raise not_found(group_id, "UserGroup")
        return GroupRecord.from_text(row[0])

    def named(self, name: str) -> GroupRecord | None:
        """Return the group of that name, or None."""
        row = self._core.store.row("SELECT document FROM groups WHERE name = ?", (name,))
        return None if row is None else GroupRecord.from_text(row[0])

    def all(self) -> list[GroupRecord]:
        """Return all groups in order of creation."""
        rows = self._core.store.rows("SELECT document FROM groups ORDER BY number")
        return [GroupRecord.from_text(document) for (document,) in rows]

    def create(self, body: Any, call: Call | None = None) -> GroupRecord:
        """Create a group from an API body (G1)."""
        profile = _profile(body)
        with self._core.change(call, path=_PATH) as change:
            self._check_name(profile["name"])
            group = self._insert(change, profile, GroupType.OKTA)
            change.raise_event("group.lifecycle.create", group=group.in_events())
        return group

    def add_everyone(self) -> None:
        """Make the built-in group of all users; no event tells of it."""
        with self._core.change() as change:
            self._insert(
                change, {"name": _EVERYONE, "description": "All users in your organization"}, GroupType.BUILT_IN
            )

    def replace(self, group_id: str, body: Any, call: Call | None = None) -> GroupRecord:
        """Replace a group's profile (G1, G6)."""
        profile = _profile(body)
        with self._core.change(call, path=f"{_PATH}/{group_id}") as change:
            old = self._changeable(group_id)
            self._check_name(profile["name"], but=old)
            changed = [name for name in profile if old.profile.get(name) != profile[name]]
            group = self._put(change, replace(old, profile=profile, last_updated=change.now))
            if changed:
                extras = {"changedAttributes": ",".join(changed)}
                change.raise_event("group.profile.update", group=group.in_events(), extras=extras)
        return group

    def delete(self, group_id: str, call: Call | None = None) -> None:
        """Delete a group; no event tells of its members (G7)."""
        with self._core.change(call, path=f"{_PATH}/{group_id}") as change:
            group = self._changeable(group_id)
            change.db.execute("DELETE FROM members WHERE group_id = ?", (group.id,))
            change.db.execute("DELETE FROM groups WHERE id = ?", (group.id,))
            forget_roles(change.db, group.id)
            change.raise_event("group.lifecycle.delete", group=group.in_events())

    def members(self, group_id: str) -> list[UserRecord]:
        """Return the members of a group in order of their creation."""
        rows = self._core.store.rows(
            "SELECT users.document FROM members JOIN users ON users.id = user_id WHERE group_id = ? ORDER BY number",
            (self.get(group_id).id,),
        )
        return [UserRecord.from_text(document) for (document,) in rows]

    def of_user(self, user_id: str) -> list[GroupRecord]:
        """Return the groups a user is in, in order of their creation."""
        rows = self._core.store.rows(
            "SELECT groups.document FROM members JOIN groups ON groups.id = group_id WHERE user_id = ? ORDER BY number",
            (user_id,),
        )
        return [GroupRecord.from_text(document) for (document,) in rows]

    def add(self, group_id: str, user: UserRecord, call: Call | None = None) -> None:
        """Add a user to a group; who is in it already stays, and no event tells of it (G3, G4)."""
        with self._core.change(call, path=f"{_PATH}/{group_id}/users/{user.id}") as change:
            self.join(change, self._changeable(group_id), user)

    def remove(self, group_id: str, user: UserRecord, call: Call | None = None) -> None:
        """Remove a user from a group; who is not in it is no error (G3, G4)."""
        with self._core.change(call, path=f"{_PATH}/{group_id}/users/{user.id}") as change:
            self.leave(change, self._changeable(group_id), user)

    def join(self, change: Change, group: GroupRecord, user: UserRecord) -> None:
        """Add a user as a part of *change*."""
        if group.type is not GroupType.OKTA:
            raise api_error("E0000006")
        added = change.db.execute("INSERT OR IGNORE INTO members VALUES (?, ?)", (group.id, user.id))
        if added.rowcount:
            self._touch(change, group)
            change.raise_event("group.user_membership.add", person=user.in_events(), group=group.in_events())

    def leave(self, change: Change, group: GroupRecord, user: UserRecord) -> None:
        """Remove a user as a part of *change*; nobody leaves Everyone."""
        if group.type is GroupType.BUILT_IN:
            return
        gone = change.db.execute("DELETE FROM members WHERE group_id = ? AND user_id = ?", (group.id, user.id))
        if gone.rowcount:
            self._touch(change, group)
            change.raise_event("group.user_membership.remove", person=user.in_events(), group=group.in_events())

    def join_everyone(self, change: Change, user: UserRecord) -> None:
        """Add a new user to Everyone, of which no event tells (G8)."""
        change.db.execute("INSERT INTO members SELECT id, ? FROM groups WHERE name = ?", (user.id, _EVERYONE))

    def _changeable(self, group_id: str) -> GroupRecord:
        group = self.get(group_id)
        if group.type is not GroupType.OKTA:
            # G6: status and code are not documented.
            raise api_error("E0000006", hint=f"a group of type {group.type} can't be changed through the API")
        return group

    def _check_name(self, name: str, *, but: GroupRecord | None = None) -> None:
        found = self.named(name)
        if found is not None and found.id != (but and but.id):
            raise invalid("name", taken("name"))

    def _insert(self, change: Change, profile: JsonObject, kind: GroupType) -> GroupRecord:
        number = self._core.store.next("group")
        group = GroupRecord(
            id=self._core.world.id("00g", "own group", number),
            type=kind,
            created=change.now,
            last_updated=change.now,
            last_membership_updated=change.now,
            profile=profile,
        )
        change.db.execute("INSERT INTO groups VALUES (?, ?, ?, ?)", (number, group.id, group.name, group.to_text()))
        return group

    def _put(self, change: Change, group: GroupRecord) -> GroupRecord:
        change.db.execute(
            "UPDATE groups SET name = ?, document = ? WHERE id = ?", (group.name, group.to_text(), group.id)
        )
        return group

    def _touch(self, change: Change, group: GroupRecord) -> None:
        self._put(change, replace(self.get(group.id), last_membership_updated=change.now))


def _profile(body: Any) -> JsonObject:
    profile = read_object(body).get("profile")
    if not isinstance(profile, dict):
        raise invalid("profile", blank("profile"))
    name, description = profile.get("name"), profile.get("description")
    if name is None or name == "":
        raise invalid("name", blank("name"))
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        raise invalid("name", "name: The field has an invalid value")
    if not isinstance(description, str | None) or len(description or "") > _LONGEST_DESCRIPTION:
        raise invalid("description", "description: The field has an invalid value")
    return {**profile, "name": name, "description": description}
