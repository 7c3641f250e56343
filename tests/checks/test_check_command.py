"""``okta-hooks check`` from the outside: what it prints, its exit codes, its files, and no secret anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.checks import registry
from receiver import Receiver

pytestmark = pytest.mark.wire

SECRET = "Basic am9lOlMzY3JldC1QYXNz"
PRODUCT_KEYS = {
    "id", "rule", "level", "evidence_label", "status", "title", "detail", "remedy", "reproduce", "exchanges",
}  # fmt: skip


def test_the_reference_receiver_keeps_every_promise(okta_hooks: Callable) -> None:
    with Receiver(auth=SECRET) as receiver:
        done = okta_hooks("check", receiver.url, "--header", f"Authorization: {SECRET}", "--json", "--seed", "3")
    result = json.loads(done.out)

    assert {check["id"]: check["detail"] for check in result["checks"] if check["status"] in {"fail", "error"}} == {}
    assert done.code == 0
    assert (result["verdict"], result["profile"], result["seed"]) == ("pass", "okta-2026-08", 3)
    assert {check["id"] for check in result["checks"]} == set(registry())
    assert all(check.keys() >= PRODUCT_KEYS for check in result["checks"])
    assert {check["status"] for check in result["checks"]} <= {"pass", "skip"}


def test_a_receiver_without_auth_passes_and_is_told_what_was_not_looked_at(okta_hooks: Callable) -> None:
    with Receiver() as receiver:
        done = okta_hooks("check", receiver.url)

    assert done.code == 0, done.out
    assert "--header" in done.out
    assert "anyone who knows its URL can post events" in " ".join(done.out.split())


def test_a_broken_promise_is_told_with_rule_fix_and_command(okta_hooks: Callable) -> None:
    with Receiver(misbehave="crash-on-null") as receiver:
        done = okta_hooks("check", receiver.url, "--select", "target-null", "--seed", "7")
        again = okta_hooks("check", receiver.url, "--select", "target-null", "--seed", "7")

    assert done.code == again.code == 1
    for words in ("BROKEN target-null", "answered 500", "P7:", "fix ", "treat that as an empty list",
                  f"okta-hooks check {receiver.url} --select target-null --seed 7"):  # fmt: skip
        assert words in " ".join(done.out.split()), words


@pytest.mark.parametrize("as_json", [True, False])
def test_no_secret_is_ever_printed(okta_hooks: Callable, tmp_path: Path, *, as_json: bool) -> None:
    report = tmp_path / "report.json"
    with Receiver(auth=SECRET, misbehave=["no-auth", "crash-on-null"]) as receiver:
        done = okta_hooks("check", receiver.url, "--header", f"Authorization: {SECRET}", "--report", f"json={report}",
                          *(["--json"] if as_json else []))  # fmt: skip

    assert done.code == 1
    for text in (SECRET, SECRET.removeprefix("Basic "), SECRET[:-3], "S3cret-Pass", SECRET.swapcase()[6:]):
        assert text not in done.out + done.err + report.read_text("utf-8")


def test_what_failed_before_does_not_fail_again_with_a_baseline(okta_hooks: Callable, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with Receiver(misbehave="crash-on-null") as receiver:
        first = okta_hooks("check", receiver.url, "--select", "target-*", "--report", f"json={report}")
        known = okta_hooks("check", receiver.url, "--select", "target-*", "--baseline", str(report))
        fresh = okta_hooks("check", receiver.url, "--select", "target-*,actor-null", "--baseline", str(report))

    assert (first.code, known.code, fresh.code) == (1, 0, 1)
    assert "KNOWN target-null" in known.out


def test_level_should_lets_warnings_fail(okta_hooks: Callable) -> None:
    with Receiver(misbehave="body=thank you") as receiver:
        arguments = ("check", receiver.url, "--select", "delivery-empty-body")

        assert okta_hooks(*arguments).code == 0
        assert "WARN delivery-empty-body" in okta_hooks(*arguments).out
        assert okta_hooks(*arguments, "--level", "should").code == 1


def test_an_unreachable_receiver_has_its_own_exit_code(okta_hooks: Callable) -> None:
    done = okta_hooks("check", "http://127.0.0.1:1/okta/hooks")

    assert (done.code, done.out) == (3, "")
    assert "refused" in done.err


def test_an_unreachable_receiver_is_reported_to_programs_too(okta_hooks: Callable, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    done = okta_hooks("check", "http://127.0.0.1:1/okta/hooks", "--json", "--report", f"junit={report}")
    result = json.loads(done.out)

    assert (done.code, result["verdict"]) == (3, "error")
    assert [(check["id"], check["status"]) for check in result["checks"]] == [("receiver-reached", "error")]
    assert "start the receiver first" in result["checks"][0]["remedy"]
    assert 'errors="1"' in report.read_text()
    assert "refused" in done.err


def test_a_run_that_looked_at_nothing_says_so(okta_hooks: Callable) -> None:
    with Receiver() as receiver:
        done = okta_hooks("check", receiver.url, "--select", "auth-*")

    assert done.code == 4
    assert "--header" in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name the hook's url"),
        (["http://localhost/", "--select", "target-nul"], "did you mean 'target-null'"),
        (["http://localhost/", "--ignore", "D99"], "no check or rule is called 'd99'"),
        (["http://localhost/", "--baseline", "no-such-file"], "--baseline: the file 'no-such-file' can't be read"),
        (["http://localhost/", "--type", "user.lifecycle.deactivat"], "user.lifecycle.deactivate"),
        (["http://localhost/", "--report", "jsn=x"], "did you mean 'json'"),
        (["http://localhost/", "--level", "most"], "'most' is not one of must, should, may"),
    ],
)
def test_misuse_of_check_is_told_in_words(okta_hooks: Callable, arguments: list[str], words: str) -> None:
    done = okta_hooks("check", *arguments)

    assert (done.code, done.out) == (2, "")
    assert words in done.err.lower()


def test_leaving_everything_out_runs_nothing(okta_hooks: Callable) -> None:
    assert okta_hooks("check", "http://localhost/", "--ignore", "*").code == 4


def test_the_checks_can_be_listed_and_explained(okta_hooks: Callable) -> None:
    listed = okta_hooks("check", "--list")
    explained = okta_hooks("check", "--explain", "verification-echo")

    assert (listed.code, explained.code) == (0, 0)
    assert len(listed.out.splitlines()) == len(registry())
    for framework in ("Flask", "FastAPI", "Express", "Spring", "AWS Lambda"):
        assert framework in explained.out
