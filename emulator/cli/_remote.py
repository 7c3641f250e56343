"""Asking the control plane of a fake org that ``okta-hooks serve`` runs: events, and the ledger of deliveries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click

from emulator.errors import HarnessError, TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.payloads import Edit

__all__ = ["ORG", "body_of_delivery", "refuse_what_no_org_takes", "trigger_in_org"]

ORG: Final = "http://127.0.0.1:8420"
_MOST_DELIVERIES: Final = 10_000
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
    where = _Org(org, token, needed_by="--hook", variable="OKTA_HOOKS_TRIGGER_CONTROL_TOKEN")
    told = [where.ask("POST", "/trigger", {"type": name, **body}) for _ in range(count) for name in event_types]
    outcomes = {str(each["outcome"]) for each in told}
    if as_json:
        print_json({"org": org, "deliveries": told})
    else:
        for each in told:
            click.echo(each["explanation"])
    return 0 if outcomes == {"delivered"} else 4 if outcomes == {"not_sent"} else 1


def body_of_delivery(delivery: str, *, org: str, token: str | None) -> bytes:
    """
    Return the body of a delivery in an org's ledger; *delivery* is its number or its ``eventId``.

    Raises:
        HarnessError: the org can't be reached, or refuses.
        UsageError: there is no such delivery.
    """
    from emulator.payloads import encode

    where = _Org(org, token, needed_by="a delivery's id", variable="OKTA_HOOKS_REPLAY_CONTROL_TOKEN")
    number = delivery
    if not delivery.isdigit():
        ended = where.ask("GET", f"/deliveries?limit={_MOST_DELIVERIES}")["deliveries"]
        fitting = [each["number"] for each in ended if each["event_id"] == delivery]
        if not fitting:
            raise UsageError(
                f"the org at {org} has no delivery with the eventId {delivery!r}",
                where="FILE|ID",
                hint="GET /_emulator/deliveries lists them; or give the file of a recorded delivery",
            )
        number = str(fitting[-1])
    return encode(where.ask("GET", f"/deliveries/{number}")["body"])


class _Org:
    """The control plane of an org, by its URL and token."""

    def __init__(self, url: str, token: str | None, *, needed_by: str, variable: str) -> None:
        from emulator.delivery.channels import read_url, secret_text
        from emulator.secrets import Secret, safe_url

        if token is None:
            raise UsageError(
                f"{needed_by} needs the org's control token",
                where="--control-token",
                hint=f"okta-hooks serve shows it when it starts; {variable} holds it as well",
            )
        self._bearer = Secret(f"Bearer {secret_text(token, where='--control-token')}")
        self._base = f"{read_url(url, where='--org').rstrip('/')}/_emulator"
        self._shown = safe_url(url)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        from emulator.delivery.exchange import Request
        from emulator.delivery.transport import transport

        headers = (("Accept", "application/json"), ("Authorization", self._bearer))
        request = Request(
            method=method,
            url=f"{self._base}{path}",
            headers=headers if body is None else (("Content-Type", "application/json"), *headers),
            body=None if body is None else json.dumps(body).encode(),
        )
        exchange = transport(None).send(request, time_limit=_PATIENCE)
        if exchange.reply is None:
            raise TargetError(
                f"the org at {self._shown} doesn't answer: {exchange.detail}",
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
                f"what answers at {self._shown} is no org of ours ({exchange.reply.status})",
                where="--org",
                hint="give the URL that okta-hooks serve shows",
            ) from None
        raise HarnessError(message, where=f"org at {self._shown}", hint=hint)
