"""Check which of Okta's promises a service keeps that answers inline hooks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from emulator.cli._inputs import fresh_seed
from emulator.cli._suite import header_options, known_failures, run_and_tell, show_checks
from emulator.cli.inline._oauth import oauth_options
from emulator.cli.options import (
    ca_bundle_option,
    channel_from,
    header_option,
    json_option,
    profile_option,
    report_option,
)
from emulator.errors import UsageError
from emulator.reports.run_reports import RUN_FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from emulator.checks.inline.target import Credential
    from emulator.cli.inline._oauth import OAuthOptions
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.profile import Profile

__all__ = ["command"]


@click.command("check")
@click.argument("url", required=False)
@click.option("--type", "kind_name", metavar="TYPE", help="password-import, registration, token, saml, telephony, ...")
@header_option
@oauth_options
@click.option("--select", metavar="NAME", multiple=True, help="Run only this check, rule or pattern. Repeatable.")
@click.option("--ignore", metavar="NAME", multiple=True, help="Leave this check, rule or pattern out. Repeatable.")
@click.option(
    "--level",
    type=click.Choice(["must", "should", "may"]),
    default="must",
    show_default=True,
    help="The lowest level whose breach fails the run.",
)
@click.option(
    "--credential",
    metavar="'LOGIN:PASSWORD'",
    help="For password-import: somebody the service knows, such as 'ann@example.com:${env:PASSWORD}'.",
)
@click.option(
    "--set",
    "sets",
    metavar="PATH=VALUE",
    multiple=True,
    help="Set a value in every plain call, such as a user that the service knows. Repeatable.",
)
@click.option("--seed", type=click.IntRange(0), help="The same seed gives the same people and requests.")
@click.option("--baseline", metavar="FILE", help="A JSON report; what fails in it already doesn't fail this run.")
@click.option("--list", "listing", is_flag=True, help="List the checks and stop.")
@click.option("--explain", metavar="CHECK", help="Say all about one check, and stop.")
@report_option(*RUN_FORMATS)
@ca_bundle_option
@profile_option
@json_option
def command(
    url: str | None,
    kind_name: str | None,
    headers: tuple[str, ...],
    oauth: OAuthOptions,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    level: str,
    credential: str | None,
    sets: tuple[str, ...],
    seed: int | None,
    baseline: str | None,
    listing: bool,
    explain: str | None,
    reports: dict[str, Path],
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
) -> int:
    """
    Run the contract suite for inline hooks against URL: some 100 calls about invented people.

    Don't aim it at production: a telephony hook is asked to send messages, to numbers that are kept for fiction.
    A broken promise of level must fails the run; what rests on an inferred rule, and lower levels, only warn.

    Example: okta-hooks inline check http://localhost:8000/okta/inline/token --type token
    """
    from emulator.checks.inline import choose_inline
    from emulator.contract.inline.types import inline_hook_type

    kind = None if kind_name is None else inline_hook_type(kind_name)
    chosen = choose_inline(
        "" if kind is None else kind.short,
        select=(explain,) if explain else select,
        ignore=ignore,
        where="--explain" if explain else "--select",
    )
    if listing or explain:
        show_checks(chosen, whole=bool(explain), as_json=as_json)
        return 0
    if url is None:
        raise UsageError(
            "name the URL of the service", where="URL", hint="such as http://localhost:8000/okta/inline/token"
        )
    if kind is None:
        raise UsageError(
            "which type of inline hook does it answer?",
            where="--type",
            hint="such as --type token; okta-hooks inline types shows them all",
        )
    import time

    from emulator.checks.inline import InlinePlan, InlineTarget, run_inline_suite
    from emulator.delivery.transport import transport
    from emulator.payloads import World
    from emulator.payloads.edits import split_set
    from emulator.runner.results import Level

    target = InlineTarget(
        kind=kind,
        channel=oauth.applied(channel_from(url, headers), ca_bundle=ca_bundle),
        sender=transport(ca_bundle),
        world=World(fresh_seed() if seed is None else seed),
        started=int(time.time() * 1000),
        credential=_credential(credential, kind),
        edits=tuple(split_set(text, example="data.userProfile.email=x@example.com") for text in sets),
        profile=profile,
    )
    plan = InlinePlan(
        target=target,
        checks=chosen,
        level=Level(level),
        baseline=frozenset() if baseline is None else known_failures(baseline, command="okta-hooks inline check URL"),
        reproduce=_reproduce(
            url,
            kind,
            [*header_options(headers), *oauth.shown()],
            target.world.seed,
            sets=sets,
            credential=credential,
        ),
    )
    return run_and_tell(
        partial(run_inline_suite, plan),
        redact=target.redactor(),
        reports=reports,
        as_json=as_json,
        command="okta-hooks inline check",
    )


def _credential(text: str | None, kind: InlineHookType) -> Credential | None:
    if text is None:
        return None
    from emulator.checks.inline.target import Credential
    from emulator.delivery.channels import secret_text
    from emulator.secrets import Secret

    hint = "write it as 'LOGIN:PASSWORD'; the password may be ${env:NAME} or @FILE"
    if kind.short != "password-import":
        raise UsageError(f"a {kind.title} hook has no password", where="--credential", hint="leave it out")
    login, colon, password = text.partition(":")
    if not (login.strip() and colon and password):
        raise UsageError("wanted a login and its password", where="--credential", hint=hint)
    return Credential(login=login.strip(), password=Secret(secret_text(password, where="--credential")))


def _reproduce(
    url: str, kind: InlineHookType, auth: Sequence[str], seed: int, *, sets: Sequence[str], credential: str | None
) -> Callable[[str, str | None], str]:
    """Return what writes the command that shows one check again: a single call if that is enough."""
    from shlex import quote

    from emulator.secrets import HIDDEN, safe_url

    shown, given = quote(safe_url(url)), [*auth, *(f"--set {quote(text)}" for text in sets)]
    if credential is not None:
        login, _, password = credential.partition(":")
        kept = password if password.startswith(("${env:", "@")) else HIDDEN
        known = [f"--credential {quote(f'{login}:{kept}')}"]
    else:
        known = []

    def command_for(check_id: str, variant: str | None) -> str:
        if variant is not None and not known:
            chosen = [] if variant in {"", kind.variants[0]} else ["--variant", variant]
            return " ".join(["okta-hooks inline trigger", kind.short, "--to", shown, *chosen, *given])
        parts = ["okta-hooks inline check", shown, "--type", kind.short, *given, *known]
        return " ".join([*parts, "--select", check_id, "--seed", str(seed)])

    return command_for
