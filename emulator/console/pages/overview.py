"""Overview: what has happened, as pictures, and where to go next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.console.charts import latencies, outcomes
from emulator.console.routing import page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from emulator.console.visit import Visit

__all__: list[str] = []

_DRAWN = 600  # deliveries


@page("GET", "")
def show_overview(visit: Visit) -> Response:
    """Show the outcomes of the last deliveries and how long receivers took."""
    org = visit.org
    newest = org.deliveries.newest(limit=_DRAWN)
    counts = {name: sum(each.outcome == name for each in newest) for name in ("delivered", "failed", "not_sent")}
    return visit.live(
        "overview",
        "_overview",
        mark=f"{org.deliveries.last_ended()}.{org.log.last_number()}",
        drawn=len(newest),
        counts=counts,
        outcomes=outcomes(newest[::-1]),
        latencies=latencies(newest),
        hooks=org.event_hooks.all(),
        events=org.log.after(max(0, org.log.last_number() - 8)),
        total=len(org.deliveries),
        people=len(org.users.all()),
    )
