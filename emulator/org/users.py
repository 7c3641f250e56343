"""Users of an org: create, read, change, and move through the states of table 11.1 (U1-U18)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emulator.org.errors import OktaApiError, api_error, invalid, not_found, taken
from emulator.org.finding import find_user
from emulator.org.leaving import Leaving
from emulator.org.lifecycle import transition
from emulator.org.newcomers import admin_user, new_user
from emulator.org.passwords import Moved, Passwords
from emulator.org.records import UserRecord, UserStatus
from emulator.org.refusing import tell_refused
from emulator.org.roles import forget_roles
from emulator.org.user_body import check_profile, digest, read_credentials, read_groups, read_object
from emulator.payloads import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.org.call import Call
    from emulator.org.core import Change, Core
    from emulator.org.groups import Groups

__all__ = ["Users"]

_S = UserStatus
_PATH: Final = "/api/v1/users"


class Users(Passwords):
    """
    The users of one org.  A user is named by id, login, or the login's part before the ``@`` (U15).

    Every method that changes something takes the *call* that asks for it; None is a call by the admin's token.
    All raise ``OktaApiError`` where Okta's API would refuse.
    """

    def __init__(self, core: Core, groups: Groups, *, custom: frozenset[str] = frozenset()) -> None:
        self._core = core
        self._groups = groups
        self._custom = custom
        self._leaving = Leaving(core, groups)

    def get(self, ref: str, call: Call | None = None) -> UserRecord:
        """Return a user as it is now; ``me`` is who calls."""
        # A user may have the login "me@...", so the caller is tried first and whoever has such a name after that.
        caller = ((call and call.actor) or self._core.world.admin).id if ref == "me" else ref
        found = self.find(caller) or self.find(ref)
        if found is None:
            raise not_found(caller, "User")
        return found

    def find(self, ref: str) -> UserRecord | None:
        """Return a user as it is now, or None."""
        return find_user(self._core.store, ref)

    def check_new(self, profile: Any) -> None:
        """
        Make sure that somebody with this profile could be created.

        Raises:
            OktaApiError: as ``create`` would.
        """
        self._check_login(check_profile(profile, subject="newUser", more=self._custom)["login"])

    def all(self, *, deprovisioned: bool = False) -> list[UserRecord]:
        """Return all users in order of creation; DEPROVISIONED ones only if asked for (U14)."""
        rows = self._core.store.rows(
            "SELECT document FROM users WHERE ? OR status <> 'DEPROVISIONED' ORDER BY number", (deprovisioned,)
        )
        return [UserRecord.from_text(document) for (document,) in rows]

    def some(self, first: str, count: int) -> list[UserRecord] | None:
        """Return so many live users in order of creation, from the one with an id on; None if there is none such."""
        number = self._core.store.value("SELECT number FROM users WHERE id = ?", (first,)) if first else 0
        if number is None:
            return None
        rows = self._core.store.rows(
            "SELECT document FROM users WHERE number >= ? AND status <> 'DEPROVISIONED' ORDER BY number LIMIT ?",
            (number, count),
        )
        return [UserRecord.from_text(document) for (document,) in rows]

    def create(
        self,
        body: Any,
        call: Call | None = None,
        *,
        activate: bool = True,
        provider: bool = False,
        next_login: str | None = None,
    ) -> UserRecord:
        """
        Create a user from an API body (U-a, U-b, U-c, U9, U16).

        Args:
            body: With ``profile``, and perhaps ``credentials`` and ``groupIds``.
            call: Who asks.
            activate: Whether the user is activated at once.
            provider: Whether the user signs in elsewhere, so that no password is needed.
            next_login: ``changePassword`` expires the password at once.
        """
        query = f"activate={'true' if activate else 'false'}"
        try:
            return self._create(body, call, query, activate=activate, provider=provider, next_login=next_login)
        except OktaApiError as error:
            tell_refused(self._core, error, body, call, path=_PATH, query=query)
            raise

    def _create(
        self, body: Any, call: Call | None, query: str, *, activate: bool, provider: bool, next_login: str | None
    ) -> UserRecord:
        body = read_object(body)
        profile = check_profile(body.get("profile"), subject="newUser", more=self._custom)
        core, number = self._core, self._core.store.next("user")
        user_id = core.world.id("00u", "user", number)
        credentials = read_credentials(body.get("credentials"), salt=user_id)
        with core.change(call, path=_PATH, query=query) as change:
            self._check_login(profile["login"])
            groups = [self._groups.get(group_id) for group_id in read_groups(body)]
            has_password = credentials.password is not None or provider
            status = _S.STAGED if not activate else _S.ACTIVE if has_password else _S.PROVISIONED
            user = new_user(core, change.now, user_id=user_id, status=status, profile=profile, credentials=credentials)
            self._insert(change, number, user)
            self._tell(change, user, "user.lifecycle.create")
            if status is _S.ACTIVE:
                if credentials.is_new_password:
                    self._tell(change, user, "user.account.update_password")
                self._tell(change, user, "user.lifecycle.activate")
            elif status is _S.PROVISIONED:
                self._tell_invited(change, user)
            for group in groups:
                self._groups.join(change, group, user)
            if next_login == "changePassword" and status is _S.ACTIVE:
                user = self._move(change, user, "expire_password")
        return user

    def add_admin(self) -> None:
        """Make the admin whose token all calls have unless they say otherwise; no event tells of it."""
        with self._core.change() as change:
            self._insert(change, self._core.store.next("user"), admin_user(self._core, change.now))

    def place(self, user: UserRecord, status: UserStatus) -> UserRecord:
        """Put a user into a state without the calls that lead there; no event tells of it."""
        with self._core.change() as change:
            activated = None if status is _S.STAGED else user.activated or change.now
            moved = replace(user, status=status, activated=activated, status_changed=change.now)
            return self.put(change, moved)

    def update(self, ref: str, body: Any, call: Call | None = None, *, partial: bool = True) -> UserRecord:
        """
        Change a user's profile or credentials (U-q, U8).

        Args:
            ref: Which user.
            body: With ``profile`` and perhaps ``credentials``.
            call: Who asks.
            partial: Whether properties that the body leaves out stay (POST), or go (PUT).
        """
        body = read_object(body)
        user = self.get(ref, call)
        with self._core.change(call, path=f"{_PATH}/{user.id}") as change:
            user = self.get(user.id)
            if user.status is _S.DEPROVISIONED:
                raise api_error("E0000038")
            given = body.get("profile")
            if given is not None or not partial:
                whole = {**user.profile, **given} if partial and isinstance(given, dict) else given
                profile = check_profile(whole, subject="user", more=self._custom)
                self._check_login(profile["login"], but=user)
                changed = [
                    name
                    for name in dict.fromkeys([*user.profile, *profile])
                    if user.profile.get(name) != profile.get(name)
                ]
                user = self.put(change, replace(user, profile=profile, last_updated=change.now))
                if changed:
                    self._tell(change, user, "user.account.update_profile", {"changedAttributes": ",".join(changed)})
            user = self._set_credentials(change, user, body.get("credentials"))
        return user

    def activate(self, ref: str, call: Call | None = None) -> Moved:
        """Activate a user (U-d, U-e): who has no password completes it by the link in a mail, whose token is returned."""
        user = self.get(ref, call)
        with self._core.change(call, path=f"{_PATH}/{user.id}/lifecycle/activate") as change:
            user = self.get(user.id)
            user = self._move(change, user, "activate" if user.password else "invite")
            if user.status is _S.PROVISIONED:
                self._tell_invited(change, user)
            return Moved(user=user, token=self._core.tokens.token())

    def complete_activation(self, ref: str, password: str) -> UserRecord:
        """Let a PROVISIONED user follow the link in the mail and choose a password (U-f)."""
        user = self.get(ref)
        with self._core.change(self._own_call(user), path="/idp/idx/challenge/answer") as change:
            user = self.get(user.id)
            transition("complete", user.status)
            user = user.with_password(digest(password, user.id), change.now)
            return self._move(change, user, "complete")

    def reactivate(self, ref: str, call: Call | None = None) -> Moved:
        """Send the activation mail again (U-g); no event tells of it (U7)."""
        user = self.get(ref, call)
        with self._core.change(call, path=f"{_PATH}/{user.id}/lifecycle/reactivate") as change:
            user = self._move(change, self.get(user.id), "reactivate")
            if self._core.profile.events_reactivate_on_api:
                self._tell(change, user, "user.lifecycle.reactivate")
            return Moved(user=user, token=self._core.tokens.token())

    def reactivate_by_import(self, ref: str) -> UserRecord:
        """Let an import job bring a DEPROVISIONED user back: the one way to ``user.lifecycle.reactivate`` (U7)."""
        with self._core.change(self._core.call(origin=Origin.JOB)) as change:
            return self._move(change, self.get(ref), "import")

    def deactivate(self, ref: str, call: Call | None = None) -> UserRecord:
        """Deactivate a user, which takes the apps away, and more as the profile says (U-h, U6)."""
        user = self.get(ref, call)
        with self._core.change(call, path=f"{_PATH}/{user.id}/lifecycle/deactivate") as change:
            return self._deactivate(change, self.get(user.id))

    def suspend(self, ref: str, call: Call | None = None) -> UserRecord:
        """Suspend an ACTIVE user (U-i)."""
        return self._simple(ref, "suspend", call)

    def unsuspend(self, ref: str, call: Call | None = None) -> UserRecord:
        """Let a SUSPENDED user in again (U-j)."""
        return self._simple(ref, "unsuspend", call)

    def unlock(self, ref: str, call: Call | None = None) -> UserRecord:
        """Unlock a LOCKED_OUT user (U-l)."""
        return self._simple(ref, "unlock", call)

    def reset_factors(self, ref: str, call: Call | None = None) -> UserRecord:
        """Take all factors from a user (U-s)."""
        return self._simple(ref, "reset_factors", call)

    def clear_sessions(self, ref: str, call: Call | None = None) -> None:
        """End all sessions of a user (U-t)."""
        user = self.get(ref, call)
        with self._core.change(call, path=f"{_PATH}/{user.id}/sessions") as change:
            self._move(change, self.get(user.id), "clear_sessions")

    def delete(self, ref: str, call: Call | None = None) -> UserRecord | None:
        """
        Deactivate a live user, or delete a DEPROVISIONED one for good (U-h, U-r).

        Returns:
            The deactivated user, or None if the user is gone.
        """
        user = self.get(ref, call)
        with self._core.change(call, path=f"{_PATH}/{user.id}") as change:
            user = self.get(user.id)
            if user.status is not _S.DEPROVISIONED:
                return self._deactivate(change, user)
            self._leaving.deleted(change, user)
            change.db.execute("DELETE FROM users WHERE id = ?", (user.id,))
            forget_roles(change.db, user.id)
        return None

    def _simple(self, ref: str, name: str, call: Call | None) -> UserRecord:
        user = self.get(ref, call)
        with self._core.change(call, path=f"{_PATH}/{user.id}/lifecycle/{name}") as change:
            return self._move(change, self.get(user.id), name)

    def _move(self, change: Change, user: UserRecord, name: str) -> UserRecord:
        row = transition(name, user.status)
        if row.target is not None:
            user = replace(
                user,
                status=row.target,
                status_changed=change.now,
                last_updated=change.now,
                activated=change.now
                if row.target in {_S.PROVISIONED, _S.ACTIVE} and not user.activated
                else user.activated,
                failed_sign_ins=0,
            )
        self.put(change, user)
        for event_type in row.events:
            self._tell(change, user, event_type)
        return user

    def _deactivate(self, change: Change, user: UserRecord) -> UserRecord:
        left = self._move(change, user, "deactivate")
        self._leaving.deactivated(change, user)
        return left

    def _tell_invited(self, change: Change, user: UserRecord) -> None:
        if self._core.profile.events_activate_on_provisioned:  # U5
            self._tell(change, user, "user.lifecycle.activate")

    def _tell(self, change: Change, user: UserRecord, event_type: str, extras: Mapping[str, str] | None = None) -> None:
        change.raise_event(event_type, person=user.in_events(), extras=extras)

    def _own_call(self, user: UserRecord) -> Call:
        return self._core.call(origin=Origin.USER, actor=user.in_events())

    def _set_credentials(self, change: Change, user: UserRecord, given: Any) -> UserRecord:
        credentials = read_credentials(given, salt=user.id)
        if credentials.question is not None:
            user = replace(user, question=credentials.question, answer=credentials.answer)
        if credentials.provider is not None:
            user = replace(user, provider=credentials.provider)
        if credentials.password is not None and credentials.is_new_password:
            user = user.with_password(credentials.password, change.now)
            self._tell(change, user, "user.account.update_password")
        elif credentials.password is not None:
            user = replace(user, password=credentials.password)
        return self.put(change, user)

    def _check_login(self, login: str, *, but: UserRecord | None = None) -> None:
        row = self._core.store.row("SELECT id FROM users WHERE login = ?", (login,))
        if row is not None and row[0] != (but and but.id):
            raise invalid("login", taken("login"))

    def _insert(self, change: Change, number: int, user: UserRecord) -> None:
        change.db.execute(
            "INSERT INTO users VALUES (?, ?, ?, ?, ?)", (number, user.id, user.login, user.status, user.to_text())
        )
        self._groups.join_everyone(change, user)

    def put(self, change: Change, user: UserRecord) -> UserRecord:
        """Write a changed record as a part of *change*, and return it."""
        change.db.execute(
            "UPDATE users SET login = ?, status = ?, document = ? WHERE id = ?",
            (user.login, user.status, user.to_text(), user.id),
        )
        return user
