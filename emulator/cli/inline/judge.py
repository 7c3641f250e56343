"""Judge a recorded answer to an inline hook, and say what Okta would do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from emulator.cli._inputs import read_bytes
from emulator.cli.options import json_option
from emulator.errors import UsageError

if TYPE_CHECKING:
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import JsonObject

__all__ = ["command"]


@click.command("judge")
@click.argument("answer", metavar="ANSWER")
@click.option("--to", "request_name", metavar="FILE", help="The recorded request that it answers.")
@click.option(
    "--type", "kind_name", metavar="TYPE", help="Without --to: the type of hook, with a sample request of it."
)
@click.option("--variant", metavar="NAME", default="", help="With --type: which kind of request.")
@click.option("--seed", metavar="N", type=click.IntRange(0), default=0, help="With --type: of which sample.")
@click.option(
    "--status", metavar="N", type=click.IntRange(100, 599), default=200, help="Its HTTP status (default 200)."
)
@click.option("--content-type", metavar="TEXT", default="application/json", help="Its Content-Type.")
@json_option
def command(
    answer: str,
    request_name: str | None,
    kind_name: str | None,
    variant: str,
    seed: int,
    status: int,
    content_type: str,
    as_json: bool,
) -> int:
    """
    Judge the recorded body ANSWER ('-': standard input) and say what Okta would do with it, before and after.

    Example: okta-hooks inline judge answer.json --type token --variant client-credentials
    """
    from emulator.contract.inline.answers import judge_answer
    from emulator.contract.inline.effects import apply_answer
    from emulator.contract.problems import Level

    kind, request = _asked(request_name, kind_name, variant, seed)
    body = read_bytes(answer, where="ANSWER")
    headers = [("Content-Type", content_type)] if content_type else []
    judgement = judge_answer(kind, request, status=status, headers=headers, body=body)
    effect = apply_answer(kind, request, judgement)
    good = judgement.accepted and all(problem.level is not Level.MUST for problem in judgement.problems)
    _tell(
        {"file": answer, "type": kind.name, "status": "valid" if good else "invalid"},
        judgement,
        effect,
        as_json=as_json,
    )
    return 0 if good else 1


def _asked(
    request_name: str | None, kind_name: str | None, variant: str, seed: int
) -> tuple[InlineHookType, JsonObject]:
    from emulator.contract.inline.requests import type_of_request
    from emulator.contract.inline.types import inline_hook_type

    if (request_name is None) == (kind_name is None):
        raise UsageError(
            "say what it answers: either --to or --type",
            where="--to",
            hint="--to request.json is the recorded request, --type token stands for a sample",
        )
    if request_name is None:
        from emulator.payloads import World
        from emulator.payloads.inline import inline_request

        kind = inline_hook_type(str(kind_name))
        return kind, inline_request(kind, world=World(seed), variant=variant)
    request = _recorded(request_name)
    found = type_of_request(request)
    if found is None:
        raise UsageError(
            "that is no request of an inline hook",
            where=request_name,
            hint="its eventType names none of the types; okta-hooks validate says more",
        )
    return found, request


def _recorded(name: str) -> Any:
    """Return the request in a file, also if it stands in a gateway's event or another recording."""
    import json

    from emulator.contract.kinds import Kind
    from emulator.contract.recognition import recognise

    try:
        value = json.loads(read_bytes(name, where="--to"))
    except (ValueError, RecursionError):
        raise UsageError("that is no JSON", where=name, hint="okta-hooks validate says where it goes wrong") from None
    inside = [inner.value for inner in recognise(value).inside if recognise(inner.value).kind is Kind.INLINE_REQUEST]
    return inside[0] if inside else value


def _tell(about: dict[str, Any], judgement: Any, effect: Any, *, as_json: bool) -> None:
    from emulator.cli import terminal
    from emulator.reports.inline_calls import effect_json, effect_lines, problem_json, problem_lines
    from emulator.secrets import Redactor

    redact = Redactor()
    if as_json:
        problems = [problem_json(problem, redact=redact) for problem in judgement.problems]
        effect_told = effect_json(effect, redact=redact)
        terminal.print_json({**about, "use": judgement.use.value, "problems": problems, "effect": effect_told})
        return

    def style(text: str, look: str) -> str:
        return str(getattr(terminal, look)(text))

    for problem in judgement.problems:
        for line in problem_lines(problem, redact=redact, style=style):
            click.echo(line)
    for line in effect_lines(effect, redact=redact, style=style):
        click.echo(line)
