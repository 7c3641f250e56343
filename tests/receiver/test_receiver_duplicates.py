"""Duplicates: an event is stored and handled once, whatever delivery it comes in (D11, D12, R7, R10)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest


def test_the_same_delivery_again_is_acknowledged_and_ignored(hook: Any, make_envelope: Callable) -> None:
    """R7, R10: Okta's retry has the same body, so the same eventId and uuids."""
    envelope = make_envelope()

    assert [hook.post(envelope).status_code for _ in range(3)] == [204, 204, 204]
    assert len(hook.recorder.wait_for(1)) == 1
    assert [delivery.duplicates for delivery in hook.recorder.deliveries] == [(), *2 * [tuple(hook.uuids)]]
    assert len(hook.lines) == 1


def test_the_same_event_in_a_new_delivery_is_ignored(hook: Any, make_envelope: Callable, make_event: Callable) -> None:
    """D12: a new eventId, the old uuid, and a new event beside it."""
    old, new = make_event(), make_event()
    hook.post(make_envelope(old))

    assert hook.post(make_envelope(old, new)).status_code == 204
    assert hook.uuids == [old["uuid"], new["uuid"]]
    assert hook.recorder.deliveries[1].duplicates == (old["uuid"],)


def test_the_same_event_twice_in_one_delivery_is_stored_once(
    hook: Any, make_envelope: Callable, make_event: Callable
) -> None:
    event, other = make_event(), make_event()

    assert hook.post(make_envelope(event, event, other, event)).status_code == 204
    assert hook.uuids == [event["uuid"], other["uuid"]]


def test_an_event_is_the_same_however_it_is_written(hook: Any, make_envelope: Callable, make_event: Callable) -> None:
    """P5, L13: Preview shows an event with nulls that the delivery left out; the uuid alone decides."""
    event = make_event()
    hook.post(make_envelope(event))
    hook.post(make_envelope(event | {"device": None, "displayMessage": "other words"}))

    assert hook.uuids == [event["uuid"]]


def test_events_of_one_user_are_not_taken_for_duplicates(
    hook: Any, make_envelope: Callable, make_event: Callable
) -> None:
    """Same type, same target, same moment, other uuid: two things happened."""
    first = make_event()
    second = first | {"uuid": "00000000-0000-0000-0000-00000000ffff"}
    hook.post(make_envelope(first, second))

    assert len(hook.recorder.wait_for(2)) == 2
    assert len(hook.lines) == 2


def test_a_known_event_id_over_other_events_does_not_hide_them(
    hook: Any, make_envelope: Callable, make_event: Callable
) -> None:
    """An eventId alone is not believed: what is new under it is kept."""
    envelope = make_envelope()
    hook.post(envelope)
    hook.post(envelope | {"data": {"events": [make_event()]}})

    assert len(hook.recorder.events) == 2


def test_deliveries_without_an_event_id_are_told_apart_by_their_events(hook: Any, make_envelope: Callable) -> None:
    first, second = make_envelope(eventId=None), make_envelope(eventId=None)
    for envelope in (first, second, first):
        assert hook.post(envelope).status_code == 204

    assert len(hook.recorder.events) == 2


@pytest.mark.parametrize("kind", ["same delivery", "new delivery each"])
def test_the_same_event_from_twenty_threads_at_once_is_stored_once(
    hook: Any, make_envelope: Callable, make_event: Callable, kind: str
) -> None:
    event = make_event()
    envelopes = [make_envelope(event)] * 20 if kind == "same delivery" else [make_envelope(event) for _ in range(20)]
    start, statuses = threading.Barrier(20), []

    def send(envelope: dict[str, Any]) -> None:
        start.wait()
        statuses.append(hook.post(envelope).status_code)

    threads = [threading.Thread(target=send, args=(envelope,)) for envelope in envelopes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [204] * 20
    assert len(hook.recorder.wait_for(1)) == 1
    assert len(hook.lines) == 1


def test_twenty_threads_with_their_own_batches_lose_nothing(
    hook: Any, make_envelope: Callable, make_event: Callable
) -> None:
    envelopes = [make_envelope(*(make_event() for _ in range(10))) for _ in range(20)]
    threads = [threading.Thread(target=hook.post, args=(envelope,)) for envelope in envelopes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(hook.recorder.wait_for(200)) == 200
    assert len(hook.lines) == 200


def test_a_duplicate_is_known_after_a_restart_too(make_hook: Callable, make_envelope: Callable, tmp_path: Any) -> None:
    envelope = make_envelope()
    first = make_hook(db=tmp_path / "events.db")
    first.post(envelope)
    first.recorder.wait_for(1)
    first.app.close()
    second = make_hook(db=tmp_path / "events.db")

    assert second.post(envelope).status_code == 204
    assert second.post(envelope | {"eventId": "another"}).status_code == 204
    assert second.recorder.events == ()
    assert second.lines == []


def test_an_event_whose_storing_failed_is_no_duplicate(
    hook: Any, make_envelope: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: it got a 503, so it comes again, and must not be taken for known then."""
    envelope = make_envelope()
    with monkeypatch.context() as patched:
        patched.setattr(hook.app.store, "_inode", -1)  # as if the file had been replaced under it
        assert hook.post(envelope).status_code == 503

    assert hook.post(envelope).status_code == 204
    assert len(hook.recorder.wait_for(1)) == 1
