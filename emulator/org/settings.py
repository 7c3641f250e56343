"""What an org is told when it is made, read once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from secrets import randbelow
from typing import TYPE_CHECKING, Final

from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.contract.profile import profile as read_profile
from emulator.delivery.clock import MovableClock
from emulator.errors import UsageError

if TYPE_CHECKING:
    from emulator.delivery.clock import Clock
    from emulator.org.store import Store

__all__ = ["org_clock", "org_host", "org_identity", "org_profile"]

_LARGEST_SEED: Final = 2**32
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")


def org_profile(given: Profile | str | None) -> Profile:
    """Return the profile that *given* names; unless it says otherwise, events are delivered at once."""
    if isinstance(given, Profile):
        return given
    text = given or ""
    chosen = read_profile(text) if text else DEFAULT_PROFILE
    return chosen if "delivery.window" in text else replace(chosen, delivery_window=0.0)


def org_clock(given: Clock | datetime | str | None) -> Clock:
    """Return the clock that *given* describes."""
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            raise UsageError(f"{given!r} is no instant", hint="such as 2026-08-21T12:00:00Z", where="clock") from None
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise UsageError("the clock has no time zone", hint="give an aware datetime, such as UTC", where="clock")
        return MovableClock(given.astimezone(UTC))
    return given or MovableClock()


def org_host(name: str | None, host: str | None) -> str | None:
    """Return the host name that was asked for, None for the usual one."""
    if name is not None and host is not None:
        raise UsageError("name and host exclude each other", hint="leave one of them out")
    chosen = f"{name}.okta.com" if name is not None else host
    if chosen is not None and not _HOST.fullmatch(chosen):
        raise UsageError(f"{chosen!r} is no host name", hint="such as acme.okta.com or login.example.com")
    return chosen


def org_identity(store: Store, seed: int | None, host: str | None) -> tuple[int, str | None]:
    """
    Return an org's seed and host: those of its file if it has them, so that the ids in it stay true.

    Raises:
        UsageError: the file has another seed.
    """
    kept = store.get("seed")
    if kept is None:
        chosen = randbelow(_LARGEST_SEED) if seed is None else seed
        with store.transaction():
            store.keep("seed", str(chosen))
            store.keep("host", host or "")
        return chosen, host
    if seed is not None and int(kept) != seed:
        hint = "leave the seed out, or name another file"
        raise UsageError(f"the org in {str(store.path)!r} has the seed {kept}, not {seed}", hint=hint)
    return int(kept), host or store.get("host") or None
