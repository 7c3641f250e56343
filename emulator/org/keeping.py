"""How much of the past an org remembers: the newest events and deliveries, so that a long run doesn't grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

__all__ = ["KEPT", "forget_deliveries", "forget_events"]

KEPT: Final = 50_000  # of each, some 200 MB
_AT_ONCE: Final = 256


def forget_events(db: sqlite3.Connection, newest: int, *, keep: int) -> None:
    """Now and then drop the oldest events of the System Log; one that is still to be delivered stays."""
    if newest % _AT_ONCE == 0 and newest > keep:
        db.execute("DELETE FROM log WHERE number <= ? AND number NOT IN (SELECT event FROM queue)", (newest - keep,))


def forget_deliveries(db: sqlite3.Connection, newest: int, *, keep: int) -> None:
    """Now and then drop the deliveries that ended first; one that is under way stays."""
    if newest % _AT_ONCE == 0 and newest > keep:
        db.execute("DELETE FROM deliveries WHERE ended <= ?", (newest - keep,))
