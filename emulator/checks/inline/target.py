"""The service under test: where it is, what type of hook it answers, and what is known of it before the checks begin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.checks.credentials import Spoilt
from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.secrets import Redactor, Secret, url_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.checks.inline.call import Call
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import Channel
    from emulator.delivery.transport import Transport
    from emulator.payloads import World

__all__ = ["Credential", "InlineTarget"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A login that the service knows, and its right password."""

    login: str
    password: Secret

    def wrong(self) -> Iterator[tuple[str, Secret]]:
        """Yield what is particular about a wrong password that a careless comparison would let pass, and the password."""
        right = self.password.reveal()
        yield "in another case", Secret(right.swapcase())
        yield "with a space behind it", Secret(f"{right} ")
        yield "with a space in front of it", Secret(f" {right}")
        yield "without its last character", Secret(right[:-1])
        yield "with a character behind it", Secret(f"{right}x")


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineTarget:
    """
    A service and all that is needed to look at it.

    Args:
        kind: The type of hook it answers.
        channel: Where it is, and the headers that go with every call.
        sender: What makes one attempt.
        world: The org whose people and apps the calls are about.
        started: When the run began, in milliseconds since 1970, so that no two runs send the same ids.
        credential: Somebody the service knows; only for password import.
        edits: Paths and values that are set in every call, such as a user that the service knows.
        profile: The reading of the rules that Okta leaves in doubt.
        plain: The first plain call, once it has been made.
    """

    kind: InlineHookType
    channel: Channel
    sender: Transport
    world: World
    started: int
    credential: Credential | None = None
    edits: tuple[tuple[str, Any], ...] = ()
    profile: Profile = DEFAULT_PROFILE
    plain: Call | None = field(default=None)

    @property
    def answers(self) -> bool:
        """Whether a plain call was answered with a 2xx."""
        return self.plain is not None and self.plain.answered

    def redactor(self) -> Redactor:
        """Return what hides every secret of this run, spoilt ones too: they hold most of the right one."""
        headers = [header.value for header in (self.channel.auth, *self.channel.headers) if header is not None]
        spoilt = [] if self.channel.auth is None else list(Spoilt(self.channel.auth.value).all())
        known = self.credential
        password = [] if known is None else [known.password, *(wrong for _, wrong in known.wrong())]
        return Redactor([*headers, *spoilt, *password, *url_secrets(self.channel.uri)])
