"""What a load is to do, as a record that every worker gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emulator.contract.profile import DEFAULT_PROFILE, Profile

if TYPE_CHECKING:
    from emulator.contract.model import Channel
    from emulator.load.mix import Choice
    from emulator.load.schedule import Schedule
    from emulator.load.slo import Objective
    from emulator.load.target import Target

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    A load.

    ``start`` is when it begins in its events' own time, in milliseconds since 1970; ``reuse`` says whether a connection
    carries one delivery after the other (whether Okta's do, nobody knows).
    """

    channel: Channel = field(repr=False)
    target: Target
    schedule: Schedule
    types: Choice[str]
    batches: Choice[int]
    objectives: tuple[Objective, ...]
    duplicates: float = 0.0
    reuse: bool = True
    seed: int = 0
    start: int = 0
    workers: int = 1
    profile: Profile = DEFAULT_PROFILE
    mix: str = ""
    batch: str = ""
