"""The reports of a run, each one function from the same results to text; ``--report`` knows them by their names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from emulator.reports.files import write_report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from emulator.runner.results import RunResult
    from emulator.secrets import Redactor

__all__ = ["RUN_FORMATS", "Ended", "write_run_reports"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """
    A run that has ended.

    Args:
        run: What was found.
        redact: Hides the secrets that a reply may repeat.
        command: What was run, such as ``okta-hooks check``.
        when: When the reports are made.
    """

    run: RunResult
    redact: Redactor
    command: str
    when: datetime


def _html(ended: Ended) -> str:
    from emulator.reports.html import run_html

    return run_html(ended.run, redact=ended.redact, when=ended.when)


def _json(ended: Ended) -> str:
    from emulator.reports.runs import as_json

    return json.dumps(as_json(ended.run, redact=ended.redact), indent=2) + "\n"


def _junit(ended: Ended) -> str:
    from emulator.reports.junit import junit_xml
    from emulator.reports.runs import as_cases

    return junit_xml(as_cases(ended.run, redact=ended.redact), name=ended.command)


def _sarif(ended: Ended) -> str:
    from emulator.reports.runs import as_findings
    from emulator.reports.sarif import sarif_json

    return sarif_json(as_findings(ended.run, redact=ended.redact), command=ended.command)


def _github(ended: Ended) -> str:
    from emulator.reports.github import github_annotations
    from emulator.reports.runs import as_findings

    return github_annotations(as_findings(ended.run, redact=ended.redact))


_WRITERS: Final[Mapping[str, Callable[[Ended], str]]] = {
    "html": _html,
    "json": _json,
    "junit": _junit,
    "sarif": _sarif,
    "github": _github,
}
RUN_FORMATS: Final = tuple(_WRITERS)


def write_run_reports(files: Mapping[str, Path], run: RunResult, *, redact: Redactor, command: str) -> None:
    """
    Write the reports that a user asked for.

    Args:
        files: Where each goes, by the name of its format.
        run: What was found.
        redact: Hides the secrets that a reply may repeat.
        command: What was run, such as ``okta-hooks check``.

    Raises:
        UsageError: a file can't be written.
    """
    ended = Ended(run=run, redact=redact, command=command, when=datetime.now(UTC))
    for name, path in files.items():
        write_report(path, _WRITERS[name](ended))
