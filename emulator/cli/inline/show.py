"""Show a type of inline hook: its facts, a sample request, its schemas."""

from __future__ import annotations

from typing import Any

import click

from emulator.cli.options import json_option

__all__ = ["command"]


@click.command("show")
@click.argument("kind_name", metavar="TYPE")
@click.option("--sample", is_flag=True, help="Print an example request.")
@click.option("--variant", metavar="NAME", default="", help="Of a sample: which kind of request.")
@click.option("--seed", metavar="N", type=click.IntRange(0), default=0, help="Another seed, another sample.")
@click.option("--reveal", is_flag=True, help="Of a sample: show the typed password and the one-time passcode.")
@click.option(
    "--schema",
    type=click.Choice(["request", "answer"]),
    help="Print the JSON Schema of the request, or of the answers that are allowed.",
)
@json_option
def command(
    kind_name: str, sample: bool, variant: str, seed: int, reveal: bool, schema: str | None, as_json: bool
) -> int:
    """
    Show what is known about a type of inline hook, and which rule says so.

    Example: okta-hooks inline show token --sample --variant client-credentials
    """
    from emulator.cli.terminal import print_json
    from emulator.contract.inline.types import inline_hook_type
    from emulator.reports import inline_types

    kind = inline_hook_type(kind_name)
    extra: dict[str, Any] = {}
    if sample or variant or reveal:
        from emulator.payloads import World
        from emulator.payloads.inline import inline_request, redacted_request

        request = inline_request(kind, world=World(seed), variant=variant)
        extra["sample"] = request if reveal else redacted_request(request)
    if schema:
        from emulator.contract.schemas import resolved_inline_schema

        extra["schema"] = resolved_inline_schema(f"{kind.schema}-{schema}")
    if as_json:
        print_json({**inline_types.as_json(kind), **extra})
    elif extra:
        from json import dumps

        for document in extra.values():
            click.echo(dumps(document, indent=2, ensure_ascii=False))
    else:
        for line in inline_types.as_text(kind):
            click.echo(line)
    return 0
