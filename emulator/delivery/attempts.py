"""
What follows a delivery attempt, as a table: deliver, retry once, or give up (R1-R8, D24-D27).

Pure: no clock, no socket.  The same exchange, attempt number and profile give the same step.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.delivery.exchange import Exchange, Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.model import JsonObject

__all__ = [
    "Answer",
    "Attempt",
    "Delivered",
    "Delivery",
    "GivenUp",
    "Kind",
    "Outcome",
    "Retry",
    "Step",
    "classify",
    "next_step",
]


class Answer(StrEnum):
    """What kind of answer an attempt brought, as far as retrying cares."""

    SUCCESS = "success"
    ODD_SUCCESS = "2xx other than 200 or 204"
    INFORMATIONAL = "1xx"
    REDIRECT = "redirect"
    CLIENT_ERROR = "4xx"
    SERVER_ERROR = "5xx"
    TIMEOUT = "timeout"
    NO_ANSWER = "connection failure"
    NOT_ALLOWED = "target not allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The receiver has acknowledged; nothing more is sent."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Send the same body once more, after ``delay`` seconds (R6, R7)."""

    reason: str
    delay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """The delivery is dropped for good (R8)."""

    reason: str


Step = Delivered | Retry | GivenUp

_ACCEPT, _AGAIN, _DROP = "accept", "again", "drop"

# answer -> what Okta does on an attempt that has a retry left; without one, "again" becomes "drop".
_TABLE: Final[Mapping[Answer, str]] = {
    Answer.SUCCESS: _ACCEPT,  # D24
    Answer.ODD_SUCCESS: _ACCEPT,  # D25, unknown: `delivery.success`
    Answer.INFORMATIONAL: _DROP,  # R5, unknown: `retry.on_3xx`
    Answer.REDIRECT: _DROP,  # D27; R5, unknown: `retry.on_3xx`
    Answer.CLIENT_ERROR: _DROP,  # R4
    Answer.SERVER_ERROR: _AGAIN,  # R3
    Answer.TIMEOUT: _AGAIN,  # R3
    Answer.NO_ANSWER: _AGAIN,  # R3, inferred
    Answer.NOT_ALLOWED: _DROP,  # ours: a forbidden target stays forbidden
}

_WHY: Final[Mapping[Answer, str]] = {
    Answer.SUCCESS: "acknowledged with {status}",
    Answer.ODD_SUCCESS: "acknowledged with {status}; Okta asks for 200 or 204",
    Answer.INFORMATIONAL: "an interim answer ({status}) is no acknowledgement",
    Answer.REDIRECT: "redirects ({status}) are not followed",
    Answer.CLIENT_ERROR: "{status} is the receiver's refusal and is never retried",
    Answer.SERVER_ERROR: "{status} says the receiver failed",
    Answer.TIMEOUT: "{detail}",
    Answer.NO_ANSWER: "{detail}",
    Answer.NOT_ALLOWED: "{detail}",
}

_PLAIN_SUCCESS: Final = frozenset({200, 204})


def classify(exchange: Exchange) -> Answer:
    """Say what kind of answer *exchange* brought."""
    if exchange.failure is not None:
        special = {Failure.TIMEOUT: Answer.TIMEOUT, Failure.BLOCKED: Answer.NOT_ALLOWED}
        return special.get(exchange.failure, Answer.NO_ANSWER)
    status = exchange.status or 0
    if status in _PLAIN_SUCCESS:
        return Answer.SUCCESS
    by_hundreds = {
        1: Answer.INFORMATIONAL,
        2: Answer.ODD_SUCCESS,
        3: Answer.REDIRECT,
        4: Answer.CLIENT_ERROR,
    }
    # 600 and above are outside HTTP's classes; RFC 9110 15 tells a client to treat them as 5xx.
    return by_hundreds.get(status // 100, Answer.SERVER_ERROR)


def next_step(exchange: Exchange, *, number: int, profile: Profile = DEFAULT_PROFILE) -> Step:
    """
    Say what follows a finished delivery attempt.

    Args:
        exchange: The finished attempt.
        number: Which attempt it was, counted from 1.
        profile: How often, and after what, to retry.  Okta's: one retry, never after a 4xx.

    Returns:
        ``Delivered``, ``Retry`` or ``GivenUp``, each with its reason as a sentence.
    """
    answer = classify(exchange)
    reason = _WHY[answer].format(status=exchange.status, detail=exchange.detail or answer)
    action = _TABLE[answer]
    if answer is Answer.ODD_SUCCESS and profile.delivery_success == "200_204":
        action = _DROP
    if answer in {Answer.REDIRECT, Answer.INFORMATIONAL} and profile.retry_on_3xx:
        action = _AGAIN
    if action == _ACCEPT:
        return Delivered(reason=reason)
    if action == _AGAIN and number < profile.max_attempts:
        return Retry(reason=reason, delay=profile.retry_delay)
    return GivenUp(reason=reason)


class Outcome(StrEnum):
    """How a delivery ended."""

    DELIVERED = "delivered"
    FAILED = "failed"
    NOT_SENT = "not_sent"


class Kind(StrEnum):
    """What made an org send a delivery."""

    EVENT = "event"
    PREVIEW = "preview"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One POST of a delivery: its number (from 1), its exchange, and what followed."""

    number: int
    exchange: Exchange
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """
    All that was done to hand over one request body.

    ``event_id`` is the envelope's ``eventId``; ``uuids`` and ``event_types`` are those of its LogEvents.  ``number``
    is its place in an org's ledger, 0 outside of one.  ``reason`` says why nothing was sent, if so.
    """

    event_id: str
    hook_id: str
    uuids: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    outcome: Outcome
    body: bytes = field(default=b"", repr=False)
    number: int = 0
    kind: Kind = Kind.EVENT
    event_types: tuple[str, ...] = ()
    reason: str = ""

    @property
    def events(self) -> tuple[JsonObject, ...]:
        """The LogEvents of the body as they were sent; none if the body is no envelope."""
        try:
            return tuple(json.loads(self.body)["data"]["events"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return ()

    def explain(self) -> str:
        """Say, line by line, what happened at each attempt and how it ended."""
        kind = "" if self.kind is Kind.EVENT else f"{self.kind} "
        named = f": {', '.join(dict.fromkeys(self.event_types))}" if self.event_types else ""
        lines = [
            f"{kind}delivery {self.event_id or '(no eventId)'} of {len(self.uuids)} event(s): {self.outcome}{named}"
        ]
        if self.reason:
            lines.append(f"  {self.reason}")
        for attempt in self.attempts:
            follow = {Delivered: "done", Retry: "retry", GivenUp: "given up"}[type(attempt.step)]
            lines.append(f"  attempt {attempt.number}: {attempt.exchange.summary()} -> {follow}: {attempt.step.reason}")
        return "\n".join(lines)
