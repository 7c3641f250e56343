"""All checks, found by listing the folder ``promises``, and the choice among them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

from emulator.checks import promises
from emulator.checks.check import Check, collected
from emulator.checks.choosing import choose_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["choose", "registry"]

# The order in which a reader wants the results; a file that is not named here comes behind.
_CHAPTERS: Final = (
    "verification", "authentication", "acknowledgement", "batches", "duplicates", "order", "effects", "targets", "shapes", "types", "variants", "texts",
    "headers", "envelopes", "bodies", "protocol", "load", "afterwards",
)  # fmt: skip


@cache
def registry() -> Mapping[str, Check]:
    """Return every check by its id, in the order of reports."""
    files = sorted(module.name for module in iter_modules(promises.__path__))
    for name in sorted(files, key=lambda name: _CHAPTERS.index(name) if name in _CHAPTERS else len(_CHAPTERS)):
        import_module(f"{promises.__name__}.{name}")
    return collected()


def choose(*, select: Iterable[str] = (), ignore: Iterable[str] = (), where: str = "--select") -> Sequence[Check]:
    """
    Return the checks to run, in order.

    Args:
        select: Ids of checks or rules, or patterns such as ``auth-*``; none means all.
        ignore: The same, for what is left out.
        where: The option that *select* comes from, for messages.

    Raises:
        UsageError: a name fits nothing; the hint has the nearest.
        NothingToRunError: nothing is left.
    """
    return choose_among(registry(), select=select, ignore=ignore, where=where, command="okta-hooks check --list")
