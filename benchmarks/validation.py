"""
Measure what ``okta-hooks validate`` costs, as ratios of CPU time to other ways to look at the same files.

Everything runs as a process of its own, start-up included, in turns; the least CPU time of each counts, so that a busy
machine disturbs little. The other ways: parsing each line with ``json``; ``json`` and ``jsonschema`` with our schemas,
their ``$ref``s followed and their formats checked; ``check-jsonschema``. The two that take long are run on fewer events
and counted up. Modules are compiled beforehand, as those of an installed package are. Exit code 1 if a limit is missed.

Run: python benchmarks/validation.py [--events N] [--rounds N] [--json]
Needs: pip install 'okta-hook-emulator[fast]' check-jsonschema
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.contract.catalogue import eligible_types
from emulator.payloads import World, build_envelope, build_event, encode, in_shape

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
HOOK = "whoa1b2c3d4e5f6g75d7"
DIFFERENT = 4000  # deliveries; a longer file repeats them
SLOW = 2000  # events for what takes a millisecond and more for each
SMALL_FILES = 1000
LIMITS = {
    "fast, to parsing alone": ("at most", 2.0),
    "json + jsonschema, to fast": ("at least", 80.0),
    "fast with 1 % invalid lines, to none": ("at most", 2.0),
    "without fast, to json + jsonschema": ("at most", 1.0),
    "1,000 small files with fast, to check-jsonschema": ("at most", 0.1),
}
PARSING = "import json,sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"
BARE = """
import json, sys
from pathlib import Path
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from emulator.contract.formats import FORMATS
checker = FormatChecker(formats=())
for name, check in FORMATS.items():
    checker.checks(name)(lambda value, check=check: not isinstance(value, str) or check(value))
schemas = [json.loads(Path(sys.argv[2], f"{name}.schema.json").read_text()) for name in ("envelope", "log-event")]
registry = Registry().with_resources([(each["$id"], DRAFT202012.create_resource(each)) for each in schemas])
validator = Draft202012Validator(schemas[0], registry=registry, format_checker=checker)
for line in open(sys.argv[1], "rb"):
    assert not list(validator.iter_errors(json.loads(line)))
"""
WITHOUT_FAST = """
import sys
sys.modules["jsonschema_rs"] = None
from emulator.cli.app import run
sys.exit(run(["validate", sys.argv[1]]))
"""


def deliveries(count: int) -> Iterator[bytes]:
    """Yield the bodies of *count* deliveries of all eligible types."""
    world, types = World(seed=7), list(eligible_types())
    for number in range(count):
        event = build_event(types[number % len(types)], world=world, number=number, hook_ids=[HOOK])
        yield encode(build_envelope([in_shape(event, "delivery")], world=world, hook_id=HOOK, number=number))


def write(path: Path, bodies: list[bytes], count: int, *, broken: int = 0) -> str:
    """Write *count* lines; with *broken*, each so-many-th has a severity that Okta doesn't know."""
    with path.open("wb") as file:
        for number in range(count):
            body = bodies[number % len(bodies)]
            if broken and number % broken == broken // 2:
                body = body.replace(b'"severity":"', b'"severity":"x', 1)
            file.write(body + b"\n")
    return str(path)


def cpu(*command: str, code: int = 0) -> float:
    """Run a command that ends with this exit code, and return the CPU seconds it took, its children's included."""
    before = os.times()
    done = subprocess.run([sys.executable, *command], check=False, stdout=subprocess.DEVNULL, cwd=ROOT)
    if done.returncode != code:
        raise SystemExit(f"{' '.join(command)[:200]} ended with {done.returncode}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def measure(folder: Path, events: int, rounds: int) -> dict[str, float]:
    """Return the least CPU seconds of each way."""
    bodies = list(deliveries(DIFFERENT))
    many = write(folder / "many.ndjson", bodies, events)
    spoilt = write(folder / "spoilt.ndjson", bodies, events, broken=100)
    few = write(folder / "few.ndjson", bodies, SLOW)
    one = write(folder / "one.ndjson", bodies, 1)
    small = folder / "small"
    small.mkdir()
    for number in range(SMALL_FILES):
        (small / f"{number:04}.json").write_bytes(bodies[number])
    schema = folder / "schema.json"
    schema.write_text(json.dumps(_one_schema()))
    files = [str(path) for path in sorted(small.iterdir())]
    validate = ("-m", "emulator", "validate", "--quiet")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    cpu(*validate, one)
    cpu("-c", BARE, one, str(ROOT / "schemas"))
    ways = {
        "parsing": lambda: cpu("-c", PARSING, many),
        "fast": lambda: cpu(*validate, many),
        "spoilt": lambda: cpu(*validate, spoilt, code=1),
        "bare": lambda: cpu("-c", BARE, few, str(ROOT / "schemas")),
        "bare start": lambda: cpu("-c", BARE, one, str(ROOT / "schemas")),
        "without": lambda: cpu("-c", WITHOUT_FAST, few),
        "small": lambda: cpu(*validate, str(small)),
        "check": lambda: cpu("-m", "check_jsonschema", "--schemafile", str(schema), *files),
    }
    least: dict[str, float] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            least[name] = min(least.get(name, 1e9), way())
    return least


def _one_schema() -> dict[str, object]:
    """Return the envelope's schema with everything it refers to inside, as check-jsonschema wants it."""
    envelope, event = (
        json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8")) for name in ("envelope", "log-event")
    )
    return {**envelope, "$defs": {"log-event": event}}


def main() -> int:
    """Print the ratios; 1 if one misses its limit."""
    parser = argparse.ArgumentParser(description="What okta-hooks validate costs.")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        least = measure(Path(folder), options.events, options.rounds)
    bare = least["bare start"] + (least["bare"] - least["bare start"]) / SLOW * options.events
    ratios = {
        "fast, to parsing alone": least["fast"] / least["parsing"],
        "json + jsonschema, to fast": bare / least["fast"],
        "fast with 1 % invalid lines, to none": least["spoilt"] / least["fast"],
        "without fast, to json + jsonschema": least["without"] / least["bare"],
        "1,000 small files with fast, to check-jsonschema": least["small"] / least["check"],
    }
    missed = [
        n for n, (word, limit) in LIMITS.items() if (ratios[n] > limit if word == "at most" else ratios[n] < limit)
    ]
    if options.json:
        print(json.dumps({"cpu_seconds": least, "ratios": ratios, "limits": LIMITS, "missed": missed}))
    else:
        for name, (word, limit) in LIMITS.items():
            print(f"{ratios[name]:8.2f}  {'MISSED ' if name in missed else ''}{word} {limit}: {name}")
        print(f"{options.events / least['fast']:,.0f} events per CPU second with fast")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
