"""``receiver.Receiver`` in tests: a real endpoint with a record of what came, and waiting without sleeping."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

import receiver as package
from emulator.errors import UsageError
from emulator.secrets import Secret
from receiver import Event, Handlers, Receiver

pytestmark = pytest.mark.wire


def send(receiver: Receiver, body: Any, auth: str | None = None) -> int:
    headers = {"Authorization": auth} if auth else {}
    return requests.post(receiver.url, json=body, headers=headers, timeout=5).status_code


def test_the_story_of_the_manual(make_envelope: Callable, make_event: Callable) -> None:
    """Verify, deliver, look: with nothing but ``requests``."""
    with Receiver(auth="s3cret") as receiver:
        verified = requests.get(
            receiver.url, headers={"X-Okta-Verification-Challenge": "abc", "Authorization": "s3cret"}, timeout=5
        )
        assert verified.json() == {"verification": "abc"}
        assert send(receiver, make_envelope(make_event(), make_event()), "s3cret") == 204
        assert send(receiver, make_envelope(), "wrong") == 401
        events = receiver.wait_for(2)

        assert receiver.events == events
        assert events[0].event_type == "user.lifecycle.deactivate"
        assert receiver.lines == 2 * ("The user john.doe@example.com has been deactivated on the Okta org!",)
        assert [(delivery.status, len(delivery.events)) for delivery in receiver.deliveries] == [(204, 2), (401, 0)]
        assert repr(receiver) == f"Receiver('{receiver.url}', 2 events, 2 deliveries)"


def test_two_receivers_share_nothing(make_envelope: Callable) -> None:
    with Receiver() as first, Receiver(auth=Secret("other")) as second:
        send(first, make_envelope())
        first.wait_for(1)

        assert first.url != second.url
        assert second.events == ()
        assert send(second, make_envelope()) == 401


def test_lines_are_handed_over_as_they_come(make_envelope: Callable) -> None:
    lines: list[str] = []
    with Receiver(on_line=lines.append) as receiver:
        send(receiver, make_envelope())
        receiver.wait_for(1)

    assert lines == ["The user john.doe@example.com has been deactivated on the Okta org!"]


def test_a_receiver_may_have_handlers_path_and_header_of_its_own(make_envelope: Callable) -> None:
    handlers = Handlers()

    @handlers.on("user.lifecycle.*")
    def told(event: Event) -> str:
        return f"told of {event.event_type}"

    with Receiver("tok", auth_header="X-Token", path="/a/b", handlers=handlers) as receiver:
        assert receiver.url.endswith("/a/b")
        answer = requests.post(receiver.url, json=make_envelope(), headers={"X-Token": "tok"}, timeout=5)
        receiver.wait_for(1)

        assert answer.status_code == 204
        assert receiver.lines == ("told of user.lifecycle.deactivate",)


def test_waiting_for_a_condition_sees_the_receiver(make_envelope: Callable) -> None:
    with Receiver() as receiver:
        threading.Timer(0.05, send, [receiver, "nonsense"]).start()
        receiver.wait_for(lambda found: found.deliveries and found.deliveries[-1].status == 400)


def test_waiting_in_vain_says_what_did_happen(make_envelope: Callable) -> None:
    with Receiver() as receiver:
        send(receiver, make_envelope())
        send(receiver, "nonsense")
        receiver.wait_for(1)
        with pytest.raises(TimeoutError) as raised:
            receiver.wait_for(2, timeout=0.05)
        with pytest.raises(TimeoutError, match=r"waited 0\.01 s for the condition: 1 events arrived"):
            receiver.wait_for(lambda _: False, timeout=0.01)

    assert str(raised.value) == (
        "waited 0.05 s for 2 events: 1 events arrived, 1 of them handled, in 2 deliveries (last answers: 204, 400)"
    )


def test_a_receiver_with_a_file_remembers(make_envelope: Callable, tmp_path: Any) -> None:
    envelope = make_envelope()
    with Receiver(db=tmp_path / "events.db") as receiver:
        send(receiver, envelope)
        receiver.wait_for(1)
    with Receiver(db=tmp_path / "events.db") as receiver:
        send(receiver, envelope)
        receiver.wait_for(lambda found: len(found.deliveries) == 1)

        assert receiver.events == ()
        assert receiver.deliveries[0].duplicates == (envelope["data"]["events"][0]["uuid"],)


@pytest.mark.parametrize(
    "wrong",
    [{"auth": ""}, {"auth_header": "a b"}, {"path": "hooks"}, {"path": "/a b"}, {"misbehave": "slo=1"}, {"db": "/"}],
    ids=str,
)
def test_what_can_not_work_is_refused_before_anything_is_started(wrong: dict[str, Any]) -> None:
    before = threading.active_count()
    with pytest.raises(UsageError):
        Receiver(**wrong)

    assert threading.active_count() == before


def test_the_end_does_not_wait_for_a_handler_that_hangs_for_ever(
    make_envelope: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    handlers, started, stop = Handlers(), threading.Event(), threading.Event()

    @handlers.on("*")
    def hang(_: Event) -> None:
        started.set()
        stop.wait(30)

    with Receiver(handlers=handlers) as receiver:
        send(receiver, make_envelope())
        started.wait(5)
        receiver._app.close(timeout=0.05)
        stop.set()

    assert "a handler is still running; its event stays pending" in caplog.text


def test_the_package_says_what_it_has() -> None:
    assert {"App", "Delivery", "Event", "Handlers", "Party", "Receiver", "create_app"} <= set(dir(package))
    with pytest.raises(AttributeError, match="has no attribute 'Reciever'"):
        _ = package.Reciever


def test_importing_the_package_is_cheap() -> None:
    import subprocess
    import sys

    heavy = "[name for name in ('werkzeug', 'waitress', 'sqlite3', 'requests') if name in sys.modules]"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, receiver; print({heavy})"], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_nothing_is_logged_by_the_server_itself(make_envelope: Callable, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Receiver() as receiver:
        send(receiver, make_envelope())
        receiver.wait_for(1)

    assert {record.name for record in caplog.records} - {"urllib3.connectionpool"} == {"receiver"}
