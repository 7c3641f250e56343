"""
Run the chosen checks against one receiver.

Ordinary checks go first, side by side where the receiver is slow and can bear it; then those that measure, one by one;
then attacks, with a look at the receiver's health after each; at last those that review all exchanges.  When the
receiver is gone, what is left is not run and says so, instead of failing for a reason that is not its own.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from emulator.checks.acquaint import acquaint
from emulator.checks.bench import Bench, Interrupted
from emulator.checks.check import Broken, Check, Need, Stage, Unseen
from emulator.checks.health import Health
from emulator.checks.measures import deadline
from emulator.checks.snippets import remedy_for
from emulator.checks.together import together
from emulator.checks.verdicts import no_contact
from emulator.errors import HarnessError, TargetError
from emulator.runner.results import CheckResult, Level, Listener, RunResult, Status, UnreachedError
from emulator.secrets import Redactor, safe_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from emulator.checks.target import Target
    from emulator.delivery.exchange import Exchange

__all__ = ["Plan", "run_suite"]

_EVIDENCE: Final = 8  # exchanges that one result keeps
_SHORTLY: Final = 0.1  # seconds
_BODY_KEPT: Final = 64 * 1024  # bytes of a request's body that are kept

_MISSING: Final = {
    Need.VERIFICATION: "not looked at: the receiver doesn't verify, see verification-echo",
    Need.DELIVERY: "not looked at: the receiver takes no plain delivery, see delivery-accepted",
    Need.AUTH: "not looked at: the hook's auth header is not known; name it with --header 'Authorization: ...'",
    Need.PROBE: "can't be seen from outside: show with --probe how often events were acted on",
    Need.STATE_PROBE: "can't be seen from outside: show with --probe what became of a user, as in "
    "--probe 'http://localhost:8000/users/{login} $.status'",
}


def _no_command(check_id: str) -> str:
    return f"okta-hooks check URL --select {check_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What to run.

    Args:
        target: The receiver.
        checks: The chosen checks, in the order of reports.
        level: The lowest level whose failures fail the run.
        baseline: Ids of checks that are known to fail.
        reproduce: Gives the command that runs one check.
    """

    target: Target
    checks: Sequence[Check]
    level: Level = Level.MUST
    baseline: frozenset[str] = frozenset()
    reproduce: Callable[[str], str] = _no_command


def run_suite(plan: Plan, listeners: Iterable[Listener] = ()) -> RunResult:
    """
    Run the checks and return what they found; an interrupt ends the run early, and what is known is returned.

    Raises:
        UnreachedError: nobody answers at the receiver's address.
    """
    return _Run(plan, tuple(listeners)).run()


