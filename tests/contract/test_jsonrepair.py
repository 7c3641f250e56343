"""Almost JSON: every kind of fault is told, and everything else is looked at as if it had not been there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulator.contract.inspection import inspect_bytes

DELIVERY = Path(__file__).parents[1] / "cases" / "D2" / "accepted" / "delivery.json"
TEXT = json.dumps(json.loads(DELIVERY.read_bytes()), indent=2)


def problems(text):
    report = inspect_bytes(text.encode(), name="x.json")
    return [(p.line, p.column, p.rule, p.message) for p in report.problems], report.events


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"0.1",', '"0.2", // really?', (4, 32, "D23", "a comment")),
        ('"0.1",', '"0.2", /* really\n? */', (4, 32, "D23", "a comment")),
        ('"0.1",', '"0.2", # really?', (4, 32, "D23", "a comment")),
        ('"0.1"', "'0.2'", (4, 25, "D23", "single quotes")),
        ('"0.1"', "\u201c0.2\u201d", (4, 25, "D23", "typographic quotes")),
        ('"0.1",\n', '"0.2" \n', (5, 3, "D23", 'got the string "source", wanted a comma or the closing bracket')),
        ('"0.1"', "None", (4, 25, "D23", "Python's None")),
        ('"0.1"', "undefined", (4, 25, "D23", "undefined")),
        ('"0.1"', '"0\n1"', (4, 27, "D23", "a line break inside a string")),
        ('"0.1"', '"0\\x1"', (4, 27, "D23", "the escape \\x is not JSON")),
    ],
)  # fmt: skip
def test_the_rest_is_checked_at_its_own_place(old, new, fault):
    broken = TEXT.replace(old, new, 1).replace('"severity": "INFO"', '"severity": "info"')
    line = next(number for number, text in enumerate(broken.splitlines(), 1) if '"severity"' in text)
    found, events = problems(broken)

    assert found[0] == fault or found[1] == fault
    assert (4, 25, "D3") in {problem[:3] for problem in found}
    assert found[-1][:3] == (line, 21, "L30")
    assert events == 1


def test_a_printed_python_dict_is_told_once_and_then_checked():
    value = json.loads(TEXT)
    value["eventId"] = None
    report = inspect_bytes(str(value).encode(), name="x.json")

    assert [problem.message for problem in report.problems] == [
        "single quotes", "Python's None", "got null, wanted a UUID", "Python's False"
    ]  # fmt: skip
    assert "more such" in report.problems[0].hint
    assert report.events == 1


@pytest.mark.parametrize(
    "text", [TEXT[:300], "{'a", '{"a": b}', "[1 2", '{"a"', "\u201c", "{,}", "'" * 3000, "/*", "//x"]
)
def test_what_cannot_be_mended_is_told_and_left(text):
    found, events = problems(text)

    assert found
    assert {problem[2] for problem in found} == {"D23"}
    assert events == 0


def test_many_faults_in_a_long_text_end_in_time():
    assert problems("[" + "'x'," * 200_000 + "]")[0]
