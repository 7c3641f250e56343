"""The System Log of an org: every event, in the order in which it was written (L1-L15)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from emulator.payloads import as_system_log

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.org.store import Store

__all__ = ["SystemLog"]


class SystemLog:
    """Reads the System Log; events come in the shape of the API (L4, L13)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def events(self, event_type: str | None = None) -> list[JsonObject]:
        """Return all events, or those of one type, the oldest first."""
        rows = self._store.rows(
            "SELECT document FROM log WHERE ? IS NULL OR event_type = ? ORDER BY number", (event_type, event_type)
        )
        return [as_system_log(json.loads(document)) for (document,) in rows]

    def newest(self, event_type: str) -> JsonObject | None:
        """Return the newest event of a type as it was built, with every member, or None."""
        row = self._store.row(
            "SELECT document FROM log WHERE event_type = ? ORDER BY number DESC LIMIT 1", (event_type,)
        )
        return None if row is None else json.loads(row[0])

    def recent(self, event_type: str, *, limit: int) -> list[JsonObject]:
        """Return the newest events of a type as they were built, the newest first."""
        rows = self._store.rows(
            "SELECT document FROM log WHERE event_type = ? ORDER BY number DESC LIMIT ?", (event_type, limit)
        )
        return [json.loads(document) for (document,) in rows]

    def get(self, number: int) -> JsonObject:
        """Return the event of that number as it was built, with every member."""
        document: JsonObject = json.loads(self._store.value("SELECT document FROM log WHERE number = ?", (number,)))
        return document

    def last_number(self) -> int:
        """Return the number of the newest event, 0 before the first."""
        return int(self._store.value("SELECT max(number) FROM log") or 0)

    def after(self, number: int, *, limit: int = 100) -> list[tuple[int, JsonObject]]:
        """Return the events written after the one of that *number*, each with its own, in the shape of the API."""
        rows = self._store.rows(
            "SELECT number, document FROM log WHERE number > ? ORDER BY number LIMIT ?", (number, limit)
        )
        return [(found, as_system_log(json.loads(document))) for found, document in rows]
