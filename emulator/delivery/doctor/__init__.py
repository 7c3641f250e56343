"""
The doctor: why a verification failed, with evidence and a fix in plain words.

Each way of being wrong is one function in ``network``, ``statuses``, ``bodies`` or ``pages``; ``examine`` asks them
all about one exchange, and ``probes`` says which further requests would tell more.  Pure: nothing here connects.
"""

from __future__ import annotations

from emulator.delivery.doctor.diagnosis import Case, Diagnosis
from emulator.delivery.doctor.examine import examine, warnings_for
from emulator.delivery.doctor.probes import Probe, conclude, probes_for

__all__ = ["Case", "Diagnosis", "Probe", "conclude", "examine", "probes_for", "warnings_for"]
