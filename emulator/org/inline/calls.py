"""Calling an org's inline hooks: the token first if there is to be one, then the call, and what comes of it (I6-I13)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from emulator.contract.inline.answers import AnswerJudgement, judge_failure
from emulator.contract.inline.effects import Effect, apply_answer
from emulator.delivery.attempts import GivenUp
from emulator.delivery.exchange import Failure
from emulator.delivery.inline import InlineCall, call_inline_hook
from emulator.delivery.oauth import AuthType, Bearer, fetch_bearer, token_form
from emulator.errors import HarnessError
from emulator.org.errors import OktaApiError, api_error, invalid
from emulator.org.inline.happenings import tell_called
from emulator.org.inline.issuer import OAuthError
from emulator.payloads import encode
from emulator.payloads.inline.build import request_id_of, secrets_of_request
from emulator.secrets import Redactor, Secret, safe_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.model import JsonObject
    from emulator.delivery.oauth import OAuthChannel
    from emulator.delivery.signing import SigningKey
    from emulator.delivery.transport import Sender
    from emulator.org.call import Call
    from emulator.org.core import Change, Core
    from emulator.org.inline.hooks import InlineHookRef, InlineHooks
    from emulator.org.inline.issuer import Issuer
    from emulator.org.inline.keys import HookKeys
    from emulator.org.inline.records import InlineHook
    from emulator.payloads import Person

__all__ = ["TOKEN_PATHS", "InlineCalls", "InlineRun", "answer_text", "execute_error"]

_EXECUTED: Final = "inline_hook.executed"
# Path of a token endpoint -> path of its issuer.
TOKEN_PATHS: Final = {"/oauth2/default/v1/token": "/oauth2/default", "/oauth2/v1/token": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineRun:
    """
    One call of an org's inline hook, from request to effect.

    ``call`` has the attempts; it is None if there was no token to call with, and ``problem`` says why.
    """

    hook: InlineHook
    request: JsonObject = field(repr=False)
    call: InlineCall | None = field(repr=False)
    problem: str = ""
    judgement: AnswerJudgement = field(repr=False)
    effect: Effect = field(repr=False)

    @property
    def answer(self) -> JsonObject | None:
        """The parsed answer, ``{}`` for an allowed empty one; None if there is none."""
        return self.judgement.answer

    @property
    def accepted(self) -> bool:
        """Whether Okta would use the answer."""
        return self.judgement.accepted

    @property
    def failure(self) -> str:
        """Why the answer can't be used, in a line, secrets hidden; empty if it can."""
        if self.accepted:
            return ""
        last = self.call.exchange if self.call else None
        why = self.problem or self.judgement.reason or (last.summary() if last is not None else "")
        return Redactor(self.secrets())(why)

    def secrets(self) -> Iterator[Secret]:
        """Yield what a text that repeats the request might give away, so that a redactor can learn it."""
        yield from secrets_of_request(self.request)
        channel = self.hook.channel
        if channel.auth is not None:
            yield channel.auth.value
        yield from (header.value for header in channel.headers)
        if self.hook.oauth is not None and self.hook.oauth.secret is not None:
            yield self.hook.oauth.secret
        if self.call is not None:
            yield from self.call.exchange.request.secrets()

    def explain(self) -> str:
        """Say in a few lines what was asked, what came back, and what Okta does then; secrets hidden."""
        lines = [f"{self.hook.kind.title} hook {self.hook.name!r} at {safe_url(self.hook.channel.uri)}"]
        attempts = self.call.attempts if self.call else ()
        lines += [f"attempt {attempt.number}: {attempt.exchange.summary()}" for attempt in attempts]
        # That there is no answer at all is said by what follows.
        found = self.judgement.problems if self.call is not None and self.call.exchange.reply is not None else ()
        lines += [f"{problem.pointer or 'the answer'}: {problem.message} ({problem.rule})" for problem in found]
        return Redactor(self.secrets())("\n".join([*lines, f"then: {self.effect.summary}"]))


