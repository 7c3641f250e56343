"""The JSON Schema of scenario files, for editors; generated from what the reader itself knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.runner.kinds import Option, Record
from emulator.runner.scenario import OPTIONS
from emulator.runner.verbs import verbs

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject

__all__ = ["scenario_schema"]


def scenario_schema() -> JsonObject:
    """Return the schema; ``scripts/build_scenario_schema.py`` writes it, and a test keeps the file true."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:okta-hook-emulator:scenario",
        "title": "A scenario of okta-hook-emulator",
        "description": "A story of an Okta event hook: what is sent, and what has to come of it.",
        **Record("a scenario", OPTIONS).schema(),
        "$defs": {
            "step": {
                "description": "One thing that happens.",
                "type": "object",
                "oneOf": [{"$ref": f"#/$defs/step-{name}"} for name in verbs()],
            },
            **{name: record.definition() for name, record in sorted(Record.shared.items())},
            **{
                f"step-{name}": {
                    "title": name,
                    **Record(name, {name: Option(verb.argument, verb.doc, required=True), **verb.options}).schema(),
                }
                for name, verb in verbs().items()
            },
        },
    }
