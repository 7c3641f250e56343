"""What the profile commands of registrations and imports may set, and which user an import is linked to (I7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.rules.registry import answer_rule, broken, commands_of, doubtful, member
from emulator.contract.inline.types import ACTION
from emulator.contract.problems import printable
from emulator.contract.spelling import misspelt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import JsonObject
    from emulator.contract.problems import Path, Problem

__all__: list[str] = []

_UPDATE: Final = "com.okta.user.profile.update"
_PROGRESSIVE: Final = "com.okta.user.progressive.profile.update"
_APP_USER: Final = "com.okta.appUser.profile.update"
_LINK: Final = "com.okta.user.update"
_MANY: Final = 1000
# Okta's base attributes; others may be the org's own.
_ATTRIBUTES: Final = (
    "login", "email", "secondEmail", "firstName", "lastName", "middleName", "honorificPrefix", "honorificSuffix",
    "title", "displayName", "nickName", "profileUrl", "primaryPhone", "mobilePhone", "streetAddress", "city", "state",
    "zipCode", "countryCode", "postalAddress", "preferredLanguage", "locale", "timezone", "userType",
    "employeeNumber", "costCenter", "organization", "division", "department", "managerId", "manager",
)  # fmt: skip


@answer_rule("registration")
def update_of_the_other_flow(_: InlineHookType, request: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: each of the two flows of a registration hook has its own update command."""
    if not request:
        return
    progressive = request.get("requestType") == "progressive.profile"
    wrong, right = (_UPDATE, _PROGRESSIVE) if progressive else (_PROGRESSIVE, _UPDATE)
    flow = "progressive profiling" if progressive else "self-service registration"
    for path, _name, _value in commands_of(answer, wrong):
        make = broken if progressive else doubtful
        yield make((*path, "type"), "I7", f"{wrong} is not for {flow}", f'write "{right}"')


@answer_rule("registration", "user-import")
def password_in_a_profile(_: InlineHookType, __: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: no command sets a password."""
    for place, name in _attributes(answer):
        if name.casefold() in {"password", "credentials"}:
            message = f"no command can set {printable(name)}"
            yield broken(place, "I7", message, "leave it out: the user chooses a password", at_key=True)


@answer_rule("registration", "user-import")
def misspelt_attribute(_: InlineHookType, request: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: attributes must be those of the profile's schema, to the letter."""
    parts = [member(request, "data", part) for part in ("userProfile", "userProfileUpdate")]
    sent = [name for part in parts if isinstance(part, dict) for name in part]
    for path, name, value in commands_of(answer):
        if name in {_UPDATE, _PROGRESSIVE} and isinstance(value, dict):
            known = (*sent, *(name for name in _ATTRIBUTES if name not in sent))
            for attribute in list(value)[:_MANY]:
                likely = "" if attribute in known else misspelt(attribute, known)
                if likely:
                    message = f'the profile has an attribute "{likely}", and "{printable(attribute)}" is set'
                    hint = f'did you mean "{likely}"? an attribute that the profile lacks fails the command'
                    yield doubtful((*path, "value", attribute), "I7", message, hint, at_key=True)


@answer_rule("user-import")
def linked_to_nobody(_: InlineHookType, request: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: LINK_USER needs a com.okta.user.update that names the user."""
    named = next(commands_of(answer, _LINK), None)
    for path, _name, value in commands_of(answer, ACTION):
        if member(value, "result") == "LINK_USER" and named is None and not member(request, "data", "user", "id"):
            hint = f'add {{"type": "{_LINK}", "value": {{"id": "00u..."}}}}'
            yield broken((*path, "value", "result"), "I7", "LINK_USER without the user to link to", hint)


@answer_rule("user-import")
def user_without_a_link(_: InlineHookType, request: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: a user is named for LINK_USER only."""
    results = [member(value, "result") for _, _, value in commands_of(answer, ACTION)]
    result = results[-1] if results else member(request, "data", "action", "result")
    for path, _name, _value in commands_of(answer, _LINK):
        if result != "LINK_USER":
            message = "a user to link to is named, but the result is not LINK_USER"
            hint = f'add {{"type": "{ACTION}", "value": {{"result": "LINK_USER"}}}}'
            yield doubtful((*path, "type"), "I7", message, hint)


def _attributes(answer: JsonObject) -> Iterator[tuple[Path, str]]:
    for path, name, value in commands_of(answer):
        if name in {_UPDATE, _PROGRESSIVE, _APP_USER} and isinstance(value, dict):
            keys: list[Any] = list(value)[:_MANY]
            yield from (((*path, "value", key), key) for key in keys)