class InlineCalls:
    """Calls the inline hooks of one org; nothing here holds the org's lock while a service takes its time."""

    def __init__(self, core: Core, hooks: InlineHooks, keys: HookKeys, issuer: Issuer, sender: Sender) -> None:
        self._core = core
        self._hooks = hooks
        self._keys = keys
        self._issuer = issuer
        self._sender = sender

    def execute(self, hook: InlineHookRef, body: Any, call: Call | None = None) -> JsonObject:
        """
        Send *body* to a hook as the API's preview does, and return the answer (I13).

        Raises:
            OktaApiError: the hook is INACTIVE, *body* is no object, or no usable answer came.
        """
        found = self._hooks.get(hook)
        if not isinstance(body, dict):
            raise api_error("E0000003")
        run = self.run(found, body)
        if not run.accepted:
            self._tell_failed(run, call)
            raise execute_error(run)
        return run.answer or {}

    def preview(self, hook: InlineHookRef, body: JsonObject) -> InlineRun:
        """Send *body* to a hook and say what Okta would do then; nothing is changed."""
        run = self.run(self._hooks.get(hook), body)
        if not run.accepted:
            self._tell_failed(run, None)
        return run

    def run(self, hook: InlineHook, request: JsonObject) -> InlineRun:
        """Call a hook with *request* as it is; no event tells of it."""
        if hook.status != "ACTIVE":
            raise invalid("inlineHook", "Inline hook is not active.", hint="activate it first")
        channel, problem = hook.channel, ""
        if hook.oauth is not None:
            bearer = self._bearer(hook.oauth)
            channel, problem = replace(channel, auth=bearer.auth()), bearer.problem
        if problem:
            judgement = judge_failure(problem)
            effect = apply_answer(hook.kind, request, judgement)
            return InlineRun(hook=hook, request=request, call=None, problem=problem, judgement=judgement, effect=effect)
        made = call_inline_hook(
            hook.kind,
            channel,
            encode(request),
            request_id=request_id_of(request) or self._core.tokens.request_id(),
            sender=self._sender,
            clock=self._core.clock,
            profile=self._core.profile,
        )
        return InlineRun(hook=hook, request=request, call=made, judgement=made.judgement, effect=made.effect)

    def tell(self, change: Change, run: InlineRun, person: Person | None) -> None:
        """Write what the System Log says of a call that a flow has waited for (I9)."""
        error = run.failure
        answer = run.answer or {}
        if run.accepted and isinstance(answer.get("error"), dict):
            error = str(answer["error"].get("errorSummary") or "the service reported an error")
        hide = Redactor(run.secrets())
        for event_type in run.effect.logged:
            context = run.effect.debug_context
            tell_called(change, event_type, run.hook, hide=hide, error=error, debug_context=context, person=person)

    def _tell_failed(self, run: InlineRun, call: Call | None) -> None:
        # UNDOCUMENTED: whether a preview that fails is logged; that troubleshooting begins in the System Log is.
        with self._core.change(call, path=f"/api/v1/inlineHooks/{run.hook.id}/execute") as change:
            tell_called(change, _EXECUTED, run.hook, hide=Redactor(run.secrets()), error=run.failure)

    def _bearer(self, oauth: OAuthChannel) -> Bearer:
        key: SigningKey | None = None
        number = self._core.store.next("client assertion")
        assertion_id = self._core.world.draws.base64url(16, "client assertion", number)
        try:
            if oauth.auth_type is AuthType.KEY:
                key = self._keys.get(oauth.hook_key_id).key
            parts = urlsplit(oauth.token_url)
            if parts.hostname == self._core.world.org_host and parts.path in TOKEN_PATHS:
                # The org's own endpoint, by the address that it has at Okta and that nobody serves here.
                form = token_form(oauth, key, assertion_id=assertion_id)
                issuer = f"https://{parts.hostname}{TOKEN_PATHS[parts.path]}"
                answer = self._issuer.token(form, issuer=issuer, token_url=oauth.token_url)
                return Bearer(token=Secret(answer["access_token"]))
            return fetch_bearer(
                oauth,
                sender=self._sender,
                key=key,
                assertion_id=assertion_id,
                time_limit=self._core.profile.time_limit,
            )
        except OAuthError as refusal:
            return Bearer(problem=f"the token endpoint gave no token: it answered {refusal.status} {refusal.error}")
        except HarnessError as error:
            return Bearer(problem=f"there is no token: {error.message}")


def execute_error(run: InlineRun) -> OktaApiError:
    """
    Return the API's error for a call that brought no usable answer.

    UNDOCUMENTED: E0000134 and E0000137 have 502 and 504, while the call's page promises a 400 with more information.
    Here it is a 400, which no client takes for a gateway's and repeats.
    """
    call = run.call
    exchange = call.exchange if call else None
    if exchange is not None and exchange.failure is Failure.TIMEOUT:
        code = "E0000137"
    elif exchange is not None and exchange.reply is not None:
        code = "E0000135"
    else:
        code = "E0000134"
    hide = Redactor(run.secrets())
    causes = [run.failure]
    if call is not None and isinstance(call.attempts[-1].step, GivenUp) and exchange is not None:
        causes.append(
            f"{len(call.attempts)} attempt{'s' if len(call.attempts) > 1 else ''}: {hide(exchange.summary())}"
        )
    hints = [problem.hint for problem in run.judgement.problems if problem.hint]
    return api_error(code, *dict.fromkeys(causes), status=400, hint=hide("\n".join(dict.fromkeys(hints))))


def answer_text(run: InlineRun) -> str:
    """Return the answer for people: JSON in lines, or the beginning of whatever it is; secrets hidden."""
    body = run.call.answer_body if run.call else b""
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = body[:4000].decode("utf-8", errors="replace")
    return Redactor(run.secrets())(text)
