"""Verify a hook URL as Okta does, and say why when it fails."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from emulator.cli.options import ca_bundle_option, channel_from, header_option, json_option, profile_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.profile import Profile
    from emulator.delivery.doctor.probes import Probe
    from emulator.delivery.verifier import Verification
    from emulator.secrets import Redactor

__all__ = ["command"]

_UNREACHABLE = 3


@click.command("verify")
@click.argument("url")
@header_option
@click.option(
    "--timeout", type=click.FloatRange(0.05, 60), metavar="SECONDS", help="Time limit of one attempt (Okta's: 3)."
)
@click.option("--name", default="Event hook under test", show_default=True, help="The hook's name, for Okta's texts.")
@click.option("--no-doctor", is_flag=True, help="Send only what Okta sends; explain from that alone.")
@ca_bundle_option
@profile_option
@json_option
def command(
    url: str,
    headers: tuple[str, ...],
    timeout: float | None,
    name: str,
    no_doctor: bool,
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
) -> int:
    """
    Verify URL as Okta does: one GET whose challenge the receiver must echo within 3 seconds.

    Example: okta-hooks verify http://localhost:8000/okta/hooks --header 'Authorization: Basic ...'
    """
    channel = channel_from(url, headers)
    from dataclasses import replace

    from emulator.cli.terminal import print_json
    from emulator.delivery.tokens import RandomTokens
    from emulator.delivery.transport import transport
    from emulator.delivery.verifier import verify
    from emulator.secrets import Redactor, safe_url

    if timeout is not None:
        profile = replace(profile, time_limit=timeout)
    result = verify(
        channel,
        sender=transport(ca_bundle),
        tokens=RandomTokens(),
        hook_name=name,
        profile=profile,
        doctor=not no_doctor,
        notice=_notice,
    )
    redact = Redactor(result.attempts[0].request.secrets())
    if as_json:
        print_json(_as_json(result, url=safe_url(channel.uri), profile=profile, redact=redact))
    else:
        for line in _as_text(result, url=safe_url(channel.uri), redact=redact):
            click.echo(line)
    if result.verified:
        return 0
    return 1 if result.reached else _UNREACHABLE


def _notice(probe: Probe) -> None:
    """Tell a person who waits why it takes so long."""
    if probe.time_limit is not None and sys.stderr.isatty():
        click.echo(
            f"no answer in time; asking once more, for up to {probe.time_limit:g} s, how long it takes", err=True
        )


def _as_json(result: Verification, *, url: str, profile: Profile, redact: Redactor) -> dict[str, Any]:
    from emulator.reports.exchanges import as_json

    return {
        "url": url,
        "verified": result.verified,
        "profile": profile.name,
        "attempts": [
            {"n": number, **as_json(exchange, redact=redact)} for number, exchange in enumerate(result.attempts, 1)
        ],
        "diagnosis": [
            {
                "code": diagnosis.code,
                "level": "warning" if result.verified else "error",
                "message": redact(diagnosis.message),
                "evidence": redact(diagnosis.evidence),
                "remedy": diagnosis.remedy,
                "rule": diagnosis.rule,
            }
            for diagnosis in result.diagnoses
        ],
        "okta_error": result.okta_error or None,
    }


def _as_text(result: Verification, *, url: str, redact: Redactor) -> Iterator[str]:
    from emulator.cli.terminal import bad, dim, good, strong, warn
    from emulator.reports.exchanges import wrapped
    from emulator.visible import visible

    def told(text: str) -> str:
        return visible(redact(text))

    yield f"GET {url}"
    for number, exchange in enumerate(result.attempts, 1):
        yield dim(f"  attempt {number}: {told(exchange.summary())}")
    if result.verified:
        yield good("VERIFIED") + "  the receiver returned the challenge"
    else:
        yield bad("NOT VERIFIED") + f"  {told(result.diagnoses[0].message)}"
    for diagnosis in result.diagnoses:
        yield ""
        name = warn(diagnosis.code) if result.verified else bad(diagnosis.code)
        yield f"{name}  {told(diagnosis.message)}"
        yield from wrapped("seen", told(diagnosis.evidence))
        yield from wrapped("fix", diagnosis.remedy)
        # A warning names its rule; the sentence is for what fails, and reading all of them is felt.
        yield dim(f"  rule  {diagnosis.rule if result.verified else _rule(diagnosis.rule)}")
    if result.okta_error:
        yield ""
        yield strong("Okta would say") + f"  400 {result.okta_error['errorCode']}"
        yield from wrapped("", result.okta_error["errorCauses"][0]["errorSummary"])


def _rule(rule_id: str) -> str:
    try:
        from emulator.contract.rules import RULES
    except ImportError:
        return rule_id
    return f"{rule_id}: {RULES[rule_id].statement} ({RULES[rule_id].confidence})"