@dataclass(slots=True)
class _Run:
    plan: Plan
    listeners: tuple[Listener, ...]
    target: Target = field(init=False)
    redact: Redactor = field(init=False)
    health: Health = field(init=False)
    results: dict[str, CheckResult] = field(default_factory=dict)
    blamed: dict[str, str] = field(default_factory=dict)  # a check that tells nothing new -> the one that says it
    all_exchanges: list[Exchange] = field(default_factory=list)
    parallel: list[float] = field(default_factory=list)
    ended: dict[str, float] = field(default_factory=dict)  # when a check that sent something had ended
    stopping: threading.Event = field(default_factory=threading.Event)
    gate: threading.BoundedSemaphore = field(default_factory=threading.BoundedSemaphore)
    benches: int = 0

    def __post_init__(self) -> None:
        self.target = self.plan.target
        self.redact = self.target.redactor()
        self.health = Health(self._bench, self.stopping)

    def run(self) -> RunResult:
        began = time.perf_counter()
        interrupted = False
        unreached: TargetError | None = None
        for listener in self.listeners:
            listener.started(safe_url(self.target.channel.uri), planned=len(self.plan.checks))
        try:
            bench = self._bench()
            self.target = replace(self.target, known=together([lambda: acquaint(bench)])[0])
            self._keep(bench)
            self.gate = threading.BoundedSemaphore(self.target.known.side_by_side)
            for stage in Stage:
                self._stage(stage)
        except (KeyboardInterrupt, Interrupted):
            self.stopping.set()
            interrupted = True
        except TargetError as error:
            unreached = error
        found = RunResult(
            target=safe_url(self.target.channel.uri),
            profile=self.target.profile.name,
            seed=self.target.world.seed,
            checks=[self.results[check.id] for check in self.plan.checks if check.id in self.results],
            level=self.plan.level,
            interrupted=interrupted,
            notes=tuple(self._notes()),
            deadline=deadline(self.target, self.parallel),
            elapsed=time.perf_counter() - began,
        )
        for listener in self.listeners:
            listener.finished(found)
        if unreached is not None:
            raise UnreachedError(unreached, found)
        return found

    def _notes(self) -> Iterable[str]:
        if self.target.channel.auth is None:
            yield (
                "no auth header was given, so authentication was not looked at; if the hook has none, anyone who knows "
                "its URL can post events to it"
            )
        if not self.target.probes:
            yield "without --probe nobody can see from outside whether events were acted on once, twice or not at all"

    # Stages -----------------------------------------------------------------------------------------------------

    def _stage(self, stage: Stage) -> None:
        checks = [check for check in self.plan.checks if check.stage is stage]
        ranked = [check for rank in _ranked(checks) for check in rank]
        if stage in {Stage.ALONE, Stage.REVIEW} or self.target.known.side_by_side == 1:
            for check in ranked:
                self._alone(check)
        else:
            self._side_by_side(ranked)

    def _alone(self, check: Check) -> None:
        if self._settled(check):
            return
        began = time.perf_counter()
        result = together([lambda: self._one(check)])[0]
        if check.stage is Stage.REVIEW:
            self._report([result])
            return
        if not self._met_nobody(result):
            self.health.look([check.id])
            self._report([result])
            return
        # Whoever was here before has ended the receiver: this one is judged when it is back, or not at all.
        took_part = result.exchanges[0].reply is not None
        if self.health.look([*self._just_before(began), *([check.id] if took_part else [])]):
            self._report([self._one(check)])
        else:
            self._settled(check)

    def _side_by_side(self, checks: Sequence[Check]) -> None:
        due = [check for check in checks if not self._settled(check)]
        found = dict(
            zip((check.id for check in due), together([partial(self._one, check) for check in due]), strict=True)
        )
        if due and not self.health.look([check.id for check in due]):
            self._report(found.values())
            return
        for check in due:
            if self._settled(check):
                continue
            result = found[check.id]
            # Side by side one may fail because of another; alone it shows whether it does by itself.
            self._report([result if result.status is not Status.FAIL else self._one(check)])

    def _just_before(self, moment: float) -> list[str]:
        """Return the checks that had ended shortly before: work after the answer may have ended the receiver."""
        recent = [check_id for check_id, ended in self.ended.items() if ended > moment - _SHORTLY]
        return recent or list(self.ended)[-1:]

    @staticmethod
    def _met_nobody(result: CheckResult) -> bool:
        """Whether the receiver was gone before the check did it any harm: its first trouble is a refused connection."""
        silent = [exchange for exchange in result.exchanges if exchange.reply is None]
        return bool(silent) and no_contact(silent[0])

    def _settled(self, check: Check) -> bool:
        """Whether the check need not run, because its result follows from what is known."""
        why, status = self._reason(check)
        if why and check.id not in self.results:
            self._report([self._result(check, status, why)])
        return bool(why)

    def _reason(self, check: Check) -> tuple[str, Status]:
        if self.health.ended_by and check.stage is not Stage.REVIEW:
            return f"not run: the receiver was gone after {self.health.ended_by}", Status.ERROR
        known = self.target.known
        have = {
            Need.VERIFICATION: known.verifies,
            Need.DELIVERY: known.delivers,
            Need.AUTH: self.target.channel.auth is not None,
            Need.PROBE: bool(self.target.probes),
            Need.STATE_PROBE: any(probe.about_one_user for probe in self.target.probes),
        }
        for need in check.needs:
            if not have[need]:
                return _MISSING[need], Status.SKIP
        for earlier in check.after:
            if earlier in self.results and self.results[earlier].status is Status.FAIL:
                self.blamed[check.id] = earlier
            elif earlier in self.blamed:
                self.blamed[check.id] = self.blamed[earlier]
            if check.id in self.blamed:
                return f"not looked at: see {self.blamed[check.id]}, which says it already", Status.SKIP
        return "", Status.PASS

    # One check --------------------------------------------------------------------------------------------------

    def _bench(self) -> Bench:
        self.benches += 1
        return Bench(self.target, number=self.benches, stopping=self.stopping, health=self.health, gate=self.gate)

    def _one(self, check: Check) -> CheckResult:
        bench = self._bench()
        if check.stage is Stage.REVIEW:
            bench.exchanges = list(self.all_exchanges)
        began = time.perf_counter()
        status, detail = Status.PASS, ""
        try:
            check.decide(bench)
        except Broken as broken:
            status, detail = Status.FAIL, str(broken)
        except Unseen as unseen:
            status, detail = Status.SKIP, str(unseen)
        except HarnessError as error:
            status, detail = Status.ERROR, f"not run: {error}"
        if check.stage is not Stage.REVIEW:
            self._keep(bench)
        self.parallel = bench.parallel or self.parallel
        evidence = bench.evidence if status is not Status.PASS or check.stage is not Stage.REVIEW else []
        return self._result(check, status, detail, evidence, time.perf_counter() - began)

    def _keep(self, bench: Bench) -> None:
        self.all_exchanges += map(_trimmed, bench.exchanges)

    def _result(
        self, check: Check, status: Status, detail: str, exchanges: Sequence[Exchange] = (), elapsed: float = 0.0
    ) -> CheckResult:
        failed = status is Status.FAIL
        return CheckResult(
            id=check.id,
            rule=check.rule,
            level=check.level,
            evidence=check.evidence,
            status=status,
            title=check.title,
            detail=self.redact(detail),
            remedy=remedy_for(check, self.target.known) if failed else "",
            reproduce=self.plan.reproduce(check.id),
            exchanges=tuple(map(_trimmed, exchanges[-_EVIDENCE:])),
            elapsed=elapsed,
            known=failed and check.id in self.plan.baseline,
        )

    def _report(self, results: Iterable[CheckResult]) -> None:
        for result in results:
            self.results[result.id] = result
            if result.exchanges:
                self.ended[result.id] = time.perf_counter()
            for listener in self.listeners:
                listener.finished_one(result)


def _ranked(checks: Sequence[Check]) -> Iterable[list[Check]]:
    """Yield groups of checks so that each comes behind those it is to come after."""
    left = list(checks)
    while left:
        waiting = {check.id for check in left}
        ready = [check for check in left if not waiting.intersection(check.after)]
        yield ready or left
        left = [check for check in left if ready and check not in ready]


def _trimmed(exchange: Exchange) -> Exchange:
    body = exchange.request.body
    if body is None or len(body) <= _BODY_KEPT:
        return exchange
    return replace(exchange, request=replace(exchange.request, body=body[:_BODY_KEPT]))
