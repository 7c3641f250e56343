"""The one-time verification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.delivery.verifier import verify as carry_out
from emulator.runner.expectations import EXPECT, Seen, differences, fill_in
from emulator.runner.kinds import Choice, Either, Option, Record
from emulator.runner.session import AUTHS
from emulator.runner.steps.advice import REFUSED
from emulator.runner.verbs import Done, verb

if TYPE_CHECKING:
    from emulator.runner.session import Session

_HOOK_NAME = "Event hook under test"


@verb(
    "verify",
    Either((type(None), Record("verify", {})), (dict, Record("verify", {}))),
    rule="V5",
    auth=Option(Choice("auth", AUTHS), "What becomes of the auth header; by default it is right."),
    expect=Option(EXPECT, "What has to come of it; by default: verified, or 401 or 403 if auth is wrong or missing."),
)
def verify(session: Session, _: object, *, auth: str = "right", expect: dict[str, Any] | None = None) -> Done:
    """Verify the hook as Okta does: a GET whose challenge the receiver returns within 3 seconds."""
    channel = session.channel_with(auth)
    wanted = fill_in(expect, **({"verified": True} if auth == "right" else {"status": REFUSED}))
    result = carry_out(
        channel,
        sender=session.sender,
        tokens=session.tokens,
        hook_name=_HOOK_NAME,
        profile=session.profile,
        doctor=wanted.get("verified") is True or "diagnosis" in wanted,
    )
    diagnosis = result.diagnoses[0] if result.diagnoses and not result.verified else None
    seen = Seen(
        exchanges=result.attempts,
        verified=result.verified,
        diagnoses=tuple(each.code for each in result.diagnoses),
        why=diagnosis.message if diagnosis is not None else "",
    )
    found = differences(wanted, seen)
    return Done(
        differences=found,
        exchanges=result.attempts,
        saved={
            "verified": result.verified,
            "status": seen.last.status,
            "diagnoses": list(seen.diagnoses),
            "okta_error": result.okta_error,
        },
        remedy=diagnosis.remedy if diagnosis is not None and found else "",
        rule="V8" if auth != "right" else diagnosis.rule if diagnosis is not None and found else "",
    )
