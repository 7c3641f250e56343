"""What is assumed about an event type of which neither a capture nor the catalogue tells more (T4-T7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CLASSIC_ONLY", "default_message", "default_outcome", "default_targets", "pick_legacy", "targets_of_schema"]

# U21: these no longer occur in an Identity Engine org.
CLASSIC_ONLY = frozenset({"user.authentication.authenticate", "user.credential.enroll", "user.account.unlock_token"})

# T4: the catalogue names the schema of detailEntry, captures show which target types go with it.
_SEEN_WITH_SCHEMA = {
    "PolicyResourceDetails": ("PolicyEntity",),
    "OAuth2ResourceDetails": ("access_token",),
    "ApiTokenResourceDetails": ("Token",),
    "DeviceIdentityResourceDetails": ("UDDevice",),
    "AuthenticatorEnrollmentResourceDetails": ("AuthenticatorEnrollment",),
    "MFAFactorResourceDetails": ("MFA Factor",),
    "AuthorizationServerResourceDetails": ("AuthorizationServerEntity",),
    "BrandResourceDetails": ("Brand",),
    "UserSsoResourceDetails": ("AppInstance", "AppUser"),
    "X509IdpAppUserResourceDetails": ("AppInstance", "User"),
    "NotificationSubscriptionResourceDetails": ("User",),
    "UserAccessResourceDetails": ("User",),
}

# T5, the most specific first.  An empty tuple would mean "no target"; nothing is known to have none.
_BY_PREFIX: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("group.user_membership.", ("User", "UserGroup")),
    ("group.application_assignment.", ("AppInstance", "UserGroup")),
    ("group.", ("UserGroup",)),
    ("user.", ("User",)),
    ("application.user_membership.", ("AppUser", "AppInstance", "User")),
    ("application.provision.user.", ("AppUser", "AppInstance", "User")),
    ("application.", ("AppInstance",)),
    ("app.", ("AppInstance",)),
    ("policy.rule.", ("PolicyEntity", "PolicyRule")),
    ("policy.branch.rule.", ("PolicyEntity", "PolicyRule")),
    ("policy.lifecycle.", ("PolicyEntity",)),
    ("device.user.", ("UDDevice", "User")),
    ("device.", ("UDDevice",)),
)
_SUFFIX = re.compile(r"(?:ResourceDetails|Details)$")
_ALARMING = (".error", ".fail", "deny", "violation", "warning", "threat")
_DENYING = ("deny", "violation", "threat")


def default_message(event_type: str) -> str:
    """Return the type's id in words (T6)."""
    return re.sub(r"[._]+", " ", event_type).strip().capitalize()


def default_outcome(event_type: str) -> tuple[str, str]:
    """Return the severity and ``outcome.result`` that the id suggests (T7)."""
    if not any(sign in event_type for sign in _ALARMING):
        return "INFO", "SUCCESS"
    return "WARN", "DENY" if any(sign in event_type for sign in _DENYING) else "FAILURE"


def default_targets(event_type: str, schemas: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """
    Return the target types to expect, in order, and whether they rest on a catalogue schema seen on the wire (T4, T5).

    A family's own targets come first: a factor's enrolment is named beside the user who has it, not instead.
    """
    schemas = list(schemas)
    seen = [target for schema in schemas for target in _SEEN_WITH_SCHEMA.get(schema, ())]
    family = next((targets for prefix, targets in _BY_PREFIX if event_type.startswith(prefix)), ())
    if seen:
        # The loose family app.* covers far more than applications, so a seen schema tells more than the id.
        own = () if event_type.startswith("app.") else family
        return tuple(dict.fromkeys([*own, *seen])), True
    if family:
        return family, False
    named = list(dict.fromkeys(name for schema in schemas for name in targets_of_schema(schema) if name))
    return tuple(named) if named else (_in_camel_case(event_type),), False


def targets_of_schema(schema: str) -> tuple[str, ...]:
    """Return the target types whose ``detailEntry`` a catalogue schema describes (T4, T5)."""
    return _SEEN_WITH_SCHEMA.get(schema) or (_SUFFIX.sub("", schema),)


def _in_camel_case(event_type: str) -> str:
    words = event_type.split(".")
    # "lifecycle" says that the thing comes and goes, not what it is.
    middle = [word for word in words[1:-1] if word != "lifecycle"] or words[:1]
    return "".join(part.capitalize() for word in middle for part in word.split("_"))


def pick_legacy(candidates: Iterable[str | None], outcome: str) -> str | None:
    """
    Return the ``legacyEventType`` for an outcome, or None (T6).

    The mapping that ends in the outcome's word wins, then the only mapping, then none.
    """
    known = [candidate for candidate in candidates if candidate]
    endings = ("success",) if outcome in {"SUCCESS", "ALLOW"} else ("failure", "failed", "fail", "denied")
    for candidate in known:
        if candidate.endswith(endings):
            return candidate
    return known[0] if len(set(known)) == 1 else None
