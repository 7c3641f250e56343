"""Check captured payloads against what Okta promises."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from emulator.cli._validation import validated
from emulator.cli.options import json_option, report_option

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["command"]

_KINDS = (
    "auto",
    "envelope",
    "log-event",
    "verification",
    "verification-request",
    "event-hook",
    "inline-request",
    "inline-answer",
)
_MOST_JOBS = 256


def _jobs(_: click.Context, __: click.Parameter, text: str) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if text == "auto":
        return cores
    if not text.isdecimal() or not 0 < int(text) <= _MOST_JOBS:
        raise click.BadParameter(f"{text!r} is neither a number from 1 to {_MOST_JOBS} nor 'auto'")
    return int(text)


@click.command("validate")
@click.argument("paths", metavar="FILE|DIR|-...", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(_KINDS), default="auto", show_default=True, help="What the documents are.")
@click.option("--strict", is_flag=True, help="Let problems of level should fail too.")
@click.option("--quiet", "-q", is_flag=True, help="Show only what is wrong, without notes.")
@click.option("--jobs", "-j", metavar="N", default="1", callback=_jobs, help="Use N processes, or 'auto': all cores.")
@click.option("--redact-to", metavar="DIR", help="Write copies without personal data into this folder.")
@report_option("junit", "sarif", "json")
@json_option
def command(
    paths: tuple[str, ...],
    kind: str,
    strict: bool,
    quiet: bool,
    jobs: int,
    redact_to: str | None,
    reports: dict[str, Path],
    as_json: bool,
) -> int:
    """
    Check captured payloads: envelopes, LogEvents, event hooks, verification answers.

    Reads files, directories (every .json, .ndjson and .jsonl below) and standard input (-). Each file holds one
    document, an array of them, or one per line. Every problem is shown with its place and the rule behind it:
    "must" is what Okta never does, "should" was never seen, "note" is newer than our snapshot.

    Example: okta-hooks validate capture.json
    """
    return validated(
        paths,
        kind=kind,
        strict=strict,
        quiet=quiet,
        jobs=jobs,
        redact_to=redact_to,
        reports=reports,
        as_json=as_json,
    )
