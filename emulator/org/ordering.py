"""The orders in which events may travel (D8, D11)."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["ORDERS", "in_order"]

ORDERS: Final = ("published", "reverse", "shuffle")
T = TypeVar("T")


def in_order(items: Iterable[T], order: str, *, key: Callable[[T], object]) -> list[T]:
    """
    Return *items*, which are in order of publication, as they are to travel.

    Args:
        items: What travels.
        order: ``published``, ``reverse``, or ``shuffle``, which is the same for the same keys.
        key: What tells the items apart.
    """
    if order == "reverse":
        return list(items)[::-1]
    if order == "shuffle":
        return sorted(items, key=lambda item: blake2b(str(key(item)).encode()).digest())
    return list(items)
