"""The six types of inline hooks as a table: what each may be answered, and what a failure means (I1, I6-I9, I13)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import CONTENT_TYPE
from emulator.errors import UsageError
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ACTION", "INLINE_HOOK_TYPES", "InlineCommand", "InlineHookType", "inline_hook_type"]

ACTION: Final = "com.okta.action.update"
_USER_PROFILE: Final = "com.okta.user.profile.update"


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineCommand:
    """A command that an answer may give (I7): what it does, and a ``value`` that Okta takes."""

    name: str
    does: str
    example: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineHookType:
    """
    One type of inline hook.

    Args:
        name: Okta's name of it, the ``eventType`` of its requests (I1).
        short: The name that people type.
        title: What it is called in a sentence.
        retries: Whether a timeout or 5xx is followed by one more attempt (I8).
        may_be_empty: Whether an empty answer with status 204 is allowed (I6).
        when_empty: What Okta does then, as a sentence.
        on_failure: What Okta does without a usable answer, as a sentence (I9).
        has_preview: Whether Okta can send a sample (I13).
        needs_auth: Whether a hook of the type must have an auth scheme (I12).
        commands: What an answer may command, the usual one first.
        variants: The kinds of requests there are, the usual one first.
    """

    name: str
    short: str
    title: str
    retries: bool = True
    may_be_empty: bool = True
    when_empty: str
    on_failure: str
    has_preview: bool = True
    needs_auth: bool = False
    commands: tuple[InlineCommand, ...]
    variants: tuple[str, ...]
    content_type: str = CONTENT_TYPE

    @property
    def schema(self) -> str:
        """The name of its schemas, to which ``-request`` and ``-answer`` are added."""
        return f"inline/{self.short}"

    def command(self, name: str) -> InlineCommand | None:
        """Return the command called *name*, if there is one."""
        return next((command for command in self.commands if command.name == name), None)


_PASSWORD_IMPORT: Final = InlineHookType(
    name="com.okta.user.credential.password.import",
    short="password-import",
    title="password import",
    when_empty="the password counts as unverified: the sign-in is refused",
    on_failure="the sign-in stops and nothing is imported; the next sign-in calls the hook again",
    has_preview=False,
    commands=(
        InlineCommand(name=ACTION, does="say whether the password is right", example={"credential": "VERIFIED"}),
    ),
    variants=("sign-in",),
)
_REGISTRATION: Final = InlineHookType(
    name="com.okta.user.pre-registration",
    short="registration",
    title="registration",
    when_empty="the registration goes on as it is",
    on_failure="the registration or profile update is denied with Okta's own message",
    commands=(
        InlineCommand(name=ACTION, does="allow or deny the registration", example={"registration": "DENY"}),
        InlineCommand(
            name=_USER_PROFILE,
            does="set attributes of the new user's profile; only for self-service registration",
            example={"customerId": "4711"},
        ),
        InlineCommand(
            name="com.okta.user.progressive.profile.update",
            does="set attributes of an existing user's profile; only for progressive profiling",
            example={"employeeNumber": "1234"},
        ),
    ),
    variants=("self-service", "progressive-profile"),
)
_TOKEN: Final = InlineHookType(
    name="com.okta.oauth2.tokens.transform",
    short="token",
    title="token",
    retries=False,
    when_empty="the tokens are issued as they are",
    on_failure="the original tokens are issued",
    commands=(
        InlineCommand(
            name="com.okta.identity.patch",
            does="change the ID token",
            example=[{"op": "add", "path": "/claims/department", "value": "Sales"}],
        ),
        InlineCommand(
            name="com.okta.access.patch",
            does="change the access token",
            example=[{"op": "replace", "path": "/token/lifetime/expiration", "value": 36000}],
        ),
    ),
    variants=("authorization-code", "client-credentials", "implicit", "refresh-token"),
)
_SAML: Final = InlineHookType(
    name="com.okta.saml.tokens.transform",
    short="saml",
    title="SAML assertion",
    when_empty="the assertion is sent as it is",
    on_failure="the original assertion is sent",
    commands=(
        InlineCommand(
            name="com.okta.assertion.patch",
            does="change the assertion",
            example=[{"op": "replace", "path": "/authentication/sessionIndex", "value": "session-4711"}],
        ),
    ),
    variants=("identity-provider", "service-provider"),
)
_TELEPHONY: Final = InlineHookType(
    name="com.okta.telephony.provider",
    short="telephony",
    title="telephony",
    retries=False,
    may_be_empty=False,
    when_empty="Okta sends the one-time passcode through its own providers",
    on_failure="Okta sends the one-time passcode through its own providers, heavily rate-limited",
    needs_auth=True,
    commands=(
        InlineCommand(
            name="com.okta.telephony.action",
            does="say what became of the message",
            example=[
                {"status": "SUCCESSFUL", "provider": "ACME", "transactionId": "SM4711", "transactionMetadata": "300 ms"}
            ],
        ),
    ),
    variants=("sms", "voice"),
)
_USER_IMPORT: Final = InlineHookType(
    name="com.okta.import.transform",
    short="user-import",
    title="user import",
    when_empty="the default action is taken",
    on_failure="the import goes on and the user is created",
    has_preview=False,
    commands=(
        InlineCommand(
            name=ACTION,
            does="create a new user, or link to an existing one",
            example={"result": "CREATE_USER"},
        ),
        InlineCommand(
            name="com.okta.user.update",
            does="name the existing user to link to",
            example={"id": "00u1linkme2Hooks50g3"},
        ),
        InlineCommand(
            name=_USER_PROFILE, does="set attributes of the Okta user's profile", example={"department": "Sales"}
        ),
        InlineCommand(
            name="com.okta.appUser.profile.update",
            does="set attributes of the app user's profile",
            example={"accountType": "PRO"},
        ),
    ),
    variants=("create", "match"),
)

INLINE_HOOK_TYPES: Final[Mapping[str, InlineHookType]] = MappingProxyType(
    {kind.name: kind for kind in (_PASSWORD_IMPORT, _REGISTRATION, _TOKEN, _SAML, _TELEPHONY, _USER_IMPORT)}
)


def inline_hook_type(text: str) -> InlineHookType:
    """
    Return the type with the full or short name *text*.

    Raises:
        UsageError: there is none; the hint has the nearest names.
    """
    by_name = {**INLINE_HOOK_TYPES, **{kind.short: kind for kind in INLINE_HOOK_TYPES.values()}}
    found = by_name.get(text)
    if found is not None:
        return found
    shorts = [kind.short for kind in INLINE_HOOK_TYPES.values()]
    hints = [did_you_mean(text, by_name), f"the types: {', '.join(shorts)}"]
    raise UsageError(f"unknown inline hook type {text!r}", hint="\n".join(filter(None, hints)))
