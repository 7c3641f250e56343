"""The extra ``fast``: what jsonschema-rs lets pass is in order by jsonschema too, and the other way round."""

from __future__ import annotations

import importlib
import json
import sys
from functools import partial
from pathlib import Path

import pytest

from emulator.contract import fast, schemas
from emulator.contract.inspection import inspect_bytes
from emulator.contract.schema_messages import problems_from

pytest.importorskip("jsonschema_rs", reason="the extra fast is not installed")

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent.parent / "cases"
ODD = [
    "a\n", "2024-07-05T09:12:30.125Z\n", "7be2f0a4-0c1d-4e7a-8a55-3c2f6d1b9e01\n", "\ud800", "\u0000", "é" * 300,
    "\u0662\u0660\u0662\u0664-07-05T09:12:30Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z",
    "1.2.3.4", "01.2.3.4", "::1", "::ffff:1.2.3.4", "fe80::1%eth0", "1.2.3.4 ", "00000000-0000-0000-0000-000000000000",
    1.0, 0.0, -0.0, 1e300, 10**30, -1, 2**53 + 1, True, False, None, [], {}, [None], {"a": 1}, float("nan"), float("inf"),
]  # fmt: skip


def by_jsonschema(name, value):
    return not problems_from(schemas._validator(name, alone=True).iter_errors(value), schemas.load(name))


def values():
    for path in sorted(CASES.glob("*/*/*.json")):
        try:
            yield path.relative_to(CASES).as_posix(), json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            continue


def holders(value, path=()):
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, step
            yield from holders(inner, (*path, step))


def agree(name, value):
    clean, slow = schemas.clean(name)(value), by_jsonschema(name, value)
    # A day that comes every four years, an address with a zone and half a character may take the slow way.
    rare = any(sign in repr(value) for sign in ("02-29", "%eth0", "0000-01", "9999-", "nan", "\\ud8"))
    return clean == slow or (slow and rare)


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_both_agree_on_every_case_we_have(name):
    assert [case for case, value in values() if not agree(name, value)] == []


def test_both_agree_when_any_member_is_replaced_by_something_odd():
    value = json.loads((CASES / "P5" / "accepted" / "preview-of-a-real-event.json").read_bytes())
    wrong = []
    for number, (holder, step) in enumerate(list(holders(value))):
        old = holder[step]
        for odd in ODD[number % 2 :: 2]:
            holder[step] = odd
            if not agree("envelope", value):
                wrong.append((step, odd))
        holder[step] = old

    assert wrong == []


def test_both_agree_on_broken_and_varied_deliveries():
    sys.path.append(str(ROOT))
    mutations = importlib.import_module("scripts.mutations.__main__")
    sys.path.remove(str(ROOT))
    sample = next(mutations.samples(1))
    wrong = [
        name
        for name, change in {**mutations.BREAKS, **mutations.VARIATIONS}.items()
        if (changed := mutations.apply(change, sample)) is not None and not agree("envelope", changed)
    ]

    assert wrong == []


def test_reports_are_the_same_without_it(monkeypatch):
    files = [path for path in sorted(CASES.glob("*/*/*")) if path.suffix in {".json", ".ndjson"}]
    with_it = [inspect_bytes(path.read_bytes(), name=path.name) for path in files]
    monkeypatch.setattr(schemas, "clean", lambda _: None)
    monkeypatch.setattr(schemas, "_validator", partial(schemas._validator, alone=True))
    without = [inspect_bytes(path.read_bytes(), name=path.name) for path in files]

    assert with_it == without


def test_without_jsonschema_rs_there_is_nothing_compiled(monkeypatch):
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    fast.is_installed.cache_clear()
    try:
        assert fast.compiled(schemas.load("log-event")) is None
    finally:
        fast.is_installed.cache_clear()
