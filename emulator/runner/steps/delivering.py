"""Deliveries: LogEvents built, edited and sent, and sent again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emulator.delivery.attempts import Delivery, Outcome
from emulator.delivery.dispatcher import deliver as carry_out
from emulator.delivery.dispatcher import delivery_request
from emulator.payloads import SHAPES, Origin
from emulator.runner.building import Body, Wanted, build, rebuilt
from emulator.runner.expectations import EXPECT, Seen, differences, fill_in
from emulator.runner.faults import FAULTS, make_faults, under
from emulator.runner.kinds import ANY, DURATION, Choice, Either, Many, MapOf, Option, Pattern, Record, Text, Whole
from emulator.runner.session import AUTHS
from emulator.runner.steps.advice import REFUSED, advice
from emulator.runner.verbs import Done, SkipStepError, verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.runner.faults import Fault
    from emulator.runner.session import Session

_AT_ONCE = 20  # requests in flight in a burst; Okta names no limit
_AUTH = Option(Choice("auth", AUTHS), "What becomes of the auth header; by default it is right.")
_EXPECT = Option(EXPECT, "What has to come of it; by default: delivered, or 401 or 403 if auth is wrong or missing.")
_FAULTS = Option(FAULTS, "What goes wrong on the way.")
_PATH = "a path such as target.0.alternateId"


@verb(
    "deliver",
    Many(Pattern(r"[\w.*\[\]?-]+", "an event type such as user.lifecycle.deactivate")),
    rule="D24",
    takes_types=True,
    set=Option(MapOf(ANY, what="a mapping of paths to values"), "Members of the payload to change, by their path."),
    remove=Option(Many(Text(_PATH)), "Members of the payload to leave out, by their path."),
    auth=_AUTH,
    count=Option(Whole(1, 10_000), "How many events of each type."),
    batch=Option(
        Either((int, Whole(1, 10_000)), (str, Choice("batch", ("all",)))),
        "How many events in one request: a number, or all; by default 1.",
    ),
    order=Option(Choice("order", ("published", "reversed", "shuffled")), "In which order the events are sent."),
    shape=Option(Choice("shape", SHAPES), "The real shape of the events; by default that of a delivery."),
    origin=Option(Choice("origin", tuple(Origin)), "What caused the events; by default what usually does."),
    outcome=Option(Text("a result such as FAILURE"), "The events' outcome.result."),
    reason=Option(Text(), "The events' outcome.reason."),
    person=Option(Whole(0, 100_000), "Whom it happens to: 0 is John Doe, each other number somebody else."),
    ago=Option(DURATION, "How long ago the events happened."),
    faults=_FAULTS,
    expect=_EXPECT,
)
def deliver(
    session: Session,
    types: tuple[str, ...],
    *,
    set: dict[str, Any] | None = None,  # noqa: A002 (the option's name)
    batch: int | str = 1,
    ago: float = 0.0,
    remove: tuple[str, ...] = (),
    count: int = 1,
    order: str = "published",
    shape: str = SHAPES[0],
    origin: str | None = None,
    outcome: str | None = None,
    reason: str | None = None,
    person: int = 0,
    auth: str = "right",
    faults: dict[str, Any] | None = None,
    expect: dict[str, Any] | None = None,
) -> Done:
    """Build events of one or more types and deliver them as Okta does."""
    wanted = Wanted(
        types=types,
        sets=set or {},
        removes=remove,
        count=count,
        batch=0 if batch == "all" else int(batch),
        order=order,
        shape=shape,
        person=person,
        ago=timedelta(seconds=ago),
        spread=timedelta(seconds=(faults or {}).get("burst") or 0),
        origin=origin,
        outcome=outcome,
        reason=reason,
    )
    sending = _Sending(session, auth=auth, faults=make_faults(faults), preview=shape.startswith("preview"))
    return sending(build(session, wanted), expect=expect)


@verb(
    "redeliver",
    Record(
        "redeliver",
        {
            "step": Option(Text("the id of a step"), "Which deliver step to repeat.", required=True),
            "as": Option(
                Choice("kind of duplicate", ("envelope", "event")),
                "The same envelope with its eventId, or the same events in a new one; by default the envelope.",
            ),
        },
    ),
    rule="D11",
    auth=_AUTH,
    faults=_FAULTS,
    expect=_EXPECT,
)
def redeliver(
    session: Session,
    what: dict[str, str],
    *,
    auth: str = "right",
    faults: dict[str, Any] | None = None,
    expect: dict[str, Any] | None = None,
) -> Done:
    """Deliver what an earlier step delivered once more, as a duplicate."""
    again: list[Body] | None = session.scope.steps.get(what["step"], {}).get("bodies")
    if again is None:
        raise SkipStepError(f"the step {what['step']!r} has not delivered anything")
    bodies = again if what.get("as", "envelope") == "envelope" else [rebuilt(session, body) for body in again]
    return _Sending(session, auth=auth, faults=make_faults(faults))(bodies, expect=expect)


class _Sending:
    """Sends bodies under faults, and compares what comes of it with what was expected."""

    def __init__(self, session: Session, *, auth: str, faults: Sequence[Fault], preview: bool = False) -> None:
        self._session, self._auth, self._faults = session, auth, faults
        if auth == "right" and any(fault.spoils_auth for fault in faults):
            self._auth = "stale"
        self._channel = session.channel_with(auth if self._auth != "stale" else "wrong")
        # P9: Preview goes through another sender, which names another object in its User-Agent.
        self._hook_id = session.world.id("cal", "preview", session.hook_id()) if preview else session.hook_id()
        self._profile = replace(session.profile, headers_request_id="all") if preview else session.profile

    def __call__(self, bodies: list[Body], *, expect: Mapping[str, Any] | None) -> Done:
        usual: dict[str, Any] = {"outcome": "delivered"}
        if self._auth != "right":
            usual = {"status": REFUSED, "attempts": 1}
        wanted = fill_in(expect, **usual)
        for fault in self._faults:
            bodies = fault.bodies(self._session, bodies)
        deliveries = self._all(bodies)
        found = [line for delivery in deliveries for line in differences(wanted, _seen(delivery))]
        return Done(
            differences=tuple(dict.fromkeys(found)),
            exchanges=tuple(attempt.exchange for delivery in deliveries for attempt in delivery.attempts),
            saved=_saved(bodies, deliveries),
            remedy=advice(deliveries[-1].attempts[-1].exchange, auth=self._auth) if found else "",
            rule="H6" if self._auth != "right" else "",
        )

    def _all(self, bodies: Sequence[Body]) -> list[Delivery]:
        if not any(fault.at_once for fault in self._faults):
            return [self._one(body) for body in bodies]
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            return list(pool.map(self._one, bodies))

    def _one(self, body: Body) -> Delivery:
        session = self._session
        request = delivery_request(
            self._channel,
            body.encoded,
            hook_id=self._hook_id,
            request_id=session.tokens.request_id(),
            profile=self._profile,
        )
        for fault in self._faults:
            request = fault.request(request)
        return carry_out(
            request,
            event_id=body.event_id,
            hook_id=session.hook_id(),
            uuids=body.uuids,
            sender=under(session.sender, self._faults, session.clock),
            clock=session.clock,
            profile=session.profile,
        )


def _seen(delivery: Delivery) -> Seen:
    last = delivery.attempts[-1]
    return Seen(
        exchanges=tuple(attempt.exchange for attempt in delivery.attempts),
        outcome=delivery.outcome.value,
        why=last.step.reason if delivery.outcome is not Outcome.DELIVERED else "",
    )


def _saved(bodies: Sequence[Body], deliveries: Sequence[Delivery]) -> dict[str, Any]:
    last = deliveries[-1]
    reply = last.attempts[-1].exchange.reply
    events = [event for body in bodies for event in body.events]
    return {
        "event_id": last.event_id,
        "uuid": events[0].get("uuid") if events else None,
        "events": events,
        "status": last.attempts[-1].exchange.status,
        "outcome": last.outcome.value,
        "attempts": len(last.attempts),
        "headers": {} if reply is None else {name.lower(): value for name, value in reply.headers},
        "body": "" if reply is None else reply.body.decode("utf-8", errors="replace"),
        "bodies": list(bodies),
    }
