"""The credential operations of users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.apis.answers import Answer
from emulator.apis.routing import Query, Scope, route
from emulator.org.codec import credentials_json

if TYPE_CHECKING:
    from emulator.apis.asking import Ask

__all__: list[str] = []

_CREDENTIALS: Final = "/api/v1/users/<userId>/credentials"
_SCOPE: Final = Scope("users")


def _value(body: Any, *names: str) -> str:
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, str) else ""


@route(
    "POST",
    f"{_CREDENTIALS}/change_password",
    operation="changePassword",
    scope=_SCOPE,
    gives="UserCredentials",
    takes="ChangePassword",
    query=(Query(name="strict", kind="boolean"),),
)
def change_password(ask: Ask, userId: str) -> Answer:  # noqa: N803 (Okta's name of the parameter)
    """Change a password, knowing the old one."""
    ask.org.users.get(userId)
    body = ask.body()
    old, new = _value(body, "oldPassword", "value"), _value(body, "newPassword", "value")
    return Answer(body=credentials_json(ask.org.users.change_password(userId, old, new, ask.call)))


@route(
    "POST",
    f"{_CREDENTIALS}/change_recovery_question",
    operation="changeRecoveryQuestion",
    scope=_SCOPE,
    gives="UserCredentials",
    takes="ChangeRecoveryQuestion",
)
def change_recovery_question(ask: Ask, userId: str) -> Answer:  # noqa: N803
    """Change the recovery question, knowing the password."""
    ask.org.users.get(userId)
    body = ask.body()
    user = ask.org.users.change_recovery_question(
        userId,
        _value(body, "password", "value"),
        question=_value(body, "recovery_question", "question"),
        answer=_value(body, "recovery_question", "answer"),
        call=ask.call,
    )
    return Answer(body=credentials_json(user))


@route(
    "POST",
    f"{_CREDENTIALS}/forgot_password",
    operation="forgotPassword",
    scope=_SCOPE,
    gives="ResetPasswordToken",
    query=(Query(name="sendEmail", kind="boolean"),),
)
def forgot_password(ask: Ask, userId: str) -> Answer:  # noqa: N803
    """Begin what follows the link "forgot password?"."""
    ask.org.users.get(userId)
    body = ask.body() if ask.request.get_data(cache=True).strip() else None
    if _value(body, "recovery_question", "answer"):
        return _recovered(ask, userId, body)  # its older form, which set the new password too
    send = ask.flag("sendEmail", default=True)
    token = ask.org.users.forgot_password(userId, ask.call, send_email=send).token
    return Answer(body={} if send else {"resetPasswordUrl": f"{ask.base_url}/signin/reset-password/{token}"})


@route(
    "POST",
    f"{_CREDENTIALS}/forgot_password_recovery_question",
    operation="forgotPasswordSetNewPassword",
    scope=_SCOPE,
    gives="UserCredentials",
    takes="ForgotPassword",
    query=(Query(name="sendEmail", kind="boolean"),),
)
def recover_password(ask: Ask, userId: str) -> Answer:  # noqa: N803
    """Set a new password, knowing the answer to the recovery question."""
    ask.org.users.get(userId)
    return _recovered(ask, userId, ask.body())


def _recovered(ask: Ask, user_id: str, body: Any) -> Answer:
    answer, new = _value(body, "recovery_question", "answer"), _value(body, "password", "value")
    return Answer(body=credentials_json(ask.org.users.recover(user_id, answer, new, ask.call)))
