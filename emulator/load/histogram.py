"""
How long things took, in little memory however many they were, within 1% of the exact percentiles.

As in an HDR histogram, each octave of microseconds has 128 buckets of equal width; only those that hold something are
kept, so a histogram is a short JSON object, and two of them merge by adding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Histogram"]

_MICRO: Final = 1e6
_ROUNDING: Final = 1e-3  # so that a whole number of microseconds stays one
_BITS: Final = 7  # 2**7 buckets in each octave: a bucket is at most 1/128 of its value wide
_EXACT: Final = 1 << (_BITS + 1)


class Histogram:
    """Counts of durations in seconds; what is below 0 counts as 0."""

    __slots__ = ("_buckets", "count", "highest", "lowest", "total")

    def __init__(self) -> None:
        self._buckets: dict[int, int] = {}
        self.count = 0
        self.total = 0.0
        self.lowest = float("inf")
        self.highest = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        value = int(seconds * _MICRO + _ROUNDING)
        if value < _EXACT:
            index = max(value, 0)
        else:
            shift = value.bit_length() - _BITS - 1
            index = (shift << _BITS) + (value >> shift)
        buckets = self._buckets
        buckets[index] = buckets.get(index, 0) + 1
        self.count += 1
        self.total += seconds
        self.highest = max(self.highest, seconds)
        self.lowest = min(self.lowest, seconds)

    def merge(self, other: Histogram) -> None:
        """Count all that *other* has counted."""
        for index, count in other._buckets.items():
            self._buckets[index] = self._buckets.get(index, 0) + count
        self.count += other.count
        self.total += other.total
        self.highest = max(self.highest, other.highest)
        self.lowest = min(self.lowest, other.lowest)

    def percentile(self, percent: float) -> float:
        """
        Return the least duration that so many *percent* did not exceed; 0 if nothing was counted.

        It is the upper edge of its bucket, so never less than the exact value, and never more than the longest.
        """
        rank = max(1, -int(-self.count * percent // 100))
        reached = 0
        for index in sorted(self._buckets):
            reached += self._buckets[index]
            if reached >= rank:
                return max(min(_edge(index + 1), self.highest), 0.0)
        return 0.0

    @property
    def mean(self) -> float:
        """The mean; 0 if nothing was counted."""
        return self.total / self.count if self.count else 0.0

    def buckets(self) -> Iterator[tuple[float, float, int]]:
        """Yield from where to where, in seconds, how many were counted; lowest first, empty ones left out."""
        for index in sorted(self._buckets):
            yield _edge(index), _edge(index + 1), self._buckets[index]


def _edge(index: int) -> float:
    """Return the least duration of a bucket."""
    if index < _EXACT:
        return index / _MICRO
    shift = (index >> _BITS) - 1
    return (((index & ((1 << _BITS) - 1)) + (1 << _BITS)) << shift) / _MICRO
