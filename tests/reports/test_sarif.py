"""SARIF 2.1.0, held against the rules of the standard that code scanning services insist on."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from emulator.contract.rules import RULES
from emulator.reports.findings import Finding
from emulator.reports.sarif import sarif_json

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
COUNT = {"type": "integer", "minimum": 1}


def closed(required: str, **properties: object) -> dict:
    """Return the schema of an object as the standard's own schema has it: no further members, but for properties."""
    return {
        "type": "object", "required": required.split(), "additionalProperties": False,
        "properties": {"properties": {"type": "object"}, **properties},
    }  # fmt: skip


def several(items: dict) -> dict:
    return {"type": "array", "uniqueItems": True, "items": items}


# What sarif-schema-2.1.0.json says of the objects that we write, member by member.
REGION = closed("", startLine=COUNT, startColumn=COUNT, endLine=COUNT, endColumn=COUNT)
LOCATION = closed(
    "",
    physicalLocation=closed(
        "", region=REGION,
        artifactLocation=closed("", uri={"type": "string", "pattern": r"^[!-~]+$"}, uriBaseId={"type": "string"}),
    ),
    logicalLocations=several(closed("", name={"type": "string"}, fullyQualifiedName={"type": "string"}, kind={"type": "string"})),
)  # fmt: skip
RESULT = closed(
    "message",
    ruleId={"type": "string"}, ruleIndex={"type": "integer", "minimum": -1}, message=TEXT, locations=several(LOCATION),
    level={"enum": ["none", "note", "warning", "error"]},
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
)  # fmt: skip
RULE = closed("id", id={"type": "string"}, shortDescription=TEXT, fullDescription=TEXT, helpUri={"type": "string"})
DRIVER = closed("name", name={"type": "string"}, version={"type": "string"}, rules=several(RULE))
RUN = closed(
    "tool",
    tool=closed("driver", driver=DRIVER), automationDetails=closed("", id={"type": "string"}),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]}, results={"type": "array", "items": RESULT},
)  # fmt: skip
LOG = closed(
    "version runs", **{"$schema": {"type": "string"}}, version={"const": "2.1.0"}, runs={"type": "array", "items": RUN}
)

FINDINGS = [
    Finding(
        rule="D3", level="must", message="got 1", hint="quote it", location="a b/é.json", line=3, column=7, name="/x"
    ),
    Finding(rule="L37", level="should", message="masked", location="/tmp/c#.json", line=1, column=1),
    Finding(rule="D3", level="note", message="new", location="https://hooks.example.com/okta?x=1", name="echo"),
    Finding(rule="V6", level="may", message="no file at all"),
    Finding(rule="Z99", level="must", message="a rule that nobody has written down", location="c:d.json"),
]


def log(findings=FINDINGS):
    return json.loads(sarif_json(findings, command="okta-hooks validate"))


def run(findings=FINDINGS):
    return log(findings)["runs"][0]


def test_the_log_has_no_member_and_no_value_that_the_standard_does_not_know():
    validator = Draft202012Validator(LOG)

    assert [error.message for error in validator.iter_errors(log())] == []
    assert [error.message for error in validator.iter_errors(log([]))] == []


def test_the_report_of_real_files_is_such_a_log_too(okta_hooks, tmp_path):
    cases = Path(__file__).parents[1] / "cases"
    files = [str(path) for path in sorted(cases.glob("*/rejected/*.json"))[::7]]
    okta_hooks("validate", *files, "no such file.json", "--report", f"sarif={tmp_path / 'out.sarif'}")
    document = json.loads((tmp_path / "out.sarif").read_text("utf-8"))

    assert len(document["runs"][0]["results"]) > len(files)
    assert [error.message for error in Draft202012Validator(LOG).iter_errors(document)] == []


def test_the_log_says_its_version_and_has_one_run():
    document = log()

    assert document["version"] == "2.1.0"
    assert document["$schema"].startswith("https://")
    assert document["$schema"].endswith("sarif-schema-2.1.0.json")
    assert len(document["runs"]) == 1
    assert document["runs"][0]["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    assert document["runs"][0]["tool"]["driver"]["name"] == "okta-hooks"


def test_every_result_names_a_rule_that_the_run_describes():
    described = run()["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in described] == ["D3", "L37", "V6", "Z99"]
    assert described[0]["shortDescription"]["text"] == RULES["D3"].statement
    for result in run()["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]


def test_levels_are_those_of_the_standard():
    assert [result["level"] for result in run()["results"]] == ["error", "warning", "note", "note", "error"]


def test_a_result_has_a_message_and_a_place():
    first = run()["results"][0]

    assert first["message"]["text"] == "got 1\nquote it"
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b/%C3%A9.json"},
                "region": {"startLine": 3, "startColumn": 7},
            },
            "logicalLocations": [{"fullyQualifiedName": "/x"}],
        }
    ]


def test_every_location_is_a_uri():
    uris = [
        location["physicalLocation"]["artifactLocation"]["uri"]
        for result in run()["results"]
        for location in result["locations"]
        if "physicalLocation" in location
    ]

    assert uris == ["a%20b/%C3%A9.json", "file:///tmp/c%23.json", "https://hooks.example.com/okta?x=1", "c%3Ad.json"]
    assert [urlsplit(uri).scheme for uri in uris] == ["", "file", "https", ""]


def test_a_finding_without_a_file_has_a_logical_place():
    assert run()["results"][3]["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "input"}]}]


def test_a_finding_keeps_its_fingerprint_when_the_text_around_it_moves():
    here = Finding(rule="D3", level="must", message="got 1", location="a.json", line=3, column=7, name="/x")
    below = Finding(rule="D3", level="must", message="got 1", location="a.json", line=9, column=1, name="/x")
    other = Finding(rule="D3", level="must", message="got 1", location="b.json", line=3, column=7, name="/x")
    prints = [result["partialFingerprints"]["oktaHooks/v1"] for result in run([here, below, other])["results"]]

    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize("name", ["\udcff.json", "new\nline.json"])
def test_even_odd_file_names_make_json(name):
    uri = run([Finding(rule="D3", level="must", message="x", location=name)])["results"][0]["locations"][0]

    assert urlsplit(uri["physicalLocation"]["artifactLocation"]["uri"]).path


def test_no_findings_is_a_run_without_results():
    assert run([])["results"] == []
