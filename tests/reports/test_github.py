"""Findings as annotations of GitHub Actions."""

from __future__ import annotations

import pytest

from emulator.reports.findings import Finding
from emulator.reports.github import github_annotations


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (
            Finding(rule="D8", level="must", message="broken", hint="fix it", location="a.yaml", line=3, column=5, name="x#1"),
            "::error file=a.yaml,line=3,col=5,title=D8 x#1::broken%0Afix it",
        ),
        (
            Finding(rule="D8", level="should", message="100% wrong\r\n::error::no", location="http://a.test/x", name="c"),
            "::warning title=D8 c::http://a.test/x: 100%25 wrong%0D%0A::error::no",
        ),
        (
            Finding(rule="", level="may", message="look", location="C:\\a,b.yaml", name="n: o"),
            "::notice file=C%3A\\a%2Cb.yaml,title=n%3A o::look",
        ),
    ],
)  # fmt: skip
def test_an_annotation_says_where_and_what_in_one_line(finding: Finding, line: str) -> None:
    """What a receiver said can't start a workflow command of its own: line breaks are escaped."""
    assert github_annotations([finding, finding]) == f"{line}\n{line}\n"


def test_nothing_found_is_nothing_printed() -> None:
    assert github_annotations([]) == ""
