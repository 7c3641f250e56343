"""The shapes of Okta's identifiers (N1-N7)."""

from __future__ import annotations

from emulator.payloads.moments import ticks_since_1582

__all__ = ["PREFIXES", "id_prefix", "uuid_of_time", "uuid_random"]

# N2, by target type; what else is known of a prefix stands beside it.
PREFIXES = {
    "User": "00u",
    "NewUser": "00u",
    "UserGroup": "00g",
    "AppInstance": "0oa",
    "AppUser": "0ua",
    "AuthenticatorEnrollment": "lae",
    "AuthorizationServer": "aus",
    "AuthorizationServerEntity": "aus",
    "Brand": "bnd",
    "ConsentGrant": "oag",
    "EventHook": "who",
    "InlineHook": "cal",
    "MFA Factor": "00o",
    "MobilePhone": "mbl",
    "NetworkZoneEntity": "nzo",
    "OAuth2ClientSecretEntity": "ocs",
    "Org": "00o",
    "PolicyEntity": "00p",
    "PolicyRule": "0pr",
    "ProfileMapping": "prm",
    "Schema": "osc",
    "SystemPrincipal": "spr",
    "Token": "00T",
    "UDDevice": "guo",
}

_TICKS_MASK = (1 << 60) - 1


def id_prefix(target_type: str) -> str:
    """
    Return the three characters with which ids of a target type start (N2).

    UNDOCUMENTED: for a type without a known prefix it is made of the name's consonants, so that it stays
    recognisable; ``WorkloadPrincipal`` gives ``wrk``.
    """
    known = PREFIXES.get(target_type)
    if known:
        return known
    letters = [letter for letter in target_type.lower() if letter.isascii() and letter.isalpha()]
    kept = [letter for letter in letters if letter not in "aeiou"] + letters
    return "".join(kept)[:3].ljust(3, "x")


def uuid_of_time(moment: int, *, tick: int, clock: int, node: str) -> str:
    """
    Return a version 1 UUID for an instant (N6).

    Args:
        moment: Milliseconds since 1970.
        tick: 0 to 9,999 tenths of a microsecond within the millisecond.
        clock: The 14-bit clock sequence.
        node: 12 hex digits, the same for all events of an org.
    """
    time = (ticks_since_1582(moment) + tick) & _TICKS_MASK
    low, middle, high = time & 0xFFFFFFFF, (time >> 32) & 0xFFFF, time >> 48
    return f"{low:08x}-{middle:04x}-{high | 0x1000:04x}-{(clock & 0x3FFF) | 0x8000:04x}-{node}"


def uuid_random(digest: bytes) -> str:
    """Return a version 4 UUID made of 16 given bytes (D5)."""
    text = digest[:16].hex()
    # Version 4 in the 13th digit, and the upper two bits of the 17th say that the layout is RFC 4122's.
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:]}"
