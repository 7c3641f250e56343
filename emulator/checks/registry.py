"""All checks, found by listing the folder ``promises``, and the choice among them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

from emulator.checks import promises
from emulator.checks.check import Check, Stage, collected
from emulator.errors import NothingToRunError, UsageError
from emulator.names import did_you_mean

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


def choose(*, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Sequence[Check]:
    """
    Return the checks to run, in order.

    Args:
        select: Ids of checks or rules, or patterns such as ``auth-*``; none means all.
        ignore: The same, for what is left out.

    Raises:
        UsageError: a name fits nothing; the hint has the nearest.
        NothingToRunError: nothing is left.
    """
    known = registry()
    wanted = _fitting(select, where="--select") or set(known)
    unwanted = _fitting(ignore, where="--ignore")
    chosen = [found for found in known.values() if found.id in wanted and found.id not in unwanted]
    if not chosen or (all(found.stage is Stage.REVIEW for found in chosen) and not select):
        raise NothingToRunError("no check is left to run", hint="select more, or ignore less")
    return chosen


def _fitting(names: Iterable[str], *, where: str) -> set[str]:
    known = registry()
    found: set[str] = set()
    for name in (part.strip() for text in names for part in text.split(",") if part.strip()):
        fitting = {
            check.id
            for check in known.values()
            if fnmatchcase(check.id, name.lower()) or check.rule.lower() == name.lower()
        }
        if not fitting:
            rules = {check.rule for check in known.values()}
            hint = did_you_mean(name, [*known, *rules]) or "okta-hooks check --list shows them all"
            raise UsageError(f"no check or rule is called {name!r}", where=where, hint=hint)
        found |= fitting
    return found
