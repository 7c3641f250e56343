"""Keep delivering at a steady, growing or bursting rate, and say whether the receiver holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from emulator.cli.options import (
    ca_bundle_option,
    channel_from,
    header_option,
    json_option,
    profile_option,
    report_option,
)
from emulator.cli.terminal import animated
from emulator.errors import UsageError
from emulator.reports.load_reports import LOAD_FORMATS, write_load_reports

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.contract.model import Channel
    from emulator.contract.profile import Profile
    from emulator.load.plan import Plan
    from emulator.load.result import LoadResult
    from emulator.load.schedule import Schedule
    from emulator.secrets import Redactor

__all__ = ["command"]

_INTERRUPTED = 130
_NOTHING = 4
_LARGEST_SEED = 2**32
_LONGEST_WARMUP = 5.0
_MOST_WORKERS = 64


@click.command("load")
@click.argument("url", required=False)
@header_option
@click.option("--rate", metavar="N[/s]", default="10/s", show_default=True, help="Deliveries a second, or 30/m.")
@click.option("--duration", metavar="TIME", default="30s", show_default=True, help="How long, such as 90s, 5m, 1h.")
@click.option("--warmup", metavar="TIME", help="Before that, not judged (default a tenth of it, at most 5s).")
@click.option(
    "--slo",
    metavar="OBJECTIVES",
    default="p99<3s,errors<0.1%",
    show_default=True,
    help="What must hold: pN, max, mean, errors, retries, timeouts, 4xx, 5xx, rate; answer.pN and late.pN.",
)
@click.option(
    "--pattern", type=click.Choice(["steady", "ramp", "burst"]), default="steady", show_default=True,
    help="ramp grows from nothing to the rate; burst has each 10 s' deliveries in their first second.",
)  # fmt: skip
@click.option(
    "--arrivals", type=click.Choice(["poisson", "even"]), default="poisson", show_default=True,
    help="At random, as people cause events, or evenly.",
)  # fmt: skip
@click.option(
    "--mix", metavar="TYPE[=WEIGHT],...", default="everyday", show_default=True,
    help="Event types and how often they come; patterns too. Or one of ours: everyday, lifecycle, all.",
)  # fmt: skip
@click.option(
    "--batch", metavar="N[-N][=WEIGHT],...", default="1=90,2-5=8,6-20=2", show_default=True, help="Events in a request."
)
@click.option(
    "--duplicates", metavar="SHARE", default="0%", show_default=True,
    help="Deliveries that come again though nothing went wrong, as the same request and as a new one in turn.",
)  # fmt: skip
@click.option(
    "--connections", type=click.Choice(["keep", "new"]), default="keep", show_default=True,
    help="Keep connections open between deliveries, or open one for each.",
)  # fmt: skip
@click.option(
    "--workers", metavar="N", type=click.IntRange(1, _MOST_WORKERS), default=1, help="Processes that send (default 1)."
)
@click.option("--seed", metavar="N", type=click.IntRange(0), help="The same seed gives the same bytes and instants.")
@click.option("--no-verify", is_flag=True, help="Leave the one-time verification before the load out.")
@report_option(*LOAD_FORMATS)
@ca_bundle_option
@profile_option
@json_option
def command(
    url: str | None,
    headers: tuple[str, ...],
    rate: str,
    duration: str,
    warmup: str | None,
    slo: str,
    pattern: str,
    arrivals: str,
    mix: str,
    batch: str,
    duplicates: str,
    connections: str,
    workers: int,
    seed: int | None,
    no_verify: bool,
    reports: dict[str, Path],
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
) -> int:
    """
    Deliver to URL at a fixed rate, whatever the answers: with Okta's headers, 3 s limit and single retry.

    Latency counts from the instant a delivery was due, so a stall of the receiver shows in every delivery it held up.
    Exit code 0 if all objectives hold, 1 if one doesn't or the rate could not be kept, 3 if nobody listens.

    Example: okta-hooks load http://localhost:8000/okta/hooks --rate 200/s --duration 1m --slo 'p99<500ms,errors<0.1%'
    """
    if url is None:
        raise UsageError("name the hook's URL", where="URL", hint="such as http://localhost:8000/okta/hooks")
    from emulator.load.mix import read_batches, read_mix
    from emulator.load.plan import Plan
    from emulator.load.slo import read_slo
    from emulator.load.target import find_target
    from emulator.load.units import read_share

    channel = channel_from(url, headers)
    given_seed = _fresh_seed() if seed is None else seed
    schedule = _schedule(rate, duration, warmup, pattern=pattern, arrivals=arrivals, seed=given_seed)
    types, batches, objectives = read_mix(mix), read_batches(batch), read_slo(slo)
    again = read_share(duplicates, where="--duplicates")
    if not schedule.measured:
        click.echo(f"nothing was run: at {rate}, no delivery is due in {duration}", err=True)
        return _NOTHING
    from emulator.delivery.transport import transport

    transport(ca_bundle)  # a bundle that can't be used is told before anything is sent
    target = find_target(url, ca_bundle=ca_bundle)
    redact = _redactor(channel)
    verified = None if no_verify else _verified(channel, profile, ca_bundle)
    plan = Plan(
        channel=channel,
        target=target,
        schedule=schedule,
        types=types,
        batches=batches,
        objectives=objectives,
        duplicates=again,
        reuse=connections == "keep",
        seed=given_seed,
        start=_start(given_seed, seeded=seed is not None),
        workers=workers,
        profile=profile,
        mix=mix,
        batch=batch,
    )
    result = _run(plan, verified, as_json=as_json)
    _tell(result, redact=redact, reports=reports, as_json=as_json)
    return _exit_code(result)


def _schedule(rate: str, duration: str, warmup: str | None, *, pattern: str, arrivals: str, seed: int) -> Schedule:
    from emulator.load.schedule import Schedule
    from emulator.load.units import read_duration, read_rate

    seconds = read_duration(duration, where="--duration", least=0.1)
    before = min(seconds / 10, _LONGEST_WARMUP) if warmup is None else read_duration(warmup, where="--warmup")
    return Schedule(
        rate=read_rate(rate, where="--rate"),
        duration=seconds,
        warmup=before,
        pattern=pattern,
        arrivals=arrivals,
        seed=seed,
    )


def _fresh_seed() -> int:
    from secrets import randbelow

    return randbelow(_LARGEST_SEED)


def _start(seed: int, *, seeded: bool) -> int:
    """Return when the load begins for its events: now, or, for a seed that somebody gave, when the seed says."""
    import time

    from emulator.payloads.draws import Draws
    from emulator.payloads.moments import default_published

    return default_published(Draws(seed), 0, "load") if seeded else int(time.time() * 1000)


def _redactor(channel: Channel) -> Redactor:
    from emulator.delivery.dispatcher import delivery_request
    from emulator.secrets import Redactor

    return Redactor(delivery_request(channel, b"", hook_id="").secrets())


def _verified(channel: Channel, profile: Profile, ca_bundle: str | None) -> bool:
    from emulator.delivery.tokens import RandomTokens
    from emulator.delivery.transport import transport
    from emulator.delivery.verifier import verify

    found = verify(
        channel, sender=transport(ca_bundle), tokens=RandomTokens(), hook_name="load", profile=profile, doctor=False
    )
    return found.verified


def _run(plan: Plan, verified: bool | None, *, as_json: bool) -> LoadResult:
    from emulator.load.result import LoadResult
    from emulator.load.workers import run_load
    from emulator.reports.load import headline

    click.echo(headline(plan), err=as_json)
    if animated():
        from emulator.cli._load_view import live_view

        with live_view(plan) as show:
            done = run_load(plan, glance=show)
    else:
        done = run_load(plan)
    return LoadResult(
        plan=plan,
        tally=done.tally,
        seconds=done.seconds,
        cpu=done.cpu,
        interrupted=done.interrupted,
        verified=verified,
    )


def _tell(result: LoadResult, *, redact: Redactor, reports: dict[str, Path], as_json: bool) -> None:
    from emulator.cli import terminal
    from emulator.reports.load import as_json as to_json
    from emulator.reports.load import as_lines

    if as_json:
        terminal.print_json(to_json(result, redact=redact))
    else:
        for line in as_lines(result, redact=redact, style=lambda text, look: getattr(terminal, look)(text)):
            click.echo(line)
    write_load_reports(reports, result, redact=redact)


def _exit_code(result: LoadResult) -> int:
    if result.interrupted:
        return _INTERRUPTED
    return 0 if result.verdict == "pass" else 1
