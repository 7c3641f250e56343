"""The receiver under test: where it is, how it is reached, and what is known of it before the checks begin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emulator.checks.credentials import Spoilt
from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.secrets import Redactor, url_secrets

if TYPE_CHECKING:
    from emulator.checks.probe import Probe
    from emulator.contract.model import Channel
    from emulator.delivery.exchange import Exchange
    from emulator.delivery.transport import Transport
    from emulator.payloads import World

__all__ = ["Acquaintance", "Target"]

USUAL_TYPES = (
    "user.lifecycle.deactivate",
    "user.lifecycle.create",
    "user.lifecycle.activate",
    "user.lifecycle.suspend",
    "user.account.update_profile",
    "user.session.start",
    "group.user_membership.add",
    "application.user_membership.add",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """
    What the first requests showed.

    ``verifies`` is about the first verification, ``steady`` about another one with a new ``challenge`` right after it.
    ``event_type`` and ``request_id`` are what a plain delivery needs to be taken; ``side_by_side`` is how many requests
    at a time save time and do the receiver no harm.
    """

    verifies: bool = False
    steady: bool = False
    challenge: str = ""
    delivers: bool = False
    verification: Exchange | None = None
    delivery: Exchange | None = None
    event_type: str = USUAL_TYPES[0]
    request_id: bool = False
    side_by_side: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """
    A receiver and all that is needed to look at it.

    ``started`` is the milliseconds since 1970 at which the run began, so that no two runs send the same ids; ``calm``
    the seconds without a change of a probe after which the work behind an acknowledgement counts as done.
    """

    channel: Channel
    sender: Transport
    world: World
    started: int
    profile: Profile = DEFAULT_PROFILE
    event_types: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    calm: float = 0.3
    known: Acquaintance = field(default_factory=Acquaintance)

    def redactor(self) -> Redactor:
        """Return what hides every secret of this run, spoilt ones too: they hold most of the right one."""
        headers = [header.value for header in (self.channel.auth, *self.channel.headers) if header is not None]
        spoilt = [] if self.channel.auth is None else list(Spoilt(self.channel.auth.value).all())
        return Redactor([*headers, *spoilt, *url_secrets(self.channel.uri)])
