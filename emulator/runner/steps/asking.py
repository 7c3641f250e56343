"""Steps that look at what has come of deliveries, and requests that no Okta would send."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from emulator.delivery.channels import check_header, read_url
from emulator.delivery.exchange import HeaderValue, Request
from emulator.runner.expectations import EXPECT, MATCH_OPTIONS, Seen, differences, fill_in, mismatch
from emulator.runner.kinds import ANY, DURATION, Choice, Either, Many, MapOf, Option, Pattern, Record, Text, Whole
from emulator.runner.session import AUTHS
from emulator.runner.steps.advice import REFUSED
from emulator.runner.verbs import Done, SkipStepError, verb
from emulator.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.delivery.exchange import Exchange
    from emulator.runner.session import Session

_PAUSE: Final = 0.1  # seconds between two looks
_SETTLE: Final = 2.0  # seconds a receiver has for its work in the background
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_HEADERS: Final = Option(MapOf(Text(), what="a mapping of header names to values"), "Headers to send.")
_PUBLIC: Final = frozenset({"accept", "content-type"})  # headers that hold no secret
_OK: Final = range(200, 300)


@verb(
    "probe",
    Record(
        "probe",
        {
            "get": Option(Text("a URL"), "The URL to ask.", required=True),
            "headers": _HEADERS,
            "status": Option(Whole(100, 599), "The status to expect; by default any 2xx."),
            **MATCH_OPTIONS,
            "until": Option(DURATION, "How long to ask again until it holds; by default once."),
        },
    ),
)
def probe(session: Session, wanted: dict[str, Any]) -> Done:
    """Ask the application by HTTP what has come of the deliveries."""
    headers = _headers(session, wanted.get("headers") or {}, where="probe")
    request = Request(method="GET", url=read_url(wanted["get"], where="probe"), headers=(("Accept", "*/*"), *headers))
    conditions = {key: wanted[key] for key in MATCH_OPTIONS if key in wanted}
    end = time.monotonic() + (wanted.get("until") or 0.0)
    while True:
        exchange = session.sender.send(request, time_limit=session.profile.time_limit)
        found = _answers(exchange, wanted.get("status"), conditions)
        if not found or time.monotonic() >= end:
            break
        session.clock.sleep(_PAUSE)
    body = "" if exchange.reply is None else exchange.reply.body.decode("utf-8", errors="replace")
    return Done(
        differences=found,
        exchanges=(exchange,),
        saved={"status": exchange.status, "body": body, "json": _json(body)},
        remedy="look at what the application did with the events before this step" if found else "",
    )


def _headers(session: Session, given: dict[str, str], *, where: str) -> tuple[tuple[str, HeaderValue], ...]:
    for name, value in given.items():
        check_header(name, value or " ", where=where, reserved=True)
        if name.lower() not in _PUBLIC:
            session.scope.redact.add(Secret(value))
    return tuple((name, value if name.lower() in _PUBLIC else Secret(value)) for name, value in given.items())


def _answers(exchange: Exchange, status: int | None, conditions: dict[str, Any]) -> tuple[str, ...]:
    if exchange.reply is None:
        return (f"probe: got {exchange.summary()}, wanted an answer",)
    if exchange.status != status if status is not None else exchange.status not in _OK:
        return (f"probe status: got {exchange.status}, wanted {status if status is not None else '2xx'}",)
    return tuple(mismatch("probe", conditions, exchange.reply.body.decode("utf-8", errors="replace")))


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


@verb(
    "received",
    Either(
        (int, Whole(0, 100_000)),
        (
            dict,
            Record(
                "received",
                {
                    "count": Option(Whole(0, 100_000), "How many different events, duplicates not counted."),
                    "types": Option(Many(Text("an event type"), at_least=0), "Their types, in order of arrival."),
                    "lines": Option(Many(Text(), at_least=0), "What the handlers printed, in order."),
                },
            ),
        ),
    ),
    rule="D12",
)
def received(session: Session, wanted: int | dict[str, Any]) -> Done:
    """Compare the events that the reference receiver has stored; skipped for any other receiver."""
    receiver = session.receiver
    if receiver is None:
        raise SkipStepError("only the reference receiver tells what it stored; use probe for yours")
    conditions: dict[str, Any] = wanted if isinstance(wanted, dict) else {"count": wanted}
    least = max(conditions.get("count", 0), len(conditions.get("types", ())), len(conditions.get("lines", ())))
    with suppress(TimeoutError):  # the differences tell
        receiver.wait_for(least, timeout=_SETTLE)
    got = {
        "count": len(receiver.events),
        "types": [event.event_type for event in receiver.events],
        "lines": list(receiver.lines),
    }
    found = [
        line
        for key, value in conditions.items()
        for line in mismatch(
            f"received {key}", {"equals": list(value) if isinstance(value, tuple) else value}, got[key]
        )
    ]
    return Done(differences=tuple(found), saved=got)


@verb(
    "request",
    Record(
        "request",
        {
            "method": Option(Choice("method", _METHODS), "The method; by default POST."),
            "path": Option(Pattern(r"/[^\s#]*", "a path such as /health"), "Another path at the hook's host."),
            "headers": _HEADERS,
            "body": Option(Either((str, Text()), ((dict, list), ANY)), "The body: text as it is, or JSON."),
            "bytes": Option(Whole(0, 64 * 1024 * 1024), "So many bytes of padding behind the body."),
        },
    ),
    auth=Option(Choice("auth", AUTHS), "What becomes of the auth header; by default it is right."),
    expect=Option(EXPECT, "What has to come of it; by default any answer below 500, or 501."),
)
def request(
    session: Session, what: dict[str, Any], *, auth: str = "right", expect: dict[str, Any] | None = None
) -> Done:
    """Send any HTTP request to the hook, once: also what Okta never sends."""
    channel = session.channel_with(auth)
    own = {name.lower() for name in what.get("headers") or {}}
    headers: list[tuple[str, HeaderValue]] = []
    body = what.get("body")
    payload = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    if what.get("bytes"):
        payload = (payload or b"") + b" " * what["bytes"]
    if payload is not None and "content-type" not in own:
        headers.append(("Content-Type", "application/json"))
    headers += _headers(session, what.get("headers") or {}, where="request")
    known = [header for header in (channel.auth, *channel.headers) if header is not None]
    headers += [(header.key, header.value) for header in known if header.key.lower() not in own]
    url = channel.uri if "path" not in what else _at_path(channel.uri, what["path"])
    sent = Request(method=what.get("method", "POST"), url=url, headers=tuple(headers), body=payload)
    exchange = session.sender.send(sent, time_limit=session.profile.time_limit)
    usual: Sequence[object] = REFUSED if auth != "right" else ("2xx", "3xx", "4xx", 501)
    found = differences(fill_in(expect, status=usual), Seen(exchanges=(exchange,)))
    reply = exchange.reply
    return Done(
        differences=found,
        exchanges=(exchange,),
        saved={
            "status": exchange.status,
            "body": "" if reply is None else reply.body.decode("utf-8", errors="replace"),
        },
        remedy="answer what you can't use with a 4xx status, and stay alive" if found else "",
    )


def _at_path(url: str, path: str) -> str:
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, *path.partition("?")[::2], ""))
