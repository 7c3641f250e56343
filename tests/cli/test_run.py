"""``okta-hooks run``: what it prints, writes and exits with."""

import json
from xml.etree import ElementTree as ET

import pytest

from receiver import Receiver

SECRET = "Basic c2VzYW1lOm9wZW4tc2VzYW1l"
GOOD = "scenario: a good story\nsteps:\n  - verify: {}\n  - deliver: user.lifecycle.deactivate\n"
BAD = "scenario: a bad story\nsteps:\n  - deliver: user.lifecycle.create\n    expect: {status: 418}\n  - verify: {}\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "good.yml").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("no scenario")
    return tmp_path


@pytest.fixture
def receiver():
    with Receiver(auth=SECRET) as serving:
        yield serving


@pytest.mark.wire
def test_a_passing_scenario_is_told_step_by_step(okta_hooks, receiver, folder):
    done = okta_hooks(
        "run", str(folder / "good.yml"), "--url", receiver.url, "--header", f"Authorization: {SECRET}", "--seed", "5"
    )

    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[:3] == ["good  a good story", "  pass  verify", "  pass  deliver user.lifecycle.deactivate"]
    assert lines[-2:] == ["PASS  1 scenario: 1 passed", f"target {receiver.url}, profile okta-2026-08, seed 5"]


@pytest.mark.wire
def test_a_failure_shows_place_difference_exchange_and_how_to_see_it_again(okta_hooks, receiver, folder):
    done = okta_hooks("run", str(folder), "--url", receiver.url, "--header", f"Authorization: {SECRET}", "--seed", "5")

    assert done.code == 1
    assert f"{folder}/bad.yaml:3:5" in done.out
    assert "status: got 204, wanted 418" in done.out
    assert "POST: 204 NO CONTENT after" in done.out
    assert f"again okta-hooks run {folder}/bad.yaml --url {receiver.url} --seed 5" in done.out
    assert "FAIL  2 scenarios: 1 passed, 1 failed" in done.out


@pytest.mark.wire
def test_fail_fast_stops_after_the_first_failing_scenario(okta_hooks, receiver, folder):
    done = okta_hooks("run", str(folder), "--fail-fast", "--url", receiver.url, "--header", f"Authorization: {SECRET}")

    assert done.code == 1
    assert "a good story" not in done.out


@pytest.mark.wire
def test_json_and_reports_tell_the_same(okta_hooks, receiver, folder, tmp_path):
    xml, copy = tmp_path / "junit.xml", tmp_path / "run.json"
    done = okta_hooks(
        *("run", str(folder), "--url", receiver.url, "--header", f"Authorization: {SECRET}", "--json"),
        *("--report", f"junit={xml}", "--report", f"json={copy}"),
    )

    found = json.loads(done.out)
    assert found == json.loads(copy.read_text())
    assert (found["target"], found["verdict"]) == (receiver.url, "fail")
    assert [(check["id"], check["status"]) for check in found["checks"]] == [
        ("bad#1", "fail"), ("bad#2", "skip"), ("good#1", "pass"), ("good#2", "pass"),
    ]  # fmt: skip
    assert found["counts"] == {"pass": 2, "fail": 1, "skip": 1, "error": 0, "warnings": 0, "total": 4}
    root = ET.parse(xml).getroot()
    assert (root.get("tests"), root.get("failures")) == ("4", "1")


@pytest.mark.wire
def test_a_secret_that_the_receiver_repeats_is_not_shown(okta_hooks, raw_server, read_request, folder, tmp_path):
    def echo(connection):
        request = read_request(connection)
        connection.sendall(b"HTTP/1.1 500 X\r\nContent-Length: %d\r\n\r\n%s" % (len(request), request))

    report = tmp_path / "junit.xml"
    arguments = ("run", str(folder), "--url", raw_server(echo).url, "--header", f"Authorization: {SECRET}")
    for extra in ((), ("--json",)):
        done = okta_hooks(*arguments, "--report", f"junit={report}", *extra)

        assert done.code == 1
        for secret in (SECRET, SECRET.split()[1], "open-sesame"):
            assert secret not in done.out + done.err + report.read_text()


@pytest.mark.wire
def test_the_bundled_receiver_passes_without_any_set_up(okta_hooks):
    done = okta_hooks("run", "happy-path", "wrong-secret", "verification-fails", "--reference")

    assert done.code == 0
    assert "PASS  3 scenarios: 3 passed" in done.out


def test_the_list_has_names_and_stories_and_needs_no_url(okta_hooks):
    done = okta_hooks("run", "--list")

    assert done.code == 0
    assert "happy-path" in done.out
    assert {"id", "file", "title"} == set(json.loads(okta_hooks("run", "--list", "--json").out)["scenarios"][0])


def test_lint_checks_and_runs_nothing(okta_hooks, folder):
    assert okta_hooks("run", "--lint", str(folder)).out == "2 scenarios are well formed\n"

    (folder / "worse.yaml").write_text("scenario: x\nsteps:\n  - delivr: y\n")
    (folder / "worst.yaml").write_text("{")
    done = okta_hooks("run", "--lint", str(folder))

    assert done.code == 2
    assert "worse.yaml:3:5: unknown step 'delivr'" in done.err
    assert "worst.yaml:" in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["happy-path"], 2, "there is no hook URL for happy-path.yaml"),
        (["happy-paht", "--reference"], 2, "did you mean 'happy-path'"),
        (["happy-path", "--url", "ftp://x"], 2, "http or https"),
        (["happy-path", "--url", "http://127.0.0.1:1/x"], 3, "nothing answers at http://127.0.0.1:1/x"),
        (["happy-path", "--reference", "--var", "x"], 2, "write NAME=VALUE"),
        (["happy-path", "--reference", "--profile", "x"], 2, "unknown profile 'x'"),
        (["happy-path", "--reference", "--report", "pdf=x"], 2, "unknown report format 'pdf'"),
        (["verification-fails", "--url", "http://127.0.0.1:1/x"], 4, "every scenario was skipped"),
        (["/dev/null", "--reference"], 2, "the file is empty"),
        (["tests", "a\0b", "--reference"], 2, ""),
    ],
)
def test_what_cannot_be_run_is_told_in_words(okta_hooks, arguments, code, message):
    done = okta_hooks("run", *arguments)

    assert done.code == code
    assert message in done.err
    assert "Traceback" not in done.err


def test_an_unreachable_receiver_is_reported_to_programs_too(okta_hooks, tmp_path):
    report = tmp_path / "report.json"
    done = okta_hooks("run", "happy-path", "--url", "http://127.0.0.1:1/x", "--json", "--report", f"json={report}")
    result = json.loads(done.out)

    assert (done.code, result["verdict"]) == (3, "fail")
    assert (result["checks"][0]["status"], result["checks"][-1]["id"]) == ("fail", "receiver-reached")
    assert json.loads(report.read_text()) == result
    assert "nothing answers" in done.err


def test_an_empty_folder_is_nothing_to_run(okta_hooks, tmp_path):
    done = okta_hooks("run", str(tmp_path), "--reference")

    assert (done.code, "there is no scenario" in done.err) == (4, True)


@pytest.mark.wire
def test_ctrl_c_ends_the_run_and_shows_what_is_known(okta_hooks, monkeypatch, folder):
    from emulator.delivery.transport import Transport

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Transport, "send", interrupted)
    done = okta_hooks("run", str(folder), "--reference")

    assert done.code == 130
    assert "INTERRUPTED" in done.out
