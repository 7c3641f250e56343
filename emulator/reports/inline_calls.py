"""Calls of inline hooks in reports: request, answer, what is wrong with it, and what Okta does then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.effect import ABSENT
from emulator.contract.problems import Level
from emulator.delivery.attempts import Delivered
from emulator.reports.exchanges import as_json as exchange_json
from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.contract.inline.effect import Change, Effect
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import JsonObject
    from emulator.contract.problems import Problem
    from emulator.delivery.inline import InlineCall
    from emulator.secrets import Redactor

__all__ = ["CallReport", "as_json", "as_text", "effect_json", "effect_lines", "problem_json", "problem_lines"]

_ANSWER_SHOWN: Final = 500
_VALUE_SHOWN: Final = 100
_REFUSALS: Final = frozenset({401, 403})
_NO_CONTACT: Final = frozenset({"dns", "connection_refused", "unreachable", "target_not_allowed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """
    A call that was made, or only planned: then ``call`` is None.

    ``request`` is the body as it may be shown; ``spoilt`` is what was done to the auth header: ``right``, ``wrong`` or
    ``missing``.
    """

    kind: InlineHookType
    variant: str
    request: JsonObject
    call: InlineCall | None = None
    spoilt: str = "right"

    @property
    def made_contact(self) -> bool:
        """Whether a connection came about at least once."""
        attempts = () if self.call is None else self.call.attempts
        return any(attempt.exchange.failure not in _NO_CONTACT for attempt in attempts)

    @property
    def was_refused(self) -> bool:
        """Whether the service answered that it doesn't accept the credentials."""
        return self.call is not None and self.call.exchange.status in _REFUSALS

    @property
    def is_as_it_should_be(self) -> bool:
        """Whether Okta can use the answer and nothing is wrong with it; spoilt credentials must be refused."""
        if self.call is None:
            return False
        if self.spoilt != "right":
            return self.was_refused
        judgement = self.call.judgement
        return judgement.accepted and all(problem.level is not Level.MUST for problem in judgement.problems)


def as_json(report: CallReport, *, redact: Redactor) -> dict[str, Any]:
    """Return a call with its attempts, its answer, the problems of that, and the effect."""
    told: dict[str, Any] = {
        "event_id": str(report.request.get("eventId", "")),
        "type": report.kind.name,
        "variant": report.variant,
        "request": report.request,
    }
    call = report.call
    if call is None:
        return told
    judgement = call.judgement
    return {
        **told,
        "attempts": [
            {"n": attempt.number, **exchange_json(attempt.exchange, redact=redact), "why": redact(attempt.step.reason)}
            for attempt in call.attempts
        ],
        "answer": _redacted(judgement.answer, redact),
        "use": judgement.use.value,
        "accepted": judgement.accepted,
        "problems": [problem_json(problem, redact=redact) for problem in judgement.problems],
        "effect": effect_json(call.effect, redact=redact),
    }


def problem_json(problem: Problem, *, redact: Redactor) -> dict[str, Any]:
    """Return one problem of an answer."""
    return {
        "pointer": redact(problem.pointer),
        "line": problem.line,
        "column": problem.column,
        "rule": problem.rule,
        "level": problem.level.value,
        "message": redact(problem.message),
        "hint": redact(problem.hint),
    }


def effect_json(effect: Effect, *, redact: Redactor) -> dict[str, Any]:
    """Return what Okta does: in a sentence, and before and after."""
    return {
        "summary": redact(effect.summary),
        "proceeds": effect.proceeds,
        "used": effect.used,
        "before": effect.before,
        "after": _redacted(effect.after, redact),
        "changes": [_change_json(change, redact) for change in effect.changes],
        "shown": redact(effect.shown),
        "logged": list(effect.logged),
        "debug_context": _redacted(dict(effect.debug_context), redact),
    }


