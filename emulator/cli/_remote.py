"""Letting events happen in a fake org that ``okta-hooks serve`` runs, by its control plane."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click

from emulator.errors import HarnessError, TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.payloads import Edit

__all__ = ["ORG", "refuse_what_no_org_takes", "trigger_in_org"]

ORG: Final = "http://127.0.0.1:8420"
_PATIENCE: Final = 40.0  # seconds: the org itself waits 30 for a delivery
# The options of ``trigger`` that an org understands; it builds and sends the events itself.
_UNDERSTOOD: Final = frozenset(
    {"event_types", "hook", "org", "control_token", "count", "sets", "removes", "outcome", "reason", "as_json"}
)


def refuse_what_no_org_takes(context: click.Context) -> None:
    """
    Check the options that were typed beside ``--hook``.

    Raises:
        UsageError: one of them has no meaning there.
    """
    for parameter in context.command.params:
        name = parameter.name or ""
        typed = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if typed and name not in _UNDERSTOOD:
            raise UsageError(
                f"{parameter.opts[0]} doesn't go with --hook: the org builds and sends the event itself",
                where=parameter.opts[0],
                hint="leave it out, or send to the receiver itself with --to URL",
            )


def trigger_in_org(
    event_types: Sequence[str],
    *,
    hook: str,
    org: str,
    token: str | None,
    count: int,
    edits: Sequence[Edit],
    wishes: Mapping[str, str | None],
    as_json: bool,
) -> int:
    """
    Let events happen in an org, tell what became of their deliveries to *hook*, and return the exit code.

    Args:
        event_types: Their types, *count* of each.
        hook: The id of the event hook.
        org: The org's URL.
        token: The control token, or a reference to it; None is an error that says where to find it.
        count: How often each type happens.
        edits: Changes to the events; only values can be set.
        wishes: ``result`` and ``reason``, as the control plane calls them.
        as_json: Print one JSON document.

    Raises:
        HarnessError: the org can't be reached, or refuses.
        UsageError: an edit is none that an org takes.
    """
    from emulator.cli.terminal import print_json

    if not event_types:
        raise UsageError("name an event type", where="TYPE", hint="such as user.lifecycle.deactivate")
    if any(edit.removes or edit.of_envelope for edit in edits):
        raise UsageError(
            "an org takes --set for events only", where="--hook", hint="send to the receiver itself with --to URL"
        )
    body = {"hook": hook, "set": {edit.path: edit.value for edit in edits}}
    body |= {name: value for name, value in wishes.items() if value is not None}
    told = [_ask(org, token, {"type": name, **body}) for _ in range(count) for name in event_types]
    outcomes = {str(each["outcome"]) for each in told}
    if as_json:
        print_json({"org": org, "deliveries": told})
    else:
        for each in told:
            click.echo(each["explanation"])
    return 0 if outcomes == {"delivered"} else 4 if outcomes == {"not_sent"} else 1


def _ask(org: str, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
    from emulator.delivery.channels import read_url, secret_text
    from emulator.delivery.exchange import Request
    from emulator.delivery.transport import transport
    from emulator.secrets import Secret

    if token is None:
        raise UsageError(
            "--hook needs the org's control token",
            where="--control-token",
            hint="okta-hooks serve shows it when it starts; OKTA_HOOKS_TRIGGER_CONTROL_TOKEN holds it as well",
        )
    bearer = Secret(f"Bearer {secret_text(token, where='--control-token')}")
    request = Request(
        method="POST",
        url=f"{read_url(org, where='--org').rstrip('/')}/_emulator/trigger",
        headers=(("Content-Type", "application/json"), ("Accept", "application/json"), ("Authorization", bearer)),
        body=json.dumps(body).encode(),
    )
    exchange = transport(None).send(request, time_limit=_PATIENCE)
    if exchange.reply is None:
        raise TargetError(
            f"the org at {org} doesn't answer: {exchange.detail}",
            where="--org",
            hint="is it running? start it with: okta-hooks serve",
        )
    try:
        answer: dict[str, Any] = json.loads(exchange.reply.body)
        if exchange.reply.status == 200:
            return answer
        message, hint = str(answer.get("error") or answer["errorSummary"]), str(answer.get("hint") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(
            f"what answers at {org} is no org of ours ({exchange.reply.status})",
            where="--org",
            hint="give the URL that okta-hooks serve shows",
        ) from None
    raise HarnessError(message, where=f"org at {org}", hint=hint)
