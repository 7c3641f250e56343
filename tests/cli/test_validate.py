"""``okta-hooks validate`` as an on-call engineer uses it: whatever file is at hand, what is wrong, where, what now."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from emulator.contract.rules import RULES

CASES = Path(__file__).parent.parent / "cases"
DELIVERY = json.loads((CASES / "D2" / "accepted" / "delivery.json").read_text("utf-8"))
EVENT = DELIVERY["data"]["events"][0]
PRETTY = json.dumps(DELIVERY, indent=2)
COMPACT = json.dumps(DELIVERY, separators=(",", ":"))


@pytest.fixture
def validate(okta_hooks: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Validate a body in a file of its own, with ``--json`` unless told otherwise; returns exit code and the file."""
    monkeypatch.chdir(tmp_path)

    def call(body: object, *options: str, name: str = "capture.json") -> tuple[int, dict]:
        data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        Path(name).write_bytes(data)
        done = okta_hooks("validate", name, *options, "--json")
        assert done.err == ""
        return done.code, json.loads(done.out)["files"][0]

    return call


@pytest.mark.parametrize(
    ("body", "kind", "events"),
    [
        (PRETTY, "envelope", 1),
        (COMPACT, "envelope", 1),
        (PRETTY.replace("\n", "\r\n"), "envelope", 1),
        (PRETTY.replace("\n", "\r"), "envelope", 1),
        ([DELIVERY, DELIVERY], "envelope", 2),
        (EVENT, "log-event", 1),
        ([EVENT, EVENT], "log-event", 2),
        (f"{COMPACT}\n\n  \r\n{COMPACT}\n", "envelope", 2),
        (f"{PRETTY}\n{PRETTY}", "envelope", 2),
        (COMPACT + COMPACT, "envelope", 2),
        ((CASES / "P5" / "accepted" / "preview-of-a-real-event.json").read_bytes(), "envelope", 1),
        ({"verification": "q7Vt0cYk3zJ-5bXhD2mNwP8rLsA_uGf1eRoIiTQK"}, "verification", 0),
        ((CASES / "A11" / "accepted" / "hook.json").read_bytes(), "event-hook", 0),
        (f"{COMPACT}\n{json.dumps(EVENT)}", "mixed", 2),
    ],
)
def test_every_form_people_have_is_recognised(validate, body, kind, events):
    code, file = validate(body)

    assert (code, file["status"], file["kind"], file["events"], file["problems"]) == (0, "valid", kind, events, [])


def test_the_report_is_one_object_with_files_and_counts(okta_hooks, tmp_path):
    (tmp_path / "good.json").write_text(PRETTY)
    (tmp_path / "bad.json").write_text(PRETTY.replace('"0.1"', '"0.2"'))
    done = okta_hooks("validate", str(tmp_path), "--json")
    report = json.loads(done.out)

    assert done.code == 1
    assert set(report) == {"files", "counts"}
    assert {"file", "kind", "events", "status", "problems"} <= report["files"][0].keys()
    assert report["files"][0]["problems"] == [
        {
            "pointer": "/cloudEventsVersion", "line": 4, "column": 25, "rule": "D3", "level": "must",
            "message": 'got the string "0.2", wanted the string "0.1"', "hint": "",
            "got": 'the string "0.2"', "wanted": 'the string "0.1"',
        }
    ]  # fmt: skip
    assert report["counts"] == {
        "files": 2, "valid": 1, "invalid": 1, "unreadable": 0, "events": 2, "must": 1, "should": 0, "note": 0,
    }  # fmt: skip


