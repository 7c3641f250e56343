"""One org's state behind one lock: every change, its System Log rows and its pending deliveries are one transaction."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.errors import UsageError
from emulator.org.database import connect, lock
from emulator.org.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Store"]

# By a word of SQLite's.
_HINTS = {
    "full": "free some space; nothing of this change is kept",
    "disk I/O": "see whether the disk is full or failing; nothing of this change is kept",
    "locked": "another program is writing to the file; let it finish",
    "readonly": "make the file and its folder writable",
    "malformed": "the file is damaged: put a copy in its place, or start with a new one",
}


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
        # Absolute, since whoever uses an org may go to another folder.
        self._file = None if path is None else Path(path).resolve()
        self._inode = None if self._file is None else self._file.stat().st_ino
        self._inside = False
        self._after: list[Callable[[], object]] = []
        self._counters: dict[str, int] = {}
        self._counted: set[str] = set()
        self.closed = False

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """
        Give the lock and a transaction, which is committed at the end or, after an exception, undone.

        A transaction within one is part of the outer one.

        Raises:
            StoreError: the database can't be written; nothing is changed.
        """
        with self._turn:
            if self._inside:
                yield self._db
                return
            self._check_open()
            self._after.clear()
            with self._in_words():
                self._db.execute("BEGIN IMMEDIATE")
                self._inside = True
                try:
                    yield self._db
                    self.write_counters()
                    self._check_file()
                    self._db.execute("COMMIT")
                except BaseException:
                    self._after.clear()
                    self.forget_counters()
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
        with self._turn, self._in_words():
            self._check_open()
            return self._db.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[Any] = ()) -> Any:
        """Return the first row that *query* finds, or None."""
        with self._turn, self._in_words():
            self._check_open()
            return self._db.execute(query, values).fetchone()

    def value(self, query: str, values: Sequence[Any] = ()) -> Any:
        """Return the first column of the first row that *query* finds, or None."""
        found = self.row(query, values)
        return None if found is None else found[0]

    def next(self, counter: str) -> int:
        """Return the next number of *counter*, from 0; a number is never given twice."""
        with self.transaction() as db:
            # Many are given in one transaction, so they are counted here and written once.
            last = self._counters.get(counter)
            if last is None:
                found = db.execute("SELECT value FROM counters WHERE name = ?", (counter,)).fetchone()
                last = -1 if found is None else int(found[0])
            self._counters[counter] = last + 1
            self._counted.add(counter)
            return last + 1

    def write_counters(self) -> None:
        """Write what has been counted in this transaction, so that the tables are whole."""
        if self._counted:
            counted = [(name, self._counters[name]) for name in self._counted]
            self._db.executemany("INSERT OR REPLACE INTO counters VALUES (?, ?)", counted)
            self._counted.clear()

    def forget_counters(self) -> None:
        """Read the counters from their table when they are next asked for."""
        self._counters.clear()
        self._counted.clear()

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

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if type(error) not in {sqlite3.OperationalError, sqlite3.DatabaseError}:
                raise  # a mistake of ours
            reason = str(error)
            hint = next((hint for word, hint in _HINTS.items() if word in reason), "nothing of this change is kept")
            raise StoreError(f"the org's database {str(self.path)!r} can't be used now: {reason}", hint=hint) from error

    def _check_file(self) -> None:
        if self._file is None:
            return
        with suppress(OSError):
            if self._file.stat().st_ino == self._inode:
                return
        # A deleted file takes writes for as long as it is open, and keeps none of them.
        raise StoreError(
            f"the org's database {str(self.path)!r} has been deleted or replaced",
            hint="start the org anew; what it accepted before is in the old file",
        )

    def _check_open(self) -> None:
        if self.closed:
            raise UsageError("the org is closed", hint="use it inside of its with block")
