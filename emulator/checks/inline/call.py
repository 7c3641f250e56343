"""One call of the run: what was asked, what came back, and what the answer is worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.checks.verdicts import acknowledged, came_back
from emulator.contract.inline.answers import judge_answer, judge_failure
from emulator.delivery.attempts import Answer, classify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.inline.answers import AnswerJudgement
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import JsonObject
    from emulator.delivery.exchange import Exchange

__all__ = ["Call"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    A call of the hook as Okta makes it, and its answer.

    Args:
        kind: The type of hook.
        what: What is particular about it, in a few words; empty for a plain call.
        variant: Which kind of request it is.
        request: Its body.
        exchange: What was sent and what came back.
        judgement: What the answer is worth.
    """

    kind: InlineHookType
    what: str
    variant: str
    request: JsonObject = field(repr=False)
    exchange: Exchange
    judgement: AnswerJudgement

    @classmethod
    def judged(cls, kind: InlineHookType, *, what: str, variant: str, request: JsonObject, exchange: Exchange) -> Call:
        """Return the call with the judgement on its answer."""
        reply = exchange.reply
        if reply is None:
            judgement = judge_failure(exchange.detail)
        else:
            # One byte more than the limit is enough to be too large; and behind a 204 nothing may come.
            body = reply.body + (b"\0" if reply.truncated else b"")
            body = exchange.stray if reply.status == 204 and not body else body
            judgement = judge_answer(kind, request, status=reply.status, headers=reply.headers, body=body)
        return cls(kind=kind, what=what, variant=variant, request=request, exchange=exchange, judgement=judgement)

    @property
    def answered(self) -> bool:
        """Whether it was answered with a 2xx."""
        return acknowledged(self.exchange)

    @property
    def name(self) -> str:
        """What the call was, for a sentence."""
        if self.what:
            return self.what
        return f"the variant {self.variant}" if self.variant not in {"", self.kind.variants[0]} else "a plain call"

    @property
    def is_plain(self) -> bool:
        """Whether nothing is particular about it but its variant, so that ``inline trigger`` repeats it."""
        return not self.what

    @property
    def body(self) -> bytes:
        """The bytes of the answer."""
        return self.exchange.reply.body if self.exchange.reply is not None else b""

    @property
    def seen(self) -> str:
        """What came back, and what Okta does about a failure (I8, I9)."""
        found = classify(self.exchange)
        if found in {Answer.SUCCESS, Answer.ODD_SUCCESS}:
            return came_back(self.exchange)
        again = self.kind.retries and found not in {Answer.CLIENT_ERROR, Answer.REDIRECT}
        then = "Okta asks once more, and then" if again else "Okta doesn't ask again:"
        return f"{came_back(self.exchange)}; {then} {self.kind.on_failure} (I9)"

    def commands(self, name: str = "") -> Iterator[Any]:
        """Yield the values of the answer's commands, or of those called *name*."""
        given = (self.judgement.answer or {}).get("commands")
        for command in given if isinstance(given, list) else ():
            if isinstance(command, dict) and (not name or command.get("type") == name):
                yield command.get("value")

    def member(self, *steps: str) -> Any:
        """Return a member of the answer, or None."""
        value: Any = self.judgement.answer
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return value
