#!/usr/bin/env python
"""
Compare generated events with recorded ones, member by member: how often it is there, null, of which type and kind.

With a folder of recorded events it first rebuilds ``tests/realism/captured-fields.json``: member names, rates, JSON
types and kinds of values of the recorded events, and of what types and causes they were.  No value is kept.
Then it generates as many events of the same types, causes and outcomes, and writes ``docs/realism.md``.

The folder holds ``*.events.json``, each a list of LogEvents, and ``*.envelopes.json``, each a list of delivery bodies;
``index.json`` says which of them ``looks`` captured.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
if importlib.util.find_spec("emulator") is None:
    sys.path.insert(0, str(ROOT))  # a checkout that isn't installed

from emulator.contract.catalogue import known_types  # noqa: E402
from emulator.payloads import Origin, World, as_delivery, as_system_log, build_event  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Json = dict[str, Any]

FACTS = ROOT / "tests" / "realism" / "captured-fields.json"
REASONS = ROOT / "tests" / "realism" / "reasons.json"
PAGE = ROOT / "docs" / "realism.md"

MAPS = ("target[].detailEntry", "target[].changeDetails", "transaction.detail")  # their keys are anybody's
ONE_OF = 12  # events that are generated for each recorded one, so that rare members show

KINDS = (
    ("uuid, version 1", r"[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    ("uuid", r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
    ("instant, milliseconds", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
    ("32 hex digits", r"[0-9a-f]{32}"),
    ("64 hex digits", r"[0-9a-f]{64}"),
    ("session id", r"(?:trs|idx|10[12])[A-Za-z0-9_-]{22}"),
    ("id of 20", r"[0-9a-zA-Z]{20}"),
    ("request id of 27", r"[A-Za-z0-9@_-]{27}"),
    ("IPv4", r"\d{1,3}(?:\.\d{1,3}){3}"),
    ("IPv6", r"[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:]*"),
    ("mail address", r"[^@\s/]+@[^@\s/]+"),
    ("true or false", r"true|false"),
    ("digits", r"-?\d+"),
    ("web address", r"https?://\S+"),
    ("event type", r"[a-z0-9_]+(?:\.[a-zA-Z0-9_]+)+"),
    ("path", r"/\S*"),
    ("null as text", r"null"),
    ("unknown as text", r"unknown|Unknown|UNKNOWN"),
    ("word in capitals", r"[A-Z][A-Z0-9_]+"),
    ("structure as text", r"[\[{].*[\]}]"),
    ("nothing", r""),
)


def kind_of(value: Any) -> str:
    """Return the kind of a value: its JSON type, and of a text what it looks like."""
    if isinstance(value, str):
        return next((name for name, pattern in KINDS if re.fullmatch(pattern, value, re.DOTALL)), "other text")
    return {bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}.get(type(value), "null")


def walk(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield every member with the path of its parent; an array's items have ``[]`` as their name."""
    if isinstance(value, dict):
        for name, member in value.items():
            shown = "<key>" if path in MAPS or path.startswith("target[].changeDetails.") else name
            inner = f"{path}.{shown}" if path else shown
            yield path, inner, member
            yield from walk(member, inner)
    elif isinstance(value, list):
        for item in value:
            yield f"{path}[]", f"{path}[]", item
            yield from walk(item, f"{path}[]")


def measure(events: Iterable[Json]) -> dict[str, Json]:
    """Return for each member: the share of parents that have it, the share of nulls, and the kinds of its values."""
    parents: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        parents[""] += 1
        for parent, path, value in walk(event):
            if parent != path:
                seen[path] += 1
            kinds[path][kind_of(value)] += 1
            if isinstance(value, dict):
                parents[path] += 1
    found = {}
    for path, values in sorted(kinds.items()):
        parent = path.rpartition(".")[0]
        total = sum(values.values())
        found[path] = {
            "present": 1.0 if path.endswith("[]") else round(min(1.0, seen[path] / max(1, parents[parent])), 2),
            "null": round(values["null"] / total, 2),
            "kinds": sorted(set(values) - {"null"}),
        }
    return found


