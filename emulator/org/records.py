"""What an org keeps of hooks, users, groups and apps, and how it is written into the store."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from emulator.contract.model import (
    AuthScheme,
    Channel,
    CustomHeader,
    EventHook,
    HookStatus,
    JsonObject,
    VerificationStatus,
)
from emulator.payloads import App as AppInEvents
from emulator.payloads import Group as GroupInEvents
from emulator.payloads import Person
from emulator.secrets import Secret

__all__ = ["AppRecord", "GroupRecord", "GroupType", "UserRecord", "UserStatus", "hook_from_text", "hook_to_text"]


_SECOND: Final = timedelta(seconds=1)


class UserStatus(StrEnum):
    """The states of a user (11.1)."""

    STAGED = "STAGED"
    PROVISIONED = "PROVISIONED"
    ACTIVE = "ACTIVE"
    RECOVERY = "RECOVERY"
    PASSWORD_EXPIRED = "PASSWORD_EXPIRED"  # noqa: S105 (a status, not a password)
    LOCKED_OUT = "LOCKED_OUT"
    SUSPENDED = "SUSPENDED"
    DEPROVISIONED = "DEPROVISIONED"


class GroupType(StrEnum):
    """Who may change a group: admins, nobody, or the app it comes from (G2, G6)."""

    OKTA = "OKTA_GROUP"
    BUILT_IN = "BUILT_IN"
    APP = "APP_GROUP"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    """
    A user as the org keeps it; instants are aware UTC datetimes in whole seconds (N5).

    ``password`` is a salted digest, ``provider`` has Okta's ``type`` and ``name``.
    """

    id: str
    status: UserStatus
    created: datetime
    last_updated: datetime
    profile: JsonObject
    type_id: str
    activated: datetime | None = None
    status_changed: datetime | None = None
    last_login: datetime | None = None
    password_changed: datetime | None = None
    password: str | None = field(default=None, repr=False)
    question: str | None = None
    answer: str | None = field(default=None, repr=False)
    provider: JsonObject = field(default_factory=lambda: {"type": "OKTA", "name": "OKTA"})
    failed_sign_ins: int = 0

    @property
    def login(self) -> str:
        """The unique name a user signs in with."""
        return str(self.profile["login"])

    @property
    def display_name(self) -> str:
        """``displayName`` of the profile, else first and last name (U1)."""
        given = " ".join(str(self.profile[name]) for name in ("firstName", "lastName") if self.profile.get(name))
        return str(self.profile.get("displayName") or given or self.login)

    def with_password(self, password: str, now: datetime) -> UserRecord:
        """Return the record with another digest; ``passwordChanged`` is later than it was, even within one second."""
        before = self.password_changed
        changed = max(now, before + _SECOND) if before else now
        # What was to be imported is now Okta's own.
        provider = {"type": "OKTA", "name": "OKTA"} if self.provider["type"] == "IMPORT" else self.provider
        return replace(self, password=password, password_changed=changed, provider=provider)

    def in_events(self) -> Person:
        """Return the user as events show one (U1)."""
        return Person(id=self.id, login=self.login, display_name=self.display_name)

    def to_text(self) -> str:
        """Return the record as it is stored."""
        return _to_text(self)

    @staticmethod
    def from_text(text: str) -> UserRecord:
        """Return the record that was stored as *text*."""
        found = _from_text(text, UserRecord)
        return UserRecord(**{**found, "status": UserStatus(found["status"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRecord:
    """A group as the org keeps it (G2)."""

    id: str
    type: GroupType
    created: datetime
    last_updated: datetime
    last_membership_updated: datetime
    profile: JsonObject

    @property
    def name(self) -> str:
        """The group's unique name."""
        return str(self.profile["name"])

    def in_events(self) -> GroupInEvents:
        """Return the group as events show one (G3)."""
        return GroupInEvents(id=self.id, name=self.name)

    def to_text(self) -> str:
        """Return the record as it is stored."""
        return _to_text(self)

    @staticmethod
    def from_text(text: str) -> GroupRecord:
        """Return the record that was stored as *text*."""
        found = _from_text(text, GroupRecord)
        return GroupRecord(**{**found, "type": GroupType(found["type"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRecord:
    """An app as the org keeps it: no more than its assignments need."""

    id: str
    label: str
    name: str
    status: str
    sign_on_mode: str
    created: datetime
    last_updated: datetime

    def in_events(self) -> AppInEvents:
        """Return the app as events show one."""
        return AppInEvents(id=self.id, label=self.label, name=self.name, sign_on_mode=self.sign_on_mode)

    def to_text(self) -> str:
        """Return the record as it is stored."""
        return _to_text(self)

    @staticmethod
    def from_text(text: str) -> AppRecord:
        """Return the record that was stored as *text*."""
        return AppRecord(**_from_text(text, AppRecord))


def _to_text(record: Any) -> str:
    members = {each.name: getattr(record, each.name) for each in fields(record)}
    return json.dumps(members, default=_instant_as_text, separators=(",", ":"))


def _from_text(text: str, kind: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    # Annotations are text here, and all that matters is which fields hold instants.
    instants = {each.name for each in fields(kind) if "datetime" in str(each.type)}
    return {
        name: datetime.fromisoformat(value) if name in instants and value is not None else value
        for name, value in found.items()
    }


def _instant_as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def hook_to_text(hook: EventHook) -> str:
    """Return an event hook as it is stored: with its secrets, since they are sent with every delivery."""
    channel = hook.channel
    return json.dumps(
        {
            "id": hook.id,
            "name": hook.name,
            "uri": channel.uri,
            "auth": channel.auth and [channel.auth.key, channel.auth.value.reveal()],
            "headers": [[header.key, header.value.reveal()] for header in channel.headers],
            "events": hook.events,
            "status": hook.status,
            "verificationStatus": hook.verification_status,
            "description": hook.description,
            "filter": hook.event_filter,
            "created": hook.created.isoformat(),
            "createdBy": hook.created_by,
            "lastUpdated": hook.last_updated.isoformat(),
        },
        separators=(",", ":"),
    )


def hook_from_text(text: str) -> EventHook:
    """Return the event hook that was stored as *text*."""
    found = json.loads(text)
    auth = found["auth"]
    return EventHook(
        id=found["id"],
        name=found["name"],
        channel=Channel(
            uri=found["uri"],
            auth=None if auth is None else AuthScheme(key=auth[0], value=Secret(auth[1])),
            headers=tuple(CustomHeader(key=key, value=Secret(value)) for key, value in found["headers"]),
        ),
        events=tuple(found["events"]),
        status=HookStatus(found["status"]),
        verification_status=VerificationStatus(found["verificationStatus"]),
        description=found["description"],
        event_filter=found["filter"],
        created=datetime.fromisoformat(found["created"]),
        created_by=found["createdBy"],
        last_updated=datetime.fromisoformat(found["lastUpdated"]),
    )
