"""Trouble on demand: the next calls of the API that fit are refused or delayed."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from emulator.org.errors import OktaApiError, api_error

__all__ = ["STATUSES", "Fault", "Faults"]

# Each status a fault may answer with, and Okta's code for it.
STATUSES: Final = {429: "E0000047", 500: "E0000009", 501: "E0000060", 503: "E0000009", 504: "E0000009", 403: "E0000006"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """
    One kind of trouble.

    ``path`` is a pattern such as ``/api/v1/users*``, ``method`` an empty text for any.  A *status* of 0 only delays;
    ``delay`` is seconds.  It happens ``times`` times.
    """

    number: int = 0
    method: str = ""
    path: str = "/api/*"
    status: int = 0
    delay: float = 0.0
    times: int = 1

    def fits(self, method: str, path: str) -> bool:
        """Say whether a call meets it."""
        return self.method in {"", method} and fnmatchcase(path, self.path)


class Faults:
    """The trouble that waits for calls; the oldest fault that fits is met first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._given = 0

    def all(self) -> list[Fault]:
        """Return what still waits."""
        with self._lock:
            return list(self._waiting)

    def add(self, fault: Fault) -> Fault:
        """Let *fault* wait, and return it with its number."""
        with self._lock:
            self._given += 1
            numbered = replace(fault, number=self._given)
            self._waiting.append(numbered)
            return numbered

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._waiting.clear()

    def meet(self, method: str, path: str) -> None:
        """
        Let a call meet the fault that waits for it, if any.

        Raises:
            OktaApiError: the fault refuses it.
        """
        fault = self._take(method, path)
        if fault is None:
            return
        if fault.delay:
            time.sleep(fault.delay)
        if fault.status:
            raise _refusal(fault)

    def _take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for position, fault in enumerate(self._waiting):
                if fault.fits(method, path):
                    if fault.times > 1:
                        self._waiting[position] = replace(fault, times=fault.times - 1)
                    else:
                        del self._waiting[position]
                    return fault
        return None


def _refusal(fault: Fault) -> OktaApiError:
    return api_error(STATUSES[fault.status], status=fault.status, hint="a fault that was asked for")
