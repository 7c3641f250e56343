"""SCIM filters of the System Log, users and groups: what passes, what is refused with which of Okta's errors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.contract.expressions.scim import (
    GROUP_FILTER,
    GROUP_SEARCH,
    SYSTEM_LOG,
    USER_FILTER,
    USER_SEARCH,
    Dialect,
    ScimError,
    allowed_values,
)
from emulator.payloads import World, as_system_log, build_event

EVENT = {
    "uuid": "ab62c0bc-2837-11eb-9823-9fb8f750c5a9",
    "eventType": "user.lifecycle.deactivate",
    "displayMessage": 'Deactivate "Okta" User',
    "severity": "INFO",
    "legacyEventType": None,
    "actor": {"id": "00ua", "type": "User", "alternateId": "admin@example.com", "detailEntry": None},
    "outcome": {"result": "SUCCESS", "reason": None},
    "target": [{"id": "A", "type": "User"}, {"id": "B", "type": "AppInstance", "detailEntry": {"signOnMode": "SAML"}}],
    "client": {"geographicalContext": {"geolocation": {"lat": 48.86}}, "ipAddress": "203.0.113.7"},
    "securityContext": {"asNumber": 64496, "isProxy": False},
    "debugContext": {"debugData": {"url": "/a?", "threshold": "5000", "since": "2026-01-02T00:00:00.000Z"}},
    "request": {"ipChain": [{"ip": "203.0.113.7"}, {"ip": "198.51.100.1"}]},
}

PASSES = [
    ('eventType eq "user.lifecycle.deactivate"', True),
    ('eventType EQ "user.lifecycle.deactivate"', True),
    ('eventType eq"user.lifecycle.deactivate"', True),
    ('eventType eq "User.lifecycle.deactivate"', False),
    ('eventType ne "user.session.start"', True),
    ('eventType sw "user.lifecycle"', True),
    ('eventType ew "activate"', True),
    ('eventType co "cycle"', True),
    ('eventType co "CYCLE"', False),
    ("outcome.reason pr", False),
    ("outcome.result pr", True),
    ("outcome.reason eq null", True),
    ("outcome.result ne null", True),
    ("legacyEventType eq null", True),
    ('displayMessage eq "Deactivate \\"Okta\\" User"', True),
    ('displayMessage eq "Deactivate \\u0022Okta\\u0022 User"', True),
    ('target.id eq "A" and target.id eq "B"', True),  # L8
    ('target.id eq "A" and target.id eq "C"', False),
    ('target.id ne "A"', False),
    ('target.type eq "AppInstance"', True),
    ('target.detailEntry.signOnMode eq "SAML"', True),
    ('request.ipChain.ip eq "198.51.100.1"', True),
    ("securityContext.asNumber eq 64496", True),
    ('securityContext.asNumber eq "64496"', True),
    ("securityContext.asNumber gt 64495", True),
    ("securityContext.asNumber lt 64496", False),
    ("securityContext.asNumber le 64496", True),
    ("securityContext.isProxy eq false", True),
    ('securityContext.isProxy eq "false"', True),
    ("securityContext.isProxy eq true", False),
    ("client.geographicalContext.geolocation.lat ge 48.8", True),
    ("debugContext.debugData.threshold gt 900", True),  # a number, not the text "900"
    ('debugContext.debugData.since gt "2026-01-01T23:59:59+00:00"', True),
    ('debugContext.debugData.since eq "2026-01-02T00:00:00Z"', True),
    ('debugContext.debugData.nothing gt "a"', False),
    ('not (eventType eq "user.session.start")', True),
    ('not eventType eq "user.session.start"', True),
    ('NOT(outcome.result eq "SUCCESS")', False),
    # and binds closer than or (L6)
    ('severity eq "INFO" or severity eq "X" and severity eq "Y"', True),
    ('(severity eq "INFO" or severity eq "X") and severity eq "Y"', False),
    ('severity eq "X" OR (severity eq "INFO" AND actor.type eq "User")', True),
    ('  severity\teq\n"INFO"  ', True),
    ('actor.detailEntry.x eq "y"', False),
    ('uuid eq "ab62c0bc-2837-11eb-9823-9fb8f750c5a9"', True),
]


@pytest.mark.parametrize(("text", "wanted"), PASSES)
def test_a_log_filter_gives_its_value(*, text: str, wanted: bool) -> None:
    assert SYSTEM_LOG.parse(text).matches(EVENT) is wanted


REFUSED = [
    # L7, with the words of Okta's answers
    (
        'eventType eqq "x"',
        "E0000053",
        (
            "Invalid filter 'eventType eqq \"x\"': Unrecognized attribute operator 'eqq' at position 10. "
            "Expected: eq,co,sw,pr,gt,ge,lt,le"
        ),
    ),
    ('display_message eq "x"', "E0000053", "field is not valid: display_message"),
    ('published gt "2026-01-01T00:00:00Z"', "E0000053", "field is not valid: published"),
    ('target.changeDetails.from eq "x"', "E0000053", "field is not valid: target.changeDetails.from"),
    ('EventType eq "x"', "E0000053", "field is not valid: EventType"),
    ('debugContext.debugData. eq "x"', "E0000053", "field is not valid: debugContext.debugData."),
    (
        'debugContext.debugData.url co "x"',
        "E0000031",
        (
            "The supplied combination of operator and field is not currently supported. "
            "Operator: co, Field: debugContext.debugData.url"
        ),
    ),
    (
        'severity eq "INFO" and debugContext.debugData.requestUri co "x"',
        "E0000031",
        (
            "The supplied combination of operator and field is not currently supported. "
            "Operator: co, Field: debugContext.debugData.requestUri"
        ),
    ),
    ("", "E0000053", "Invalid filter '': the filter is empty at position 0"),
    ("eventType", "E0000053", "Invalid filter 'eventType': the filter ends too early at position 9"),
    ("eventType eq", "E0000053", "Invalid filter 'eventType eq': the filter ends too early at position 12"),
    ('(eventType eq "x"', "E0000053", "Invalid filter '(eventType eq \"x\"': a ( is not closed at position 17"),
    ('eventType eq "x")', "E0000053", "closes nothing"),
    ('eventType eq "x" severity eq "y"', "E0000053", "'severity' makes no sense here"),
    ("eventType eq 'x'", "E0000053", "text goes in double quotes"),
    ('eventType eq "x', "E0000053", "no end"),
    ('eventType eq "\\q"', "E0000053", "escape"),
    ('target[type eq "User"].id eq "x"', "E0000053", "not supported"),
    ('eventType eq "x" && severity eq "y"', "E0000053", "joins nothing"),
    ("severity eq 2026-01-01", "E0000053", "double quotes"),
    ("securityContext.asNumber eq 1" + "0" * 40, "E0000053", "too long"),
    ("(" * 60 + "severity pr" + ")" * 60, None, ""),
    ("not " * 60 + "severity pr", "E0000053", "more than 50"),
    ("severity pr or " * 800 + "severity pr", "E0000053", "at most"),
    ("or", "E0000053", ""),
    ("and eventType pr", "E0000053", ""),
]


@pytest.mark.parametrize(("text", "code", "summary"), REFUSED, ids=[row[0][:50] for row in REFUSED])
def test_a_log_filter_is_refused_as_okta_does(text: str, code: str | None, summary: str) -> None:
    if code is None:
        assert SYSTEM_LOG.parse(text).matches(EVENT)  # parentheses around parentheses are no depth
        return
    with pytest.raises(ScimError) as caught:
        SYSTEM_LOG.parse(text)

    assert caught.value.code == code
    assert summary in caught.value.summary


USER = {
    "id": "00u1",
    "status": "ACTIVE",
    "lastUpdated": "2026-03-16T03:48:26.000Z",
    "created": "2026-03-16T03:48:26.000Z",
    "type": {"id": "oty1"},
    "profile": {"login": "Isaac.Brock@example.com", "firstName": "Isaac", "city": None},
}
GROUP = {
    "id": "00g1",
    "type": "OKTA_GROUP",
    "lastUpdated": "2026-03-16T03:48:26.000Z",
    "lastMembershipUpdated": "2026-03-17T03:48:26.000Z",
    "profile": {"name": "West Coast", "description": None},
}
LISTS = [
    (USER_FILTER, USER, 'status eq "ACTIVE"', True),
    (
        USER_FILTER,
        USER,
        'lastUpdated gt "2026-03-16T03:48:25.000Z" and (status eq "ACTIVE" or status eq "STAGED")',
        True,
    ),
    (USER_FILTER, USER, 'lastUpdated lt "2026-03-16T03:48:26.000Z"', False),
    (USER_FILTER, USER, 'profile.login eq "isaac.brock@example.com"', False),
    (USER_FILTER, USER, 'profile.login sw "I"', "E0000031"),
    (USER_FILTER, USER, 'not (status eq "ACTIVE")', "E0000031"),
    (USER_FILTER, USER, 'profile.city eq "x"', "E0000031"),
    (USER_FILTER, USER, 'status eqq "x"', "E0000031"),
    (USER_FILTER, USER, "status", "E0000031"),
    (USER_SEARCH, USER, 'profile.login eq "isaac.brock@EXAMPLE.com"', True),
    (USER_SEARCH, USER, 'profile.firstName sw "isa" and status eq "active"', True),
    (USER_SEARCH, USER, "profile.city pr", False),
    (USER_SEARCH, USER, 'type.id eq "oty1"', True),
    (USER_SEARCH, USER, 'created ge "2026-03-16T03:48:26Z"', True),
    (USER_SEARCH, USER, 'login eq "x"', "E0000031"),
    (GROUP_FILTER, GROUP, 'type eq "OKTA_GROUP"', True),
    (GROUP_FILTER, GROUP, 'lastMembershipUpdated gt "2026-03-16T23:00:00.000Z"', True),
    (GROUP_FILTER, GROUP, 'profile.name eq "x"', "E0000031"),
    (GROUP_SEARCH, GROUP, 'profile.name co "west"', True),
    (GROUP_SEARCH, GROUP, 'profile.name sw "Coast"', False),
    (GROUP_SEARCH, GROUP, 'type eq "OKTA_GROUP" and profile.name eq "West Coast"', True),
]


@pytest.mark.parametrize(("dialect", "document", "text", "wanted"), LISTS)
def test_users_and_groups_take_less_than_the_log(
    *, dialect: Dialect, document: dict, text: str, wanted: bool | str
) -> None:
    if isinstance(wanted, str):
        with pytest.raises(ScimError) as caught:
            dialect.parse(text)
        assert caught.value.code == wanted
    else:
        assert dialect.parse(text).matches(document) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('eventType eq "a"', {"a"}),
        ('eventType eq "a" and severity eq "INFO"', {"a"}),
        ('eventType eq "a" or eventType eq "b"', {"a", "b"}),
        ('(eventType eq "a" or eventType eq "b") and eventType eq "b"', {"b"}),
        ('eventType eq "a" or severity eq "INFO"', None),
        ('not (eventType eq "a")', None),
        ('eventType sw "a"', None),
        ('severity eq "INFO"', None),
    ],
)
def test_an_index_is_asked_only_for_what_may_pass(text: str, wanted: set | None) -> None:
    assert allowed_values(SYSTEM_LOG.parse(text).node, "eventType") == wanted


def test_every_leaf_of_a_real_event_can_be_filtered_by() -> None:
    """L6: all attributes but published."""
    event = as_system_log(build_event("user.authentication.sso", world=World(3)))

    def leaves(value: object, path: str) -> list[str]:
        if isinstance(value, dict):
            return [leaf for name, inner in value.items() for leaf in leaves(inner, f"{path}.{name}" if path else name)]
        if isinstance(value, list):
            return [leaf for inner in value for leaf in leaves(inner, path)]
        return [path]

    paths = {path for path in leaves(event, "") if path not in {"published", "device"}}
    objects = {"actor.detailEntry", "target.detailEntry", "authenticationContext.issuer"}
    for path in paths - objects:
        SYSTEM_LOG.parse(f"{path} pr")


PIECES = st.sampled_from(
    [
        "eventType",
        "target.id",
        "published",
        "x",
        "eq",
        "ne",
        "co",
        "pr",
        "gt",
        "AND",
        "or",
        "not",
        "(",
        ")",
        '"a"',
        '"\\"',
        "'",
        "1",
        "1.5",
        "true",
        "null",
        "[",
        "]",
        "&&",
        "2026-01-01",
        "\u2028",
    ]
)


@given(
    text=st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=40),
    document=st.dictionaries(
        st.sampled_from(["eventType", "target", "actor"]),
        st.none() | st.text(max_size=3) | st.integers() | st.lists(st.dictionaries(st.just("id"), st.text(max_size=2))),
    ),
)
@settings(max_examples=120, deadline=None)
def test_no_text_and_no_document_breaks_a_scim_filter(text: str, document: dict) -> None:
    refusal, found = None, None
    try:
        found = SYSTEM_LOG.parse(text)
    except ScimError as error:
        refusal = error
    if refusal is not None:
        assert refusal.code in {"E0000053", "E0000031"}
        assert refusal.summary
    if found is not None:
        assert found.matches(document) in {True, False}
