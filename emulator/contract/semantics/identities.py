"""Who and what an event names: ids whose prefix tells their type, and type names that are nearly known ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.problems import Level, Path, Problem, printable
from emulator.contract.semantics.registry import event_rule
from emulator.contract.spelling import misspelt

if TYPE_CHECKING:
    from collections.abc import Iterator

# N2: the prefixes seen with each type.
_PREFIXES: Final[dict[str, tuple[str, ...]]] = {
    "User": ("00u",),
    "UserGroup": ("00g",),
    "AppInstance": ("0oa",),
    "AppUser": ("0ua",),
    "SystemPrincipal": ("spr",),
}
# These types have been seen with several prefixes, or too rarely to be sure; that of another type is wrong all the same.
_FOREIGN: Final[dict[str, str]] = {prefix: kind for kind, (prefix,) in _PREFIXES.items()}
_LOOSE: Final = frozenset(
    {"PolicyEntity", "PolicyRule", "Rule", "AuthorizationServer", "AuthorizationServerEntity", "NetworkZoneEntity",
     "ConsentGrant", "ProfileMapping", "Brand", "UDDevice", "AuthenticatorEnrollment"}
)  # fmt: skip
_NO_ID: Final = "unknown"  # whoever could not be told, as in a failed sign-in

_ACTOR_TYPES: Final = ("User", "SystemPrincipal", "PublicClientApp", "PublicClientAppEntity", "IP address")
_TARGET_TYPES: Final = (
    "User", "AppUser", "AppInstance", "UserGroup", "AuthenticatorEnrollment", "PolicyEntity", "PolicyRule", "Rule",
    "AuthorizationServer", "AuthorizationServerEntity", "access_token", "ConsentGrant", "Token",
    "NetworkZoneEntity", "ProfileMapping", "Schema", "UDDevice", "NewUser", "Org", "MFA Factor",
    "Brand", "OAuth2ClientSecretEntity", "URL Pattern", "Bucket Uuid", "email", "Authenticator", "Factor Type",
)  # fmt: skip


def _named(event: dict[str, Any], path: Path) -> Iterator[tuple[dict[str, Any], Path, tuple[str, ...]]]:
    actor, targets = event.get("actor"), event.get("target")
    if isinstance(actor, dict):
        yield actor, (*path, "actor"), _ACTOR_TYPES
    if isinstance(targets, list):
        for index, target in enumerate(targets):
            if isinstance(target, dict):
                yield target, (*path, "target", index), _TARGET_TYPES


@event_rule
def id_of_another_type(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """N2: the first three characters of an id say what it belongs to."""
    for thing, where, _ in _named(event, path):
        kind, name = thing.get("type"), thing.get("id")
        if not isinstance(name, str) or not isinstance(kind, str) or not name or name == _NO_ID:
            continue
        wanted = _PREFIXES.get(kind)
        foreign = _FOREIGN.get(name[:3])
        if wanted and not name.startswith(wanted):
            hint = f"an id with {name[:3]} belongs to a {foreign}" if foreign else "this one looks masked"
        elif kind in _LOOSE and foreign:
            hint = f"an id with {name[:3]} belongs to a {foreign}"
        else:
            continue
        begins = f", wanted one that begins with {wanted[0]}" if wanted else ""
        yield Problem(
            path=(*where, "id"),
            rule="N2",
            level=Level.SHOULD,
            message=f"the id {printable(name[:40])} of a {kind}{begins}",
            hint=hint,
        )


@event_rule
def type_nearly_known(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """L22, L28: further types are legal, but user, Users or Usr are slips of the pen."""
    for thing, where, known in _named(event, path):
        kind = thing.get("type")
        if not isinstance(kind, str) or kind in known or not kind:
            continue
        meant = misspelt(kind, known) or (misspelt(kind.rstrip("s"), known))
        if meant:
            yield Problem(
                path=(*where, "type"),
                rule="L28" if "actor" in where else "L22",
                level=Level.SHOULD,
                message=f"the type {printable(kind[:40])} was never seen, but {meant} was",
                hint=f'did you mean "{meant}"?',
            )
