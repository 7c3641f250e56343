"""
What Okta does with an answer: what was pending before it, what is after it, and what people see (I6, I7, I9).

Each type has a class in ``outcomes``; here they are asked, whatever the answer was.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from emulator.contract.inline.answers import Use
from emulator.contract.inline.effect import Change, Effect, differences
from emulator.contract.inline.outcomes import OUTCOMES

if TYPE_CHECKING:
    from emulator.contract.inline.answers import AnswerJudgement
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import JsonObject

__all__ = ["Change", "Effect", "apply_answer"]

EXECUTED = "inline_hook.executed"
PROCESSED = "inline_hook.response.processed"


def apply_answer(kind: InlineHookType, request: JsonObject, judgement: AnswerJudgement) -> Effect:
    """
    Say what Okta does after the call: pure, nothing is changed.

    Args:
        kind: The type of hook.
        request: What was asked.
        judgement: What the answer is worth, or the lack of one.
    """
    outcome = OUTCOMES[kind.short](request)
    before = deepcopy(outcome.pending)
    answer = judgement.answer or {}
    if judgement.use is Use.UNUSABLE:
        told = outcome.fail()
        summary = f"{told}: {judgement.reason}" if judgement.reason else told
    elif judgement.use is Use.ERROR:
        summary = outcome.report(answer["error"])
    elif judgement.use is Use.DEFAULT:
        summary = outcome.default()
    else:
        summary = outcome.carry_out(_commands(answer))
    failed = judgement.use is Use.UNUSABLE
    return Effect(
        before=before,
        after=outcome.pending,
        changes=tuple(differences(before, outcome.pending)),
        summary=summary,
        proceeds=outcome.proceeds,
        used=not failed,
        shown=outcome.shown,
        logged=(EXECUTED,) if failed else (PROCESSED,),
        debug_context=_debug_context(answer) if not failed else {},
    )


def _commands(answer: JsonObject) -> list[tuple[str, Any]]:
    return [(command["type"], command["value"]) for command in answer["commands"]]


def _debug_context(answer: JsonObject) -> JsonObject:
    found = answer.get("debugContext")
    return found if isinstance(found, dict) else {}
