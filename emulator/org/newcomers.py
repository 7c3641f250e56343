"""The records of users who are new: whoever is created, and the admin who is always there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.org.records import UserRecord, UserStatus

if TYPE_CHECKING:
    from datetime import datetime

    from emulator.contract.model import JsonObject
    from emulator.org.core import Core
    from emulator.org.user_body import Credentials

__all__ = ["admin_user", "new_user"]


def new_user(
    core: Core, now: datetime, *, user_id: str, status: UserStatus, profile: JsonObject, credentials: Credentials
) -> UserRecord:
    """Return the record of a user who is created *now*."""
    activated = None if status is UserStatus.STAGED else now
    return UserRecord(
        id=user_id,
        status=status,
        created=now,
        last_updated=now,
        profile=profile,
        type_id=core.world.id("oty", "user type"),
        activated=activated,
        status_changed=now,
        password_changed=now if credentials.is_new_password else None,
        password=credentials.password,
        question=credentials.question,
        answer=credentials.answer,
        provider=credentials.provider or {"type": "OKTA", "name": "OKTA"},
    )


def admin_user(core: Core, now: datetime) -> UserRecord:
    """Return the record of the admin whose token all calls have unless they say otherwise."""
    admin = core.world.admin
    first, _, last = admin.display_name.partition(" ")
    return UserRecord(
        id=admin.id,
        status=UserStatus.ACTIVE,
        created=now,
        activated=now,
        status_changed=now,
        password_changed=now,
        last_updated=now,
        password="unknown",  # noqa: S106 (no password has this digest)
        profile={"login": admin.login, "email": admin.login, "firstName": first, "lastName": last},
        type_id=core.world.id("oty", "user type"),
    )
