"""Inline hooks of an org: create, read, change, activate, deactivate and delete (I2, I11, I12)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.constants import MAX_HOOKS
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.contract.model import HookStatus
from emulator.names import did_you_mean
from emulator.org.errors import api_error, invalid, not_found, taken
from emulator.org.inline.body import merged_body, read_inline_hook
from emulator.org.inline.happenings import tell_hook
from emulator.org.inline.records import InlineHook, hook_from_text, hook_to_text
from emulator.org.inline.shown import inline_hook_json

if TYPE_CHECKING:
    from emulator.contract.inline.types import InlineHookType
    from emulator.org.call import Call
    from emulator.org.core import Change, Core
    from emulator.org.inline.keys import HookKeys

__all__ = ["InlineHookRef", "InlineHooks"]

InlineHookRef = InlineHook | str

_ACTIVE, _INACTIVE = HookStatus.ACTIVE, HookStatus.INACTIVE
_PATH: Final = "/api/v1/inlineHooks"


class InlineHooks:
    """
    The inline hooks of one org.  A hook is named by its id or by a record of it; records are snapshots.

    Every method that changes something takes the *call* that asks for it; None is a call by the admin's token.
    All raise ``OktaApiError`` where Okta's API would refuse.
    """

    def __init__(self, core: Core, keys: HookKeys) -> None:
        self._core = core
        self._keys = keys

    def all(self, kind: str | None = None) -> list[InlineHook]:
        """Return all hooks in order of creation, or those whose type has the full name *kind*."""
        if kind is not None and kind not in INLINE_HOOK_TYPES:
            hint = did_you_mean(kind, INLINE_HOOK_TYPES) or f"the types: {', '.join(INLINE_HOOK_TYPES)}"
            raise invalid("type", "type: The field has an invalid value", hint=hint)
        rows = self._core.store.rows("SELECT document FROM inline_hooks ORDER BY number")
        return [hook for (document,) in rows if (hook := hook_from_text(document)).type == (kind or hook.type)]

    def get(self, hook: InlineHookRef) -> InlineHook:
        """Return a hook as it is now (A25)."""
        row = self._core.store.row("SELECT document FROM inline_hooks WHERE id = ?", (_id(hook),))
        if row is None:
            raise not_found(_id(hook), "InlineHook")
        return hook_from_text(row[0])

    def active(self, kind: InlineHookType) -> InlineHook | None:
        """Return the oldest ACTIVE hook of a type, which the flows of the org call; None if there is none."""
        return next((hook for hook in self.all(kind.name) if hook.status is _ACTIVE), None)

    def create(self, body: Any, call: Call | None = None) -> InlineHook:
        """Create a hook from an API body: ACTIVE at once, without any verification (I2)."""
        draft = read_inline_hook(body, profile=self._core.profile, hook_keys=self._keys.ids())
        with self._core.change(call, path=_PATH) as change:
            self._check_name(draft.name)
            self._check_limits(draft.kind)
            number = self._core.store.next("inline hook")
            hook = InlineHook(
                id=self._core.world.id("cal", "org's inline hook", number),
                name=draft.name,
                kind=draft.kind,
                channel=draft.channel,
                oauth=draft.oauth,
                created=change.now,
                last_updated=change.now,
            )
            change.db.execute("INSERT INTO inline_hooks VALUES (?, ?, ?)", (number, hook.id, hook_to_text(hook)))
            tell_hook(change, "created", hook)
        return hook

    def replace(self, hook: InlineHookRef, body: Any, call: Call | None = None) -> InlineHook:
        """Replace a hook by an API body; the type and the status stay, whatever the body says (I2)."""
        return self._change(hook, body, call, partial=False)

    def update(self, hook: InlineHookRef, body: Any, call: Call | None = None) -> InlineHook:
        """Change what an API body names; what it leaves out stays (I2)."""
        return self._change(hook, body, call, partial=True)

    def activate(self, hook: InlineHookRef, call: Call | None = None) -> InlineHook:
        """Activate a hook; an ACTIVE one stays as it is."""
        return self._set_status(hook, _ACTIVE, "activated", call)

    def deactivate(self, hook: InlineHookRef, call: Call | None = None) -> InlineHook:
        """Deactivate a hook; an INACTIVE one stays as it is."""
        return self._set_status(hook, _INACTIVE, "deactivated", call)

    def delete(self, hook: InlineHookRef, call: Call | None = None) -> None:
        """Delete an INACTIVE hook (I2)."""
        with self._core.change(call, path=f"{_PATH}/{_id(hook)}") as change:
            found = self.get(hook)
            if found.status is _ACTIVE:
                # UNDOCUMENTED: the answer; it is that for event hooks (A24).
                raise api_error(
                    "E0000001",
                    "Inline hook must be deactivated before it can be deleted.",
                    subject="inlineHook",
                    status=int(self._core.profile.api_delete_active_status),
                )
            change.db.execute("DELETE FROM inline_hooks WHERE id = ?", (found.id,))
            tell_hook(change, "deleted", found)

    def _change(self, hook: InlineHookRef, body: Any, call: Call | None, *, partial: bool) -> InlineHook:
        with self._core.change(call, path=f"{_PATH}/{_id(hook)}") as change:
            old = self.get(hook)
            whole = merged_body(inline_hook_json(old, base_url=""), body) if partial else body
            draft = read_inline_hook(whole, profile=self._core.profile, hook_keys=self._keys.ids(), old=old)
            self._check_name(draft.name, but=old)
            new = replace(old, name=draft.name, channel=draft.channel, oauth=draft.oauth, last_updated=change.now)
            self._put(change, new)
            tell_hook(change, "updated", new)
        return new

    def _set_status(self, hook: InlineHookRef, status: HookStatus, verb: str, call: Call | None) -> InlineHook:
        path = f"{_PATH}/{_id(hook)}/lifecycle/{verb.removesuffix('d')}"
        with self._core.change(call, path=path) as change:
            found = self.get(hook)
            if found.status is status:
                return found
            if status is _ACTIVE:
                self._check_limits(found.kind, activates=found)
            found = replace(found, status=status, last_updated=change.now)
            self._put(change, found)
            tell_hook(change, verb, found)
        return found

    @staticmethod
    def _put(change: Change, hook: InlineHook) -> None:
        change.db.execute("UPDATE inline_hooks SET document = ? WHERE id = ?", (hook_to_text(hook), hook.id))

    def _check_name(self, name: str, *, but: InlineHook | None = None) -> None:
        if any(hook.name == name and hook.id != (but and but.id) for hook in self.all()):
            raise invalid("name", taken("name"), hint="give each inline hook a name of its own")

    def _check_limits(self, kind: InlineHookType, *, activates: InlineHook | None = None) -> None:
        # UNDOCUMENTED: which call fails, and in which words.
        hooks = self.all()
        if activates is None and len(hooks) >= MAX_HOOKS:
            cause = f"You have reached the maximum number of {MAX_HOOKS} inline hooks."
            raise invalid("inlineHook", cause, hint="delete another one first (I12)")
        same = [hook for hook in hooks if hook.kind is kind and hook.id != (activates and activates.id)]
        if kind.short == "password-import" and activates is None and same:
            cause = "There is already a password import inline hook in the current organization."
            raise invalid("type", cause, hint=f"an org has one: change {same[0].name!r}, or delete it first (I12)")
        busy = next((hook for hook in same if hook.status is _ACTIVE), None)
        if kind.short == "telephony" and busy is not None:
            cause = "There is already an active telephony inline hook in the current organization."
            raise invalid("type", cause, hint=f"an org has one: deactivate {busy.name!r} first (I12)")


def _id(hook: InlineHookRef) -> str:
    return hook.id if isinstance(hook, InlineHook) else hook
