"""What a telephony hook says of its message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.rules.registry import answer_rule, broken, commands_of
from emulator.contract.inline.rules.words import meant, word_problem
from emulator.contract.problems import printable
from emulator.contract.spelling import likely_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.problems import Problem

__all__ = ["STATUSES"]

STATUSES: Final = ("SUCCESSFUL", "PENDING", "FAILED")
_MANY: Final = 100


@answer_rule("telephony")
def unknown_status(_: InlineHookType, __: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I7: a status is SUCCESSFUL, PENDING or FAILED."""
    for path, _type, value in commands_of(answer, "com.okta.telephony.action"):
        for index, entry in enumerate(value[:_MANY] if isinstance(value, list) else ()):
            if not isinstance(entry, dict):
                continue
            place = (*path, "value", index)
            if "status" in entry:
                yield from word_problem((*place, "status"), entry["status"], STATUSES)
                continue
            stated = (key for key, inner in entry.items() if isinstance(inner, str) and inner.upper() in STATUSES)
            other = next(stated, "") or likely_name("status", entry)
            if other:
                message = f'the status stands under "{printable(other[:60])}", and Okta reads "status"'
                hint = f'write "status": "{meant(entry[other], STATUSES) or STATUSES[0]}"'
                yield broken((*place, other), "I7", message, hint, at_key=True)
