"""Which event types come how often, and how many events a request has: weighted choices, drawn by hash."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from emulator.contract.catalogue import matching_types
from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["EVERYDAY_BATCHES", "MIXES", "Choice", "read_batches", "read_mix"]

# How often which types come is our estimate of a company's day; nobody has published such a count.
MIXES: Final = {
    "everyday": (
        "user.session.start=34,user.authentication.sso=30,user.authentication.auth_via_mfa=14,user.session.end=5,"
        "user.account.update_profile=4,group.user_membership.add=4,group.user_membership.remove=2,"
        "application.user_membership.add=2,user.lifecycle.create=1,user.lifecycle.activate=1,"
        "user.lifecycle.deactivate=1,user.mfa.factor.activate=1,user.account.update_password=1"
    ),
    "lifecycle": (
        "user.lifecycle.create=4,user.lifecycle.activate=4,user.lifecycle.deactivate=2,user.lifecycle.suspend=1,"
        "user.lifecycle.unsuspend=1,group.user_membership.add=6,group.user_membership.remove=3,"
        "application.user_membership.add=4,application.user_membership.remove=2"
    ),
    "all": "*",
}
EVERYDAY_BATCHES: Final = "1=90,2-5=8,6-20=2"
_LARGEST: Final = 1000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """
    Options with their weights.

    Args:
        options: What there is to choose from.
        edges: Where each option ends on a scale of 0 to the last edge.
    """

    options: tuple[T, ...]
    edges: tuple[float, ...]

    def at(self, part: float) -> T:
        """Return the option at a *part*, 0 to 1 exclusive, of the scale."""
        return self.options[bisect_right(self.edges, part * self.edges[-1])]

    @property
    def largest(self) -> T:
        """The greatest option."""
        return max(self.options)  # type: ignore[type-var]


def _choice(weights: dict[T, float]) -> Choice[T]:
    return Choice(tuple(weights), tuple(accumulate(weights.values())))


def read_mix(text: str, *, where: str = "--mix") -> Choice[str]:
    """
    Return the event types that a text such as ``user.session.start=9,user.lifecycle.*=1`` stands for.

    The weight of a pattern is shared by the types that match it; without one it is 1.  A name of ``MIXES`` stands for
    what it lists.

    Raises:
        UsageError: a type or a mix is unknown, is not event-hook-eligible, or its weight is no number above 0.
    """
    weights: dict[str, float] = {}
    for name, weight in _parts(MIXES.get(text.strip(), text), where):
        if name in MIXES and name != text:
            raise UsageError(f"the mix {name!r} can't be a part of another", where=where, hint="name it alone")
        try:
            found = matching_types(name)
        except UsageError as error:
            hint = "\n".join(filter(None, [error.hint, f"or a mix of ours: {', '.join(MIXES)}"]))
            raise UsageError(error.message, where=where, hint=hint) from None
        for known in found:
            if not known.eligible:
                hint = "okta-hooks events list --eligible"
                raise UsageError(f"{known.id} is not event-hook-eligible (A9)", where=where, hint=hint)
            weights[known.id] = weights.get(known.id, 0.0) + weight / len(found)
    return _choice(weights)


def read_batches(text: str, *, where: str = "--batch") -> Choice[int]:
    """
    Return the numbers of events in a request that a text such as ``10``, ``1-100`` or ``1=90,2-20=10`` stands for.

    Raises:
        UsageError: a part is neither a number nor a range from 1 to 1,000, or its weight is no number above 0.
    """
    weights: dict[int, float] = {}
    for name, weight in _parts(text, where):
        first, dash, last = name.partition("-")
        numbers = [first.strip(), last.strip() if dash else first.strip()]
        if not all(number.isascii() and number.isdecimal() for number in numbers):
            raise UsageError(
                f"{name!r} is no number of events", where=where, hint="write it like 1-20, or 1=90,2-20=10"
            )
        low, high = map(int, numbers)
        if not 1 <= low <= high <= _LARGEST:
            raise UsageError(f"{name!r} is out of range", where=where, hint=f"from 1 to {_LARGEST}, the smaller first")
        for size in range(low, high + 1):
            weights[size] = weights.get(size, 0.0) + weight / (high - low + 1)
    return _choice(weights)


def _parts(text: str, where: str) -> Sequence[tuple[str, float]]:
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, weight = (piece.strip() for piece in part.partition("="))
        try:
            value = float(weight) if equals else 1.0
        except ValueError:
            value = 0.0
        if not 0 < value < float("inf"):
            raise UsageError(f"{weight!r} is no weight", where=where, hint=f"give a number above 0: {name}=2")
        found.append((name, value))
    if not found:
        raise UsageError("it is empty", where=where, hint=f"name event types, or a mix: {', '.join(MIXES)}")
    return found
