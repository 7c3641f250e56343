"""Requests of inline hooks that were recorded or built: which type one is, and what is wrong with it (I1-I5, I15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.contract.problems import Level, Problem, describe, without_echoes
from emulator.contract.schemas import validate_inline
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.problems import Path

__all__ = ["type_of_request", "validate_inline_request"]


def type_of_request(value: Any) -> InlineHookType | None:
    """Return the type of hook that a request is for, or None if it names no known one."""
    name = value.get("eventType") if isinstance(value, dict) else None
    return INLINE_HOOK_TYPES.get(name) if isinstance(name, str) else None


def validate_inline_request(value: Any, path: Path = (), *, kind: InlineHookType | None = None) -> list[Problem]:
    """Return every problem of the JSON body of a request; *path* leads to *value*, *kind* is what it should be for."""
    kind = kind or type_of_request(value)
    if kind is not None:
        return without_echoes(validate_inline(f"{kind.schema}-request", value, path))
    named = value.get("eventType") if isinstance(value, dict) else value
    near = did_you_mean(named, INLINE_HOOK_TYPES) if isinstance(named, str) else ""
    hint = near or f"wanted one of {', '.join(INLINE_HOOK_TYPES)}"
    where = (*path, "eventType") if isinstance(value, dict) and "eventType" in value else path
    return [
        Problem(
            path=where,
            rule="I1",
            level=Level.MUST,
            message=f"got {describe(named)}, wanted the type of an inline hook",
            hint=hint,
        )
    ]
