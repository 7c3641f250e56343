"""Preview of an inline hook: a request that can be edited, the answer, what is wrong with it, and what Okta would do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from emulator.console.routing import page
from emulator.contract.inline.effect import ABSENT
from emulator.contract.inline.requests import validate_inline_request
from emulator.contract.jsonscan import JsonFault, scan
from emulator.contract.problems import Level, printable
from emulator.errors import HarnessError, UsageError
from emulator.org.inline.calls import answer_text
from emulator.reports.html_exchanges import drawn
from emulator.secrets import Redactor

if TYPE_CHECKING:
    from emulator.console.visit import Visit
    from emulator.contract.model import JsonObject
    from emulator.contract.problems import Problem
    from emulator.org.inline.calls import InlineRun
    from emulator.org.inline.records import InlineHook

__all__: list[str] = []


@page("GET", "/inline-hooks/<hook_id>/preview")
def show_inline_preview(visit: Visit, hook_id: str) -> Response:
    """Show a request such as Okta sends, about a user of the org."""
    hook = visit.org.inline.hooks.get(hook_id)
    variant = visit.text("variant") if visit.text("variant") in hook.kind.variants else hook.kind.variants[0]
    user = visit.org.users.find(visit.text("user")) if visit.text("user") else None
    handle = None if user is None else visit.org.user(user.id)
    request = visit.org.inline_request(hook, variant=variant, user=handle)
    return _page(visit, hook, _text(request), variant=variant, user="" if user is None else user.login)


@page("POST", "/inline-hooks/<hook_id>/preview")
def call_inline_preview(visit: Visit, hook_id: str) -> Response:
    """Send the request as it was edited."""
    hook = visit.org.inline.hooks.get(hook_id)
    text, variant, user = visit.form.get("event", ""), visit.field("variant"), visit.field("user")
    try:
        run = visit.org.inline.calls.preview(hook, _object(text))
    except HarnessError as error:
        why = "\n".join([error.message, *getattr(error, "causes", ()), error.hint]).strip()
        return _page(visit, hook, text, variant=variant, user=user, error=why, status=400)
    return _page(visit, hook, text, variant=variant, user=user, run=run)


@page("POST", "/inline-hooks/<hook_id>/validate")
def validate_inline(visit: Visit, hook_id: str) -> Response:
    """Return as JSON what is wrong with an edited request, each problem with its line."""
    hook = visit.org.inline.hooks.get(hook_id)
    text = visit.form.get("event", "").replace("\r\n", "\n")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        found = [_shown(line, "I1", Level.MUST, "this is no JSON", str(error))]
    else:
        problems = validate_inline_request(value, kind=hook.kind)[:50]
        found = [
            _shown(line, problem.rule, problem.level, problem.message, problem.hint)
            for line, problem in sorted(_placed(text, problems), key=lambda pair: pair[0])
        ]
    answer = json.dumps({"kind": hook.type, "problems": found})
    return Response(answer, content_type="application/json")


def _placed(text: str, problems: list[Problem]) -> list[tuple[int, Problem]]:
    try:
        places = scan(text, 0, [problem.path for problem in problems]).places
    except JsonFault:
        places = {}
    found = []
    for problem in problems:
        place = places.get(problem.path)
        offset = 0
        if place is not None:
            offset = place.key if problem.at_key and place.key is not None else place.value
        found.append((text.count("\n", 0, offset) + 1, problem))
    return found


def _shown(line: int, rule: str, level: Level, message: str, hint: str) -> JsonObject:
    return {
        "line": line,
        "column": 1,
        "rule": rule,
        "level": level,
        "message": printable(message),
        "hint": printable(hint),
    }


def _object(text: str) -> JsonObject:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"this is no JSON: {error}", hint="the marked line says where") from None
    if not isinstance(value, dict):
        raise UsageError("this is no request", hint="a request is a JSON object")
    return value


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _page(
    visit: Visit,
    hook: InlineHook,
    text: str,
    *,
    variant: str,
    user: str,
    run: InlineRun | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    people = [found.login for found in visit.org.users.all()[:100] if found.id != visit.org.world.admin.id]
    return visit.render(
        "inline_preview",
        status=status,
        hook=hook,
        text=text,
        variant=variant,
        user=user,
        people=people,
        error=error,
        result=None if run is None else _result(run),
    )


def _result(run: InlineRun) -> dict[str, Any]:
    redact = Redactor(run.secrets())
    attempts = run.call.attempts if run.call else ()
    effect = run.effect
    return {
        "accepted": run.accepted,
        "failure": run.failure,
        "summary": redact(effect.summary),
        "shown": redact(effect.shown),
        "proceeds": effect.proceeds,
        "exchanges": [
            drawn(attempt.exchange, redact, limit=3.0, anchor=f"attempt-{attempt.number}", opened=not run.accepted)
            for attempt in attempts
        ],
        "problems": [
            {
                "pointer": problem.pointer or "the answer",
                "line": problem.line,
                "level": problem.level,
                "rule": problem.rule,
                "message": redact(printable(problem.message)),
                "hint": redact(printable(problem.hint)),
            }
            for problem in run.judgement.problems[:50]
        ],
        "answer": answer_text(run),
        "before": redact(_text(effect.before)),
        "after": redact(_text(effect.after)),
        "changes": [
            {"pointer": change.pointer or "/", "before": _value(change.before), "after": _value(change.after)}
            for change in effect.changes[:100]
        ],
    }


def _value(value: Any) -> str:
    return "not there" if value is ABSENT else json.dumps(value, ensure_ascii=False)
