from __future__ import annotations

import copy

import pytest

from emulator.errors import UsageError
from emulator.payloads import edit_envelope, edit_event, parse_remove, parse_set, parse_value, remove, set_value

EVENT = {
    "uuid": "u",
    "version": "0",
    "device": None,
    "target": [{"id": "a", "alternateId": "x"}, {"id": "b"}],
    "debugContext": {"debugData": {"a.b": "1", "c/d": "2", "": "3"}},
}


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ("version", "1", {**EVENT, "version": "1"}),
        ("version", 1, {**EVENT, "version": 1}),
        ("/version", "1", {**EVENT, "version": "1"}),
        ("target.0.alternateId", "y", {**EVENT, "target": [{"id": "a", "alternateId": "y"}, {"id": "b"}]}),
        ("/target/0/alternateId", "y", {**EVENT, "target": [{"id": "a", "alternateId": "y"}, {"id": "b"}]}),
        ("target", None, {**EVENT, "target": None}),
        ("target.2", {"id": "c"}, {**EVENT, "target": [*EVENT["target"], {"id": "c"}]}),
        ("target.-", {"id": "c"}, {**EVENT, "target": [*EVENT["target"], {"id": "c"}]}),
        ("target.-.id", "c", {**EVENT, "target": [*EVENT["target"], {"id": "c"}]}),
        ("/debugContext/debugData/a.b", "9", {**EVENT, "debugContext": {"debugData": {"a.b": "9", "c/d": "2", "": "3"}}}),
        ("/debugContext/debugData/c~1d", "9", {**EVENT, "debugContext": {"debugData": {"a.b": "1", "c/d": "9", "": "3"}}}),
        ("/debugContext/debugData/", "9", {**EVENT, "debugContext": {"debugData": {"a.b": "1", "c/d": "2", "": "9"}}}),
        ("newMember", True, {**EVENT, "newMember": True}),
        ("a.b.c", 1, {**EVENT, "a": {"b": {"c": 1}}}),
        ("device.id", "guo", {**EVENT, "device": {"id": "guo"}}),
        ("list.0.id", "x", {**EVENT, "list": [{"id": "x"}]}),
        ("list.-", "x", {**EVENT, "list": ["x"]}),
    ],
)  # fmt: skip
def test_setting_gives_a_changed_copy(path, value, wanted):
    before = copy.deepcopy(EVENT)
    edited = set_value(EVENT, path, value)

    assert edited == wanted
    assert before == EVENT


def test_a_new_member_stands_last_and_an_old_one_keeps_its_place():
    edited = set_value(set_value(EVENT, "zzz", 1), "uuid", "v")

    assert list(edited) == [*EVENT, "zzz"]


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("version.x", "there is no 'x' in version, which is text", ""),
        ("target.x", "there is no index 'x' in target", "an array of 2: its indexes are 0 to 1; - appends"),
        ("target.3", "there is no index '3' in target", "0 to 1"),
        ("target.-1", "there is no index '-1' in target", "0 to 1"),
        ("target.01", "there is no index '01' in target", "0 to 1"),
        ("target.٣", "there is no index '٣' in target", "0 to 1"),
        ("target.0.id.x", "there is no 'x' in target.0.id, which is text", ""),
        ("new.1.id", "", None),
        ("", "the path is empty", "actor.id"),
        ("a..b", "the path 'a..b' has an empty part", "actor.id"),
        (".a", "the path '.a' has an empty part", "actor.id"),
        ("/a~b", "'/a~b' has a '~' by itself", "~0"),
        (".".join("a" * 65), "the path has 65 parts, the most is 64", ""),
    ],
)
def test_setting_where_nothing_can_be_is_a_usage_error(path, message, hint):
    if hint is None:
        assert set_value(EVENT, path, 1)["new"] == {"1": {"id": 1}}
        return
    with pytest.raises(UsageError) as caught:
        set_value(EVENT, path, 1)

    assert caught.value.message == message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("uuid", {name: value for name, value in EVENT.items() if name != "uuid"}),
        ("target.0", {**EVENT, "target": [{"id": "b"}]}),
        ("target.0.id", {**EVENT, "target": [{"alternateId": "x"}, {"id": "b"}]}),
        ("device", {name: value for name, value in EVENT.items() if name != "device"}),
        ("/debugContext/debugData/a.b", {**EVENT, "debugContext": {"debugData": {"c/d": "2", "": "3"}}}),
    ],
)
def test_removing_gives_a_copy_without(path, wanted):
    before = copy.deepcopy(EVENT)

    assert remove(EVENT, path) == wanted
    assert before == EVENT


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("target.0.alternateID", "there is no 'alternateID' in target.0", "did you mean 'alternateId'?"),
        ("uid", "there is no 'uid' in the document", "did you mean 'uuid'?"),
        ("target.2", "there is no index '2' in target", "its indexes are 0 to 1"),
        ("target.-", "there is no index '-' in target", "its indexes are 0 to 1"),
        ("device.id", "there is no 'id' in device, which is null", ""),
        ("version.0", "there is no '0' in version, which is text", ""),
        ("nothing.at.all", "there is no 'nothing' in the document", "the document has: uuid, version"),
    ],
)
def test_removing_what_is_not_there_is_a_usage_error(path, message, hint):
    with pytest.raises(UsageError) as caught:
        remove(EVENT, path)

    assert caught.value.message == message
    assert hint in caught.value.hint
    assert "- appends" not in caught.value.hint


