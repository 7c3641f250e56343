"""The choice among checks by id, rule or pattern."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol, TypeVar

from emulator.checks.check import Stage
from emulator.errors import NothingToRunError, UsageError
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["choose_among"]


class _Check(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def stage(self) -> Stage: ...


_C = TypeVar("_C", bound=_Check)


def choose_among(
    known: Mapping[str, _C],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    command: str,
    where: str = "--select",
) -> Sequence[_C]:
    """
    Return those of the *known* checks that are to run, in their order.

    Args:
        known: The checks by id.
        select: Ids of checks or rules, or patterns such as ``auth-*``; none means all.
        ignore: The same, for what is left out.
        command: What lists them, for the hint.
        where: The option that *select* comes from, for messages.

    Raises:
        UsageError: a name fits nothing; the hint has the nearest.
        NothingToRunError: nothing is left.
    """
    wanted = _fitting(known, select, where=where, command=command) or set(known)
    unwanted = _fitting(known, ignore, where="--ignore", command=command)
    chosen = [found for found in known.values() if found.id in wanted and found.id not in unwanted]
    if not chosen or (all(found.stage is Stage.REVIEW for found in chosen) and not select):
        raise NothingToRunError("no check is left to run", hint="select more, or ignore less")
    return chosen


def _fitting(known: Mapping[str, _C], names: Iterable[str], *, where: str, command: str) -> set[str]:
    found: set[str] = set()
    for name in (part.strip() for text in names for part in text.split(",") if part.strip()):
        fitting = {
            check.id
            for check in known.values()
            if fnmatchcase(check.id, name.lower()) or check.rule.lower() == name.lower()
        }
        if not fitting:
            rules = {check.rule for check in known.values()}
            hint = did_you_mean(name, [*known, *rules]) or f"{command} shows them all"
            raise UsageError(f"no check or rule is called {name!r}", where=where, hint=hint)
        found |= fitting
    return found
