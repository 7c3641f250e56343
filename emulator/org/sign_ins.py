"""Users who sign in and out, lock themselves out, and have their passwords imported (U-k, 11.2, I9, I14)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emulator.org.lifecycle import transition
from emulator.org.records import UserStatus
from emulator.org.user_body import PENDING_IMPORT, digest
from emulator.payloads import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.org.core import Change, Core
    from emulator.org.inline.calls import InlineRun
    from emulator.org.inline.part import InlinePart
    from emulator.org.records import UserRecord
    from emulator.org.users import Users

__all__ = ["ATTEMPTS", "SignIns"]

ATTEMPTS: Final = 10  # the default password policy's: so many wrong passwords lock a user out
_MAY: Final = frozenset({UserStatus.ACTIVE, UserStatus.PASSWORD_EXPIRED})


class SignIns:
    """The end users' side of an org, in their own browsers."""

    def __init__(self, core: Core, users: Users, inline: InlinePart) -> None:
        self._core = core
        self._users = users
        self._inline = inline

    def sign_in(self, ref: str, password: str) -> bool:
        """
        Let a user sign in, and say whether that worked; the tenth wrong password in a row locks the user out.

        Of a user who was created with ``credentials.password.hook``, the password import hook is asked (I14).

        Raises:
            OktaApiError: there is no such user.
        """
        user = self._users.get(ref)
        if _awaits_import(user):
            # Without the lock: the service may take its time, and the org goes on meanwhile.
            run = self._inline.flows.check_password(user, password)
            with self._change(user) as (change, found):
                known = self._import(change, found, password, run) if _awaits_import(found) else found
                return self._compare(change, known, password)
        with self._change(user) as (change, found):
            return self._compare(change, found, password)

    def _import(self, change: Change, user: UserRecord, password: str, run: InlineRun | None) -> UserRecord:
        """Take what the hook says about a password; without a hook that could say it, nothing is imported."""
        if run is None:
            return user
        self._inline.calls.tell(change, run, user.in_events())
        if not run.effect.proceeds:
            reason = run.failure or "INVALID_CREDENTIALS"
            # UNDOCUMENTED: the reason and the target of the event.
            change.raise_event("user.import.password", person=user.in_events(), result="FAILURE", reason=reason)
            return user
        change.raise_event("user.import.password", person=user.in_events())
        return self._users.put(change, user.with_password(digest(password, user.id), change.now))

    def _compare(self, change: Change, user: UserRecord, password: str) -> bool:
        if user.status is UserStatus.LOCKED_OUT:
            return self._fail(change, user, "LOCKED_OUT")
        if user.status in _MAY and user.password == digest(password, user.id):
            signed_in = replace(user, last_login=change.now, failed_sign_ins=0)
            self._users.put(change, signed_in)
            change.raise_event("user.session.start", person=user.in_events())
            return True
        failed = replace(user, failed_sign_ins=user.failed_sign_ins + 1)
        self._users.put(change, failed)
        self._fail(change, failed, "INVALID_CREDENTIALS")
        if failed.failed_sign_ins >= ATTEMPTS and user.status is UserStatus.ACTIVE:
            row = transition("lock", user.status)
            locked = replace(failed, status=UserStatus.LOCKED_OUT, status_changed=change.now, failed_sign_ins=0)
            self._users.put(change, locked)
            for event_type in row.events:
                change.raise_event(event_type, person=user.in_events(), result="FAILURE", reason="LOCKED_OUT")
        return False

    def sign_out(self, ref: str) -> None:
        """Let a user sign out."""
        with self._change(self._users.get(ref)) as (change, user):
            change.raise_event("user.session.end", person=user.in_events())

    @contextmanager
    def _change(self, user: UserRecord) -> Iterator[tuple[Change, UserRecord]]:
        with self._core.change(self._core.call(origin=Origin.USER, actor=user.in_events())) as change:
            yield change, self._users.get(user.id)

    @staticmethod
    def _fail(change: Change, user: UserRecord, reason: str) -> bool:
        change.raise_event("user.session.start", person=user.in_events(), result="FAILURE", reason=reason)
        return False


def _awaits_import(user: UserRecord) -> bool:
    return user.status in _MAY and user.password == PENDING_IMPORT