@pytest.mark.parametrize("empty", [{"a": {}}, {"a": []}])
def test_removing_from_what_is_empty_says_so(empty):
    with pytest.raises(UsageError) as caught:
        remove(empty, "a.0")

    assert "empty" in caught.value.hint or "no index yet" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ('"0"', "0"),
        ("1.5", 1.5),
        ("true", True),
        ("True", "True"),
        ("null", None),
        ('{"a":[1]}', {"a": [1]}),
        ("", ""),
        ("Hello, world", "Hello, world"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        ("[" * 100_000, "[" * 100_000),
        ('"\\ud800"', "\ud800"),
        ("a=b", "a=b"),
    ],
)
def test_a_value_is_json_if_it_can_be(text, value):
    assert parse_value(text) == value
    assert type(parse_value(text)) is type(value)


def test_an_option_is_a_path_and_a_value():
    edit = parse_set("outcome.result=DENY=NO")

    assert (edit.parts, edit.value, edit.of_envelope, edit.removes) == (("outcome", "result"), "DENY=NO", False, False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("outcome.result", "'outcome.result' has no '='"),
        ("=x", "the path is empty"),
        ("envelope=x", "the envelope can't be replaced as a whole"),
        ("eventId=x", "'eventId' is a member of the envelope, and a path starts at the event"),
        ("data.events.0.uuid=x", "'data' is a member of the envelope, and a path starts at the event"),
        ("target[0].id=x", "the path 'target[0].id' is neither dotted nor a pointer"),
        ("$.target.0.id=x", "the path '$.target.0.id' is neither dotted nor a pointer"),
    ],
)
def test_a_malformed_option_is_a_usage_error(text, message):
    with pytest.raises(UsageError) as caught:
        parse_set(text)

    assert caught.value.message == message
    assert caught.value.where == "--set"


@pytest.mark.parametrize("path", ["envelope.eventId", "/envelope/eventId"])
def test_a_path_can_start_at_the_envelope(path):
    envelope = {"eventId": "1", "data": {"events": [{"uuid": "a"}, {"uuid": "b"}]}}
    edits = [parse_set(f"{path}=2"), parse_remove("envelope.data.events.1.uuid"), parse_set("n=1"), parse_set("n=2")]

    assert edit_envelope(envelope, edits) == {
        "eventId": 2,
        "data": {"events": [{"uuid": "a", "n": 2}, {"n": 2}]},
    }
    assert edit_event({"uuid": "a"}, edits) == {"uuid": "a", "n": 2}


def test_edits_apply_in_order():
    edits = [parse_set("target.0.id=1"), parse_remove("target"), parse_set("target.0.id=2")]

    assert edit_event(EVENT, edits)["target"] == [{"id": 2}]
    assert edit_event({"a": 1}, edits) == {"a": 1, "target": [{"id": 2}]}


def test_an_error_names_the_path_of_the_edit():
    with pytest.raises(UsageError) as caught:
        edit_event(EVENT, [parse_remove("target.0.alternateID")])

    assert caught.value.where == "target.0.alternateID"


def test_events_that_are_gone_can_not_be_edited():
    with pytest.raises(UsageError, match="no events left"):
        edit_envelope({"data": {"events": []}}, [parse_set("envelope.data=1"), parse_set("uuid=x")])


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("target[0].id", "write target.0.id"),
        ("$.target[0]['id']", "write target.0.id"),
        ("eventId", "write envelope.eventId"),
        ("data.events.0.uuid", "write envelope.data.events.0.uuid"),
    ],
)
def test_a_slip_gets_the_right_form(path, hint):
    with pytest.raises(UsageError) as caught:
        parse_set(f"{path}=x")

    assert caught.value.hint == hint


def test_a_pointer_is_taken_as_it_is():
    assert edit_event({}, [parse_set("/eventId=x"), parse_set("/a[0]=y")]) == {"eventId": "x", "a[0]": "y"}
