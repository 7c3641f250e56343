"""Evaluate an event hook filter, explained sub-expression by sub-expression."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from emulator.cli.options import json_option, profile_option
from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.contract.expressions.event_filter import EventFilter, Trace
    from emulator.contract.expressions.event_filter.advice import Doubt
    from emulator.contract.model import JsonObject
    from emulator.contract.profile import Profile

__all__ = ["command"]

_LARGEST = 64 * 1024 * 1024  # bytes


@click.command("filter")
@click.argument("expression", metavar="EXPR")
@click.option("--event", "file", metavar="FILE", help="A LogEvent, an envelope or many of them ('-': standard input).")
@click.option("--type", "event_types", metavar="TYPE", multiple=True, help="Build an event of this type. Repeatable.")
@click.option("--set", "sets", metavar="PATH=VALUE", multiple=True, help="Change the event: outcome.result=FAILURE.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Of the events that --type builds (default 0).")
@profile_option
@json_option
def command(
    expression: str,
    file: str | None,
    event_types: tuple[str, ...],
    sets: tuple[str, ...],
    seed: int,
    profile: Profile,
    as_json: bool,
) -> int:
    """
    Read the event hook filter EXPR, warn about what it hardly means, and evaluate it for events.

    Exit code 0 when every event passes (or there is none), 1 when one doesn't, 2 when EXPR can't be read.
    --profile filter.strict=on takes only what Okta documents.

    Example: okta-hooks filter "event.outcome.result eq 'FAILURE'" --type user.session.start
    """
    from emulator.contract.expressions.event_filter import ExpressionError, parse
    from emulator.contract.expressions.event_filter.advice import advise

    if file is not None and event_types:
        raise UsageError("--event and --type exclude each other", where="--event", hint="leave one of them out")
    try:
        found = parse(_read(expression), strict=profile.filter_strict)
    except ExpressionError as error:
        if not as_json:
            raise
        _print_error(error)
        return error.exit_code
    names = _types(event_types)
    events = _edited([*_built(names, seed), *(_events(file) if file is not None else ())], sets)
    types = names or tuple(dict.fromkeys(str(event.get("eventType")) for event in events))
    doubts = advise(found, event_types=types)
    traces = [found.explain(event) for event in events]
    delivered = [found.delivers(event, on_error=profile.filter_on_error) for event in events]
    if as_json:
        _print_json(found, doubts, events, traces, delivered)
    else:
        for line in _as_text(found, doubts, events, traces, delivered):
            click.echo(line)
    return 0 if all(delivered) else 1


def _read(text: str) -> str:
    if not text.startswith("@"):
        return text
    # An expression with quotes of every kind is easier to keep in a file than to quote for a shell.
    try:
        with open(text[1:], encoding="utf-8") as source:  # noqa: PTH123 (a path typed by the user)
            return source.read(_LARGEST).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is not text").lower()
        raise UsageError(
            f"the file {text[1:]!r} can't be read: {reason}", where="EXPR", hint="check the path"
        ) from None


def _types(names: Sequence[str]) -> tuple[str, ...]:
    from emulator.contract.catalogue import event_type

    return tuple(event_type(name).id for name in names)


def _built(names: Sequence[str], seed: int) -> Iterator[JsonObject]:
    from emulator.payloads import World, as_delivery, build_event

    world = World(seed)
    for number, name in enumerate(names):
        yield as_delivery(build_event(name, world=world, number=number))


def _edited(events: Sequence[Mapping[str, Any]], sets: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    from emulator.payloads import edit_event, parse_set

    edits = [parse_set(text) for text in sets]
    return [edit_event(event, edits) for event in events]


def _events(name: str) -> Iterator[Mapping[str, Any]]:
    from emulator.contract.jsontext import decode, documents

    source = decode(_bytes(name))
    if not source.readable:
        raise UsageError(source.problems[0].message, where=name, hint=source.problems[0].hint)
    count = 0
    for document in documents(source):
        if document.broken:
            problem = document.problems[0]
            raise UsageError(problem.message, where=f"{name}:{problem.line}:{problem.column}", hint=problem.hint)
        for event in _log_events(document.value):
            count += 1
            yield event
    if not count:
        raise UsageError(
            "no LogEvent in this file", where=name, hint="give a LogEvent, an envelope, an array of them, or NDJSON"
        )


def _log_events(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _log_events(item)
    elif isinstance(value, dict):
        data = value.get("data")
        if isinstance(data, dict) and isinstance(data.get("events"), list):
            yield from _log_events(data["events"])
        elif isinstance(value.get("eventType"), str):
            yield value


def _bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(_LARGEST)
    try:
        with open(name, "rb") as source:  # noqa: PTH123 (a path typed by the user)
            return source.read(_LARGEST)
    except OSError as error:
        raise UsageError(
            f"the file {name!r} can't be read: {(error.strerror or 'unknown reason').lower()}",
            where="--event",
            hint="check the path",
        ) from None


def _print_error(error: Any) -> None:
    from emulator.cli.terminal import print_json
    from emulator.contract.expressions.event_filter import api_cause

    print_json(
        {
            "expression": error.text,
            "valid": False,
            "error": {"message": error.message, "position": error.position, "hint": error.advice},
            "okta_cause": api_cause(error),
        }
    )


def _print_json(
    found: EventFilter,
    doubts: Sequence[Doubt],
    events: Sequence[Mapping[str, Any]],
    traces: Sequence[Trace],
    delivered: Sequence[bool],
) -> None:
    from emulator.cli.terminal import print_json

    print_json(
        {
            "expression": found.text,
            "valid": True,
            "warnings": [
                {"message": doubt.message, "rule": doubt.rule, "position": doubt.position, "hint": doubt.hint}
                for doubt in doubts
            ],
            "events": [
                {
                    "uuid": event.get("uuid"),
                    "event_type": event.get("eventType"),
                    "delivered": passed,
                    "explanation": _traced(trace),
                }
                for event, trace, passed in zip(events, traces, delivered, strict=True)
            ],
        }
    )


def _traced(trace: Trace) -> dict[str, Any]:
    value = len(trace.value) if isinstance(trace.value, list) else trace.value
    return {
        "expression": trace.text,
        "value": value,
        "why": trace.why,
        "error": trace.failed,
        "needed": trace.needed,
        "parts": [_traced(part) for part in trace.parts],
    }


def _as_text(
    found: EventFilter,
    doubts: Sequence[Doubt],
    events: Sequence[Mapping[str, Any]],
    traces: Sequence[Trace],
    delivered: Sequence[bool],
) -> Iterator[str]:
    from emulator.cli.terminal import bad, dim, good, warn
    from emulator.contract.problems import printable

    for doubt in doubts:
        place = "" if doubt.position is None else f" at position {doubt.position}"
        yield f"{warn('warning')}{place}: {printable(doubt.message)} ({doubt.rule})"
        if doubt.hint:
            yield dim(f"  {printable(doubt.hint)}")
    if not events:
        yield f"{good('READABLE')}  {printable(' '.join(found.text.split()))}"
        yield dim("  give --type TYPE or --event FILE to evaluate it")
    for event, trace, passed in zip(events, traces, delivered, strict=True):
        verdict = good("DELIVERED") if passed else bad("FILTERED OUT")
        yield f"{verdict}  {printable(str(event.get('eventType')))}  {dim(printable(str(event.get('uuid'))))}"
        yield from _lines(trace, 1)


def _lines(trace: Trace, level: int) -> Iterator[str]:
    from emulator.cli.terminal import dim
    from emulator.contract.problems import describe, printable

    # What a literal or a field gives is told by the comparison above it.
    if not trace.parts and not trace.why and isinstance(trace.value, str | int):
        return
    told_below = trace.failed and any(part.failed for part in trace.parts)
    why = "" if told_below or not trace.why else f"  {printable(trace.why)}"
    value = "error" if trace.failed else "" if isinstance(trace.value, list) else describe(trace.value)
    text = f"{'  ' * level}{printable(' '.join(trace.text.split()))} → {value}"
    if not trace.needed:
        yield dim(f"{text}{why} (not needed)")
        return
    yield f"{text}{dim(why) if value else why[2:]}"
    for part in trace.parts:
        yield from _lines(part, level + 1)
