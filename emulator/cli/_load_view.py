"""How far a load has come, on a terminal, while it runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from emulator.load.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

    from emulator.load.plan import Plan
    from emulator.load.workers import Glance

__all__ = ["live_view"]

_WIDTH = 40


@contextmanager
def live_view(plan: Plan) -> Iterator[Callable[[Glance], None]]:
    """Yield what shows a glance on stderr; at the end, what was shown goes."""
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as live:
        yield lambda glance: live.update(view(plan, glance), refresh=True)


def view(plan: Plan, glance: Glance) -> RenderableType:
    """Return what is shown of a glance."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    schedule = plan.schedule
    measured = max(glance.seconds - schedule.warmup, 0.0)
    stage = "warming up" if glance.seconds < schedule.warmup else f"{measured:.0f} of {schedule.duration:.0f} s"
    if glance.seconds > schedule.end:
        stage = "waiting for the last answers"
    table = Table.grid(padding=(0, 2))
    table.add_row(
        ProgressBar(total=schedule.end, completed=min(glance.seconds, schedule.end), width=_WIDTH), Text(stage)
    )
    counts = Text(f"{glance.due} due, {glance.under_way} under way, {glance.acknowledged} acknowledged, ")
    counts.append(f"{glance.failed} lost", style="red" if glance.failed else "")
    counts.append(f", {glance.retried} retried")
    latency = glance.latency
    times = [f"p{percent:g} {duration_text(latency.percentile(percent))}" for percent in (50, 99)]
    table.add_row(counts, Text(", ".join([*times, f"max {duration_text(latency.highest)}"]) if latency.count else ""))
    return table
