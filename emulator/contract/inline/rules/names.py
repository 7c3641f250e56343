"""The names in an answer: commands of this type of hook, and Okta's spelling of its members."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.rules.registry import answer_rule, broken, commands_of
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.contract.problems import describe, printable
from emulator.contract.spelling import likely_name
from emulator.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.problems import Problem

__all__: list[str] = []

_MEMBERS: Final = ("commands", "error", "debugContext")
_LONGEST: Final = 100


@answer_rule()
def command_of_another_type(kind: InlineHookType, _: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I7: each type of hook has commands of its own."""
    names = [command.name for command in kind.commands]
    for path, name, _value in commands_of(answer):
        if name in names:
            continue
        others = [other.title for other in INLINE_HOOK_TYPES.values() if other.command(name)]
        shown = printable(name[:_LONGEST])
        if others:
            message = f"{shown} is a command of {' and '.join(others)} hooks, not of {kind.title} hooks"
        else:
            message = f"{shown} is none of Okta's commands"
        near = nearest(name, names, count=1) or names[:1]
        hint = f'did you mean "{near[0]}"? it serves to {_does(kind, near[0])}'
        if len(names) > 1:
            hint += f"\nthe commands of {kind.title} hooks: {', '.join(names)}"
        yield broken((*path, "type"), "I7", message, hint)


def _does(kind: InlineHookType, name: str) -> str:
    command = kind.command(name)
    return command.does.partition(";")[0] if command else ""


@answer_rule()
def misspelt_member(_: InlineHookType, __: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I6: a misspelt ``commands`` or ``error`` is a member that Okta doesn't read."""
    for name in _MEMBERS[:2]:
        written = likely_name(name, (key for key in answer if key not in _MEMBERS)) if name not in answer else ""
        if written:
            message = f'the member "{printable(written)}" is none of Okta\'s, so what it holds is not read'
            yield broken((written,), "I6", message, f'did you mean "{name}"?', at_key=True)


@answer_rule()
def command_without_the_list(_: InlineHookType, __: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I6: a command stands in the array ``commands``, not by itself."""
    if "commands" not in answer and {"type", "value"} <= answer.keys():
        yield broken(
            ("type",),
            "I6",
            "this is a command by itself; Okta reads the array commands only",
            'write {"commands": [{"type": ..., "value": ...}]}',
            at_key=True,
        )


@answer_rule()
def nothing_that_okta_reads(kind: InlineHookType, request: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I6: an answer is made of commands, error and debugContext; what consists of other members says nothing."""
    if not answer or answer.keys() & set(_MEMBERS) or {"type", "value"} <= answer.keys():
        return
    if any(likely_name(name, answer) for name in _MEMBERS[:2]):
        return  # told as a misspelt member
    if request and answer.get("eventId") == request.get("eventId"):
        message = "the answer repeats the request"
    else:
        message = f"Okta reads none of its members: {describe(answer).removeprefix('an object with ')}"
    command = kind.commands[0]
    hint = f'such as {{"commands": [{{"type": "{command.name}", "value": {json.dumps(command.example)}}}]}}'
    yield broken((), "I6", message, hint)


@answer_rule()
def several_errors(_: InlineHookType, __: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I6: ``error`` is one object; several causes stand inside it."""
    if isinstance(answer.get("error"), list | str):
        hint = 'write "error": {"errorSummary": "...", "errorCauses": [{"errorSummary": "..."}]}'
        yield broken(("error",), "I6", f"got {describe(answer['error'])}, wanted one object", hint)
