"""Finding a user by whatever names one: id, login, or the login's part before the ``@`` (U15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.org.records import UserRecord

if TYPE_CHECKING:
    from emulator.org.store import Store

__all__ = ["find_user"]


def find_user(store: Store, ref: str) -> UserRecord | None:
    """Return the user that *ref* names, or None; a short name that two users have names nobody."""
    row = store.row("SELECT document FROM users WHERE id = ?", (ref,))
    row = row or store.row("SELECT document FROM users WHERE login = ?", (ref,))
    if row is None and "@" not in ref:
        escaped = ref.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = store.rows("SELECT document FROM users WHERE login LIKE ? ESCAPE '\\' LIMIT 2", (f"{escaped}@%",))
        row = found[0] if len(found) == 1 else None
    return None if row is None else UserRecord.from_text(row[0])
