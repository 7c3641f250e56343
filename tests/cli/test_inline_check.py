"""``okta-hooks inline check``: the report, the exit codes, what it asks for, and that it keeps secrets."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from receiver import Receiver
from receiver.inline import InlineHandlers, commands
from receiver.inline.handlers import reference

SECRET, PASSWORD = "Basic am9objpzM2NyM3QtdmFsdWU=", "Modest-Mouse 1993"
HEADER = "Authorization: ${env:HOOK_SECRET}"

pytestmark = pytest.mark.wire


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("PASSWORD", PASSWORD)


@pytest.fixture
def serve():
    """Start a receiver whose inline hooks of a type give an answer, whatever they are asked."""
    receivers = []

    def make(kind: str, answer: Any) -> str:
        inline = InlineHandlers()
        inline.on(kind)(lambda _: answer)
        receivers.append(Receiver(auth=SECRET, inline=inline))
        return receivers[-1].inline_url(kind)

    yield make

    for receiver in receivers:
        receiver.close()


def test_a_broken_promise_is_told_with_rule_fix_and_the_one_call_that_shows_it(okta_hooks, serve):
    url = serve("registration", commands(("com.action.update", {"registration": "ALLOW"})))
    done = okta_hooks("inline", "check", url, "--type", "registration", "--header", HEADER, "--select", "command-type")

    assert done.code == 1
    assert "BROKEN command-type  gives only commands of its type of hook  (must, documented)" in done.out
    assert 'did you mean "com.okta.action.update"?' in " ".join(done.out.split())
    assert f"again okta-hooks inline trigger registration --to {url} --header '{HEADER}'" in done.out
    assert "0 kept, 1 broken" in done.out
    assert SECRET not in done.out + done.err


def test_a_breach_that_takes_more_than_a_plain_call_is_shown_again_by_its_check(okta_hooks):
    with Receiver() as receiver:
        url = receiver.inline_url("token")
        done = okta_hooks("inline", "check", url, "--type", "token", "--header", HEADER, "--seed", "3")

    assert done.code == 1
    assert "BROKEN auth-missing" in done.out
    again = f"okta-hooks inline check {url} --type token --header '{HEADER}' --select auth-missing --seed 3"
    assert f"again {again}" in done.out


def test_the_json_has_the_shape_of_other_checks_and_no_secret(okta_hooks, tmp_path):
    users = tmp_path / "users.json"
    hashed = generate_password_hash(PASSWORD, method="pbkdf2:sha256:10")
    users.write_text(json.dumps({"isaac@example.com": hashed}), "utf-8")
    with Receiver(auth=SECRET, inline=reference(users=users)) as receiver:
        url = receiver.inline_url("password-import")
        done = okta_hooks(
            "inline", "check", url, "--type", "com.okta.user.credential.password.import", "--header", HEADER,
            "--credential", "isaac@example.com:${env:PASSWORD}", "--seed", "7", "--json",
        )  # fmt: skip
    report = json.loads(done.out)
    found = {check["id"]: check for check in report["checks"]}

    assert done.code == 0
    assert (report["verdict"], report["seed"], report["target"]) == ("pass", 7, url)
    assert [found[name]["status"] for name in ("password-right", "password-near", "auth-wrong")] == ["pass"] * 3
    assert found["password-right"]["exchanges"]
    for secret in (SECRET, PASSWORD, PASSWORD.swapcase(), PASSWORD[:-1]):
        assert secret not in done.out + done.err


def test_reports_are_written_in_every_format(okta_hooks, serve, tmp_path):
    url = serve("telephony", None)
    formats = ("json", "junit", "html", "sarif", "github")
    reports = ",".join(f"{name}={tmp_path / name}" for name in formats)
    done = okta_hooks("inline", "check", url, "--type", "telephony", "--header", HEADER, "--report", reports)

    assert done.code == 1
    for name in formats:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "answer-empty" in text
        assert SECRET not in text


def test_a_baseline_lets_known_breaches_pass(okta_hooks, serve, tmp_path):
    command = ["inline", "check", serve("telephony", None), "--type", "telephony", "--header", HEADER]
    first = okta_hooks(*command, "--report", f"json={tmp_path / 'known.json'}")
    second = okta_hooks(*command, "--baseline", str(tmp_path / "known.json"))

    assert (first.code, second.code) == (1, 0)
    assert "KNOWN answer-empty" in second.out


def test_set_puts_a_value_into_every_call(okta_hooks):
    seen = []
    inline = InlineHandlers()
    inline.on("registration")(lambda call: seen.append(call.text("userProfile.costCentre")))
    with Receiver(auth=SECRET, inline=inline) as receiver:
        url = receiver.inline_url("registration")
        done = okta_hooks(
            "inline", "check", url, "--type", "registration", "--header", HEADER, "--select", "keep-alive",
            "--set", "data.userProfile.costCentre=CC-4711",
        )  # fmt: skip

    assert done.code == 0
    assert len(seen) == 6, "a plain call of both variants, and four of the check"
    assert set(seen) == {"CC-4711"}


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 2, "name the URL of the service"),
        (["http://localhost:9/x"], 2, "which type of inline hook does it answer?"),
        (["http://localhost:9/x", "--type", "tokn"], 2, "did you mean 'token' or 'telephony'?"),
        (["localhost:9/x", "--type", "token"], 2, "has no http:// or https:// in front"),
        (["http://localhost:9/x", "--type", "token", "--select", "patch-pth"], 2, "did you mean 'patch-path'"),
        (
            ["http://localhost:9/x", "--type", "token", "--select", "password-right"],
            2,
            "is about password-import hooks",
        ),
        (["http://localhost:9/x", "--type", "token", "--ignore", "*"], 4, "no check is left to run"),
        (["http://localhost:9/x", "--type", "token", "--credential", "a:b"], 2, "a token hook has no password"),
        (["http://localhost:9/x", "--type", "password-import", "--credential", "ann"], 2, "a login and its password"),
        (["http://localhost:9/x", "--type", "token", "--set", "x"], 2, "has no '='"),
        (["http://localhost:9/x", "--type", "token", "--header", "Authorization: ${env:NO}"], 2, "NO is not set"),
        (["http://localhost:9/x", "--type", "token", "--baseline", "no.json"], 2, "can't be read"),
    ],
)
def test_what_cant_be_run_is_said_in_words(okta_hooks, options, code, said):
    done = okta_hooks("inline", "check", *options)

    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err


def test_nobody_at_the_address_is_exit_code_3_and_stands_in_the_report(okta_hooks):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/inline"
    done = okta_hooks("inline", "check", url, "--type", "token", "--json")

    assert done.code == 3
    assert json.loads(done.out)["checks"][-1]["id"] == "receiver-reached"
    assert "the connection was refused" in done.err


def test_only_reviews_chosen_still_make_a_plain_call_of_each_variant(okta_hooks, serve):
    url = serve("telephony", commands(("com.okta.telephony.action", [{"status": "delivered"}])))
    done = okta_hooks(
        "inline", "check", url, "--type", "telephony", "--header", HEADER, "--select", "command-value", "--json"
    )
    [check] = json.loads(done.out)["checks"]

    assert check["status"] == "fail"
    assert "/commands/0/value/0/status" in check["detail"]


def test_a_misspelt_check_to_explain_is_told_at_its_option(okta_hooks):
    for command in (["inline", "check"], ["check"]):
        done = okta_hooks(*command, "--explain", "auth-mising")

        assert done.code == 2
        assert done.err.startswith("error: --explain: no check or rule is called 'auth-mising'")
        assert "'auth-missing'" in done.err


def test_the_checks_of_a_type_are_listed_and_explained(okta_hooks):
    listed = okta_hooks("inline", "check", "--list", "--type", "telephony")
    every = json.loads(okta_hooks("inline", "check", "--list", "--json").out)["checks"]
    told = okta_hooks("inline", "check", "--explain", "patch-path")

    assert "code-kept" in listed.out
    assert "password-right" not in listed.out
    assert len(every) > len(listed.out.splitlines())
    assert all(check["remedy"] and check["how"] for check in every)
    assert "Carries out the patches of every answer" in " ".join(told.out.split())


def test_without_a_known_person_it_says_what_cant_be_seen(okta_hooks, serve):
    unverified = commands(("com.okta.action.update", {"credential": "UNVERIFIED"}))
    url = serve("password-import", unverified)
    done = okta_hooks("inline", "check", url, "--type", "password-import", "--header", HEADER, "--select", "password-*")
    said = " ".join(done.out.split())

    assert done.code == 0
    assert "can't be seen from outside: name somebody the service knows with --credential" in said
    assert "without --credential nobody can see from outside whether a right password is verified" in said