def test_every_problem_is_reported_at_its_own_place(validate):
    broken = json.loads(PRETTY)
    broken["eventTypeVersion"] = 1.0
    broken["event_time"] = broken.pop("eventTime")
    broken["data"]["events"][0]["severity"] = "info"
    broken["data"]["events"][0]["target"] = broken["data"]["events"][0]["target"][0]
    del broken["data"]["events"][0]["uuid"]
    code, file = validate(json.dumps(broken, indent=2))

    assert code == 1
    assert [(p["line"], p["column"], p["rule"], p["pointer"]) for p in file["problems"]] == [
        (3, 23, "D3", "/eventTypeVersion"),
        (9, 7, "L37", "/data/events/0"),
        (14, 21, "L30", "/data/events/0/severity"),
        (50, 19, "L22", "/data/events/0/target"),
        (82, 3, "D6", "/event_time"),
    ]
    hints = {p["pointer"]: p["hint"] for p in file["problems"]}
    assert hints["/eventTypeVersion"] == "put it in double quotes"
    assert hints["/event_time"] == 'did you mean "eventTime"?'
    assert hints["/data/events/0/target"] == "wrap it in [ ]: it is an array even with one element"


def test_columns_count_characters_and_lines_count_any_line_break(validate):
    body = PRETTY.replace("John Doe", "Zoë 👩 Doe").replace("\n", "\r\n").replace('"0.1"', "0.1")
    _, file = validate(body)

    assert [(p["line"], p["column"]) for p in file["problems"]] == [(4, 25)]
    one_line = json.dumps({"verification": "é👩", "x": 1}, ensure_ascii=False).replace('"x": 1', '"verification": 2')
    _, file = validate(one_line)
    assert [(p["line"], p["column"], p["rule"]) for p in file["problems"]] == [(1, 24, "D23"), (1, 40, "V6")]


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        (b"", "1:1", "the file is empty"),
        (b" \r\n\t", "1:1", "only white space (4 bytes)"),
        (bytes(range(256)), "1:1", "binary data, not JSON"),
        (b"\x1f\x8b\x08\x00abc", "1:1", "gzip data, not JSON"),
        (PRETTY.encode("utf-16"), "1:1", "the text is UTF-16, wanted UTF-8"),
        (PRETTY.encode("utf-16-le"), "1:1", "the text is UTF-16, wanted UTF-8"),
        (PRETTY.replace("John", "Jöhn").encode("latin-1"), "56:30", "byte 0xf6 is not UTF-8"),
        (PRETTY[:700], "21:13", "the JSON breaks off here; still open: { of the document"),
        (PRETTY.replace('"0.1"', "NaN"), "4:25", "NaN is not JSON"),
        (PRETTY.replace('"0.1"', "-Infinity"), "4:25", "-Infinity is not JSON"),
        (PRETTY.replace('"source"', '"eventType": 1,\n  "source"'), "5:3", 'the member "eventType" occurs twice'),
        (PRETTY.replace('"', "'"), "2:3", "single quotes"),
        (PRETTY.removesuffix("\n}") + ",\n}", "85:36", "a comma before the closing bracket"),
        ("// captured at noon\n" + PRETTY, "1:1", "a comment"),
        (PRETTY.replace('"0.1"', "None"), "4:25", "Python's None"),
        (PRETTY.replace('"0.1"', "undefined"), "4:25", "undefined"),
        (PRETTY.replace('"eventId"', "eventId"), "6:3", "the member name eventId without quotes"),
        ("<!DOCTYPE html><title>Log in</title>", "1:1", "an HTML page, not JSON"),
        ("payload=%7B%22eventId%22%7D", "1:1", "form data, not JSON"),
        ("[" * 5000 + "]" * 5000, "1:201", "nested deeper than 200 levels"),
    ],
)
def test_what_is_no_json_says_what_it_is_and_where(validate, body, place, message):
    code, file = validate(body)
    first = file["problems"][0]

    assert code == 1
    assert f"{first['line']}:{first['column']}" == place
    assert (first["rule"], first["level"]) == ("D23", "must")
    assert first["message"].startswith(message)
    assert first["hint"]


def test_a_byte_order_mark_is_only_remarked_on(validate):
    code, file = validate(b"\xef\xbb\xbf" + PRETTY.encode())

    assert (code, [(p["level"], p["message"]) for p in file["problems"]]) == (
        0,
        [("should", "a byte order mark before the JSON")],
    )
    assert validate(b"\xef\xbb\xbf" + PRETTY.encode(), "--strict")[0] == 1


