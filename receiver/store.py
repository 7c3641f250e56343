"""
Where events are safe before they are acknowledged: one SQLite file that survives crashes and power failures.

WAL with ``synchronous=FULL`` means that when a commit returns, the disk has the events.  Deliveries that come together
share a commit.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import uuid4

from receiver.events import Event
from receiver.handled import Handled
from receiver.storefile import StoreError, StoreLock, connect, prepare, unusable
from receiver.together import Together, TookTooLongError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from receiver.envelope import Envelope

__all__ = ["Pending", "Receipt", "State", "Store", "StoreError"]

# Okta waits three seconds in all (R1): who can't store within this time had better say 503, and be called again.
PATIENCE: Final = 1.0

_SHOWN: Final = 3
# What to do, by a word of SQLite's.
_HINTS: Final = {
    "full": "free some space",
    "disk I/O": "see whether the disk is full or failing",
    "locked": "another program is writing to it; let it finish",
    "readonly": "make the file and its folder writable",
    "malformed": "the file is damaged: put a copy in its place, or start with a new one",
}


class State(StrEnum):
    """What has become of a stored event."""

    PENDING = "pending"
    WAITING = "waiting"
    """Its handler raised; it will be called again."""
    DONE = "done"
    FAILED = "failed"
    """Its handler raised too often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What storing a delivery did: the new events with their numbers, and the uuids of those stored before."""

    new: tuple[tuple[int, Event], ...]
    duplicates: tuple[str, ...]

    def __str__(self) -> str:
        said = f"{len(self.new)} new event{'' if len(self.new) == 1 else 's'}"
        if not self.duplicates:
            return said
        more = ", ..." if len(self.duplicates) > _SHOWN else ""
        return f"{said}, {len(self.duplicates)} ignored as duplicate: {', '.join(self.duplicates[:_SHOWN])}{more}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An event that waits for its handler; ``attempts`` is how often that has been tried."""

    number: int
    attempts: int
    event: Event


class _Arrival(NamedTuple):
    """A delivery to be stored, and the rows of its events: uuid, when published, when received, JSON."""

    envelope: Envelope
    rows: list[tuple[str, str, str, str]]
    now: str
    dedupe: bool


