"""The findings of ``validate`` as lines for people and as JSON for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from emulator.contract.inspection import Container, FileReport, Status
from emulator.contract.kinds import KIND_NAMES, Kind
from emulator.contract.problems import Level, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from emulator.contract.problems import Problem

__all__ = ["as_json", "as_text", "counts", "number", "problem_lines"]


def _plain(text: str, _: str) -> str:
    return text


def as_text(
    reports: Sequence[FileReport],
    *,
    strict: bool = False,
    quiet: bool = False,
    style: Callable[[str, str], str] = _plain,
) -> Iterator[str]:
    """
    Yield the lines of a report: each problem as ``file:line:column: level rule /pointer: message``, then the verdicts.

    Args:
        reports: One per file, in the order they are shown.
        strict: *should* counts as *must*.
        quiet: Leave out notes and the files that are in order.
        style: Colours a piece of text as a level, a status or ``dim``; the default doesn't.
    """
    for report in reports:
        for problem in report.problems:
            if not (quiet and problem.level is Level.NOTE):
                yield from problem_lines(report, problem, style)
        if report.left_out:
            yield style(f"{printable(report.name)}: and {_levels(report.left_out)} more that are not shown", "dim")
        status = report.status(strict=strict)
        if not quiet or status is not Status.VALID:
            yield f"{printable(report.name)}: {style(_verdict(status), status)} {_contents(report)}".rstrip()
    yield _summary(reports, strict=strict)


def problem_lines(report: FileReport, problem: Problem, style: Callable[[str, str], str] = _plain) -> Iterator[str]:
    """Yield the lines of one problem: where and what, then what to do about it."""
    place = "" if problem.line is None else f"{problem.line}:{problem.column}:"
    rule = "" if report.is_unreadable else f" {problem.rule}"
    pointer = f" {printable(problem.pointer)}" if problem.pointer else ""
    level = style("error" if report.is_unreadable else problem.level, problem.level)
    yield f"{printable(report.name)}:{place} {level}{rule}{pointer}: {printable(problem.message)}"
    for line in problem.hint.splitlines():
        yield style(f"    {printable(line)}", "dim")


def _verdict(status: Status) -> str:
    return {Status.VALID: "ok", Status.INVALID: "INVALID", Status.UNREADABLE: "UNREADABLE"}[status]


def _contents(report: FileReport) -> str:
    if not report.documents:
        return ""
    singular, plural = KIND_NAMES[report.kind]
    what = {
        Container.ONE: singular,
        Container.ARRAY: f"array of {report.documents} {singular if report.documents == 1 else plural}",
        Container.LINES: f"{report.documents} {plural}, one after another" if report.documents > 1 else f"1 {singular}",
    }[report.container]
    if report.wrapped_in:
        what = f"{what} in {' and '.join(report.wrapped_in)}"
    if not report.events:
        return what
    shapes = Counter(report.shapes).most_common()
    each = [f"{shape} shape" if len(shapes) == 1 else f"{count} {shape}" for shape, count in shapes]
    if report.kind is Kind.LOG_EVENT:
        return f"{what} ({', '.join(each)})"
    return f"{what}, {number(report.events, 'event')} ({', '.join(each)})"


def number(count: int, what: str) -> str:
    """Count things in words."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def counts(reports: Iterable[FileReport], *, strict: bool = False) -> dict[str, int]:
    """Count files by status, documents' events, and problems by level."""
    reports = list(reports)
    by_status = Counter(report.status(strict=strict) for report in reports)
    by_level = sum((report.levels() for report in reports if not report.is_unreadable), Counter[Level]())
    return {
        "files": len(reports),
        **{status.value: by_status[status] for status in Status},
        "events": sum(report.events for report in reports),
        **{level.value: by_level[level] for level in Level},
    }


def _summary(reports: Sequence[FileReport], *, strict: bool) -> str:
    found = counts(reports, strict=strict)
    files = [f"{found[status.value]} {status.value}" for status in Status if found[status.value]]
    levels = _levels({level: found[level.value] for level in Level})
    text = f"{number(found['files'], 'file')}: {', '.join(files)}; {number(found['events'], 'event')}"
    return f"{text}; problems: {levels or 'none'}"


def _levels(counted: Mapping[Level, int]) -> str:
    return ", ".join(f"{counted[level]} {level}" for level in Level if counted.get(level))


def as_json(reports: Sequence[FileReport], *, strict: bool = False) -> dict[str, Any]:
    """Return the report as one JSON object: ``files`` with their problems, and ``counts``."""
    return {"files": [_file(report, strict=strict) for report in reports], "counts": counts(reports, strict=strict)}


def _file(report: FileReport, *, strict: bool) -> dict[str, Any]:
    return {
        "file": report.name,
        "kind": report.kind.value,
        "container": report.container.value,
        "wrapped_in": list(report.wrapped_in),
        "documents": report.documents,
        "events": report.events,
        "shapes": {shape.value: count for shape, count in report.shapes.items()},
        "status": report.status(strict=strict).value,
        "problems": [_problem_json(problem) for problem in report.problems],
        "left_out": {level.value: count for level, count in report.left_out.items()},
    }


def _problem_json(problem: Problem) -> dict[str, Any]:
    return {
        "pointer": problem.pointer,
        "line": problem.line,
        "column": problem.column,
        "rule": problem.rule,
        "level": problem.level.value,
        "message": problem.message,
        "hint": problem.hint,
        "got": problem.got,
        "wanted": problem.wanted,
    }
