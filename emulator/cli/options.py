"""Options that several sub-commands share, and how their texts become values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from emulator.delivery.channels import channel_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from emulator.contract.profile import Profile
    from emulator.payloads.custom import CustomType

__all__ = [
    "ca_bundle_option",
    "channel_from",
    "events_option",
    "header_option",
    "json_option",
    "profile_option",
    "read_event_files",
    "report_option",
]


def header_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--header 'Name: value'``, repeatable."""
    return click.option(
        "--header",
        "headers",
        metavar="'NAME: VALUE'",
        multiple=True,
        help="Send this header too, such as 'Authorization: Basic ...'. Repeatable. The value may be ${env:NAME} or "
        "@FILE, and is never shown.",
    )(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")(function)


def report_option(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--report FORMAT=FILE[,...]``; the command gets a dictionary of ``formats`` and their files."""

    def convert(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> dict[str, Path]:
        if not texts:
            return {}
        from emulator.reports.files import read_report_option

        return read_report_option(texts, formats)

    return click.option(
        "--report",
        "reports",
        metavar="FORMAT=FILE[,...]",
        multiple=True,
        callback=convert,
        help=f"Write reports to files too: {', '.join(formats)}.",
    )


def ca_bundle_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--ca-bundle FILE``."""
    return click.option(
        "--ca-bundle",
        metavar="FILE",
        help="Trust the certificate authorities in this PEM file too.",
    )(function)


def profile_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--profile NAME[,key=value...]``."""

    def convert(_: click.Context, __: click.Parameter, text: str) -> Profile:
        from emulator.contract.profile import profile

        return profile(text)

    return click.option(
        "--profile",
        metavar="NAME[,KEY=VALUE...]",
        default="",
        callback=convert,
        help="Reading of the rules that Okta leaves in doubt (default okta-2026-08); single values can be overridden, "
        "as in verify.strict=on.",
    )(function)


def events_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--events FILE``, repeatable: event types that the user describes."""
    return click.option(
        "--events",
        "event_files",
        metavar="FILE",
        multiple=True,
        help="A YAML file that describes event types of your own, under events:. Repeatable.",
    )(function)


def read_event_files(names: Iterable[str]) -> dict[str, CustomType]:
    """
    Return the event types that the files describe.

    Raises:
        HarnessError: a file can't be read or is wrong; the message has every place.
    """
    found: dict[str, CustomType] = {}
    for name in names:
        from emulator.runner.definitions import event_types

        found |= event_types(name)
    return found
