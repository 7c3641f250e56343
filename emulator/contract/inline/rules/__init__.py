"""
What an answer's schema can't say: how commands relate to the request and to each other, and which names were meant.

A rule is one registered generator in a file of this folder; it passes over what has the wrong type, as the schema
reports that. ``tests/inline/test_broken_answers.py`` has an answer that breaks each.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.rules.registry import ANSWER_RULES

if TYPE_CHECKING:
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.problems import Problem

__all__ = ["answer_problems"]

# Importing them registers their rules.
_FILES: Final = ("actions", "members", "names", "patches", "profiles", "telephony")
for _name in _FILES:
    import_module(f"{__name__}.{_name}")


def answer_problems(kind: InlineHookType, request: dict[str, Any], answer: dict[str, Any]) -> list[Problem]:
    """Return what the rules find in an *answer* to *request*."""
    return [
        problem
        for rule, kinds in ANSWER_RULES.values()
        if not kinds or kind.short in kinds
        for problem in rule(kind, request, answer)
    ]
