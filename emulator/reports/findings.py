"""
What every report is made of: cases that passed or failed, and findings that point at a place.

JUnit counts cases, SARIF lists findings; whoever has results turns them into these records and into nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Case", "Finding", "Outcome"]


class Outcome(StrEnum):
    """How a case ended; *error* means that it could not be looked at."""

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    FAIL = "fail"
    ERROR = "error"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One thing that was looked at as a whole: a file, a check, a step of a scenario.

    Args:
        suite: What it belongs to, such as a scenario's file.
        name: What it is called within the suite.
        outcome: How it ended.
        message: Why, in one line; empty for a pass.
        detail: All there is to say about it, in any number of lines.
        remarks: What is worth reading although it changed nothing.
        elapsed: Seconds.
    """

    suite: str
    name: str
    outcome: Outcome
    message: str = ""
    detail: str = ""
    remarks: str = ""
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One thing that is wrong or remarkable, and where.

    Args:
        rule: The id of the contract rule behind it.
        level: ``must``, ``should``, ``note`` or ``may``.
        message: What is wrong, in one line.
        hint: What to do about it.
        location: The path of a file, or a URL; empty if there is neither, as for standard input.
        line: From 1, or None.
        column: From 1, in characters, or None.
        name: What is meant within the location: a JSON pointer, a check's id.
    """

    rule: str
    level: str
    message: str
    hint: str = ""
    location: str = ""
    line: int | None = None
    column: int | None = None
    name: str = ""
