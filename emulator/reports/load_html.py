"""A load as one HTML page that needs nothing else: verdict, latency distribution, what happened when."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, Final

from emulator.load.units import duration_text
from emulator.reports.html_page import rendered
from emulator.reports.load import headline, said
from emulator.secrets import safe_url
from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from emulator.load.histogram import Histogram
    from emulator.load.result import LoadResult
    from emulator.load.tally import Slice
    from emulator.secrets import Redactor

__all__ = ["load_html"]

_WIDTH: Final = 600.0
_HEIGHT: Final = 100.0
_PER_DECADE: Final = 20  # columns of the distribution
_PERCENTILES: Final = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99)
_LOOKS: Final = {"pass": "good", "fail": "bad", "none": "warn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A rectangle of a chart, its look, and what it stands for in words."""

    look: str
    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line across a chart, and its label; ``part`` is its place, 0 to 100."""

    label: str
    x: float
    part: float


def load_html(result: LoadResult, *, redact: Redactor, when: datetime | None = None) -> str:
    """
    Return the page; whatever came from the receiver is escaped and its control characters are spelt out.

    Args:
        result: The load.
        redact: Hides the secrets that a reason may repeat.
        when: When the load was made; left out if None.
    """
    return rendered("load.html.jinja", _view(result, redact), style=("run.css", "load.css"), when=when)


def _view(result: LoadResult, redact: Redactor) -> dict[str, Any]:
    plan, tally = result.plan, result.tally
    spread, ticks, marks = _distribution(tally.latency, plan.profile.time_limit)
    columns = _columns(sorted(tally.slices.items()))
    return {
        "target": visible(safe_url(plan.channel.uri)),
        "word": "INTERRUPTED" if result.interrupted else result.verdict.upper(),
        "verdict": "error" if result.interrupted else result.verdict,
        "lead": headline(plan),
        "chips": list(_chips(result)),
        "notes": [visible(redact(note)) for note in result.notes],
        "objectives": [(one.text, one.measured, said(one), _LOOKS[said(one)]) for one in result.judged],
        "spread": spread,
        "ticks": ticks,
        "marks": marks,
        "outcomes": list(_outcomes(columns, tally.width)),
        "line": _line(columns),
        "highest": duration_text(max((part.latency.percentile(99) for part in columns), default=0.0)),
        "length": duration_text(len(columns) * tally.width) if columns else "0 s",
        "percentiles": [
            (f"p{percent:g}", *(_shown(histogram, percent) for histogram in (tally.latency, tally.answer, tally.late)))
            for percent in _PERCENTILES
        ],
        "longest": [duration_text(histogram.highest) for histogram in (tally.latency, tally.answer, tally.late)],
        "results": [(name.replace("_", " "), count) for name, count in tally.results.most_common()],
        "reasons": [(visible(redact(reason)), count) for reason, count in tally.reasons.most_common()],
        "asked": f"{result.asked:.4g}/s",
        "offered": f"{result.offered:.4g}/s",
        "profile": plan.profile.name,
        "seed": plan.seed,
        "mix": plan.mix,
        "batch": plan.batch,
    }


def _chips(result: LoadResult) -> Iterator[tuple[str, str]]:
    tally = result.tally
    yield f"{tally.acknowledged} acknowledged", "good" if tally.acknowledged else "dim"
    yield f"{tally.failed} lost for ever", "bad" if tally.failed else "dim"
    yield f"{tally.retried} took a second attempt", "warn" if tally.retried else "dim"
    if tally.not_started:
        yield f"{tally.not_started} not begun", "warn"
    if tally.repeated:
        yield f"{tally.repeated} came again", "dim"
    yield f"{tally.events} events", "dim"


def _shown(histogram: Histogram, percent: float) -> str:
    return duration_text(histogram.percentile(percent)) if histogram.count else ""


def _distribution(histogram: Histogram, limit: float) -> tuple[list[Piece], list[Mark], list[Mark]]:
    """Return columns on a logarithmic scale, its ticks, and marks at percentiles and at the time limit."""
    if not histogram.count:
        return [], [], []
    least = max(histogram.lowest, 1e-5)
    first, last = floor(log10(least)), max(ceil(log10(max(histogram.highest, 1e-5))), floor(log10(least)) + 1)
    total = (last - first) * _PER_DECADE

    def place(seconds: float) -> float:
        return min(max((log10(max(seconds, 1e-9)) - first) / (last - first), 0.0), 1.0)

    counts = [0] * total
    for low, high, count in histogram.buckets():
        counts[min(int(place((low + high) / 2) * total), total - 1)] += count
    most, width = max(counts), _WIDTH / total
    pieces = []
    for number, count in enumerate(counts):
        if not count:
            continue
        edges = [duration_text(10 ** (first + edge / _PER_DECADE)) for edge in (number, number + 1)]
        height = max(count / most * _HEIGHT, 0.8)
        words = f"{edges[0]} to {edges[1]}: {count} ({count / histogram.count:.2%})"
        look = "bad" if 10 ** (first + number / _PER_DECADE) >= limit else "head"
        pieces.append(_piece(look, (number * width, _HEIGHT - height, width * 0.9, height), words))
    ticks = [_mark(duration_text(10.0**power), place(10.0**power)) for power in range(first, last + 1)]
    marks = [_mark(f"p{percent:g}", place(histogram.percentile(percent))) for percent in (50, 99)]
    if 10**first < limit < 10**last:
        marks.append(_mark(f"{limit:g} s: Okta's limit for an attempt", place(limit)))
    return pieces, ticks, marks


def _piece(look: str, box: tuple[float, float, float, float], words: str) -> Piece:
    x, y, width, height = (round(number, 2) for number in box)
    return Piece(look=look, x=x, y=y, width=width, height=height, words=words)


def _mark(label: str, part: float) -> Mark:
    return Mark(label=label, x=round(part * _WIDTH, 2), part=round(part * 100, 2))


def _columns(slices: Sequence[tuple[int, Slice]]) -> list[Slice]:
    """Return one slice for each stretch of time, empty ones too."""
    from emulator.load.tally import Slice

    found = dict(slices)
    return [found.get(index, Slice()) for index in range(max(found, default=-1) + 1)]


def _outcomes(columns: Sequence[Slice], width: float) -> Iterator[Piece]:
    most = max((part.acknowledged + part.failed for part in columns), default=0)
    step = _WIDTH / len(columns) if columns else 0.0
    for number, part in enumerate(columns):
        top = _HEIGHT
        at_once = part.acknowledged + part.failed
        words = (
            f"{duration_text(number * width)}: {part.acknowledged} acknowledged, {part.failed} lost, "
            f"{part.retried} took a second attempt, p99 {duration_text(part.latency.percentile(99))}"
        )
        late = min(max(part.retried - part.failed, 0), part.acknowledged)
        for look, count in (("bad", part.failed), ("warn", late), ("good", part.acknowledged - late)):
            if count and at_once:
                height = count / most * _HEIGHT
                top -= height
                yield _piece(look, (number * step, top, step * 0.92, height), words)


def _line(columns: Sequence[Slice]) -> str:
    """Return the points of the p99 over time."""
    values = [part.latency.percentile(99) for part in columns]
    most = max(values, default=0.0)
    if not most:
        return ""
    step = _WIDTH / len(values)
    points = ((number * step + step / 2, _HEIGHT - value / most * _HEIGHT) for number, value in enumerate(values))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