@pytest.mark.parametrize(
    ("body", "rule", "hint"),
    [
        ({"events": [EVENT]}, "L39", '"eventType": "com.okta.event_hook"'),
        ({"data": {"events": [EVENT]}}, "L39", '"eventType": "com.okta.event_hook"'),
        ("[]", "D7", ""),
        ("{}", "D1", "an envelope, a LogEvent, an event hook, a verification answer, or an inline hook's"),
        ('"hello"', "D1", "an envelope"),
        ("42", "D1", "an envelope"),
        ("null", "D1", "an envelope"),
        (json.dumps(COMPACT), "D1", "encoded twice"),
        ({**DELIVERY, "data": {"events": EVENT}}, "D7", "wrap it in [ ]"),
        ({**DELIVERY, "data": [EVENT]}, "D7", "it is an object, not an array"),
        ({**DELIVERY, "data": {"events": []}}, "D7", ""),
        ({"Verification": "abc"}, "V6", 'did you mean "verification"?'),
        ({"challenge": "abc"}, "V6", '{"verification": "<value of the header'),
        ({"errorCode": "E0000011", "errorSummary": "Invalid token provided"}, "E1", "wanted an envelope"),
        ({"eventType": "com.okta.saml.tokens.transform", "cloudEventVersion": "0.1", "data": {}}, "I3", "22 URL-safe"),
    ],
)
def test_a_wrong_shape_is_told_the_right_one(validate, body, rule, hint):
    code, file = validate(body)

    assert (code, file["problems"][0]["rule"]) == (1, rule)
    assert hint in file["problems"][0]["hint"]


def test_one_broken_line_does_not_hide_the_others(validate):
    code, file = validate(f'{COMPACT}\n\n{{"uuid": "x", \n{COMPACT.replace("1.0", "1.1")}\n', name="many.ndjson")

    assert (code, file["kind"], file["events"]) == (1, "envelope", 2)
    assert [(p["line"], p["rule"]) for p in file["problems"]] == [(3, "D23"), (4, "D3")]


def test_strict_lets_a_should_fail_and_quiet_hides_notes(okta_hooks, tmp_path):
    masked = tmp_path / "masked.json"
    masked.write_text(json.dumps({**DELIVERY, "eventId": "masked", "brandNew": 1}))

    assert okta_hooks("validate", str(masked)).code == 0
    assert okta_hooks("validate", str(masked), "--strict").code == 1
    assert "brandNew" in okta_hooks("validate", str(masked)).out
    assert "brandNew" not in okta_hooks("validate", str(masked), "--quiet").out


def test_kind_says_what_a_document_should_be(validate):
    code, file = validate({"hello": 1}, "--kind", "envelope")

    assert (code, file["kind"]) == (1, "envelope")
    assert len(file["problems"]) >= 8


def test_text_names_file_line_column_rule_and_pointer(okta_hooks, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("c.json").write_text(PRETTY.replace('"0.1"', "0.1"))
    done = okta_hooks("validate", "c.json")

    assert done.out.splitlines() == [
        'c.json:4:25: must D3 /cloudEventsVersion: got the number 0.1, wanted the string "0.1"',
        "    put it in double quotes",
        "c.json: INVALID envelope, 1 event (delivery shape)",
        "1 file: 1 invalid; 1 event; problems: 1 must",
    ]


def test_standard_input_is_read(okta_hooks, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(PRETTY.encode()), closed=False, isatty=bool))
    done = okta_hooks("validate", "-")

    assert (done.code, done.out.splitlines()[0]) == (0, "<stdin>: ok envelope, 1 event (delivery shape)")


def test_folders_are_searched_and_each_file_is_read_once(okta_hooks, tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "A.JSON").write_text(PRETTY)
    (tmp_path / "deep" / "b.ndjson").write_text(COMPACT)
    (tmp_path / "deep" / "readme.md").write_text("# not a capture")
    (tmp_path / ".hidden.json").write_text("{")
    done = okta_hooks("validate", str(tmp_path), str(tmp_path / "deep" / "b.ndjson"), "--json")

    assert [Path(file["file"]).name for file in json.loads(done.out)["files"]] == ["b.ndjson", "A.JSON"]


