"""A look at the receiver's side effects, which the user shows us."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Probe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Where to look."""

    about_one_user: bool = False
