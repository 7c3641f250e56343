"""Deliver LogEvents of any event type to a hook URL, as Okta does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from emulator.cli.options import ca_bundle_option, channel_from, header_option, json_option, profile_option
from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from emulator.contract.model import Channel
    from emulator.contract.profile import Profile
    from emulator.delivery.attempts import Delivery
    from emulator.delivery.plan import Planned
    from emulator.payloads import Edit

__all__ = ["command"]

_UNREACHABLE = 3
_LARGEST_SEED = 2**32
_NO_CONTACT = frozenset({"dns", "connection_refused", "unreachable"})
_REFUSALS = frozenset({401, 403})


@click.command("trigger")
@click.argument("event_types", nargs=-1, metavar="TYPE...")
@click.option("--to", "url", metavar="URL", help="The hook URL to deliver to.")
@header_option
@click.option("--set", "sets", metavar="PATH=VALUE", multiple=True, help="Change the payload: target.0.alternateId=x.")
@click.option("--remove", "removes", metavar="PATH", multiple=True, help="Remove a member of the payload.")
@click.option("--raw", metavar="FILE", help="Send the bytes of this file ('-': standard input) instead.")
@click.option("--count", type=click.IntRange(1, 100_000), default=1, help="Events of each type (default 1).")
@click.option("--batch", type=click.IntRange(1, 100_000), default=1, help="Events in one request (default 1).")
@click.option("--order", type=click.Choice(["published", "reversed", "shuffled"]), default="published")
@click.option(
    "--duplicate",
    type=click.Choice(["none", "envelope", "event"]),
    default="none",
    help="Send each request again: the same envelope, or the same events in a new one.",
)
@click.option(
    "--auth",
    type=click.Choice(["right", "wrong", "missing"]),
    default="right",
    help="Spoil the auth header on purpose.",
)
@click.option("--seed", type=click.IntRange(0), help="The same seed gives the same bytes.")
@click.option("--at", metavar="TIME", help="When the requests are built: ISO 8601 with zone, or 'now'.")
@click.option("--locale", metavar="NAME", help="Names of this Faker locale, such as ja_JP.")
@click.option("--dry-run", is_flag=True, help="Build and validate, but send nothing.")
@click.option("--print", "print_bodies", is_flag=True, help="Print the request bodies, one a line.")
@ca_bundle_option
@profile_option
@json_option
def command(
    event_types: tuple[str, ...],
    url: str | None,
    headers: tuple[str, ...],
    sets: tuple[str, ...],
    removes: tuple[str, ...],
    raw: str | None,
    count: int,
    batch: int,
    order: str,
    duplicate: str,
    auth: str,
    seed: int | None,
    at: str | None,
    locale: str | None,
    dry_run: bool,
    print_bodies: bool,
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
) -> int:
    """
    Build LogEvents of TYPE..., validate them, and deliver them with Okta's headers, time limit and retry.

    TYPE is an event type or a pattern of event-hook-eligible ones, such as 'user.lifecycle.*'.

    Example: okta-hooks trigger user.lifecycle.deactivate --to http://localhost:8000/okta/hooks
    """
    _check(event_types, url, raw=raw, dry_run=dry_run, print_bodies=print_bodies, as_json=as_json)
    channel = None if url is None else _channel(url, headers, auth)
    from emulator.delivery.plan import Recipe, plan, plan_raw
    from emulator.payloads import World

    edits = _edits(sets, removes)
    given_seed = seed if seed is not None else _fresh_seed()
    world = World(given_seed, locale=locale)
    if raw is not None:
        requests = [plan_raw(_read(raw), edits=edits, hook_id=world.hook_id(), where="--raw")]
    else:
        recipe = Recipe(
            event_types=_types(event_types),
            count=count,
            batch=batch,
            order=order,
            duplicate=duplicate,
            edits=edits,
            nulls=profile.delivery_nulls,
            at=_instant(at, seeded=seed is not None),
        )
        requests = plan(recipe, world=world, hook_id=world.hook_id())
    _validate(requests, on_purpose=bool(edits) or raw is not None)
    if print_bodies:
        for request in requests:
            sys.stdout.buffer.write(request.body + b"\n")
        sys.stdout.buffer.flush()
    if seed is None and raw is None:
        click.echo(f"seed {given_seed}", err=True)
    if dry_run or channel is None:
        _report_plan(requests, seed=given_seed, as_json=as_json, to_stderr=print_bodies)
        return 0
    return _send(requests, channel, profile=profile, ca_bundle=ca_bundle, auth=auth, seed=given_seed, as_json=as_json)


def _check(
    event_types: Sequence[str], url: str | None, *, raw: str | None, dry_run: bool, print_bodies: bool, as_json: bool
) -> None:
    if raw is None and not event_types:
        raise UsageError(
            "name an event type", where="TYPE", hint="such as user.lifecycle.deactivate, or give --raw FILE"
        )
    if raw is not None and event_types:
        raise UsageError("event types and --raw exclude each other", where="TYPE", hint="leave one of them out")
    if url is None and not dry_run:
        raise UsageError(
            "where to? there is no hook URL",
            where="--to",
            hint="add --to http://localhost:8000/okta/hooks, or --dry-run to send nothing",
        )
    if print_bodies and as_json:
        raise UsageError("--print and --json both want the output", where="--print", hint="leave one of them out")


def _channel(url: str, headers: Sequence[str], auth: str) -> Channel:
    from emulator.delivery.credentials import with_auth

    return with_auth(channel_from(url, headers, where="--to"), auth)


def _edits(sets: Sequence[str], removes: Sequence[str]) -> tuple[Edit, ...]:
    from emulator.payloads import parse_remove, parse_set

    return (*(parse_set(text) for text in sets), *(parse_remove(path) for path in removes))


def _types(names: Sequence[str]) -> tuple[str, ...]:
    from emulator.contract.catalogue import event_type, matching_types

    found: list[str] = []
    for name in names:
        matching = matching_types(name) if any(mark in name for mark in "*?[") else (event_type(name),)
        for known in matching:
            if not known.eligible:
                click.echo(
                    f"note: {known.id} is not event-hook-eligible: Okta never delivers it to a hook (A9)", err=True
                )
            found.append(known.id)
    return tuple(found)


def _fresh_seed() -> int:
    from secrets import randbelow

    return randbelow(_LARGEST_SEED)


def _instant(text: str | None, *, seeded: bool) -> datetime | None:
    from datetime import UTC, datetime

    if text is None and seeded:
        return None
    if text is None or text == "now":
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no instant", where="--at", hint="such as 2026-08-21T12:00:00Z, or now") from None
    if instant.tzinfo is None:
        raise UsageError(f"{text!r} has no time zone", where="--at", hint=f"add a Z for UTC: {text}Z")
    return instant


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        with open(name, "rb") as source:  # noqa: PTH123 (a path typed by the user)
            return source.read()
    except OSError as error:
        raise UsageError(
            f"the file {name!r} can't be read: {(error.strerror or 'unknown reason').lower()}",
            where="--raw",
            hint="check the path",
        ) from None


def _validate(requests: Sequence[Planned], *, on_purpose: bool) -> None:
    """Hold what is sent against our own schema; edited and raw bodies may be wrong on purpose, so they only warn."""
    from emulator.contract.problems import Level
    from emulator.contract.schemas import validate_envelope
    from emulator.contract.semantics import envelope_problems
    from emulator.errors import HarnessError

    for request in requests:
        if request.envelope is None:
            click.echo("note: the body is no JSON object, so Okta would never send it", err=True)
            continue
        problems = [*validate_envelope(request.envelope), *envelope_problems(request.envelope)]
        for problem in problems:
            if problem.level is Level.NOTE:
                continue
            if not on_purpose:
                raise HarnessError(
                    f"our own payload is wrong at {problem.pointer or '/'}: {problem.message}",
                    hint="nothing was sent; this is our mistake, please report it with the seed",
                )
            click.echo(f"note: {problem.pointer or '/'}: {problem.message} ({problem.rule}); sent as asked", err=True)


def _report_plan(requests: Sequence[Planned], *, seed: int, as_json: bool, to_stderr: bool) -> None:
    from emulator.cli.terminal import print_json

    if as_json:
        print_json(
            {"seed": seed, "deliveries": [{**_identity(request), "outcome": "not_sent"} for request in requests]}
        )
        return
    for request in requests:
        click.echo(f"built {_headline(request)}, {len(request.body)} bytes, not sent", err=to_stderr)


def _identity(request: Planned) -> dict[str, Any]:
    return {
        "event_id": request.event_id,
        "hook_id": request.hook_id,
        "events": [
            {"uuid": uuid, "event_type": kind} for uuid, kind in zip(request.uuids, request.event_types, strict=True)
        ],
    }


def _headline(request: Planned) -> str:
    kinds = list(dict.fromkeys(request.event_types))
    shown = ", ".join(kinds[:3]) + (f" and {len(kinds) - 3} more types" if len(kinds) > 3 else "")
    many = f"{len(request.uuids)} events: " if len(request.uuids) != 1 else ""
    return f"{many}{shown or 'a raw body'}"


def _send(
    requests: Sequence[Planned],
    channel: Channel,
    *,
    profile: Profile,
    ca_bundle: str | None,
    auth: str,
    seed: int,
    as_json: bool,
) -> int:
    from emulator.cli.terminal import print_json
    from emulator.delivery.clock import SystemClock
    from emulator.delivery.dispatcher import deliver, delivery_request
    from emulator.delivery.transport import transport
    from emulator.secrets import Redactor, safe_url

    sender, clock = transport(ca_bundle), SystemClock()
    redact = Redactor(delivery_request(channel, b"", hook_id="").secrets())
    done: list[tuple[Planned, Delivery]] = []
    if not as_json:
        click.echo(f"POST {safe_url(channel.uri)}")
    for planned in requests:
        request = delivery_request(channel, planned.body, hook_id=planned.hook_id, profile=profile)
        delivery = deliver(
            request,
            event_id=planned.event_id,
            hook_id=planned.hook_id,
            uuids=planned.uuids,
            sender=sender,
            clock=clock,
            profile=profile,
        )
        done.append((planned, delivery))
        if not as_json:
            for line in _as_text(planned, delivery, spoilt=auth):
                click.echo(redact(line))
    deliveries = [delivery for _, delivery in done]
    if as_json:
        print_json(
            {
                "url": safe_url(channel.uri),
                "profile": profile.name,
                "seed": seed,
                "deliveries": [_as_json(planned, delivery, redact) for planned, delivery in done],
            }
        )
    if auth != "right":
        return 0 if all(_refused(delivery) for delivery in deliveries) else 1
    if all(delivery.outcome == "delivered" for delivery in deliveries):
        return 0
    contacts = {attempt.exchange.failure for delivery in deliveries for attempt in delivery.attempts}
    return _UNREACHABLE if contacts <= _NO_CONTACT else 1


def _refused(delivery: Delivery) -> bool:
    return delivery.attempts[-1].exchange.status in _REFUSALS


def _as_json(planned: Planned, delivery: Delivery, redact: Any) -> dict[str, Any]:
    from emulator.reports.exchanges import as_json

    return {
        **_identity(planned),
        "attempts": [
            {"n": attempt.number, **as_json(attempt.exchange, redact=redact), "why": redact(attempt.step.reason)}
            for attempt in delivery.attempts
        ],
        "outcome": delivery.outcome.value,
    }


def _as_text(planned: Planned, delivery: Delivery, *, spoilt: str) -> Iterator[str]:
    from emulator.cli.terminal import bad, dim, good

    yield f"{_headline(planned)}  {dim(planned.event_id)}"
    for attempt in delivery.attempts:
        yield dim(f"  attempt {attempt.number}: {attempt.exchange.summary()}")
    last = delivery.attempts[-1]
    if spoilt != "right" and _refused(delivery):
        yield f"  {good('REFUSED')}  as it should be: the secret was {spoilt}"
    elif spoilt != "right":
        yield f"  {bad('NOT REFUSED')}  the secret was {spoilt}, so the answer should be 401 or 403 (H6)"
    elif delivery.outcome == "delivered":
        yield f"  {good('DELIVERED')}  {last.step.reason}"
    else:
        yield f"  {bad('FAILED')}  {last.step.reason}; Okta would drop the delivery now (R8)"
