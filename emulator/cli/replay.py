"""Send a recorded delivery again, the same bytes."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from emulator.cli._precheck import checked_before_sending
from emulator.cli._remote import ORG, body_of_delivery
from emulator.cli._told import Told
from emulator.cli.options import ca_bundle_option, channel_from, header_option, json_option, profile_option
from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.contract.profile import Profile

__all__ = ["command"]

# The number of a delivery in an org's ledger, or an eventId (D6).
_ID: Final = re.compile(r"[0-9]{1,15}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@click.command("replay")
@click.argument("recording", metavar="FILE|ID")
@click.option("--to", "url", metavar="URL", help="The hook URL to deliver to.")
@header_option
@click.option("--org", metavar="URL", default=ORG, show_default=True, help="With ID: where the org is that sent it.")
@click.option("--control-token", metavar="TOKEN", help="With ID: that org's control token.")
@ca_bundle_option
@profile_option
@json_option
def command(
    recording: str,
    url: str | None,
    headers: tuple[str, ...],
    org: str,
    control_token: str | None,
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
) -> int:
    """
    Deliver what was recorded once more: same eventId, same uuids, so a correct receiver acts on it once.

    FILE ('-': standard input) is a request body, or whatever has some in it: NDJSON, HAR, gateway events, exports of
    tunnels, HTTP messages, logs. ID is a delivery in an org that okta-hooks serve runs: its number, or its eventId.

    Example: okta-hooks replay capture.json --to http://localhost:8000/okta/hooks
    """
    if url is None:
        raise UsageError(
            "where to? there is no hook URL", where="--to", hint="add --to http://localhost:8000/okta/hooks"
        )
    channel = channel_from(url, headers, where="--to")
    from emulator.delivery.clock import SystemClock
    from emulator.delivery.plan import plan_raw
    from emulator.delivery.series import send_all
    from emulator.delivery.transport import transport
    from emulator.payloads import World

    hook_id = World().hook_id()  # for a body whose source names no hook
    bodies = _bodies(recording, org=org, token=control_token)
    planned = (plan_raw(body, hook_id=hook_id, where="FILE|ID") for body in bodies)
    checked = checked_before_sending(planned, raw=recording, on_purpose=True)
    sent = send_all(checked, channel, sender=transport(ca_bundle), clock=SystemClock(), profile=profile)
    return Told(channel, as_json=as_json, bodies=False).all(sent, profile=profile.name)


def _bodies(recording: str, *, org: str, token: str | None) -> Sequence[bytes]:
    if _ID.fullmatch(recording) and not Path(recording).exists():
        return [body_of_delivery(recording, org=org, token=token)]
    from emulator.contract.recordings import recorded_bodies

    bodies = recorded_bodies(_read(recording))
    if not bodies:
        raise UsageError(
            f"there is no delivery in {recording!r}",
            where="FILE|ID",
            hint=f"okta-hooks validate {recording} says what it holds; okta-hooks trigger --raw sends any bytes",
        )
    return bodies


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this is no file name"
        raise UsageError(
            f"the file {name!r} can't be read: {reason.lower()}",
            where="FILE|ID",
            hint="check the path; the ids of deliveries are numbers, or an eventId with its dashes",
        ) from None
