"""Numbers as drawings: outcomes over time, and how long receivers took on the scale of the time limit; pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.delivery.attempts import Delivery

__all__ = ["Column", "latencies", "outcomes"]

HEIGHT: Final = 100.0
_EDGES: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 2.0, 3.0)  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a chart: its label, its pieces from below as (look, start, height), and the same in words."""

    label: str
    pieces: tuple[tuple[str, float, float], ...]
    words: str


def outcomes(deliveries: Sequence[Delivery], *, columns: int = 30) -> list[Column]:
    """Return the outcomes of deliveries, the oldest first, in groups of equal size."""
    size = max(1, -(-len(deliveries) // columns))
    groups = [deliveries[start : start + size] for start in range(0, len(deliveries), size)]
    found = []
    for group in groups:
        counts = Counter(str(delivery.outcome) for delivery in group)
        first, last = group[0].number, group[-1].number
        label = f"{first}" if first == last else f"{first}-{last}"
        order = [("good", "delivered"), ("bad", "failed"), ("dim", "not_sent")]
        found.append(_column(label, [(look, counts[name], name.replace("_", " ")) for look, name in order], size))
    return found


def latencies(deliveries: Sequence[Delivery]) -> list[Column]:
    """Return how many attempts took how long; the last column is those that reached the time limit."""
    seconds = [attempt.exchange.elapsed for delivery in deliveries for attempt in delivery.attempts]
    counts: Counter[int] = Counter(sum(each >= edge for edge in _EDGES) for each in seconds)
    most = max(counts.values(), default=1)
    labels = [*(_duration(edge) for edge in _EDGES), "more"]
    return [
        _column(label, [("bad" if place == len(_EDGES) else "plain", counts[place], "attempts")], most)
        for place, label in enumerate(labels)
    ]


def _column(label: str, counted: Sequence[tuple[str, int, str]], whole: int) -> Column:
    at, pieces, words = HEIGHT, [], []
    for look, count, name in counted:
        if count:
            height = round(count * HEIGHT / whole, 2)
            at = round(at - height, 2)
            pieces.append((look, at, height))
            words.append(f"{count} {name}")
    return Column(label=label, pieces=tuple(pieces), words=f"{label}: {', '.join(words) or 'none'}")


def _duration(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 0.1 else f"{seconds * 1000:g} ms"
