"""Further requests that tell causes apart which look alike from one exchange, and what their answers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.contract.constants import CHALLENGE_HEADER
from emulator.delivery.doctor.diagnosis import Case, Diagnosis
from emulator.delivery.exchange import Failure, Phase
from emulator.delivery.verification import judge

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Probe", "conclude", "probes_for"]

_PATIENCE: Final = 10.0  # seconds: long enough for most cold starts
_NOT_FOUND: Final = frozenset({"null-value", "missing-key", "empty-body", "no-content", "not-json"})
_NOT_THE_RECEIVERS: Final = frozenset(
    {"login-page", "tunnel-interstitial", "tunnel-offline", "bot-check", "not-deployed", "not-running", "tls-spoken"}
)
_MAYBE_PLAIN: Final = frozenset({"tls-not-spoken", "tls-stalled", "tls-closed"})
_MAYBE_TLS: Final = frozenset({"connection-closed", "answer-cut-short", "not-http"})
_LOOPBACKS: Final = {"127.0.0.1": "[::1]", "::1": "127.0.0.1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """
    One more GET for the doctor's eyes only; Okta sends nothing like it.

    ``header`` is the challenge header's spelling, ``time_limit`` is in seconds, ``url`` replaces the hook's own.  A
    probe of another URL carries no header of the user's, so that no secret goes where it wasn't sent to.
    """

    purpose: str
    header: str = CHALLENGE_HEADER
    time_limit: float | None = None
    url: str = ""


def probes_for(case: Case, found: list[Diagnosis]) -> list[Probe]:
    """Return the probes worth sending after *found*: none when the cause is plain."""
    exchange = case.exchange
    codes = {diagnosis.code for diagnosis in found}
    if exchange.failure is Failure.TIMEOUT and exchange.phase in {Phase.HEAD, Phase.BODY}:
        if "unfinished-answer" in codes:
            return []
        return [Probe(purpose="patience", time_limit=max(_PATIENCE, 2 * case.profile.time_limit))]
    if codes & _MAYBE_PLAIN and case.url.scheme == "https":
        return [Probe(purpose="plain-http", url=_address(case, scheme="http"))]
    if codes & _MAYBE_TLS and case.url.scheme == "http":
        return [Probe(purpose="tls", url=_address(case, scheme="https"))]
    if "connection-refused" in codes and case.url.hostname in _LOOPBACKS:
        return [Probe(purpose="other-loopback", url=_address(case, host=_LOOPBACKS[case.url.hostname]))]
    refused = exchange.status is not None and 400 <= exchange.status < 600
    if codes & _NOT_FOUND or (refused and not codes & _NOT_THE_RECEIVERS):
        probes = [
            Probe(purpose="header-case", header=CHALLENGE_HEADER.lower()),
            Probe(purpose="header-case", header=CHALLENGE_HEADER.upper()),
        ]
        return [*probes, Probe(purpose="slash", url=_other_slash(case))] if "not-found" in codes else probes
    if "wrong-value" in codes:
        return [Probe(purpose="stale-value")]
    return []


def _address(case: Case, *, scheme: str = "", host: str = "") -> str:
    port = case.url.port or (443 if case.url.scheme == "https" else 80)
    name = host or case.url.netloc.rpartition("@")[2].removesuffix(f":{case.url.port}")
    return case.url._replace(scheme=scheme or case.url.scheme, netloc=f"{name}:{port}").geturl()


def _other_slash(case: Case) -> str:
    path = case.url.path
    return case.url._replace(path=path[:-1] if path.endswith("/") else path + "/").geturl()


def conclude(case: Case, probe: Probe, answer: Case) -> Diagnosis | None:
    """
    Return what *answer*, the reply to *probe*, proves about the failed *case*, or None.

    Such a diagnosis is surer than those drawn from one exchange, and stands before them.
    """
    return _CONCLUSIONS[probe.purpose](case, probe, answer)


def _verified(answer: Case) -> bool:
    return judge(answer.exchange, challenge=answer.challenge, profile=answer.profile).verified


def _header_case(_: Case, probe: Probe, answer: Case) -> Diagnosis | None:
    if not _verified(answer):
        return None
    return Diagnosis(
        code="header-case",
        message="the receiver looks the challenge header up case-sensitively",
        evidence=f"it answers {probe.header!r} but not {CHALLENGE_HEADER!r}",
        remedy="header names have no case: use the framework's case-insensitive look-up, or lower-case the names "
        "before looking (raw dictionaries, such as a Lambda event's headers, keep whatever case was sent)",
        rule="V3",
    )


def _patience(case: Case, _: Probe, answer: Case) -> Diagnosis | None:
    if answer.exchange.failure is not None:
        return None
    seconds = answer.exchange.elapsed
    right = "the right answer" if _verified(answer) else "an answer that would have been wrong as well"
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


def _stale_value(case: Case, _: Probe, answer: Case) -> Diagnosis | None:
    if not answer.text or answer.text != case.text:
        return None
    return Diagnosis(
        code="stale-value",
        message="the receiver gives the same value to every challenge",
        evidence=f"two different challenges were both answered with {case.quote(answer.text)}",
        remedy="return this request's header value; look for a hard-coded or cached answer (a CDN or gateway may "
        "cache GETs: send Cache-Control: no-store)",
        rule="V6",
    )


def _plain_http(_: Case, probe: Probe, answer: Case) -> Diagnosis | None:
    if answer.reply is None:
        return None
    return Diagnosis(
        code="tls-not-spoken",
        message="the port answers, but in plain HTTP, not in TLS",
        evidence=f"asked over http:// it says: {answer.exchange.summary()}",
        remedy="put a TLS proxy or tunnel in front of the receiver, or test it as "
        f"{probe.url.partition('?')[0]} for the time being",
        rule="D29",
    )


def _tls(_: Case, probe: Probe, answer: Case) -> Diagnosis | None:
    if answer.reply is None and answer.exchange.failure is not Failure.TLS:
        return None
    if answer.reply is None and "certificate" not in answer.exchange.detail:
        return None
    return Diagnosis(
        code="tls-spoken",
        message="this port speaks TLS, and it was asked in plain HTTP",
        evidence=f"asked over https:// it says: {answer.exchange.summary()}",
        remedy=f"use {probe.url.partition('?')[0]}",
        rule="D28",
    )


def _other_loopback(case: Case, probe: Probe, answer: Case) -> Diagnosis | None:
    if answer.exchange.failure is not None:
        return None
    return Diagnosis(
        code="wrong-loopback",
        message=f"nothing listens on {case.url.hostname}, but on the other loopback address something does",
        evidence=f"{probe.url.partition('?')[0]} says: {answer.exchange.summary()}",
        remedy="use localhost in the URL, or let the receiver listen on 127.0.0.1 as well",
        rule="R3",
    )


def _slash(_: Case, probe: Probe, answer: Case) -> Diagnosis | None:
    if answer.reply is None or answer.reply.status in {404, 410}:
        return None
    return Diagnosis(
        code="trailing-slash",
        message="the receiver tells paths with and without a trailing slash apart",
        evidence=f"{probe.url.partition('?')[0]} says: {answer.exchange.summary()}",
        remedy=f"register {probe.url.partition('?')[0]} as the hook's URL",
        rule="V1",
    )


_CONCLUSIONS: Final[dict[str, Callable[[Case, Probe, Case], Diagnosis | None]]] = {
    "header-case": _header_case,
    "patience": _patience,
    "stale-value": _stale_value,
    "plain-http": _plain_http,
    "tls": _tls,
    "other-loopback": _other_loopback,
    "slash": _slash,
}
