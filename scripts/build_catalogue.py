#!/usr/bin/env python
"""
Rebuild schemas/event-types.json, our table of facts about event types, from a catalogue file.

The catalogue file holds the published event types with what was seen on the wire.  Only short facts are kept:
ids, tags, key names and their formats, display messages, legacy ids; no descriptions and no example values.
Each kind of fact stays under the name of where it comes from, so that its origin can be shown:

* ``message``, ``legacy``, ``schema`` of a type are the published catalogue's;
* ``captured`` was seen in recorded events, the most trusted value first;
* ``inferred`` is decided here, in ``INFERRED`` below.

What is in none of them is filled in by ``emulator.contract.families`` when the table is read.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TABLE = Path(__file__).resolve().parent.parent / "schemas" / "event-types.json"

# Table 11.2 gives this one in the spelling of its captured sibling, group.lifecycle.delete.
INFERRED: dict[str, Json] = {"group.lifecycle.create": {"message": "Create okta group"}}

FLAGS = {"eventHookEligible": "eligible", "oieOnly": "oie-only", "beta": "beta", "internal": "internal"}
SHOWN_AS_FLAG = {"event-hook-eligible", "oie-only"}
CAPTURED = {
    "displayMessages": "messages",
    "legacyEventTypes": "legacy",
    "severities": "severities",
    "outcomeResults": "outcomes",
    "actorTypes": "actors",
    "targetTypes": "targets",
    "debugDataKeys": "debugData",
    "previewSampleDisplayMessage": "previewMessage",
    "captures": "captures",
}
SCHEMA_ROLES = {"debugData": "debugData", "actor": "actor", "targets": "targets", "changeDetails": "changes"}


def keys_of(schema: Json) -> Json:
    """Return the wire names of a schema's keys, each with the kind of value it holds."""
    return {name: key.get("format") or str(key.get("type", "text")).lower() for name, key in schema.items()}


def facts_of(entry: Json) -> Json:
    """Return one type's line of the table."""
    line: Json = {"id": entry["id"], "category": entry.get("category", ""), "release": entry.get("release", "")}
    line["flags"] = [flag for key, flag in FLAGS.items() if entry.get(key)]
    line["tags"] = [tag for tag in entry.get("tags", ()) if tag not in SHOWN_AS_FLAG]
    if entry.get("displayMessage"):
        line["message"] = entry["displayMessage"]
    if entry.get("legacyEventTypes"):
        line["legacy"] = entry["legacyEventTypes"]
    if entry.get("schema"):
        line["schema"] = {ours: entry["schema"][key] for key, ours in SCHEMA_ROLES.items() if entry["schema"].get(key)}
    observed = entry.get("observed") or {}
    if observed:
        line["captured"] = {ours: observed[key] for key, ours in CAPTURED.items() if observed.get(key)}
    if entry["id"] in INFERRED:
        line["inferred"] = INFERRED[entry["id"]]
    return line


def build(catalogue: Json, *, date: str) -> Json:
    """Return the whole table for a parsed catalogue file; *date* is the day of its snapshot."""
    types = sorted((facts_of(entry) for entry in catalogue["types"]), key=lambda line: str(line["id"]))
    snapshot = catalogue["snapshot"]
    return {
        "snapshot": {
            "release": snapshot["catalogueRelease"],
            "date": date,
            "legacyRelease": snapshot.get("legacyMappingRelease"),
            "source": snapshot.get("source"),
            "types": len(types),
            "eligible": sum("eligible" in line["flags"] for line in types),
        },
        "commonDebugData": keys_of(catalogue.get("commonDebugData", {})),
        "schemas": {
            name: {"common": bool(schema.get("includesCommonDebugData")), "keys": keys_of(schema["keys"])}
            for name, schema in sorted(catalogue.get("schemas", {}).items())
        },
        "types": types,
    }


def text_of(table: Json) -> str:
    """Return the table as JSON with one schema or type per line, so that a diff reads like a list of changes."""

    def compact(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    schemas = ",\n".join(f"{json.dumps(name)}:{compact(schema)}" for name, schema in table["schemas"].items())
    types = ",\n".join(compact(line) for line in table["types"])
    return (
        f'{{\n"snapshot":{compact(table["snapshot"])},\n"commonDebugData":{compact(table["commonDebugData"])},\n'
        f'"schemas":{{\n{schemas}\n}},\n"types":[\n{types}\n]\n}}\n'
    )


def changes(old: Json, new: Json) -> list[str]:
    """Say line by line how the *new* table differs from the *old* one."""
    found = [
        f"snapshot {key}: {old.get('snapshot', {}).get(key)} -> {value}"
        for key, value in new["snapshot"].items()
        if old.get("snapshot", {}).get(key) != value
    ]
    before = {line["id"]: line for line in old.get("types", ())}
    after = {line["id"]: line for line in new["types"]}
    found += [f"+ {name}{_flags(after[name])}" for name in sorted(after.keys() - before.keys())]
    found += [f"- {name}{_flags(before[name])}" for name in sorted(before.keys() - after.keys())]
    for name in sorted(after.keys() & before.keys()):
        keys = dict.fromkeys([*before[name], *after[name]])
        found += [
            f"~ {name} {key}: {json.dumps(before[name].get(key))} -> {json.dumps(after[name].get(key))}"
            for key in keys
            if before[name].get(key) != after[name].get(key)
        ]
    schemas_before, schemas_after = old.get("schemas", {}), new["schemas"]
    found += [
        f"~ schema {name}"
        for name in sorted({*schemas_before, *schemas_after})
        if schemas_before.get(name) != schemas_after.get(name)
    ]
    return found


def _flags(line: Json) -> str:
    return f" ({', '.join(line['flags'])})" if line.get("flags") else ""


def main(arguments: list[str] | None = None) -> int:
    """Write the table, or with ``--check`` only say whether it would change (exit code 1)."""
    parser = argparse.ArgumentParser(description="Rebuild our table of event type facts from a catalogue file.")
    parser.add_argument("catalogue", type=Path, metavar="CATALOGUE_FILE")
    parser.add_argument("--date", help="day of the catalogue's snapshot (default: keep the table's)")
    parser.add_argument("--output", type=Path, default=TABLE, help="default: schemas/event-types.json")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the table would change")
    options = parser.parse_args(arguments)
    old: Json = json.loads(options.output.read_text("utf-8")) if options.output.exists() else {}
    date = options.date or old.get("snapshot", {}).get("date", "")
    try:
        new = build(json.loads(options.catalogue.read_text("utf-8")), date=date)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{options.catalogue}: not a readable catalogue file: {error!r}", file=sys.stderr)
        return 2
    found = changes(old, new)
    print("\n".join(found) if found else "no changes")
    if options.check:
        return 1 if found else 0
    options.output.write_text(text_of(new), "utf-8")
    print(f"{options.output.name}: {new['snapshot']['types']} types, {new['snapshot']['eligible']} eligible")
    return 0


if __name__ == "__main__":
    sys.exit(main())
