"""Event hooks of an org: create, read, replace, activate, deactivate, verify and delete (A1-A34, V1-V17)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from emulator.contract.constants import MAX_ACTIVE_HOOKS
from emulator.contract.model import EventHook, HookStatus, VerificationStatus
from emulator.delivery import verifier
from emulator.org.errors import VerificationFailedError, api_error, invalid, not_found, taken
from emulator.org.hook_body import read_hook
from emulator.org.records import hook_to_text

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.delivery.transport import Sender
    from emulator.org.call import Call
    from emulator.org.core import Change, Core

__all__ = ["EventHooks", "HookRef", "about_hook"]

HookRef = EventHook | str

_ACTIVE, _INACTIVE = HookStatus.ACTIVE, HookStatus.INACTIVE
_WORKFLOWS: Final = ".workflows.okta.com"
# A29: texts of the old catalogue, without the final dot.
_PATH: Final = "/api/v1/eventHooks"
_MESSAGES: Final = {
    "created": "A new event hook was created",
    "updated": "Event hook was updated",
    "activated": "Event hook was activated",
    "deactivated": "Event hook was deactivated",
    "deleted": "Event hook has been deleted",
}


class EventHooks:
    """
    The event hooks of one org.  A hook is named by its id or by a record of it; records are snapshots.

    Every method that changes something takes the *call* that asks for it; None is a call by the admin's token.
    All raise ``OktaApiError`` where Okta's API would refuse.
    """

    def __init__(self, core: Core, sender: Sender) -> None:
        self._core = core
        self._sender = sender

    def all(self) -> list[EventHook]:
        """Return all hooks in order of creation (A26)."""
        return [self._shown(hook) for hook in self._core.hooks().values()]

    def get(self, hook: HookRef) -> EventHook:
        """Return a hook as it is now (A25)."""
        return self._shown(self._get(hook))

    def create(self, body: Any, call: Call | None = None) -> EventHook:
        """Create a hook from an API body: ACTIVE and UNVERIFIED, whatever the body says (A4)."""
        draft = read_hook(body, profile=self._core.profile, custom=self._core.world.custom)
        with self._core.change(call, path=_PATH) as change:
            self._check_name(draft.name)
            self._check_limit()
            number = self._core.store.next("hook")
            hook = EventHook(
                id=self._core.world.hook_id(number),
                name=draft.name,
                channel=draft.channel,
                events=draft.events,
                description=draft.description,
                event_filter=draft.event_filter,
                created=change.now,
                created_by=self._caller(change),
                last_updated=change.now,
            )
            change.db.execute("INSERT INTO hooks VALUES (?, ?, ?)", (number, hook.id, hook_to_text(hook)))
            self._core.hooks_changed()
            self._tell(change, "created", hook)
        return self._shown(hook)

    def replace(self, hook: HookRef, body: Any, call: Call | None = None) -> EventHook:
        """
        Replace a hook by an API body; what the body leaves out is gone (A18-A21).

        A changed channel has to be verified again.  The answer may show the old ``lastUpdated`` (A21).
        """
        profile = self._core.profile
        with self._core.change(call, path=f"{_PATH}/{_id(hook)}") as change:
            old = self._get(hook)
            draft = read_hook(body, profile=profile, old=old.channel, custom=self._core.world.custom)
            self._check_name(draft.name, but=old)
            status = draft.status or old.status
            if status is _ACTIVE and old.status is not _ACTIVE:
                self._check_limit(activates=old)
            same = draft.channel == old.channel and not profile.api_put_always_unverifies
            new = replace(
                old,
                name=draft.name,
                description=draft.description,
                events=draft.events,
                event_filter=draft.event_filter,
                channel=draft.channel,
                status=status,
                verification_status=old.verification_status if same else VerificationStatus.UNVERIFIED,
                last_updated=change.now,
            )
            self._put(change, new)
            self._tell(change, "updated", new)
        stale = profile.api_stale_last_updated and new.status is old.status
        return self._shown(replace(new, last_updated=old.last_updated) if stale else new)

    def activate(self, hook: HookRef, call: Call | None = None) -> EventHook:
        """Activate a hook; an ACTIVE one stays as it is (A22), and a verified one need not be verified again (A23)."""
        return self._set_status(hook, _ACTIVE, "activated", call)

    def deactivate(self, hook: HookRef, call: Call | None = None) -> EventHook:
        """Deactivate a hook; an INACTIVE one stays as it is (A22)."""
        return self._set_status(hook, _INACTIVE, "deactivated", call)

    def delete(self, hook: HookRef, call: Call | None = None) -> None:
        """Delete an INACTIVE hook (A24)."""
        with self._core.change(call, path=f"{_PATH}/{_id(hook)}") as change:
            found = self._get(hook)
            if found.status is _ACTIVE:
                raise api_error(
                    "E0000001",
                    "Event hook must be deactivated before it can be deleted.",
                    subject="eventHook",
                    status=int(self._core.profile.api_delete_active_status),
                )
            change.db.execute("DELETE FROM hooks WHERE id = ?", (found.id,))
            change.db.execute("DELETE FROM queue WHERE hook_id = ?", (found.id,))
            self._core.hooks_changed()
            self._tell(change, "deleted", found)

    def place(self, hook: EventHook) -> None:
        """Set a hook's record as it is, as Okta's support may do (V21); no event tells of it."""
        with self._core.change() as change:
            self._put(change, hook)

    def verify(self, hook: HookRef, call: Call | None = None, *, doctor: bool = True) -> EventHook:
        """
        Ask the receiver for its one-time verification and mark the hook as VERIFIED (V1-V15).

        Args:
            hook: Which one.
            call: Who asks.
            doctor: Whether to send further requests that tell why a verification failed.

        Raises:
            VerificationFailedError: the receiver did not prove its consent; its text has the doctor's explanation.
        """
        call = call or self._core.call()
        asked = self._get(hook)
        if asked.status is not _ACTIVE and self._core.profile.verify_inactive == "error":
            raise invalid("eventHook", "Event hook is not active.", hint="activate it first (V15)")
        if self._is_workflow(asked):
            return self._verified(asked, call)
        # Without the lock: a receiver may take its time, and the org goes on meanwhile.
        outcome = verifier.verify(
            asked.channel,
            sender=self._sender,
            tokens=self._core.tokens,
            hook_name=asked.name,
            profile=self._core.profile,
            doctor=doctor,
        )
        if outcome.verified:
            return self._verified(asked, call)
        failed = VerificationFailedError(outcome)
        with self._core.change(call, path=f"{_PATH}/{asked.id}/lifecycle/verify") as change:
            now = self._get(asked)
            if self._core.profile.verify_failure_unverifies and now.channel == asked.channel:
                now = replace(now, verification_status=VerificationStatus.UNVERIFIED, last_updated=change.now)
                self._put(change, now)
            # V12: the catalogue has the cause without the sentence that the API puts before it.
            text = failed.causes[0].removeprefix("Unable to verify event hook. ")
            self._tell_verified(change, now, error=text)
        raise failed

    def _verified(self, asked: EventHook, call: Call) -> EventHook:
        with self._core.change(call, path=f"{_PATH}/{asked.id}/lifecycle/verify") as change:
            now = self._get(asked)
            if now.channel == asked.channel:
                now = replace(now, verification_status=VerificationStatus.VERIFIED, last_updated=change.now)
                self._put(change, now)
            self._tell_verified(change, now)
        return self._shown(now)

    def _is_workflow(self, hook: EventHook) -> bool:
        host = urlsplit(hook.channel.uri).hostname or ""
        return self._core.profile.verify_workflows_hosts and host.endswith(_WORKFLOWS)  # V17

    def _set_status(self, hook: HookRef, status: HookStatus, verb: str, call: Call | None) -> EventHook:
        path = f"{_PATH}/{_id(hook)}/lifecycle/{verb.removesuffix('d')}"
        with self._core.change(call, path=path) as change:
            found = self._get(hook)
            if found.status is status:
                return self._shown(found)
            if status is _ACTIVE:
                self._check_limit(activates=found)
            found = replace(found, status=status, last_updated=change.now)
            self._put(change, found)
            self._tell(change, verb, found)
        return self._shown(found)

    def _get(self, hook: HookRef) -> EventHook:
        found = self._core.hooks().get(_id(hook))
        if found is None:
            raise not_found(_id(hook), "Webhook")
        return found

    def _put(self, change: Change, hook: EventHook) -> None:
        change.db.execute("UPDATE hooks SET document = ? WHERE id = ?", (hook_to_text(hook), hook.id))
        self._core.hooks_changed()

    def _check_name(self, name: str, *, but: EventHook | None = None) -> None:
        if any(hook.name == name and hook.id != (but and but.id) for hook in self._core.hooks().values()):
            raise invalid("name", taken("name"), hint="give each hook a name of its own (A7)")

    def _check_limit(self, *, activates: EventHook | None = None) -> None:
        hooks = self._core.hooks().values()
        how = self._core.profile.limits_count
        counted = {
            "active": [hook for hook in hooks if hook.status is _ACTIVE],
            "active_verified": [hook for hook in hooks if hook.receives_events],
            "total": [] if activates else list(hooks),
        }[how]
        # A new hook is not verified, so by that way of counting only an activation can be one too many.
        counts = how != "active_verified" or (
            activates is not None and activates.verification_status is VerificationStatus.VERIFIED
        )
        if counts and len(counted) >= MAX_ACTIVE_HOOKS:
            cause = f"You have reached the maximum number of {MAX_ACTIVE_HOOKS} event hooks."
            raise invalid("eventHook", cause, hint="deactivate another hook first (A27)")

    def _caller(self, change: Change) -> str:
        return (change.call.actor or self._core.world.admin).id

    def _shown(self, hook: EventHook) -> EventHook:
        if not self._core.profile.api_shuffle_items:
            return hook
        draws = self._core.world.draws
        return replace(hook, events=tuple(sorted(hook.events, key=lambda item: draws.raw("item", hook.id, item))))

    def _tell(self, change: Change, verb: str, hook: EventHook) -> None:
        change.raise_event(f"event_hook.{verb}", edit=lambda event: about_hook(event, hook, _MESSAGES[verb]), extras={})

    def _tell_verified(self, change: Change, hook: EventHook, *, error: str = "") -> None:
        message = "Event hook verification failed" if error else "Event hook was verified"
        change.raise_event(
            "event_hook.verified",
            result="FAILURE" if error else "SUCCESS",
            extras={"errorMessage": error} if error else {},
            edit=lambda event: about_hook(event, hook, message),
        )


def _id(hook: HookRef) -> str:
    return hook.id if isinstance(hook, EventHook) else hook


def about_hook(event: JsonObject, hook: EventHook, message: str) -> None:
    """Make *event* one about an event hook (A29)."""
    event["displayMessage"] = message
    event["target"] = [
        {
            "id": hook.id,
            "type": "EventHook",
            "alternateId": "unknown",
            "displayName": hook.name,
            "detailEntry": None,
        }
    ]
