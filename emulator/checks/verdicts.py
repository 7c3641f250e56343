"""Plain verdicts on one exchange, and the words for what was seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emulator.contract.constants import VERIFICATION_KEY
from emulator.delivery.attempts import Answer, classify
from emulator.delivery.exchange import Failure, Phase
from emulator.delivery.verification import read_answer

if TYPE_CHECKING:
    from emulator.delivery.exchange import Exchange

__all__ = [
    "acknowledged",
    "came_back",
    "crashed",
    "echoed",
    "no_contact",
    "not_crashed",
    "refused",
    "seen",
    "unsent",
]

_SHOWN = 80


def acknowledged(exchange: Exchange) -> bool:
    """Whether the receiver took the request: any 2xx (D24, D25)."""
    return exchange.status is not None and exchange.status // 100 == 2


def refused(exchange: Exchange) -> bool:
    """Whether the receiver said no in a way that is final: any 4xx (R4)."""
    return exchange.status is not None and exchange.status // 100 == 4


def crashed(exchange: Exchange) -> bool:
    """Whether the receiver stumbled: a 5xx other than 501, or no complete answer at all."""
    return not unsent(exchange) and (
        exchange.status is None or (exchange.status // 100 >= 5 and exchange.status != 501)
    )


def not_crashed(exchange: Exchange) -> bool:
    """Whether the receiver gave any answer but that of one that stumbled."""
    return not crashed(exchange)


def unsent(exchange: Exchange) -> bool:
    """Whether the receiver hung up before the whole request was sent: a refusal of what is too large."""
    return exchange.failure is Failure.CLOSED and exchange.phase is Phase.SEND


def no_contact(exchange: Exchange) -> bool:
    """Whether nobody was there to answer."""
    return exchange.failure in {Failure.REFUSED, Failure.UNREACHABLE, Failure.DNS} or (
        exchange.failure is Failure.TIMEOUT and exchange.phase in {Phase.RESOLVE, Phase.CONNECT}
    )


def echoed(exchange: Exchange) -> Any:
    """
    Return what stands under ``verification`` in the answer's JSON object.

    Raises:
        ValueError: the body is no JSON object with that key; the message says what it is.
    """
    body = exchange.reply.body if exchange.reply is not None else b""
    try:
        answer = read_answer(body)
    except (ValueError, RecursionError):
        raise ValueError(f"the body is not JSON: {_excerpt(body)}") from None
    if not isinstance(answer, dict) or VERIFICATION_KEY not in answer:
        raise ValueError(f'the body has no "{VERIFICATION_KEY}": {_excerpt(body)}')
    return answer[VERIFICATION_KEY]


def seen(exchange: Exchange) -> str:
    """Say what came back and what Okta makes of it."""
    consequence = {
        Answer.SERVER_ERROR: "; Okta sends it once more, then drops it for good (R3, R8)",
        Answer.TIMEOUT: "; Okta sends it once more, then drops it for good (R3, R8)",
        Answer.NO_ANSWER: "; Okta sends it once more, then drops it for good (R3, R8)",
        Answer.CLIENT_ERROR: "; Okta never sends it again (R4, R8)",
        Answer.REDIRECT: "; redirects are not followed",
    }.get(classify(exchange), "")
    return f"{came_back(exchange)}{consequence}"


def came_back(exchange: Exchange) -> str:
    """Say what came back: a status or a failure, where a redirect leads, and the start of an error's body."""
    reply = exchange.reply
    if reply is None:
        return exchange.summary()
    text = f"answered {exchange.summary()}"
    if reply.status // 100 == 3:
        return f"{text} to {reply.header('Location') or 'nowhere'}"
    return f"{text}: {_excerpt(reply.body)}" if reply.status >= 400 and reply.body.strip() else text


def _excerpt(body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())
    return json.dumps(text[:_SHOWN] + ("…" if len(text) > _SHOWN else ""), ensure_ascii=False) if text else "empty"
