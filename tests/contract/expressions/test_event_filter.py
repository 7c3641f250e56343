"""Event hook filters: what is read, what it gives for an event, and what is said about those that can't be read."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emulator.contract.expressions.event_filter import EvaluationError, ExpressionError, api_cause, parse
from emulator.payloads import World, as_delivery, as_preview, as_system_log, build_event, preview_sample

TARGETS = [
    {"id": "00u1", "type": "User", "alternateId": "ann@example.com", "displayName": "Ann O'Neil"},
    {"id": "00g1", "type": "UserGroup", "alternateId": "unknown", "displayName": "Sales"},
    {"id": "00g2", "type": "UserGroup", "alternateId": "unknown", "displayName": "Support"},
]
EVENT = {
    "eventType": "group.user_membership.add",
    "actor": {"id": "00ua", "type": "User", "alternateId": "admin@example.com", "displayName": "Org Admin"},
    "outcome": {"result": "SUCCESS", "reason": "User set up OKTA_VERIFY_PUSH factor"},
    "target": TARGETS,
    "debugContext": {"debugData": {"changedAttributes": "lastName,displayName"}},
}
BARE = {"eventType": "x.y", "outcome": {"result": "FAILURE", "reason": None}, "target": None, "debugContext": None}

# rule, expression, what it gives for EVENT, what it gives for BARE (None: an evaluation error).
VALUES = [
    ("F6", "event.eventType eq 'group.user_membership.add'", True, False),
    ("F6", "event.outcome.reason ne null", True, False),
    ("F6", "event.actor.id eq '00ua' && event.actor.type eq 'User'", True, False),
    ("F6", "event.actor.alternateId eq 'admin@example.com'", True, False),
    ("F6", "event.actor.displayName eq 'Org Admin'", True, False),
    ("F7", "event.target.?[type eq 'UserGroup'].size()>0", True, False),
    ("F7", "event.target.?[type eq 'UserGroup' && displayName eq 'Sales'].size()>0", True, False),
    ("F7", "event.target.?[type eq 'User' && displayName eq 'Sales'].size()>0", False, False),
    ("F7", "event.target.?[id eq '00u1' || alternateId eq 'unknown'].size() == 3", True, False),
    ("F8", "event.outcome.result == 'SUCCESS'", True, False),
    ("F8", "event.outcome.result != 'SUCCESS'", False, True),
    ("F8", "event.actor.id != null", True, False),
    ("F8", "event.outcome.result eq 'DENY' OR event.outcome.result EQ 'SUCCESS'", True, False),
    ("F8", "event.outcome.result eq 'SUCCESS' And event.actor.id eq 'x'", False, False),
    ("F8", "!(event.outcome.result eq 'SUCCESS')", False, True),
    ("F8", "not (event.outcome.result eq 'SUCCESS')", False, True),
    ("F8", "(event.outcome.result eq 'FAILURE' || true) && event.actor.id ne null", True, False),
    ("F8", "event.outcome.result eq 'FAILURE' || true && event.actor.id ne null", True, True),  # && binds closer
    ("F8", "event.target.?[type eq 'UserGroup'].size() >= 2", True, False),
    ("F8", "event.target.?[type eq 'UserGroup'].size() lt 1", False, True),
    ("F8", "event.target.?[type eq 'UserGroup'].size() <= 2", True, True),
    ("F8", "event.target.?[type eq 'UserGroup'].size() gt 1", True, False),
    ("F8", "event.actor.alternateId matches '.*@example[.]com'", True, False),
    ("F8", "event.actor.alternateId matches 'example'", False, False),  # the whole text is meant
    ("F8", "event.outcome.result < 'T'", True, True),
    ("F9", "event.outcome.reason.contains('OKTA_VERIFY_PUSH')", True, None),
    ("F9", "event.outcome.reason . contains ( 'SMS_FACTOR' )", False, None),
    ("F10", "event.outcome.result eq'SUCCESS'", True, False),
    ("F10", "event.target.?[type eq 'User'].size() >0", True, False),
    ("F10", "event.target.?[displayName eq 'Ann O''Neil'].size() eq 1", True, False),
    ("F10", "true", True, True),
    ("F10", "FALSE || event.outcome.result eq 'FAILURE'", False, True),
    ("F10", "event\n.\nactor\n.id\teq '00ua'", True, False),
    ("F11", "event.target.?[type eq 'User'].size()>0 && event.target.?[displayName eq 'Sales'].size()>0", True, False),
    ("F13", "event.outcome.result eq 'Success'", False, False),
    ("F14", "event.outcome.reason eq 'x'", False, False),
    ("F14", "event.outcome.reason eq null", False, True),
    ("F14", "event.target.?[type eq 'User'].size() eq 0", False, True),
    ("F14", "event.outcome.reason ne 'x'", True, True),
    ("F14", "event.debugData.changedAttributes.contains('lastName')", True, None),
    ("F14", "event.outcome.result eq 'SUCCESS' || event.outcome.reason.contains('x')", True, None),
    ("F14", "event.outcome.result eq 'FAILURE' || event.outcome.reason.contains('x')", False, True),
    ("F14", "event.outcome.reason ne null && event.outcome.reason.contains('x')", False, False),
    ("F15", "event.debugData.changedAttributes eq 'lastName'", False, False),
    ("F15", "event.debugData.changedAttributes eq 'lastName,displayName'", True, False),
    ("F15", "event.debugData.changedAttributes.contains('Name')", True, None),
    ("F15", "event.debugData.changedAttributes.contains('name')", False, None),
    ("F21", "event.eventType eq 'Admin' && event.eventType ne 'Bob'", False, False),
]


@pytest.mark.parametrize(("rule", "text", "of_event", "of_bare"), VALUES)
def test_a_filter_gives_its_value(*, rule: str, text: str, of_event: bool | None, of_bare: bool | None) -> None:
    found = parse(text)

    for event, wanted in ((EVENT, of_event), (BARE, of_bare)):
        trace = found.explain(event)
        assert (None if trace.failed else trace.value) is wanted, trace
        assert found.delivers(event) is (wanted is True)
        assert found.delivers(event, on_error="deliver") is (wanted is not False)
        if wanted is None:
            with pytest.raises(EvaluationError):
                found.matches(event)
        else:
            assert found.matches(event) is wanted


# expression, position of the fault, words of the message, words of the hint.
REFUSED = [
    ("", 0, "empty", "event.outcome.result"),
    ("   ", 0, "empty", ""),
    ("event.outcome.result", 0, "gives text", "compare it"),
    ("event.target.?[type eq 'User']", 0, "gives a list of targets", ".size() > 0"),
    ("event.target.?[type eq 'User'].size()", 0, "gives a number", "> 0"),
    ("null", 0, "gives null", ""),
    ("event.outcom.result eq 'A'", 0, "can't be read", "did you mean 'event.outcome.result'"),
    ("event.actor.login eq 'A'", 0, "can't be read", "event.actor.alternateId"),
    ("actor.id eq 'A'", 0, "can't be read", "did you mean 'event.actor.id'?"),
    ("user.login eq 'A'", 0, "can't be read", "not Okta's user or app profiles"),
    ("event.debugContext.debugData.changedAttributes.contains('a')", 0, "can't be read", "(F6)"),
    ("event.debugData.requestUri eq 'a'", 0, "can't be read", "changedAttributes"),
    ("event.client.ipAddress eq 'a'", 0, "can't be read", "readable here"),
    ("event.target.?[login eq 'a'].size() > 0", 15, "'login' can't be read", "alternateId"),
    ("event.target.?[event.actor.id eq 'a'].size() > 0", 15, "only the target's own members", "displayName"),
    ("event.target.?[true].size() > 0 && type eq 'User'", 35, "'type' can't be read", ""),
    ("event.actor.?[type eq 'User'].size() > 0", 0, "only event.target can be selected from", ""),
    ("event.target.type eq 'User'", 0, "have to be selected", ".?["),
    ("event.target[0].type eq 'User'", 12, "not taken by number", ".?["),
    ("event.target.![type] eq 'User'", 12, "projection", ".?["),
    ("event.target.^[type eq 'User'] ne null", 12, "first and last", ".?["),
    ("event.target.?[type eq 'A'].size().size() > 0", 35, "size() counts a selection", ""),
    ("event.actor.id.size() > 0", 0, "only a selection has a size", ""),
    ("event.target.?[type eq 'A'].size(1) > 0", 28, "takes no argument", ""),
    ("String.stringContains(event.actor.id, 'x')", 7, "no stringContains()", "(F9)"),
    ("event.actor.id.contain('x')", 15, "no contain()", "did you mean 'contains'"),
    ("event.actor.id.contains()", 15, "about one text", ""),
    ("event.actor.id.contains(event.actor.type)", 15, "about one text", ""),
    ("event.actor.id.contains('a', 'b')", 15, "about one text", ""),
    ('event.actor.id eq "x"', 18, "single quotes", "'SUCCESS'"),
    ("event.actor.id eq \u2019x\u2019", 18, "typographic", ""),
    ("event.actor.id eq 'x", 18, "no end", "O''Brien"),
    ("event.actor.id = 'x'", 15, "one =", "eq"),
    ("event.actor.id eq 'x' & true", 22, "one &", "&&"),
    ("event.actor.id eq 'x' | true", 22, "one |", "||"),
    ("event.actor.id co 'x'", 15, "SCIM", ".contains"),
    ("event.actor.id sw 'x'", 15, "SCIM", ".contains"),
    ("event.actor.id pr", 15, "SCIM", ".contains"),
    ("event.actor.id in ('x')", 15, "unknown to event hook filters", "||"),
    ("event.actor.id ?: 'x'", 15, "neither", "null"),
    ("event.target.?[true].size() + 1 > 0", 28, "no arithmetic", ""),
    ("#event.actor.id eq 'x'", 0, "no variables", ""),
    ("${event.actor.id} eq 'x'", 0, "no variables", ""),
    ("(event.actor.id eq 'x'", 22, "before its '('", ""),
    ("event.target.?[type eq 'x'", 26, "before its '['", ""),
    ("event.actor.id eq 'x')", 21, "closes nothing", ""),
    ("event.actor.id eq 'x' &&", 24, "too early", ""),
    ("&& event.actor.id eq 'x'", 0, "missing before this operator", ""),
    ("event.actor.id eq 'x' event.actor.id eq 'y'", 22, "'event' makes no sense", "operator"),
    ("event.actor.id eq 'a' eq 'b'", 22, "'eq' makes no sense", "operator"),
    ("not event.actor.id eq 'x'", 0, "binds to what follows", "parentheses"),
    ("!event.actor.id eq 'x'", 0, "binds to what follows", "ne"),
    ("event.actor.id > 1", 15, "have no order", ""),
    ("event.target.?[true].size() eq 99999999999999999999", 31, "too large", ""),
    ("event.actor.id matches '('", 23, "lacks a ')'", ""),
    ("event.actor.id matches '(?<=x)y'", 23, "not supported", ""),
    ("event.actor.id matches event.actor.type", 15, "pattern", ""),
    ("event.actor.id and true", 0, "gives text", ""),
    ("event.target.?[true] eq null", 21, "can't be compared", ".size()"),
    ("event.actor.id eq 'x'; true", 21, "ends here", ""),
    ("(" * 51 + "true" + ")" * 51, None, "more than 50", ""),
    ("!" * 60 + "true", None, "more than 50", ""),
    ("true || " * 2000 + "true", 0, "16004 characters", ""),
]


@pytest.mark.parametrize(("text", "position", "message", "hint"), REFUSED, ids=[row[0][:60] for row in REFUSED])
def test_a_filter_that_cannot_be_read_is_explained(text: str, position: int | None, message: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)

    error = caught.value
    assert message in error.message
    assert hint in error.advice
    if position is not None:
        assert error.position == position
    assert api_cause(error) == f"expression: Invalid Okta Expression Language statement at position {error.position}"


def test_many_conditions_side_by_side_are_no_depth() -> None:
    found = parse(" || ".join(f"event.actor.id eq '{n}'" for n in range(200)))

    assert found.matches({"actor": {"id": "199"}})


STRICT = [
    ("event.outcome.result == 'A'", "'=='"),
    ("event.outcome.result eq 'A' or true", "'or'"),
    ("event.outcome.result EQ 'A'", "'EQ'"),
    ("(event.outcome.result eq 'A')", "parentheses"),
    ("!true", "'!'"),
    ("event.actor.id.contains('a')", "contains()"),
    ("event.actor.id > 'a'", "'>'"),
    ("event.target.?[displayName eq 'a'].size() >= 1", "'>='"),
    ("event.actor.id matches 'a'", "'matches'"),
]


@pytest.mark.parametrize(("text", "words"), STRICT)
def test_strict_refuses_what_is_not_documented(text: str, words: str) -> None:
    """F8: accepted by default."""
    parse(text)

    with pytest.raises(ExpressionError, match=r"F8|F9") as caught:
        parse(text, strict=True)
    assert words in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "event.target.?[type eq 'UserGroup'].size()>0 && event.target.?[displayName ne 'Sales'].size()>0",
        "event.outcome.reason.contains('x') || event.debugData.changedAttributes.contains('login')",
    ],
)
def test_strict_takes_what_is_documented(text: str) -> None:
    assert parse(text, strict=True).text == text


def test_every_shape_of_an_event_gives_the_same_value() -> None:
    """L13: a delivery and the System Log show the same event."""
    world = World(7)
    texts = [text for _, text, _, _ in VALUES]
    for event_type in ("group.user_membership.add", "user.account.update_profile", "user.session.start"):
        event = build_event(event_type, world=world)
        shapes = [as_delivery(event), as_preview(event), as_system_log(event)]
        for text in texts:
            assert len({parse(text).delivers(shape) for shape in shapes}) == 1, text


def test_preview_sample_data_has_no_targets_and_no_debug_data() -> None:
    """P7, F14."""
    sample = preview_sample("user.lifecycle.create", world=World(1))

    assert parse("event.target.?[true].size() eq 0 && event.actor.id eq null").matches(sample)
    assert parse("event.debugData.changedAttributes.contains('x')").explain(sample).failed


def test_an_explanation_gives_every_part_with_its_value() -> None:
    trace = parse("event.outcome.result eq 'success' || event.target.?[type eq 'UserGroup'].size() > 1").explain(EVENT)

    first, second = trace.parts
    assert (trace.value, first.value, second.value) == (True, False, True)
    assert "capitals count (F13)" in first.why
    assert trace.why == "event.target.?[type eq 'UserGroup'].size() > 1 is true"
    selection = second.parts[0].parts[0]
    assert selection.why == "2 of 3 targets"
    assert [part.value for part in selection.parts] == [False, True, True]
    assert selection.parts[0].text == "target[0] User ann@example.com Ann O'Neil"


def test_a_part_after_the_decision_is_shown_but_decides_nothing() -> None:
    trace = parse("event.outcome.result eq 'SUCCESS' || event.outcome.reason.contains('x')").explain(
        {**EVENT, "outcome": {"result": "SUCCESS"}}
    )

    assert trace.value is True
    assert (trace.parts[1].failed, trace.parts[1].needed) == (True, False)


PIECES = st.sampled_from(
    [
        "event.actor.id",
        "event.outcome.reason",
        "event.target.?[",
        "type",
        "alternateId",
        "]",
        ".size()",
        ".contains(",
        "'a'",
        "'User'",
        "''",
        "(",
        ")",
        "eq",
        "ne",
        "==",
        "!=",
        "&&",
        "||",
        "and",
        "OR",
        "not",
        "!",
        ">",
        "<",
        ">=",
        "0",
        "1",
        "-3",
        "true",
        "false",
        "null",
        "matches",
        "'(a|b)*'",
        '"',
        "'",
        ".",
        "?.",
        "[",
        ",",
        "#",
        "\u2028",
        "\x00",
        "😀",
        "event",
        "user",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["actor", "id", "outcome", "reason", "target", "type"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(text=st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=40), event=st.dictionaries(
    st.sampled_from(["actor", "outcome", "target", "debugContext", "eventType"]), JSON, max_size=4
))  # fmt: skip
@settings(max_examples=120, deadline=None)
@example(text="event.target.?[type eq 'User'].size() > 0", event={"target": [1, None, {"type": []}]})
@example(text="event.outcome.reason.contains('a')", event={"outcome": {"reason": 5}})
def test_no_text_and_no_event_breaks_a_filter(text: str, event: dict) -> None:
    """Whatever comes in, the answer is a value, an explained evaluation error, or an explained refusal."""
    refusal, found = None, None
    try:
        found = parse(text)
    except ExpressionError as error:
        refusal = error
    if refusal is not None:
        assert refusal.message
        assert 0 <= refusal.position <= len(text)
    if found is not None:
        trace = found.explain(event)
        assert trace.failed or isinstance(trace.value, bool)
