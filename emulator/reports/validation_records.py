"""The findings of ``validate`` as the records that every report for other programs is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.contract.inspection import FileReport, Status
from emulator.contract.problems import Level, printable
from emulator.reports.findings import Case, Finding, Outcome
from emulator.reports.validation import number, problem_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["as_cases", "as_findings"]

_STDIN = "<stdin>"


def as_cases(reports: Iterable[FileReport], *, strict: bool = False) -> Iterator[Case]:
    """Yield each file as one case: what makes it fail is its detail, the rest are remarks."""
    for report in reports:
        status = report.status(strict=strict)
        failing = {Level.MUST, Level.SHOULD} if strict else {Level.MUST}
        grave = [problem for problem in report.problems if problem.level in failing]
        minor = [problem for problem in report.problems if problem.level not in failing]
        more = f", and {number(len(grave) - 1, 'more problem')}" if len(grave) > 1 else ""
        yield Case(
            suite="okta-hooks validate",
            name=printable(report.name),
            outcome=_OUTCOMES[status],
            message=f"{printable(grave[0].message)}{more}" if grave else "",
            detail="\n".join(line for problem in grave for line in problem_lines(report, problem)),
            remarks="\n".join(line for problem in minor for line in problem_lines(report, problem)),
        )


_OUTCOMES = {Status.VALID: Outcome.PASS, Status.INVALID: Outcome.FAIL, Status.UNREADABLE: Outcome.ERROR}


def as_findings(reports: Iterable[FileReport]) -> Iterator[Finding]:
    """Yield every problem, as a finding in its file."""
    for report in reports:
        for problem in report.problems:
            yield Finding(
                rule=problem.rule,
                level=problem.level,
                message=printable(problem.message),
                hint="\n".join(printable(line) for line in problem.hint.splitlines()),
                location="" if report.name == _STDIN else report.name,
                line=problem.line,
                column=problem.column,
                name=printable(problem.pointer),
            )
