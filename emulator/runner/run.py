"""Run scenarios against a hook URL, or against the reference receiver where a scenario asks for that."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from emulator.contract.model import AuthScheme, Channel, CustomHeader
from emulator.delivery.channels import check_header, read_url
from emulator.delivery.clock import Clock, SystemClock
from emulator.delivery.exchange import Failure
from emulator.delivery.tokens import RandomTokens, SeededTokens
from emulator.errors import ScenarioError, TargetError, UsageError
from emulator.runner.definitions import read_events
from emulator.runner.references import Scope
from emulator.runner.results import CheckResult, Evidence, Level, RunResult, Status, UnreachedError
from emulator.runner.scenario import OPTIONS
from emulator.runner.session import Session
from emulator.runner.source import Problems, plain
from emulator.secrets import Redactor, Secret, safe_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emulator.delivery.transport import Sender
    from emulator.payloads.custom import CustomType
    from emulator.runner.scenario import Scenario
    from receiver import Receiver

__all__ = ["Settings", "run_scenario", "run_scenarios"]

# Not a secret of anybody's: the reference receiver lives only as long as the scenario.
_OWN_SECRET = "Basic b2t0YTp0aGUgcmVmZXJlbmNlIHJlY2VpdmVyJ3M="  # noqa: S105 (of the bundled receiver, made up)
# With a seed a story begins within fixed weeks, so that it is the same for ever.
_STORY = datetime(2026, 3, 2, 8, tzinfo=UTC)
_WEEKS = 26 * 24 * 3600  # seconds
_NO_CONTACT = frozenset({Failure.DNS, Failure.REFUSED, Failure.UNREACHABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    What a run is given from outside; each part goes before what a scenario says.

    Args:
        channel: The hook URL and its headers; None leaves it to the scenario.
        auth: The auth header where the scenario names the URL.
        headers: Further headers there.
        reference: Use the reference receiver where neither names a URL.
        variables: Values for ``${name}``.
        events: Event types that all scenarios know beside their own.
        seed: One seed for all; None takes the scenario's, or a new one.
        sender: What sends requests.
        redact: Learns every secret of the run, so that reports can hide them.
        fail_fast: Stop at the first scenario that fails.
    """

    channel: Channel | None = None
    auth: AuthScheme | None = None
    headers: tuple[CustomHeader, ...] = ()
    reference: bool = False
    variables: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, CustomType] = field(default_factory=dict)
    seed: int | None = None
    profile: str = ""
    sender: Sender
    clock: Clock = field(default_factory=SystemClock)
    redact: Redactor = field(default_factory=Redactor)
    fail_fast: bool = False


def run_scenarios(
    scenarios: Sequence[Scenario],
    settings: Settings,
    *,
    on_result: Callable[[Scenario, CheckResult], object] = lambda *_: None,
) -> RunResult:
    """
    Run *scenarios* one after another; Ctrl-C ends the run, and what is known by then is the result.

    Raises:
        UnreachedError: nothing at all answers at the hook URL.
        UsageError: there is no hook URL.
    """
    from emulator.contract.profile import profile

    results: list[CheckResult] = []
    seed = settings.seed if settings.seed is not None else scenarios[0].seed if len(scenarios) == 1 else None
    seed = _fresh_seed() if seed is None else seed
    interrupted = False
    unreached: TargetError | None = None
    began = time.perf_counter()
    targets: dict[str, None] = {}
    for scenario in scenarios:
        own_seed = settings.seed if settings.seed is not None else scenario.seed if scenario.seed is not None else seed
        found: list[CheckResult] = []

        def note(result: CheckResult, scenario: Scenario = scenario, found: list[CheckResult] = found) -> None:
            found.append(result)
            on_result(scenario, result)

        try:
            run_scenario(scenario, settings, seed=own_seed, on_result=note, targets=targets)
        except KeyboardInterrupt:
            interrupted = True
        results += found
        unreached = _nobody(found, results)
        if (
            interrupted
            or unreached
            or (settings.fail_fast and any(r.status in {Status.FAIL, Status.ERROR} for r in found))
        ):
            break
    run = RunResult(
        target=", ".join(targets) or (safe_url(settings.channel.uri) if settings.channel is not None else "none"),
        profile=profile(settings.profile).name,
        seed=seed,
        checks=results,
        interrupted=interrupted,
        elapsed=time.perf_counter() - began,
    )
    if unreached is not None:
        raise UnreachedError(unreached, run)
    return run


def run_scenario(
    scenario: Scenario,
    settings: Settings,
    *,
    seed: int,
    on_result: Callable[[CheckResult], object] = lambda _: None,
    targets: dict[str, None] | None = None,
) -> list[CheckResult]:
    """
    Run one scenario and return its results, one for each step; *targets* learns what it was run against.

    Raises:
        UsageError: there is no hook URL.
    """
    if settings.channel is not None and scenario.needs_own_receiver:
        reason = "it is about our own receiver, mostly one that misbehaves, and yours is tested instead"
        skipped = _whole(scenario, Status.SKIP, reason)
        on_result(skipped)
        return [skipped]
    results: list[CheckResult] = []
    for name, values in scenario.variants():
        found = {} if targets is None else targets
        results += _run_variant(scenario, name, values, settings, seed=seed, on_result=on_result, targets=found)
    return results


