"""JUnit XML, held against the rules of junit-10.xsd, which Jenkins checks uploads with."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from emulator.reports.findings import Case, Outcome
from emulator.reports.junit import junit_xml

# What junit-10.xsd lets each element have: (required attributes, further attributes, children).
ALLOWED = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")

CASES = [
    Case(suite="one.yaml", name="verify", outcome=Outcome.PASS, elapsed=0.25, remarks="took two attempts"),
    Case(
        suite="one.yaml", name="deliver", outcome=Outcome.FAIL, message="404", detail="got 404\nwanted 204", elapsed=1
    ),
    Case(suite="two.yaml", name="deliver", outcome=Outcome.ERROR, message="refused"),
    Case(suite="two.yaml", name="probe", outcome=Outcome.SKIP, message="no URL"),
]


def faults(element: ET.Element) -> list[str]:
    required, further, children = ALLOWED[element.tag]
    found = [f"{element.tag} lacks {name}" for name in required - element.attrib.keys()]
    found += [f"{element.tag} has {name}" for name in element.attrib.keys() - required - further]
    found += [f"{element.tag} holds {child.tag}" for child in element if child.tag not in children]
    if "time" in element.attrib and not TIME.fullmatch(element.get("time", "")):
        found.append(f"{element.tag} has the time {element.get('time')}")
    return found + [fault for child in element for fault in faults(child)]


def test_every_element_is_what_the_schema_allows():
    assert faults(ET.fromstring(junit_xml(CASES, name="okta-hooks run"))) == []


def test_cases_are_counted_per_suite_and_in_all():
    root = ET.fromstring(junit_xml(CASES, name="okta-hooks run"))
    wanted = ("tests", "failures", "errors", "time")

    assert (root.get("name"), [root.get(key) for key in wanted]) == ("okta-hooks run", ["4", "1", "1", "1.250"])
    assert [(suite.get("name"), *(suite.get(key) for key in (*wanted, "skipped"))) for suite in root] == [
        ("one.yaml", "2", "1", "0", "1.250", "0"),
        ("two.yaml", "2", "0", "1", "0.000", "1"),
    ]


def test_outcomes_carry_message_and_detail():
    root = ET.fromstring(junit_xml(CASES, name="x"))
    failure, error, skipped = root.find(".//failure"), root.find(".//error"), root.find(".//skipped")

    assert (failure.get("message"), failure.text) == ("404", "got 404\nwanted 204")
    assert (error.get("message"), skipped.get("message")) == ("refused", "no URL")
    assert root.find(".//system-out").text == "took two attempts"


@pytest.mark.parametrize("text", ["\x1b[31m", "a\x00b", "\ud800", "<&>\"']]>", "Zoë 👩\u200d💻", "\ufffe"])
def test_any_text_makes_well_formed_xml(text):
    case = Case(suite=text, name=text, outcome=Outcome.FAIL, message=text, detail=text, remarks=text)
    document = junit_xml([case], name=text).encode("utf-8")

    assert faults(ET.fromstring(document)) == []


def test_nothing_at_all_is_still_a_document():
    assert faults(ET.fromstring(junit_xml([], name="empty"))) == []
