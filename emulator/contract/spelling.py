"""Which member was meant: names that differ only in capitals, underscores or a single letter."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["likely_name", "misspelt"]

_SHORTEST: Final = 5  # one letter more or less in "ip" or "isp" makes another word
_LOOKED_AT: Final = 50
_LONGEST: Final = 60


def _folded(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")


def misspelt(name: str, known: Iterable[str]) -> str:
    """Return the one of the *known* names that *name* is, but for capitals, separators or one letter; else ``""``."""
    if len(name) > _LONGEST:
        return ""
    folded = _folded(name)
    for candidate in known:
        other = _folded(candidate)
        if folded == other or (len(candidate) >= _SHORTEST and _one_edit(folded, other)):
            return candidate
    return ""


def likely_name(missing: str, present: Iterable[str]) -> str:
    """Return the one of the *present* names that most likely stands for the *missing* one; else ``""``."""
    names = [name for name in islice(present, _LOOKED_AT) if len(name) <= _LONGEST]
    for name in names:
        if misspelt(name, [missing]):
            return name
    from difflib import get_close_matches  # only for who made a slip

    folded = {_folded(name): name for name in names}
    close = get_close_matches(_folded(missing), folded, n=1, cutoff=0.7)
    return folded[close[0]] if close else ""


def _one_edit(one: str, two: str) -> bool:
    if abs(len(one) - len(two)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    rest_one, rest_two = one[start:], two[start:]
    if len(one) != len(two):
        return rest_one[1:] == rest_two or rest_one == rest_two[1:]
    swapped = rest_one[:2] == rest_two[1::-1] and rest_one[2:] == rest_two[2:]
    return rest_one[1:] == rest_two[1:] or swapped
