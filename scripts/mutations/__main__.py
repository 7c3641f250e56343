"""
Break valid deliveries in many ways, vary them in harmless ones, and see what ``validate`` makes of it.

From the top of a checkout: python -m scripts.mutations [--list] [--events N]
A break is something Okta never does (must) or was never seen to do (should); a variation is something it may do,
and never gets a *must*.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections import Counter
from typing import TYPE_CHECKING

from emulator.contract.catalogue import eligible_types
from emulator.contract.problems import Level
from emulator.contract.schemas import validate_envelope
from emulator.payloads import Origin, World, build_envelope, build_event, in_shape
from scripts.mutations.breaks import BREAKS as CRUDE_BREAKS
from scripts.mutations.slips import SLIPS
from scripts.mutations.variations import VARIATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.mutations.changes import Change, Json

BREAKS = {**CRUDE_BREAKS, **SLIPS}


def samples(count: int = 40) -> Iterator[Json]:
    """Yield valid deliveries of *count* event types, of several origins and in both shapes that hooks carry."""
    names = list(eligible_types())
    shapes = ("delivery", "delivery", "preview")
    origins = list(Origin)
    first = [
        "user.lifecycle.deactivate",
        "group.user_membership.add",
        "application.user_membership.add",
        "user.session.start",
    ]
    chosen = list(dict.fromkeys([*first, *names[:: max(1, len(names) // count)]]))[:count]
    for number, name in enumerate(chosen):
        world = World(seed=number)
        event = build_event(
            name,
            world=world,
            number=number,
            origin=origins[number % len(origins)] if number % 3 else None,
            hook_ids=["whoa1b2c3d4e5f6g75d7"],
        )
        yield build_envelope([in_shape(event, shapes[number % 3])], world=world, hook_id="whoa1b2c3d4e5f6g75d7")


def levels(envelope: Json) -> set[Level]:
    """Return the levels of the problems of a delivery."""
    return {problem.level for problem in validate_envelope(envelope)}


def apply(change: Change, sample: Json) -> Json | None:
    """Return a changed copy, or None if the change doesn't apply to this sample."""
    changed = copy.deepcopy(sample)
    return None if change(changed, changed["data"]["events"][0]) is False else changed


def run(changes: dict[str, Change], count: int = 40) -> dict[str, Counter[str]]:
    """Return for each change how often it applied, was flagged (must or should) and got a *must*."""
    found: dict[str, Counter[str]] = {name: Counter() for name in changes}
    for sample in samples(count):
        for name, change in changes.items():
            changed = apply(change, sample)
            if changed is None:
                continue
            got = levels(changed)
            found[name].update(applied=1, flagged=bool(got & {Level.MUST, Level.SHOULD}), must=Level.MUST in got)
    return found


def main() -> int:
    """Print the outcome; 1 if the bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutations", description=(__doc__ or "").strip())
    parser.add_argument("--list", action="store_true", help="show every change")
    parser.add_argument("--events", type=int, default=40)
    options = parser.parse_args()
    broken, varied = run(BREAKS, options.events), run(VARIATIONS, options.events)
    applied, flagged = (sum(counts[key] for counts in broken.values()) for key in ("applied", "flagged"))
    for name, counts in broken.items():
        if options.list or counts["flagged"] < counts["applied"] or not counts["applied"]:
            print(f"{counts['flagged']:3}/{counts['applied']:<3} {name}")
    alarms = {name: counts["must"] for name, counts in varied.items() if counts["must"]}
    print(f"{len(broken)} breaks of {options.events} events: {flagged} of {applied} flagged ({flagged / applied:.2%})")
    print(
        f"{len(varied)} variations: {sum(c['applied'] for c in varied.values())} tried, false alarms: {alarms or 'none'}"
    )
    return 0 if flagged >= 0.99 * applied and not alarms else 1


if __name__ == "__main__":
    sys.exit(main())