class Store:
    """
    Deliveries and their events in a SQLite file; safe to use from several threads.

    Args:
        path: The database file, made if missing.  None uses a temporary one that goes when the store is closed.
        patience: Seconds to wait for another writer.

    Raises:
        UsageError: the file can't be used, or another receiver is using it.
    """

    def __init__(self, path: str | Path | None, *, patience: float = PATIENCE) -> None:
        self._folder = TemporaryDirectory(prefix="okta-receiver-") if path is None else None
        self.path = Path(self._folder.name, "events.db") if self._folder else Path(path or "")
        self._patience = patience
        self._turn = threading.Lock()
        self._closed = False
        # Half a second more than the turn may take, so that who is held up hears of the reason.
        self._add_together = Together(self._add_all, common=StoreError, patience=2 * patience + 0.5)
        self._lock = StoreLock(self.path)
        try:
            # One connection acknowledges, so it waits for the disk.  The other only marks events as done: if power
            # fails just then an event is handled once more, which handlers must stand anyway.
            level = "OFF" if self._folder else "FULL"
            self._receiving = connect(self.path, synchronous=level, patience=patience)
            prepare(self._receiving, self.path)
            self._working = connect(self.path, synchronous="OFF" if self._folder else "NORMAL", patience=patience)
            self._handled = self._take_up_handled()
        except BaseException:
            self._lock.release()
            raise
        self._file = self.path.resolve()  # whoever uses the store may go to another folder
        self._inode = self._file.stat().st_ino
        self._process = os.getpid()

    def add(self, envelope: Envelope, *, dedupe: bool = True) -> Receipt:
        """
        Store a delivery; when this returns, its events survive a crash.

        Deliveries that come while the disk is busy with others share the next transaction, and so one wait for it.

        Raises:
            StoreError: it could not be stored in time.
        """
        now = f"{datetime.now(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
        rows = [(event.uuid, event.sort_key or now, now, event.as_json()) for event in envelope.events]
        try:
            return self._add_together(_Arrival(envelope, rows, now, dedupe))
        except TookTooLongError:
            raise StoreError(f"the database {self._file} is busy") from None

    def _add_all(self, arrivals: Sequence[_Arrival]) -> list[Receipt]:
        with self._writing(self._receiving) as db:
            return [self._add(db, arrival) for arrival in arrivals]

    def _add(self, db: sqlite3.Connection, arrival: _Arrival) -> Receipt:
        envelope, rows, now, dedupe = arrival
        if dedupe and envelope.event_id and self._is_known(db, envelope):
            return Receipt(new=(), duplicates=tuple(event.uuid for event in envelope.events))
        if envelope.event_id:
            # In the same transaction as its events: so a known eventId means that all of them are stored (D12).
            db.execute(
                "INSERT OR IGNORE INTO deliveries (event_id, digest, received) VALUES (?, ?, ?)",
                (envelope.event_id, envelope.digest, now),
            )
        new: list[tuple[int, Event]] = []
        duplicates: list[str] = []
        for event, (uuid, *rest) in zip(envelope.events, rows, strict=True):
            added = db.execute(
                "INSERT INTO events (key, published, received, raw) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (uuid if dedupe else f"{uuid} {uuid4()}", *rest),
            )
            if added.rowcount == 1 and added.lastrowid is not None:
                new.append((added.lastrowid, event))
            else:
                duplicates.append(event.uuid)
        return Receipt(new=tuple(new), duplicates=tuple(duplicates))

    @staticmethod
    def _is_known(db: sqlite3.Connection, envelope: Envelope) -> bool:
        row = db.execute("SELECT digest FROM deliveries WHERE event_id = ?", (envelope.event_id,)).fetchone()
        # The same eventId over another body would be a mistake of the sender's; the uuids decide then.
        return row is not None and row[0] == envelope.digest

    def next_pending(self) -> Pending | None:
        """
        Return the pending event that was published first, if any (D8).

        Raises:
            StoreError: the file can't be read.
        """
        with self._reading() as db:
            row = db.execute(
                "SELECT number, attempts, raw FROM events WHERE state = 'pending' ORDER BY published, number LIMIT 1"
            ).fetchone()
        return Pending(number=row[0], attempts=row[1], event=Event(json.loads(row[2]))) if row else None

    def settle(self, number: int, state: State, reason: str = "") -> None:
        """
        Note that the handler has been called for event *number*, and with what result.

        Raises:
            StoreError: it could not be noted.
        """
        with self._writing(self._working) as db:
            db.execute(
                "UPDATE events SET state = ?, reason = ?, attempts = attempts + 1 WHERE number = ?",
                (state.value, reason or None, number),
            )

        self._handled.settled()

    def note_handled(self, pending: Pending) -> None:
        """Note at once that an event's handler is done, in case that ``settle`` is not lived to see."""
        self._handled.note(pending.number, pending.event.uuid)

    def _take_up_handled(self) -> Handled:
        try:
            handled = Handled(Path(f"{self.path}-handled"))
            self._working.execute("BEGIN IMMEDIATE")
            # The uuid as well, should another database be in the place of the one that it was noted for.
            self._working.executemany(
                "UPDATE events SET state = 'done', attempts = attempts + 1"
                " WHERE number = ?1 AND state IN ('pending', 'waiting') AND substr(key, 1, length(?2)) = ?2",
                handled.noted(),
            )
            self._working.execute("COMMIT")
            handled.forget()
        except (OSError, sqlite3.Error) as error:
            raise unusable(self.path, str(getattr(error, "strerror", None) or error).lower()) from None
        return handled

    def release(self, number: int) -> None:
        """
        Let a waiting event be pending again: its time has come.

        Raises:
            StoreError: it could not be noted.
        """
        with self._writing(self._working) as db:
            db.execute("UPDATE events SET state = 'pending' WHERE number = ? AND state = 'waiting'", (number,))

    def counts(self) -> dict[State, int]:
        """Return how many events are in each state."""
        with self._reading() as db:
            found = dict(db.execute("SELECT state, count(*) FROM events GROUP BY state").fetchall())
        return {state: found.get(state.value, 0) for state in State}

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._turn:
            for db in (self._working, self._receiving):
                db.close()
            if not self._closed:
                self._handled.close()
            self._closed = True
            self._lock.release()
            if self._folder:
                self._folder.cleanup()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._in_turn():
            yield self._working

    @contextmanager
    def _writing(self, db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        with self._in_turn():
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                self._check_file()
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if os.getpid() != self._process:
            # SQLite's connections don't survive a fork, and neither does the worker's thread.
            raise StoreError("the server has forked since the app was made; let each process make its own")
        if not self._turn.acquire(timeout=1.5 * self._patience):
            raise StoreError(f"the database {self._file} is busy")
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the database {self._file} can't be used now: {error}{_hint(str(error))}") from error
        finally:
            self._turn.release()

    def _check_file(self) -> None:
        with suppress(OSError):
            if self._file.stat().st_ino == self._inode:
                return
        # A deleted file takes writes for as long as it is open, and keeps none of them.
        raise StoreError(f"the database {self._file} has been deleted or replaced: start the receiver anew")


def _hint(reason: str) -> str:
    return next((f" ({hint})" for word, hint in _HINTS.items() if word in reason), "")
