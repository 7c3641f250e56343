"""Take an org's whole state away as bytes, put it back, or start afresh."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from emulator.errors import UsageError
from emulator.org.database import NAMES, TABLES, bring_up_to_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.org.core import Core

__all__ = ["State"]

_KEPT: Final = ("seed", "host", "signing key")  # what an org stays for ever
# What is counted on, so that no uuid, eventId or place in the ledger is ever given twice, whatever is put back: a
# receiver that has seen them would take new events for old ones.
_COUNTED_ON: Final = (
    "event", "delivery", "ended", "request", "token", "inline request", "access token", "client assertion",
)  # fmt: skip


class State:
    """The state of one org as a whole; everything happens in one transaction, or not at all."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._store = core.store

    def snapshot(self) -> bytes:
        """Return everything there is, pending deliveries and the secrets of hooks too."""
        copy = sqlite3.connect(":memory:", isolation_level=None)
        try:
            copy.executescript(TABLES)
            with self._store.transaction() as db:
                self._store.write_counters()
                for name in NAMES:
                    _copy(db.execute(f"SELECT * FROM {name}"), copy, name)  # noqa: S608 (our own names)
            return copy.serialize()
        finally:
            copy.close()

    def restore(self, data: bytes) -> None:
        """
        Replace everything by what a snapshot of this org holds.

        Raises:
            UsageError: it is no snapshot, or one of another org.
        """
        taken = sqlite3.connect(":memory:", isolation_level=None)
        try:
            try:
                taken.deserialize(data)
                seed = taken.execute("SELECT value FROM meta WHERE name = 'seed'").fetchone()
            except (sqlite3.Error, MemoryError):  # the latter for no bytes at all
                raise UsageError(
                    "that is no snapshot of an org", hint="give the bytes that snapshot() returned"
                ) from None
            if seed is None or seed[0] != self._store.get("seed"):
                raise UsageError("that is the snapshot of another org", hint="an org is told by its seed")
            bring_up_to_date(taken)
            with self._store.transaction() as db:
                numbers = self._numbers(db)
                self._empty(db, NAMES)
                for name in NAMES:
                    _copy(taken.execute(f"SELECT * FROM {name}"), db, name)  # noqa: S608 (our own names)
                self._count_on(db, numbers)
                self._core.forget()
        finally:
            taken.close()

    def clear(self) -> None:
        """Drop everything but who the org is; the objects made next get the ids of the first ones."""
        with self._store.transaction() as db:
            numbers = self._numbers(db)
            self._empty(db, [name for name in NAMES if name != "meta"])
            marks = ",".join("?" * len(_KEPT))
            db.execute(f"DELETE FROM meta WHERE name NOT IN ({marks})", _KEPT)  # noqa: S608 (question marks)
            self._count_on(db, numbers)
            self._core.forget()

    @staticmethod
    def _empty(db: sqlite3.Connection, names: Iterable[str]) -> None:
        for name in names:
            db.execute(f"DELETE FROM {name}")  # noqa: S608 (our own names)

    def _numbers(self, db: sqlite3.Connection) -> dict[str, int]:
        self._store.write_counters()
        self._store.forget_counters()
        return dict(db.execute("SELECT name, value FROM counters").fetchall())

    @staticmethod
    def _count_on(db: sqlite3.Connection, numbers: dict[str, int]) -> None:
        for name in _COUNTED_ON:
            db.execute(
                "INSERT INTO counters VALUES (?, ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)",
                (name, numbers.get(name, 0)),
            )


def _copy(rows: sqlite3.Cursor, to: sqlite3.Connection, name: str) -> None:
    marks = ",".join("?" * len(rows.description))
    to.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 (our own names)
