"""Who and what an event names: ids whose form and prefix tell their type, and type names that are nearly known ones."""

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
    "ROLE", "ROLE_ASSIGNED", "Role", "Email",
)  # fmt: skip
_SHORTEST_PART: Final = 3
_LONGEST_TYPE: Final = 60
_ALIKE: Final = 0.8
_SHORTEST_TYPE: Final = 4  # Usr is no type of its own
_LENGTHS: Final = range(19, 22)  # of ids: 20, and one more or less in samples of Okta's pages
_WITH_IDS: Final = frozenset(
    {*_PREFIXES, *_LOOSE, "MFA Factor", "Schema", "Org", "Token", "Authenticator", "OAuth2ClientSecretEntity"}
)


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
def id_of_another_form(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """N1: ids of Okta's own objects are 20 letters and digits; samples in its pages have one more or less."""
    for thing, where, _ in _named(event, path):
        name, kind = thing.get("id"), thing.get("type")
        if not isinstance(name, str) or not isinstance(kind, str) or kind not in _WITH_IDS or name == _NO_ID:
            continue
        # Those with another prefix are told of already; the schema tells of what can't be seen.
        is_visible = name.isascii() and name.isprintable() and " " not in name
        if name.startswith(_PREFIXES.get(kind, "")) and is_visible and not _is_id(name):
            yield Problem(
                path=(*where, "id"),
                rule="N1",
                level=Level.SHOULD,
                message=f"the id {printable(name[:40])} of a {kind}, wanted 20 letters and digits",
                hint="every recorded one has this form; this one looks shortened, masked or made up",
            )


@event_rule
def type_nearly_known(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """L22, L28: further types are legal, but user, Users or Usr are slips of the pen, and OktaUser with a 00u is one too."""
    for thing, where, known in _named(event, path):
        kind = thing.get("type")
        if not isinstance(kind, str) or kind in known or kind in _TARGET_TYPES or not kind:
            continue
        meant = (
            misspelt(kind, (*known, *_TARGET_TYPES), shortest=_SHORTEST_TYPE)
            or misspelt(kind.rstrip("s"), known, shortest=_SHORTEST_TYPE)
            or _part_of(kind, _FOREIGN.get(str(thing.get("id"))[:3], ""))
        )
        if meant:
            yield Problem(
                path=(*where, "type"),
                rule="L28" if "actor" in where else "L22",
                level=Level.SHOULD,
                message=f"the type {printable(kind[:40])} was never seen, but {meant} was",
                hint=f'did you mean "{meant}"?',
            )


def _part_of(kind: str, of_the_id: str) -> str:
    """Return the type that the id says, if the stated one is a part of its name, has that in it, or is much like it."""
    one, two = kind.casefold(), of_the_id.casefold()
    if not two or not _SHORTEST_PART <= len(one) <= _LONGEST_TYPE:
        return ""
    from difflib import SequenceMatcher  # only for what is no known type

    return of_the_id if one in two or two in one or SequenceMatcher(None, one, two).ratio() >= _ALIKE else ""


def _is_id(name: str) -> bool:
    return len(name) in _LENGTHS and name.isalnum()
