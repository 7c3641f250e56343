"""Passwords: only the very one is verified, and only for its owner (I7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken, Unseen
from emulator.checks.inline.check import Need, inline_check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench
    from emulator.checks.inline.call import Call
    from emulator.contract.model import JsonObject

_KINDS: Final = ("password-import",)
_BOTH: Final = (Need.ANSWER, Need.CREDENTIAL)
_COMPARE: Final = (
    "answer VERIFIED in one place only, right behind the comparison with the stored hash by your password library; "
    "everything else, errors too, is UNVERIFIED or a 5xx"
)


def _verified(call: Call) -> bool:
    return call.judgement.accepted and any(
        isinstance(value, dict) and value.get("credential") == "VERIFIED" for value in call.commands()
    )


def _refuses(bench: InlineBench, cases: dict[str, JsonObject]) -> None:
    for call in bench.calls_of(cases):
        if _verified(call):
            bench.keep([call.exchange])
            raise Broken(f"{call.name} was answered VERIFIED: Okta signs them in and stores it as their password")


@inline_check(
    "password-stranger",
    title="verifies no password of somebody it doesn't know",
    rule="I7",
    level=Level.MUST,
    remedy=_COMPARE,
    kinds=_KINDS,
)
def stranger(bench: InlineBench) -> None:
    """Asks about invented people with random and with empty passwords; fails if one is VERIFIED."""
    username, password = "data__context__credential__username", "data__context__credential__password"
    cases: dict[str, JsonObject] = {}
    for what, secret in (
        ("a random password", bench.target.world.draws.alphanumeric(12, "stranger")),
        ("an empty password", ""),
    ):
        login = f"nobody-{bench.target.world.draws.alphanumeric(8, 'nobody', len(cases)).lower()}@example.com"
        cases[f"{what} of an invented person"] = bench.body(**{username: login, password: secret})
    _refuses(bench, cases)


@inline_check(
    "password-right",
    title="verifies the right password",
    rule="I7",
    level=Level.MUST,
    remedy="look the person up by data.context.credential.username, whatever its case, and compare the password as it came",
    needs=_BOTH,
    kinds=_KINDS,
)
def right(bench: InlineBench) -> None:
    """Asks about the login and password given with --credential; fails if it is answered otherwise than VERIFIED."""
    call = bench.call(what="the right password")
    if not call.answered or (call.judgement.accepted and not _verified(call)):
        raise Broken(f"the right password was not verified: {call.seen}")


@inline_check(
    "password-wrong",
    title="verifies no wrong password",
    rule="I7",
    level=Level.MUST,
    remedy=_COMPARE,
    needs=_BOTH,
    after=("password-stranger", "password-right"),
    kinds=_KINDS,
)
def wrong(bench: InlineBench) -> None:
    """Asks about the known login with a random and an empty password; fails if one is VERIFIED."""
    secret = bench.target.world.draws.alphanumeric(12, "wrong")
    cases = {"a wrong password": secret, "an empty password": ""}
    _refuses(
        bench,
        {
            f"{what} of the known person": bench.credential(bench.body(), bench.known, password=p)
            for what, p in cases.items()
        },
    )


@inline_check(
    "password-near",
    title="compares the whole password, to the letter",
    rule="I7",
    level=Level.MUST,
    remedy=f"{_COMPARE}; don't trim, lower-case or cut what was typed",
    needs=_BOTH,
    after=("password-wrong",),
    kinds=_KINDS,
)
def near(bench: InlineBench) -> None:
    """Asks about the right password in another case, with a space around it, cut short, and with more behind it."""
    known = bench.known
    forms = {what: form.reveal() for what, form in known.wrong() if form.reveal() not in {known.password.reveal(), ""}}
    if not forms:
        raise Unseen("the password is too short to be changed in part")
    _refuses(
        bench,
        {f"the password {what}": bench.credential(bench.body(), known, password=p) for what, p in forms.items()},
    )


@inline_check(
    "password-owner",
    title="verifies a password only for its owner",
    rule="I7",
    level=Level.MUST,
    remedy=_COMPARE,
    needs=_BOTH,
    after=("password-stranger", "password-right"),
    kinds=_KINDS,
)
def owner(bench: InlineBench) -> None:
    """Asks about the right password of the known person under an invented login; fails if it is VERIFIED."""
    login = f"nobody-{bench.target.world.draws.alphanumeric(8, 'owner').lower()}@example.com"
    body = bench.body(data__context__credential__username=login)
    _refuses(bench, {"somebody else's password": body})
