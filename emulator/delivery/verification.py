"""
The one-time verification: the GET to send, the verdict on the reply, and Okta's words for a failure (V1-V19).

Pure: challenge and request id come in as arguments, and nothing here opens a connection.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import (
    CHALLENGE_HEADER,
    CONTENT_TYPE,
    REQUEST_ID_HEADER,
    USER_AGENT_VERIFY,
    VERIFICATION_KEY,
)
from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.delivery.exchange import Exchange, Failure, HeaderValue, Request

if TYPE_CHECKING:
    from emulator.contract.model import Channel

__all__ = ["Verdict", "judge", "okta_error", "read_answer", "verification_request", "wants_retry"]

_SUCCESS: Final = range(200, 300)
_CLIENT_ERROR: Final = range(400, 500)


class Trouble(StrEnum):
    """The kinds of failure that Okta words differently (V12)."""

    EXECUTION = "Hook {name} execution failed"
    TIMEOUT = 'Hook "{name}" execution failed. Hook timed out'
    NOT_JSON = "Could not deserialize response due to error at Line {line} Column {column}"
    WRONG_VALUE = "Unable to verify hook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    Whether one exchange proves control of the URI; ``okta_text`` is Okta's message when it doesn't (V12).

    ``okta_text`` still holds a ``{name}`` for the hook's name.
    """

    verified: bool
    okta_text: str = ""


def verification_request(
    channel: Channel, *, challenge: str, request_id: str, header: str = CHALLENGE_HEADER
) -> Request:
    """
    Return the GET that Okta sends, with its headers in captured order (V7, V8).

    Args:
        channel: Where to send it, and the headers that go with it.
        challenge: The value to be echoed, about 40 characters of ``[A-Za-z0-9_-]`` (V4).
        request_id: The value of ``X-Okta-Request-Id``.
        header: The challenge header's spelling; another case shows whether the receiver minds it.
    """
    headers: list[tuple[str, HeaderValue]] = [
        ("User-Agent", USER_AGENT_VERIFY),
        ("Accept", CONTENT_TYPE),
        (REQUEST_ID_HEADER, request_id),
        (header, challenge),
        *((custom.key, custom.value) for custom in channel.headers),
    ]
    if channel.auth is not None:
        headers.append((channel.auth.key, channel.auth.value))
    return Request(method="GET", url=channel.uri, headers=tuple(headers))


def read_answer(body: bytes) -> Any:
    """
    Return the JSON value in *body*; a byte order mark and white space around it are let pass (V19).

    Raises:
        json.JSONDecodeError: it isn't JSON.
        UnicodeDecodeError: it isn't UTF-8.
        RecursionError: it is nested too deeply to read.
    """
    return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def judge(exchange: Exchange, *, challenge: str, profile: Profile = DEFAULT_PROFILE) -> Verdict:
    """
    Say whether *exchange* verifies the hook (V5, V6, V18, V19).

    By default any 2xx counts whose body is a JSON object with the right ``verification``; ``verify.strict`` wants
    exactly 200 and ``application/json``.
    """
    if exchange.failure is Failure.TIMEOUT:
        return Verdict(verified=False, okta_text=Trouble.TIMEOUT)
    reply = exchange.reply
    if reply is None or reply.status not in _SUCCESS:
        return Verdict(verified=False, okta_text=Trouble.EXECUTION)
    if profile.verify_strict and (reply.status != 200 or reply.media_type != CONTENT_TYPE):
        return Verdict(verified=False, okta_text=Trouble.EXECUTION)
    try:
        answer = read_answer(reply.body)
    except json.JSONDecodeError as error:
        return Verdict(verified=False, okta_text=_not_json(error.lineno, error.colno))
    except (UnicodeDecodeError, RecursionError, ValueError):
        return Verdict(verified=False, okta_text=_not_json(1, 1))
    if isinstance(answer, dict) and answer.get(VERIFICATION_KEY) == challenge:
        return Verdict(verified=True)
    return Verdict(verified=False, okta_text=Trouble.WRONG_VALUE)


def _not_json(line: int, column: int) -> str:
    return Trouble.NOT_JSON.replace("{line}", str(line)).replace("{column}", str(column))


def wants_retry(exchange: Exchange, *, number: int, profile: Profile = DEFAULT_PROFILE) -> bool:
    """Say whether the GET is sent once more after a failed try (V9): not after a 2xx or 3xx answer."""
    if number >= profile.max_attempts or exchange.failure is Failure.BLOCKED:
        return False
    if exchange.failure is not None:
        return True
    status = exchange.status or 0
    if status in _CLIENT_ERROR:
        return profile.verify_retry_4xx
    return status >= 500 or (profile.retry_on_3xx and status not in _SUCCESS)


def okta_error(verdict: Verdict, *, hook_name: str, error_id: str) -> dict[str, Any]:
    """Return the 400 body with which Okta's verify call answers a failed verification (V11, V12)."""
    cause = f"Unable to verify event hook. {verdict.okta_text.replace('{name}', hook_name)}"
    return {
        "errorCode": "E0000001",
        "errorSummary": "Api validation failed: eventHook",
        "errorLink": "E0000001",
        "errorId": error_id,
        "errorCauses": [{"errorSummary": cause}],
    }
