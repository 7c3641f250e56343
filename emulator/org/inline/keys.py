"""Hook keys of an org: the key pairs with which it proves who it is at a token endpoint (I11)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from emulator.delivery.signing import new_key
from emulator.errors import UsageError
from emulator.org.channel_body import name_problems, refusal
from emulator.org.errors import api_error, invalid, not_found, taken
from emulator.org.inline.happenings import tell_key
from emulator.org.inline.records import HookKey, hook_from_text, key_from_text, key_to_text

if TYPE_CHECKING:
    from emulator.org.call import Call
    from emulator.org.core import Core

__all__ = ["HookKeys"]

_PATH: Final = "/api/v1/hook-keys"
_MOST: Final = 50


class HookKeys:
    """
    The hook keys of one org, each named by its id.

    Every method that changes something takes the *call* that asks for it; None is a call by the admin's token.
    All raise ``OktaApiError`` where Okta's API would refuse.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def all(self) -> list[HookKey]:
        """Return all keys in order of creation."""
        rows = self._core.store.rows("SELECT document FROM hook_keys ORDER BY number")
        return [key_from_text(document) for (document,) in rows]

    def ids(self) -> list[str]:
        """Return the ids of all keys."""
        return [found for (found,) in self._core.store.rows("SELECT id FROM hook_keys ORDER BY number")]

    def get(self, key_id: str) -> HookKey:
        """Return a key as it is now."""
        row = self._core.store.row("SELECT document FROM hook_keys WHERE id = ?", (key_id,))
        if row is None:
            raise not_found(key_id, "HookKey")
        return key_from_text(row[0])

    def public(self, kid: str) -> HookKey:
        """Return the key whose public half is called *kid*."""
        found = next((key for key in self.all() if key.key.kid == kid), None)
        if found is None:
            raise not_found(kid, "HookKey")
        return found

    def is_used(self, key: HookKey) -> bool:
        """Say whether an inline hook signs with a key."""
        rows = self._core.store.rows("SELECT document FROM inline_hooks")
        hooks = [hook_from_text(document) for (document,) in rows]
        return any(hook.oauth is not None and hook.oauth.hook_key_id == key.id for hook in hooks)

    def create(self, body: Any, call: Call | None = None) -> HookKey:
        """Make a key pair from an API body, which names it."""
        name = self._name(body)
        core, number = self._core, self._core.store.next("hook key")
        digits = core.world.draws.hexadecimal(32, "hook key alias", number)
        try:
            made = new_key(str(UUID(digits, version=4)))
        except UsageError as error:
            raise api_error("E0000060", f"{error.message}: {error.hint}", hint=error.hint) from None
        with core.change(call, path=_PATH) as change:
            self._check_name(name)
            if len(self.ids()) >= _MOST:
                raise invalid("hookKey", f"You have reached the maximum number of {_MOST} hook keys.")
            key = HookKey(
                id=core.world.id("HKY", "hook key", number),
                name=name,
                key=made,
                created=change.now,
                last_updated=change.now,
            )
            change.db.execute("INSERT INTO hook_keys VALUES (?, ?, ?)", (number, key.id, key_to_text(key)))
            tell_key(change, "created", key)
        return key

    def rename(self, key_id: str, body: Any, call: Call | None = None) -> HookKey:
        """Give a key another name; the key pair stays."""
        name = self._name(body)
        with self._core.change(call, path=f"{_PATH}/{key_id}") as change:
            key = replace(self.get(key_id), name=name, last_updated=change.now)
            self._check_name(name, but=key)
            change.db.execute("UPDATE hook_keys SET document = ? WHERE id = ?", (key_to_text(key), key.id))
            tell_key(change, "updated", key)
        return key

    def delete(self, key_id: str, call: Call | None = None) -> None:
        """Delete a key that no hook uses."""
        with self._core.change(call, path=f"{_PATH}/{key_id}") as change:
            key = self.get(key_id)
            if self.is_used(key):
                raise invalid("hookKey", "The key is in use and can't be deleted.", hint="delete its inline hook first")
            change.db.execute("DELETE FROM hook_keys WHERE id = ?", (key.id,))
            tell_key(change, "deleted", key)

    @staticmethod
    def _name(body: Any) -> str:
        if not isinstance(body, dict):
            raise api_error("E0000003")
        problems = list(name_problems(body.get("name")))
        if problems:
            raise refusal(problems, whole="hookKey")
        return str(body["name"])

    def _check_name(self, name: str, *, but: HookKey | None = None) -> None:
        if any(key.name == name and key.id != (but and but.id) for key in self.all()):
            raise invalid("name", taken("name"), hint="give each hook key a name of its own")
