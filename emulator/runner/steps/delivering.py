"""Deliveries: LogEvents built, edited and sent, and sent again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emulator.delivery.attempts import Delivery, Outcome
from emulator.delivery.credentials import AUTH_CHOICES
from emulator.delivery.dispatcher import deliver as carry_out
from emulator.delivery.dispatcher import delivery_request
from emulator.runner.building import Body, Wanted, build, rebuilt
from emulator.runner.expectations import EXPECT, Seen, differences, fill_in
from emulator.runner.faults import FAULTS, with_faults
from emulator.runner.kinds import ANY, DURATION, Choice, Either, Many, MapOf, Option, Pattern, Record, Text, Whole
from emulator.runner.verbs import Done, SkipStepError, verb
from emulator.secrets import safe_url

if TYPE_CHECKING:
    from emulator.runner.session import Session

_REFUSED = (401, 403)
_AUTH = Option(Choice("auth", AUTH_CHOICES), "Send the auth header right, wrong, or not at all.")
_EXPECT = Option(EXPECT, "What has to come of it; by default: delivered, or 401 or 403 if auth is wrong or missing.")
_FAULTS = Option(FAULTS, "What goes wrong on the way.")
_PATH = "a path such as target.0.alternateId"


@verb(
    "deliver",
    Many(Pattern(r"[\w.*\[\]?-]+", "an event type such as user.lifecycle.deactivate")),
    rule="D24",
    set=Option(MapOf(ANY, what="a mapping of paths to values"), "Members of the payload to change, by their path."),
    remove=Option(Many(Text(_PATH)), "Members of the payload to leave out, by their path."),
    auth=_AUTH,
    count=Option(Whole(1, 10_000), "How many events of each type."),
    batch=Option(
        Either((int, Whole(1, 10_000)), (str, Choice("batch", ("all",)))),
        "How many events in one request: a number, or all; by default 1.",
    ),
    order=Option(Choice("order", ("published", "reversed", "shuffled")), "In which order the events are sent."),
    nulls=Option(Choice("nulls", ("omit", "explicit")), "Whether members that are null are left out or spelled out."),
    person=Option(Whole(0, 100_000), "Whom it happens to: 0 is John Doe, each other number somebody else."),
    ago=Option(DURATION, "How long ago the events happened."),
    faults=_FAULTS,
    expect=_EXPECT,
)
def deliver(
    session: Session,
    types: tuple[str, ...],
    *,
    set_: dict[str, Any] | None = None,
    remove: tuple[str, ...] = (),
    auth: str = "right",
    count: int = 1,
    batch: int | str = 1,
    order: str = "published",
    nulls: str | None = None,
    person: int = 0,
    ago: float = 0.0,
    faults: dict[str, Any] | None = None,
    expect: dict[str, Any] | None = None,
) -> Done:
    """Build events of one or more types and deliver them as Okta does."""
    wanted = Wanted(
        types=types,
        sets=set_ or {},
        removes=remove,
        count=count,
        batch=0 if batch == "all" else int(batch),
        order=order,
        nulls=nulls or session.profile.delivery_nulls,
        person=person,
        ago=timedelta(seconds=ago),
    )
    return _send(session, build(session, wanted), auth=auth, faults=faults, expect=expect, types=types)


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
    saved = session.scope.steps.get(what["step"], {})
    if "bodies" not in saved:
        raise SkipStepError(f"the step {what['step']!r} has not delivered anything")
    again = saved["bodies"]
    bodies = again if what.get("as", "envelope") == "envelope" else [rebuilt(session, body) for body in again]
    return _send(session, bodies, auth=auth, faults=faults, expect=expect, types=())


def _send(
    session: Session,
    bodies: list[Body],
    *,
    auth: str,
    faults: dict[str, Any] | None,
    expect: dict[str, Any] | None,
    types: tuple[str, ...],
) -> Done:
    channel = session.channel_with(auth)
    usual: dict[str, Any] = {"outcome": "delivered"} if auth == "right" else {"status": _REFUSED, "attempts": 1}
    wanted = fill_in(expect, **usual)
    found: list[str] = []
    deliveries: list[Delivery] = []
    for body in bodies:
        request = delivery_request(channel, body.encoded, hook_id=session.hook_id(), profile=session.profile)
        delivery = carry_out(
            request,
            event_id=body.event_id,
            hook_id=session.hook_id(),
            uuids=body.uuids,
            sender=with_faults(session.sender, faults),
            clock=session.clock,
            profile=session.profile,
        )
        deliveries.append(delivery)
        found += differences(wanted, _seen(delivery))
    return Done(
        differences=tuple(dict.fromkeys(found)),
        exchanges=tuple(attempt.exchange for delivery in deliveries for attempt in delivery.attempts),
        saved=_saved(bodies, deliveries),
        remedy=_remedy(deliveries[-1], auth) if found else "",
        rule="H6" if auth != "right" else "",
        reproduce=_reproduce(channel.uri, types, session) if auth == "right" and not faults else "",
    )


def _seen(delivery: Delivery) -> Seen:
    last = delivery.attempts[-1]
    return Seen(
        exchanges=tuple(attempt.exchange for attempt in delivery.attempts),
        outcome=delivery.outcome.value,
        why=last.step.reason if delivery.outcome is not Outcome.DELIVERED else "",
    )


def _saved(bodies: list[Body], deliveries: list[Delivery]) -> dict[str, Any]:
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
        "bodies": bodies,
    }


def _remedy(delivery: Delivery, auth: str) -> str:
    exchange = delivery.attempts[-1].exchange
    if auth != "right":
        return f"compare the auth header with the secret before anything else, and answer 401 when it is {auth}"
    if exchange.failure is not None and exchange.failure.value == "timeout":
        return "store the events, answer 204 at once, and do the work afterwards: Okta waits 3 s for the whole answer"
    status = exchange.status or 0
    if status in _REFUSED:
        return "the receiver refuses the credentials: give the hook's own with --header 'Authorization: ...'"
    if status in {404, 405}:
        return "accept POST at this path: answer 204 with an empty body, then do your own work"
    if status >= 500:
        return "read the receiver's log for this request: whatever comes, store it and answer 204"
    return "answer 200 or 204 within 3 s"


def _reproduce(url: str, types: tuple[str, ...], session: Session) -> str:
    if not types:
        return ""
    return f"okta-hooks trigger {' '.join(types)} --to {safe_url(url)} --seed {session.world.seed}"