def _change_json(change: Change, redact: Redactor) -> dict[str, Any]:
    what = "added" if change.before is ABSENT else "removed" if change.after is ABSENT else "changed"
    told: dict[str, Any] = {"pointer": change.pointer, "change": what}
    if change.before is not ABSENT:
        told["before"] = change.before
    if change.after is not ABSENT:
        told["after"] = _redacted(change.after, redact)
    return told


def _redacted(value: Any, redact: Redactor) -> Any:
    return json.loads(redact(json.dumps(value)))


def as_text(
    report: CallReport, *, redact: Redactor, style: Callable[[str, str], str] = lambda text, _look: text
) -> Iterator[str]:
    """Yield the lines about a call; *style* gets a text and a look: ``good``, ``bad``, ``warn`` or ``dim``."""
    call = report.call
    yield f"{report.kind.short} ({report.variant})  {style(str(report.request.get('eventId', '')), 'dim')}"
    if call is None:
        return
    for attempt in call.attempts:
        why = "" if isinstance(attempt.step, Delivered) else f": {attempt.step.reason}"
        told = attempt.exchange.summary() if attempt.exchange.reply else f"after {attempt.exchange.elapsed:.3f} s"
        yield style(f"  attempt {attempt.number}: {redact(f'{told}{why}')}", "dim")
    yield from _answer_lines(call.answer_body, redact)
    if report.spoilt != "right":
        yield _refusal(report, style)
        return
    for problem in call.judgement.problems:
        yield from problem_lines(problem, redact=redact, style=style)
    yield from effect_lines(call.effect, redact=redact, style=style)


def _refusal(report: CallReport, style: Callable[[str, str], str]) -> str:
    if report.was_refused:
        return f"  {style('REFUSED', 'good')}  as it should be: the secret was {report.spoilt}"
    return f"  {style('NOT REFUSED', 'bad')}  the secret was {report.spoilt}, so the answer should be 401 or 403 (I11)"


def _answer_lines(body: bytes, redact: Redactor) -> Iterator[str]:
    text = visible(redact(body.decode("utf-8", errors="replace")))
    if len(text) > _ANSWER_SHOWN:
        text = f"{text[:_ANSWER_SHOWN]}… ({len(body)} bytes)"
    for number, line in enumerate(text.splitlines()):
        yield f"  {'answer  ' if number == 0 else '        '}{line}"


def problem_lines(
    problem: Problem, *, redact: Redactor, style: Callable[[str, str], str] = lambda text, _look: text
) -> Iterator[str]:
    """Yield the lines of one problem of an answer."""
    place = "" if problem.line is None else f"{problem.line}:{problem.column}: "
    level = style(problem.level, {Level.MUST: "bad", Level.SHOULD: "warn"}.get(problem.level, "dim"))
    pointer = f" {problem.pointer}" if problem.pointer else ""
    yield visible(redact(f"  {place}{level} {problem.rule}{pointer}: {problem.message}"))
    for line in problem.hint.splitlines():
        yield style(visible(redact(f"      {line}")), "dim")


def effect_lines(
    effect: Effect, *, redact: Redactor, style: Callable[[str, str], str] = lambda text, _look: text
) -> Iterator[str]:
    """Yield the lines about what Okta does."""
    word = style("USED", "good") if effect.used else style("NOT USED", "bad")
    rule = "" if effect.used else " (I9)"
    yield f"  {word}  {visible(redact(effect.summary))}{rule}"
    for change in effect.changes:
        yield f"    {visible(change.pointer)}: {_value(change.before, redact)} -> {_value(change.after, redact)}"
    for number, line in enumerate(effect.shown.splitlines()):
        yield f"    {'people read: ' if number == 0 else '             '}{visible(redact(line))}"
    if effect.debug_context:
        yield f"    kept in the System Log: {_value(dict(effect.debug_context), redact)}"


def _value(value: Any, redact: Redactor) -> str:
    if value is ABSENT:
        return "(absent)"
    text = visible(redact(json.dumps(value, ensure_ascii=False)))
    return text if len(text) <= _VALUE_SHOWN else text[: _VALUE_SHOWN - 1] + "…"
