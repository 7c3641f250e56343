"""List the types of inline hooks, and what may be answered to each."""

from __future__ import annotations

import click

from emulator.cli.options import json_option

__all__ = ["command"]


@click.command("types")
@json_option
def command(as_json: bool) -> int:
    """
    List the types of inline hooks: their names, variants and commands, and what a failure means.

    Example: okta-hooks inline types
    """
    from emulator.cli.terminal import print_json
    from emulator.contract.inline.types import INLINE_HOOK_TYPES
    from emulator.reports.inline_types import as_json as told
    from emulator.reports.inline_types import in_one_line

    kinds = list(INLINE_HOOK_TYPES.values())
    if as_json:
        print_json({"types": [told(kind) for kind in kinds]})
        return 0
    for kind in kinds:
        click.echo(in_one_line(kind))
    click.echo(f"{len(kinds)} types; okta-hooks inline show TYPE says more", err=True)
    return 0
