"""Values of open lists: new words are legal, but a known word in other capitals or with a slip of the pen is not new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.problems import Level, Path, Problem, printable
from emulator.contract.semantics.registry import event_rule
from emulator.contract.spelling import misspelt

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where, which rule, and the words that are documented or were seen there.
_WORDS: Final[tuple[tuple[str, str, str, frozenset[str]], ...]] = (
    ("outcome", "result", "L21", frozenset(
        ["SUCCESS", "FAILURE", "SKIPPED", "ALLOW", "DENY", "CHALLENGE", "UNKNOWN", "RATE_LIMIT", "DEFERRED",
         "SCHEDULED", "ABANDONED", "UNANSWERED", "Success"])),  # the last one in Preview's sample data (P6)
    ("transaction", "type", "L23", frozenset(["WEB", "JOB"])),
    ("client", "device", "L30", frozenset(["Computer", "Mobile", "Tablet", "Unknown", "unknown"])),
    ("authenticationContext", "authenticationProvider", "L25", frozenset(
        ["ACTIVE_DIRECTORY", "FACTOR_PROVIDER", "FEDERATION", "LDAP", "OKTA_AUTHENTICATION_PROVIDER", "SOCIAL"])),
    ("authenticationContext", "credentialProvider", "L25", frozenset(
        ["DUO", "GOOGLE", "OKTA_AUTHENTICATION_PROVIDER", "OKTA_CREDENTIAL_PROVIDER", "RSA", "SYMANTEC", "YUBIKEY"])),
)  # fmt: skip
# Other forms of a known word, and what other systems say for it.
_INFLECTED: Final = {
    "result": {
        "FAIL": "FAILURE", "FAILED": "FAILURE", "ERROR": "FAILURE", "FALSE": "FAILURE", "SUCCEEDED": "SUCCESS",
        "SUCCESSFUL": "SUCCESS", "OK": "SUCCESS", "PASS": "SUCCESS", "PASSED": "SUCCESS", "TRUE": "SUCCESS",
        "ALLOWED": "ALLOW", "PERMIT": "ALLOW", "GRANTED": "ALLOW", "DENIED": "DENY", "BLOCKED": "DENY",
        "BLOCK": "DENY", "REJECTED": "DENY", "CHALLENGED": "CHALLENGE", "RATE_LIMITED": "RATE_LIMIT",
        "THROTTLED": "RATE_LIMIT", "SKIP": "SKIPPED", "IGNORED": "SKIPPED",
    },
    "type": {"HTTP": "WEB", "HTTPS": "WEB", "REST": "WEB", "API": "WEB", "UI": "WEB", "BATCH": "JOB", "CRON": "JOB"},
    "device": {"DESKTOP": "Computer", "LAPTOP": "Computer", "PC": "Computer", "PHONE": "Mobile", "SMARTPHONE": "Mobile"},
}  # fmt: skip
# L23: Okta's pages name these and no others, and no others were recorded.
_DOCUMENTED: Final = {("transaction", "type")}


@event_rule
def word_nearly_known(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """L21, L23, L25: success, Web or WEBB are slips; a word of tomorrow is none."""
    for holder, member, rule, words in _WORDS:
        inside = event.get(holder)
        word = inside.get(member) if isinstance(inside, dict) else None
        if not isinstance(word, str) or word in words or not word:
            continue
        meant = (
            misspelt(word, sorted(words)) or _one_more(word, words) or _INFLECTED.get(member, {}).get(word.upper(), "")
        )
        if meant or (holder, member) in _DOCUMENTED:
            others = " and ".join(sorted(words))
            yield Problem(
                path=(*path, holder, member),
                rule=rule,
                level=Level.SHOULD,
                message=f"{printable(word[:40])} was never seen as {holder}.{member}, but {meant or others} was",
                hint=f'did you mean "{meant}"?' if meant else "a new kind of transaction, or a slip",
            )


def _one_more(word: str, words: frozenset[str]) -> str:
    """Return the short known word that *word* is with one letter more or less, as WEBB for WEB."""
    return next((known for known in words if len(word) > 2 and (word[:-1] == known or known[:-1] == word)), "")
