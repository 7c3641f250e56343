"""Call an inline hook: the POST with Okta's headers, at most one retry, and what the answer is worth (I8, I10)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emulator.contract.constants import CONTENT_TYPE, REQUEST_ID_HEADER
from emulator.contract.inline.answers import AnswerJudgement, judge_answer, judge_failure
from emulator.contract.inline.constants import ANSWER_LIMIT, NO_CACHE, USER_AGENT
from emulator.contract.inline.effects import Effect, apply_answer
from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.delivery.attempts import Attempt, GivenUp, Retry, next_step
from emulator.delivery.exchange import Exchange, Failure, HeaderValue, Request

if TYPE_CHECKING:
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import Channel, JsonObject
    from emulator.delivery.clock import Clock
    from emulator.delivery.transport import Sender

_NO_CONTACT: Final = frozenset({Failure.DNS, Failure.REFUSED, Failure.UNREACHABLE})

__all__ = ["InlineCall", "call_inline_hook", "inline_hook_request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineCall:
    """
    A finished call of an inline hook.

    ``request`` is the body as an object, ``{}`` if it is none; ``attempts`` are the POSTs, ``judgement`` is what the
    last one's answer is worth, and ``effect`` what Okta does then.
    """

    kind: InlineHookType
    request: JsonObject = field(repr=False)
    body: bytes = field(repr=False)
    attempts: tuple[Attempt, ...]
    judgement: AnswerJudgement
    effect: Effect

    @property
    def exchange(self) -> Exchange:
        """The last attempt's exchange."""
        return self.attempts[-1].exchange

    @property
    def answer_body(self) -> bytes:
        """The bytes of the answer; none if there was no whole answer."""
        return self.exchange.reply.body if self.exchange.reply else b""


def inline_hook_request(channel: Channel, body: bytes, *, request_id: str) -> Request:
    """
    Return the POST that calls a hook (I10).

    Args:
        channel: Where to send it, and the headers that go with it.
        body: The encoded request.
        request_id: The value of ``X-Okta-Request-Id``; without one there is no such header.
    """
    headers: list[tuple[str, HeaderValue]] = [("Accept", CONTENT_TYPE), ("Content-Type", CONTENT_TYPE)]
    headers += [(custom.key, custom.value) for custom in channel.headers]
    if channel.auth is not None:
        headers.append((channel.auth.key, channel.auth.value))
    headers += [("User-Agent", USER_AGENT), ("Cache-Control", NO_CACHE), ("Pragma", NO_CACHE)]
    if request_id:
        headers.append((REQUEST_ID_HEADER, request_id))
    headers.append(("Connection", "keep-alive"))
    return Request(method="POST", url=channel.uri, headers=tuple(headers), body=body, reply_limit=ANSWER_LIMIT)


def call_inline_hook(
    kind: InlineHookType,
    channel: Channel,
    body: bytes,
    *,
    request_id: str,
    sender: Sender,
    clock: Clock,
    profile: Profile = DEFAULT_PROFILE,
) -> InlineCall:
    """
    Call a hook, again after a timeout or 5xx if its type allows that (I8), and judge the answer.

    Args:
        kind: The type of hook.
        channel: Where it is, and the headers that go with the call.
        body: The encoded request; it is sent as it is, whatever it may be.
        request_id: The value of ``X-Okta-Request-Id``, the same for a retry.
        sender: What makes one attempt.
        clock: Lets the delay before a retry pass.
        profile: The reading of the rules that Okta leaves in doubt.
    """
    post = inline_hook_request(channel, body, request_id=request_id)
    attempts: list[Attempt] = []
    while True:
        number = len(attempts) + 1
        exchange = sender.send(post, time_limit=profile.time_limit)
        step = next_step(exchange, number=number, profile=profile)
        if isinstance(step, Retry) and not kind.retries:
            step = GivenUp(reason=f"{step.reason}; a {kind.title} hook is not called again")
        attempts.append(Attempt(number=number, exchange=exchange, step=step))
        if not isinstance(step, Retry):
            break
        clock.sleep(step.delay)
    request = _object(body)
    judgement = _judge(kind, request, exchange)
    return InlineCall(
        kind=kind,
        request=request,
        body=body,
        attempts=tuple(attempts),
        judgement=judgement,
        effect=apply_answer(kind, request, judgement),
    )


def _judge(kind: InlineHookType, request: JsonObject, exchange: Exchange) -> AnswerJudgement:
    reply = exchange.reply
    if reply is None:
        if exchange.failure in _NO_CONTACT:
            return judge_failure(exchange.detail, hint="start the service first, and check host and port")
        return judge_failure(exchange.detail)
    body = reply.body
    if reply.truncated:
        body += b"\0"  # one byte more than the limit is enough to be too large
    if reply.status == 204 and not body:
        body = exchange.stray
    return judge_answer(kind, request, status=reply.status, headers=reply.headers, body=body)


def _object(body: bytes) -> JsonObject:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
