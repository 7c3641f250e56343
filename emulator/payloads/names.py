"""Where a world's people get their names: from our own tables, or from Faker for one locale."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from emulator.errors import UsageError
from emulator.names import did_you_mean
from emulator.payloads.pools import FIRST_NAMES, LAST_NAMES, OTHER_SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emulator.payloads.draws import Draws

__all__ = ["Name", "NamePool", "our_pool", "pool_of_locale"]

_ONE_IN = 9  # every so many people, a name in another script
_LOCALE_POOL = 120  # names of each kind that are asked of Faker


class Name(NamedTuple):
    """A person's name, and the part of the login before the ``@``; the latter is unique within a pool."""

    first: str
    last: str
    login: str


class NamePool:
    """
    Gives person 1, 2, 3, ... of a seed a name each, none of them twice.

    Args:
        first: Given names, each with its form in a login.
        last: Family names, likewise.
        whole: Names that are only used as a whole, now and then.
    """

    def __init__(
        self,
        first: Sequence[tuple[str, str]],
        last: Sequence[tuple[str, str]],
        whole: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        self._first, self._last, self._whole = first, last, whole

    def name(self, draws: Draws, number: int) -> Name:
        """Return the name of person *number*, counted from 1."""
        turn, position = divmod(number, _ONE_IN)
        if self._whole and position == _ONE_IN - 1:
            start = draws.below(len(self._whole), "names", "whole")
            lap, index = divmod(turn, len(self._whole))
            first, last, login = self._whole[(start + index) % len(self._whole)]
            return Name(first, last, _numbered(login, lap))
        # Walking in strides that share no factor with the number of pairs visits every pair once per lap.
        pairs = len(self._first) * len(self._last)
        stride = 1 + draws.below(pairs, "names", "stride")
        while gcd(stride, pairs) != 1:
            stride += 1
        lap, step = divmod(number, pairs)
        row, column = divmod((draws.below(pairs, "names", "start") + step * stride) % pairs, len(self._last))
        (first, first_login), (last, last_login) = self._first[row], self._last[column]
        return Name(first, last, _numbered(f"{first_login}.{last_login}", lap))


def _numbered(login: str, lap: int) -> str:
    return f"{login}{lap + 1}" if lap else login


@cache
def our_pool() -> NamePool:
    """Return the pool of our own tables: the same names for ever."""
    return NamePool(FIRST_NAMES, LAST_NAMES, OTHER_SCRIPTS)


@cache
def pool_of_locale(locale: str) -> NamePool:
    """
    Return a pool of names that Faker knows for a *locale*, such as ``ja_JP``.

    The names are the same for every seed, but may change with the version of Faker.

    Raises:
        UsageError: Faker has no such locale.
    """
    # Imported here: it takes longer than all the rest of a payload.
    from faker import Faker
    from faker.config import AVAILABLE_LOCALES

    known = {name.lower().replace("-", "_"): name for name in AVAILABLE_LOCALES}
    chosen = known.get(locale.lower().replace("-", "_"))
    if chosen is None:
        hint = did_you_mean(locale, AVAILABLE_LOCALES) or "a locale looks like ja_JP"
        raise UsageError(f"unknown locale {locale!r}", hint=hint)
    fake = Faker(chosen, use_weighting=False)
    fake.seed_instance(1)
    return NamePool(_distinct(fake.first_name), _distinct(fake.last_name))


def _distinct(draw: Callable[[], str]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for attempt in range(4 * _LOCALE_POOL):
        shown = draw()
        # A script that doesn't reduce to ASCII gets numbered logins, as many companies do.
        ascii_form = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode().lower()
        login = re.sub(r"[^a-z0-9]+", "", ascii_form) or f"n{attempt}"
        if shown not in found.values() and login != "doe":  # there is one John Doe only
            found.setdefault(login, shown)
        if len(found) == _LOCALE_POOL:
            break
    return [(shown, login) for login, shown in found.items()]
