"""Opening the database file: its tables, its lock, and what to say when it can't be used."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from emulator.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["StoreError", "StoreLock", "connect", "prepare", "unusable"]

_APPLICATION: Final = 0x6F6B6861  # marks the file as ours
_VERSION: Final = 1

_TABLES: Final = """
CREATE TABLE deliveries (
    event_id TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    received TEXT NOT NULL
);
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    published TEXT NOT NULL,
    received TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    raw TEXT NOT NULL
);
CREATE INDEX pending ON events (published, number) WHERE state = 'pending';
"""


class StoreError(Exception):
    """The store could not be read or written just now, so nothing may be acknowledged."""


class StoreLock:
    """
    Keeps a second receiver from working on the same file, for it would call every handler again.

    The lock is SQLite's own, on a file beside the database: it works on every system and ends with the process,
    however that ends.  The database itself stays open to readers such as the ``sqlite3`` command.

    Raises:
        UsageError: another receiver has the lock, or the file can't be made.
    """

    def __init__(self, path: Path) -> None:
        self._db: sqlite3.Connection | None = None
        try:
            if path.is_dir():
                raise unusable(path, "it is a folder")
            name = f"{path.resolve()}-lock"
            _make_private(name)
            self._db = sqlite3.connect(name, timeout=0, isolation_level=None, check_same_thread=False)
            self._db.execute("BEGIN EXCLUSIVE")
        except (sqlite3.Error, OSError, ValueError) as error:
            self.release()
            if "locked" in str(error):
                raise UsageError(
                    f"another okta-receiver is using {path}",
                    hint="stop it, or give this one a file of its own with --db FILE",
                    where="--db",
                ) from None
            reason = getattr(error, "strerror", None) or str(error)
            raise unusable(path, reason.lower()) from None

    def release(self) -> None:
        """Let others have the file."""
        if self._db is not None:
            self._db.close()


def _make_private(name: str | Path) -> None:
    """Make a file that nobody else may read, unless it is there: events tell of people."""
    # Never opened if it is there: closing it would end the locks that this process has on it.
    with suppress(FileExistsError):
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def unusable(path: Path, reason: str) -> UsageError:
    """Return the error for a database file that can't be used."""
    if "unable to open" in reason and not path.parent.is_dir():
        reason = "its folder doesn't exist"
    elif "unable to open" in reason and not os.access(path.parent, os.W_OK):
        reason = "its folder can't be written to; is the disk read-only?"
    return UsageError(
        f"the database {path} can't be used: {reason}",
        hint="--db FILE names a file in a folder that exists and can be written to, with room on its disk",
        where="--db",
    )


def connect(path: Path, *, synchronous: str, patience: float) -> sqlite3.Connection:
    """Open the file for several threads, with explicit transactions, waiting *patience* seconds for other writers."""
    try:
        _make_private(path)
        db = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise unusable(path, (getattr(error, "strerror", None) or str(error)).lower()) from None
    try:
        db.execute(f"PRAGMA synchronous = {synchronous}")
        db.execute("PRAGMA fullfsync = ON")  # on macOS a plain fsync does not reach the disk
    except sqlite3.Error as error:
        db.close()
        raise unusable(path, str(error)) from None
    return db


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """
    Make the tables in a new file, or see that an old one is ours.

    Raises:
        UsageError: the file is no database, is read-only, or belongs to another program or version.
    """
    try:
        _prepare(db, path)
    except sqlite3.Error as error:
        db.close()
        raise unusable(path, str(error)) from None
    except UsageError:
        db.close()
        raise


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if empty:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        for statement in filter(str.strip, _TABLES.split(";")):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_APPLICATION}")
        db.execute(f"PRAGMA user_version = {_VERSION}")
        db.execute("COMMIT")
    elif (owner, version) != (_APPLICATION, _VERSION):
        raise unusable(path, "it belongs to another program or version")
    else:
        db.execute("PRAGMA journal_mode = WAL")
        # What waited for another try is tried at once.  This also finds out now that a file is read-only, and not at
        # the first delivery.
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE events SET state = 'pending' WHERE state = 'waiting'")
        db.execute("COMMIT")
