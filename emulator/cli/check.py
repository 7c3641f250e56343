"""Check which of Okta's promises a hook URL keeps, with evidence and a fix for each it breaks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from emulator.cli._inputs import fresh_seed
from emulator.cli._suite import header_options, known_failures, run_and_tell, show_checks
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

    from emulator.contract.profile import Profile

__all__ = ["command"]


@click.command("check")
@click.argument("url", required=False)
@header_option
@click.option("--select", metavar="NAME", multiple=True, help="Run only this check, rule or pattern. Repeatable.")
@click.option("--ignore", metavar="NAME", multiple=True, help="Leave this check, rule or pattern out. Repeatable.")
@click.option(
    "--level",
    type=click.Choice(["must", "should", "may"]),
    default="must",
    show_default=True,
    help="The lowest level whose breach fails the run.",
)
@click.option("--type", "event_types", metavar="TYPE", multiple=True, help="Deliver this event type. Repeatable.")
@click.option(
    "--probe",
    "probes",
    metavar="URL PATH|COMMAND",
    multiple=True,
    help="What shows how often events were acted on, as in 'http://localhost:8000/handled $.count', or what became of "
    "one user, with {login}, {user_id} or {uuid} in it. A command's last line counts. Repeatable.",
)
@click.option("--seed", type=click.IntRange(0), help="The same seed gives the same people and events.")
@click.option("--baseline", metavar="FILE", help="A JSON report; what fails in it already doesn't fail this run.")
@click.option("--list", "listing", is_flag=True, help="List the checks and stop.")
@click.option("--explain", metavar="CHECK", help="Say all about one check, with code that keeps its promise, and stop.")
@report_option(*RUN_FORMATS)
@ca_bundle_option
@profile_option
@json_option
def command(
    url: str | None,
    headers: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    level: str,
    event_types: tuple[str, ...],
    probes: tuple[str, ...],
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
    Run the contract suite against URL: some 300 requests about invented people, so don't aim it at production.

    A broken promise of level must fails the run; what rests on an inferred rule, and lower levels, only warn.

    Example: okta-hooks check http://localhost:8000/okta/hooks --header 'Authorization: ${env:HOOK_SECRET}'
    """
    from emulator.checks.registry import choose

    chosen = choose(
        select=(explain,) if explain else select, ignore=ignore, where="--explain" if explain else "--select"
    )
    if listing or explain:
        show_checks(chosen, whole=bool(explain), as_json=as_json)
        return 0
    if url is None:
        raise UsageError("name the hook's URL", where="URL", hint="such as http://localhost:8000/okta/hooks")
    import time

    from emulator.checks import Plan, run_suite
    from emulator.checks.probe import read_probe
    from emulator.checks.target import Target
    from emulator.contract.catalogue import event_type
    from emulator.delivery.transport import transport
    from emulator.payloads import World
    from emulator.runner.results import Level

    sender = transport(ca_bundle)
    target = Target(
        channel=channel_from(url, headers),
        sender=sender,
        world=World(fresh_seed() if seed is None else seed),
        started=int(time.time() * 1000),
        profile=profile,
        event_types=tuple(event_type(name).id for name in event_types),
        probes=tuple(read_probe(text, sender=sender) for text in probes),
    )
    for probe in target.probes:
        probe.look()
    plan = Plan(
        target=target,
        checks=chosen,
        level=Level(level),
        baseline=frozenset() if baseline is None else known_failures(baseline, command="okta-hooks check URL"),
        reproduce=_reproduce(url, headers, target.world.seed),
    )
    return run_and_tell(
        partial(run_suite, plan), redact=target.redactor(), reports=reports, as_json=as_json, command="okta-hooks check"
    )


def _reproduce(url: str, headers: Sequence[str], seed: int) -> Callable[[str], str]:
    """Return what writes the command for one check."""
    from shlex import quote

    from emulator.secrets import safe_url

    given = header_options(headers)

    def command_for(check_id: str) -> str:
        return " ".join(["okta-hooks check", quote(safe_url(url)), *given, "--select", check_id, "--seed", str(seed)])

    return command_for
