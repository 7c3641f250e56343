"""Apps of an org, as far as their assignments need them (table 11.2, application.user_membership.*)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emulator.org.errors import api_error, blank, invalid, not_found
from emulator.org.records import AppRecord, UserRecord, UserStatus
from emulator.org.user_body import read_object
from emulator.payloads.moments import as_text

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.org.call import Call
    from emulator.org.core import Core

__all__ = ["Apps"]

_PATH: Final = "/api/v1/apps"


class Apps:
    """
    The apps of one org.

    Every method that changes something takes the *call* that asks for it; None is a call by the admin's token.
    All raise ``OktaApiError`` where Okta's API would refuse.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self, app_id: str) -> AppRecord:
        """Return an app as it is now."""
        row = self._core.store.row("SELECT document FROM apps WHERE id = ?", (app_id,))
        if row is None:
            raise not_found(app_id, "AppInstance")
        return AppRecord.from_text(row[0])

    def all(self) -> list[AppRecord]:
        """Return all apps in order of creation."""
        rows = self._core.store.rows("SELECT document FROM apps ORDER BY number")
        return [AppRecord.from_text(document) for (document,) in rows]

    def create(self, body: Any, call: Call | None = None) -> AppRecord:
        """Create an app from an API body: ``label``, and perhaps ``name`` and ``signOnMode``."""
        body = read_object(body)
        label = body.get("label")
        if not isinstance(label, str) or not label:
            raise invalid("label", blank("label"))
        usual = "".join(letter if letter.isalnum() else "_" for letter in label.lower())
        name, mode = body.get("name") or usual, body.get("signOnMode") or "SAML_2_0"
        if not isinstance(name, str) or not isinstance(mode, str):
            raise invalid("name", "name: The field has an invalid value")
        core = self._core
        with core.change(call, path=_PATH) as change:
            number = core.store.next("app")
            app = AppRecord(
                id=core.world.id("0oa", "own app", number),
                label=label,
                name=name,
                status="ACTIVE",
                sign_on_mode=mode,
                created=change.now,
                last_updated=change.now,
            )
            change.db.execute("INSERT INTO apps VALUES (?, ?, ?, ?)", (number, app.id, app.label, app.to_text()))
            change.raise_event("application.lifecycle.create", app=app.in_events())
        return app

    def delete(self, app_id: str, call: Call | None = None) -> None:
        """Delete an app and its assignments."""
        with self._core.change(call, path=f"{_PATH}/{app_id}") as change:
            app = self.get(app_id)
            change.db.execute("DELETE FROM assignments WHERE app_id = ?", (app.id,))
            change.db.execute("DELETE FROM apps WHERE id = ?", (app.id,))
            change.raise_event("application.lifecycle.delete", app=app.in_events())

    def assign(self, app_id: str, user: UserRecord, call: Call | None = None) -> JsonObject:
        """Assign an app to a user, and return the assignment; a second time changes nothing."""
        with self._core.change(call, path=f"{_PATH}/{app_id}/users") as change:
            app = self.get(app_id)
            if user.status is UserStatus.DEPROVISIONED:
                raise api_error("E0000038")
            kept = json.dumps({"created": as_text(change.now)})
            added = change.db.execute("INSERT OR IGNORE INTO assignments VALUES (?, ?, ?)", (app.id, user.id, kept))
            if added.rowcount:
                change.raise_event("application.user_membership.add", person=user.in_events(), app=app.in_events())
            return self._assignment(app.id, user.id)

    def unassign(self, app_id: str, user: UserRecord, call: Call | None = None) -> None:
        """Take an app away from a user who has it."""
        with self._core.change(call, path=f"{_PATH}/{app_id}/users/{user.id}") as change:
            app = self.get(app_id)
            self._assignment(app.id, user.id)
            change.db.execute("DELETE FROM assignments WHERE app_id = ? AND user_id = ?", (app.id, user.id))
            change.raise_event("application.user_membership.remove", person=user.in_events(), app=app.in_events())

    def users(self, app_id: str) -> list[tuple[UserRecord, JsonObject]]:
        """Return the users an app is assigned to, each with the assignment."""
        rows = self._core.store.rows(
            "SELECT users.document, assignments.document FROM assignments JOIN users ON users.id = user_id"
            " WHERE app_id = ? ORDER BY number",
            (self.get(app_id).id,),
        )
        return [(UserRecord.from_text(user), json.loads(assignment)) for user, assignment in rows]

    def of_user(self, user_id: str) -> list[AppRecord]:
        """Return the apps that are assigned to a user."""
        rows = self._core.store.rows(
            "SELECT apps.document FROM assignments JOIN apps ON apps.id = app_id WHERE user_id = ? ORDER BY number",
            (user_id,),
        )
        return [AppRecord.from_text(document) for (document,) in rows]

    def _assignment(self, app_id: str, user_id: str) -> JsonObject:
        row = self._core.store.row(
            "SELECT document FROM assignments WHERE app_id = ? AND user_id = ?", (app_id, user_id)
        )
        if row is None:
            raise not_found(user_id, "AppUser")
        assignment: JsonObject = json.loads(row[0])
        return assignment
