"""The verdicts of ``com.okta.action.update``: a password's, a registration's, an import's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.rules.registry import answer_rule, broken, commands_of
from emulator.contract.inline.rules.words import meant, word_problem
from emulator.contract.inline.types import ACTION
from emulator.contract.problems import describe, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.problems import Problem

__all__ = ["VERDICTS"]

# The member that holds the verdict, and the verdicts.
VERDICTS: Final = {
    "password-import": ("credential", ("VERIFIED", "UNVERIFIED")),
    "registration": ("registration", ("ALLOW", "DENY")),
    "user-import": ("result", ("CREATE_USER", "LINK_USER")),
}


@answer_rule(*VERDICTS)
def unknown_verdict(kind: InlineHookType, _: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I7: a verdict is one of two words, in capitals."""
    name, words = VERDICTS[kind.short]
    for path, _type, value in commands_of(answer, ACTION):
        if isinstance(value, dict) and name in value:
            yield from word_problem((*path, "value", name), value[name], words)


@answer_rule(*VERDICTS)
def verdict_not_in_its_object(kind: InlineHookType, _: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I7: the verdict stands in an object, under its own name."""
    name, words = VERDICTS[kind.short]
    for path, _type, value in commands_of(answer, ACTION):
        if isinstance(value, dict) and name not in value:
            other = next((key for key, inner in value.items() if meant(inner, words) or len(value) == 1), "")
            word = meant(value.get(other), words) or words[0]
            if other:
                message = f'the verdict stands under "{printable(other[:60])}", and Okta reads "{name}"'
                place, at_key = (*path, "value", other), True
            else:
                message, place, at_key = f'the member "{name}" is missing', (*path, "value"), False
            yield broken(place, "I7", message, f'write "value": {{"{name}": "{word}"}}', at_key=at_key)
        elif isinstance(value, str | bool):
            word = meant(value, words) or words[0]
            message = f"got {describe(value)}, wanted an object with {name}"
            yield broken((*path, "value"), "I7", message, f'write "value": {{"{name}": "{word}"}}')
