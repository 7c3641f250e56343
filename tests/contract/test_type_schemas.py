"""Schemas of families and types: each adds to the base by ``$ref``, and resolves to one that any validator can use."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from emulator.contract.catalogue import eligible_types, known_types
from emulator.contract.problems import Level
from emulator.contract.rules import RULES
from emulator.contract.schemas import SCHEMAS, load, overlays_for, resolved_schema, validate_log_event
from emulator.payloads import World, build_event, in_shape
from emulator.resources import folder

FILES = sorted(folder("schemas").joinpath("log-event").iterdir(), key=lambda file: file.name)
NAMES = [f"log-event/{file.name.removesuffix('.schema.json')}" for file in FILES]
CASES = Path(__file__).parent.parent / "cases"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_named_for_its_types_and_refers_to_the_base(file):
    schema = json.loads(file.read_text("utf-8"))
    name = file.name.removesuffix(".schema.json")

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f"/schemas/log-event/{file.name}")
    assert schema["$ref"] == "../log-event.schema.json"
    assert schema["x-rule"] in RULES
    assert any(known == name or known.startswith(f"{name}.") for known in known_types())


@pytest.mark.parametrize("name", [*SCHEMAS, *NAMES])
def test_every_reference_is_resolved(name):
    assert '"$ref"' not in json.dumps(load(name))


def test_the_schema_of_a_family_holds_for_its_types():
    assert overlays_for("user.lifecycle.create") == ("log-event/user.lifecycle",)
    assert overlays_for("user.lifecycles.create") == ()
    assert overlays_for("") == ()


@pytest.mark.parametrize("name", sorted(eligible_types())[::6])
def test_the_resolved_schema_accepts_what_we_build(name):
    schema = resolved_schema(name)
    validator = jsonschema.Draft202012Validator(schema)
    event = build_event(name, world=World(seed=3))

    jsonschema.Draft202012Validator.check_schema(schema)
    assert '"$ref"' not in json.dumps(schema)
    for shape in ("delivery", "preview", "system-log"):
        assert [error.message for error in validator.iter_errors(in_shape(event, shape))] == []


@pytest.mark.parametrize(
    "change",
    [{"eventType": "user.session.start"}, {"severity": "info"}, {"target": [{"id": "00g1", "type": "UserGroup"}]}, {"uuid": 1}],
    ids=str,
)  # fmt: skip
def test_the_resolved_schema_refuses_other_events(change):
    validator = jsonschema.Draft202012Validator(resolved_schema("user.lifecycle.deactivate"))
    event = build_event("user.lifecycle.deactivate", world=World(seed=3))

    assert validator.is_valid(event)
    assert not validator.is_valid({**event, **change})


def test_what_is_only_newer_than_our_snapshot_is_left_out_unless_asked_for():
    event = build_event("user.session.start", world=World(seed=3))
    event["outcome"]["result"] = "POSTPONED"

    assert jsonschema.Draft202012Validator(resolved_schema("user.session.start")).is_valid(event)
    assert not jsonschema.Draft202012Validator(resolved_schema("user.session.start", level=Level.NOTE)).is_valid(event)


def test_an_unknown_type_has_the_base_schema():
    assert resolved_schema("quantum.leap")["properties"] == resolved_schema("user.session.start")["properties"]
    assert len(resolved_schema("quantum.leap")["allOf"]) < len(resolved_schema("user.session.start")["allOf"])


def test_validation_uses_the_schema_of_the_type():
    event = build_event("user.account.update_profile", world=World(seed=3))
    event["debugContext"]["debugData"]["changedAttributes"] = "login, title"
    problems = validate_log_event(event)

    assert [(problem.rule, problem.level, problem.pointer) for problem in problems] == [
        ("F15", Level.SHOULD, "/debugContext/debugData/changedAttributes")
    ]
