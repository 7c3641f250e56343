"""What Okta's API answers when it refuses: status, code and words as data (E1-E7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.delivery.verifier import Verification

__all__ = [
    "ERRORS",
    "OktaApiError",
    "StoreError",
    "VerificationFailedError",
    "api_error",
    "blank",
    "invalid",
    "not_found",
    "taken",
]

# E2, E5: code -> (status, summary).
ERRORS: Final[dict[str, tuple[int, str]]] = {
    "E0000001": (400, "Api validation failed: {subject}"),
    "E0000003": (400, "The request body was not well-formed."),
    "E0000004": (401, "Authentication failed"),
    "E0000006": (403, "You do not have permission to perform the requested action"),
    "E0000007": (404, "Not found: Resource not found: {subject}"),
    "E0000008": (404, "The requested path was not found"),
    "E0000009": (500, "Internal Server Error"),
    "E0000010": (503, "Service is in read only mode"),
    "E0000011": (401, "Invalid token provided"),
    "E0000014": (403, "Update of credentials failed"),
    "E0000015": (401, "You do not have permission to access the feature you are requesting"),
    "E0000016": (403, "Activation failed because the user is already active"),
    "E0000017": (403, "Password reset failed"),
    "E0000021": (400, "Bad request.  Accept and/or Content-Type headers likely do not match supported values."),
    "E0000022": (405, "The endpoint does not support the provided HTTP method"),
    "E0000029": (400, "Invalid paging request"),
    "E0000031": (400, "{subject}"),
    "E0000032": (403, "Unlock is not allowed for this user."),
    "E0000038": (403, "This operation is not allowed in the user's current status."),
    "E0000047": (429, "API call exceeded rate limit due to too many requests."),
    "E0000053": (400, "{subject}"),
    "E0000060": (501, "Unsupported operation."),
    "E0000090": (409, "Duplicate role assignment exception."),
    "E0000087": (403, "The recovery question answer did not match our records."),
    "E0000134": (502, "Okta could not communicate correctly with an inline hook."),
    "E0000135": (400, "An inline hook responded with an error."),
    "E0000137": (504, "Okta did not receive a response from an inline hook."),
}


class OktaApiError(HarnessError):
    """
    A refusal, worded as Okta's API words it.

    ``body`` has Okta's five members and nothing of ours; ``hint`` is ours, for people, and never part of it.

    Args:
        status: The HTTP status.
        code: Okta's ``errorCode``.
        summary: Okta's ``errorSummary``.
        causes: The ``errorSummary`` of each cause.
        error_id: Okta's ``errorId``; an org fills it in.
        hint: What to do about it.
    """

    exit_code = 1

    def __init__(
        self, *, status: int, code: str, summary: str, causes: Sequence[str] = (), error_id: str = "", hint: str = ""
    ) -> None:
        super().__init__(f"Okta would answer {status} {code}: {summary}", hint=hint)
        self.status = status
        self.code = code
        self.summary = summary
        self.causes = tuple(causes)
        self.error_id = error_id

    def __str__(self) -> str:
        lines = [self.message, *self.causes, *self.hint.splitlines()]
        return "\n  ".join(lines)

    def body(self) -> dict[str, Any]:
        """Return the JSON body of Okta's answer (E1)."""
        return {
            "errorCode": self.code,
            "errorSummary": self.summary,
            "errorLink": self.code,
            "errorId": self.error_id,
            "errorCauses": [{"errorSummary": cause} for cause in self.causes],
        }


class VerificationFailedError(OktaApiError):
    """A verify call that failed (V11); ``verification`` has every attempt and the doctor's diagnoses."""

    def __init__(self, verification: Verification) -> None:
        answer = verification.okta_error
        super().__init__(
            status=400,
            code=answer["errorCode"],
            summary=answer["errorSummary"],
            causes=[cause["errorSummary"] for cause in answer["errorCauses"]],
            error_id=answer["errorId"],
            hint="\n".join(
                line
                for found in verification.diagnoses
                for line in (f"{found.message} ({found.code})", f"  fix: {found.remedy}")
            ),
        )
        self.verification = verification


class StoreError(HarnessError):
    """The org's database can't be read or written just now; of what was tried nothing is kept."""


def api_error(code: str, *causes: str, subject: str = "", status: int | None = None, hint: str = "") -> OktaApiError:
    """Return Okta's error *code* with its documented status and summary; *subject* fills the summary's gap."""
    usual, summary = ERRORS[code]
    return OktaApiError(
        status=status or usual, code=code, summary=summary.replace("{subject}", subject), causes=causes, hint=hint
    )


def invalid(subject: str, *causes: str, hint: str = "") -> OktaApiError:
    """Return the refusal of a body whose *subject* (an object or a field) is wrong (E3)."""
    return api_error("E0000001", *causes, subject=subject, hint=hint)


def not_found(resource_id: str, kind: str) -> OktaApiError:
    """Return the refusal of an unknown id; *kind* is Okta's, such as ``Webhook`` (A25, E4)."""
    return api_error("E0000007", subject=f"{resource_id} ({kind})")


def blank(field: str) -> str:
    """Return the cause for a required field that is missing (E7)."""
    return f"{field}: The field cannot be left blank"


def taken(field: str) -> str:
    """Return the cause for a value that must be unique and isn't (E7)."""
    return f"{field}: An object with this field already exists in the current organization"
