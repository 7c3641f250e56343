"""A load as JSON for programs, lines for people, and cases for JUnit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.load.units import duration_text
from emulator.reports.findings import Case, Outcome
from emulator.secrets import safe_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.load.histogram import Histogram
    from emulator.load.plan import Plan
    from emulator.load.result import LoadResult
    from emulator.load.slo import Judged
    from emulator.secrets import Redactor

__all__ = ["PERCENTILES", "as_cases", "as_json", "as_lines", "headline", "said"]

PERCENTILES: Final = (50.0, 90.0, 99.0, 99.9)


def _plain(text: str, _: str) -> str:
    return text


def headline(plan: Plan) -> str:
    """Say in one line what a load is to do."""
    schedule = plan.schedule
    pattern = "" if schedule.pattern == "steady" else f" ({schedule.pattern})"
    warmup = f" after {duration_text(schedule.warmup)} of warm-up" if schedule.warmup else ""
    workers = f", {plan.workers} workers" if plan.workers > 1 else ""
    return (
        f"POST {safe_url(plan.channel.uri)}: {schedule.rate:.4g}/s{pattern} for {duration_text(schedule.duration)}"
        f"{warmup}, seed {plan.seed}{workers}"
    )


def said(one: Judged) -> str:
    """Return the word for how an objective came out."""
    return "pass" if one.holds else "fail" if one.known else "none"


def as_json(result: LoadResult, *, redact: Redactor) -> dict[str, Any]:
    """Return the load as the one JSON object of ``--json``."""
    plan, tally, schedule = result.plan, result.tally, result.plan.schedule
    return {
        "target": safe_url(plan.channel.uri),
        "profile": plan.profile.name,
        "seed": plan.seed,
        "verdict": result.verdict,
        "interrupted": result.interrupted,
        "verified": result.verified,
        "plan": {
            "rate": schedule.rate,
            "duration_s": schedule.duration,
            "warmup_s": schedule.warmup,
            "pattern": schedule.pattern,
            "arrivals": schedule.arrivals,
            "mix": plan.mix,
            "batch": plan.batch,
            "duplicates": plan.duplicates,
            "connections": "keep" if plan.reuse else "new",
            "workers": plan.workers,
        },
        "objectives": [{"slo": one.text, "measured": one.measured, "status": said(one)} for one in result.judged],
        "rate": {
            "asked": round(result.asked, 3),
            "offered": round(result.offered, 3),
            "acknowledged": round(tally.acknowledged / result.measured, 3) if result.measured else 0.0,
            "kept": result.kept,
        },
        "counts": {
            "due": tally.due,
            "started": tally.started,
            "acknowledged": tally.acknowledged,
            "failed": tally.failed,
            "retried": tally.retried,
            "repeated": tally.repeated,
            "not_started": tally.not_started,
            "unfinished": tally.unfinished,
            "warmup": tally.warmed,
            "events": tally.events,
            "attempts": tally.attempts,
        },
        "results": dict(sorted(tally.results.items())),
        "reasons": {redact(reason): count for reason, count in tally.reasons.most_common()},
        "latency_ms": _durations(tally.latency),
        "answer_ms": _durations(tally.answer),
        "late_ms": _durations(tally.late),
        "timeline": [
            {
                "from_s": round(index * tally.width, 3),
                "acknowledged": part.acknowledged,
                "failed": part.failed,
                "retried": part.retried,
                "p50_ms": _milliseconds(part.latency.percentile(50)),
                "p99_ms": _milliseconds(part.latency.percentile(99)),
                "max_ms": _milliseconds(part.latency.highest),
            }
            for index, part in sorted(tally.slices.items())
        ],
        "cpu_us_per_delivery": round(result.cpu * 1e6 / (tally.ended + tally.warmed), 1) if tally.ended else None,
        "notes": list(result.notes),
    }


def _durations(histogram: Histogram) -> dict[str, float]:
    if not histogram.count:
        return {}
    found = {f"p{percent:g}": _milliseconds(histogram.percentile(percent)) for percent in PERCENTILES}
    return {**found, "max": _milliseconds(histogram.highest), "mean": _milliseconds(histogram.mean)}


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def as_lines(result: LoadResult, *, redact: Redactor, style: Callable[[str, str], str] = _plain) -> Iterator[str]:
    """Yield what there is to say about a load; *style* gives a text one of the looks good, bad, warn, dim."""
    tally = result.tally
    dim = "dim"
    again = f", {tally.repeated} of them again" if tally.repeated else ""
    yield (
        f"deliveries  {tally.due} due{again}, {tally.started} begun, {tally.acknowledged} acknowledged "
        f"({tally.events} events), {tally.failed} lost for ever"
    )
    results = ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in tally.results.most_common())
    if tally.attempts:
        yield f"attempts    {tally.attempts}: {results}; {tally.retried} deliveries took a second one"
        for reason, count in tally.reasons.most_common(5):
            yield style(f"            {count} times: {redact(reason)}", dim)
        yield f"rate        asked {result.asked:.4g}/s, offered {result.offered:.4g}/s"
        yield f"latency     {_percentiles(tally.latency)}  {style('from the instant each was due', dim)}"
        yield f"answers     {_percentiles(tally.answer)}  {style('of single attempts, from their sending', dim)}"
    for note in result.notes:
        yield f"{style('note', 'warn')}        {redact(note)}"
    for one in result.judged:
        word = said(one)
        look = "good" if one.holds else "bad" if one.known else "warn"
        yield f"{style(f'{word:<4}', look)}        {one.text:<18} {one.measured}"
    verdict = "interrupted" if result.interrupted else result.verdict
    yield f"verdict     {style(verdict, {'pass': 'good', 'fail': 'bad'}.get(verdict, 'warn'))}"


def _percentiles(histogram: Histogram) -> str:
    shown = [f"p{percent:g} {duration_text(histogram.percentile(percent))}" for percent in PERCENTILES]
    return ", ".join([*shown, f"max {duration_text(histogram.highest)}"])


def as_cases(result: LoadResult, *, redact: Redactor) -> Iterator[Case]:
    """Yield one case for each objective."""
    lines = "\n".join(as_lines(result, redact=redact))
    for one in result.judged:
        yield Case(
            suite="load",
            name=one.text,
            outcome=Outcome.PASS if one.holds else Outcome.FAIL if one.known else Outcome.ERROR,
            message="" if one.holds else f"measured: {one.measured}",
            detail="" if one.holds else lines,
            elapsed=0.0,
        )
    if result.verdict == "error" and not result.kept:
        yield Case(
            suite="load",
            name="the rate was kept",
            outcome=Outcome.ERROR,
            message=f"asked {result.asked:.4g}/s, offered {result.offered:.4g}/s",
            detail=lines,
        )
