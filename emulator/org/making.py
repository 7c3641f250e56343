"""The short ways to make things in an org: a test has few words for them, and the rest is usual."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from emulator.org.handles import App, Group, User
from emulator.org.inline.making import MakingInline
from emulator.org.shortcuts import free_hook_name, hook_body, user_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emulator.contract.model import EventHook
    from emulator.org.apps import Apps
    from emulator.org.call import Call
    from emulator.org.event_hooks import EventHooks
    from emulator.org.groups import Groups
    from emulator.org.people import People
    from emulator.org.sign_ins import SignIns
    from emulator.org.users import Users

__all__ = ["Making"]


class Making(MakingInline):
    """The part of an org that makes hooks, users, groups and apps, and finds them again."""

    event_hooks: EventHooks
    users: Users
    groups: Groups
    apps: Apps
    sign_ins: SignIns
    people: People

    @property
    @abstractmethod
    def base_url(self) -> str:
        """The org's URL, without a path."""

    @abstractmethod
    def call(self, **known: Any) -> Call:
        """Return a new call to hand to ``event_hooks`` and its like; *known* are fields of ``Call``, such as ``path``."""

    def create_event_hook(
        self,
        *,
        uri: str,
        events: Iterable[str],
        auth: str | tuple[str, str] | None = None,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
        description: str | None = None,
        filter: Mapping[str, str] | None = None,  # noqa: A002 (Okta's own word)
    ) -> EventHook:
        """
        Register an event hook: ACTIVE, but UNVERIFIED until ``verify`` succeeds.

        Args:
            uri: Where it delivers.
            events: Event-hook-eligible types.
            auth: The whole value of ``Authorization``, or a header's name and value.
            name: Unique in the org; None makes one up.
            headers: Custom headers, sent with every request.
            description: For people.
            filter: An expression for some of the types; only events for which it is true are delivered.

        Raises:
            OktaApiError: Okta would refuse it.
        """
        body = hook_body(
            uri=uri,
            events=events,
            auth=auth,
            name=name or free_hook_name(self.event_hooks.all()),
            headers=headers,
            description=description,
            expressions=filter,
        )
        return self.event_hooks.create(body)

    def create_user(
        self,
        login: str | None = None,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        email: str | None = None,
        password: str | None = None,
        activate: bool = True,
        groups: Iterable[Group] = (),
        **profile: Any,
    ) -> User:
        """
        Create a user: ACTIVE with a password, else PROVISIONED, or STAGED without *activate*.

        Args:
            login: The unique name, in the form of an email address; None takes somebody of the org's company, John
                Doe first.
            first_name: By default taken from the login.
            last_name: Likewise.
            email: By default the login.
            password: What the user signs in with.
            activate: Whether the user is activated at once.
            groups: Groups to join at once.
            profile: Further properties, such as ``title="Engineer"``.

        Raises:
            OktaApiError: Okta would refuse it.
        """
        somebody = self.people.new() if login is None else None
        body = user_body(
            login,
            somebody=somebody,
            first_name=first_name,
            last_name=last_name,
            email=email,
            password=password,
            groups=[group.id for group in groups],
            profile=profile,
        )
        return User(self, self.users.create(body, activate=activate).id)

    def user(self, ref: str) -> User:
        """Return a user by id, login, or the login's part before the ``@``."""
        return User(self, self.users.get(ref).id)

    def create_group(self, name: str, description: str | None = None) -> Group:
        """Create a group."""
        return Group(self, self.groups.create({"profile": {"name": name, "description": description}}).id)

    def group(self, name: str) -> Group:
        """Return a group by its name or id."""
        found = self.groups.named(name) or self.groups.get(name)
        return Group(self, found.id)

    def create_app(self, label: str) -> App:
        """Create an app, for users to be assigned to."""
        return App(self, self.apps.create({"label": label}).id)
