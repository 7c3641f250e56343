"""Probes show what a receiver has done: by HTTP and a JSON path, or by a command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from emulator.checks.probe import NOTHING, read_probe
from emulator.delivery.exchange import Exchange, Failure, Reply, Request
from emulator.errors import UsageError
from receiver import Receiver

EVENT = {
    "uuid": "6f0d-1",
    "target": [
        {"type": "AppUser", "alternateId": "x"},
        {"type": "User", "id": "00u1", "alternateId": "ann+x@b.example"},
    ],
}


class Sender:
    """Answers every request alike."""

    def __init__(self, status: int = 200, body: object = None) -> None:
        self.status, self.body, self.asked = status, body, []

    def send(self, request: Request, *, time_limit: float = 3.0) -> Exchange:  # noqa: ARG002 (answers at once)
        self.asked.append(request.url)
        if not self.status:
            return Exchange(request=request, failure=Failure.REFUSED, detail="refused")
        return Exchange(request=request, reply=Reply(status=self.status, body=json.dumps(self.body).encode()))


def test_a_url_and_a_path_give_a_value() -> None:
    probe = read_probe("http://localhost/handled $.stats.count", sender=Sender(body={"stats": {"count": 7}}))

    assert (probe.look(), probe.about_one_user) == (7, False)


def test_placeholders_name_the_user_and_the_event() -> None:
    sender = Sender(body={"active": False})
    probe = read_probe("http://localhost/{uuid}/users/{login}?id={user_id} $.active", sender=sender)

    assert (probe.look(EVENT), probe.about_one_user) == (False, True)
    assert sender.asked == ["http://localhost/6f0d-1/users/ann%2Bx%40b.example?id=00u1"]


def test_nobody_there_is_nothing_for_a_probe_about_one_user() -> None:
    assert read_probe("http://localhost/{login} $.x", sender=Sender(404)).look(EVENT) is NOTHING
    assert read_probe("http://localhost/{login} $.x", sender=Sender(200, {})).look(EVENT) is NOTHING


@pytest.mark.parametrize(
    ("text", "value"),
    [("print('one'); print(41 + 1)", 42), ("print('active')", "active"), ("pass", NOTHING), ("print('{login}')", "ann+x@b.example")],
)  # fmt: skip
def test_the_last_line_of_a_command_counts(text: str, value: object) -> None:
    probe = read_probe(f'"{sys.executable}" -c "{text}"', sender=Sender())

    assert probe.look(EVENT) == value


@pytest.mark.parametrize(
    ("text", "sender", "words"),
    [
        ("http://localhost/x $.count", Sender(500), "500"),
        ("http://localhost/x $.count", Sender(0), "refused"),
        ("http://localhost/x $.count", Sender(200, {"cuont": 1}), "nothing at $.count"),
        ("no-such-command-anywhere", Sender(), "can't be run"),
        (f'"{sys.executable}" -c "raise SystemExit(3)"', Sender(), "ended with 3"),
    ],
)
def test_a_probe_that_does_not_work_is_told(text: str, sender: Sender, words: str) -> None:
    with pytest.raises(UsageError, match=r".*") as caught:
        read_probe(text, sender=sender).look()

    assert words in str(caught.value)
    assert "--probe" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "empty"), ("http://localhost/{lgoin} $", "did you mean 'login'"), ("'unclosed", "can't be read"), ("http:// $.x", "host")],
)  # fmt: skip
def test_a_probe_that_makes_no_sense_is_refused(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=r".*") as caught:
        read_probe(text, sender=Sender())

    assert words in str(caught.value)


@pytest.mark.wire
@pytest.mark.parametrize(("misbehave", "proven"), [((), (0, "pass")), ("no-dedupe", (1, "fail"))])
def test_a_probe_proves_that_duplicates_are_acted_on_once(
    okta_hooks: Callable, raw_server: Callable, read_request: Callable, misbehave: object, proven: tuple[int, str]
) -> None:
    with Receiver(misbehave=misbehave) as receiver:

        def tell(connection) -> None:
            read_request(connection)
            body = json.dumps({"count": len(receiver.events)}).encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

        probe = f"{raw_server(tell).url} $.count"
        done = okta_hooks(
            "check", receiver.url, "--probe", probe, "--select", "effect-duplicate-envelope,effect-batch", "--json"
        )
        found = {check["id"]: check["status"] for check in json.loads(done.out)["checks"]}

    code, word = proven
    assert (done.code, found) == (code, {"effect-batch": "pass", "effect-duplicate-envelope": word})


def test_a_broken_probe_is_told_before_the_run(okta_hooks: Callable) -> None:
    done = okta_hooks("check", "http://localhost:9/", "--probe", "http://127.0.0.1:1/count $.n")

    assert (done.code, done.out) == (2, "")
    assert "--probe" in done.err
