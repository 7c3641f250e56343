"""Contract checks that run in the background while a page shows how far they are."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from secrets import randbelow
from typing import TYPE_CHECKING, Any, Final, cast

from emulator.errors import HarnessError, UsageError

if TYPE_CHECKING:
    from emulator.contract.model import EventHook
    from emulator.contract.profile import Profile
    from emulator.delivery.transport import Sender, Transport
    from emulator.runner.results import CheckResult, RunResult

__all__ = ["CheckRun", "CheckRuns"]

_MOST: Final = 10
_LARGEST_SEED: Final = 2**32


@dataclass(slots=True, kw_only=True)
class CheckRun:
    """One run of the contract suite against a hook: what it has found so far, and its report at the end."""

    number: int
    hook_name: str
    planned: int = 0
    results: list[CheckResult] = field(default_factory=list)
    run: RunResult | None = None
    error: str = ""
    html: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return bool(self.html or self.error)

    @property
    def mark(self) -> str:
        """Changes whenever there is something new to show."""
        return f"{self.number}.{len(self.results)}.{self.stopping.is_set()}.{self.is_over}"


class CheckRuns:
    """The runs of one console: one at a time, the last few are kept."""

    def __init__(self, sender: Sender, closing: threading.Event) -> None:
        self._sender = sender
        self._closing = closing
        self._lock = threading.Lock()
        self._runs: dict[int, CheckRun] = {}
        self._count = 0

    def all(self) -> list[CheckRun]:
        """Return the runs, the newest first."""
        with self._lock:
            return list(reversed(self._runs.values()))

    def get(self, number: int) -> CheckRun | None:
        """Return a run, or None if there is none of that number."""
        return self._runs.get(number)

    def start(self, hook: EventHook, profile: Profile, *, select: str = "") -> CheckRun:
        """
        Start a run against a hook's receiver.

        Raises:
            UsageError: another one is under way, or *select* chooses nothing.
        """
        from emulator.checks.registry import choose

        chosen = choose(select=tuple(select.split()))
        with self._lock:
            if any(not run.is_over for run in self._runs.values()):
                raise UsageError("a check is under way", hint="wait until it has ended, or stop it")
            self._count += 1
            run = CheckRun(number=self._count, hook_name=hook.name, planned=len(chosen))
            self._runs[run.number] = run
            while len(self._runs) > _MOST:
                self._runs.pop(next(iter(self._runs)))
        arguments = (run, hook, profile, chosen)
        threading.Thread(target=self._carry_out, args=arguments, name="contract-check", daemon=True).start()
        return run

    def _carry_out(self, run: CheckRun, hook: EventHook, profile: Profile, chosen: Any) -> None:
        from emulator.checks import Plan, run_suite
        from emulator.checks.target import Target
        from emulator.payloads import World
        from emulator.reports.html import run_html
        from emulator.runner.results import Listener

        class Progress(Listener):
            """Notes each result, and ends the run when it is stopped or the server is."""

            def __init__(self, *ends: threading.Event) -> None:
                self.ends = ends

            def finished_one(self, result: CheckResult) -> None:
                run.results.append(result)
                if any(end.is_set() for end in self.ends):
                    raise KeyboardInterrupt

        target = Target(
            channel=hook.channel,
            # All that a check asks of it is what every sender does.
            sender=cast("Transport", self._sender),
            world=World(randbelow(_LARGEST_SEED)),
            started=int(time.time() * 1000),
            profile=profile,
            event_types=hook.events[:3],
        )
        try:
            found = run_suite(Plan(target=target, checks=chosen), [Progress(self._closing, run.stopping)])
            run.run, run.html = found, run_html(found, redact=target.redactor())
        except HarnessError as error:
            run.error = str(error)
        except Exception as error:  # noqa: BLE001 (a thread has nobody else to tell)
            run.error = f"the check ended early: {type(error).__name__}"
