"""Where the rules on answers register, and how they read one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from emulator.contract.problems import Level, Path, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.contract.inline.types import InlineHookType

    Rule = Callable[[InlineHookType, dict[str, Any], dict[str, Any]], Iterator[Problem]]
    R = TypeVar("R", bound=Rule)

__all__ = ["ANSWER_RULES", "answer_rule", "broken", "commands_of", "doubtful", "member", "remark"]

_MANY: Final = 10_000  # commands of one answer; below 256 KB there are fewer

# Name of the rule's function -> the function and the short names of the types it is about, none meaning all.
ANSWER_RULES: Final[dict[str, tuple[Rule, tuple[str, ...]]]] = {}


def answer_rule(*kinds: str) -> Callable[[R], R]:
    """Register a rule on the answers of some types, or of all; it gets the type, the request and the answer."""

    def register(function: R) -> R:
        name = function.__name__
        if name in ANSWER_RULES:
            raise ValueError(f"the rule {name!r} is taken by {ANSWER_RULES[name][0].__module__}")
        ANSWER_RULES[name] = function, kinds
        return function

    return register


def commands_of(answer: dict[str, Any], name: str = "") -> Iterator[tuple[Path, str, Any]]:
    """Yield place, type and value of each command that has both, or of those called *name*."""
    commands = answer.get("commands")
    for index, command in enumerate(commands[:_MANY] if isinstance(commands, list) else ()):
        if isinstance(command, dict) and isinstance(command.get("type"), str) and "value" in command:
            kind = command["type"]
            if name in {"", kind}:
                yield ("commands", index), kind, command["value"]


def member(value: Any, *steps: str) -> Any:
    """Return what is at the end of the way through objects, or None."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def broken(path: Path, rule: str, message: str, hint: str, *, at_key: bool = False) -> Problem:
    """Return a problem for which Okta doesn't use the answer."""
    return Problem(path=path, rule=rule, level=Level.MUST, message=message, hint=hint, at_key=at_key)


def doubtful(path: Path, rule: str, message: str, hint: str, *, at_key: bool = False) -> Problem:
    """Return a problem that Okta lets pass, as far as is known."""
    return Problem(path=path, rule=rule, level=Level.SHOULD, message=message, hint=hint, at_key=at_key)


def remark(path: Path, rule: str, message: str, hint: str) -> Problem:
    """Return something worth knowing about an answer that is in order."""
    return Problem(path=path, rule=rule, level=Level.NOTE, message=message, hint=hint)
