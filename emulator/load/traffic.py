"""The bodies of a load: which events are in delivery number k, the same bytes for the same seed on whichever worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.payloads.marks import Occasion
from emulator.payloads.stencil import EnvelopeStencil, Stencil, Surroundings

if TYPE_CHECKING:
    from emulator.load.mix import Choice
    from emulator.payloads import World

__all__ = ["Body", "Traffic"]

_PEOPLE: Final = 2_500
_GROUPS: Final = 40
_APPS: Final = 10
_WINDOW: Final = 8_000  # milliseconds; D10: measured were 5 to 11 s between an event and its delivery
_GAP: Final = 20
_SPREAD: Final = 1.0  # seconds within which a repetition follows
_SCALE: Final = 2.0**32


@dataclass(frozen=True, slots=True)
class Body:
    """One request body.  ``repeat_after`` are the seconds after which Okta sends it again; None if it doesn't (D11)."""

    event_id: str
    data: bytes
    uuids: tuple[str, ...]
    repeat_after: float | None = None


class Traffic:
    """
    Makes request bodies.

    Args:
        world: The company the events happen in.
        types: How often which event type comes.
        batches: How many events a request has.
        duplicates: The part, 0 to 1, of deliveries that come again although nothing went wrong (D11, D13).
        start: When the load begins, in milliseconds since 1970.
    """

    def __init__(
        self, world: World, *, types: Choice[str], batches: Choice[int], duplicates: float = 0.0, start: int
    ) -> None:
        self.world = world
        self.hook_id = world.hook_id()
        self._types = types
        self._batches = batches
        self._duplicates = duplicates
        self._start = start
        self._room = batches.largest
        self._envelope = EnvelopeStencil(world, self.hook_id)
        self._surroundings = Surroundings(world)
        self._stencils: dict[str, Stencil] = {}
        self._groups = [world.group(number) for number in range(_GROUPS)]
        self._apps = [world.app(number) for number in range(_APPS)]

    def body(self, number: int, due: float) -> Body:
        """Return the body of delivery *number*, which is due so many seconds after the start."""
        events = self._events(number, due)
        event_id, data = self._filled(2 * number, due, events)
        again = None
        if self._duplicates:
            drawn = self.world.draws.raw("load again", number)
            if int.from_bytes(drawn[:4], "big") / _SCALE < self._duplicates:
                again = int.from_bytes(drawn[4:8], "big") / _SCALE * _SPREAD
        return Body(event_id, data, tuple(uuid for uuid, _ in events), again)

    def repetition(self, number: int, due: float, body: Body) -> Body:
        """
        Return what comes again: the same request, or, every other time, its events in a new one (D12, D13).

        *due* is when the *body* was due the first time.
        """
        if self.world.draws.raw("load again", number)[8] & 1:
            return Body(body.event_id, body.data, body.uuids)
        again = due + (body.repeat_after or 0.0)
        event_id, data = self._filled(2 * number + 1, again, self._events(number, due))
        return Body(event_id, data, body.uuids)

    def _filled(self, request: int, due: float, events: list[tuple[str, str]]) -> tuple[str, bytes]:
        at = self._start + int(due * 1000)
        return self._envelope.fill([text for _, text in events], number=request, last=at, event_time=at)

    def _events(self, number: int, due: float) -> list[tuple[str, str]]:
        drawn = self.world.draws.raw("load", number)
        size = self._batches.at(int.from_bytes(drawn[:4], "big") / _SCALE)
        world, first = self.world, number * self._room
        moment = self._start + int(due * 1000) - _WINDOW - size * _GAP
        found = []
        for place in range(size):
            if place and place % 12 == 0:
                drawn = world.draws.raw("load", number, place)
            at = 4 + place % 12 * 4
            name = self._types.at(int.from_bytes(drawn[at : at + 4], "big") / _SCALE)
            turn = first + place
            occasion = Occasion(
                turn,
                moment + place * _GAP,
                world.person((number + place) % _PEOPLE),
                self._groups[(number + place) % _GROUPS],
                self._apps[(number + place) % _APPS],
                world.admins[number % len(world.admins)],
            )
            found.append(self._stencil(name).fill(occasion))
        return found

    def _stencil(self, name: str) -> Stencil:
        if name not in self._stencils:
            self._stencils[name] = Stencil(name, self._surroundings, hook_ids=[self.hook_id])
        return self._stencils[name]
