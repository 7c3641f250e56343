"""
Registration: may this person sign up, or change their profile in this way?

A denial always says why: ``errorSummary`` of the causes is what people read, and without an error they see Okta's default
message and don't know what to do (I6, I9).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from receiver.inline.answers import commands, refusal

if TYPE_CHECKING:
    from receiver.inline.answers import Answer
    from receiver.inline.call import Call
    from receiver.inline.handlers import InlineHandler

__all__ = ["KIND", "handler"]

KIND: Final = "registration"
_ACTION: Final = "com.okta.action.update"
_PROFILE: Final = "com.okta.user.profile.update"
_EMPLOYEE_NUMBER: Final = re.compile(r"[0-9]{4}")


def handler(blocked_domains: frozenset[str] = frozenset({"mailinator.com"})) -> InlineHandler:
    """Return the handler that lets nobody sign up with an address of the blocked domains."""

    def answer(call: Call) -> Answer:
        """Answer for both forms of the call: a new person, or a change to somebody's profile."""
        if call.get("userProfileUpdate", dict) is not None:
            return _progressive(call)
        email = call.text("userProfile.email") or call.text("userProfile.login")
        if email.rpartition("@")[2].lower() in blocked_domains:
            return _denied(
                "Addresses of this domain can't register.",
                shown="Please sign up with the e-mail address you use at work.",
                reason="INVALID_EMAIL_DOMAIN",
                location="data.userProfile.email",
            )
        names = [call.text("userProfile.firstName").strip(), call.text("userProfile.lastName").strip()]
        full = " ".join(filter(None, names))
        changes = [(_PROFILE, {"displayName": full})] if full else []
        return commands(*changes, (_ACTION, {"registration": "ALLOW"}))

    return answer


def _progressive(call: Call) -> Answer:
    number = call.get("userProfileUpdate.employeeNumber")
    if number is not None and not _EMPLOYEE_NUMBER.fullmatch(str(number)):
        return _denied(
            "The employee number is not valid.",
            shown="Please enter an employee number of four digits.",
            reason="INVALID_EMPLOYEE_NUMBER",
            location="data.userProfileUpdate.employeeNumber",
        )
    return commands((_ACTION, {"registration": "ALLOW"}))


def _denied(summary: str, *, shown: str, reason: str, location: str) -> Answer:
    cause = {
        "errorSummary": shown,
        "reason": reason,
        "locationType": "body",
        "location": location,
        "domain": "end-user",
    }
    return {**commands((_ACTION, {"registration": "DENY"})), **refusal(summary, cause)}