def _run_variant(
    scenario: Scenario,
    name: str,
    values: Mapping[str, Any],
    settings: Settings,
    *,
    seed: int,
    on_result: Callable[[CheckResult], object],
    targets: dict[str, None],
) -> list[CheckResult]:
    with ExitStack() as closing:
        try:
            session = _session(scenario, name, values, settings, seed=seed, closing=closing)
        except ScenarioError as error:
            failed = _whole(scenario, Status.ERROR, str(error))
            on_result(failed)
            return [failed]
        session.on_result = on_result
        targets[safe_url(session.channel.uri) if session.receiver is None else "reference receiver"] = None
        try:
            session.run(scenario.steps)
        finally:
            session.run(scenario.at_last, prefix="finally.")
        return session.results


def _session(
    scenario: Scenario,
    name: str,
    values: Mapping[str, Any],
    settings: Settings,
    *,
    seed: int,
    closing: ExitStack,
) -> Session:
    from emulator.contract.profile import profile
    from emulator.payloads import World

    scope = Scope(values={**scenario.variables, **values, **settings.variables}, redact=settings.redact)
    scope.values |= {"scenario": scenario.id, "seed": seed, "turn": 1}
    channel, receiver = _channel(scenario, settings, scope, closing)
    scope.values["HOOK_URL"] = channel.uri
    for header in (channel.auth, *channel.headers):
        if header is not None:
            scope.redact.add(header.value)
    types = dict(scenario.event_files)
    if scenario.events is not None:
        types |= read_events(scenario.events, scope)
    scope.world = World(_world_seed(seed, name), custom={**settings.events, **types})
    seeded = settings.seed is not None or scenario.seed is not None
    return Session(
        name=name,
        channel=channel,
        receiver=receiver,
        world=scope.world,
        sender=settings.sender,
        tokens=SeededTokens(seed) if seeded else RandomTokens(),
        clock=settings.clock,
        profile=profile(",".join(filter(None, [settings.profile, scenario.profile]))),
        scope=scope,
        began=_STORY + timedelta(seconds=_world_seed(seed, "began") % _WEEKS) if seeded else None,
        reproduce=_reproduce(scenario, settings, seed),
    )


def _channel(
    scenario: Scenario, settings: Settings, scope: Scope, closing: ExitStack
) -> tuple[Channel, Receiver | None]:
    if settings.channel is not None:
        return settings.channel, None
    hook = plain(scope.resolve(scenario.hook)) if scenario.hook is not None else {}
    if scenario.receiver is not None or (settings.reference and "url" not in hook):
        return _reference(scenario, scope, closing)
    if "url" not in hook:
        raise UsageError(
            f"there is no hook URL for {scenario.path}",
            where="--url",
            hint="add --url http://localhost:8000/okta/hooks, or --reference for the bundled receiver;\n"
            "or start that one yourself, as okta-receiver --port 8000",
        )
    where = str(scenario.hook.place) if scenario.hook is not None else ""
    auth = hook.get("auth")
    own = AuthScheme(key=auth.get("header", "Authorization"), value=Secret(str(auth["value"]))) if auth else None
    custom = [CustomHeader(key=key, value=Secret(str(value))) for key, value in (hook.get("headers") or {}).items()]
    for header in (own, *custom):
        if header is not None:
            check_header(header.key, header.value.reveal(), where=where)
    uri = read_url(str(hook["url"]), where=where)
    return Channel(uri=uri, auth=settings.auth or own, headers=(*custom, *settings.headers)), None


def _reference(scenario: Scenario, scope: Scope, closing: ExitStack) -> tuple[Channel, Receiver]:
    from receiver import Receiver

    problems = Problems()
    node = scenario.receiver
    wanted = {} if node is None else OPTIONS["receiver"].kind.read(scope.resolve(node), problems) or {}
    problems.raise_if_any()
    secret = Secret(wanted.get("auth") or _OWN_SECRET)
    receiver = closing.enter_context(Receiver(auth=secret, misbehave=wanted.get("misbehave") or ()))
    return Channel(uri=receiver.url, auth=AuthScheme(key="Authorization", value=secret)), receiver


def _whole(scenario: Scenario, status: Status, reason: str) -> CheckResult:
    """Return the one result of a scenario that isn't run."""
    return CheckResult(
        id=scenario.id,
        rule="",
        level=Level.MUST,
        evidence=Evidence.DOCUMENTED,
        status=status,
        title=scenario.title,
        detail=reason,
        where=str(scenario.place),
    )


def _nobody(found: Sequence[CheckResult], results: Sequence[CheckResult]) -> TargetError | None:
    """Say so if nothing has answered so far: more of the same would only repeat it."""
    if not any(result.status is Status.FAIL for result in found):
        return None
    exchanges = [exchange for result in results for exchange in result.exchanges]
    if not exchanges or any(exchange.failure not in _NO_CONTACT for exchange in exchanges):
        return None
    return TargetError(
        f"nothing answers at {safe_url(exchanges[-1].request.url)}: {exchanges[-1].detail}",
        hint="start the receiver first, or check host and port",
    )


def _reproduce(scenario: Scenario, settings: Settings, seed: int) -> str:
    url = f" --url {safe_url(settings.channel.uri)}" if settings.channel is not None else ""
    return f"okta-hooks run {scenario.path}{url or (' --reference' if settings.reference else '')} --seed {seed}"


def _world_seed(seed: int, scenario_id: str) -> int:
    # Scenarios of one run must not share eventIds: a receiver would rightly take them for duplicates (D12).
    return int.from_bytes(blake2b(f"{seed}:{scenario_id}".encode(), digest_size=4).digest())


def _fresh_seed() -> int:
    from secrets import randbelow

    return randbelow(2**32)
