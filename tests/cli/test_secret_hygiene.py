"""Random secrets through every command, in success, failure and crash, and then a search of all that came out."""

from __future__ import annotations

import base64
import json
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from emulator.cli.app import group
from emulator.delivery.transport import Transport
from emulator.reports.run_reports import RUN_FORMATS
from receiver import Receiver

pytestmark = pytest.mark.wire

# Each command that takes a secret, and how it is run: {url} is the receiver, {auth} and {custom} are header options,
# {reports} writes every kind of report.  The URL carries a key in its query, as those of serverless hosts do.
COMMANDS = {
    "check": [
        "check {url} {auth} {custom} --select verification-*,auth-*,delivery-*,*-echoed {reports}",
        "check {url} {auth} {custom} --select verification-*,auth-*,delivery-*,*-echoed --json",
    ],
    "verify": ["verify {url} {auth} {custom}", "verify {url} {auth} {custom} --json"],
    "trigger": [
        "trigger user.lifecycle.create --to {url} {auth} {custom}",
        "trigger user.lifecycle.create --to {url} {auth} {custom} --json",
        "trigger user.lifecycle.create --to {url} {auth} {custom} --auth wrong",
        "trigger user.lifecycle.create --to {url} {auth} {custom} --dry-run --print",
    ],
    "inline": [
        "inline trigger saml --to {url} {auth} {custom} --auth wrong",
        "inline trigger saml --to {url} {auth} {custom} --auth missing --json",
        "inline trigger telephony --to {url} {auth} {custom} --dry-run --print",
    ],
    "replay": [
        "replay {capture} --to {url} {auth} {custom}",
        "replay {capture} --to {url} {auth} {custom} --json",
    ],
    "run": [
        "run happy-path --url {url} {auth} {custom} {reports}",
        "run wrong-secret --url {url} {auth} {custom} --json",
    ],
}
# Commands that neither take a secret nor send one; those that are given a file are tried on one that holds a secret.
WITHOUT = {"demo", "events", "filter", "scenario", "validate"}
# A server, whose secrets are looked for in tests/cli/test_serve.py and tests/apis.
ELSEWHERE = {"serve"}
CAPTURE = Path(__file__).parents[1] / "cases" / "D1" / "accepted" / "body-inside-a-recorded-request.json"
LINES = [line for lines in COMMANDS.values() for line in lines]
# The reference receiver, which waits for event hooks, would refuse these.
INLINE = ["inline trigger token --to {url} {auth} {custom}", "inline trigger saml --to {url} {auth} {custom} --json"]


class Planted:
    """Secrets that no test run has seen before, and every form in which they might come out."""

    def __init__(self) -> None:
        password = secrets.token_urlsafe(18)
        self.basic = "Basic " + base64.b64encode(f"okta:{password}".encode()).decode()
        self.custom = f'{secrets.token_urlsafe(12)}/"{secrets.token_urlsafe(12)}'
        self.key = secrets.token_urlsafe(24)
        plain = [password, self.basic, self.basic.partition(" ")[2], self.custom, self.key]
        self.forms = {
            form
            for text in plain
            for form in (text, quote(text, safe=""), json.dumps(text)[1:-1], base64.b64encode(text.encode()).decode())
        }

    def line(self, text: str, url: str, folder: Path) -> list[str]:
        known = {
            "{auth}": ["--header", f"Authorization: {self.basic}"],
            "{custom}": ["--header", f"X-Key: {self.custom}"],
            "{url}": [f"{url}?code={self.key}"],
            "{capture}": [str(CAPTURE)],
            "{reports}": ["--report", ",".join(f"{name}={folder / name}" for name in RUN_FORMATS)],
        }
        return [word for part in text.split() for word in known.get(part, [part])]

    def found_in(self, *texts: str) -> list[str]:
        return [form for form in self.forms if any(form in text for text in texts)]


@pytest.fixture
def planted() -> Planted:
    return Planted()


def everything(done, folder: Path) -> list[str]:
    return [done.out, done.err, *(path.read_text("utf-8") for path in folder.rglob("*") if path.is_file())]


def test_every_command_is_tried_or_takes_no_secret() -> None:
    """A new command belongs into COMMANDS, or, if it takes no secret, into WITHOUT."""
    assert set(group.list_commands(None)) <= COMMANDS.keys() | WITHOUT | ELSEWHERE


@pytest.mark.parametrize("line", LINES)
def test_a_good_receiver_hears_the_secret_and_nobody_else(okta_hooks: Callable, tmp_path: Path, planted, line) -> None:
    with Receiver(auth=planted.basic) as receiver:
        done = okta_hooks(*planted.line(line, receiver.url, tmp_path))

        assert done.code == 0, done.err
    assert planted.found_in(*everything(done, tmp_path)) == []


@pytest.mark.parametrize("line", [*LINES, *INLINE])
@pytest.mark.parametrize("status", ["200 OK", "302 Found", "401 Unauthorized", "500 Oops"])
def test_a_receiver_that_repeats_the_request_in_its_answer_gives_nothing_away(  # noqa: PLR0917
    okta_hooks: Callable, tmp_path: Path, planted, raw_server: Callable, read_request: Callable, line: str, status: str
) -> None:  # fmt: skip
    """In the reason, in headers and Location, as text, as JSON and in base64."""

    def echo(connection: socket.socket) -> None:
        request = read_request(connection)
        text = request.decode("latin-1")
        body = json.dumps(
            {"echo": text, "b64": base64.b64encode(planted.basic.encode()).decode(), "raw": planted.basic}
        )
        head = [
            f"HTTP/1.1 {status} {planted.basic} {planted.key}",
            f"Location: /x?token={planted.custom}&key={planted.key}",
            f"X-Echo: {planted.custom} {quote(planted.custom, safe='')}",
            f"Content-Length: {len(body) + len(text)}",
        ]
        connection.sendall(("\r\n".join([*head, "", ""]) + body + text).encode("latin-1"))

    done = okta_hooks(*planted.line(line, raw_server(echo).url, tmp_path))

    assert planted.found_in(*everything(done, tmp_path)) == []


@pytest.mark.parametrize("line", LINES)
def test_a_crash_of_ours_gives_nothing_away(
    okta_hooks: Callable, tmp_path: Path, planted, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError(f"while sending {planted.basic} with {planted.custom} to {planted.key}")

    monkeypatch.setattr(Transport, "send", crash)
    done = okta_hooks(*planted.line(line, "http://127.0.0.1:1/", tmp_path))

    assert planted.found_in(*everything(done, tmp_path)) == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "mistake",
    [
        "--header {secret}",
        "--header :{secret}",
        "--header A:{secret}\r\nB:c",
        "--hedaer {secret}",
    ],
)
def test_a_mistyped_option_does_not_repeat_the_secret(
    okta_hooks: Callable, planted: Planted, command: str, mistake: str
) -> None:
    name, _, value = mistake.partition(" ")
    done = okta_hooks(command, name, value.replace("{secret}", planted.basic))

    assert done.code == 2
    assert planted.found_in(done.out, done.err) == []


def test_validate_does_not_repeat_the_headers_of_a_recorded_request(
    okta_hooks: Callable, tmp_path: Path, planted: Planted
) -> None:
    recorded = {"httpMethod": "PUT", "headers": {"authorization": planted.basic, "x-key": planted.custom}, "body": "{}"}
    path = tmp_path / "recorded.json"
    path.write_text(json.dumps(recorded))

    for options in ([], ["--json"], ["--strict"]):
        done = okta_hooks("validate", str(path), *options)
        assert planted.found_in(done.out, done.err) == []
