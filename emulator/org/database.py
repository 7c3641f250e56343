"""The SQLite file of an org: its tables, its lock, and what to say when it can't be used."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from emulator.errors import UsageError

__all__ = ["NAMES", "TABLES", "bring_up_to_date", "connect", "lock"]

_APPLICATION: Final = 0x6F6B6F72  # marks the file as an org of ours
_VERSION: Final = 2
_PATIENCE: Final = 2.0  # seconds to wait for a reader that looks into the file meanwhile

# A LogEvent has some 2 KB: of the usual 4 KB pages nearly half would be lost.
_PAGES: Final = "PRAGMA page_size = 8192"

# Each table of objects keeps a number, by which it is ordered and paged, and what is searched for beside the document.
_FIRST: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE hooks (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL);
CREATE TABLE users (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    login TEXT NOT NULL UNIQUE COLLATE NOCASE,
    status TEXT NOT NULL,
    document TEXT NOT NULL
);
CREATE TABLE groups (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL
);
CREATE TABLE apps (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, label TEXT NOT NULL, document TEXT NOT NULL
);
CREATE TABLE members (
    group_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX groups_of_a_user ON members (user_id, group_id);
CREATE TABLE assignments (
    app_id TEXT NOT NULL, user_id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (app_id, user_id)
) WITHOUT ROWID;
CREATE INDEX apps_of_a_user ON assignments (user_id, app_id);
CREATE TABLE log (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    published TEXT NOT NULL,
    event_type TEXT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX log_by_time ON log (published, number);
CREATE INDEX log_by_type ON log (event_type, number);
CREATE INDEX log_by_type_and_time ON log (event_type, published, number);
CREATE TABLE queue (
    number INTEGER PRIMARY KEY AUTOINCREMENT, hook_id TEXT NOT NULL, event INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    ended INTEGER UNIQUE,
    hook_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    built TEXT NOT NULL,
    record TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX deliveries_under_way ON deliveries (number) WHERE ended IS NULL;
"""
# What files of version 1 lack.
_ADDED: Final = """
CREATE TABLE IF NOT EXISTS inline_hooks (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hook_keys (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS roles (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS roles_of_an_owner ON roles (owner, number);
"""
TABLES: Final = _FIRST + _ADDED
NAMES: Final = tuple(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", TABLES))


def connect(path: str | Path | None) -> sqlite3.Connection:
    """
    Open an org's file, or a new database in memory, with all tables in place.

    Raises:
        UsageError: the file can't be used, is no database, or belongs to another program or version.
    """
    if path is None:
        db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        db.execute(_PAGES)
        db.executescript(TABLES)
        return db
    name = str(path)
    if not name:
        raise _unusable(name, "it has no name")
    if Path(name).is_dir():
        raise _unusable(name, "it is a folder")
    try:
        _make_private(name)
        db = sqlite3.connect(name, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(name, getattr(error, "strerror", None) or str(error)) from None
    try:
        _prepare(db, name)
    except sqlite3.Error as error:
        db.close()
        raise _unusable(name, str(error)) from None
    except UsageError:
        db.close()
        raise
    return db


def _make_private(name: str) -> None:
    """Make a file that nobody else may read: it holds the hooks' secrets in clear, since they have to be sent."""
    # Never opened if it is there: closing it would end the locks that this process has on it.
    with suppress(FileExistsError):
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare(db: sqlite3.Connection, name: str) -> None:
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    # Before anything is changed: another program's file stays as it is.
    if not empty and owner != _APPLICATION:
        raise _unusable(name, "it belongs to another program")
    if not empty and version not in {1, _VERSION}:
        raise _unusable(name, f"another version of okta-hook-emulator made it (format {version}, not {_VERSION})")
    db.execute(_PAGES)
    db.execute("PRAGMA cache_size = -32768")
    # When a commit returns the disk has it: an accepted change survives a power failure too.
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA fullfsync = ON")
    db.execute("PRAGMA journal_mode = WAL")
    if empty:
        # One transaction: a crash in between leaves an empty file, not half of the tables.
        marks = f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"
        db.executescript(f"BEGIN IMMEDIATE; {TABLES} {marks} COMMIT;")
    elif version == 1:
        db.executescript(f"BEGIN IMMEDIATE; {_ADDED} PRAGMA user_version = {_VERSION}; COMMIT;")


def bring_up_to_date(db: sqlite3.Connection) -> None:
    """Add the tables that a snapshot of an older version lacks."""
    db.executescript(_ADDED)


def lock(path: str | Path | None) -> sqlite3.Connection | None:
    """
    Keep another org from working on the same file: both would deliver everything.

    The lock is SQLite's own, on a file beside the database; it ends with the process, however that ends.

    Raises:
        UsageError: another org has the lock, or the file can't be made.
    """
    if path is None or not str(path) or Path(path).is_dir():
        return None
    name = f"{Path(path).resolve()}-lock"
    try:
        _make_private(name)
        db = sqlite3.connect(name, timeout=0, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(str(path), getattr(error, "strerror", None) or str(error)) from None
    try:
        db.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        db.close()
        if "locked" in str(error):
            raise UsageError(
                f"another org is using {str(path)!r}", hint="stop it, or give this one a file of its own", where="--db"
            ) from None
        raise _unusable(str(path), str(error)) from None
    return db


def _unusable(name: str, reason: str) -> UsageError:
    folder = Path(name).parent
    # SQLite tells neither of these from the other.
    if "unable to open" in reason and not folder.is_dir():
        reason = "its folder doesn't exist"
    elif "unable to open" in reason and not os.access(folder, os.W_OK):
        reason = "its folder can't be written to; is the disk read-only?"
    return UsageError(
        f"the database {name!r} can't be used: {reason.lower()}",
        hint="name a file in a folder that exists and can be written to, with room on its disk",
        where="--db",
    )
