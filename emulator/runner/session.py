"""One run of one scenario: what its steps share, and how they are carried out and recorded."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from emulator.delivery.credentials import AUTH_CHOICES, with_auth
from emulator.errors import HarnessError, ScenarioError
from emulator.runner.results import NOT_REACHED, CheckResult, Evidence, Level, Status
from emulator.runner.source import Problem
from emulator.runner.verbs import Done, SkipStepError
from emulator.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from emulator.contract.model import Channel
    from emulator.contract.profile import Profile
    from emulator.delivery.clock import Clock
    from emulator.delivery.tokens import Tokens
    from emulator.delivery.transport import Sender
    from emulator.payloads import World
    from emulator.runner.references import Scope
    from emulator.runner.verbs import Step
    from receiver import Receiver

__all__ = ["AUTHS", "Session"]

_SPOILT: Final[Mapping[str, Callable[[str], str]]] = {
    "empty": lambda _: "",
    "shorter": lambda secret: secret[:-1],
    "longer": lambda secret: f"{secret}x",
    "other-case": str.swapcase,
}
AUTHS: Final = (*AUTH_CHOICES, *_SPOILT)
_NO_ADVICE = "see the exchange, and the rule it rests on"


@dataclass(slots=True, kw_only=True)
class Session:
    """
    What the steps of one scenario share.

    Args:
        name: The scenario's name, the front part of every result's id.
        channel: Where the hook is, and the headers that go with it.
        receiver: Our reference receiver, if it was started for this scenario.
        began: When the story begins; None is now, which makes every run another one.
        on_result: Is told each result as it comes, by one thread at a time.
        reproduce: The command that runs the scenario again.
    """

    name: str
    channel: Channel
    receiver: Receiver | None
    world: World
    sender: Sender
    tokens: Tokens
    clock: Clock
    profile: Profile
    scope: Scope
    began: datetime | None = None
    on_result: Callable[[CheckResult], object] = lambda _: None
    reproduce: str = ""
    results: list[CheckResult] = field(default_factory=list)
    events: Iterator[int] = field(default_factory=count)
    envelopes: Iterator[int] = field(default_factory=count)
    moments: Iterator[int] = field(default_factory=count)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def next_event(self) -> int:
        """Return the number of the next LogEvent."""
        with self.lock:
            return next(self.events)

    def next_envelope(self) -> int:
        """Return the number of the next envelope."""
        with self.lock:
            return next(self.envelopes)

    def moment(self) -> datetime:
        """Return when the next requests are built: now, or by the seed a second after the last."""
        if self.began is None:
            return datetime.now(UTC)
        with self.lock:
            return self.began + timedelta(seconds=next(self.moments))

    def hook_id(self) -> str:
        """Return the id of the scenario's hook."""
        return self.world.hook_id()

    def channel_with(self, auth: str) -> Channel:
        """
        Return the channel with its auth header right, or spoilt in one of the ways of ``AUTHS``.

        Raises:
            SkipStepError: the hook has no auth header, so that none can be spoilt.
        """
        scheme = self.channel.auth
        if auth != "right" and scheme is None:
            raise SkipStepError(
                f"without an auth header none can be {auth}; give the hook's own with --header 'Authorization: ...'"
            )
        if auth in AUTH_CHOICES or scheme is None:
            return with_auth(self.channel, auth)
        spoilt = _SPOILT[auth](scheme.value.reveal())
        return replace(self.channel, auth=replace(scheme, value=Secret(spoilt)))

    def with_values(self, **values: Any) -> Session:
        """Return a session with further variables, for steps that run beside others; all else is shared."""
        return replace(self, scope=self.scope.with_values(**values))

    def run(self, steps: Sequence[Step], *, prefix: str = "") -> bool:
        """Carry *steps* out in order until one fails, and say whether all passed."""
        passed = True
        for number, step in enumerate(steps, 1):
            label = f"{prefix}{number}"
            if passed:
                passed = self.run_one(step, label)
            else:
                self._record(step, label, Status.SKIP, detail=NOT_REACHED)
        return passed

    def run_one(self, step: Step, label: str) -> bool:
        """Carry one step out, record what came of it, and say whether it passed."""
        started = time.perf_counter()
        try:
            argument, options = step.read(self.scope)
            done = step.verb(self, argument, options, label=label)
        except SkipStepError as reason:
            self._record(step, label, Status.SKIP, detail=str(reason))
            return True
        except ScenarioError as error:
            self._record(step, label, Status.ERROR, detail=str(error))
            return False
        except HarnessError as error:
            problem = Problem(place=step.place, message=error.message, hint=error.hint)
            self._record(step, label, Status.ERROR, detail=str(problem.error()))
            return False
        elapsed = time.perf_counter() - started
        if step.id and done.saved is not None:
            with self.lock:
                self.scope.steps[step.id] = dict(done.saved)
        passed = not done.differences
        if not done.silent:
            self._record(step, label, Status.PASS if passed else Status.FAIL, done=done, elapsed=elapsed)
        return passed

    def _record(
        self,
        step: Step,
        label: str,
        status: Status,
        *,
        detail: str = "",
        done: Done | None = None,
        elapsed: float = 0.0,
    ) -> None:
        found = done or Done()
        own_rule = step.node.value.get("rule")
        rule = str(own_rule.value) if own_rule is not None else found.rule or step.verb.rule
        result = CheckResult(
            id=f"{self.name}#{label}",
            rule=rule,
            level=_level(step),
            evidence=_evidence(rule),
            status=status,
            title=step.title(self.scope),
            detail=self.scope.redact(detail or "\n".join(found.differences)),
            remedy=found.remedy or (_NO_ADVICE if status is Status.FAIL else ""),
            reproduce=self.reproduce if status in {Status.FAIL, Status.ERROR} else "",
            where=str(step.place),
            exchanges=found.exchanges,
            elapsed=elapsed,
        )
        with self.lock:
            self.results.append(result)
            self.on_result(result)


def _level(step: Step) -> Level:
    wanted = step.node.value.get("level")
    return Level(wanted.value) if wanted is not None and wanted.value in set(Level) else Level.MUST


def _evidence(rule: str) -> Evidence:
    from emulator.contract.rules import RULES, Confidence

    if rule not in RULES:
        return Evidence.DOCUMENTED
    known = {Confidence.DOCUMENTED: Evidence.DOCUMENTED, Confidence.OBSERVED: Evidence.OBSERVED}
    return known.get(RULES[rule].confidence, Evidence.INFERRED)
