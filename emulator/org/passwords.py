"""What calls do with the passwords of users: expire, reset, change, and recover them (U-m to U-p)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from emulator.org.errors import api_error
from emulator.org.lifecycle import transition
from emulator.org.records import UserRecord, UserStatus
from emulator.org.user_body import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.org.call import Call
    from emulator.org.core import Change, Core

__all__ = ["Moved", "Passwords"]

_S = UserStatus
_PATH: Final = "/api/v1/users"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A user after a call, and the token of the mail that the call would send, if any."""

    user: UserRecord
    token: str = ""


class Passwords(ABC):
    """The part of ``Users`` that is about passwords."""

    _core: Core

    def expire_password(self, ref: str, call: Call | None = None, *, temporary: bool = False) -> Moved:
        """
        Make a user choose a new password at the next sign-in (U-m, U-n).

        The record returned has the old ``statusChanged`` (U13); with *temporary* the token is a new password.
        """
        user = self.get(ref, call)
        name = "expire_password_with_temp_password" if temporary else "expire_password"
        with self._core.change(call, path=f"{_PATH}/{user.id}/lifecycle/{name}") as change:
            before = self.get(user.id)
            token = self._core.tokens.token()[:8] if temporary else ""
            user = before
            if temporary:
                transition("expire_password", before.status)
                user = before.with_password(digest(token, before.id), change.now)
            user = self._move(change, user, "expire_password")
        return Moved(user=replace(user, status_changed=before.status_changed), token=token)

    def reset_password(self, ref: str, call: Call | None = None, *, send_email: bool = True) -> Moved:
        """Send a user the mail to choose a new password (U-o); its token is returned."""
        user = self.get(ref, call)
        path = f"{_PATH}/{user.id}/lifecycle/reset_password"
        query = f"sendEmail={'true' if send_email else 'false'}"
        with self._core.change(call, path=path, query=query) as change:
            user = self._move(change, self.get(user.id), "reset_password")
            return Moved(user=user, token=self._core.tokens.token())

    def forgot_password(self, ref: str, call: Call | None = None, *, send_email: bool = True) -> Moved:
        """Begin what follows the link "forgot password?": as ``reset_password``, but the user's state stays."""
        user = self.get(ref, call)
        query = f"sendEmail={'true' if send_email else 'false'}"
        with self._core.change(call, path=f"{_PATH}/{user.id}/credentials/forgot_password", query=query) as change:
            user = self.get(user.id)
            for event_type in transition("reset_password", user.status).events:
                self._tell(change, user, event_type)
            return Moved(user=user, token=self._core.tokens.token())

    def change_password(self, ref: str, old: str, new: str, call: Call | None = None) -> UserRecord:
        """Change a password, knowing the old one (U-p)."""
        user = self.get(ref, call)
        with self._core.change(call, path=f"{_PATH}/{user.id}/credentials/change_password") as change:
            user = self.get(user.id)
            name = "renew_password" if user.status in {_S.PASSWORD_EXPIRED, _S.RECOVERY} else "change_password"
            transition(name, user.status)
            if user.password != digest(old, user.id):
                raise api_error("E0000014", "Old Password is not correct")
            if not new:
                raise api_error("E0000014", "newPassword: The field cannot be left blank")
            user = user.with_password(digest(new, user.id), change.now)
            return self._move(change, user, name)

    def change_recovery_question(
        self, ref: str, password: str, *, question: str, answer: str, call: Call | None = None
    ) -> UserRecord:
        """Change the recovery question, knowing the password; no event tells of it."""
        user = self.get(ref, call)
        with self._core.change(call, path=f"{_PATH}/{user.id}/credentials/change_recovery_question") as change:
            user = self.get(user.id)
            if user.password != digest(password, user.id):
                raise api_error("E0000014", "Password is not correct")
            given = {"recovery_question": {"question": question, "answer": answer}}
            return self._set_credentials(change, user, given)

    def recover(self, ref: str, answer: str, new: str, call: Call | None = None) -> UserRecord:
        """Set a new password, knowing the answer to the recovery question; the event is that of any new password."""
        user = self.get(ref, call)
        path = f"{_PATH}/{user.id}/credentials/forgot_password_recovery_question"
        with self._core.change(call, path=path) as change:
            user = self.get(user.id)
            name = "renew_password" if user.status in {_S.PASSWORD_EXPIRED, _S.RECOVERY} else "change_password"
            transition(name, user.status)
            if user.answer is None or user.answer != digest(answer, user.id):
                raise api_error("E0000087")
            if not new:
                raise api_error("E0000014", "password: The field cannot be left blank")
            return self._move(change, user.with_password(digest(new, user.id), change.now), name)

    @abstractmethod
    def get(self, ref: str, call: Call | None = None) -> UserRecord:
        """Return a user as it is now; ``me`` is who calls."""

    @abstractmethod
    def _move(self, change: Change, user: UserRecord, name: str) -> UserRecord: ...

    @abstractmethod
    def _tell(
        self, change: Change, user: UserRecord, event_type: str, extras: Mapping[str, str] | None = None
    ) -> None: ...

    @abstractmethod
    def _set_credentials(self, change: Change, user: UserRecord, given: Any) -> UserRecord: ...
