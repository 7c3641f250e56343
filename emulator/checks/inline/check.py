"""What a check of an inline hook is: a promise with its rule, its remedy, and the function that decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from emulator.checks.check import Stage, evidence_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.checks.inline.bench import InlineBench
    from emulator.runner.results import Evidence, Level

__all__ = ["InlineCheck", "Need", "collected", "inline_check"]


class Need(StrEnum):
    """What must be there before a check makes sense."""

    ANSWER = "answer"  # the service answers a plain call with a 2xx
    AUTH = "auth"  # the user named the hook's auth header
    CREDENTIAL = "credential"  # the user named a login and its password


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineCheck:
    """
    One promise.

    Args:
        id: Stable name, such as ``command-type``.
        title: The promise in a few words, about the service.
        rule: The contract rule it rests on.
        level: How much a breach matters.
        remedy: What to do about a breach, in plain words.
        decide: Looks at the service through a bench; raises ``Broken`` or ``Unseen``, or returns.
        stage: When it has its turn.
        needs: What must be there before it makes sense.
        after: Ids of checks whose failure says all that this one could say.
        kinds: Short names of the types of hooks it is about; none means all.
        guessed: The rule is documented, but that it covers this case is inferred, so a breach only warns.
    """

    id: str
    title: str
    rule: str
    level: Level
    remedy: str
    decide: Callable[[InlineBench], None]
    stage: Stage = Stage.ORDINARY
    needs: tuple[Need, ...] = (Need.ANSWER,)
    after: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def evidence(self) -> Evidence:
        """What the promise rests on; an inferred one only warns."""
        return evidence_of(self.rule, guessed=self.guessed)

    @property
    def how(self) -> str:
        """How the check decides, in a sentence or two: its function's docstring."""
        return " ".join((self.decide.__doc__ or "").split())

    def is_about(self, kind: str) -> bool:
        """Whether the promise is one of hooks of the type with this short name."""
        return not self.kinds or kind in self.kinds


_found: dict[str, InlineCheck] = {}


def inline_check(
    check_id: str,
    *,
    title: str,
    rule: str,
    level: Level,
    remedy: str,
    stage: Stage = Stage.ORDINARY,
    needs: tuple[Need, ...] = (Need.ANSWER,),
    after: tuple[str, ...] = (),
    kinds: tuple[str, ...] = (),
    guessed: bool = False,
) -> Callable[[Callable[[InlineBench], None]], Callable[[InlineBench], None]]:
    """
    Register the decorated function as what decides about a promise; its docstring says how.

    Raises:
        ValueError: the id has an owner already; the message names it.
    """

    def register(decide: Callable[[InlineBench], None]) -> Callable[[InlineBench], None]:
        taken = _found.get(check_id)
        if taken is not None and taken.decide.__qualname__ != decide.__qualname__:
            raise ValueError(f"the check {check_id!r} is {taken.decide.__module__}.{taken.decide.__qualname__}'s")
        _found[check_id] = InlineCheck(
            id=check_id,
            title=title,
            rule=rule,
            level=level,
            remedy=remedy,
            decide=decide,
            stage=stage,
            needs=needs,
            after=after,
            kinds=kinds,
            guessed=guessed,
        )
        return decide

    return register


def collected() -> dict[str, InlineCheck]:
    """Return what has been registered so far, in order."""
    return dict(_found)
