"""Further requests that tell causes apart which look alike from one exchange, and what their answers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from emulator.contract.constants import CHALLENGE_HEADER
from emulator.delivery.doctor.diagnosis import Case, Diagnosis
from emulator.delivery.exchange import Failure, Phase
from emulator.delivery.verification import judge

__all__ = ["Probe", "conclude", "probes_for"]

_PATIENCE: Final = 10.0  # seconds: long enough for most cold starts
_NOT_FOUND: Final = frozenset({"null-value", "missing-key", "empty-body", "no-content", "not-json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """
    One more GET for the doctor's eyes only; Okta sends nothing like it.

    ``header`` is the challenge header's spelling, ``time_limit`` is in seconds.
    """

    purpose: str
    header: str = CHALLENGE_HEADER
    time_limit: float | None = None


def probes_for(case: Case, found: list[Diagnosis]) -> list[Probe]:
    """Return the probes worth sending after *found*: none when the cause is plain."""
    exchange = case.exchange
    codes = {diagnosis.code for diagnosis in found}
    if exchange.failure is Failure.TIMEOUT and exchange.phase in {Phase.HEAD, Phase.BODY}:
        return [Probe(purpose="patience", time_limit=max(_PATIENCE, 2 * case.profile.time_limit))]
    refused = exchange.status is not None and 400 <= exchange.status < 600
    if codes & _NOT_FOUND or (refused and not codes & {"login-page", "tunnel-interstitial", "tunnel-offline"}):
        return [
            Probe(purpose="header-case", header=CHALLENGE_HEADER.lower()),
            Probe(purpose="header-case", header=CHALLENGE_HEADER.upper()),
        ]
    if "wrong-value" in codes:
        return [Probe(purpose="stale-value")]
    return []


def conclude(case: Case, probe: Probe, answer: Case) -> Diagnosis | None:
    """
    Return what *answer*, the reply to *probe*, proves about the failed *case*, or None.

    Such a diagnosis is surer than those drawn from one exchange, and stands before them.
    """
    verified = judge(answer.exchange, challenge=answer.challenge, profile=answer.profile).verified
    if probe.purpose == "header-case" and verified:
        return Diagnosis(
            code="header-case",
            message="the receiver looks the challenge header up case-sensitively",
            evidence=f"it answers {probe.header!r} but not {CHALLENGE_HEADER!r}",
            remedy="header names have no case: use the framework's case-insensitive look-up, or lower-case the names "
            "before looking (raw dictionaries, such as a Lambda event's headers, keep whatever case was sent)",
            rule="V3",
        )
    if probe.purpose == "patience" and answer.exchange.failure is None:
        seconds = answer.exchange.elapsed
        right = "the right answer" if verified else "an answer that would have been wrong as well"
        # A cold start is over by the time the doctor asks.
        cold = seconds < case.profile.time_limit
        return Diagnosis(
            code="too-slow",
            message=f"the receiver needs more than {case.profile.time_limit:g} s"
            + (" for its first answers: a cold start" if cold else ""),
            evidence=f"asked once more with more patience, {right} came after {seconds:.1f} s",
            remedy="answer the challenge before any other work; keep one instance warm if the host starts on demand",
            rule="V9",
        )
    if probe.purpose == "stale-value" and answer.text and answer.text == case.text:
        return Diagnosis(
            code="stale-value",
            message="the receiver gives the same value to every challenge",
            evidence=f"two different challenges were both answered with {case.quote(answer.text)}",
            remedy="return this request's header value; look for a hard-coded or cached answer (a CDN or gateway may "
            "cache GETs: send Cache-Control: no-store)",
            rule="V6",
        )
    return None
