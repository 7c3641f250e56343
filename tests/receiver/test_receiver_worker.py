"""The work after the acknowledgement: once for each event, in order, again when it fails, and never lost."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

import receiver.worker
from emulator.errors import UsageError
from receiver.events import Event
from receiver.forward import Forwarder
from receiver.handlers import Handlers
from receiver.store import State, StoreError

AGAIN = {"retry_delays": (0.01, 0.01)}


@pytest.fixture
def handlers() -> Handlers:
    return Handlers()


def test_the_guide_s_line_is_printed_for_each_deactivated_user(
    hook: Any, make_envelope: Callable, make_event: Callable
) -> None:
    """P12; users are picked by type, never by position (L22)."""
    app, john, jane = (
        {"type": "AppInstance", "alternateId": "App"},
        {"type": "User", "alternateId": "john.doe@example.com"},
        {"type": "User", "alternateId": None, "displayName": "Jane Doe"},
    )
    events = [make_event(target=targets) for targets in ([app, john], [john, jane], [app], [], None)]
    hook.post(make_envelope(*events, make_event(eventType="user.lifecycle.activate")))
    hook.recorder.wait_for(6)

    assert hook.lines == [
        "The user john.doe@example.com has been deactivated on the Okta org!",
        "The user john.doe@example.com has been deactivated on the Okta org!",
        "The user Jane Doe has been deactivated on the Okta org!",
    ]


@pytest.mark.parametrize("result", ["FAILURE", "failure", "DENY"])
def test_a_deactivation_that_failed_is_not_reported_as_done(
    hook: Any, make_envelope: Callable, make_event: Callable, result: str
) -> None:
    hook.post(make_envelope(make_event(outcome={"result": result})))
    hook.recorder.wait_for(1)

    assert hook.lines == []


def test_a_name_can_not_forge_a_line_or_move_the_cursor(
    hook: Any, make_envelope: Callable, make_event: Callable
) -> None:
    name = "x\nThe user y has been deactivated on the Okta org!\x1b[2J\u202e\ud800 🙂"
    hook.post(make_envelope(make_event(target=[{"type": "User", "alternateId": name}])))
    hook.recorder.wait_for(1)

    line = (
        "The user x\\u000aThe user y has been deactivated on the Okta org!\\u001b[2J\\u202e\\ud800 🙂 "
        "has been deactivated on the Okta org!"
    )
    assert hook.lines == [line]


def test_the_acknowledgement_does_not_wait_for_the_work(
    make_hook: Callable, make_envelope: Callable, handlers: Handlers
) -> None:
    """D24: the handler here can't end before the answer is out."""
    acknowledged = threading.Event()
    hook = make_hook(handlers=handlers)
    waited: list[bool] = []
    handlers.on("*")(lambda _: waited.append(acknowledged.wait(5)))

    assert hook.post(make_envelope()).status_code == 204
    acknowledged.set()
    hook.recorder.wait_for(1)
    assert waited == [True]


def test_events_that_wait_are_handled_in_the_order_in_which_they_were_published(
    make_hook: Callable, make_envelope: Callable, make_event: Callable, handlers: Handlers
) -> None:
    """D8: nothing is promised about order, so the receiver makes it, as far as it knows the events."""
    busy, go, seen = threading.Event(), threading.Event(), []

    @handlers.on("*")
    def handle(event: Event) -> None:
        busy.set()
        go.wait(5)
        seen.append(event.get("published"))

    hook = make_hook(handlers=handlers)
    times = [f"2026-01-01T10:00:0{second}.000Z" for second in (9, 3, 1, 2)]
    hook.post(make_envelope(make_event(published=times[0])))
    busy.wait(5)
    hook.post(make_envelope(*(make_event(published=time) for time in times[1:])))
    go.set()
    hook.recorder.wait_for(4)

    assert seen == [times[0], *sorted(times[1:])]


def test_a_handler_that_raises_is_called_again_and_others_need_not_wait(
    make_hook: Callable, make_envelope: Callable, make_event: Callable, handlers: Handlers
) -> None:
    calls: list[str] = []

    @handlers.on("first")
    def fail_twice(event: Event) -> str:
        calls.append(event.event_type)
        if calls.count("first") < 3:
            raise ConnectionError("the directory is away")
        return "done at last"

    handlers.on("second")(lambda event: calls.append(event.event_type))
    hook = make_hook(handlers=handlers, **AGAIN)
    hook.post(make_envelope(make_event(eventType="first"), make_event(eventType="second")))
    hook.recorder.wait_for(2)

    assert calls[:2] == ["first", "second"]
    assert calls.count("first") == 3
    assert hook.lines == ["done at last"]
    assert hook.app.store.counts()[State.DONE] == 2


