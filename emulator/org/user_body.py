"""Reading the bodies of user calls: profile, credentials, groups, and why they are refused (U9, U16)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from emulator.names import did_you_mean
from emulator.org.errors import api_error, blank, invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.model import JsonObject

__all__ = [
    "PENDING_IMPORT",
    "PROFILE",
    "PROVIDERS",
    "Credentials",
    "check_profile",
    "digest",
    "read_credentials",
    "read_groups",
    "read_object",
]

# The properties of Okta's default user profile, in the order of its schema.
PROFILE: Final = (
    "login", "firstName", "lastName", "middleName", "honorificPrefix", "honorificSuffix", "email", "title",
    "displayName", "nickName", "profileUrl", "secondEmail", "mobilePhone", "primaryPhone", "streetAddress", "city",
    "state", "zipCode", "countryCode", "postalAddress", "preferredLanguage", "locale", "timezone", "userType",
    "employeeNumber", "costCenter", "organization", "division", "department", "managerId", "manager",
)  # fmt: skip
# Who may know a user's password [OAS].
PROVIDERS: Final = ("ACTIVE_DIRECTORY", "FEDERATION", "IMPORT", "LDAP", "OKTA", "SOCIAL")
# What is kept instead of a digest: a password that the password import hook is asked about at the first sign-in, and
# one that came as another system's hash, which is never compared with anything.
PENDING_IMPORT: Final = "to be imported"
_IMPORTED: Final = "imported"
_REQUIRED: Final = ("login", "email", "firstName", "lastName")
_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LONGEST: Final = 100  # characters of a login


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a body says of a user's credentials; None where it says nothing.  Passwords are digests."""

    password: str | None = None
    question: str | None = None
    answer: str | None = None
    provider: JsonObject | None = None

    @property
    def is_new_password(self) -> bool:
        """Whether a password was set that Okta knows, so that an event tells of it."""
        return self.password is not None and self.password != PENDING_IMPORT


def digest(secret: str, salt: str) -> str:
    """Return what is kept of a password or an answer: enough to compare, nothing to read."""
    return blake2b(secret.encode("utf-8", "surrogatepass"), key=salt.encode()[:64], digest_size=24).hexdigest()


def read_object(body: Any) -> JsonObject:
    """
    Return *body* if it is an object.

    Raises:
        OktaApiError: E0000003.
    """
    if not isinstance(body, dict):
        raise api_error("E0000003")
    return body


def check_profile(profile: Any, *, subject: str, more: frozenset[str] = frozenset()) -> JsonObject:
    """
    Return a whole profile without its nulls.

    Args:
        profile: What a body has under ``profile``.
        subject: Whose body it is, for Okta's summary.
        more: Custom properties that the org knows beside the default ones.

    Raises:
        OktaApiError: E0000001 with every cause.
    """
    if not isinstance(profile, dict):
        raise invalid(subject, blank("profile"))
    known = [*PROFILE, *sorted(more)]
    unknown = [name for name in profile if name not in known]
    if unknown:
        hints = [f"{name!r} is unknown; {did_you_mean(name, known)}" for name in unknown[:3]]
        causes = [f"Property name '{name}' is not defined in profile" for name in unknown]
        raise invalid(subject, *causes, hint="\n".join(hints))
    causes = list(_profile_causes(profile, more))
    if causes:
        fields = {cause.partition(":")[0] for cause in causes}
        raise invalid(fields.pop() if len(fields) == 1 else subject, *causes)
    return {name: value for name, value in profile.items() if value is not None}


def _profile_causes(profile: JsonObject, more: frozenset[str]) -> Iterator[str]:
    for name in _REQUIRED:
        if profile.get(name) is None or profile[name] == "":
            yield blank(name)
    for name, value in profile.items():
        if value is not None and not isinstance(value, str) and name not in more:
            yield f"{name}: The field has an invalid value"
    login, mail = profile.get("login"), profile.get("email")
    if isinstance(login, str) and login and not (_MAIL.fullmatch(login) and len(login) <= _LONGEST):
        yield "login: Username must be in the form of an email address"
    if isinstance(mail, str) and mail and not _MAIL.fullmatch(mail):
        yield "email: Does not match required pattern"


def read_credentials(credentials: Any, *, salt: str) -> Credentials:
    """
    Return what a body says of credentials.

    A password may be given in clear, as a hash, or as an import to come, which the password import hook decides about.

    Raises:
        OktaApiError: E0000001.
    """
    if credentials is None:
        return Credentials()
    if not isinstance(credentials, dict):
        raise invalid("credentials", "credentials: The field has an invalid value")
    password = credentials.get("password")
    question = credentials.get("recovery_question") or {}
    provider = credentials.get("provider")
    for name, value in (("password", password), ("provider", provider), ("recovery_question", question)):
        if value is not None and not isinstance(value, dict):
            raise invalid(name, f"{name}: The field has an invalid value")
    answer = question.get("answer")
    if question and (not isinstance(question.get("question"), str) or not isinstance(answer, str) or not answer):
        raise invalid("recovery_question", "recovery_question: The field has an invalid value")
    if provider is None and password and password.get("hook"):
        provider = {"type": "IMPORT", "name": "IMPORT"}
    return Credentials(
        password=_password(password, salt),
        question=question.get("question"),
        answer=digest(answer, salt) if answer else None,
        provider=_provider(provider),
    )


def _provider(provider: JsonObject | None) -> JsonObject | None:
    if not provider:
        return None
    kind, name = ("OKTA" if provider.get(member) is None else provider[member] for member in ("type", "name"))
    if kind not in PROVIDERS:
        raise invalid("type", "type: The field has an invalid value", hint=did_you_mean(str(kind), PROVIDERS))
    if not isinstance(name, str):
        raise invalid("name", "name: The field has an invalid value")
    return {"type": kind, "name": name}


def _password(password: JsonObject | None, salt: str) -> str | None:
    if not password:
        return None
    hook = password.get("hook")
    if hook:
        if not isinstance(hook, dict) or hook.get("type") != "default":
            raise invalid("hook", "hook: The field has an invalid value", hint='write it as {"type": "default"}')
        return PENDING_IMPORT
    if password.get("hash"):
        return _IMPORTED
    value = password.get("value")
    if not isinstance(value, str) or not value:
        raise invalid("password", "password: The field cannot be left blank")
    return digest(value, salt)


def read_groups(body: JsonObject) -> list[str]:
    """
    Return the ids of the groups that a new user joins.

    Raises:
        OktaApiError: E0000001.
    """
    ids = body.get("groupIds") or []
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise invalid("groupIds", "groupIds: The field has an invalid value")
    return list(dict.fromkeys(ids))
