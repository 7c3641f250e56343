"""Messages: what is said of them, and phone numbers of every form (I7, I16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Stage
from emulator.checks.inline.check import inline_check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench

_KINDS: Final = ("telephony",)
_ACTION: Final = "com.okta.telephony.action"
_TAKEN: Final = ("SUCCESSFUL", "PENDING")
_TRACED: Final = ("provider", "transactionId")


@inline_check(
    "message-traced",
    title="names the provider and its id of the message",
    rule="I7",
    level=Level.SHOULD,
    remedy="return provider and transactionId with the status: they stand in Okta's System Log, and are all there is to "
    "find a lost message by",
    stage=Stage.REVIEW,
    kinds=_KINDS,
)
def traced(bench: InlineBench) -> None:
    """Looks at every message of the run that was taken; fails at one without provider or transactionId."""
    for call in bench.calls:
        for value in call.commands(_ACTION):
            for entry in value if isinstance(value, list) else ():
                if not isinstance(entry, dict) or entry.get("status") not in _TAKEN:
                    continue
                missing = [name for name in _TRACED if not entry.get(name)]
                if missing:
                    bench.keep([call.exchange])
                    bench.shown_by = call.variant if call.is_plain else None
                    raise Broken(f"{call.name} was answered {entry['status']} without {' and '.join(missing)}")


@inline_check(
    "phone-numbers",
    title="takes phone numbers of other countries",
    rule="I3",
    level=Level.MUST,
    guessed=True,
    remedy="treat phoneNumber as text and let the provider decide; numbers have up to 15 digits and a plus in front",
    kinds=_KINDS,
)
def numbers(bench: InlineBench) -> None:
    """Calls about numbers that other countries keep for fiction; what can't be reached is an error in a 200."""
    given = {"the United Kingdom": "+447700900123", "Australia": "+61491570156", "France": "+33199001234"}
    path = "data__messageProfile__phoneNumber"
    bench.wants_answers({f"a number of {country}": bench.body(**{path: number}) for country, number in given.items()})


@inline_check(
    "phone-as-number",
    title="takes a phone number and a code that are no texts",
    rule="I16",
    level=Level.SHOULD,
    guessed=True,
    remedy="turn phoneNumber and otpCode into text before you use them; a sample of Okta's has them as numbers",
    kinds=_KINDS,
)
def as_number(bench: InlineBench) -> None:
    """Calls with phoneNumber and otpCode as numbers, as in Okta's sample."""
    body = bench.body(data__messageProfile__phoneNumber=12065550142, data__messageProfile__otpCode=481516)
    bench.wants_answers({"a phone number that is no text": body})


@inline_check(
    "locales",
    title="takes messages in every language",
    rule="I1",
    level=Level.MUST,
    remedy="read and pass on the message as UTF-8; a template may hold any letters, and so does its length in messages",
    kinds=_KINDS,
)
def locales(bench: InlineBench) -> None:
    """Calls with messages in Japanese, Arabic and with an emoji, and with a locale without a country."""
    texts = {
        "JA-JP": "\u78ba\u8a8d\u30b3\u30fc\u30c9: 481516",
        "AR": "\u0631\u0645\u0632\u0643 481516",
        "EN": "\U0001f511 481516",
    }
    cases = {}
    for locale, text in texts.items():
        template, where = "data__messageProfile__msgTemplate", "data__messageProfile__locale"
        cases[f"a message in {locale}"] = bench.body(**{template: text, where: locale})
    bench.wants_answers(cases)
