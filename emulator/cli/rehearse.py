"""Rehearse an outage of the receiver: what is lost for ever, what arrives twice, what the System Log can recover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emulator.cli.options import (
    ca_bundle_option,
    channel_from,
    header_option,
    json_option,
    profile_option,
    report_option,
)
from emulator.errors import UsageError

if TYPE_CHECKING:
    from emulator.contract.model import Channel
    from emulator.contract.profile import Profile
    from emulator.load.outage import Drill, OutageResult
    from emulator.secrets import Redactor

__all__ = ["command"]

_INTERRUPTED = 130
_NOTHING = 4
_FORMATS = ("html", "json")


@click.command("rehearse")
@click.argument("url", required=False)
@header_option
@click.option("--outage", metavar="TIME", default="10m", show_default=True, help="How long the receiver is away.")
@click.option("--before", metavar="TIME", default="2m", show_default=True, help="How long it is there before that.")
@click.option("--after", metavar="TIME", default="2m", show_default=True, help="How long it is there afterwards.")
@click.option("--rate", metavar="N/m", default="12/m", show_default=True, help="Changes to users of the org.")
@click.option(
    "--way", type=click.Choice(["refused", "hanging", "503", "answers-lost"]), default="refused", show_default=True,
    help="What being away is like: nobody listens, nothing is answered, a load balancer answers 503, or the answers "
    "of a working receiver don't come back.",
)  # fmt: skip
@click.option("--by-hand", is_flag=True, help="You stop the receiver yourself, and start it again; in real time.")
@click.option("--real-time", is_flag=True, help="Let time pass as it does, instead of letting the clock jump.")
@click.option("--lost", "lost_file", metavar="FILE", help="Write the lost requests, for okta-hooks replay FILE.")
@click.option("--seed", metavar="N", type=click.IntRange(0), default=0, help="Of the org (default 0).")
@report_option(*_FORMATS)
@ca_bundle_option
@profile_option
@json_option
def command(
    url: str | None,
    headers: tuple[str, ...],
    outage: str,
    before: str,
    after: str,
    rate: str,
    way: str,
    by_hand: bool,
    real_time: bool,
    lost_file: str | None,
    seed: int,
    reports: dict[str, Path],
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
) -> int:
    """
    Let a fake org go on changing users while the receiver at URL is away, and say what became of the events.

    The org reaches URL through a switch of our own, which plays the outage; the receiver itself stays untouched. The
    org's clock jumps from change to change, but deliveries are real, and so are their 3 s.

    Example: okta-hooks rehearse http://localhost:8000/okta/hooks --outage 10m --lost lost.ndjson
    """
    if url is None:
        raise UsageError("name the hook's URL", where="URL", hint="such as http://localhost:8000/okta/hooks")
    from emulator.load.outage import Drill
    from emulator.load.units import read_duration, read_rate

    channel = channel_from(url, headers)
    if way == "503" and channel.uri.lower().startswith("https:"):
        raise UsageError(
            "a 503 can't be answered in the name of an https receiver", where="--way", hint="choose refused or hanging"
        )
    drill = Drill(
        channel=channel,
        rate=read_rate(rate, where="--rate"),
        before=read_duration(before, where="--before"),
        outage=read_duration(outage, where="--outage"),
        after=read_duration(after, where="--after"),
        way=way,
        seed=seed,
        real=real_time or by_hand,
        by_hand=by_hand,
        profile=profile,
    )
    if round(drill.rate * drill.duration) < 1:
        click.echo(f"nothing was run: at {rate}, nothing changes in that time", err=True)
        return _NOTHING
    from emulator.delivery.transport import transport

    transport(ca_bundle)  # a bundle that can't be used is told before anything is sent
    result = _run(drill, ca_bundle)
    _tell(result, redact=_redactor(channel), reports=reports, lost_file=lost_file, as_json=as_json)
    if result.interrupted:
        return _INTERRUPTED
    return 0 if result.verdict == "pass" else 1


def _run(drill: Drill, ca_bundle: str | None) -> OutageResult:
    from emulator.load.outage import rehearse
    from emulator.load.switch import Detour, Switch
    from emulator.load.target import find_target
    from emulator.reports.outage import headline

    target = find_target(drill.channel.uri)
    click.echo(headline(drill), err=True)
    switch = None if drill.by_hand else Switch(target.address, target.port, way=drill.way)
    try:
        return rehearse(drill, Detour(switch, ca_bundle=ca_bundle), switch, say=lambda text: click.echo(text, err=True))
    finally:
        if switch is not None:
            switch.close()


def _redactor(channel: Channel) -> Redactor:
    from emulator.delivery.dispatcher import delivery_request
    from emulator.secrets import Redactor

    return Redactor(delivery_request(channel, b"", hook_id="").secrets())


def _tell(
    result: OutageResult, *, redact: Redactor, reports: dict[str, Path], lost_file: str | None, as_json: bool
) -> None:
    from emulator.cli import terminal
    from emulator.reports.outage import as_json as to_json
    from emulator.reports.outage import as_lines

    if lost_file is not None:
        _write_lost(lost_file, result)
    document: dict[str, Any] = to_json(result, redact=redact)
    if as_json:
        terminal.print_json(document)
    else:
        looks = lambda text, look: getattr(terminal, look)(text)  # noqa: E731
        for line in as_lines(result, redact=redact, file=lost_file or "", style=looks):
            click.echo(line)
    _write_reports(result, document, redact=redact, reports=reports, lost_file=lost_file)


def _write_reports(
    result: OutageResult,
    document: dict[str, Any],
    *,
    redact: Redactor,
    reports: dict[str, Path],
    lost_file: str | None,
) -> None:
    import json
    from datetime import UTC, datetime

    from emulator.reports.files import write_report
    from emulator.reports.outage_html import outage_html

    for name, path in reports.items():
        if name == "json":
            write_report(path, json.dumps(document, indent=2) + "\n")
        else:
            write_report(path, outage_html(result, redact=redact, file=lost_file or "", when=datetime.now(UTC)))


def _write_lost(name: str, result: OutageResult) -> None:
    try:
        Path(name).write_bytes(b"".join(fate.delivery.body + b"\n" for fate in result.lost))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this is no file name"
        raise UsageError(f"the file {name!r} can't be written: {reason.lower()}", where="--lost") from None
