"""Deliveries in reports: what was sent, each attempt, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.delivery.attempts import Outcome
from emulator.reports.exchanges import as_json as exchange_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.delivery.plan import Planned
    from emulator.delivery.series import Sent, Tally
    from emulator.secrets import Redactor

__all__ = ["as_json", "as_text", "headline", "in_one_line"]


def as_json(
    sent: Sent, *, redact: Redactor, eligible: Callable[[str], bool], with_body: bool = False
) -> dict[str, Any]:
    """
    Return one delivery with all its attempts.

    Args:
        sent: What was sent, or not.
        redact: Hides the secrets that a reply may repeat.
        eligible: Tells whether event hooks may carry an event type (A9).
        with_body: Add the exact body, as text.
    """
    planned = sent.planned
    pairs = zip(planned.uuids, planned.event_types, strict=True)
    told: dict[str, Any] = {
        "event_id": planned.event_id,
        "hook_id": planned.hook_id,
        "events": [{"uuid": uuid, "event_type": kind, "eligible": eligible(kind)} for uuid, kind in pairs],
        "attempts": [
            {"n": attempt.number, **exchange_json(attempt.exchange, redact=redact), "why": redact(attempt.step.reason)}
            for attempt in (sent.delivery.attempts if sent.delivery else ())
        ],
        "outcome": sent.outcome.value,
    }
    if sent.problems:
        told["problems"] = [
            {"pointer": p.pointer, "rule": p.rule, "level": p.level.value, "message": p.message} for p in sent.problems
        ]
    return {**told, "body": planned.body.decode("utf-8", "replace")} if with_body else told


def headline(planned: Planned) -> str:
    """Say in a few words what a request carries."""
    kinds = list(dict.fromkeys(planned.event_types))
    shown = ", ".join(kinds[:3]) + (f" and {len(kinds) - 3} more types" if len(kinds) > 3 else "")
    many = f"{len(planned.uuids)} events: " if len(planned.uuids) > 1 else ""
    return f"{many}{shown or 'a body without events'}"


def as_text(sent: Sent, *, style: Callable[[str, str], str] = lambda text, _look: text) -> Iterator[str]:
    """Yield the lines about a delivery that was sent; *style* gets a text and a look: ``good``, ``bad`` or ``dim``."""
    attempts = sent.delivery.attempts if sent.delivery else ()
    yield f"{headline(sent.planned)}  {style(sent.planned.event_id, 'dim')}"
    for attempt in attempts:
        yield style(f"  attempt {attempt.number}: {attempt.exchange.summary()}", "dim")
    reason = attempts[-1].step.reason
    if sent.spoilt != "right" and sent.was_refused:
        yield f"  {style('REFUSED', 'good')}  as it should be: the secret was {sent.spoilt}"
    elif sent.spoilt != "right" and sent.made_contact:
        yield f"  {style('NOT REFUSED', 'bad')}  the secret was {sent.spoilt}, so the answer should be 401 or 403 (H6)"
    elif sent.outcome is Outcome.DELIVERED:
        yield f"  {style('DELIVERED', 'good')}  {reason}"
    else:
        yield f"  {style('FAILED', 'bad')}  {reason}; Okta would drop the delivery now (R8)"


def in_one_line(tally: Tally) -> str:
    """Say how many deliveries there were and how they ended."""
    ends = ", ".join(f"{count} {end.replace('_', ' ')}" for end, count in tally.counts.items() if count)
    why = "" if tally.made_contact else "; the receiver can't be reached"
    return f"{tally.total} deliveries: {ends}{why}"
