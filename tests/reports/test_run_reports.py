"""One run through every report: the same results, told to different readers."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from emulator.delivery.exchange import Exchange, Phase, Reply, Request
from emulator.reports.run_reports import RUN_FORMATS, write_run_reports
from emulator.reports.runs import as_findings
from emulator.runner.results import CheckResult, Evidence, Level, RunResult, Status
from emulator.secrets import Redactor, Secret

SECRET = Secret("opaque-secret-value")


def check(name: str, status: Status, **changes) -> CheckResult:
    request = Request(method="POST", url="https://hooks.test/okta", headers=(("Authorization", SECRET),), body=b"{}")
    exchange = Exchange(
        request=request,
        reply=Reply(status=500, reason="Oops", body=b"you sent opaque-secret-value"),
        elapsed=0.5,
        timings={Phase.HEAD: 0.5},
    )
    values = {
        "rule": "D8",
        "level": Level.MUST,
        "evidence": Evidence.DOCUMENTED,
        "title": f"title of {name}",
        "detail": "got opaque-secret-value\nsecond line" if status is Status.FAIL else "",
        "remedy": "do this",
        "reproduce": "okta-hooks again",
        "exchanges": (exchange,),
        "elapsed": 0.5,
    }
    return CheckResult(id=name, status=status, **values | changes)


RUN = RunResult(
    target="https://hooks.test/okta",
    profile="okta-2026-08",
    seed=7,
    checks=[
        check("kept", Status.PASS),
        check("broken", Status.FAIL),
        check("doubtful", Status.FAIL, evidence=Evidence.INFERRED),
        check("story#2", Status.FAIL, where="scenarios/story.yaml:3:5"),
        check("unseen", Status.SKIP),
        check("crashed", Status.ERROR),
    ],
)


@pytest.fixture
def written(tmp_path: Path) -> dict[str, str]:
    files = {name: tmp_path / name for name in RUN_FORMATS}
    write_run_reports(files, RUN, redact=Redactor([SECRET]), command="okta-hooks check")
    return {name: path.read_text("utf-8") for name, path in files.items()}


@pytest.mark.parametrize("form", RUN_FORMATS)
def test_every_format_names_what_is_broken_and_no_secret(written: dict[str, str], form: str) -> None:
    assert "title of broken" in written[form]
    assert "do this" in written[form]
    assert SECRET.reveal() not in written[form]


def test_json_says_what_fails_the_run(written: dict[str, str]) -> None:
    report = json.loads(written["json"])

    assert (report["verdict"], report["counts"]["warnings"]) == ("fail", 1)
    assert {one["id"]: one["fails_run"] for one in report["checks"]} == {
        "kept": False, "broken": True, "doubtful": False, "story#2": True, "unseen": False, "crashed": False,
    }  # fmt: skip
    assert report["checks"][0]["exchanges"][0]["timings_ms"] == {"head": 500.0}
    assert report["checks"][0]["exchanges"][0]["request"]["curl"].startswith("curl -i")


def test_junit_puts_the_contract_suite_together_and_each_scenario_apart(written: dict[str, str]) -> None:
    suites = ET.fromstring(written["junit"])

    assert {suite.get("name") for suite in suites} == {"contract", "story"}
    assert suites.get("tests") == "6"


def test_sarif_makes_an_error_of_what_fails_and_a_warning_of_what_does_not(written: dict[str, str]) -> None:
    results = json.loads(written["sarif"])["runs"][0]["results"]

    assert [result["level"] for result in results] == ["error", "warning", "error"]
    assert results[2]["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}


def test_annotations_point_at_the_line_of_a_scenario(written: dict[str, str]) -> None:
    lines = written["github"].splitlines()

    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning", "::error"]
    assert "file=scenarios/story.yaml,line=3,col=5" in lines[2]


@pytest.mark.parametrize("where", ["", "C:\\x\\story.yaml:3:5", "story.yaml", "a:b:3:5"])
def test_a_place_is_split_from_the_right(where: str) -> None:
    run = RunResult(target="t", profile="p", seed=1, checks=[check("a#1", Status.FAIL, where=where)])
    finding = next(as_findings(run, redact=Redactor()))

    assert finding.location == (where.removesuffix(":3:5") or "t")
    assert finding.line == (3 if where.endswith(":3:5") else None)
