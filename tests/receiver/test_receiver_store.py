"""The store: what it takes is safe, what it can't use it says in words, and nobody else may use the file (D24)."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.errors import UsageError
from receiver.envelope import read_envelope
from receiver.store import State, Store, StoreError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def delivery(make_envelope: Callable) -> Callable[..., Any]:
    return lambda *events: read_envelope(json.dumps(make_envelope(*events)).encode(), max_depth=64)


def query(path: Path, sql: str) -> list[Any]:
    db = sqlite3.connect(path)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def test_what_add_returned_for_is_on_the_disk(path: Path, delivery: Callable) -> None:
    """WAL with synchronous=FULL: the commit has been flushed when the acknowledgement goes out."""
    store = Store(path)
    store.add(delivery())

    assert store._receiving.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._receiving.execute("PRAGMA synchronous").fetchone() == (2,)
    assert len(query(path, "SELECT * FROM events")) == 1  # another connection sees it while ours is open
    store.close()


def test_events_come_out_in_the_order_in_which_they_were_published(
    path: Path, delivery: Callable, make_event: Callable
) -> None:
    """D8: across deliveries, to the nanosecond; what has no time goes by its arrival."""
    times = ["10:00:02Z", "10:00:01.5Z", "10:00:01.499999999Z", "10:00:01Z"]
    store = Store(path)
    for time in times:
        store.add(delivery(make_event(published=f"2026-01-01T{time}"), make_event(published=None)))
    order = []
    while pending := store.next_pending():
        order.append(pending.event.get("published"))
        store.settle(pending.number, State.DONE)

    assert order == [f"2026-01-01T{time}" for time in reversed(times)] + [None] * 4
    store.close()


def test_a_second_receiver_may_not_use_the_same_file(path: Path) -> None:
    """It would call every handler a second time."""
    store = Store(path)
    with pytest.raises(UsageError, match="another okta-receiver is using"):
        Store(path)
    store.close()

    Store(path).close()


def test_closing_twice_is_fine(path: Path) -> None:
    store = Store(path)
    store.close()
    store.close()


def test_a_store_without_a_file_leaves_nothing_behind() -> None:
    store = Store(None)
    assert store.path.exists()
    store.close()

    assert not store.path.parent.exists()


def foreign(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE secrets (s)")
    db.close()


def newer(path: Path) -> None:
    Store(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 2")
    db.close()


def damaged(path: Path) -> None:
    Store(path).close()
    path.write_bytes(path.read_bytes()[:1000])


def without_tables(path: Path) -> None:
    Store(path).close()
    db = sqlite3.connect(path)
    db.execute("DROP TABLE events")
    db.close()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.write_text("dear diary, " * 100), "file is not a database"),
        (foreign, "it belongs to another program or version"),
        (newer, "it belongs to another program or version"),
        (damaged, ""),
        (without_tables, "no such table"),
        (lambda path: path.mkdir(), "it is a folder"),
    ],
    ids=["text", "foreign", "newer version", "damaged", "without tables", "folder"],
)
def test_a_file_that_can_not_be_used_is_named_with_the_reason(path: Path, spoil: Callable, reason: str) -> None:
    """And it stays as it was; so does the lock, so that the file can be put right and used."""
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(UsageError) as raised:
        Store(path)

    assert str(path) in str(raised.value)
    assert reason in str(raised.value)
    assert "--db FILE" in str(raised.value)
    assert before is None or path.read_bytes() == before
    if path.is_file():
        path.unlink()
        Store(path).close()


@pytest.mark.parametrize("name", ["no/such/folder/events.db", "events.db/inside", "x" * 300, "a\0b"])
def test_a_place_that_does_not_exist_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "events.db").write_text("a file")
    with pytest.raises(UsageError, match="can't be used"):
        Store(tmp_path / name)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder in which nobody can write")
def test_a_place_that_can_not_be_written_to_is_named() -> None:
    with pytest.raises(UsageError, match="can't be used"):
        Store("/proc/events.db")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_file_is_found_out_at_the_start(path: Path) -> None:
    Store(path).close()
    path.chmod(0o400)
    with pytest.raises(UsageError, match="readonly"):
        Store(path)


def test_a_file_that_another_program_locks_is_refused_at_the_start(path: Path) -> None:
    Store(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UsageError, match="locked"):
        Store(path, patience=0.05)
    other.close()

    Store(path).close()


def test_while_another_program_locks_the_file_nothing_is_acknowledged(
    path: Path, delivery: Callable, make_event: Callable
) -> None:
    """R3: the caller answers 503 and Okta sends it again; a lock that is soon given up is waited for."""
    store, event = Store(path, patience=0.2), make_event()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        store.add(delivery(event))
    threading.Timer(0.05, other.execute, ["COMMIT"]).start()

    assert len(store.add(delivery(event)).new) == 1
    store.close()
    other.close()


def test_a_file_that_was_deleted_or_replaced_takes_nothing_more(path: Path, delivery: Callable) -> None:
    """It would take every event and keep none: the open file has no name any more."""
    store = Store(path)
    path.rename(path.with_suffix(".old"))
    with pytest.raises(StoreError):
        store.add(delivery())
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="replaced"):
        store.add(delivery())

    path.with_suffix(".old").replace(path)
    assert len(store.add(delivery()).new) == 1
    assert query(path, "SELECT count(*) FROM events") == [(1,)]
    store.close()


def test_a_server_that_forks_afterwards_acknowledges_nothing(path: Path, delivery: Callable) -> None:
    """As under ``gunicorn --preload``: the worker's thread stays behind in the parent, so nobody would do the work."""
    store = Store(path)
    store._process -= 1
    with pytest.raises(StoreError, match="forked"):
        store.add(delivery())

    store.close()