def test_an_event_whose_handler_never_succeeds_is_kept_as_failed(
    make_hook: Callable,
    make_envelope: Callable,
    handlers: Handlers,
    secret: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With the reason, but without the secret that the error repeats."""
    calls = []

    @handlers.on("*")
    def fail(event: Event) -> None:
        calls.append(event.uuid)
        raise RuntimeError(f"refused {secret}\nnext line")

    hook = make_hook(handlers=handlers, **AGAIN)
    hook.post(make_envelope())
    hook.recorder.wait_for(1)

    assert len(calls) == 3
    assert hook.app.store.counts()[State.FAILED] == 1
    reason = hook.app.store._working.execute("SELECT reason FROM events").fetchone()[0]
    assert reason == "RuntimeError: refused [secret]\\u000anext line"
    assert secret not in caplog.text
    assert "failed: its handler raised 3 times" in caplog.text


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), RecursionError(), MemoryError(), KeyError("k")])
def test_no_error_of_a_handler_stops_the_others(
    make_hook: Callable, make_envelope: Callable, make_event: Callable, handlers: Handlers, error: BaseException
) -> None:
    @handlers.on("bad")
    def fail(_: Event) -> None:
        raise error

    handlers.on("good")(lambda event: event.uuid)
    hook = make_hook(handlers=handlers, retry_delays=())
    hook.post(make_envelope(make_event(eventType="bad"), make_event(eventType="good")))
    hook.recorder.wait_for(2)

    assert len(hook.lines) == 1


def test_lines_of_a_handler_that_fails_half_way_are_not_printed_twice(
    make_hook: Callable, make_envelope: Callable, handlers: Handlers
) -> None:
    calls = []

    @handlers.on("*")
    def half(_: Event) -> Any:
        yield "one"
        calls.append(1)
        if len(calls) == 1:
            raise ValueError
        yield "two"

    hook = make_hook(handlers=handlers, **AGAIN)
    hook.post(make_envelope())
    hook.recorder.wait_for(1)

    assert hook.lines == ["one", "two"]


def test_a_reader_of_lines_that_has_gone_away_stops_nothing(
    make_hook: Callable, make_envelope: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(_: str) -> None:
        raise BrokenPipeError

    hook = make_hook(emit=gone)
    hook.post(make_envelope())
    hook.post(make_envelope())
    hook.recorder.wait_for(2)

    assert hook.app.store.counts()[State.DONE] == 2
    assert "could not be printed: BrokenPipeError" in caplog.text


def test_a_worker_goes_on_whatever_happens_to_it(
    make_hook: Callable, make_envelope: Callable, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker that has died in silence would be the worst of receivers: it acknowledges and does nothing."""
    monkeypatch.setattr(receiver.worker, "_STORE_PAUSE", 0.01)
    hook = make_hook()
    reads = iter([StoreError("disk I/O error"), RuntimeError("never seen before")])
    next_pending = hook.app.store.next_pending

    def failing() -> Any:
        for error in reads:
            raise error
        return next_pending()

    monkeypatch.setattr(hook.app.store, "next_pending", failing)
    hook.post(make_envelope())
    hook.recorder.wait_for(1)

    assert len(hook.lines) == 1
    assert "can't read or mark events, trying again: disk I/O error" in caplog.text
    assert "can't read or mark events, trying again: RuntimeError" in caplog.text


def test_a_result_that_could_not_be_stored_is_stored_later_and_the_handler_not_called_again(
    make_hook: Callable, make_envelope: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver.worker, "_STORE_PAUSE", 0.01)
    hook = make_hook()
    settle, errors = hook.app.store.settle, iter([StoreError("database or disk is full")])

    def failing(*arguments: Any) -> None:
        for error in errors:
            raise error
        settle(*arguments)

    monkeypatch.setattr(hook.app.store, "settle", failing)
    hook.post(make_envelope())
    hook.recorder.wait_for(1)

    assert len(hook.lines) == 1
    assert hook.app.store.counts()[State.DONE] == 1


def test_what_an_earlier_run_left_undone_is_done_at_the_next_start(
    make_hook: Callable, make_envelope: Callable, make_event: Callable, handlers: Handlers, tmp_path: Path
) -> None:
    """One event was being handled, one had failed once, one had not been begun."""
    started = threading.Event()
    stop = threading.Event()

    @handlers.on("failing")
    def fail(_: Event) -> None:
        raise ValueError

    @handlers.on("hanging")
    def hang(_: Event) -> None:
        started.set()
        stop.wait(10)

    first = make_hook(handlers=handlers, db=tmp_path / "events.db", retry_delays=(60,))
    first.post(make_envelope(*(make_event(eventType=kind) for kind in ("failing", "hanging", "later"))))
    started.wait(5)
    first.app.close(timeout=0.01)
    seen: list[str] = []
    again = Handlers()
    again.on("*")(lambda event: seen.append(event.event_type))
    second = make_hook(handlers=again, db=tmp_path / "events.db")
    second.recorder.wait_for(lambda: len(seen) == 3)
    stop.set()

    assert seen == ["failing", "hanging", "later"]


def test_closing_finishes_the_event_at_hand(
    make_hook: Callable, make_envelope: Callable, handlers: Handlers, tmp_path: Path
) -> None:
    started = threading.Event()

    @handlers.on("*")
    def handle(_: Event) -> str:
        started.set()
        threading.Event().wait(0.1)
        return "finished"

    hook = make_hook(handlers=handlers, db=tmp_path / "events.db")
    hook.post(make_envelope())
    started.wait(5)
    hook.app.close()

    assert hook.lines == ["finished"]
    again = make_hook(db=tmp_path / "events.db")
    assert again.app.store.counts()[State.DONE] == 1


class Elsewhere(BaseHTTPRequestHandler):
    """Where events are forwarded to: refuses the first, and tells what came."""

    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        self.send_response(503 if len(self.server.seen) == 1 else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.wire
def test_an_event_is_passed_on_until_it_is_taken_and_handled_only_once(
    make_hook: Callable, make_envelope: Callable, make_event: Callable
) -> None:
    """The other side refuses at first: it gets the event again, but the handler is not called again."""
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as elsewhere:
        elsewhere.seen = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=elsewhere.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        event = make_event()
        hook = make_hook(forward_to=f"http://127.0.0.1:{elsewhere.server_port}/in?x=1", **AGAIN)
        hook.post(make_envelope(event))
        hook.recorder.wait_for(1)
        elsewhere.shutdown()
        thread.join()

    assert len(hook.lines) == 1
    first, second = elsewhere.seen  # type: ignore[attr-defined]
    assert first == second
    assert first[0] == "/in?x=1"
    assert first[1]["Idempotency-Key"] == event["uuid"]
    assert json.loads(first[2]) == event


@pytest.mark.wire
def test_when_nobody_takes_what_is_passed_on_the_line_is_printed_all_the_same(
    make_hook: Callable, make_envelope: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    hook = make_hook(forward_to="http://user:passw0rd@127.0.0.1:1/?code=acc3ss-key", **AGAIN)
    hook.post(make_envelope())
    hook.recorder.wait_for(1)

    assert hook.lines == ["The user john.doe@example.com has been deactivated on the Okta org!"]
    assert hook.app.store.counts()[State.FAILED] == 1
    assert "can't forward to http://127.0.0.1:1/?code=[secret]: ConnectionError" in caplog.text
    assert "passw0rd" not in caplog.text
    assert "acc3ss-key" not in caplog.text


@pytest.mark.wire
def test_forwarding_follows_no_redirect_and_asks_no_proxy(
    monkeypatch: pytest.MonkeyPatch, make_event: Callable
) -> None:
    """Events are personal data: they go to the one place that was named."""

    class Astray(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.server.seen.append(self.path)  # type: ignore[attr-defined]
            self.send_response(307)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with HTTPServer(("127.0.0.1", 0), Astray) as server:
        server.seen = []  # type: ignore[attr-defined]
        server.timeout = 0.2
        thread = threading.Thread(target=lambda: [server.handle_request() for _ in range(2)])
        thread.start()
        with pytest.raises(ConnectionError, match="it answered 307"):
            Forwarder(f"http://127.0.0.1:{server.server_port}/in")(Event(make_event()))
        thread.join()

    assert server.seen == ["/in"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url", ["", "example.com", "ftp://example.com", "http://", "http://[", "http://a:99999", "//a"]
)
def test_a_place_that_nothing_can_be_passed_on_to_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(UsageError, match="not a URL to forward to"):
        Forwarder(url)


def test_duplicates_and_refused_deliveries_cause_no_work(
    hook: Any, make_envelope: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    envelope = make_envelope()
    for auth in (None, "Basic am9objpzM2NyM3QtdmFsdWU=", "Basic am9objpzM2NyM3QtdmFsdWU="):
        hook.post(envelope, auth=auth)
    hook.recorder.wait_for(1)

    assert len(hook.lines) == 1
    said = [record.getMessage() for record in caplog.records if record.name == "receiver"]
    assert said == [
        "answered 401: the request is not authenticated",
        f"answered 204: delivery {envelope['eventId']}, 1 new event",
        f"answered 204: delivery {envelope['eventId']}, 0 new events, 1 ignored as duplicate: {hook.uuids[0]}",
    ]
