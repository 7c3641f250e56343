"""Bars on the scale of the time limit, for the HTML page: how long what took, drawn and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.delivery.exchange import Phase
from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from emulator.delivery.exchange import Exchange
    from emulator.runner.results import Deadline, Timing

__all__ = ["LEGEND", "Bar", "Part", "Row", "exchanges_row", "in_words", "parallel_bar", "parts", "timing_bar"]

LEGEND: Final = (
    ("resolve", "name look-up"),
    ("connect", "connecting"),
    ("tls", "TLS"),
    ("send", "sending"),
    ("head", "waiting for the answer"),
    ("body", "reading it"),
)
_WIDTH: Final = 300.0  # of the drawing, whatever the limit is
_NARROWEST: Final = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a bar: which phase, where it starts, how wide it is."""

    phase: str
    start: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar, what it stands for, and the same in words."""

    what: str
    total: str
    spent: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The bar of all exchanges of one result, and where on the page they are shown."""

    what: str
    total: str
    spent: str
    parts: tuple[Part, ...]
    anchor: str
    seconds: float


def parts(timings: Iterable[tuple[Phase, float]], limit: float) -> Iterator[Part]:
    """Yield the pieces of one exchange, one behind the other; what goes beyond the limit is cut off."""
    at = 0.0
    for phase, seconds in timings:
        if phase is Phase.DONE or seconds <= 0:
            continue
        start, at = at, at + seconds * _WIDTH / limit
        width = min(max(at - start, _NARROWEST), _WIDTH - start)
        if width > 0:
            yield Part(phase=phase.value, start=round(start, 2), width=round(width, 2))


def in_words(timings: Iterable[tuple[Phase, float]]) -> str:
    """Say how long each phase took."""
    names = dict(LEGEND)
    return ", ".join(f"{names[phase.value]} {seconds:.3f} s" for phase, seconds in timings if phase.value in names)


def _mark(seconds: float, limit: float) -> Part:
    return Part(phase="mark", start=round(min(seconds / limit, 1) * (_WIDTH - _NARROWEST), 2), width=_NARROWEST)


def exchanges_row(exchanges: Sequence[Exchange], limit: float, *, what: str, anchor: str) -> Row | None:
    """Return the bar of the slowest of *exchanges*, with a mark for each other one; None if there are none."""
    if not exchanges:
        return None
    slowest = max(exchanges, key=lambda exchange: exchange.elapsed)
    others = [_mark(exchange.elapsed, limit) for exchange in exchanges if exchange is not slowest]
    many = f", the slowest of {len(exchanges)}" if len(exchanges) > 1 else ""
    return Row(
        what=what,
        total=f"{slowest.elapsed:.3f} s",
        spent=f"{in_words(slowest.timings.items())}{many}",
        parts=(*parts(slowest.timings.items(), limit), *others),
        anchor=anchor,
        seconds=slowest.elapsed,
    )


def timing_bar(timing: Timing, limit: float) -> Bar:
    """Return the bar of one kind of request: connected, first byte, all of the answer."""
    phases = (
        (Phase.CONNECT, timing.connect),
        (Phase.HEAD, timing.first_byte - timing.connect),
        (Phase.BODY, timing.total - timing.first_byte),
    )
    words = f"connect {timing.connect:.3f} s, first byte {timing.first_byte:.3f} s, total {timing.total:.3f} s"
    return Bar(what=visible(timing.what), total=words, spent=words, parts=tuple(parts(phases, limit)))


def parallel_bar(deadline: Deadline, limit: float) -> Bar:
    """Return the bar of many deliveries at once up to their median, with marks at p99 and the slowest."""
    words = f"p50 {deadline.p50:.3f} s, p99 {deadline.p99:.3f} s, slowest {deadline.slowest:.3f} s"
    return Bar(
        what=f"{deadline.parallel} {deadline.noun} at once",
        total=words,
        spent=words,
        parts=(*parts([(Phase.HEAD, deadline.p50)], limit), _mark(deadline.p99, limit), _mark(deadline.slowest, limit)),
    )
