"""Inline hooks beyond Okta's API: a preview that explains itself, and the flows that wait for an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.apis.answers import Answer
from emulator.apis.control.reading import member, members
from emulator.apis.routing import control
from emulator.contract.inline.effect import ABSENT
from emulator.org.codec import user_json
from emulator.org.inline.making import new_user_body
from emulator.secrets import Redactor

if TYPE_CHECKING:
    from emulator.apis.asking import Ask
    from emulator.contract.model import JsonObject
    from emulator.org.inline.calls import InlineRun
    from emulator.org.inline.flows import Admission

__all__ = ["run_json"]


def run_json(run: InlineRun) -> JsonObject:
    """Return a call of an inline hook as JSON, without anything secret."""
    redact, effect = Redactor(run.secrets()), run.effect
    found: JsonObject = {
        "hook_id": run.hook.id,
        "type": run.hook.type,
        "accepted": run.accepted,
        "failure": run.failure,
        "request": run.request,
        "attempts": [
            {
                "n": attempt.number,
                "status": attempt.exchange.status,
                "error": attempt.exchange.failure,
                "elapsed_ms": round(attempt.exchange.elapsed * 1000, 3),
                "phase": attempt.exchange.phase,
            }
            for attempt in (run.call.attempts if run.call else ())
        ],
        "answer": run.answer,
        "problems": [
            {
                "pointer": problem.pointer,
                "line": problem.line,
                "column": problem.column,
                "rule": problem.rule,
                "level": problem.level,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in run.judgement.problems
        ],
        "effect": {
            "summary": effect.summary,
            "proceeds": effect.proceeds,
            "shown": effect.shown,
            "before": effect.before,
            "after": effect.after,
            "changes": [
                {
                    "pointer": change.pointer,
                    **({} if change.before is ABSENT else {"before": change.before}),
                    **({} if change.after is ABSENT else {"after": change.after}),
                }
                for change in effect.changes
            ],
        },
        "explanation": run.explain(),
    }
    hidden: JsonObject = _hidden(found, redact)
    return hidden


def _hidden(value: Any, redact: Redactor) -> Any:
    if isinstance(value, dict):
        return {redact(name): _hidden(inner, redact) for name, inner in value.items()}
    if isinstance(value, list):
        return [_hidden(inner, redact) for inner in value]
    return redact(value) if isinstance(value, str) else value


@control("POST", "/inline-hooks/<hook>/preview")
def preview_inline_hook(ask: Ask, hook: str) -> Answer:
    """Call an inline hook and say what Okta would do: ``{"request": ..., "variant": ..., "user": ...}``, all optional."""
    body, org = members(ask, "request", "variant", "user"), ask.org
    run = org.execute_inline_hook(
        hook,
        member(body, "request", dict) if "request" in body else None,
        variant=member(body, "variant", str, default=""),
        user=org.user(member(body, "user", str)) if "user" in body else None,
    )
    return Answer(body=run_json(run))


@control("POST", "/registrations")
def register(ask: Ask) -> Answer:
    """Let somebody register, if the registration hook allows it: ``{"login": ..., "password": ..., "profile": {...}}``."""
    body = members(ask, "login", "password", "profile")
    user = new_user_body(
        member(body, "login", str),
        password=member(body, "password", str) if "password" in body else None,
        profile=member(body, "profile", dict, default={}),
    )
    return _admitted(ask, ask.org.inline.flows.register(ask.org.users, user))


@control("POST", "/imports")
def import_user(ask: Ask) -> Answer:
    """Import a user of an app, as the user import hook says: ``{"login": ..., "profile": {...}, "app_profile": {...}}``."""
    body = members(ask, "login", "profile", "app_profile")
    user = new_user_body(member(body, "login", str), profile=member(body, "profile", dict, default={}))
    known = member(body, "app_profile", dict, default={})
    return _admitted(ask, ask.org.inline.flows.import_user(ask.org.users, user, None, known))


def _admitted(ask: Ask, admission: Admission) -> Answer:
    user, run = admission.user, admission.run
    return Answer(
        body={
            "user": None if user is None else user_json(user, base_url=ask.base_url),
            "shown": admission.shown,
            "call": None if run is None else run_json(run),
        }
    )
