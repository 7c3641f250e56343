"""The reports of a load, by the names that ``--report`` knows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from emulator.reports.files import write_report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from emulator.load.result import LoadResult
    from emulator.secrets import Redactor

__all__ = ["LOAD_FORMATS", "write_load_reports"]


def _html(result: LoadResult, redact: Redactor) -> str:
    from emulator.reports.load_html import load_html

    return load_html(result, redact=redact, when=datetime.now(UTC))


def _json(result: LoadResult, redact: Redactor) -> str:
    from emulator.reports.load import as_json

    return json.dumps(as_json(result, redact=redact), indent=2) + "\n"


def _junit(result: LoadResult, redact: Redactor) -> str:
    from emulator.reports.junit import junit_xml
    from emulator.reports.load import as_cases

    return junit_xml(as_cases(result, redact=redact), name="okta-hooks load")


_WRITERS: Final[Mapping[str, Callable[[LoadResult, Redactor], str]]] = {"html": _html, "json": _json, "junit": _junit}
LOAD_FORMATS: Final = tuple(_WRITERS)


def write_load_reports(files: Mapping[str, Path], result: LoadResult, *, redact: Redactor) -> None:
    """
    Write the reports that a user asked for.

    Raises:
        UsageError: a file can't be written.
    """
    for name, path in files.items():
        write_report(path, _WRITERS[name](result, redact))
