"""A rehearsed outage as one HTML page that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.payloads.moments import as_text
from emulator.reports.html_page import rendered
from emulator.reports.outage import headline, query_command, replay_command
from emulator.secrets import safe_url
from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from emulator.load.outage import Fate, OutageResult
    from emulator.secrets import Redactor

__all__ = ["outage_html"]

_COLUMNS: Final = 60
_WIDTH: Final = 600.0
_HEIGHT: Final = 100.0
_SHOWN: Final = 200  # lost deliveries
_LOOKS: Final = {"at once": "good", "retried": "warn", "lost": "bad", "lost, but seen": "bad"}


def outage_html(result: OutageResult, *, redact: Redactor, file: str = "", when: datetime | None = None) -> str:
    """Return the page; *file* is where the lost requests were written, if anywhere."""
    return rendered("outage.html.jinja", _view(result, redact, file), style=("run.css", "load.css"), when=when)


def _view(result: OutageResult, redact: Redactor, file: str) -> dict[str, Any]:
    drill = result.drill
    return {
        "target": visible(safe_url(drill.channel.uri)),
        "word": "INTERRUPTED" if result.interrupted else result.verdict.upper(),
        "verdict": "error" if result.interrupted else result.verdict,
        "lead": headline(drill),
        "chips": list(_chips(result)),
        "bars": list(_bars(result)),
        "first": as_text(_first(result)) if result.fates else "",
        "last": as_text(max(map(_moment, result.fates))) if result.fates else "",
        "away": [] if result.down is None else [as_text(moment) for moment in result.down],
        "lost_events": len(result.lost_uuids),
        "recovered": len(result.recovered),
        "failures": result.failures,
        "query": query_command(result),
        "replay": replay_command(result, file) if file else "",
        "lost": [_row(fate, redact) for fate in result.lost[:_SHOWN]],
        "more": max(0, len(result.lost) - _SHOWN),
        "profile": drill.profile.name,
        "seed": drill.seed,
    }


def _chips(result: OutageResult) -> Iterator[tuple[str, str]]:
    yield f"{len(result.of('at once'))} at once", "good"
    yield f"{len(result.of('retried'))} at the second attempt", "warn" if result.of("retried") else "dim"
    yield f"{len(result.lost)} lost for ever", "bad" if result.lost else "dim"
    yield f"{len(result.twice)} arrived twice", "warn" if result.twice else "dim"


def _moment(fate: Fate) -> datetime:
    return min(fate.published)


def _first(result: OutageResult) -> datetime:
    return min(map(_moment, result.fates))


def _bars(result: OutageResult) -> Iterator[tuple[str, float, float, float, float, str]]:
    """Yield (look, x, y, width, height, words) of deliveries by the instant of their first event."""
    if not result.fates:
        return
    first = _first(result)
    length = max((max(map(_moment, result.fates)) - first).total_seconds(), 0.001)
    columns: list[dict[str, int]] = [{} for _ in range(_COLUMNS)]
    for fate in result.fates:
        at = min(int((_moment(fate) - first).total_seconds() / length * _COLUMNS), _COLUMNS - 1)
        columns[at][fate.word] = columns[at].get(fate.word, 0) + 1
    most = max(sum(column.values()) for column in columns)
    step = _WIDTH / _COLUMNS
    for number, column in enumerate(columns):
        top = _HEIGHT
        for word in sorted(column, key=list(_LOOKS).index, reverse=True):
            height = column[word] / most * _HEIGHT
            top -= height
            words = ", ".join(f"{count} {name}" for name, count in column.items())
            yield _LOOKS[word], round(number * step, 2), round(top, 2), round(step * 0.9, 2), round(height, 2), words


def _row(fate: Fate, redact: Redactor) -> tuple[str, str, str, str]:
    delivery = fate.delivery
    attempts = "; ".join(redact(attempt.exchange.summary()) for attempt in delivery.attempts)
    seen = " (arrived all the same)" if fate.arrived else ""
    return as_text(_moment(fate)), ", ".join(delivery.event_types), delivery.event_id, visible(attempts) + seen
