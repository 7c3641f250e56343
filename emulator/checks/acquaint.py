"""Get to know a receiver before judging it: does it verify, what does it take, how fast is it?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emulator.checks.target import USUAL_TYPES, Acquaintance
from emulator.checks.verdicts import acknowledged, echoed, no_contact
from emulator.errors import TargetError
from emulator.secrets import safe_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.checks.bench import Bench
    from emulator.delivery.exchange import Exchange

__all__ = ["acquaint", "verifies"]

_TRIES: Final = 2  # V9, R2: a cold start may cost the first
_FAST: Final = 0.04  # seconds; a receiver this fast is asked one thing at a time
_SLOW: Final = 0.6
_ABREAST: Final = 4
_FEW, _MANY = 8, 20


def verifies(exchange: Exchange, challenge: str) -> bool:
    """Whether the answer brings the challenge back with a 2xx."""
    if not acknowledged(exchange):
        return False
    try:
        return bool(echoed(exchange) == challenge)
    except ValueError:
        return False


def acquaint(bench: Bench) -> Acquaintance:
    """
    Send the first requests to a receiver and tell what they showed.

    Raises:
        TargetError: nobody answers at its address.
    """
    known = bench.target.known
    for _ in range(_TRIES):
        challenge = bench.challenge()
        exchange = bench.send(bench.verification(challenge))
        known = replace(known, verification=exchange, challenge=challenge, verifies=verifies(exchange, challenge))
        if known.verifies:
            challenge = bench.challenge()
            known = replace(known, steady=verifies(bench.send(bench.verification(challenge)), challenge))
            break
    known = _deliver(bench, known)
    exchanges = [exchange for exchange in (known.verification, known.delivery) if exchange is not None]
    if all(map(no_contact, exchanges)):
        raise TargetError(
            f"{safe_url(bench.target.channel.uri)}: {exchanges[-1].detail}",
            hint="start the receiver first, and check host and port",
        )
    return _pace(bench, known)


def _deliver(bench: Bench, known: Acquaintance) -> Acquaintance:
    """Look for a plain delivery that the receiver takes: some handle a few types only, some want a request id."""
    first: Exchange | None = None
    for form in _forms(bench, known):
        bench.target = replace(bench.target, known=form)
        exchange = bench.deliver(bench.event())
        first = first or exchange
        if acknowledged(exchange):
            return replace(form, delivers=True, delivery=exchange)
        if exchange.status is None or exchange.status in {401, 403, 404, 405}:
            break
    return replace(known, delivery=first)


def _forms(bench: Bench, known: Acquaintance) -> Iterator[Acquaintance]:
    types = bench.target.event_types or USUAL_TYPES
    yield replace(known, event_type=types[0])
    yield replace(known, event_type=types[0])
    yield replace(known, event_type=types[0], request_id=True)
    for event_type in types[1:]:
        yield replace(known, event_type=event_type)


def _pace(bench: Bench, known: Acquaintance) -> Acquaintance:
    """Find out how many requests at a time save time and do no harm."""
    bench.target = replace(bench.target, known=known)
    if not known.delivers or known.delivery is None:
        return known
    # The first may have had to wake somebody.
    latency = bench.deliver(bench.event()).elapsed
    if latency <= _FAST:
        return known
    exchanges = bench.at_once([bench.delivery([bench.event()]) for _ in range(_ABREAST)])
    if all(map(acknowledged, exchanges)) and max(exchange.elapsed for exchange in exchanges) < 2 * latency + 0.1:
        return replace(known, side_by_side=_MANY if latency > _SLOW else _FEW)
    return known
