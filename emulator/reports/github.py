"""Findings as annotations of GitHub Actions: lines in the log that appear beside the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emulator.reports.findings import Finding

__all__ = ["github_annotations"]

_LEVELS: Final = {"must": "error", "should": "warning"}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def github_annotations(findings: Iterable[Finding]) -> str:
    """Return one workflow command a line; only what is printed to a job's log counts, so write it to stdout."""
    return "".join(f"{_annotation(finding)}\n" for finding in findings)


def _annotation(finding: Finding) -> str:
    properties = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in _properties(finding))
    text = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    if "://" in finding.location:
        text = f"{finding.location}: {text}"
    return f"::{_LEVELS.get(finding.level, 'notice')} {properties}::{visible(text.translate(_DATA))}"


def _properties(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.location and "://" not in finding.location:
        yield "file", finding.location
        if finding.line is not None:
            yield "line", str(finding.line)
            yield "col", str(finding.column or 1)
    yield "title", f"{finding.rule} {finding.name}".strip()
