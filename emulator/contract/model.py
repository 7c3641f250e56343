"""What Okta's contract talks about, as frozen records; nothing here knows JSON, sockets or clocks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from emulator.secrets import safe_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from emulator.secrets import Secret

__all__ = ["AuthScheme", "Channel", "CustomHeader", "EventHook", "HookStatus", "JsonObject", "VerificationStatus"]

JsonObject = dict[str, Any]


class HookStatus(StrEnum):
    """Whether an event hook may receive deliveries at all (A4, A22)."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class VerificationStatus(StrEnum):
    """Whether the one-time verification of the hook's URI has succeeded (V10, V13)."""

    UNVERIFIED = "UNVERIFIED"
    VERIFIED = "VERIFIED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthScheme:
    """The header that authenticates Okta to the receiver: its name and its verbatim value (H6)."""

    key: str
    value: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomHeader:
    """A further header, sent verbatim with the verification and every delivery (H8)."""

    key: str
    value: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where and how an event hook delivers; its ``repr`` hides what the query of ``uri`` holds."""

    uri: str
    auth: AuthScheme | None = None
    headers: tuple[CustomHeader, ...] = ()

    def __repr__(self) -> str:
        return f"Channel(uri={safe_url(self.uri)!r}, auth={self.auth!r}, headers={self.headers!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHook:
    """
    An event hook as an org keeps it.

    ``created`` and ``last_updated`` are aware UTC datetimes; ``events`` keeps the order it was given in (A16).
    """

    id: str
    name: str
    channel: Channel
    events: tuple[str, ...]
    status: HookStatus = HookStatus.ACTIVE
    verification_status: VerificationStatus = VerificationStatus.UNVERIFIED
    description: str | None = None
    event_filter: Mapping[str, Any] | None = None
    created: datetime
    created_by: str
    last_updated: datetime

    @property
    def receives_events(self) -> bool:
        """Only a hook that is both ACTIVE and VERIFIED receives events (V16)."""
        return self.status is HookStatus.ACTIVE and self.verification_status is VerificationStatus.VERIFIED
