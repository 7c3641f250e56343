"""The formats of Okta's values, checked exactly: whole strings, ASCII digits, dates that exist."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FORMATS", "instant", "is_ip_address", "is_uuid"]

_DATE_TIME: Final = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,9}))?Z"
)
_UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # compiled when one must be explained
_LONGEST_ADDRESS: Final = 80  # an IPv6 address with a zone; parsing megabytes would only take time


def instant(text: Any) -> tuple[datetime, int] | None:
    """
    Return the UTC second and the nanoseconds of an Okta timestamp, or None if it is none (D6, L37).

    A pair, since a datetime alone can't hold nine fraction digits; pairs compare as the times do.
    """
    match = _DATE_TIME.fullmatch(text) if isinstance(text, str) else None
    if not match:
        return None
    try:
        second = datetime(*(int(part) for part in match.groups()[:6]), tzinfo=UTC)  # type: ignore[arg-type, misc]  # six ints
    except ValueError:
        return None
    return second, int((match[7] or "0").ljust(9, "0"))


def is_uuid(text: str) -> bool:
    """Whether *text* is a UUID of any version, in capitals or not (L37, N6)."""
    return re.fullmatch(_UUID, text) is not None


def is_ip_address(text: str) -> bool:
    """Whether *text* is an IPv4 or IPv6 address."""
    if len(text) > _LONGEST_ADDRESS:
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


# What the keyword "format" of our schemas means.  Other types than strings are the business of "type".
FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "utc-time": lambda text: _DATE_TIME.fullmatch(text) is not None,
    "existing-date": lambda text: instant(text) is not None or not _DATE_TIME.fullmatch(text),
    "uuid": is_uuid,
    "ip-address": is_ip_address,
}