def cause_of(event: Json) -> Origin:
    """Return what seems to have caused a recorded event."""
    transaction, actor = event.get("transaction") or {}, event.get("actor") or {}
    if transaction.get("type") == "JOB":
        return Origin.JOB
    if actor.get("type") == "SystemPrincipal" or transaction.get("id") in {None, "unknown"}:
        return Origin.SYSTEM
    agent = ((event.get("client") or {}).get("userAgent") or {}).get("rawUserAgent") or ""
    if not agent.startswith("Mozilla"):
        return Origin.API
    family = event["eventType"].partition(".")[0]
    own = family == "user" and not event["eventType"].startswith(("user.lifecycle", "user.account.privilege"))
    return Origin.USER if own or event["eventType"].startswith("policy.evaluate") else Origin.CONSOLE


def recorded(folder: Path) -> tuple[list[Json], list[Json]]:
    """Return the events of recorded deliveries without nulls, and those of the System Log API."""
    sources = json.loads((folder / "index.json").read_text("utf-8"))
    genuine = {source["id"] for source in sources if str(source.get("looks", "")).startswith("captured")}
    deliveries: list[Json] = []
    entries: list[Json] = []
    hooked: set[str] = set()
    for path in sorted(folder.glob("*.envelopes.json")):
        if path.name.partition(".")[0] in genuine:
            for envelope in json.loads(path.read_text("utf-8")):
                events = envelope["data"]["events"]
                hooked |= {event["uuid"] for event in events}
                deliveries += [event for event in events if "insertionTimestamp" not in event]
    for path in sorted(folder.glob("*.events.json")):
        if path.name.partition(".")[0] in genuine:
            entries += [event for event in json.loads(path.read_text("utf-8")) if event["uuid"] not in hooked]
    return deliveries, [event for event in entries if "request" in event and "ipChain" not in (event["client"] or {})]


def facts_of(folder: Path) -> Json:
    """Return what the recorded events of a folder are like, without any of their values."""
    facts = {}
    for shape, events in zip(("delivery", "system-log"), recorded(folder), strict=True):
        mix = Counter(
            (event["eventType"], cause_of(event).value, (event.get("outcome") or {}).get("result") or "SUCCESS")
            for event in events
        )
        facts[shape] = {
            "events": len(events),
            "mix": [[*what, count] for what, count in sorted(mix.items())],
            "fields": measure(events),
        }
    return facts


def text_of(facts: Json) -> str:
    """Return the facts as JSON with one member per line, so that a diff reads like a list of changes."""
    shapes = []
    for shape, known in facts.items():
        members = ",\n".join(f"  {json.dumps(path)}: {json.dumps(member)}" for path, member in known["fields"].items())
        mix = ",\n".join(f"  {json.dumps(row)}" for row in known["mix"])
        shapes.append(f'"{shape}": {{"events": {known["events"]}, "mix": [\n{mix}\n ], "fields": {{\n{members}\n }}}}')
    return "{\n" + ",\n".join(shapes) + "\n}\n"


def generated(shape: str, facts: Json) -> Iterator[Json]:
    """Yield events of the same types, causes and outcomes as the recorded ones of a shape."""
    in_shape = {"delivery": as_delivery, "system-log": as_system_log}[shape]
    number = 0
    for name, cause, result, count in facts["mix"]:
        if name not in known_types():
            continue
        for _ in range(count * ONE_OF):
            number += 1
            world = World(number % 23, engine="classic" if number % 5 == 0 else "oie")
            event = build_event(
                name,
                world=world,
                number=number,
                person=world.person(number),
                group=world.group(number),
                app=world.app(number),
                admin=world.admins[number % 5],
                hook_ids=[world.hook_id()] if shape == "delivery" else [],
                origin=Origin(cause),
                result=result,
            )
            yield in_shape(event)