def test_a_full_disk_is_no_acknowledgement_and_does_no_harm(
    path: Path, delivery: Callable, make_event: Callable
) -> None:
    store = Store(path)
    store.add(delivery())
    pages = store._receiving.execute("PRAGMA page_count").fetchone()[0]
    store._receiving.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        store.add(delivery(*(make_event() for _ in range(1000))))
    store._receiving.execute("PRAGMA max_page_count = 100000")

    assert len(store.add(delivery()).new) == 1
    assert sum(store.counts().values()) == 2  # and nothing of the thousand
    assert store._receiving.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()


@pytest.mark.parametrize(
    ("new", "duplicates", "said"),
    [
        (1, 0, "1 new event"),
        (2, 0, "2 new events"),
        (0, 1, "0 new events, 1 ignored as duplicate: u"),
        (1, 5, "1 new event, 5 ignored as duplicate: u, u, u, ..."),
    ],
)
def test_a_receipt_reads_well(delivery: Callable, new: int, duplicates: int, said: str) -> None:
    from receiver.store import Receipt

    receipt = Receipt(new=tuple((n, delivery().events[0]) for n in range(new)), duplicates=("u",) * duplicates)

    assert str(receipt) == said


def test_what_was_noted_as_handled_is_not_handled_again_though_the_database_never_heard_of_it(
    path: Path, delivery: Callable, make_event: Callable
) -> None:
    """As after a kill between a handler's end and the commit of its result."""
    store = Store(path)
    store.add(delivery(make_event(), make_event(), make_event()))
    pending = store.next_pending()
    store.note_handled(pending)
    store.close()
    again = Store(path)

    assert again.counts() == {State.DONE: 1, State.PENDING: 2, State.WAITING: 0, State.FAILED: 0}
    assert again.next_pending().number == pending.number + 1
    again.close()


def test_notes_of_another_database_mean_nothing(path: Path, delivery: Callable) -> None:
    store = Store(path)
    store.add(delivery())
    store.note_handled(store.next_pending())
    store.close()
    for name in path.parent.glob("*"):
        if not name.name.endswith("-handled"):
            name.unlink()
    with path.with_name(f"{path.name}-handled").open("a") as notes:
        notes.write("nonsense\n7\n\xff \x00\n12")
    again = Store(path)
    again.add(delivery())

    assert again.counts()[State.PENDING] == 1
    again.close()
