"""Answers to inline hooks found in files: what looks like one, and of which type it must be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.answers import answer_document_problems
from emulator.contract.inline.rules.actions import VERDICTS
from emulator.contract.inline.rules.registry import commands_of
from emulator.contract.inline.types import ACTION, INLINE_HOOK_TYPES, inline_hook_type
from emulator.names import nearest

if TYPE_CHECKING:
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.problems import Path, Problem

__all__ = ["type_of_answer", "validate_inline_answer"]

# Without commands, nothing in an answer depends on the type.
_ANY: Final = "password-import"


def type_of_answer(answer: Any) -> InlineHookType:
    """Tell from its commands which type of hook an *answer* is for; without any that tells, the type doesn't matter."""
    commands = list(commands_of(answer)) if isinstance(answer, dict) else []
    for _path, name, value in commands:
        if name == ACTION and isinstance(value, dict):
            for short, (member, _words) in VERDICTS.items():
                if member in value:
                    return inline_hook_type(short)
    names = {name for _path, name, _value in commands}
    kinds = list(INLINE_HOOK_TYPES.values())
    fitting = [kind for kind in kinds if names and all(kind.command(name) for name in names)]
    if fitting:
        return fitting[0]
    known = {command.name: kind for kind in kinds for command in kind.commands}
    near = [found for name in names for found in nearest(name, known, count=1)]
    return known[near[0]] if near else inline_hook_type(_ANY)


def validate_inline_answer(value: Any, path: Path = ()) -> list[Problem]:
    """
    Return the problems of an answer that can be seen without its request; *path* leads to *value*.

    Whether a patch can be performed depends on the request: ``judge_answer`` tells.
    """
    found = answer_document_problems(type_of_answer(value), {}, value)
    return [replace(problem, path=(*path, *problem.path)) for problem in found]
