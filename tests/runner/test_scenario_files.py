"""
Reading scenario files: what is wrong with one is told all at once, with place, line, caret and nearest names.

``rejected/`` holds one file for each way of being wrong; a remark behind ``# wanted:`` is part of the message.
"""

import json
from pathlib import Path

import pytest

from emulator.errors import ScenarioError
from emulator.resources import folder
from emulator.runner.references import Scope
from emulator.runner.scenario import load
from emulator.runner.schema import scenario_schema
from emulator.runner.selection import read_file, shipped
from emulator.runner.source import InvalidScenarioError, plain
from emulator.runner.verbs import verbs
from emulator.runner.yamltext import parse

REJECTED = Path(__file__).parent / "rejected"
DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("path", sorted(REJECTED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_wrong_file_says_what_is_wrong_where(path):
    text = path.read_text(encoding="utf-8")
    wanted = [line.partition("# wanted:")[2].strip() for line in text.splitlines() if "# wanted:" in line]
    assert wanted

    with pytest.raises(ScenarioError) as caught:
        load(path.read_bytes(), path.name)

    for fragment in wanted:
        assert fragment in str(caught.value)


def test_all_problems_of_a_file_are_told_in_the_order_of_their_lines():
    text = b"scenario: x\nseed: many\nsteps:\n  - delivr: y\n  - verify: {}\n    expect: {statuss: 1}\n"

    with pytest.raises(InvalidScenarioError) as caught:
        load(text, "a.yaml")

    assert [problem.place.line for problem in caught.value.problems] == [2, 4, 6]
    assert "did you mean 'deliver'" in str(caught.value)
    assert "  4 |   - delivr: y\n    |     ^" in str(caught.value)


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_is_well_formed_and_has_a_story(name):
    scenario = load(read_file(shipped()[name], name), f"{name}.yaml")

    assert scenario.title[0].islower() or scenario.title.startswith("Okta")
    assert not scenario.title.endswith(".")
    assert scenario.about, "say why it matters, and by which rules"


@pytest.mark.parametrize("name", shipped())
def test_editors_accept_the_shipped_scenarios(name):
    from jsonschema import Draft202012Validator

    document = plain(parse(read_file(shipped()[name], name), name))

    assert [error.message for error in Draft202012Validator(scenario_schema()).iter_errors(document)] == []


def test_the_schema_for_editors_is_what_the_reader_knows():
    written = json.loads((folder("schemas") / "scenario.schema.json").read_text("utf-8"))

    assert written == scenario_schema(), "run scripts/build_scenario_schema.py"


def test_the_schema_is_a_schema_and_refuses_what_the_reader_refuses():
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(scenario_schema())
    validator = Draft202012Validator(scenario_schema())

    assert not validator.is_valid({"scenario": "x", "steps": [{"delivr": "y"}]})
    assert not validator.is_valid({"scenario": "x", "steps": [{"wait": 3}]})
    assert validator.is_valid({"scenario": "x", "steps": [{"wait": "3s"}, {"repeat": 2, "steps": [{"verify": {}}]}]})


def test_each_verb_says_what_it_does():
    for verb in verbs().values():
        assert verb.doc.endswith(".")
        assert all(option.doc.endswith(".") for option in verb.options.values())


def test_references_to_references_do_not_grow_without_end() -> None:
    """Ten variables, each of which names the next one fifty times."""
    values = {f"v{number}": f"${{v{number + 1}}}" * 50 for number in range(9)} | {"v9": "x"}
    node = parse(b"${v0}", "x.yaml")

    with pytest.raises(ScenarioError, match="more than 2000 references to follow"):
        Scope(values=values).resolve(node)
