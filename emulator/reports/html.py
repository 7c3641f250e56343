"""A run as one HTML page that needs nothing else: no network, no other file, and no trust in what a receiver said."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import TIME_LIMIT
from emulator.contract.rules import RULES
from emulator.reports.html_bars import LEGEND, Row, exchanges_row, parallel_bar, timing_bar
from emulator.reports.html_exchanges import drawn
from emulator.reports.html_page import rendered
from emulator.runner.results import Evidence, Status, Verdict
from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from emulator.runner.results import CheckResult, RunResult
    from emulator.secrets import Redactor

__all__ = ["run_html"]

_TIMELINE: Final = 20  # rows that are shown at once
_LOOKS: Final = {Status.PASS: "good", Status.FAIL: "bad", Status.SKIP: "dim", Status.ERROR: "warn"}
_SIGNS: Final = {Status.PASS: "✓", Status.FAIL: "✗", Status.SKIP: "·", Status.ERROR: "!"}


def run_html(run: RunResult, *, redact: Redactor, when: datetime | None = None) -> str:
    """
    Return the page.

    Whatever came from the receiver is escaped, its control and direction characters are spelt out, and a content
    security policy allows nothing but the page's own style and script.

    Args:
        run: What was found.
        redact: Hides the secrets that a reply may repeat.
        when: When the run was made; left out if None.
    """
    return rendered("run.html.jinja", _view(run, redact), style=("run.css",), script=("run.js",), when=when)


def _view(run: RunResult, redact: Redactor) -> dict[str, Any]:
    limit = TIME_LIMIT if run.deadline is None else run.deadline.limit
    shown = [_Shown(check, run, redact, limit, number) for number, check in enumerate(run.checks)]
    failed = [check for check in shown if check.look == "bad"]
    warned = [check for check in shown if check.result.status is Status.FAIL and check.look != "bad"]
    errors = [check for check in shown if check.result.status is Status.ERROR]
    rows = sorted((check.row for check in shown if check.row), key=lambda row: -row.seconds)
    return {
        "target": visible(run.target),
        "word": "INTERRUPTED" if run.interrupted else run.verdict.value.upper(),
        "verdict": "error" if run.interrupted else run.verdict.value,
        "lead": _lead(run, failed, warned),
        "chips": list(_chips(run, len(failed), len(warned))),
        "notes": [visible(redact(note)) for note in run.notes],
        "limit": f"{limit:g}",
        "ticks": [f"{limit * third / 3:g}" for third in (1, 2, 3)],
        "legend": LEGEND,
        "deadline": _deadline(run, limit),
        "sections": [
            {"title": "Broken", "checks": failed},
            {"title": "Could not be carried out", "checks": errors},
            {"title": "Warnings: worth a look, but they fail nothing", "checks": warned},
        ],
        "timeline": rows[:_TIMELINE],
        "more_timeline": rows[_TIMELINE:],
        "lists": [
            {"title": "Passed", "groups": _by_scenario([c for c in shown if c.result.status is Status.PASS])},
            {"title": "Not looked at", "groups": _by_reason([c for c in shown if c.result.status is Status.SKIP])},
        ],
        "profile": run.profile,
        "seed": run.seed,
        "promise": "A check that rests on an inferred rule only warns.",
    }


def _lead(run: RunResult, failed: Sequence[_Shown], warned: Sequence[_Shown]) -> str:
    total, passed = len(run.checks), run.counts()["pass"]
    if failed:
        what = "is" if len(failed) == 1 else "are"
        return f"{len(failed)} of {total} {what} broken. Each has its evidence, the rule behind it, and a fix below."
    if run.interrupted:
        return f"The run was interrupted; {passed} had passed by then."
    if run.verdict is Verdict.ERROR:
        return "Nothing is broken as far as can be seen, but not everything could be carried out."
    rest = f", {len(warned)} only warn" if warned else ""
    unseen = f", {skipped} not looked at" if (skipped := run.counts()["skip"]) else ""
    return f"Nothing is broken: {passed} of {total} passed{rest}{unseen}."


def _chips(run: RunResult, failed: int, warned: int) -> Iterator[tuple[str, str]]:
    counts = run.counts()
    yield f"{failed} broken", "bad" if failed else "dim"
    yield f"{warned} warnings", "warn" if warned else "dim"
    yield f"{counts['pass']} passed", "good"
    yield f"{counts['skip']} not looked at", "dim"
    if counts["error"]:
        yield f"{counts['error']} not carried out", "warn"
    if run.elapsed:
        yield f"{run.elapsed:.1f} s", "dim"


def _by_scenario(checks: Sequence[_Shown]) -> list[dict[str, Any]]:
    """Put the steps of each scenario together; checks of the suite stand in one group without a name."""
    return [
        {"name": visible(name), "checks": list(group)}
        for name, group in groupby(
            checks, key=lambda check: check.result.id.partition("#")[0] if "#" in check.id else ""
        )
    ]


def _by_reason(checks: Sequence[_Shown]) -> list[dict[str, Any]]:
    """Put what was not looked at for the same reason together, so that the reason is read once."""
    groups: dict[str, list[_Shown]] = {}
    for check in checks:
        groups.setdefault(check.detail, []).append(check)
    return [{"name": reason, "checks": group} for reason, group in groups.items()]


def _deadline(run: RunResult, limit: float) -> dict[str, Any] | None:
    if run.deadline is None:
        return None
    return {
        "timings": [timing_bar(timing, limit) for timing in run.deadline.timings],
        "parallel": parallel_bar(run.deadline, limit) if run.deadline.parallel else None,
    }


class _Shown:
    """One result as the page shows it: every text escaped for the eye, secrets hidden."""

    def __init__(self, check: CheckResult, run: RunResult, redact: Redactor, limit: float, number: int) -> None:
        def safe(text: str) -> str:
            return visible(redact(text))

        fails = check.fails(level=run.level)
        self.result = check
        self.look = _LOOKS[check.status] if fails or check.status is not Status.FAIL else "warn"
        self.sign = _SIGNS[check.status]
        self.anchor = f"check-{number}"
        self.id = safe(check.id)
        self.title = safe(check.title)
        self.where = safe(check.where)
        self.detail = safe(check.detail)
        self.rule = safe(_rule(check.rule))
        remedy, _, code = check.remedy.partition("\n")
        self.remedy, self.code = safe(remedy), safe(code.strip("\n"))
        self.reproduce = safe(check.reproduce)
        self.chips = list(_labels(check))
        self.words = f"{self.id} {self.title} {self.rule} {check.status.value}"
        self.exchanges = [
            drawn(
                exchange,
                redact,
                limit=limit,
                anchor=f"curl-{number}-{turn}",
                expected=check.status is Status.PASS,
                opened=fails and turn == len(check.exchanges) - 1,
            )
            for turn, exchange in enumerate(check.exchanges)
        ]
        self.row: Row | None = exchanges_row(check.exchanges, limit, what=self.id, anchor=self.anchor)


def _labels(check: CheckResult) -> Iterator[tuple[str, str]]:
    yield check.level.value, "dim"
    yield check.evidence.value, "warn" if check.evidence is Evidence.INFERRED else "dim"
    if getattr(check, "known", False):
        yield "in the baseline", "dim"


def _rule(rule_id: str) -> str:
    if rule_id not in RULES:
        return rule_id
    return f"{rule_id}: {RULES[rule_id].statement} ({RULES[rule_id].confidence})"
