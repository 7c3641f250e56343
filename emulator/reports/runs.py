"""The results of a run as JSON for programs, lines for people, and cases for JUnit."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from emulator.reports.exchanges import as_json as exchange_json
from emulator.reports.exchanges import wrapped
from emulator.reports.findings import Case, Finding, Outcome
from emulator.runner.results import NOT_REACHED, Status
from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.delivery.exchange import Exchange
    from emulator.runner.results import CheckResult, Deadline, RunResult
    from emulator.secrets import Redactor

__all__ = ["as_cases", "as_findings", "as_json", "result_lines", "summary_line"]

_BODY_SHOWN = 4_000  # characters
_STATUS_LOOK = {Status.PASS: "good", Status.FAIL: "bad", Status.SKIP: "dim", Status.ERROR: "bad"}


def _plain(text: str, _: str) -> str:
    return text


def as_json(run: RunResult, *, redact: Redactor) -> dict[str, Any]:
    """Return the run as the one JSON object of ``--json``."""
    return {
        "target": run.target,
        "profile": run.profile,
        "seed": run.seed,
        "level": run.level.value,
        "verdict": run.verdict.value,
        "interrupted": run.interrupted,
        "elapsed_ms": _milliseconds(run.elapsed),
        "checks": [_check(check, run, redact) for check in run.checks],
        "counts": run.counts(),
        "deadline": None if run.deadline is None else _deadline(run.deadline),
        "notes": [redact(note) for note in run.notes],
    }


def _check(check: CheckResult, run: RunResult, redact: Redactor) -> dict[str, Any]:
    return {
        "id": check.id,
        "rule": check.rule,
        "level": check.level.value,
        "evidence_label": check.evidence.value,
        "status": check.status.value,
        "fails_run": check.fails(level=run.level),
        "known": check.known,
        "title": redact(check.title),
        "detail": redact(check.detail),
        "remedy": redact(check.remedy),
        "reproduce": redact(check.reproduce),
        "where": check.where,
        "elapsed_ms": _milliseconds(check.elapsed),
        "exchanges": [
            {"request": _request(exchange, redact), **exchange_json(exchange, redact=redact)}
            for exchange in check.exchanges
        ],
    }


def _request(exchange: Exchange, redact: Redactor) -> dict[str, Any]:
    body = exchange.request.body
    return {
        "method": exchange.request.method,
        "headers": {name: redact(value) for name, value in exchange.request.shown_headers().items()},
        "body": None if body is None else redact(body.decode("utf-8", "replace"))[:_BODY_SHOWN],
        "curl": redact(exchange.request.curl()),
    }


def _deadline(deadline: Deadline) -> dict[str, Any]:
    return {
        "limit_ms": _milliseconds(deadline.limit),
        "timings": [
            {
                "what": timing.what,
                "connect_ms": _milliseconds(timing.connect),
                "first_byte_ms": _milliseconds(timing.first_byte),
                "total_ms": _milliseconds(timing.total),
            }
            for timing in deadline.timings
        ],
        "parallel": {
            "deliveries": deadline.parallel,
            "p50_ms": _milliseconds(deadline.p50),
            "p99_ms": _milliseconds(deadline.p99),
            "slowest_ms": _milliseconds(deadline.slowest),
        },
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)


def result_lines(check: CheckResult, *, redact: Redactor, style: Callable[[str, str], str] = _plain) -> Iterator[str]:
    """Yield what there is to say about one step: a line for a pass; place, differences and advice for a failure."""

    def told(text: str) -> str:
        return visible(redact(text))

    status = f"{'warn' if check.warns() else check.status.value:<5}"
    took = f"  {check.elapsed:.2f} s" if check.elapsed >= 0.1 else ""
    look = "warn" if check.warns() else _STATUS_LOOK[check.status]
    yield f"  {style(status, look)} {told(check.title)}{style(took, 'dim')}"
    if check.status is Status.PASS:
        return
    if check.detail == NOT_REACHED:
        return
    if check.status is Status.SKIP:
        yield from wrapped("", f"      {told(check.detail)}")
        return
    if check.status is Status.FAIL:
        yield style(f"        {check.where}", "dim")
    for line in told(check.detail).splitlines():
        yield f"        {line}"
    for exchange in check.exchanges:
        yield style(f"        {exchange.request.method}: {told(exchange.summary())}", "dim")
    for label, text in (("fix", check.remedy), ("rule", check.rule), ("again", check.reproduce)):
        if text:
            yield f"        {label:<6}{text}"


def _suite(check: CheckResult) -> str:
    return check.id.partition("#")[0] if "#" in check.id else "contract"


def as_cases(run: RunResult, *, redact: Redactor) -> Iterator[Case]:
    """Yield one case for each result, in a suite for each scenario; those of the contract suite stand together."""
    for suite, checks in groupby(run.checks, key=_suite):
        for check in checks:
            lines = visible(redact(check.detail)).splitlines()
            yield Case(
                suite=suite,
                name=f"{check.id} {redact(check.title)}",
                outcome=Outcome(check.status.value),
                message=lines[0] if lines else "",
                detail="\n".join(result_lines(check, redact=redact)) if check.status is not Status.PASS else "",
                elapsed=check.elapsed,
            )


def as_findings(run: RunResult, *, redact: Redactor) -> Iterator[Finding]:
    """Yield one finding for each broken promise: an error if it fails the run, else a warning."""
    for check in run.checks:
        if check.status is not Status.FAIL:
            continue
        file, line, column = _place(check.where)
        seen = redact(check.detail).splitlines()
        yield Finding(
            rule=check.rule,
            level="must" if check.fails(level=run.level) else "should",
            message=": ".join(filter(None, [redact(check.title), *seen[:1]])),
            hint="\n".join(filter(None, [*seen[1:], redact(check.remedy), check.reproduce])),
            location=file or run.target,
            line=line,
            column=column,
            name=check.id,
        )


def _place(where: str) -> tuple[str, int | None, int | None]:
    before, _, column = where.rpartition(":")
    file, _, line = before.rpartition(":")
    if not (file and line.isdecimal() and column.isdecimal()):
        return where, None, None
    return file, int(line), int(column)


def summary_line(run: RunResult) -> str:
    """Return the numbers in one line: scenarios by how they ended."""
    stories: dict[str, set[str]] = {}
    for check in run.checks:
        word = "with warnings" if check.warns(level=run.level) else _WORDS[check.status]
        stories.setdefault(check.id.partition("#")[0], set()).add(word)
    worst = Counter(next((word for word in _WORST_FIRST if word in found), "skipped") for found in stories.values())
    parts = [f"{worst[word]} {word}" for word in (*_WORST_FIRST[-2::-1], "skipped") if worst[word]]
    number = f"{len(stories)} scenario" if len(stories) == 1 else f"{len(stories)} scenarios"
    return f"{number}: {', '.join(parts) or 'none run'}"


_WORDS = {Status.PASS: "passed", Status.FAIL: "failed", Status.ERROR: "with errors", Status.SKIP: "skipped"}
_WORST_FIRST = ("with errors", "failed", "with warnings", "passed", "skipped")
