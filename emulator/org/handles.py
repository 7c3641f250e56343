"""Users, groups and apps to hold in hand: thin handles that always show what the org has now."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from emulator.errors import HarnessError
from emulator.org.codec import app_json, group_json, user_json
from emulator.org.errors import OktaApiError
from emulator.payloads import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.contract.model import JsonObject
    from emulator.org.call import Call
    from emulator.org.making import Making
    from emulator.org.records import AppRecord, GroupRecord, UserRecord, UserStatus

__all__ = ["App", "Group", "User"]


class _Handle(ABC):
    """A thing of an org, by its id; two handles of the same thing are equal."""

    def __init__(self, org: Making, object_id: str) -> None:
        self._org = org
        self.id = object_id

    def __repr__(self) -> str:
        try:
            known = self._known_as()
        except OktaApiError:
            known = "deleted"
        except HarnessError:  # it is also printed when its org has been closed
            known = "of an org that is closed"
        return f"{type(self).__name__}({known}, id={self.id!r})"

    @abstractmethod
    def _known_as(self) -> str:
        """Return what people know it by."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)


class User(_Handle):
    """
    A user of an org.

    Each method is one API call: it raises the events that Okta raises, and ``OktaApiError`` where Okta refuses.
    Those that return the user itself can be chained.
    """

    def _known_as(self) -> str:
        return f"{self.login!r}, {self.status}"

    @property
    def record(self) -> UserRecord:
        """The user as the org keeps it now."""
        return self._org.users.get(self.id)

    @property
    def login(self) -> str:
        """The unique name a user signs in with."""
        return self.record.login

    @property
    def status(self) -> UserStatus:
        """The state in table 11.1."""
        return self.record.status

    @property
    def profile(self) -> JsonObject:
        """A copy of the profile."""
        return dict(self.record.profile)

    @property
    def groups(self) -> Sequence[Group]:
        """The groups the user is in, Everyone too."""
        return [Group(self._org, group.id) for group in self._org.groups.of_user(self.id)]

    def json(self) -> JsonObject:
        """Return the user as the API shows it."""
        return user_json(self.record, base_url=self._org.base_url)

    def activate(self) -> User:
        """Activate a STAGED or DEPROVISIONED user: to ACTIVE with a password, else to PROVISIONED."""
        self._org.users.activate(self.id)
        return self

    def complete_activation(self, password: str) -> User:
        """Let a PROVISIONED user follow the link in the mail and choose a password: to ACTIVE."""
        self._org.users.complete_activation(self.id, password)
        return self

    def reactivate(self) -> User:
        """Send the activation mail again; no event tells of it (U7)."""
        self._org.users.reactivate(self.id)
        return self

    def reactivate_by_import(self) -> User:
        """Let an import job bring the DEPROVISIONED user back: the one way to ``user.lifecycle.reactivate`` (U7)."""
        self._org.users.reactivate_by_import(self.id)
        return self

    def deactivate(self) -> User:
        """Deactivate the user."""
        self._org.users.deactivate(self.id)
        return self

    def suspend(self) -> User:
        """Suspend an ACTIVE user."""
        self._org.users.suspend(self.id)
        return self

    def unsuspend(self) -> User:
        """Let a SUSPENDED user in again."""
        self._org.users.unsuspend(self.id)
        return self

    def unlock(self) -> User:
        """Unlock a LOCKED_OUT user."""
        self._org.users.unlock(self.id)
        return self

    def expire_password(self) -> User:
        """Make the user choose a new password at the next sign-in."""
        self._org.users.expire_password(self.id)
        return self

    def reset_password(self) -> User:
        """Send the user the mail to choose a new password: to RECOVERY."""
        self._org.users.reset_password(self.id)
        return self

    def change_password(self, old: str, new: str) -> User:
        """Change the password, knowing the old one."""
        self._org.users.change_password(self.id, old, new)
        return self

    def reset_factors(self) -> User:
        """Take all factors from the user."""
        self._org.users.reset_factors(self.id)
        return self

    def clear_sessions(self) -> User:
        """End all sessions of the user."""
        self._org.users.clear_sessions(self.id)
        return self

    def sign_in(self, password: str) -> bool:
        """Sign in and say whether that worked; the tenth wrong password in a row locks the user out."""
        return self._org.sign_ins.sign_in(self.id, password)

    def sign_out(self) -> User:
        """Sign out."""
        self._org.sign_ins.sign_out(self.id)
        return self

    def update(self, **profile: Any) -> User:
        """Change properties of the profile, as in ``user.update(title="Engineer")``; None removes one."""
        self._org.users.update(self.id, {"profile": profile})
        return self

    def delete(self) -> None:
        """Deactivate a live user, or delete a DEPROVISIONED one for good, as Okta's DELETE does."""
        self._org.users.delete(self.id)


class Group(_Handle):
    """A group of an org; each method is one API call."""

    def _known_as(self) -> str:
        return repr(self.name)

    @property
    def record(self) -> GroupRecord:
        """The group as the org keeps it now."""
        return self._org.groups.get(self.id)

    @property
    def name(self) -> str:
        """The group's unique name."""
        return self.record.name

    @property
    def members(self) -> Sequence[User]:
        """The users in the group."""
        return [User(self._org, user.id) for user in self._org.groups.members(self.id)]

    def json(self) -> JsonObject:
        """Return the group as the API shows it."""
        return group_json(self.record, base_url=self._org.base_url)

    def add(self, user: User, *, by_rule: bool = False) -> Group:
        """Add a user; who is in it already stays, and no event tells of it.  A group rule does it in a job (G5)."""
        self._org.groups.add(self.id, user.record, self._caller(by_rule=by_rule))
        return self

    def remove(self, user: User, *, by_rule: bool = False) -> Group:
        """Remove a user; who is not in it is no error.  A group rule does it in a job (G5)."""
        self._org.groups.remove(self.id, user.record, self._caller(by_rule=by_rule))
        return self

    def _caller(self, *, by_rule: bool) -> Call | None:
        return self._org.call(origin=Origin.JOB) if by_rule else None

    def rename(self, name: str, description: str | None = None) -> Group:
        """Replace the group's name and description."""
        self._org.groups.replace(self.id, {"profile": {"name": name, "description": description}})
        return self

    def delete(self) -> None:
        """Delete the group."""
        self._org.groups.delete(self.id)


class App(_Handle):
    """An app of an org; each method is one API call."""

    def _known_as(self) -> str:
        return repr(self.record.label)

    @property
    def record(self) -> AppRecord:
        """The app as the org keeps it now."""
        return self._org.apps.get(self.id)

    @property
    def users(self) -> Sequence[User]:
        """The users the app is assigned to."""
        return [User(self._org, user.id) for user, _ in self._org.apps.users(self.id)]

    def json(self) -> JsonObject:
        """Return the app as the API shows it."""
        return app_json(self.record, base_url=self._org.base_url)

    def assign(self, user: User) -> App:
        """Assign the app to a user."""
        self._org.apps.assign(self.id, user.record)
        return self

    def unassign(self, user: User) -> App:
        """Take the app away from a user."""
        self._org.apps.unassign(self.id, user.record)
        return self

    def delete(self) -> None:
        """Delete the app and its assignments."""
        self._org.apps.delete(self.id)
