"""Nearest names, for every place where a user may mistype one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest"]

_LONGEST: Final = 100  # characters


def nearest(name: str, known: Iterable[str], *, count: int = 3) -> list[str]:
    """Return up to *count* of the *known* names, the most alike first; capitals don't count."""
    if len(name) > _LONGEST:
        return []  # that is no slip, and comparing takes the square of its length
    from difflib import get_close_matches  # only for who made a slip

    by_folded: dict[str, list[str]] = {}
    for candidate in known:
        by_folded.setdefault(candidate.casefold(), []).append(candidate)
    found = get_close_matches(name.casefold(), by_folded, n=count, cutoff=0.4)
    return [candidate for folded in found for candidate in by_folded[folded]][:count]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint such as ``did you mean 'a', 'b' or 'c'?``, or an empty string."""
    names = [repr(candidate) for candidate in nearest(name, known)]
    if not names:
        return ""
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    return f"did you mean {listed}?"
