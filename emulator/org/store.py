"""One org's state behind one lock: every change, its System Log rows and its pending deliveries are one transaction."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from emulator.errors import UsageError
from emulator.org.database import connect, lock

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["Store"]


class Store:
    """
    A SQLite database and the lock around it; safe to use from any thread.

    Args:
        path: A file that keeps the state; None keeps it in memory until ``close()``.

    Raises:
        UsageError: the file can't be used, or another org is using it.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = path
        self._turn = threading.RLock()
        self._file_lock = lock(path)
        try:
            self._db = connect(path)
        except BaseException:
            if self._file_lock is not None:
                self._file_lock.close()
            raise
        self._inside = False
        self._after: list[Callable[[], object]] = []
        self.closed = False

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """
        Give the lock and a transaction, which is committed at the end or, after an exception, undone.

        A transaction within one is part of the outer one.
        """
        with self._turn:
            if self._inside:
                yield self._db
                return
            self._check_open()
            self._after.clear()
            self._db.execute("BEGIN IMMEDIATE")
            self._inside = True
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._after.clear()
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._inside = False
            # Still under the lock, so that the outside hears of changes in the order in which they were made.
            for act in self._after:
                act()
            self._after.clear()

    def after_commit(self, act: Callable[[], object]) -> None:
        """Have *act* called if and when the current transaction is committed."""
        self._after.append(act)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows that *query* finds."""
        with self._turn:
            self._check_open()
            return self._db.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[Any] = ()) -> Any:
        """Return the first row that *query* finds, or None."""
        with self._turn:
            self._check_open()
            return self._db.execute(query, values).fetchone()

    def value(self, query: str, values: Sequence[Any] = ()) -> Any:
        """Return the first column of the first row that *query* finds, or None."""
        found = self.row(query, values)
        return None if found is None else found[0]

    def next(self, counter: str) -> int:
        """Return the next number of *counter*, from 0; a number is never given twice."""
        with self.transaction() as db:
            found = db.execute(
                "INSERT INTO counters VALUES (?, 0) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value",
                (counter,),
            ).fetchone()
        return int(found[0])

    def get(self, name: str) -> str | None:
        """Return what was kept under *name*, or None."""
        found: str | None = self.value("SELECT value FROM meta WHERE name = ?", (name,))
        return found

    def keep(self, name: str, value: str) -> None:
        """Keep *value* under *name*."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Close the database; safe to call twice."""
        with self._turn:
            self.closed = True
            self._db.close()
            if self._file_lock is not None:
                self._file_lock.close()

    def _check_open(self) -> None:
        if self.closed:
            raise UsageError("the org is closed", hint="use it inside of its with block")
