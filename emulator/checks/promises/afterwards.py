"""Afterwards: what all answers of the run have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Need, Stage, check
from emulator.runner.results import Level
from emulator.secrets import spellings

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.checks.bench import Bench
    from emulator.delivery.exchange import Exchange

_TRACES: Final = re.compile(
    r"Traceback \(most recent call last\)|\bat [\w.$<>]{1,300} ?\([^()\n]{0,300}:\d+(:\d+)?\)|\n[ \t]{1,50}at .+:\d+|goroutine \d+ \["
    r"|\.(?:java|kt|cs|rb|php|go):\d+|node_modules/|Werkzeug Debugger|Whitelabel Error Page"
)
_LONG_ENOUGH: Final = 6


def _texts(exchange: Exchange) -> str:
    reply = exchange.reply or exchange.partial
    if reply is None:
        return ""
    head = "\n".join(f"{name}: {value}" for name, value in reply.headers)
    return f"{reply.reason}\n{head}\n{reply.body.decode('utf-8', 'replace')}"


def _wants_none(bench: Bench, found: Callable[[Exchange], str]) -> None:
    bad = [(exchange, what) for exchange in bench.exchanges if (what := found(exchange))]
    bench.keep([exchange for exchange, _ in bad[:3]])
    if bad:
        exchange, what = bad[0]
        raise Broken(
            f"{len(bad)} answers hold {what}, one of them to a {exchange.request.method}: {exchange.summary()}"
        )


@check(
    "secret-echoed",
    title="never repeats the secret in an answer",
    rule="D31",
    level=Level.MUST,
    remedy="don't write request headers into answers, not even into error pages: whoever can read an answer, a log or "
    "a proxy's cache has the secret then",
    stage=Stage.REVIEW,
    needs=(Need.AUTH,),
)
def secret_echoed(bench: Bench) -> None:
    """Looks for the secret, what follows its scheme, and Basic's name and password in every answer of the run."""
    secret = bench.auth.value
    forms = {form for form in spellings(secret) if len(form) >= _LONG_ENOUGH} or {secret.reveal()}
    _wants_none(bench, lambda exchange: "the secret" if any(form in _texts(exchange) for form in forms) else "")


@check(
    "payload-echoed",
    title="never repeats the payload in an answer",
    rule="D24",
    level=Level.SHOULD,
    remedy="answer with an empty body; a delivery holds names, logins and addresses, which belong in no answer",
    stage=Stage.REVIEW,
    needs=(Need.DELIVERY,),
)
def payload_echoed(bench: Bench) -> None:
    """Looks for the logins and uuids of the delivered events in every answer of the run."""
    _wants_none(bench, _payload_in)


def _payload_in(exchange: Exchange) -> str:
    body = exchange.request.body
    if exchange.request.method != "POST" or not body:
        return ""
    answer = exchange.reply.body if exchange.reply is not None else b""
    if len(answer) < _LONG_ENOUGH:
        return ""
    sent = re.findall(rb'"(?:uuid|alternateId)":"([^"\\]{8,})"', body[:20_000])
    return "parts of the payload" if any(value in answer for value in sent) else ""


@check(
    "traceback-shown",
    title="shows no stack trace in an answer",
    rule="D26",
    level=Level.SHOULD,
    remedy="catch what goes wrong, log it, and answer with a status alone; switch the framework's debug mode off",
    stage=Stage.REVIEW,
)
def traceback_shown(bench: Bench) -> None:
    """Looks for stack traces of Python, JavaScript, Java, Go, Ruby, PHP and .NET in every answer of the run."""
    _wants_none(bench, lambda exchange: "a stack trace" if _TRACES.search(_texts(exchange)) else "")


@check(
    "rate-limit",
    title="turns no delivery away for want of patience",
    rule="R4",
    level=Level.MUST,
    remedy="take Okta's deliveries out of the rate limit, or answer 503 instead: Okta sends that once more, and a 429 "
    "never again",
    stage=Stage.REVIEW,
    needs=(Need.DELIVERY,),
)
def rate_limit(bench: Bench) -> None:
    """Looks for a 429 among the answers to all deliveries of the run."""
    late = [exchange for exchange in bench.exchanges if exchange.request.method == "POST" and exchange.status == 429]
    posts = sum(exchange.request.method == "POST" for exchange in bench.exchanges)
    bench.keep(late[:3])
    if late:
        raise Broken(f"{len(late)} of {posts} deliveries were answered {late[0].summary()}")


@check(
    "still-alive",
    title="is alive and right after everything that was sent",
    rule="R8",
    level=Level.MUST,
    remedy="let no single request end or poison the process: catch errors in background work too (an unhandled "
    "rejection ends Node), release locks in a finally, and keep no state that a bad body can spoil",
    stage=Stage.REVIEW,
)
def still_alive(bench: Bench) -> None:
    """Sends a verification and a plain delivery after each check that may harm; fails if either no longer works."""
    bench.health.raise_if_broken(bench)
