"""
Run the chosen checks against one service that answers inline hooks.

First a plain call of each variant, to get to know it; then ordinary checks, those that measure, and attacks, with a look
at its health after each; at last those that review all answers of the run.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from emulator.checks.bench import Interrupted
from emulator.checks.check import Broken, Stage, Unseen
from emulator.checks.inline.bench import InlineBench
from emulator.checks.inline.check import Need
from emulator.checks.inline.unseen import notes
from emulator.checks.measures import percentile, timing
from emulator.checks.together import together
from emulator.checks.verdicts import came_back, no_contact
from emulator.errors import HarnessError, TargetError
from emulator.runner.results import CheckResult, Deadline, Level, Listener, RunResult, Status, UnreachedError
from emulator.secrets import safe_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from emulator.checks.inline.call import Call
    from emulator.checks.inline.check import InlineCheck
    from emulator.checks.inline.target import InlineTarget
    from emulator.delivery.exchange import Exchange
    from emulator.secrets import Redactor

__all__ = ["InlinePlan", "run_inline_suite"]

_EVIDENCE: Final = 8  # exchanges that one result keeps
_BODY_KEPT: Final = 64 * 1024  # bytes of a body that are kept
_PATIENCE: Final = 3.0  # seconds in which a service may be started again by its supervisor
_PAUSE: Final = 0.5  # seconds between two looks

_MISSING: Final = {
    Need.ANSWER: "not looked at: the service answers no plain call, see {why}",
    Need.AUTH: "not looked at: the hook's auth header is not known; name it with --header 'Authorization: ...'",
    Need.CREDENTIAL: "can't be seen from outside: name somebody the service knows with --credential 'LOGIN:PASSWORD'",
}


def _no_command(check_id: str, variant: str | None) -> str:
    del variant
    return f"okta-hooks inline check URL --type TYPE --select {check_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InlinePlan:
    """
    What to run.

    Args:
        target: The service.
        checks: The chosen checks, in the order of reports.
        level: The lowest level whose failures fail the run.
        baseline: Ids of checks that are known to fail.
        reproduce: Gives the command that shows one check again, by the check's id and the variant of the one plain call
            that is enough for it, or None.
    """

    target: InlineTarget
    checks: Sequence[InlineCheck]
    level: Level = Level.MUST
    baseline: frozenset[str] = frozenset()
    reproduce: Callable[[str, str | None], str] = _no_command


def run_inline_suite(plan: InlinePlan, listeners: Iterable[Listener] = ()) -> RunResult:
    """
    Run the checks and return what they found; an interrupt ends the run early, and what is known is returned.

    Raises:
        UnreachedError: nobody answers at the service's address.
    """
    return _Run(plan, tuple(listeners)).run()


@dataclass(slots=True)
class _Run:
    plan: InlinePlan
    listeners: tuple[Listener, ...]
    target: InlineTarget = field(init=False)
    redact: Redactor = field(init=False)
    results: dict[str, CheckResult] = field(default_factory=dict)
    blamed: dict[str, str] = field(default_factory=dict)  # a check that tells nothing new -> the one that says it
    calls: list[Call] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    parallel: list[float] = field(default_factory=list)
    lost: list[tuple[str, Exchange]] | None = None
    ended_by: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)
    benches: int = 0

    def __post_init__(self) -> None:
        self.target = self.plan.target
        self.redact = self.target.redactor()

    def run(self) -> RunResult:
        began = time.perf_counter()
        interrupted = False
        unreached: TargetError | None = None
        uri = safe_url(self.target.channel.uri)
        for listener in self.listeners:
            listener.started(uri, planned=len(self.plan.checks))
        try:
            together([self._acquaint])
            for stage in Stage:
                for check in _ranked([check for check in self.plan.checks if check.stage is stage]):
                    self._report(self._settled(check) or together([partial(self._one, check)])[0])
                    if stage is Stage.ATTACK and not self.ended_by:
                        together([partial(self._look, check)])
        except (KeyboardInterrupt, Interrupted):
            self.stopping.set()
            interrupted = True
        except TargetError as error:
            unreached = error
        found = RunResult(
            target=uri,
            profile=self.target.profile.name,
            seed=self.target.world.seed,
            checks=[self.results[check.id] for check in self.plan.checks if check.id in self.results],
            level=self.plan.level,
            interrupted=interrupted,
            notes=tuple(notes(self.target)),
            deadline=self._deadline(),
            elapsed=time.perf_counter() - began,
        )
        for listener in self.listeners:
            listener.finished(found)
        if unreached is not None:
            raise UnreachedError(unreached, found)
        return found

    def _acquaint(self) -> None:
        """Make a plain call of each variant; a cold start may cost the first."""
        bench = self._bench()
        plain = bench.call(variant=self.target.kind.variants[0])
        if not plain.answered and plain.exchange.reply is None and not no_contact(plain.exchange):
            plain = bench.call(variant=self.target.kind.variants[0])
        if no_contact(plain.exchange):
            raise TargetError(
                f"{safe_url(self.target.channel.uri)}: {plain.exchange.detail}",
                hint="start the service first, and check host and port",
            )
        self.target = replace(self.target, plain=plain)
        if plain.answered:
            for variant in self.target.kind.variants[1:]:
                bench.call(variant=variant)
        self._keep(bench)

    def _deadline(self) -> Deadline | None:
        if self.target.plain is None:
            return None
        return Deadline(
            limit=self.target.profile.time_limit,
            noun="calls",
            timings=(timing("call", self.target.plain.exchange),),
            parallel=len(self.parallel),
            p50=percentile(self.parallel, 0.5) if self.parallel else 0.0,
            p99=percentile(self.parallel, 0.99) if self.parallel else 0.0,
            slowest=max(self.parallel, default=0.0),
        )

    def _look(self, check: InlineCheck) -> None:
        """After an attack: does a plain call still work?"""
        if self.results[check.id].status is Status.SKIP or not self.target.answers:
            return
        self.lost = [] if self.lost is None else self.lost
        bench = self._bench()
        call = bench.call()
        patient_until = time.monotonic() + _PATIENCE
        while not call.answered:
            if time.monotonic() > patient_until or self.stopping.wait(_PAUSE):
                self.lost.append((f"after {check.id}: {came_back(call.exchange)}; it did not come back", call.exchange))
                self.ended_by = check.id
                return
            again = bench.call()
            if again.answered:
                text = f"after {check.id}: {came_back(call.exchange)}; it came back by itself"
                self.lost.append((text, call.exchange))
                return

    def _settled(self, check: InlineCheck) -> CheckResult | None:
        """Return the result of a check that need not run, because it follows from what is known."""
        why, status = self._reason(check)
        return self._result(check, status, why) if why else None

    def _reason(self, check: InlineCheck) -> tuple[str, Status]:
        if self.ended_by and check.stage is not Stage.REVIEW:
            return f"not run: the service was gone after {self.ended_by}", Status.ERROR
        have = {
            Need.ANSWER: self.target.answers,
            Need.AUTH: self.target.channel.auth is not None,
            Need.CREDENTIAL: self.target.credential is not None,
        }
        for need in check.needs:
            if not have[need]:
                failed = [name for name, result in self.results.items() if result.status is Status.FAIL]
                return _MISSING[need].format(why=failed[0] if failed else "answer-given"), Status.SKIP
        for earlier in check.after:
            if earlier in self.results and self.results[earlier].status is Status.FAIL:
                self.blamed[check.id] = earlier
            elif earlier in self.blamed:
                self.blamed[check.id] = self.blamed[earlier]
            if check.id in self.blamed:
                return f"not looked at: see {self.blamed[check.id]}, which says it already", Status.SKIP
        return "", Status.PASS

    def _bench(self) -> InlineBench:
        self.benches += 1
        return InlineBench(self.target, number=self.benches, stopping=self.stopping)

    def _one(self, check: InlineCheck) -> CheckResult:
        bench = self._bench()
        if check.stage is Stage.REVIEW:
            bench.calls, bench.exchanges, bench.lost = list(self.calls), list(self.exchanges), self.lost
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
        evidence = bench.evidence if status is not Status.PASS or check.stage is not Stage.REVIEW else []
        elapsed = time.perf_counter() - began
        return self._result(check, status, detail, evidence, elapsed, variant=bench.shown_by)

    def _keep(self, bench: InlineBench) -> None:
        self.calls += bench.calls
        self.exchanges += bench.exchanges
        self.parallel = bench.parallel or self.parallel

    def _result(
        self,
        check: InlineCheck,
        status: Status,
        detail: str,
        exchanges: Sequence[Exchange] = (),
        elapsed: float = 0.0,
        *,
        variant: str | None = None,
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
            remedy=check.remedy if failed else "",
            reproduce=self.plan.reproduce(check.id, variant),
            exchanges=tuple(map(_trimmed, exchanges[-_EVIDENCE:])),
            elapsed=elapsed,
            known=failed and check.id in self.plan.baseline,
        )

    def _report(self, result: CheckResult) -> None:
        self.results[result.id] = result
        for listener in self.listeners:
            listener.finished_one(result)


def _ranked(checks: Sequence[InlineCheck]) -> Iterable[InlineCheck]:
    """Yield the checks so that each comes behind those it is to come after."""
    left = list(checks)
    while left:
        waiting = {check.id for check in left}
        ready = [check for check in left if not waiting.intersection(check.after)] or left
        yield from ready
        left = [check for check in left if check not in ready]


def _trimmed(exchange: Exchange) -> Exchange:
    """Return an exchange cut to a size for reading."""
    body, reply = exchange.request.body, exchange.reply
    return replace(
        exchange,
        request=replace(exchange.request, body=body if body is None else body[:_BODY_KEPT]),
        reply=None if reply is None else replace(reply, body=reply.body[:_BODY_KEPT]),
    )
