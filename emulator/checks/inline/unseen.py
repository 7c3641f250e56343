"""What nobody can see from outside, said in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.checks.inline.target import InlineTarget

__all__ = ["notes"]

_UNSEEN: Final = {
    "password-import": "a password is stored by Okta once it is verified, so what the service does later isn't asked",
    "registration": "whether the right people are allowed is for you to say: the calls are about invented ones",
    "token": "whether the claims are right is for you to say; look at them with okta-hooks inline trigger token",
    "saml": "whether the claims are right is for you to say; look at them with okta-hooks inline trigger saml",
    "telephony": "whether a message arrives can't be seen from outside; the numbers called are kept free for fiction",
    "user-import": "whether the right people are linked is for you to say: the calls are about invented ones",
}


def notes(target: InlineTarget) -> Iterator[str]:
    """Yield what a reader of the report should know."""
    kind = target.kind
    yield _UNSEEN[kind.short]
    if target.channel.auth is None:
        required = " (Okta demands one for this type, I12)" if kind.needs_auth else ""
        yield (
            f"no auth header was given, so authentication was not looked at{required}; without one anyone who knows the "
            "URL gets answers"
        )
    if kind.short == "password-import" and target.credential is None:
        yield "without --credential nobody can see from outside whether a right password is verified"
    if not kind.retries:
        yield f"Okta calls a {kind.title} hook once: without an answer in time {kind.on_failure} (I8, I9)"