@pytest.mark.parametrize(
    ("path", "message"),
    [("no-such-file.json", "no such file"), ("/dev/null", "a device or socket, not a file")],
)
def test_what_cannot_be_read_is_exit_code_2(okta_hooks, path, message):
    done = okta_hooks("validate", path)

    assert done.code == 2
    assert message in done.out
    assert "Traceback" not in done.out + done.err


def test_an_unreadable_file_does_not_hide_the_others(okta_hooks, tmp_path):
    (tmp_path / "bad.json").write_text("{")
    done = okta_hooks("validate", str(tmp_path / "bad.json"), str(tmp_path / "gone.json"), "--json")

    assert done.code == 2
    assert [file["status"] for file in json.loads(done.out)["files"]] == ["invalid", "unreadable"]


def test_nothing_to_check_is_exit_code_4(okta_hooks, tmp_path):
    done = okta_hooks("validate", str(tmp_path))

    assert (done.code, done.out) == (4, "")
    assert "nothing to check" in done.err


def test_no_path_and_a_wrong_kind_are_usage_errors(okta_hooks):
    assert okta_hooks("validate").code == 2
    done = okta_hooks("validate", "x.json", "--kind", "envelop")
    assert (done.code, "envelope" in done.err) == (2, True)


def test_nothing_from_a_file_can_disturb_the_terminal(okta_hooks, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps({**DELIVERY, "eventId": "\x1b[2J\u202e", "\x1b[31m": 1}))
    done = okta_hooks("validate", str(tmp_path))

    assert "\x1b" not in done.out
    assert "\u202e" not in done.out


def test_reports_are_written_beside_the_text(okta_hooks, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad.json").write_text(PRETTY.replace('"0.1"', "0.1").replace("com.okta", "com.orka"))
    (tmp_path / "in" / "good.json").write_text(PRETTY)
    names = {form: tmp_path / f"out.{form}" for form in ("junit", "sarif", "json")}
    report = ",".join(f"{form}={path}" for form, path in names.items())
    done = okta_hooks("validate", str(tmp_path / "in"), str(tmp_path / "gone.json"), "--report", report)
    suite = ET.parse(names["junit"]).getroot()[0]
    results = json.loads(names["sarif"].read_text("utf-8"))["runs"][0]["results"]
    printed = json.loads(okta_hooks("validate", str(tmp_path / "in"), str(tmp_path / "gone.json"), "--json").out)

    assert done.code == 2
    assert "D3 /cloudEventsVersion" in done.out
    assert [suite.get(key) for key in ("tests", "failures", "errors")] == ["3", "1", "1"]
    assert suite.find("testcase/failure").get("message").endswith("and 1 more problem")
    assert [(result["ruleId"], result["level"]) for result in results] == [
        ("D3", "error"), ("D3", "error"), ("D23", "error"),
    ]  # fmt: skip
    assert json.loads(names["json"].read_text("utf-8")) == printed


def test_every_rule_that_a_problem_names_is_a_rule_of_the_contract(validate):
    _, file = validate({**DELIVERY, "source": 1, "data": {"events": [{**EVENT, "actor": 1, "target": 2}]}})

    assert {problem["rule"] for problem in file["problems"]} <= set(RULES)


@pytest.mark.process
def test_jobs_give_the_same_output(okta_hooks, tmp_path):
    (tmp_path / "many.ndjson").write_text(f"{COMPACT}\n{COMPACT.replace('0.1', '0.2')}\n" * 40)
    path = str(tmp_path / "many.ndjson")

    assert okta_hooks("validate", path, "--jobs", "2").out == okta_hooks("validate", path).out


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "9999"])
def test_an_impossible_number_of_jobs_is_a_usage_error(okta_hooks, jobs):
    done = okta_hooks("validate", "x.json", "--jobs", jobs)

    assert (done.code, "auto" in done.err) == (2, True)
