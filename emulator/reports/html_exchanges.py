"""Exchanges as the HTML page draws them: two sides, a bar on the scale of the time limit, a curl command."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.reports.html_bars import Part, in_words, parts
from emulator.visible import visible

if TYPE_CHECKING:
    from emulator.delivery.exchange import Exchange, Reply
    from emulator.secrets import Redactor

__all__ = ["Drawn", "drawn"]

_BODY_SHOWN: Final = 4_000  # characters
_BODY_SHOWN_OF_EXPECTED: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One exchange, every text fit for the page."""

    anchor: str
    open: bool
    method: str
    target: str
    result: str
    look: str
    seconds: str
    spent: str
    parts: tuple[Part, ...]
    request_headers: tuple[tuple[str, str], ...]
    request_body: str
    has_reply: bool
    status_line: str
    reply_headers: tuple[tuple[str, str], ...]
    reply_body: str
    failure: str
    curl: str


def drawn(
    exchange: Exchange, redact: Redactor, *, limit: float, anchor: str, expected: bool = False, opened: bool = False
) -> Drawn:
    """
    Return *exchange* as the page shows it.

    Args:
        exchange: What was sent and what came back.
        redact: Hides the secrets that either side may hold.
        limit: Seconds that the whole width of a bar stands for.
        anchor: An id that is used once on the page.
        expected: The answer is as it should be, whatever its status.
        opened: Show both sides without being asked.
    """

    def safe(text: str) -> str:
        return visible(redact(text))

    from emulator.secrets import safe_url

    most = _BODY_SHOWN_OF_EXPECTED if expected else _BODY_SHOWN
    request, reply = exchange.request, exchange.reply or exchange.partial
    return Drawn(
        anchor=anchor,
        open=opened,
        method=request.method,
        target=safe(safe_url(request.url)),
        result=safe(f"{exchange.status} {exchange.reply.reason}".strip() if exchange.reply else exchange.detail),
        look="plain" if expected or (exchange.status or 600) < 300 else "bad",
        seconds=f"{exchange.elapsed:.3f} s",
        spent=in_words(exchange.timings.items()),
        parts=tuple(parts(exchange.timings.items(), limit)),
        request_headers=tuple((safe(name), safe(str(value))) for name, value in request.headers),
        request_body=_body(request.body or b"", redact, most),
        has_reply=reply is not None,
        status_line="" if reply is None else safe(f"{reply.status} {reply.reason}".strip()),
        reply_headers=() if reply is None else tuple((safe(name), safe(value)) for name, value in reply.headers),
        reply_body="" if reply is None else _reply_body(reply, redact, most),
        failure="" if exchange.failure is None else safe(exchange.detail or exchange.failure.value),
        curl=safe(request.curl()),
    )


def _reply_body(reply: Reply, redact: Redactor, most: int) -> str:
    rest = "\n… the rest was not read" if reply.truncated else ""
    return _body(reply.body, redact, most) + rest


def _body(body: bytes, redact: Redactor, most: int) -> str:
    text = body.decode("utf-8", "replace")
    if len(text) <= 2 * _BODY_SHOWN:
        text = _indented(text)
    text = redact(text)  # before it is cut: half a secret is not recognised
    more = f"\n… {len(text) - most} more characters" if len(text) > most else ""
    return visible(text[:most]) + more


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1) if text.lstrip()[:1] in {"{", "["} else text
    except (ValueError, RecursionError):
        return text
