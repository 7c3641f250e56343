"""What a check is: a promise with its rule, its remedy, and the function that decides whether it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from emulator.contract.rules import RULES, Confidence
from emulator.runner.results import Evidence, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.checks.bench import Bench

__all__ = ["Broken", "Check", "Need", "Stage", "Unseen", "check", "collected", "evidence_of"]


class Broken(Exception):  # noqa: N818 (a finding, not an error)
    """The promise is broken; the text says what was seen instead."""


class Unseen(Exception):  # noqa: N818 (a finding, not an error)
    """The promise could not be looked at; the text says why, and what would help."""


class Stage(StrEnum):
    """When a check has its turn."""

    ORDINARY = "ordinary"  # sends what Okta sends; side by side with others where that saves time
    ALONE = "alone"  # measures, counts or floods, so nothing else runs meanwhile
    ATTACK = "attack"  # sends what may break the receiver; its health is looked at after each
    REVIEW = "review"  # sends nothing, looks at all exchanges of the run


class Need(StrEnum):
    """What must be there before a check makes sense."""

    VERIFICATION = "verification"  # the receiver verifies
    DELIVERY = "delivery"  # the receiver takes a plain delivery
    AUTH = "auth"  # the user named the hook's auth header
    PROBE = "probe"  # the user can show how often events were acted on
    STATE_PROBE = "state probe"  # the user can show what became of one user


_EVIDENCE: Final[Mapping[Confidence, Evidence]] = {
    Confidence.DOCUMENTED: Evidence.DOCUMENTED,
    Confidence.OBSERVED: Evidence.OBSERVED,
    Confidence.INFERRED: Evidence.INFERRED,
    Confidence.UNKNOWN: Evidence.INFERRED,
}


def evidence_of(rule: str, *, guessed: bool = False) -> Evidence:
    """Return what a promise on *rule* rests on; what is *guessed* from it is inferred."""
    return Evidence.INFERRED if guessed else _EVIDENCE[RULES[rule].confidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    One promise.

    Args:
        id: Stable name, such as ``target-null``.
        title: The promise in a few words, about the receiver.
        rule: The contract rule it rests on.
        level: How much a breach matters.
        remedy: What to do about a breach, in plain words.
        decide: Looks at the receiver through a bench; raises ``Broken`` or ``Unseen``, or returns.
        stage: When it has its turn.
        needs: What must be there before it makes sense.
        after: Ids of checks whose failure says all that this one could say.
        snippet: Name of the code that shows the remedy in several frameworks.
        guessed: The rule is documented, but that it covers this case is inferred, so a breach only warns.
    """

    id: str
    title: str
    rule: str
    level: Level
    remedy: str
    decide: Callable[[Bench], None]
    stage: Stage = Stage.ORDINARY
    needs: tuple[Need, ...] = ()
    after: tuple[str, ...] = ()
    snippet: str = ""
    guessed: bool = False

    @property
    def evidence(self) -> Evidence:
        """What the promise rests on; an inferred one only warns."""
        return evidence_of(self.rule, guessed=self.guessed)

    @property
    def how(self) -> str:
        """How the check decides, in a sentence or two: its function's docstring."""
        return " ".join((self.decide.__doc__ or "").split())


_found: dict[str, Check] = {}


def check(
    check_id: str,
    *,
    title: str,
    rule: str,
    level: Level,
    remedy: str,
    stage: Stage = Stage.ORDINARY,
    needs: tuple[Need, ...] = (),
    after: tuple[str, ...] = (),
    snippet: str = "",
    guessed: bool = False,
) -> Callable[[Callable[[Bench], None]], Callable[[Bench], None]]:
    """
    Register the decorated function as what decides about a promise; its docstring says how.

    Raises:
        ValueError: the id has an owner already; the message names it.
    """

    def register(decide: Callable[[Bench], None]) -> Callable[[Bench], None]:
        taken = _found.get(check_id)
        if taken is not None and taken.decide.__qualname__ != decide.__qualname__:
            raise ValueError(f"the check {check_id!r} is {taken.decide.__module__}.{taken.decide.__qualname__}'s")
        _found[check_id] = Check(
            id=check_id,
            title=title,
            rule=rule,
            level=level,
            remedy=remedy,
            decide=decide,
            stage=stage,
            needs=needs,
            after=after,
            snippet=snippet,
            guessed=guessed,
        )
        return decide

    return register


def collected() -> dict[str, Check]:
    """Return what has been registered so far, in order."""
    return dict(_found)
