"""List the event types, and show one: its facts, a sample, its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from emulator.cli._folder import Group
from emulator.cli.options import events_option, json_option, read_event_files
from emulator.errors import NothingToRunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from emulator.contract.catalogue import EventType
    from emulator.payloads.custom import CustomType

__all__ = ["command"]


@click.group("events", cls=Group)
def command() -> None:
    """
    List the event types, and show one: its facts, a sample, its schema.

    Example: okta-hooks events show user.lifecycle.deactivate --sample
    """


@command.command("list")
@click.argument("patterns", nargs=-1, metavar="[PATTERN]...")
@click.option("--eligible", is_flag=True, help="Only those that event hooks may carry.")
@click.option("--category", metavar="NAME", help="Only those of this category of the catalogue.")
@json_option
def list_types(patterns: tuple[str, ...], eligible: bool, category: str | None, as_json: bool) -> int:
    """
    List event types, all or those that match a PATTERN such as 'user.lifecycle.*'.

    Example: okta-hooks events list --eligible 'group.*'
    """
    from emulator.cli.terminal import print_json
    from emulator.contract.catalogue import snapshot
    from emulator.reports.event_types import brief, in_one_line

    found = _chosen(patterns, eligible=eligible, category=category)
    counts = {"types": len(found), "eligible": sum(known.eligible for known in found)}
    if as_json:
        print_json({"catalogue": snapshot().release, "counts": counts, "types": [brief(known) for known in found]})
        return 0
    width = max(len(known.id) for known in found)
    for known in found:
        click.echo(in_one_line(known, width=width))
    click.echo(
        f"{counts['types']} types, {counts['eligible']} of them eligible; catalogue {snapshot().release}", err=True
    )
    return 0


def _chosen(patterns: Sequence[str], *, eligible: bool, category: str | None) -> list[EventType]:
    from fnmatch import fnmatchcase

    from emulator.contract.catalogue import known_types, nearest_patterns
    from emulator.names import did_you_mean

    types: Iterable[EventType] = known_types().values()
    categories = {known.category for known in types}
    if category is not None and category not in categories:
        hint = did_you_mean(category, categories) or f"categories: {', '.join(sorted(categories))}"
        raise UsageError(f"unknown category {category!r}", where="--category", hint=hint)
    found = [
        known
        for known in types
        if (known.eligible or not eligible)
        and category in {None, known.category}
        and (not patterns or any(fnmatchcase(known.id, pattern) for pattern in patterns))
    ]
    if not found:
        hint = "" if len(patterns) != 1 else nearest_patterns(patterns[0], known_types())
        wanted = " or ".join(map(repr, patterns)) or "these options"
        raise NothingToRunError(f"no event type matches {wanted}", where="PATTERN" if patterns else "", hint=hint)
    return found


@command.command("show")
@click.argument("event_type", metavar="TYPE")
@click.option("--sample", is_flag=True, help="Print an example event.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of its events, with every reference resolved.")
@click.option(
    "--shape",
    type=click.Choice(["delivery", "preview", "preview-sample", "system-log"]),
    help="The real shape of the sample (default: delivery).",
)
@click.option(
    "--origin",
    type=click.Choice(["api", "console", "user", "job", "system"]),
    help="What causes the sample; default: what usually does.",
)
@click.option("--outcome", metavar="RESULT", help="outcome.result of the sample, such as FAILURE.")
@click.option(
    "--engine", type=click.Choice(["oie", "classic"]), default="oie", help="Identity Engine or Classic Engine."
)
@events_option
@click.option("--seed", metavar="N", type=click.IntRange(0), default=0, help="Another seed, another sample.")
@click.option("--locale", metavar="NAME", help="Names of this Faker locale, such as ja_JP.")
@json_option
def show(
    event_type: str, sample: bool, schema: bool, as_json: bool, event_files: tuple[str, ...], **wishes: Any
) -> int:
    """
    Show what is known about an event type, and where each fact comes from.

    Origins, the most trusted first: captured, inferred, catalogue, family default; recipe is our own description.

    Example: okta-hooks events show user.lifecycle.deactivate --sample --shape preview
    """
    from emulator.cli.terminal import print_json
    from emulator.contract.catalogue import event_type as find
    from emulator.reports import event_types

    custom = read_event_files(event_files)
    # Of a type of the user's own there is nothing to show but a sample: its facts stand in its file.
    sample = sample or event_type in custom
    known = custom[event_type].event_type() if event_type in custom else find(event_type)
    # Any of these options only makes sense with a sample.
    sample = sample or any(wishes[name] is not None for name in ("shape", "origin", "outcome", "locale"))
    extra = {}
    if sample:
        extra["sample"] = _sample(known, custom, **wishes)
    if schema:
        extra["schema"] = _schema(known)
    if as_json:
        print_json({**event_types.as_json(known), **extra})
    elif extra:
        for document in extra.values():
            _print_readable(document)
    else:
        for line in event_types.as_text(known):
            click.echo(line)
    return 0


def _sample(
    known: EventType,
    custom: Mapping[str, CustomType],
    *,
    shape: str | None,
    origin: str | None,
    outcome: str | None,
    engine: str,
    seed: int,
    locale: str | None,
) -> dict[str, Any]:
    from emulator.payloads import Origin, World, build_event, in_shape, preview_sample

    world = World(seed, locale=locale, engine=engine, custom=custom)
    if shape == "preview-sample":
        return preview_sample(known.id, world=world)
    chosen = None if origin is None else Origin(origin)
    result = outcome and outcome.upper()
    event = build_event(known.id, world=world, hook_ids=[world.hook_id()], origin=chosen, result=result)
    return in_shape(event, shape or "delivery")


def _schema(known: EventType) -> dict[str, Any]:
    from emulator.contract.schemas import resolved_schema

    return resolved_schema(known.id)


def _print_readable(document: dict[str, Any]) -> None:
    from json import dumps
    from sys import stdout

    stdout.buffer.write(dumps(document, indent=2, ensure_ascii=False).encode() + b"\n")
    stdout.buffer.flush()
