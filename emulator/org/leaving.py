"""What a user's deactivation or deletion takes along, and the events that tell of it (U-h, U-r, U6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.org.records import AppRecord
from emulator.payloads import Origin
from emulator.payloads.pools import ADMIN_ROLES

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.org.core import Change, Core
    from emulator.org.groups import Groups
    from emulator.org.records import UserRecord

__all__ = ["Leaving"]


class Leaving:
    """The parts of a change that follow when a user leaves."""

    def __init__(self, core: Core, groups: Groups) -> None:
        self._core = core
        self._groups = groups

    def deactivated(self, change: Change, user: UserRecord) -> None:
        """Take a deactivated user's session and apps, and groups if the profile says so (U6)."""
        cascade = self._core.profile.events_deactivate_cascade
        told = cascade != "minimal"
        if told and user.last_login is not None:
            change.raise_event("user.session.clear", person=user.in_events())
        rows = self._core.store.rows(
            "SELECT apps.document FROM assignments JOIN apps ON apps.id = app_id WHERE user_id = ? ORDER BY number",
            (user.id,),
        )
        change.db.execute("DELETE FROM assignments WHERE user_id = ?", (user.id,))
        for (document,) in rows if told else ():
            app = AppRecord.from_text(document).in_events()
            change.raise_event("application.user_membership.remove", person=user.in_events(), app=app)
        if cascade == "apps_and_groups":
            for group in self._groups.of_user(user.id):
                self._groups.leave(change, group, user)

    def deleted(self, change: Change, user: UserRecord) -> None:
        """Take everything of a user who is deleted for good."""
        person = user.in_events()
        if self._core.profile.events_delete_revoke_event:
            # Footnote 5 of table 11.1: the deleted user itself acts, as the system does, on nobody.
            change.raise_event(
                "user.account.privilege.revoke",
                person=person,
                actor=person,
                origin=Origin.SYSTEM,
                extras={"privilegeRevoked": ", ".join(ADMIN_ROLES)},
                edit=_as_seen,
            )
        change.raise_event("user.lifecycle.delete.initiated", person=person)
        # Footnote 4: the login is given free.
        gone = replace(user, profile={**user.profile, "login": f"{user.id}@deleted.invalid"}).in_events()
        change.raise_event("user.account.update_profile", person=gone, extras={"changedAttributes": "login"})
        change.raise_event("user.lifecycle.delete.completed", person=person, origin=Origin.JOB)
        change.db.execute("DELETE FROM members WHERE user_id = ?", (user.id,))
        change.db.execute("DELETE FROM assignments WHERE user_id = ?", (user.id,))


def _as_seen(event: JsonObject) -> None:
    event["target"] = None
