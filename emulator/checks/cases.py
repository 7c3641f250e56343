"""Checks that are a list of cases: events that a receiver has to take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.checks.check import Need, check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.checks.bench import Bench
    from emulator.contract.model import JsonObject

__all__ = ["takes"]

_OPTIONAL: Final = (
    "ask for nothing but uuid, published and eventType; read everything else so that null, a missing member and an "
    "empty one mean the same: not known"
)


def takes(
    check_id: str, *, title: str, rule: str, remedy: str = _OPTIONAL, level: Level = Level.MUST, **more: Any
) -> Callable[[Callable[[Bench], dict[str, JsonObject]]], object]:
    """Register a check that delivers each case the decorated function returns, and wants all acknowledged."""

    def register(cases: Callable[[Bench], dict[str, JsonObject]]) -> object:
        def decide(bench: Bench) -> None:
            bench.accepts_each(cases(bench))

        decide.__doc__, decide.__qualname__, decide.__module__ = cases.__doc__, cases.__qualname__, cases.__module__
        settings = {"needs": (Need.DELIVERY,), "snippet": "optional", **more}
        return check(check_id, title=title, rule=rule, level=level, remedy=remedy, **settings)(decide)

    return register
