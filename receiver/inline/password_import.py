"""
Password import: is this the password the person had with you?  Only a clear yes lets them in.

Copy this order: look the person up, compare **always**, even when there is nobody, and answer VERIFIED in one place
only.  A failure of ours must never become a yes: it is raised, answered 503, and the sign-in stops (I9).
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from werkzeug.security import check_password_hash

from emulator.errors import UsageError
from receiver.inline.answers import commands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from receiver.inline.answers import Answer
    from receiver.inline.call import Call
    from receiver.inline.handlers import InlineHandler

__all__ = ["KIND", "handler", "read_passwords"]

KIND: Final = "password-import"
_UPDATE: Final = "com.okta.action.update"


def handler(hashes: Mapping[str, str] | None = None) -> InlineHandler:
    """Return the handler that knows these people: logins in lower case, and their hashes as werkzeug makes them."""
    known = dict(hashes or {})
    # A stranger's password is compared with somebody's all the same, so that the time doesn't tell who has an account.
    anybody = next(iter(known.values()), None)
    # A hash is meant to be slow.  When everybody signs in at once it's better that some are in time than that none is.
    room = threading.BoundedSemaphore(os.cpu_count() or 1)

    def matches(hashed: str, password: str, timeout: float) -> bool:
        if not room.acquire(timeout=timeout):
            raise TimeoutError
        try:
            return check_password_hash(hashed, password)
        finally:
            room.release()

    def answer(call: Call) -> Answer:
        """Compare the password; whatever is missing or odd is no match."""
        username, password = call.text("context.credential.username"), call.text("context.credential.password")
        stored = known.get(username.lower())
        compared = stored or anybody
        right = compared is not None and matches(compared, password, call.remaining())
        verified = stored is not None and right and password != ""
        return commands((_UPDATE, {"credential": "VERIFIED" if verified else "UNVERIFIED"}))

    return answer


def read_passwords(file: str | Path) -> dict[str, str]:
    """
    Read a JSON object of logins and hashes.

    Raises:
        UsageError: it can't be read, or isn't that; no hash is ever repeated.
    """
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise UsageError(f"can't read {str(file)!r}: {reason}", where="--inline-users") from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) and "$" in value for value in found.values()):
        raise UsageError(
            f"{str(file)!r} is no JSON object of logins and password hashes",
            hint="make a hash with: werkzeug.security.generate_password_hash(password)",
            where="--inline-users",
        )
    return {login.lower(): value for login, value in found.items()}
