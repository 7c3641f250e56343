"""The verdict on a load, its notes, and its reports."""

from __future__ import annotations

import json
import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest

from emulator.contract.model import AuthScheme, Channel
from emulator.load.mix import read_batches, read_mix
from emulator.load.plan import Plan
from emulator.load.result import LoadResult
from emulator.load.schedule import Schedule
from emulator.load.slo import read_slo
from emulator.load.tally import Ended, Tally
from emulator.load.target import Target
from emulator.reports.load import as_cases, as_json, as_lines
from emulator.reports.load_html import load_html
from emulator.reports.load_reports import LOAD_FORMATS, write_load_reports
from emulator.secrets import Redactor, Secret

SECRET = Secret("s3cret-of-the-hook")
HOSTILE = "<script>alert(1)</script> s3cret-of-the-hook \u202e \x1b[31m"


def result(*, good=1000, lost=0, due=None, slo="p99<3s,errors<0.1%", late=0.0, reason="", **how):
    tally = Tally()
    tally.due = good + lost if due is None else due
    tally.not_started = tally.due - good - lost
    for number in range(good + lost):
        fine = number >= lost
        tally.attempt(number / 100, 0.01, "204" if fine else "503", "" if fine else reason or "503 says it failed")
        at = number / 100
        tally.delivery(
            Ended(due=at, began=at + late, ended=at + late + 0.01, attempts=2 - fine, acknowledged=fine, events=1)
        )
    plan = Plan(
        channel=Channel(uri="http://h.example/okta?code=s3cret-of-the-hook", auth=AuthScheme(key="A", value=SECRET)),
        target=Target(host="h.example", address="127.0.0.1", port=80, secure=False),
        schedule=Schedule(rate=100.0, duration=10.0),
        types=read_mix("everyday"),
        batches=read_batches("1"),
        objectives=read_slo(slo),
        mix="everyday",
        batch="1",
    )
    return LoadResult(plan=plan, tally=tally, **{"seconds": 10.2, "cpu": 0.3, **how})


# what happened -> verdict, and what a note says
VERDICTS = {
    "all is well": (result(), "pass", "used up"),
    "too many are lost": (result(lost=10), "fail", "used up"),
    "the rate was not kept": (result(due=2000), "error", "asked 100/s, this machine offered 100/s"),
    "the rate was not kept and an objective is missed": (result(lost=10, due=2000), "fail", "not kept"),
    "nothing was measured": (result(good=0), "error", ""),
    "this machine was late": (result(late=0.05), "pass", "began deliveries late: p99 50"),
    "there were few deliveries": (result(good=50), "pass", "p99 of 50 deliveries is the slowest"),
    "the receiver is not verified": (result(verified=False), "pass", "Okta would not deliver here"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_and_what_is_said_about_it(name):
    found, verdict, note = VERDICTS[name]

    assert found.verdict == verdict
    assert note in "\n".join(found.notes)


def test_what_could_not_be_kept_is_said_in_numbers():
    found = result(good=412, due=1000)

    assert (found.asked, found.offered, found.kept) == (100.0, 41.2, False)
    assert "asked 100/s, this machine offered 41.2/s" in found.notes[0]


def test_an_interrupted_load_is_judged_by_the_time_it_ran():
    assert result(good=500, seconds=5.0, interrupted=True).measured == 5.0


def test_the_lines_say_it_all():
    text = "\n".join(as_lines(result(lost=4), redact=Redactor([SECRET])))

    assert "1004 due, 1004 begun, 1000 acknowledged (1000 events), 4 lost for ever" in text
    assert "204: 1000, 503: 4; 4 deliveries took a second one" in text
    assert "4 times: 503 says it failed" in text
    assert re.search(r"^fail +errors<0.1% +0.398%$", text, re.MULTILINE)
    assert text.endswith("verdict     fail")


def test_json_has_every_number():
    found = as_json(result(lost=4), redact=Redactor([SECRET]))

    assert json.loads(json.dumps(found)) == found
    assert (found["verdict"], found["counts"]["failed"], found["rate"]["asked"]) == ("fail", 4, 100.0)
    assert found["latency_ms"]["p50"] == pytest.approx(10, rel=0.01)
    assert sum(part["acknowledged"] for part in found["timeline"]) == 1000
    assert [one["status"] for one in found["objectives"]] == ["pass", "fail"]


def test_junit_has_a_case_for_each_objective():
    cases = list(as_cases(result(lost=4), redact=Redactor()))

    assert [(case.name, case.outcome) for case in cases] == [("p99<3s", "pass"), ("errors<0.1%", "fail")]
    assert cases[1].message == "measured: 0.398%"


def test_junit_says_when_the_rate_was_not_kept():
    *_, case = as_cases(result(due=2000), redact=Redactor())

    assert (case.name, case.outcome, case.message) == ("the rate was kept", "error", "asked 100/s, offered 100/s")


@pytest.mark.parametrize("found", [result(), result(good=0), result(lost=5, reason=HOSTILE), result(good=1)])
def test_the_page_needs_nothing_else_and_trusts_nobody(found):
    page = load_html(found, redact=Redactor([SECRET]))

    assert not re.findall(r'(?:src|href)="|url\(|@import', page)
    assert "<script" not in page
    assert "style=" not in page
    assert "default-src 'none'; style-src 'sha256-" in unescape(page)
    assert "s3cret" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_the_page_shows_verdict_distribution_and_what_happened_when():
    page = load_html(result(lost=5), redact=Redactor())

    assert "<title>FAIL: load on http://h.example/okta?code=[secret]</title>" in page
    assert page.count("<rect") > 20
    assert "acknowledged, 5 lost" in page
    assert "<polyline points=" in page


def test_no_report_has_a_secret_that_a_receiver_repeats(tmp_path):
    found = result(lost=5, reason=HOSTILE)
    files = {name: tmp_path / name for name in LOAD_FORMATS}

    write_load_reports(files, found, redact=Redactor([SECRET]))

    for path in files.values():
        assert "s3cret" not in path.read_text(encoding="utf-8"), path.name
    ET.parse(files["junit"])
    json.loads(files["json"].read_text(encoding="utf-8"))
