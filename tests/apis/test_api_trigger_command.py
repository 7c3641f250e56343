"""``okta-hooks trigger --hook``: the event happens in a served org, which delivers it to its hook."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from emulator.apis.serving import Serving, listen

pytestmark = pytest.mark.wire

TYPE = "user.lifecycle.deactivate"


@pytest.fixture
def served(app) -> Iterator[Serving]:
    serving = Serving(app, listen("127.0.0.1", 0), host="127.0.0.1")
    yield serving
    serving.stop()


@pytest.fixture
def hook(org):
    made = org.create_event_hook(uri="https://hooks.example.com/okta", events=[TYPE], auth="s3cr3t-value")
    org.verify(made)
    return made


@pytest.fixture
def trigger(okta_hooks: Callable, served, hook) -> Callable:
    def call(*arguments: str, token: str = "control-token"):
        return okta_hooks("trigger", TYPE, "--hook", hook.id, "--org", served.url, "--control-token", token, *arguments)

    return call


def test_the_org_delivers_the_event_to_its_hook(trigger, receiving, hook) -> None:
    done = trigger("--set", "target.0.alternateId=jane@example.com", "--json")

    (delivery,) = json.loads(done.out)["deliveries"]
    assert done.code == 0
    assert (delivery["hook_id"], delivery["outcome"]) == (hook.id, "delivered")
    assert delivery["attempts"][0]["status"] == 204
    (event,) = receiving.events
    assert event["target"][0]["alternateId"] == "jane@example.com"


def test_what_happened_is_told_in_words(trigger, receiving) -> None:
    done = trigger("--count", "2")

    assert done.code == 0
    assert done.out.count(f"delivered: {TYPE}") == 2
    assert "204" in done.out
    assert "s3cr3t" not in done.out + done.err
    assert len(receiving.events) == 2


def test_a_delivery_that_fails_exits_with_1(trigger, receiving) -> None:
    receiving.status = 404

    assert trigger().code == 1


def test_a_hook_that_does_not_get_the_event_exits_with_4(trigger, org, hook) -> None:
    org.event_hooks.deactivate(hook)
    done = trigger()

    assert done.code == 4
    assert "not_sent" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (("--set", "envelope.eventId=x"), 2, "an org takes --set for events only", "--to URL"),
        (("--remove", "target"), 2, "an org takes --set for events only", "--to URL"),
        (("--batch", "3"), 2, "--batch doesn't go with --hook", "--to URL"),
        (("--to", "http://localhost/"), 2, "--to doesn't go with --hook", "leave it out"),
        (("--set", "target.9.id=x"), 2, "no index '9'", ""),
    ],
)
def test_a_slip_is_told_with_its_remedy(trigger, arguments, code, message, hint) -> None:
    done = trigger(*arguments)

    assert done.code == code
    assert message in done.err
    assert hint in done.err


def test_a_wrong_token_an_unknown_hook_and_no_org_are_told_apart(okta_hooks: Callable, trigger, served) -> None:
    nobody = okta_hooks("trigger", TYPE, "--hook", "whoA", "--org", "http://127.0.0.1:1", "--control-token", "x")
    unknown = okta_hooks("trigger", TYPE, "--hook", "whoA", "--org", served.url, "--control-token", "control-token")
    none = okta_hooks("trigger", TYPE, "--hook", "whoA")
    wrong = trigger(token="wrong-token")

    assert (nobody.code, unknown.code, none.code, wrong.code) == (3, 2, 2, 2)
    assert "okta-hooks serve" in nobody.err
    assert "whoA" in unknown.err
    assert "needs the org's control token" in none.err
    assert "the control token is missing or wrong" in wrong.err
    assert "wrong-token" not in wrong.err


def test_a_delivery_of_the_org_is_replayed_by_number_and_by_event_id(  # noqa: PLR0917
    okta_hooks, trigger, served, org, raw_server, read_request
) -> None:
    came = []

    def behave(connection):
        came.append(read_request(connection).partition(b"\r\n\r\n")[2])
        connection.sendall(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")

    trigger()
    (sent,) = [delivery for delivery in org.deliveries if TYPE in delivery.event_types]
    call = ("--to", raw_server(behave).url, "--org", served.url, "--control-token", "control-token")
    codes = [okta_hooks("replay", name, *call).code for name in (str(sent.number), sent.event_id)]
    unknown = okta_hooks("replay", "7be2f0a4-0c1d-4e7a-8a55-3c2f6d1b9e01", *call)

    assert (codes, came) == ([0, 0], [sent.body, sent.body])
    assert (unknown.code, "has no delivery with the eventId" in unknown.err) == (2, True)
