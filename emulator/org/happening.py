"""Let an event of any type happen in an org, and wait for its delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.delivery.attempts import Delivery, Outcome
from emulator.payloads import set_value
from emulator.payloads.custom import recipe_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.model import JsonObject
    from emulator.org.core import Core
    from emulator.org.engine import Engine
    from emulator.org.ledger import Ledger
    from emulator.org.people import People
    from emulator.org.system_log import SystemLog
    from emulator.payloads import App, Group, Origin, Person

__all__ = ["Happening"]


class Happening:
    """Makes events happen that no change of the org's state stands behind."""

    def __init__(self, core: Core, engine: Engine, ledger: Ledger, log: SystemLog, people: People) -> None:
        self._core = core
        self._engine = engine
        self._ledger = ledger
        self._log = log
        self._people = people

    def trigger(
        self,
        event_type: str,
        *,
        hook_id: str | None,
        person: Person | None,
        group: Group | None,
        app: App | None,
        actor: Person | None,
        origin: Origin | None,
        result: str | None,
        reason: str | None,
        edits: Mapping[str, Any],
        timeout: float,
    ) -> Delivery | None:
        """Write the event, and return its delivery to a hook; None if that has not ended in *timeout* seconds."""

        def edit(event: JsonObject) -> None:
            for path, value in edits.items():
                event.update(set_value(event, path, value))

        before = self._ledger.last_ended()
        usual = recipe_in(self._core.world, event_type).origin
        with self._core.change(self._core.call(origin=origin or usual)) as change:
            number = change.raise_event(
                event_type,
                person=person or self._people.somebody(),
                group=group or self._people.some_group(),
                app=app,
                actor=actor,
                result=result,
                reason=reason,
                edit=edit,
            )
            receiving = [receiver for _, receiver, event, _ in change.queued if event == number]
        happened = self._log.get(number)
        uuid = str(happened["uuid"])
        chosen = hook_id or (receiving[0] if receiving else "")
        if chosen not in receiving:
            return self._not_sent(happened, hook_id)
        self._engine.flush()
        return self._engine.wait_for(lambda: self._delivery_of(uuid, chosen, before), timeout)

    def _delivery_of(self, uuid: str, hook_id: str, after: int) -> Delivery | None:
        ended = self._ledger.all(after=after, hook_id=hook_id)
        return next((delivery for delivery in ended if uuid in delivery.uuids), None)

    def _not_sent(self, event: JsonObject, hook_id: str | None) -> Delivery:
        return Delivery(
            event_id="",
            hook_id=hook_id or "",
            uuids=(event["uuid"],),
            event_types=(event["eventType"],),
            attempts=(),
            outcome=Outcome.NOT_SENT,
            reason="\n  ".join(self._core.why_not(event, only=hook_id)),
        )
