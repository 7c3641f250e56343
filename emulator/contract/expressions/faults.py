"""What is wrong with an expression, where, and how to put it right; the same words for both languages."""

from __future__ import annotations

from typing import Final

from emulator.contract.problems import printable
from emulator.errors import UsageError

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "EvaluationError", "ExpressionError"]

MAX_LENGTH: Final = 8192  # characters; our choice, Okta's limit is unknown
MAX_DEPTH: Final = 50  # expressions inside expressions; our choice, so that no input exhausts the stack

_SHOWN: Final = 60  # characters of the line on each side of the fault


class ExpressionError(UsageError):
    """
    An expression that can't be read.

    ``position`` counts characters from 0, as Okta's own error texts do; ``str()`` shows the place with a caret.
    """

    def __init__(self, message: str, *, text: str, position: int, hint: str = "") -> None:
        self.text = text
        self.position = max(0, min(position, len(text)))
        self.advice = hint
        super().__init__(
            message,
            where=f"position {self.position}",
            hint="\n".join(filter(None, [*_pointed(text, self.position), hint])),
        )


class EvaluationError(Exception):
    """An expression that has no value for this event, with the reason in words."""


def _pointed(text: str, position: int) -> list[str]:
    if not text.strip():
        return []
    start, end = (0, len(text)) if len(text) <= 2 * _SHOWN else (max(0, position - _SHOWN), position + _SHOWN)
    before = "".join(_flat(c) for c in text[start:position])
    after = "".join(_flat(c) for c in text[position:end])
    more = "…" if start else ""
    return [f"{more}{before}{after}{'…' if end < len(text) else ''}", " " * (len(more) + len(before)) + "^"]


def _flat(character: str) -> str:
    return " " if character in "\t\r\n" else printable(character)
