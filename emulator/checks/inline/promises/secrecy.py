"""Secrecy: passwords, one-time codes and the hook's own secret are not sent back, for Okta logs debugContext (I9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Stage
from emulator.checks.inline.check import Need, inline_check
from emulator.payloads.inline import secrets_of_request
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench
    from emulator.checks.inline.call import Call

_SHORTEST: Final = 6  # characters; anything shorter stands in an answer by chance


def _told(call: Call) -> bool:
    text = call.body.decode("utf-8", "replace")
    for secret in secrets_of_request(call.request):
        plain = secret.reveal()
        if len(plain) >= _SHORTEST and re.search(rf"(?<![0-9A-Za-z]){re.escape(plain)}(?![0-9A-Za-z])", text):
            return True
    return False


def _kept(bench: InlineBench, what: str) -> None:
    told = [call for call in bench.calls if _told(call)]
    # A code of six digits may stand in an id by chance, but hardly twice.
    if len(told) > 1 or (told and len(bench.calls) == 1):
        bench.keep([told[0].exchange])
        bench.shown_by = told[0].variant if told[0].is_plain else None
        raise Broken(f"{told[0].name}: the answer holds {what}")


@inline_check(
    "code-kept",
    title="doesn't send the one-time code back",
    rule="I9",
    level=Level.MUST,
    remedy="leave the code and the message out of the answer: debugContext and errors are written to Okta's System Log, "
    "where administrators and log tools read them while the code is still good",
    stage=Stage.REVIEW,
    kinds=("telephony",),
)
def code(bench: InlineBench) -> None:
    """Looks for each call's one-time code in its answer."""
    _kept(bench, "the one-time code")


@inline_check(
    "password-kept",
    title="doesn't send the password back",
    rule="I9",
    level=Level.MUST,
    remedy="leave the credential out of the answer: debugContext and errors are written to Okta's System Log",
    stage=Stage.REVIEW,
    kinds=("password-import",),
)
def password(bench: InlineBench) -> None:
    """Looks for each call's password in its answer."""
    _kept(bench, "the password that was typed")


@inline_check(
    "secret-kept",
    title="doesn't send the hook's own secret back",
    rule="I9",
    level=Level.MUST,
    remedy="don't write the request's headers into answers: debugContext is written to Okta's System Log",
    stage=Stage.REVIEW,
    needs=(Need.ANSWER, Need.AUTH),
)
def secret(bench: InlineBench) -> None:
    """Looks for the value of the auth header in every answer of the run."""
    value = bench.auth.value.reveal()
    parts = [part for part in (value, value.partition(" ")[2]) if len(part) >= _SHORTEST]
    for exchange in bench.exchanges:
        text = exchange.reply.body.decode("utf-8", "replace") if exchange.reply is not None else ""
        if any(part in text for part in parts):
            bench.keep([exchange])
            raise Broken("an answer holds the value of the auth header")
