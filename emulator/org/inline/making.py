"""The short ways to inline hooks: a test has few words for them, and the rest is usual."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.contract.constants import CHANNEL_VERSION
from emulator.contract.inline.types import inline_hook_type
from emulator.errors import UsageError
from emulator.org.shortcuts import user_body
from emulator.payloads.inline.build import inline_request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.contract.model import JsonObject
    from emulator.org.handles import App, User
    from emulator.org.inline.calls import InlineRun
    from emulator.org.inline.flows import Admission
    from emulator.org.inline.hooks import InlineHookRef
    from emulator.org.inline.part import InlinePart
    from emulator.org.inline.records import HookKey, InlineHook
    from emulator.org.users import Users
    from emulator.payloads import World

__all__ = ["MakingInline", "OAuth", "inline_hook_body", "new_user_body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """
    How an inline hook gets the bearer token that it is called with (I11).

    Args:
        client_id: As whom it asks for one.
        token_url: Where.
        secret: What proves it: ``client_secret_post``; or
        key: The hook key that does: ``private_key_jwt``.
        scope: What the token is for.
    """

    client_id: str
    token_url: str
    secret: str = ""
    key: HookKey | None = None
    scope: str | None = None

    def __repr__(self) -> str:
        return f"OAuth(client_id={self.client_id!r}, token_url={self.token_url!r})"


def inline_hook_body(
    *, kind: str, uri: str, auth: str | tuple[str, str] | OAuth | None, name: str, headers: Mapping[str, str] | None
) -> JsonObject:
    """Return the body that creates an inline hook."""
    config: JsonObject = {
        "uri": uri,
        "headers": [{"key": header, "value": text} for header, text in (headers or {}).items()],
        "method": "POST",
    }
    if isinstance(auth, OAuth):
        config |= {"clientId": auth.client_id, "tokenUrl": auth.token_url, "scope": auth.scope}
        if auth.key is None:
            config |= {"authType": "client_secret_post", "clientSecret": auth.secret}
        else:
            config |= {"authType": "private_key_jwt", "hookKeyId": auth.key.id}
    elif auth is not None:
        key, value = ("Authorization", auth) if isinstance(auth, str) else auth
        config["authScheme"] = {"type": "HEADER", "key": key, "value": value}
    channel = "OAUTH" if isinstance(auth, OAuth) else "HTTP"
    return {
        "name": name,
        "type": inline_hook_type(kind).name,
        "version": CHANNEL_VERSION,
        "channel": {"type": channel, "version": CHANNEL_VERSION, "config": config},
    }


class MakingInline(ABC):
    """The part of an org that makes inline hooks, calls them, and lets their flows happen."""

    inline: InlinePart
    users: Users

    @property
    @abstractmethod
    def world(self) -> World:
        """The company that the org belongs to."""

    @abstractmethod
    def user(self, ref: str) -> User:
        """Return a user by id, login, or the login's part before the ``@``."""

    def create_inline_hook(
        self,
        *,
        type: str,  # noqa: A002 (Okta's own word)
        uri: str,
        auth: str | tuple[str, str] | OAuth | None = None,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> InlineHook:
        """
        Register an inline hook: ACTIVE at once, without any verification.

        Args:
            type: Okta's name of the type, or a short one such as ``token``.
            uri: What is called.
            auth: The whole value of ``Authorization``, a header's name and value, or an ``OAuth``.
            name: Unique in the org; None makes one up.
            headers: Custom headers, sent with every call.

        Raises:
            OktaApiError: Okta would refuse it.
            UsageError: there is no such type.
        """
        taken = {hook.name for hook in self.inline.hooks.all()}
        free = next(found for n in range(1, len(taken) + 2) if (found := f"Inline hook {n}") not in taken)
        body = inline_hook_body(kind=type, uri=uri, auth=auth, name=name or free, headers=headers)
        return self.inline.hooks.create(body)

    def inline_request(self, hook: InlineHookRef, *, variant: str = "", user: User | None = None) -> JsonObject:
        """
        Return a request such as the hook gets, to be changed and sent.

        Args:
            hook: Which hook.
            variant: A kind of request that its type has, such as ``sms``; by default the usual one.
            user: Whom it is about; None takes John Doe.

        Raises:
            UsageError: the type has no such variant.
        """
        found = self.inline.hooks.get(hook)
        person = None if user is None else user.record.in_events()
        return inline_request(found.kind, world=self.world, variant=variant, hook_id=found.id, person=person)

    def execute_inline_hook(
        self, hook: InlineHookRef, request: JsonObject | None = None, *, variant: str = "", user: User | None = None
    ) -> InlineRun:
        """
        Call a hook, as the Admin Console's preview does, and say what Okta would do with the answer.

        Args:
            hook: Which hook.
            request: What to send; None takes what ``inline_request`` returns for the rest.
            variant: A kind of request that its type has.
            user: Whom it is about.

        Returns:
            The call: ``answer``, ``judgement.problems``, ``effect.before`` and ``effect.after``, ``explain()``.

        Raises:
            OktaApiError: the hook is INACTIVE.
        """
        body = self.inline_request(hook, variant=variant, user=user) if request is None else request
        return self.inline.calls.preview(hook, body)

    def create_hook_key(self, name: str) -> HookKey:
        """Make a key pair for ``OAuth(key=...)``."""
        return self.inline.keys.create({"name": name})

    def register(self, login: str, *, password: str | None = None, **profile: Any) -> Admission:
        """
        Let somebody register themselves: the ACTIVE registration hook may change the profile, or deny it.

        Args:
            login: The name in the form of an email address.
            password: What they choose.
            profile: Further properties.
        """
        return self.inline.flows.register(self.users, new_user_body(login, password=password, profile=profile))

    def import_user(
        self, login: str, *, app: App | None = None, app_profile: Mapping[str, Any] | None = None, **profile: Any
    ) -> Admission:
        """
        Import a user from an app: the ACTIVE user import hook may change the profile, or link to another user.

        Args:
            login: The name in the form of an email address.
            app: Where the user comes from.
            app_profile: What the app knows of the user.
            profile: What Okta is to know.
        """
        record = None if app is None else app.record
        body = new_user_body(login, profile=profile)
        return self.inline.flows.import_user(self.users, body, record, app_profile or {})

    def create_user_to_import(self, login: str, *, groups: Sequence[str] = (), **profile: Any) -> User:
        """Create a user whose password the password import hook is asked about at the first sign-in (I14)."""
        body = new_user_body(login, profile=profile)
        body |= {"credentials": {"password": {"hook": {"type": "default"}}}, "groupIds": list(groups)}
        return self.user(self.users.create(body).id)


def new_user_body(login: str, *, profile: Mapping[str, Any], password: str | None = None) -> JsonObject:
    """Return the body of a user who registers or is imported: whoever *login* seems to be the login of, and *profile*."""
    if not login:
        raise UsageError("a user needs a login", hint="such as jane.roe@example.com")
    names = {"first_name": "firstName", "last_name": "lastName"}
    given = {names.get(name, name): value for name, value in profile.items()}
    return user_body(
        login,
        somebody=None,
        first_name=given.pop("firstName", None),
        last_name=given.pop("lastName", None),
        email=given.pop("email", None),
        password=password,
        groups=[],
        profile=given,
    )
