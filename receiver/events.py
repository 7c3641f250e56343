"""LogEvents as handlers see them: a read-only view that takes null, absent and unexpected members in its stride."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emulator.contract.formats import instant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Event", "Party"]


@dataclass(frozen=True, slots=True)
class Party:
    """An actor or a target of an event; every property may be None, since Okta leaves any of them out (L22, L30)."""

    _raw: Mapping[str, Any] = field(repr=False)

    @property
    def id(self) -> str | None:
        """Okta's id, such as ``00u...`` for a user."""
        return _text(self._raw.get("id"))

    @property
    def type(self) -> str | None:
        """Such as ``User``; types may hold spaces, and new ones come without notice (L22)."""
        return _text(self._raw.get("type"))

    @property
    def alternate_id(self) -> str | None:
        """The login of a user; often ``unknown`` or null for everything else (L22)."""
        return _text(self._raw.get("alternateId"))

    @property
    def display_name(self) -> str | None:
        """The name for people."""
        return _text(self._raw.get("displayName"))

    @property
    def name(self) -> str:
        """The best name there is: ``alternateId``, else ``displayName``, else ``id``, else ``(unnamed)``."""
        return self.alternate_id or self.display_name or self.id or "(unnamed)"

    @property
    def raw(self) -> dict[str, Any]:
        """A copy of everything Okta said about it."""
        return deepcopy(dict(self._raw))


@dataclass(frozen=True, slots=True)
class Event:
    """One element of ``data.events``; nothing in it is promised but ``uuid``, so every accessor survives its absence."""

    _raw: Mapping[str, Any] = field(repr=False)

    def __repr__(self) -> str:
        return f"Event({self.event_type!r}, uuid={self.uuid!r})"

    @property
    def uuid(self) -> str:
        """What makes the event one of a kind, in whatever delivery it comes (D12)."""
        return _text(self._raw.get("uuid")) or ""

    @property
    def event_type(self) -> str:
        """Such as ``user.lifecycle.deactivate``; ``""`` when absent.  Types you don't know are normal (T2)."""
        return _text(self._raw.get("eventType")) or ""

    @property
    def published(self) -> datetime | None:
        """When it happened, aware and in UTC, cut to microseconds; None if that can't be read (L37)."""
        found = instant(self._raw.get("published"))
        return found[0] + timedelta(microseconds=found[1] // 1000) if found else None

    @property
    def sort_key(self) -> str | None:
        """``published`` as text that sorts by time to the nanosecond, None if it can't be read (D8, L37)."""
        found = instant(self._raw.get("published"))
        return f"{found[0].replace(tzinfo=None).isoformat()}.{found[1]:09d}Z" if found else None

    @property
    def actor(self) -> Party | None:
        """Who did it; None in samples and for some events (P6)."""
        return _party(self._raw.get("actor"))

    def targets(self, type: str | None = None) -> tuple[Party, ...]:  # noqa: A002 (Okta's own word)
        """Return the targets, or only those of *type*: their position means nothing (L22)."""
        listed = self._raw.get("target")
        found = [_party(item) for item in listed] if isinstance(listed, list) else []
        return tuple(party for party in found if party is not None and type in {None, party.type})

    @property
    def outcome(self) -> str | None:
        """``outcome.result``, such as ``SUCCESS``; Preview samples say ``Success`` (L21, L33)."""
        return _text(self.get("outcome.result"))

    def get(self, path: str, default: Any = None) -> Any:
        """Return what stands at a dotted path, such as ``debugContext.debugData.requestUri``, else *default*."""
        value: Any = self._raw
        for step in path.split("."):
            if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            elif isinstance(value, dict) and value.get(step) is not None:
                value = value[step]
            else:
                return default
        return deepcopy(value)

    @property
    def raw(self) -> dict[str, Any]:
        """A copy of the whole LogEvent as Okta sent it."""
        return deepcopy(dict(self._raw))

    def as_json(self) -> str:
        """Return the whole LogEvent as JSON, compact and in ASCII, so that even lone surrogates survive."""
        return json.dumps(self._raw, separators=(",", ":"))


def _party(value: Any) -> Party | None:
    return Party(value) if isinstance(value, dict) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
