"""The System Log API over HTTP: paging, filters and errors as pollers need them (L1-L15, E9)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

PREFIX = "http://127.0.0.1:8420/api/v1"


def links(response) -> dict[str, str]:
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', response.headers["Link"])}


def types(response) -> list[str]:
    return [event["eventType"] for event in response.get_json()]


@pytest.fixture
def filled(org) -> None:
    for number in range(4):
        org.create_user(login=f"user{number}@example.com", activate=False).deactivate()


def test_a_poll_pages_to_the_end_and_then_stands_still(api, org, filled) -> None:
    """L3, L11: on an empty page next is self, byte for byte."""
    seen, url = [], f"{PREFIX}/logs?limit=3"
    for _ in range(10):
        response = api("GET", url.removeprefix(PREFIX))
        found = links(response)
        assert found["self"] == url
        seen += types(response)
        if not response.get_json():
            break
        url = found["next"]
    assert found["next"] == found["self"]
    assert seen == ["user.lifecycle.create", "user.lifecycle.deactivate"] * 4
    assert re.fullmatch(r"\d+_\d+", parse_qs(urlsplit(url).query)["after"][0])

    org.create_user(login="new@example.com", activate=False)
    assert types(api("GET", url.removeprefix(PREFIX))) == ["user.lifecycle.create"]


def test_an_empty_first_page_has_next_equal_to_self(api) -> None:
    response = api("GET", '/logs?since=2026-08-21T00:00:00Z&filter=eventType eq "user.session.start"')
    found = links(response)

    assert response.get_json() == []
    assert found["next"] == found["self"]
    assert "since=2026-08-21T00%3A00%3A00Z" in found["self"]
    assert "filter=eventType+eq+%22user.session.start%22" in found["self"]


def test_since_together_with_after_is_accepted(api, filled) -> None:
    first = links(api("GET", "/logs?limit=2&since=2026-08-21T00:00:00Z"))
    assert "since" not in first["next"]  # L5
    after = parse_qs(urlsplit(first["next"]).query)["after"][0]

    assert len(api("GET", f"/logs?since=2026-08-21T00:00:00Z&after={after}").get_json()) == 6


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING", "descending"])
def test_a_bounded_query_has_no_next_on_its_last_page(api, filled, order: str) -> None:
    """L3."""
    url = f"/logs?limit=3&sortOrder={order}&since=2026-08-21T00:00:00Z&until=2026-08-22T00:00:00Z"
    sizes = []
    while url:
        response = api("GET", url)
        sizes.append(len(response.get_json()))
        url = links(response).get("next", "").removeprefix(PREFIX)

    assert sizes == [3, 3, 2]


def test_events_come_in_the_shape_of_the_api(api, filled) -> None:
    """L4, L13."""
    event = api("GET", "/logs").get_json()[0]

    assert list(event)[:3] == ["actor", "client", "device"]
    assert event["outcome"] == {"result": "SUCCESS", "reason": None}


def test_a_slash_before_the_query_is_no_other_path(api, filled) -> None:
    assert len(api("GET", "/logs/?limit=1&q=user1%40example.com").get_json()) == 1


REFUSED = [
    ('filter=eventType eqq "x"', "E0000053", "Unrecognized attribute operator 'eqq' at position 10"),
    ('filter=published gt "2026-01-01T00:00:00Z"', "E0000053", "field is not valid: published"),
    ('filter=debugContext.debugData.url co "x"', "E0000031", "Operator: co, Field: debugContext.debugData.url"),
    ("since=yesterday", "E0000001", "since: The date format in your query is not recognized."),
    ("until=2026-13-01T00:00:00Z", "E0000001", "until: must be a valid date-time or empty."),
    ("since=2025-01-01T00:00:00Z", "E0000053", "The since parameter is over 180 days prior to the current day."),
    (f"q={'x' * 41}", "E0000001", "Freeform search cannot contain items longer than 40 characters"),
    ("limit=1001", "E0000001", "limit"),
    ("limit=x", "E0000001", "limit"),
    ("sortOrder=SIDEWAYS", "E0000001", "sortOrder"),
    ("after=nonsense", "E0000029", "Invalid paging request"),
    ("after=1_99&sortOrder=DESCENDING", "E0000029", "Invalid paging request"),
]


@pytest.mark.parametrize(("query", "code", "words"), REFUSED)
def test_a_bad_query_is_refused_as_okta_does(api, refused, query: str, code: str, words: str) -> None:
    """L2, L6, L7, L9, E9."""
    refused(api("GET", f"/logs?{query}"), 400, code, words)


def test_limit_0_is_an_empty_page(api, filled) -> None:
    """L15."""
    assert api("GET", "/logs?limit=0").get_json() == []


def test_changes_of_hooks_are_logged_but_never_delivered(api, org, receiving) -> None:
    """A28, A29."""
    hook = org.create_event_hook(uri="https://hooks.example.com", events=["user.lifecycle.create"])
    org.verify(hook)

    assert types(api("GET", '/logs?filter=eventType sw "event_hook."')) == ["event_hook.created", "event_hook.verified"]
    assert receiving.events == []
