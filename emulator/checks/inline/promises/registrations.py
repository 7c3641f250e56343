"""Registrations: a denial says why (I6, I9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Stage, Unseen
from emulator.checks.inline.check import inline_check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench
    from emulator.checks.inline.call import Call

_KINDS: Final = ("registration",)


def _denied(call: Call) -> bool:
    return any(isinstance(value, dict) and value.get("registration") == "DENY" for value in call.commands())


def _says_why(call: Call) -> bool:
    causes = call.member("error", "errorCauses")
    said = [call.member("error"), *(causes if isinstance(causes, list) else [])]
    return any(isinstance(each, dict) and each.get("errorSummary") for each in said)


@inline_check(
    "registration-odd-data",
    title="answers about people with little or odd data",
    rule="I8",
    level=Level.SHOULD,
    guessed=True,
    remedy="deny with DENY and error.errorSummary what you don't take; a 4xx or 5xx denies too, but with Okta's own words",
    kinds=_KINDS,
)
def odd_data(bench: InlineBench) -> None:
    """Calls about people without names, with an address elsewhere and with a blank profile; wants a 2xx for each."""
    profile = bench.body()["data"]["userProfile"]
    people = {
        "somebody without names": {**profile, "firstName": "", "lastName": ""},
        "an address of another domain": {
            **profile,
            "email": "someone@elsewhere.test",
            "login": "someone@elsewhere.test",
        },
        "a disposable address": {**profile, "email": "someone@mailinator.com", "login": "someone@mailinator.com"},
        "a login that is no address": {**profile, "login": "someone"},
    }
    bench.wants_answers({what: bench.body(data__userProfile=person) for what, person in people.items()})


@inline_check(
    "denial-says-why",
    title="says why when it denies",
    rule="I6",
    level=Level.SHOULD,
    remedy='send an error along with DENY: {"commands": [...], "error": {"errorSummary": "...", "errorCauses": '
    '[{"errorSummary": "what people read"}]}}; without it they read a default message of Okta\'s that helps nobody',
    stage=Stage.REVIEW,
    kinds=_KINDS,
)
def denial_says_why(bench: InlineBench) -> None:
    """Looks at every denial of the run; fails at one whose error and causes have no errorSummary."""
    denials = [call for call in bench.calls if call.judgement.accepted and _denied(call)]
    if not denials:
        raise Unseen("nobody was denied; set data that is denied, as in --set data.userProfile.email=x@example.org")
    silent = [call for call in denials if not _says_why(call)]
    if silent:
        bench.keep([silent[0].exchange])
        bench.shown_by = silent[0].variant if silent[0].is_plain else None
        raise Broken(f"{silent[0].name} was denied without a word for people")
