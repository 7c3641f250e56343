"""The lifecycle operations of users: table 11.1, as far as the API causes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.apis.answers import Answer
from emulator.apis.routing import Query, Scope, route
from emulator.org.codec import user_json

if TYPE_CHECKING:
    from emulator.apis.asking import Ask

__all__: list[str] = []

_LIFECYCLE: Final = "/api/v1/users/<id>/lifecycle"
_SCOPE: Final = Scope("users")
_SEND_EMAIL: Final = (Query(name="sendEmail", kind="boolean"),)
_DONE: Final = Answer(body={})


@route(
    "POST",
    f"{_LIFECYCLE}/activate",
    operation="activateUser",
    quick=True,
    scope=_SCOPE,
    gives="ActivationToken",
    query=_SEND_EMAIL,
)
def activate_user(ask: Ask, id: str) -> Answer:  # noqa: A002 (Okta's name of the parameter)
    """Activate a user; without an email the answer has the link that it would hold."""
    return _activation(ask, ask.org.users.activate(id, ask.call).token)


@route(
    "POST",
    f"{_LIFECYCLE}/reactivate",
    operation="reactivateUser",
    quick=True,
    scope=_SCOPE,
    gives="ActivationToken",
    query=_SEND_EMAIL,
)
def reactivate_user(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Send the activation email again."""
    return _activation(ask, ask.org.users.reactivate(id, ask.call).token)


def _activation(ask: Ask, token: str) -> Answer:
    if not token or ask.flag("sendEmail", default=True):
        return _DONE
    return Answer(body={"activationUrl": f"{ask.base_url}/tokens/{token}/verify", "activationToken": token})  # U18


@route(
    "POST",
    f"{_LIFECYCLE}/deactivate",
    operation="deactivateUser",
    quick=True,
    scope=_SCOPE,
    gives="Done",
    query=_SEND_EMAIL,
)
def deactivate_user(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Deactivate a user, who loses the assigned apps."""
    ask.org.users.deactivate(id, ask.call)
    return _DONE


@route("POST", f"{_LIFECYCLE}/suspend", operation="suspendUser", quick=True, scope=_SCOPE, gives="Done")
def suspend_user(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Suspend an ACTIVE user."""
    ask.org.users.suspend(id, ask.call)
    return _DONE


@route("POST", f"{_LIFECYCLE}/unsuspend", operation="unsuspendUser", quick=True, scope=_SCOPE, gives="Done")
def unsuspend_user(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Let a SUSPENDED user in again."""
    ask.org.users.unsuspend(id, ask.call)
    return _DONE


@route("POST", f"{_LIFECYCLE}/unlock", operation="unlockUser", quick=True, scope=_SCOPE, gives="Done")
def unlock_user(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Unlock a LOCKED_OUT user."""
    ask.org.users.unlock(id, ask.call)
    return _DONE


@route(
    "POST",
    f"{_LIFECYCLE}/expire_password",
    operation="expirePassword",
    scope=_SCOPE,
    gives="ExpiredPassword",
    query=(Query(name="tempPassword", kind="boolean"),),
)
def expire_password(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Make a user choose a new password at the next sign-in."""
    if ask.flag("tempPassword", default=False):  # its older form of expire_password_with_temp_password
        return expire_password_with_temp_password(ask, id)
    return Answer(body=user_json(ask.org.users.expire_password(id, ask.call).user, base_url=ask.base_url))


@route(
    "POST",
    f"{_LIFECYCLE}/expire_password_with_temp_password",
    operation="expirePasswordWithTempPassword",
    scope=_SCOPE,
    gives="TempPassword",
    query=(Query(name="revokeSessions", kind="boolean"),),
)
def expire_password_with_temp_password(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Expire a user's password and give a temporary one."""
    return Answer(body={"tempPassword": ask.org.users.expire_password(id, ask.call, temporary=True).token})


@route(
    "POST",
    f"{_LIFECYCLE}/reset_password",
    operation="resetPassword",
    scope=_SCOPE,
    gives="ResetPasswordToken",
    query=(*_SEND_EMAIL, Query(name="revokeSessions", kind="boolean")),
)
def reset_password(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Send the email to choose a new password; without it the answer has the link that it would hold."""
    send = ask.flag("sendEmail", default=True)
    token = ask.org.users.reset_password(id, ask.call, send_email=send).token
    return _DONE if send else Answer(body={"resetPasswordUrl": f"{ask.base_url}/signin/reset-password/{token}"})


@route("POST", f"{_LIFECYCLE}/reset_factors", operation="resetFactors", scope=_SCOPE, gives="Done")
def reset_factors(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Take all factors from a user."""
    ask.org.users.reset_factors(id, ask.call)
    return _DONE
