"""The quick check says yes only to what has no problem at all; everything else is looked at again."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path

import pytest

from emulator.contract import quick
from emulator.contract.checking import inspect_documents
from emulator.contract.event_shapes import shape_of
from emulator.contract.jsontext import decode, documents
from emulator.contract.schemas import validate_envelope
from emulator.payloads import World, build_envelope, build_event, encode, in_shape

pytest.importorskip("jsonschema_rs", reason="the extra fast is not installed")

ODD = [
    "", " ", "x", "Web", "a\n", "2023-02-29T00:00:00Z", "9999-12-31T23:59:59.000Z", "user..x", "\ud800", "01.2.3.4",
    "00u00000000000000000", 1, -1.5, 1e300, True, None, [], {}, [None], [{}],
]  # fmt: skip

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent.parent / "cases"
DELIVERY = CASES / "D2" / "accepted" / "delivery.json"


def slowly(data):
    source = decode(data)
    return [*source.problems, *inspect_documents(source, documents(source)).problems]


def holders(value):
    if isinstance(value, dict | list):
        for step, inner in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
            yield value, step
            yield from holders(inner)


def passes(data):
    return quick.quick_check()(data) is not None


@pytest.fixture(params=["orjson", "json", "alone"])
def parser(request, monkeypatch):
    """Run with either parser, or as for a document that is the only one."""
    if request.param == "orjson":
        pytest.importorskip("orjson", reason="the extra fast is not installed")
    else:
        monkeypatch.setitem(sys.modules, "orjson", None)
    check = quick.quick_check
    if request.param == "alone":
        monkeypatch.setattr(quick, "quick_check", quick.lone_check)
    check.cache_clear()
    yield
    check.cache_clear()


def test_no_case_with_a_problem_passes(parser):
    files = [path for path in sorted(CASES.glob("*/*/*")) if path.suffix in {".json", ".ndjson"}]
    wrong = [path.name for path in files if passes(path.read_bytes()) and slowly(path.read_bytes())]

    assert wrong == []


def test_what_is_in_order_passes_compact_and_indented(parser):
    value = json.loads(DELIVERY.read_bytes())

    for text in (
        encode(value),
        json.dumps(value).encode(),
        json.dumps(value, indent=2).encode(),
        DELIVERY.read_bytes(),
    ):
        assert passes(text)


def test_no_broken_delivery_passes(parser):
    sys.path.append(str(ROOT))
    mutations = importlib.import_module("scripts.mutations.__main__")
    sys.path.remove(str(ROOT))
    wrong = []
    for sample in list(mutations.samples(12))[::4]:
        passes(encode(sample) + b"\n")  # so that its words are remembered
        for name, change in mutations.BREAKS.items():
            changed = mutations.apply(change, sample)
            if changed is None:
                continue
            text = json.dumps(changed, separators=(",", ":")).encode(errors="replace")
            whole = json.dumps(changed, separators=(",", ":"), ensure_ascii=False).encode(errors="replace")
            if passes(text) or passes(text + b"\n") or passes(whole + b"\n"):
                wrong.append(name)

    assert wrong == []


def changed_everywhere(value):
    """Yield *value* with each member once left out, once with more inside, and once replaced by each odd thing."""
    for holder, step in holders(value):
        old = holder[step]
        more = (
            [{**old, name: odd} for name in ("odd", "request") for odd in ({}, None)] if isinstance(old, dict) else []
        )
        for odd in (*ODD, [old, old], *more):
            holder[step] = odd
            yield step, odd
        if isinstance(holder, dict):
            del holder[step]
            yield step, "left out"
        holder[step] = old


@pytest.mark.parametrize("event_type", ["user.lifecycle.create", "user.session.start", "group.profile.update"])
def test_a_usual_delivery_is_in_order_and_of_that_shape_whatever_is_changed(event_type):
    pytest.importorskip("orjson", reason="the extra fast is not installed")
    world = World(seed=7)
    event = build_event(event_type, world=world, number=1, hook_ids=["whoa1b2c3d4e5f6g75d7"])
    value = build_envelope([in_shape(event, "delivery")], world=world, hook_id="whoa1b2c3d4e5f6g75d7", number=1)
    value["data"]["events"][0]["device"] = {"name": "a device"}
    value["data"]["events"][0]["debugContext"]["debugData"]["changedAttributes"] = "name,description"
    assert passes(encode(value) + b"\n")
    wrong = []
    for step, odd in changed_everywhere(value):
        try:
            found = quick.quick_check()(encode(value) + b"\n")
        except UnicodeEncodeError:
            continue
        if found and (validate_envelope(value) or found[1] != tuple(map(shape_of, value["data"]["events"]))):
            wrong.append((step, odd))

    assert quick.quick_check()(encode(value) + b"\n") == quick.USUAL
    assert wrong == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'"eventId"', b'"source":"x","eventId"'),
        lambda text: text.replace(b'"contentType"', b'"contentType" :"x","contentType"'),
        lambda text: text.replace(b'"contentType"', b'"contentType"\t:"x","contentType"'),
        lambda text: text.replace(b'"contentType"', b'"contentType"\n:"x","contentType"'),
        lambda text: text.replace(b'"John Doe"', b'"\\ud83d"'),
        lambda text: text.replace(b'"John Doe"', b'"\\uD83D"'),
        lambda text: text.replace(b'"John Doe"', b'"\xe9"'),
        lambda text: re.sub(rb'"lon":[^}]+', b'"lon":1e999', text),
        lambda text: re.sub(rb'"lon":[^}]+', b'"lon":NaN', text),
        lambda text: text.decode().encode("utf-16-le"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text + b"}",
        lambda text: text[:-1],
    ],
)
def test_whatever_is_odd_about_the_text_is_looked_at_again(parser, change):
    text = change(encode(json.loads(DELIVERY.read_bytes())))

    assert slowly(text)
    assert not passes(text)


def test_memory_of_what_was_passed_is_bounded(monkeypatch):
    monkeypatch.setattr(quick, "_MOST", 3)
    monkeypatch.setattr(quick, "_seen", set())
    event = json.loads(DELIVERY.read_bytes())["data"]["events"][0]
    for number in range(10):
        event["actor"]["id"] = f"00u{number:017}"
        event["published"] = f"2024-07-05T09:{number:02}:30.125Z"
        event["uuid"] = "7be2f0a4-0c1d-4e7a-8a55-3c2f6d1b9e01"
        quick.nothing_to_say({**event, "eventType": f"user.new.thing{number}"})

    assert len(quick._seen) <= 3
