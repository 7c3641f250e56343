"""Deliver LogEvents of any event type to a hook URL, as Okta does."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click

from emulator.cli._inputs import fresh_seed, read_bytes, read_instant
from emulator.cli._precheck import checked_before_sending
from emulator.cli._remote import ORG, refuse_what_no_org_takes, trigger_in_org
from emulator.cli._told import Told
from emulator.cli.options import (
    ca_bundle_option,
    channel_from,
    events_option,
    header_option,
    json_option,
    profile_option,
    read_event_files,
)
from emulator.errors import UsageError
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from emulator.contract.model import Channel
    from emulator.contract.problems import Problem
    from emulator.contract.profile import Profile
    from emulator.delivery.plan import Planned
    from emulator.delivery.series import Sent
    from emulator.payloads import Edit
    from emulator.payloads.custom import CustomType

__all__ = ["command"]

_AT_ONCE = 1000  # requests
_RESULTS = (  # L21
    "SUCCESS", "FAILURE", "SKIPPED", "ALLOW", "DENY", "CHALLENGE", "UNKNOWN", "RATE_LIMIT", "DEFERRED", "SCHEDULED",
    "ABANDONED", "UNANSWERED",
)  # fmt: skip
# What would silently have no effect on bytes that are sent as they are.
_NOT_WITH_RAW = (
    "batch", "order", "duplicate", "seed", "at", "locale", "origin", "outcome", "reason", "shape",
    "engine",
)  # fmt: skip


@click.command("trigger")
@click.argument("event_types", nargs=-1, metavar="TYPE...")
@click.option("--to", "url", metavar="URL", help="The hook URL to deliver to.")
@click.option("--hook", metavar="ID", help="Instead of --to: a hook of an org that okta-hooks serve runs.")
@click.option("--org", metavar="URL", default=ORG, show_default=True, help="With --hook: where that org is.")
@click.option("--control-token", metavar="TOKEN", help="With --hook: that org's control token.")
@header_option
@click.option(
    "--set",
    "sets",
    metavar="PATH=VALUE",
    multiple=True,
    help="Change each event: target.0.alternateId=x, or the envelope: envelope.eventId=x. What parses as JSON is JSON, "
    "all else is text. Repeatable.",
)
@click.option("--remove", "removes", metavar="PATH", multiple=True, help="Remove a member of each event. Repeatable.")
@click.option("--raw", metavar="FILE", help="Send the bytes of this file ('-': standard input) instead, as they are.")
@click.option(
    "--count", metavar="N", type=click.IntRange(1, 1_000_000), default=1, help="Events of each type (default 1)."
)
@click.option(
    "--batch", metavar="N", type=click.IntRange(1, 100_000), default=1, help="Events in one request (default 1)."
)
@click.option(
    "--order",
    type=click.Choice(["published", "reversed", "shuffled"]),
    default="published",
    help="The order of the events, in and across requests.",
)
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
    help="Spoil the auth header on purpose; then the receiver must refuse.",
)
@click.option(
    "--origin",
    type=click.Choice(["api", "console", "user", "job", "system"]),
    help="What causes the events; default: what usually does.",
)
@click.option("--outcome", type=click.Choice(_RESULTS, case_sensitive=False), help="outcome.result of the events.")
@click.option("--reason", metavar="TEXT", help="outcome.reason of the events.")
@click.option(
    "--shape",
    type=click.Choice(["delivery", "preview", "preview-sample", "system-log"]),
    default="delivery",
    help="The real shape that the events have.",
)
@click.option(
    "--engine",
    type=click.Choice(["oie", "classic"]),
    default="oie",
    help="An Identity Engine or a Classic Engine org (U21).",
)
@events_option
@click.option("--seed", metavar="N", type=click.IntRange(0), help="The same seed gives the same bytes.")
@click.option("--at", metavar="TIME", help="When the requests are built: ISO 8601 with zone, or 'now'.")
@click.option("--locale", metavar="NAME", help="Names of this Faker locale, such as ja_JP.")
@click.option("--dry-run", is_flag=True, help="Build and validate, but send nothing.")
@click.option("--print", "print_bodies", is_flag=True, help="Print the request bodies, one a line.")
@ca_bundle_option
@profile_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    event_types: tuple[str, ...],
    url: str | None,
    headers: tuple[str, ...],
    sets: tuple[str, ...],
    removes: tuple[str, ...],
    raw: str | None,
    auth: str,
    event_files: tuple[str, ...],
    seed: int | None,
    at: str | None,
    locale: str | None,
    dry_run: bool,
    print_bodies: bool,
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
    **wishes: Any,
) -> int:
    """
    Build LogEvents of TYPE..., validate them, and deliver them with Okta's headers, time limit and retry.

    TYPE is an event type, a pattern of event-hook-eligible ones, such as 'user.lifecycle.*', or one of --events.

    A payload that --set, --remove or --raw has made invalid is sent all the same: each problem is told on stderr.

    Example: okta-hooks trigger user.lifecycle.deactivate --to http://localhost:8000/okta/hooks
    """
    if wishes["hook"] is not None:
        refuse_what_no_org_takes(context)
        return trigger_in_org(
            event_types,
            hook=wishes["hook"],
            org=wishes["org"],
            token=wishes["control_token"],
            count=wishes["count"],
            edits=_edits(sets, removes),
            wishes={"result": wishes["outcome"], "reason": wishes["reason"]},
            as_json=as_json,
        )
    _check(context, event_types, url, raw=raw, dry_run=dry_run)
    right = None if url is None else channel_from(url, headers, where="--to")
    channel = None if right is None else _spoilt(right, auth)
    from emulator.payloads import World

    edits = _edits(sets, removes)
    given_seed = seed if seed is not None else fresh_seed()
    custom = read_event_files(event_files)
    world = World(given_seed, locale=locale, engine=wishes["engine"], custom=custom)
    instant = read_instant(at, seeded=seed is not None)
    if raw is not None:
        requests = _raw(raw, edits, hook_id=world.hook_id(), count=wishes["count"])
    else:
        requests = _planned(event_types, edits, wishes, world=world, nulls=profile.delivery_nulls, at=instant)
    on_purpose = bool(edits) or bool(custom) or wishes["shape"] != "delivery"
    checked = checked_before_sending(requests, raw=raw, on_purpose=on_purpose)
    # An edit that doesn't fit is told before anything is sent, unless there is too much to hold in memory.
    checked = chain(list(islice(checked, _AT_ONCE)), checked)
    if raw is None and seed is None and instant is not None:
        again = instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        click.echo(f"the same again: --seed {given_seed} --at {again}", err=True)
    told = Told(None if dry_run else channel, as_json=as_json, bodies=print_bodies)
    if right is not None and right.auth is not None:
        told.redact.add(right.auth.value)  # a receiver that gets a wrong secret may say what it wanted
    if told.channel is None:
        sent = _not_sent(checked)
    else:
        sent = _sent(checked, told.channel, profile=profile, ca_bundle=ca_bundle, auth=auth)
    return told.all(sent, profile=profile.name, seed=given_seed)


def _check(
    context: click.Context, event_types: Sequence[str], url: str | None, *, raw: str | None, dry_run: bool
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
    given = click.core.ParameterSource.COMMANDLINE
    for name in _NOT_WITH_RAW if raw is not None else ():
        if context.get_parameter_source(name) is given:
            raise UsageError(
                f"--{name} is about events that are built, but --raw sends bytes as they are",
                where=f"--{name}",
                hint="leave one of them out; --count N sends the bytes N times",
            )


def _spoilt(channel: Channel, auth: str) -> Channel:
    from emulator.delivery.credentials import with_auth

    return with_auth(channel, auth)


def _edits(sets: Sequence[str], removes: Sequence[str]) -> tuple[Edit, ...]:
    from emulator.payloads import parse_remove, parse_set

    return (*(parse_set(text) for text in sets), *(parse_remove(path) for path in removes))


def _types(names: Sequence[str], custom: Mapping[str, CustomType]) -> tuple[str, ...]:
    from emulator.contract.catalogue import matching_types

    found: list[str] = []
    for name in names:
        if name in custom:
            found.append(name)
            continue
        try:
            matching = matching_types(name)
        except UsageError as error:
            raise UsageError(error.message, hint=did_you_mean(name, custom) or error.hint) from None
        # A type that is named twice is meant twice; one that a pattern matches too is not.
        found += [known.id for known in matching if known.id == name or known.id not in found]
    for name in dict.fromkeys(found):
        if not (custom[name] if name in custom else matching_types(name)[0]).eligible:
            click.echo(f"note: {name} is not event-hook-eligible: Okta never delivers it to a hook (A9)", err=True)
    return tuple(found)


def _planned(
    names: Sequence[str], edits: tuple[Edit, ...], wishes: dict[str, Any], *, world: Any, nulls: str, at: Any
) -> Iterator[Planned]:
    from emulator.delivery.plan import Recipe, plan
    from emulator.payloads import Origin

    recipe = Recipe(
        event_types=_types(names, world.custom),
        edits=edits,
        nulls=nulls,
        at=at,
        origin=None if wishes["origin"] is None else Origin(wishes["origin"]),
        result=wishes["outcome"],
        **{name: wishes[name] for name in ("count", "batch", "order", "duplicate", "shape", "reason")},
    )
    return plan(recipe, world=world, hook_id=world.hook_id())


def _raw(name: str, edits: tuple[Edit, ...], *, hook_id: str, count: int) -> Iterator[Planned]:
    from itertools import repeat

    from emulator.delivery.plan import plan_raw

    yield from repeat(plan_raw(read_bytes(name, where="--raw"), edits=edits, hook_id=hook_id, where="--raw"), count)


def _sent(
    requests: Iterable[tuple[Planned, Sequence[Problem]]],
    channel: Channel,
    *,
    profile: Profile,
    ca_bundle: str | None,
    auth: str,
) -> Iterator[Sent]:
    from emulator.delivery.clock import SystemClock
    from emulator.delivery.series import send_all
    from emulator.delivery.transport import transport

    sender = transport(ca_bundle)
    return send_all(requests, channel, sender=sender, clock=SystemClock(), profile=profile, spoilt=auth)


def _not_sent(requests: Iterable[tuple[Planned, Sequence[Problem]]]) -> Iterator[Sent]:
    from emulator.delivery.series import Sent

    return (Sent(planned=planned, problems=problems) for planned, problems in requests)
