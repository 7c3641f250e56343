"""What the contract suite found, as lines for people; ``runs`` has it for programs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from emulator.contract.rules import RULES
from emulator.reports.exchanges import wrapped
from emulator.runner.results import CheckResult, Deadline, Level, RunResult, Status, Verdict
from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


__all__ = ["as_text", "result_lines"]


_MOST_NAMES: Final = 24


def _plain(text: str, _: str) -> str:
    return text


def as_text(run: RunResult, *, style: Callable[[str, str], str] = _plain) -> Iterator[str]:
    """
    Yield the lines of a report: what is broken, what only warns, what could not be seen, the deadline, the verdict.

    *style* gets a text and a look: ``good``, ``bad``, ``warn``, ``dim`` or ``strong``.
    """
    for result in sorted(run.checks, key=lambda check: not check.fails(level=run.level)):
        if result.status is Status.FAIL:
            yield from result_lines(result, level=run.level, style=style)
            yield ""
    yield from _unseen(run, style)
    for note in run.notes:
        yield from _dimmed(wrapped("note", visible(note)), style)
    if run.deadline is not None:
        yield from _deadline_lines(run.deadline, style)
    yield ""
    yield _verdict(run, style)


def result_lines(
    result: CheckResult, *, level: Level = Level.MUST, style: Callable[[str, str], str] = _plain
) -> Iterator[str]:
    """Yield all there is to say about one broken promise: what was seen, the rule, the fix, the command."""
    word = style("BROKEN", "bad") if result.fails(level=level) else style("KNOWN" if result.known else "WARN", "warn")
    yield f"{word} {style(result.id, 'strong')}  {result.title}  ({result.level}, {result.evidence})"
    for number, line in enumerate(visible(result.detail).splitlines()):
        yield from wrapped(" " if number else "seen", line)
    yield from wrapped("rule", f"{result.rule}: {RULES[result.rule].statement}")
    yield from wrapped("fix", result.remedy.partition("\n")[0])
    for line in result.remedy.splitlines()[1:]:
        yield f"          {line}"
    yield style(f"  again {result.reproduce}", "dim")


def _unseen(run: RunResult, style: Callable[[str, str], str]) -> Iterator[str]:
    """Yield what was not looked at, the checks of one reason together."""
    unseen = [check for check in run.checks if check.status in {Status.SKIP, Status.ERROR}]
    reasons = sorted(unseen, key=lambda check: check.detail)
    for detail, group in groupby(reasons, key=lambda check: check.detail):
        names = [check.id for check in group]
        word = style("ERROR", "bad") if detail.startswith("not run") else style("SKIP", "dim")
        yield f"{word} {visible(detail)}"
        yield from _dimmed(wrapped("", _listed(names)), style)
    if unseen:
        yield ""


def _listed(names: Sequence[str]) -> str:
    """Return the names, or how many they are if nobody would read them all."""
    return ", ".join(names) if len(names) <= _MOST_NAMES else f"{len(names)} checks, from {names[0]} to {names[-1]}"


def _dimmed(lines: Iterator[str], style: Callable[[str, str], str]) -> Iterator[str]:
    yield from (style(line, "dim") for line in lines)


def _deadline_lines(deadline: Deadline, style: Callable[[str, str], str]) -> Iterator[str]:
    for timing in deadline.timings:
        parts = f"connect {timing.connect:.3f} s, first byte {timing.first_byte:.3f} s, total {timing.total:.3f} s"
        yield style(f"  time  {timing.what}: {parts} of {deadline.limit:g} s", "dim")
    if deadline.parallel:
        parts = f"p50 {deadline.p50:.3f} s, p99 {deadline.p99:.3f} s, slowest {deadline.slowest:.3f} s"
        yield style(f"  time  {deadline.parallel} {deadline.noun} at once: {parts}", "dim")


def _verdict(run: RunResult, style: Callable[[str, str], str]) -> str:
    counts = run.counts()
    broken = sum(check.fails(level=run.level) for check in run.checks)
    parts = [
        f"{counts['pass']} kept",
        f"{broken} broken",
        f"{counts['warnings']} warnings",
        f"{counts['skip']} not seen",
    ]
    if counts["error"]:
        parts.append(f"{counts['error']} not run")
    word = {
        Verdict.PASS: style("PASS", "good"),
        Verdict.FAIL: style("FAIL", "bad"),
        Verdict.ERROR: style("ERROR", "bad"),
    }
    name = style("INTERRUPTED", "warn") if run.interrupted else word[run.verdict]
    return f"{name}  {run.target}: {', '.join(parts)}  (profile {run.profile}, seed {run.seed}, {run.elapsed:.1f} s)"
