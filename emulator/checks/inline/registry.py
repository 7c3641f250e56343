"""All checks of inline hooks, found by listing the folder ``promises``, and the choice among them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

from emulator.checks.choosing import choose_among
from emulator.checks.inline import promises
from emulator.checks.inline.check import InlineCheck, collected
from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["choose_inline", "inline_registry"]

# The order in which a reader wants the results; a file that is not named here comes behind.
_CHAPTERS: Final = (
    "answer", "commands", "authentication", "variants", "passwords", "registrations", "messages", "secrecy", "shapes",
    "repetition", "timing", "protocol", "bodies",
)  # fmt: skip


@cache
def inline_registry() -> Mapping[str, InlineCheck]:
    """Return every check by its id, in the order of reports."""
    files = sorted(module.name for module in iter_modules(promises.__path__))
    for name in sorted(files, key=lambda name: _CHAPTERS.index(name) if name in _CHAPTERS else len(_CHAPTERS)):
        import_module(f"{promises.__name__}.{name}")
    return collected()


def choose_inline(
    kind: str = "", *, select: Iterable[str] = (), ignore: Iterable[str] = (), where: str = "--select"
) -> Sequence[InlineCheck]:
    """
    Return the checks to run against hooks of a type, in order.

    Args:
        kind: The short name of the type; empty for the checks of all types.
        select: Ids of checks or rules, or patterns such as ``auth-*``; none means all.
        ignore: The same, for what is left out.
        where: The option that *select* comes from, for messages.

    Raises:
        UsageError: a name fits nothing; the hint has the nearest.
        NothingToRunError: nothing is left.
    """
    known = {name: check for name, check in inline_registry().items() if not kind or check.is_about(kind)}
    command = "okta-hooks inline check --list" + (f" --type {kind}" if kind else "")
    for name in select:
        other = inline_registry().get(name)
        if other is not None and other.id not in known:
            raise UsageError(
                f"{name} is about {' and '.join(other.kinds)} hooks, not {kind}",
                where=where,
                hint=f"{command} shows those of this type",
            )
    return choose_among(known, select=select, ignore=ignore, where=where, command=command)
