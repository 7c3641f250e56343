"""Whom events happen to when nobody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.org.records import GroupRecord, UserRecord

if TYPE_CHECKING:
    from emulator.org.core import Core
    from emulator.payloads import Group, Person

__all__ = ["People"]


class People:
    """Picks users and groups of an org, or of the company it belongs to."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def new(self) -> Person:
        """Return somebody of the company who is no user yet, John Doe first."""
        number, world, store = 0, self._core.world, self._core.store
        while store.row("SELECT 1 FROM users WHERE login = ?", (world.person(number).login,)):
            number += 1
        return world.person(number)

    def somebody(self) -> Person:
        """Return the newest live user but the admin, else John Doe."""
        row = self._core.store.row(
            "SELECT document FROM users WHERE id <> ? AND status <> 'DEPROVISIONED' ORDER BY number DESC LIMIT 1",
            (self._core.world.admin.id,),
        )
        return self._core.world.person() if row is None else UserRecord.from_text(row[0]).in_events()

    def some_group(self) -> Group:
        """Return the newest group; there is always Everyone."""
        row = self._core.store.row("SELECT document FROM groups ORDER BY number DESC LIMIT 1")
        return GroupRecord.from_text(row[0]).in_events()
