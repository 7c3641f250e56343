"""The flows of an org that wait for an inline hook: importing a password, registering, importing a user (I9, I14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.types import inline_hook_type
from emulator.payloads import Origin, Person
from emulator.payloads.inline.build import inline_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.model import JsonObject
    from emulator.org.core import Core
    from emulator.org.inline.calls import InlineCalls, InlineRun
    from emulator.org.inline.hooks import InlineHooks
    from emulator.org.records import AppRecord, UserRecord
    from emulator.org.users import Users

__all__ = ["Admission", "InlineFlows"]

_REGISTER: Final = "/idp/idx/enroll/new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """
    How a registration or an import ended.

    ``user`` is who is in the org now, None if nobody was let in; ``run`` is the call of the hook, None if there is no
    ACTIVE one; ``shown`` is what the person in front of the screen reads.
    """

    user: UserRecord | None
    run: InlineRun | None = None
    shown: str = ""


class InlineFlows:
    """What happens in an org when users sign in for the first time, register, or are imported."""

    def __init__(self, core: Core, hooks: InlineHooks, calls: InlineCalls) -> None:
        self._core = core
        self._hooks = hooks
        self._calls = calls

    def check_password(self, user: UserRecord, password: str) -> InlineRun | None:
        """Ask the password import hook about a password; None if there is no ACTIVE one."""
        return self._ask("password-import", user.in_events(), password=password)

    def register(self, users: Users, body: JsonObject) -> Admission:
        """
        Let somebody register who is no user yet, if the registration hook allows it.

        Args:
            users: The users of the org.
            body: As for creating a user.

        Raises:
            OktaApiError: the profile can't be used, whatever the hook says.
        """
        profile = dict(body["profile"])
        users.check_new(profile)
        person = self._somebody(profile)
        run = self._ask("registration", person, data={"userProfile": profile})
        if run is not None:
            self._tell(run, person, _REGISTER)
            if not run.effect.proceeds:
                return Admission(user=None, run=run, shown=run.effect.shown)
            body = {**body, "profile": run.effect.after["userProfile"]}
        call = self._core.call(origin=Origin.USER, path=_REGISTER, actor=person)
        return Admission(user=users.create(body, call), run=run)

    def import_user(
        self, users: Users, body: JsonObject, app: AppRecord | None, app_profile: Mapping[str, Any]
    ) -> Admission:
        """
        Import a user of an app, as the user import hook says: create them, or link them to a user who is there.

        Args:
            users: The users of the org.
            body: As for creating a user.
            app: The app; None takes one of the company's.
            app_profile: The app user's profile, beside the usual.

        Raises:
            OktaApiError: the user can't be created, or there is no user to link to.
        """
        profile = dict(body["profile"])
        match = users.find(profile["login"])
        person = match.in_events() if match is not None else self._somebody(profile)
        data: JsonObject = {"user": {"profile": profile}}
        if match is not None:
            data["user"]["id"] = match.id
        variant = "create" if match is None else "match"
        run = self._ask("user-import", person, data=data, variant=variant, app=app, app_profile=app_profile)
        if run is not None:
            self._tell(run, person, "")
            after = run.effect.after
            if after["result"] == "LINK_USER":
                linked = after["user"].get("id") or (match.id if match is not None else "")
                return Admission(user=users.get(linked), run=run)
            body = {**body, "profile": after["user"].get("profile") or profile}
        elif match is not None:
            return Admission(user=match)
        return Admission(user=users.create(body, self._core.call(origin=Origin.JOB)), run=run)

    def _ask(
        self,
        short: str,
        person: Person,
        *,
        data: JsonObject | None = None,
        variant: str = "",
        password: str = "",
        app: AppRecord | None = None,
        app_profile: Mapping[str, Any] | None = None,
    ) -> InlineRun | None:
        kind = inline_hook_type(short)
        hook = self._hooks.active(kind)
        if hook is None:
            return None
        request = inline_request(
            kind,
            world=self._core.world,
            number=self._core.store.next("inline request"),
            at=self._core.now(),
            variant=variant,
            hook_id=hook.id,
            person=person,
            app=None if app is None else app.in_events(),
            password=password,
        )
        request["data"].update(data or {})
        if app_profile:
            request["data"]["appUser"]["profile"].update(app_profile)
        return self._calls.run(hook, request)

    def _tell(self, run: InlineRun, person: Person, path: str) -> None:
        origin = Origin.USER if path else Origin.JOB
        call = self._core.call(origin=origin, path=path or None, actor=person if path else None)
        with self._core.change(call) as change:
            self._calls.tell(change, run, person if path else None)

    def _somebody(self, profile: JsonObject) -> Person:
        """Return who registers, in whose name the request is made: they have no id in the org yet."""
        names = [str(profile[name]) for name in ("firstName", "lastName") if profile.get(name)]
        number = self._core.store.next("registration")
        user_id = self._core.world.id("00u", "registration", number)
        return Person(id=user_id, login=str(profile["login"]), display_name=" ".join(names))
