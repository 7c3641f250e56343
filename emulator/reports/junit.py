"""Cases as JUnit XML, in the form that Jenkins' junit-10.xsd allows and GitLab, GitHub and Azure read."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from emulator.reports.findings import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emulator.reports.findings import Case

__all__ = ["junit_xml"]

_ELEMENTS: Final = {Outcome.FAIL: "failure", Outcome.ERROR: "error", Outcome.SKIP: "skipped"}
# XML 1.0 has no place for these, not even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(cases: Iterable[Case], *, name: str) -> str:
    """Return the *cases* as one ``testsuites`` document called *name*, a ``testsuite`` for each suite."""
    suites: dict[str, list[Case]] = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case)
    root = ET.Element("testsuites", _totals(name, [case for group in suites.values() for case in group]))
    for suite, group in suites.items():
        skipped = sum(case.outcome is Outcome.SKIP for case in group)
        inside = ET.SubElement(root, "testsuite", {**_totals(suite, group), "skipped": str(skipped)})
        for case in group:
            _add(inside, case)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _totals(name: str, cases: Sequence[Case]) -> dict[str, str]:
    outcomes = Counter(case.outcome for case in cases)
    return {
        "name": _xml(name),
        "tests": str(len(cases)),
        "failures": str(outcomes[Outcome.FAIL]),
        "errors": str(outcomes[Outcome.ERROR]),
        "time": f"{sum(case.elapsed for case in cases):.3f}",
    }


def _add(suite: ET.Element, case: Case) -> None:
    about = {"classname": _xml(case.suite), "name": _xml(case.name), "time": f"{case.elapsed:.3f}"}
    element = ET.SubElement(suite, "testcase", about)
    if case.outcome in _ELEMENTS:
        kind = _ELEMENTS[case.outcome]
        ET.SubElement(element, kind, {"message": _xml(case.message)}).text = _xml(case.detail) or None
    if case.remarks:
        ET.SubElement(element, "system-out").text = _xml(case.remarks)


def _xml(text: str) -> str:
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
