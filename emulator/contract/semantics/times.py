"""Times that must agree with each other."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.problems import Level, Path, Problem
from emulator.contract.semantics.registry import event_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_GREGORIAN: Final = 12_219_292_800  # seconds from 1582-10-15, where UUID clocks begin, to 1970
_TICKS: Final = 10_000_000  # of a UUID clock in a second
_TOLERANCE: Final = 60.0  # seconds; in every recorded event the two are less than 0.05 s apart
_UUID_LENGTH: Final = 36


@event_rule
def uuid_of_another_time(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """N6: a version 1 uuid holds the time it was made, which is the event's own."""
    uuid, published = event.get("uuid"), event.get("published")
    if not isinstance(uuid, str) or len(uuid) != _UUID_LENGTH or uuid[14] != "1" or not isinstance(published, str):
        return
    try:
        ticks = int(uuid[15:18] + uuid[9:13] + uuid[:8], 16)
        happened = datetime.fromisoformat(published).timestamp()
    except (ValueError, OverflowError):
        return  # the schema says what is wrong with it
    made = ticks / _TICKS - _GREGORIAN
    if abs(made - happened) > _TOLERANCE:
        yield Problem(
            path=(*path, "uuid"),
            rule="N6",
            level=Level.SHOULD,
            message=f"this time-based uuid was made {_distance(made - happened)} than published says",
            hint="Okta makes it in the very moment the event is published; one of the two looks edited",
        )


def _distance(seconds: float) -> str:
    direction = "later" if seconds > 0 else "earlier"
    seconds = abs(seconds)
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit} {direction}"
    return f"{seconds:.0f} seconds {direction}"
