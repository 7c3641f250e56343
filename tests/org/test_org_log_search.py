"""Pages of the System Log: polling, bounded queries, filters through the index (L1-L15)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from emulator import OktaApiError, Org
from emulator.contract.expressions.keywords import keywords
from emulator.contract.expressions.scim import SYSTEM_LOG
from emulator.delivery.clock import MovableClock
from emulator.org.log_search import LogQuery

START = datetime.fromisoformat("2026-08-21T12:00:00+00:00")


@pytest.fixture
def filled(make_org) -> Org:
    """Three events a day for ten days: create, update_profile, deactivate."""
    org = make_org()
    clock = org.clock
    assert isinstance(clock, MovableClock)
    for day in range(10):
        clock.freeze(START + timedelta(days=day))
        user = org.create_user(login=f"user{day}@example.com", activate=False)
        org.users.update(user.id, {"profile": {"title": f"Day {day}"}})
        user.deactivate()
    clock.freeze(START + timedelta(days=10))
    return org


def texts(org: Org, **query) -> list[str]:
    return [event["eventType"].rpartition(".")[2] for event in org.log_search.page(LogQuery(**query)).events]


def all_pages(org: Org, *, limit: int, **query) -> list[dict]:
    found, after = [], None
    while True:
        page = org.log_search.page(LogQuery(limit=limit, after=after, **query))
        found += page.events
        if page.cursor is None:
            return found
        after = page.cursor


def test_without_since_the_last_seven_days_are_meant(filled: Org) -> None:
    """L2."""
    events = filled.log_search.page(LogQuery()).events

    assert len(events) == 7 * 3
    assert events[0]["published"] == "2026-08-24T12:00:00.000Z"


def test_an_event_has_the_shape_of_the_api(filled: Org) -> None:
    """L13."""
    event = filled.log_search.page(LogQuery(limit=1)).events[0]

    assert next(iter(event)) == "actor"
    assert "ipChain" not in event["client"]
    assert event["request"]["ipChain"]


def test_polling_never_ends_and_finds_what_is_new(filled: Org) -> None:
    """L3: while nothing is new the cursor stays the same."""
    page = filled.log_search.page(LogQuery(since=START, limit=1000))
    assert (len(page.events), page.cursor is None) == (30, False)
    empty = filled.log_search.page(LogQuery(after=page.cursor))
    assert (empty.events, empty.cursor) == ([], None)
    filled.create_user(login="new@example.com", activate=False)

    assert len(filled.log_search.page(LogQuery(after=page.cursor)).events) == 1


def test_pages_of_a_poll_follow_each_other(filled: Org) -> None:
    seen, cursor = [], None
    for _ in range(5):
        page = filled.log_search.page(LogQuery(since=START, limit=7, after=cursor))
        seen += page.events
        cursor = page.cursor or cursor

    assert [event["uuid"] for event in seen] == [event["uuid"] for event in filled.system_log()]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 4, 30, 1000])
def test_a_bounded_query_ends(filled: Org, limit: int, *, descending: bool) -> None:
    """L3: the last page has no next."""
    until = START + timedelta(days=20)
    found = all_pages(filled, since=START, until=until, limit=limit, descending=descending)

    logged = filled.system_log()
    assert found == (logged[::-1] if descending else logged)


def test_since_is_part_of_the_window_and_until_is_not(filled: Org) -> None:
    first, second = START + timedelta(days=1), START + timedelta(days=2)

    assert texts(filled, since=first, until=second) == ["create", "update_profile", "deactivate"]
    assert texts(filled, since=first, until=second, descending=True) == ["deactivate", "update_profile", "create"]
    assert texts(filled, since=first + timedelta(microseconds=1), until=second) == ["update_profile", "deactivate"]
    assert texts(filled, since=first, until=first + timedelta(microseconds=1)) == ["create"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('eventType eq "user.lifecycle.create"', 10),
        ('eventType eq "user.lifecycle.create" or eventType eq "user.lifecycle.deactivate"', 20),
        ('eventType sw "user.lifecycle"', 20),
        ('target.alternateId eq "user3@example.com"', 3),
        ('eventType eq "user.lifecycle.create" and target.alternateId eq "user3@example.com"', 1),
        ('debugContext.debugData.changedAttributes eq "title"', 10),
        ('eventType eq "no.such.type"', 0),
        ('eventType eq "a" and eventType eq "b"', 0),
        ('not (eventType eq "user.lifecycle.create")', 20),
    ],
)
@pytest.mark.parametrize("how", ["poll", "up", "down"])
def test_a_filter_finds_the_same_in_any_order(filled: Org, text: str, wanted: int, how: str) -> None:
    query = {"since": START, "filter": SYSTEM_LOG.parse(text), "limit": 4}
    if how != "poll":
        query |= {"until": START + timedelta(days=20), "descending": how == "down"}
    else:
        query["limit"] = 100
    found = all_pages(filled, **query) if how != "poll" else filled.log_search.page(LogQuery(**query)).events

    uuids = [event["uuid"] for event in found]
    logged = [event["uuid"] for event in filled.system_log() if event["uuid"] in uuids]
    assert len(uuids) == wanted
    assert uuids == (logged[::-1] if how == "down" else logged)


def test_keywords_are_looked_for_in_values(filled: Org) -> None:
    """L9."""
    found = filled.log_search.page(LogQuery(since=START, keywords=keywords("USER3@example.com deactivate"))).events

    assert [event["eventType"] for event in found] == ["user.lifecycle.deactivate"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("KIM", "kim"),
        ("\u212aim", "kim"),  # the Kelvin sign folds to k
        ("Stra\u00dfe", "STRASSE"),
        ("50%_off!", "50%_off!"),
        ('say"so"', 'say"so"'),
        ("back\\slash", "back\\slash"),
    ],
)
def test_a_keyword_is_found_however_the_log_is_searched_beforehand(make_org, name: str, word: str) -> None:
    org = make_org()
    org.create_user(login="one@example.com", firstName=name)
    org.create_user(login="two@example.com", firstName="Other")

    found = org.log_search.page(LogQuery(keywords=keywords(word))).events

    assert [event["target"][0]["alternateId"] for event in found] == ["one@example.com"]


def test_what_is_older_than_90_days_is_left_out(filled: Org) -> None:
    """L2."""
    filled.clock.freeze(START + timedelta(days=95))

    assert len(all_pages(filled, since=START, until=START + timedelta(days=95), limit=100)) == 15


def test_since_more_than_180_days_back_is_refused(filled: Org) -> None:
    """L2."""
    with pytest.raises(OktaApiError, match="over 180 days prior") as caught:
        filled.log_search.page(LogQuery(since=START - timedelta(days=171)))

    assert (caught.value.status, caught.value.code) == (400, "E0000053")


@pytest.mark.parametrize("cursor", ["x", "1_2_3", "1", "1_", "_1", "1_99999999999999999999", "é_1"])
def test_a_cursor_that_is_none_of_ours_is_refused(filled: Org, cursor: str) -> None:
    with pytest.raises(OktaApiError, match="Invalid paging request"):
        filled.log_search.page(LogQuery(after=cursor))


def test_limit_0_gives_an_empty_page(filled: Org) -> None:
    """L15."""
    assert filled.log_search.page(LogQuery(limit=0)).events == []


def test_a_clock_that_went_back_hides_nothing_from_a_poll(filled: Org) -> None:
    filled.clock.freeze(START + timedelta(days=5))
    filled.create_user(login="late@example.com", activate=False)
    filled.clock.freeze(START + timedelta(days=10))
    since = START + timedelta(days=4, hours=12)
    found = filled.log_search.page(LogQuery(since=since, limit=1000)).events

    assert len(found) == 5 * 3 + 1
    assert found[-1]["target"][0]["alternateId"] == "late@example.com"  # the order of writing, not of time (L3)


def test_a_clock_that_went_back_adds_nothing_to_a_poll(filled: Org) -> None:
    filled.clock.freeze(START + timedelta(days=5))
    filled.create_user(login="late@example.com", activate=False)
    filled.clock.freeze(START + timedelta(days=10))
    found = filled.log_search.page(LogQuery(since=START + timedelta(days=6), limit=1000)).events

    assert len(found) == 4 * 3


def test_the_first_page_reads_an_index_not_the_log(filled: Org) -> None:
    """Each of the ways to read the log is a walk along an index, with no sorting."""
    store = filled._store
    plans: list[str] = []
    real = store.rows

    def spy(text: str, values=()) -> list:
        if text.startswith("SELECT published"):
            plans.extend(row[3] for row in real(f"EXPLAIN QUERY PLAN {text}", values))
        return real(text, values)

    store.rows = spy
    one = SYSTEM_LOG.parse('eventType eq "user.lifecycle.create"')
    for query in (
        LogQuery(since=START),
        LogQuery(since=START, filter=one),
        LogQuery(since=START, until=START + timedelta(days=20), filter=one),
        LogQuery(since=START, filter=one, descending=True),
        LogQuery(since=START, descending=True),
    ):
        filled.log_search.page(query)

    assert len(plans) == 5
    assert all(plan.startswith("SEARCH log USING") for plan in plans), json.dumps(plans, indent=1)
