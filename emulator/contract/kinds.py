"""The kinds of documents that can be checked, and what people call them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["KIND_NAMES", "Kind"]


class Kind(StrEnum):
    """A kind of document that can be checked; ``--kind`` takes these names."""

    ENVELOPE = "envelope"
    LOG_EVENT = "log-event"
    VERIFICATION = "verification"
    VERIFICATION_REQUEST = "verification-request"
    EVENT_HOOK = "event-hook"
    INLINE_REQUEST = "inline-request"
    INLINE_ANSWER = "inline-answer"
    MIXED = "mixed"
    UNKNOWN = "unknown"


KIND_NAMES: Final = {
    Kind.ENVELOPE: ("envelope", "envelopes"),
    Kind.LOG_EVENT: ("LogEvent", "LogEvents"),
    Kind.VERIFICATION: ("verification answer", "verification answers"),
    Kind.VERIFICATION_REQUEST: ("verification request", "verification requests"),
    Kind.EVENT_HOOK: ("event hook", "event hooks"),
    Kind.INLINE_REQUEST: ("inline hook request", "inline hook requests"),
    Kind.INLINE_ANSWER: ("inline hook answer", "inline hook answers"),
    Kind.MIXED: ("document", "documents of several kinds"),
    Kind.UNKNOWN: ("unknown document", "unknown documents"),
}
