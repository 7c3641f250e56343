"""Passing events on: what is sent, what counts as taken, and what an error may say; no socket is opened."""

from __future__ import annotations

import json

import pytest
import requests
import responses

from emulator.errors import UsageError
from receiver.events import Event
from receiver.forward import Forwarder

URL = "https://siem.example.com/okta/events?key=access-key-123"
EVENT = Event({"uuid": "881314fe-9d15-11ee-bc5e-4375ba0eba6a", "eventType": "user.lifecycle.deactivate"})


@responses.activate
def test_the_event_is_posted_whole_with_its_uuid_as_idempotency_key() -> None:
    sent = responses.post(URL, status=202)

    Forwarder(URL)(EVENT)

    request = sent.calls[0].request
    assert json.loads(request.body or "") == EVENT.raw
    assert request.headers["Idempotency-Key"] == EVENT.uuid
    assert request.headers["Content-Type"] == "application/json"


@responses.activate
@pytest.mark.parametrize("status", [302, 400, 409, 429, 500, 503])
def test_whatever_is_not_a_2xx_has_the_event_tried_again(status: int) -> None:
    responses.post(URL, status=status, headers={"Location": "https://elsewhere.example.com/"})

    with pytest.raises(ConnectionError, match=f"it answered {status}"):
        Forwarder(URL)(EVENT)

    assert len(responses.calls) == 1  # a redirect is not followed


@responses.activate
@pytest.mark.parametrize(
    "error", [requests.ConnectionError(URL), requests.Timeout(URL), requests.exceptions.SSLError(URL)], ids=type
)
def test_an_error_names_its_kind_and_keeps_the_access_key(error: requests.RequestException) -> None:
    responses.post(URL, body=error)

    with pytest.raises(ConnectionError, match=type(error).__name__) as told:
        Forwarder(URL)(EVENT)

    assert "access-key-123" not in str(told.value)


@pytest.mark.parametrize("url", ["", "siem.example.com", "ftp://siem.example.com/", "http://", "http://host:0/"])
def test_what_is_no_url_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError, match="not a URL to forward to"):
        Forwarder(url)
