"""The org's whole state: start afresh, keep it, put it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.apis.answers import Answer
from emulator.apis.control.reading import member, members
from emulator.apis.guarding import ControlError
from emulator.apis.routing import control
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from emulator.apis.asking import Ask

__all__: list[str] = []

_MOST: Final = 20
_USUAL: Final = "default"


@control("POST", "/reset")
def reset(ask: Ask) -> Answer:
    """Start afresh, with the start data if there is any; faults are forgotten too."""
    members(ask)
    ask.org.reset()
    ask.org.faults.clear()
    ask.app.faults.clear()
    return Answer(body={"reset": True})


@control("POST", "/snapshot")
def snapshot(ask: Ask) -> Answer:
    """Keep the state under a name, until the server stops: ``{"name": "default"}``."""
    name = member(members(ask, "name"), "name", str, default=_USUAL)
    kept = ask.app.snapshots
    if name not in kept and len(kept) >= _MOST:
        raise ControlError(409, f"there are {_MOST} snapshots already", hint="take the name of one of them")
    kept[name] = ask.org.snapshot()
    return Answer(body={"snapshot": name, "snapshots": sorted(kept)})


@control("POST", "/restore")
def restore(ask: Ask) -> Answer:
    """Put back what was kept under a name: ``{"name": "default"}``."""
    name = member(members(ask, "name"), "name", str, default=_USUAL)
    kept = ask.app.snapshots
    if name not in kept:
        raise ControlError(
            404, f"there is no snapshot {name!r}", hint=did_you_mean(name, kept) or "POST /_emulator/snapshot makes one"
        )
    ask.org.restore(kept[name])
    return Answer(body={"restored": name})
