"""SARIF 2.1.0, held against the rules of the standard that code scanning services insist on."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from emulator.contract.rules import RULES
from emulator.reports.findings import Finding
from emulator.reports.sarif import sarif_json

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
