"""Carry a one-time verification out: at most two GETs as Okta sends them, then the doctor's probes if they failed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from emulator.contract.model import Channel
from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.delivery.doctor.blemishes import warnings_for
from emulator.delivery.doctor.diagnosis import Case, Diagnosis
from emulator.delivery.exchange import Exchange, Failure, Phase
from emulator.delivery.verification import judge, okta_error, verification_request, wants_retry
from emulator.secrets import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.delivery.doctor.probes import Probe
    from emulator.delivery.tokens import Tokens
    from emulator.delivery.transport import Sender

__all__ = ["Verification", "verify"]

_NO_CONTACT = frozenset({Failure.DNS, Failure.REFUSED, Failure.UNREACHABLE, Failure.BLOCKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """
    How a verification went.

    ``attempts`` are the requests Okta would have sent; ``diagnoses`` explain a failure, and are warnings after a
    success; ``okta_error`` is the body of Okta's answer to the failed verify call (V11).
    """

    verified: bool
    attempts: tuple[Exchange, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    okta_error: dict[str, Any] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        """Whether anything at all answered at the hook's address."""
        return any(
            exchange.failure not in _NO_CONTACT
            and not (exchange.failure is Failure.TIMEOUT and exchange.phase in {Phase.RESOLVE, Phase.CONNECT})
            for exchange in self.attempts
        )


def verify(
    channel: Channel,
    *,
    sender: Sender,
    tokens: Tokens,
    hook_name: str,
    profile: Profile = DEFAULT_PROFILE,
    doctor: bool = True,
    notice: Callable[[Probe], None] = lambda _: None,
) -> Verification:
    """
    Verify that whoever serves ``channel.uri`` agrees to receive events (V1-V12).

    Args:
        channel: Where the GET goes, and the headers that go with it.
        sender: What sends it.
        tokens: Where the challenge and the request id come from; both stay the same for the retry.
        hook_name: The hook's name, for Okta's error text.
        profile: The reading of the rules that Okta leaves in doubt.
        doctor: Whether to send further requests that tell why the verification failed.
        notice: Is told of each such request before it is sent; some take a while.
    """
    challenge, request_id = tokens.challenge(), tokens.request_id()
    request = verification_request(channel, challenge=challenge, request_id=request_id)
    auth_sent = tuple(header.key for header in (channel.auth, *channel.headers) if header is not None)
    attempts: list[Exchange] = []
    while True:
        exchange = sender.send(request, time_limit=profile.time_limit)
        attempts.append(exchange)
        verdict = judge(exchange, challenge=challenge, profile=profile)
        if verdict.verified or not wants_retry(exchange, number=len(attempts), profile=profile):
            break
    redact = Redactor(request.secrets())
    case = Case(exchange=exchange, challenge=challenge, profile=profile, auth_sent=auth_sent, redact=redact)
    if verdict.verified:
        warnings = tuple(found.scrubbed(redact) for found in warnings_for(case, attempts=len(attempts)))
        return Verification(verified=True, attempts=tuple(attempts), diagnoses=warnings)
    # Most verifications need no doctor, and knowing every way of being wrong takes a while to import.
    from emulator.delivery.doctor.examine import examine

    found = examine(case)
    if doctor:
        found = _ask_more(case, found, channel=channel, sender=sender, tokens=tokens, notice=notice)
    return Verification(
        verified=False,
        attempts=tuple(attempts),
        diagnoses=tuple(diagnosis.scrubbed(redact) for diagnosis in found),
        okta_error=okta_error(verdict, hook_name=hook_name, error_id=tokens.error_id()),
    )


def _ask_more(
    case: Case,
    found: list[Diagnosis],
    *,
    channel: Channel,
    sender: Sender,
    tokens: Tokens,
    notice: Callable[[Probe], None],
) -> list[Diagnosis]:
    from emulator.delivery.doctor.probes import conclude, probes_for

    for probe in probes_for(case, found):
        notice(probe)
        challenge = tokens.challenge()
        target = Channel(uri=probe.url) if probe.url else channel
        request = verification_request(target, challenge=challenge, request_id=tokens.request_id(), header=probe.header)
        exchange = sender.send(request, time_limit=probe.time_limit or case.profile.time_limit)
        answer = replace(case, exchange=exchange, challenge=challenge)
        proven = conclude(case, probe, answer)
        if proven is not None:
            return [proven, *(diagnosis for diagnosis in found if diagnosis.code != proven.code)]
    return found
