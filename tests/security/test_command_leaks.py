"""Random secrets through every command, in success, failure and crash, and then a search of all that came out."""

from __future__ import annotations

import base64
import json
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
    "load": [
        "load {url} {auth} {custom} --rate 20 --duration 100ms --warmup 0s --report html={html},json={json}",
        "load {url} {auth} {custom} --rate 20 --duration 100ms --warmup 0s --json",
    ],
    "rehearse": [
        "rehearse {url} {auth} {custom} --before 10s --outage 20s --after 10s --report html={html},json={json}",
        "rehearse {url} {auth} {custom} --before 10s --outage 20s --after 10s --json",
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
    """The secrets of one command line."""

    def __init__(self, hunt) -> None:
        password = hunt.secret("password")
        self.basic = "Basic " + hunt.plant("Basic", base64.b64encode(f"okta:{password}".encode()).decode())
        self.custom = hunt.secret("custom header", odd='/"')
        self.key = hunt.secret("key in the URL")
        self.found_in = hunt.found_in

    def line(self, text: str, url: str, folder: Path) -> list[str]:
        known = {
            "{auth}": ["--header", f"Authorization: {self.basic}"],
            "{custom}": ["--header", f"X-Key: {self.custom}"],
            "{url}": [f"{url}?code={self.key}"],
            "{capture}": [str(CAPTURE)],
            "{reports}": ["--report", ",".join(f"{name}={folder / name}" for name in RUN_FORMATS)],
        }
        text = text.replace("{html}", str(folder / "html")).replace("{json}", str(folder / "json"))
        return [word for part in text.split() for word in known.get(part, [part])]


@pytest.fixture
def planted(hunt) -> Planted:
    return Planted(hunt)


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
    assert planted.found_in(*everything(done, tmp_path)) == {}


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

    assert planted.found_in(*everything(done, tmp_path)) == {}


@pytest.mark.parametrize("line", LINES)
def test_a_crash_of_ours_gives_nothing_away(
    okta_hooks: Callable, tmp_path: Path, planted, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError(f"while sending {planted.basic} with {planted.custom} to {planted.key}")

    monkeypatch.setattr(Transport, "send", crash)
    done = okta_hooks(*planted.line(line, "http://127.0.0.1:1/", tmp_path))

    assert planted.found_in(*everything(done, tmp_path)) == {}


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
    assert planted.found_in(done.out, done.err) == {}


def test_validate_does_not_repeat_the_headers_of_a_recorded_request(
    okta_hooks: Callable, tmp_path: Path, planted: Planted
) -> None:
    recorded = {"httpMethod": "PUT", "headers": {"authorization": planted.basic, "x-key": planted.custom}, "body": "{}"}
    path = tmp_path / "recorded.json"
    path.write_text(json.dumps(recorded))

    for options in ([], ["--json"], ["--strict"]):
        done = okta_hooks("validate", str(path), *options)
        assert planted.found_in(done.out, done.err) == {}


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("cut", [1000, 1990, 4086, 65_526])
def test_half_a_secret_at_the_end_of_what_is_kept_is_hidden(
    okta_hooks: Callable, tmp_path: Path, planted, raw_server: Callable, read_request: Callable, *, line: str, cut: int
) -> None:  # fmt: skip
    """A body is cut off where it gets too long, and a receiver may cut off what it repeats."""

    def echo(connection: socket.socket) -> None:
        read_request(connection)
        half = len(planted.custom) // 2
        body = f"{'.' * cut}{planted.basic} {planted.custom[:half]}... ...{planted.key[half:]}".encode()
        connection.sendall(
            f"HTTP/1.1 500 {planted.key[:half]}...\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )

    done = okta_hooks(*planted.line(line, raw_server(echo).url, tmp_path))

    assert planted.found_in(*everything(done, tmp_path)) == {}


@pytest.mark.parametrize("command", ["verify", "check", "trigger user.lifecycle.create --to", "run happy-path --url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://user:{secret}@127.0.0.1:1/",
        "http://{secret}@127.0.0.1:1/",
        "user:{secret}@127.0.0.1:1/hook",
        "localhost:1/hook?code={secret}",
        "ftp://127.0.0.1/?code={secret}",
        "http:///?code={secret}",
        "http://[::1/?code={secret}",
        "http://h:99999/?code={secret}",
        "http://127.0.0.1:1/?code={secret} {secret}",
    ],
)
def test_a_url_that_is_none_is_not_repeated_with_its_secrets(
    okta_hooks: Callable, hunt, command: str, url: str
) -> None:  # fmt: skip
    done = okta_hooks(*command.split(), url.replace("{secret}", hunt.secret("in the URL")))

    assert done.code == 2, done.err
    assert hunt.found_in(done.out, done.err) == {}


@pytest.mark.parametrize(
    "command", ["verify {url}", "check {url} --select auth-*", "trigger user.lifecycle.create --to {url}"]
)
@pytest.mark.parametrize("way", ["env", "file", "setting", "configuration", "env in the configuration"])
def test_secrets_that_come_from_elsewhere_stay_secret(
    okta_hooks: Callable, tmp_path: Path, hunt, monkeypatch: pytest.MonkeyPatch, raw_server, *, read_request, command, way
) -> None:  # fmt: skip
    secret, options = hunt.secret(way), []
    echoed = []

    def echo(connection: socket.socket) -> None:
        request = read_request(connection)
        echoed.append(request)
        connection.sendall(b"HTTP/1.1 403 No\r\nContent-Length: %d\r\n\r\n" % len(request) + request)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOOK_SECRET", f"Bearer {secret}")
    (tmp_path / "secret.txt").write_text(f"Bearer {secret}\n")
    if way == "env":
        options = ["--header", "Authorization: ${env:HOOK_SECRET}"]
    elif way == "file":
        options = ["--header", "Authorization: @secret.txt"]
    elif way == "setting":
        monkeypatch.setenv("OKTA_HOOKS_HEADER", f"Authorization: Bearer {secret}")
    else:
        value = "${env:HOOK_SECRET}" if "env" in way else f"Bearer {secret}"
        (tmp_path / "okta-hooks.toml").write_text(f'header = ["Authorization: {value}"]\n')
    done = okta_hooks(*command.replace("{url}", raw_server(echo).url).split(), *options)

    assert any(secret.encode() in request for request in echoed)
    assert hunt.found_in(done.out, done.err) == {}


@pytest.mark.parametrize(
    "text",
    [
        'heder = ["Authorization: {secret}"]',
        'header = "no colon {secret}"',
        "header = [{secret}]",
        '[verify]\ntimeout = "{secret}"',
        '["{secret}"]\nx = 1',
    ],
)
def test_a_mistake_in_the_configuration_does_not_print_its_line(
    okta_hooks: Callable, tmp_path: Path, hunt, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = hunt.secret("in the file")
    (tmp_path / "okta-hooks.toml").write_text(text.replace("{secret}", secret))
    done = okta_hooks("verify", "http://127.0.0.1:1/")

    assert done.code == 2
    if "timeout" not in text and '["' not in text[:3]:
        assert hunt.found_in(done.out, done.err) == {}


@pytest.mark.parametrize("line", [line for line in LINES if "--print" not in line])
@pytest.mark.parametrize("status", ["200", "302", "500"])
def test_a_receiver_can_not_speak_to_the_terminal(
    okta_hooks: Callable, tmp_path: Path, planted, raw_server: Callable, read_request: Callable, *, line: str, status: str
) -> None:  # fmt: skip
    """Escape sequences, and characters that turn the text around, in status line, headers and body."""

    def answer(connection: socket.socket) -> None:
        read_request(connection)
        body = "\x1b[31m\x1b]8;;http://evil.test\x07\x9b1m\u202e\u2066\x00\x08\r{}".encode()
        head = [
            f"HTTP/1.1 {status} \x9b31mOops\x85",
            "X-A: \x9b2J",
            "Location: /\x9b2J",
            "Content-Type: text/\x9b2J",
            f"Content-Length: {len(body)}",
        ]
        connection.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)

    done = okta_hooks(*planted.line(line, raw_server(answer).url, tmp_path))

    for text in (done.out, done.err):
        assert sorted(set(text) & set("\x1b\x07\x08\x00\r\x85\x9b\u202e\u2066")) == []
