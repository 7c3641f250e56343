"""A rehearsed outage as JSON for programs and lines for people: what was lost, what came twice, how to get it back."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any

from emulator.load.outage import log_filter
from emulator.load.switch import WAYS
from emulator.load.units import duration_text
from emulator.payloads.moments import as_text
from emulator.secrets import safe_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.load.outage import Drill, Fate, OutageResult
    from emulator.secrets import Redactor

__all__ = ["as_json", "as_lines", "headline", "query_command", "replay_command"]


def _plain(text: str, _: str) -> str:
    return text


def headline(drill: Drill) -> str:
    """Say in one line what is rehearsed."""
    clock = "in real time" if drill.real else "the clock compressed"
    if drill.by_hand:
        return (
            f"{safe_url(drill.channel.uri)}: {duration_text(drill.duration)} at {drill.rate * 60:.4g}/m; stop the "
            "receiver and start it again whenever you like"
        )
    return (
        f"{safe_url(drill.channel.uri)}: away for {duration_text(drill.outage)} ({drill.way}: {WAYS[drill.way]}), "
        f"{drill.rate * 60:.4g} changes a minute, {clock}, seed {drill.seed}"
    )


def query_command(result: OutageResult) -> str:
    """Return the command that finds the lost events in the System Log; empty if nothing was lost."""
    if result.window is None:
        return ""
    since, until = map(as_text, result.window)
    return (
        f"curl -G https://{result.host}/api/v1/logs -H 'Authorization: SSWS '\"$OKTA_TOKEN\" --data-urlencode "
        f"since={since} --data-urlencode until={until} --data-urlencode {quote(f'filter={log_filter()}')}"
    )


def replay_command(result: OutageResult, file: str) -> str:
    """Return the command that sends the lost requests again."""
    auth = result.drill.channel.auth
    header = "" if auth is None else f" --header {quote(f'{auth.key}: ...')}"
    return f"okta-hooks replay {quote(file)} --to {quote(safe_url(result.drill.channel.uri))}{header}"


def as_json(result: OutageResult, *, redact: Redactor) -> dict[str, Any]:
    """Return the rehearsal as the one JSON object of ``--json``."""
    drill = result.drill
    return {
        "target": safe_url(drill.channel.uri),
        "profile": drill.profile.name,
        "seed": drill.seed,
        "verdict": result.verdict,
        "interrupted": result.interrupted,
        "plan": {
            "way": "by hand" if drill.by_hand else drill.way,
            "rate": drill.rate,
            "before_s": drill.before,
            "outage_s": drill.outage,
            "after_s": drill.after,
            "clock": "real" if drill.real else "compressed",
        },
        "away": None if result.down is None else {"since": as_text(result.down[0]), "until": as_text(result.down[1])},
        "counts": {
            "deliveries": len(result.fates),
            "events": sum(len(fate.delivery.uuids) for fate in result.fates),
            "at_once": len(result.of("at once")),
            "retried": len(result.of("retried")),
            "lost": len(result.lost),
            "lost_but_seen": len(result.of("lost, but seen")),
            "lost_outside": len(result.outside),
            "lost_events": len(result.lost_uuids),
            "twice": len(result.twice),
            "recoverable_events": len(result.recovered),
            "failure_events": result.failures,
        },
        "lost": [_lost(fate, redact) for fate in result.lost],
        "twice": [{"event_id": fate.delivery.event_id, "uuids": list(fate.delivery.uuids)} for fate in result.twice],
        "recover": None
        if result.window is None
        else {
            "since": as_text(result.window[0]),
            "until": as_text(result.window[1]),
            "filter": log_filter(),
            "command": query_command(result),
        },
    }


def _lost(fate: Fate, redact: Redactor) -> dict[str, Any]:
    delivery = fate.delivery
    return {
        "event_id": delivery.event_id,
        "events": [
            {"uuid": uuid, "type": name, "published": as_text(moment)}
            for uuid, name, moment in zip(delivery.uuids, delivery.event_types, fate.published, strict=False)
        ],
        "arrived": fate.arrived,
        "attempts": [redact(attempt.exchange.summary()) for attempt in delivery.attempts],
    }


def as_lines(
    result: OutageResult, *, redact: Redactor, file: str = "", style: Callable[[str, str], str] = _plain
) -> Iterator[str]:
    """Yield what there is to say; *file* is where the lost requests were written, if anywhere."""
    events = sum(len(fate.delivery.uuids) for fate in result.fates)
    yield f"deliveries  {len(result.fates)} with {events} events"
    yield f"at once     {len(result.of('at once'))}"
    yield f"retried     {len(result.of('retried'))} at the second attempt"
    lost = len(result.lost)
    yield (
        f"{style('lost', 'bad' if lost else 'good')}        {lost} with {len(result.lost_uuids)} events, for ever: "
        "after two attempts Okta drops them, and replays nothing (R8, R13)"
    )
    if seen := len(result.of("lost, but seen")):
        yield f"            {seen} of them had arrived all the same: the receiver knows what Okta counts as lost"
    for reason, count in _reasons(result).items():
        yield style(f"            {count} times: {redact(reason)}", "dim")
    if result.outside:
        yield f"            {len(result.outside)} of them happened while the receiver was there"
    yield f"twice       {len(result.twice)} arrived twice, with the same eventId and uuids (R7, R10)"
    yield (
        f"System Log  {len(result.recovered)} of {len(result.lost_uuids)} lost events are in it, for 90 days; "
        f"{result.failures} event_hook.delivery events tell of the failures (R8)"
    )
    if result.window is not None:
        yield f"  find      {query_command(result)}"
        if file:
            yield f"  again     {replay_command(result, file)}"
        else:
            yield f"  again     {style('--lost FILE writes the lost requests, for okta-hooks replay FILE', 'dim')}"
    verdict = "interrupted" if result.interrupted else result.verdict
    words = {
        "pass": "nothing was lost but while the receiver was away",
        "fail": "deliveries were lost while the receiver was there",
        "error": "nothing was delivered at all",
    }.get(verdict, "this is what is known until now")
    look = {"pass": "good", "fail": "bad"}.get(verdict, "warn")
    yield f"verdict     {style(verdict, look)}: {words}"


def _reasons(result: OutageResult) -> dict[str, int]:
    found: dict[str, int] = {}
    for fate in result.lost:
        reason = fate.delivery.attempts[-1].step.reason
        found[reason] = found.get(reason, 0) + 1
    return found
