"""What is known about a type of inline hook, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emulator.contract.inline.constants import ANSWER_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.inline.types import InlineHookType

__all__ = ["as_json", "as_text", "in_one_line"]

_WIDTH = 16


def in_one_line(kind: InlineHookType) -> str:
    """Say the names of a type, and how many ways there are to answer."""
    names = ", ".join(command.name for command in kind.commands)
    return f"{kind.short:<{_WIDTH}} {kind.name:<40} {names}"


def as_json(kind: InlineHookType) -> dict[str, Any]:
    """Return all that is known about a type."""
    return {
        "type": kind.name,
        "short": kind.short,
        "title": kind.title,
        "variants": list(kind.variants),
        "retries": kind.retries,
        "may_be_empty": kind.may_be_empty,
        "when_empty": kind.when_empty,
        "on_failure": kind.on_failure,
        "has_preview": kind.has_preview,
        "needs_auth": kind.needs_auth,
        "commands": [
            {"type": command.name, "does": command.does, "example": command.example} for command in kind.commands
        ],
    }


def as_text(kind: InlineHookType) -> Iterator[str]:
    """Yield the lines about a type, each with the rule that says so."""
    again = "called once more after a timeout or 5xx" if kind.retries else "never called again"
    empty = f"204: {kind.when_empty}" if kind.may_be_empty else "not allowed"
    facts = {
        "type": f"{kind.name} (I1)",
        "variants": ", ".join(kind.variants),
        "time": f"3 s for the whole answer; {again} (I8)",
        "size": f"below {ANSWER_LIMIT // 1024} KB (M9)",
        "empty": f"{empty} (I6)",
        "failure": f"{kind.on_failure} (I9)",
        "preview": f"{'yes' if kind.has_preview else 'no'} (I13)",
        **({"auth": "a hook of this type must have an auth scheme (I12)"} if kind.needs_auth else {}),
    }
    yield f"{kind.title} inline hook"
    for name, fact in facts.items():
        yield f"  {name:<10}{fact}"
    yield "  commands (I7)"
    for command in kind.commands:
        yield f"    {command.name}: {command.does}"
        yield f"      {json.dumps({'type': command.name, 'value': command.example})}"
