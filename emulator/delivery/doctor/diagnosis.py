"""What a diagnosis is, and what it is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.delivery.exchange import Exchange, Reply

__all__ = ["ECHO", "Case", "Diagnosis", "shown"]

ECHO: Final = (
    'answer the GET with status 200, Content-Type: application/json and the body {"verification": "<the value of '
    'the X-Okta-Verification-Challenge header>"}'
)

_EXCERPT: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """
    One named way of being wrong.

    ``message`` says what is wrong, ``evidence`` what it was seen by, ``remedy`` what to do, ``rule`` where Okta's
    contract says so.  Evidence may quote the receiver, so it is scrubbed before anybody sees it.
    """

    code: str
    message: str
    remedy: str
    evidence: str = ""
    rule: str = "V5"

    def scrubbed(self, redact: Callable[[str], str]) -> Diagnosis:
        """Return it with what the receiver said made fit to be seen: no secrets, no control characters."""
        return replace(self, message=visible(redact(self.message)), evidence=visible(redact(self.evidence)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One finished verification attempt, with what was sent and how it is judged.

    ``redact`` hides secrets in what the receiver said; evidence is quoted through it.
    """

    exchange: Exchange
    challenge: str
    profile: Profile = DEFAULT_PROFILE
    auth_sent: tuple[str, ...] = ()
    redact: Callable[[str], str] = str

    @property
    def reply(self) -> Reply | None:
        """The receiver's answer, even one that was cut off."""
        return self.exchange.reply or self.exchange.partial

    @property
    def url(self) -> SplitResult:
        """The hook's URL, split."""
        return urlsplit(self.exchange.request.url)

    @property
    def text(self) -> str:
        """The reply's body as text; undecodable bytes are replaced."""
        return "" if self.reply is None else self.reply.body.decode("utf-8-sig", errors="replace")

    def is_here(self, location: str) -> bool:
        """Say whether *location* is the hook's own path, give or take the scheme, the host and a trailing slash."""
        return urlsplit(location).path.rstrip("/") == self.url.path.rstrip("/")

    def quote(self, text: bytes | str) -> str:
        """Return the beginning of *text* in quotes: secrets hidden before it is cut, and safe to print."""
        if isinstance(text, bytes):
            text = text.decode("utf-8", errors="replace")
        text = self.redact(text.strip())
        return f"'{shown(text[:_EXCERPT])}{'…' if len(text) > _EXCERPT else ''}'"


def shown(text: str) -> str:
    """Return *text* safe for a terminal: control characters and lone surrogates are escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