def differences(captured: dict[str, Json], ours: dict[str, Json]) -> dict[str, str]:
    """Return, by member, what is in one of the two worlds only; a key of debugData counts, a key of a map doesn't."""
    found = {}
    for path in sorted({*captured, *ours}):
        if path not in ours:
            found[path] = "recorded only"
        elif path not in captured:
            found[path] = "generated only"
        else:
            unseen = [kind for kind in ours[path]["kinds"] if kind not in captured[path]["kinds"]]
            if unseen:
                found[path] = f"generated kinds: {', '.join(unseen)}"
    return found


def compare() -> dict[str, tuple[Json, dict[str, Json], dict[str, str]]]:
    """Return by shape: the facts, what ours are like, and the differences."""
    facts = json.loads(FACTS.read_text("utf-8"))
    found = {}
    for shape, known in facts.items():
        ours = measure(generated(shape, known))
        found[shape] = (known, ours, differences(known["fields"], ours))
    return found


def reason_for(path: str) -> str | None:
    """Return the recorded reason for a difference at a member."""
    for pattern, reason in json.loads(REASONS.read_text("utf-8")).items():
        # Brackets and keys are literal here; only the star means anything.
        if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path):
            return str(reason)
    return None


def page() -> str:
    """Return the manual's page about the comparison."""
    return INTRODUCTION + "".join(section(shape, *compared) for shape, compared in compare().items())


def section(shape: str, facts: Json, ours: dict[str, Json], found: dict[str, str]) -> str:
    """Return the part of the page that is about one shape."""
    captured = facts["fields"]
    shared = [path for path in captured if path in ours]
    off = {
        rate: sum(abs(captured[path][rate] - ours[path][rate]) for path in shared) / len(shared)
        for rate in ("present", "null")
    }
    rows = []
    for path in sorted({*captured, *ours}):
        cells = [f"`{path}`"]
        for world in (captured, ours):
            member = world.get(path)
            cells += (
                ["", "", ""]
                if member is None
                else [f"{member['present']:.0%}", f"{member['null']:.0%}", ", ".join(member["kinds"])]
            )
        cells.append(f"{found[path]}; {reason_for(path) or 'no reason is recorded'}" if path in found else "")
        rows.append(f"| {' | '.join(cells)} |")
    return f"""
## {TITLES[shape]}

{facts["events"]} recorded events of {len({name for name, *_ in facts["mix"]})} types. {len(shared)} members occur in both worlds, \
{len(captured) - len(shared)} in recorded events only, {len(ours) - len(shared)} in generated events only.
On average a member's presence differs by {off["present"]:.1%} and its share of nulls by {off["null"]:.1%}.

| member | recorded: there | null | kinds | generated: there | null | kinds | difference |
|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}
"""


TITLES = {"delivery": "In deliveries", "system-log": "In the System Log API"}
INTRODUCTION = """# Realism: generated beside recorded events

For every recorded event, twelve are generated: of the same type, with the same cause and the same outcome. Then both are measured, member by member: how often it is there, how often null, and what kinds of values it has.
A member or a kind of value that only one of the two worlds has needs a reason, or the test suite fails.
Of the recorded events, which come from public sources, we keep these numbers only. `scripts/compare_fields.py FOLDER` measures another collection, and writes this page.
"""


def main(arguments: list[str] | None = None) -> int:
    """Rebuild the facts if a folder is given, and the page; exit with 1 if a difference has no recorded reason."""
    parser = argparse.ArgumentParser(description="Compare generated events with recorded ones.")
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="recorded events")
    options = parser.parse_args(arguments)
    if options.folder is not None:
        FACTS.write_text(text_of(facts_of(options.folder)), "utf-8")
    PAGE.write_text(page(), "utf-8")
    missing = [
        f"{shape}: {path}: {difference}: no reason is recorded in {REASONS.name}"
        for shape, (_, _, found) in compare().items()
        for path, difference in found.items()
        if reason_for(path) is None
    ]
    print("\n".join(missing) if missing else f"{PAGE.name} is written; every difference has its reason")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
