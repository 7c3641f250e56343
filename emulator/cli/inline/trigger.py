"""Send the request of an inline hook, and see what Okta would do with the answer."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from emulator.cli._inputs import fresh_seed, read_bytes, read_instant
from emulator.cli.inline._oauth import oauth_options
from emulator.cli.options import ca_bundle_option, channel_from, header_option, json_option, profile_option
from emulator.errors import HarnessError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from emulator.cli.inline._oauth import OAuthOptions
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import JsonObject
    from emulator.contract.profile import Profile
    from emulator.payloads import World

__all__ = ["command"]

# What would silently have no effect on bytes that are sent as they are.
_NOT_WITH_RAW = ("variant", "engine", "seed", "at")


@click.command("trigger")
@click.argument("kind_name", metavar="TYPE")
@click.option("--to", "url", metavar="URL", help="The URL of the external service.")
@click.option("--variant", metavar="NAME", default="", help="Which kind of request; 'inline show TYPE' lists them.")
@header_option
@oauth_options
@click.option(
    "--set",
    "sets",
    metavar="PATH=VALUE",
    multiple=True,
    help="Change the request: data.userProfile.email=x. What parses as JSON is JSON, all else is text. Repeatable.",
)
@click.option("--remove", "removes", metavar="PATH", multiple=True, help="Remove a member of the request. Repeatable.")
@click.option("--raw", metavar="FILE", help="Send the bytes of this file ('-': standard input) instead, as they are.")
@click.option(
    "--count",
    metavar="N",
    type=click.IntRange(1, 100_000),
    default=1,
    help="Calls, each about somebody else (default 1).",
)
@click.option(
    "--auth",
    type=click.Choice(["right", "wrong", "missing"]),
    default="right",
    help="Spoil the auth header on purpose; then the service must refuse.",
)
@click.option(
    "--engine",
    type=click.Choice(["oie", "classic"]),
    default="oie",
    help="An Identity Engine or a Classic Engine org (U21).",
)
@click.option("--seed", metavar="N", type=click.IntRange(0), help="The same seed gives the same bytes.")
@click.option("--at", metavar="TIME", help="When the request is sent: ISO 8601 with zone, or 'now'.")
@click.option("--dry-run", is_flag=True, help="Build and validate, but send nothing.")
@click.option("--print", "print_bodies", is_flag=True, help="Print the request bodies, one a line.")
@click.option("--reveal", is_flag=True, help="Show the typed password and the one-time passcode, which are hidden.")
@ca_bundle_option
@profile_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    kind_name: str,
    url: str | None,
    variant: str,
    headers: tuple[str, ...],
    sets: tuple[str, ...],
    removes: tuple[str, ...],
    raw: str | None,
    count: int,
    auth: str,
    engine: str,
    seed: int | None,
    at: str | None,
    dry_run: bool,
    print_bodies: bool,
    reveal: bool,
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
    oauth: OAuthOptions,
) -> int:
    """
    Send the request of an inline hook of TYPE as Okta does, and say what Okta would do with the answer.

    TYPE is password-import, registration, token, saml, telephony or user-import, or Okta's own name of it.

    Exit codes: 0 Okta can use the answer, 1 something is wrong with it, 3 the service can't be reached.

    Example: okta-hooks inline trigger registration --to http://localhost:8000/okta/inline/registration
    """
    from emulator.cli.inline._told import Told
    from emulator.contract.inline.types import inline_hook_type
    from emulator.delivery.credentials import with_auth
    from emulator.payloads import World

    kind = inline_hook_type(kind_name)
    if url is None and not dry_run:
        raise UsageError(
            "where to? there is no URL of an external service",
            where="--to",
            hint=f"add --to http://localhost:8000/okta/inline/{kind.short}, or --dry-run to send nothing",
        )
    given = click.core.ParameterSource.COMMANDLINE
    for name in _NOT_WITH_RAW if raw is not None else ():
        if context.get_parameter_source(name) is given:
            raise UsageError(
                f"--{name} is about requests that are built, but --raw sends bytes as they are",
                where=f"--{name}",
                hint="leave one of them out",
            )
    right = None if url is None else channel_from(url, headers, where="--to")
    login = oauth.login(right)
    channel = right if right is None or login is not None else with_auth(right, auth)
    given_seed = seed if seed is not None else fresh_seed()
    instant = read_instant(at, seeded=seed is not None)
    world = World(given_seed, engine=engine)
    requests = _requests(kind, variant, world=world, raw=raw, sets=sets, removes=removes, count=count, at=instant)
    first = next(requests)  # an edit that doesn't fit is told before anything else
    if raw is None and seed is None and instant is not None:
        again = instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        click.echo(f"the same again: --seed {given_seed} --at {again}", err=True)
    told = Told(kind, variant or kind.variants[0], as_json=as_json, bodies=print_bodies, reveal=reveal)
    if right is not None and right.auth is not None:
        told.redact.add(right.auth.value)  # a service that gets a wrong secret may say what it wanted
    if right is not None and right.auth is None and login is None and kind.needs_auth:
        click.echo(
            f"note: a {kind.title} hook must have an auth scheme (I12): add --header 'Authorization: ...'", err=True
        )
    return told.all(
        chain([first], requests),
        None if dry_run else channel,
        login=login,
        spoilt=auth,
        profile=profile,
        ca_bundle=ca_bundle,
        seed=given_seed,
    )


def _requests(
    kind: InlineHookType,
    variant: str,
    *,
    raw: str | None,
    sets: Sequence[str],
    removes: Sequence[str],
    count: int,
    world: World,
    at: datetime | None,
) -> Iterator[tuple[JsonObject, bytes]]:
    """Yield each request as an object and as the bytes to send, problems told on stderr."""
    from emulator.payloads import encode, remove, set_value
    from emulator.payloads.edits import split_set
    from emulator.payloads.inline import inline_request

    changes = [split_set(text, example="data.userProfile.email=x@example.com") for text in sets]
    if raw is not None:
        request, body = _read(raw, edited=bool(sets or removes))
    for number in range(count):
        if raw is None:
            request = inline_request(kind, world=world, number=number, at=at, variant=variant)
        changed: Any = request
        for path, value in changes:
            changed = set_value(changed, path, value)
        for path in removes:
            changed = remove(changed, path)
        as_they_are = raw is not None and not (sets or removes)
        _tell_problems(kind, changed, edited=bool(sets or removes or raw), first=number == 0)
        yield changed, body if as_they_are else encode(changed)


def _read(name: str, *, edited: bool) -> tuple[Any, bytes]:
    import json

    body = read_bytes(name, where="--raw")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if edited and not isinstance(document, dict):
        raise UsageError("only a JSON object can be edited", where="--raw", hint="leave --set and --remove out")
    return document if isinstance(document, dict) else {}, body


def _tell_problems(kind: InlineHookType, request: JsonObject, *, edited: bool, first: bool) -> None:
    from emulator.contract.inline.requests import validate_inline_request

    if not first:
        return
    for problem in validate_inline_request(request, kind=kind):
        if not edited:
            raise HarnessError(
                f"our own request is wrong at {problem.pointer or '/'}: {problem.message}",
                hint="it was not sent; this is our mistake, please report it with the seed",
            )
        pointer = f"{problem.pointer}: " if problem.pointer else ""
        click.echo(f"note: {pointer}{problem.message} ({problem.rule}); sent as asked", err=True)
