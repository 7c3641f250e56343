"""Ask every diagnosis about one exchange, most telling first."""

from __future__ import annotations

from emulator.delivery.doctor.bodies import bodies
from emulator.delivery.doctor.diagnosis import Case, Diagnosis
from emulator.delivery.doctor.network import network
from emulator.delivery.doctor.pages import interstitial
from emulator.delivery.doctor.statuses import statuses

__all__ = ["examine"]


def examine(case: Case) -> list[Diagnosis]:
    """
    Return what is wrong with a verification attempt that failed; never empty.

    A page that somebody else put in front of the receiver explains status and body, so it stands alone.
    """
    front = list(interstitial(case))
    found = front or [*network(case), *statuses(case), *bodies(case)]
    return found or [
        Diagnosis(
            code="unexplained",
            message="the verification failed",
            evidence=case.exchange.summary(),
            remedy="compare request and reply with Okta's contract",
        )
    ]
