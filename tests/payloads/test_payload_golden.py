"""The bytes of a seed are a promise: these files only change when the product means to change them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from emulator.contract.catalogue import eligible_types
from emulator.payloads import (
    Origin,
    World,
    as_delivery,
    as_preview,
    as_system_log,
    build_envelope,
    build_event,
    encode,
    in_shape,
    preview_sample,
)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("delivery", as_delivery), ("preview", as_preview), ("system-log", as_system_log)],
)
def test_a_deactivation_has_the_recorded_bytes_in_each_shape(world, matches_golden, name, shape):
    event = build_event("user.lifecycle.deactivate", world=world, hook_ids=[world.hook_id()])

    matches_golden(f"user.lifecycle.deactivate.{name}", shape(event))


def test_preview_sample_data_has_the_recorded_bytes(world, matches_golden):
    sample = preview_sample("user.lifecycle.deactivate", world=world)

    matches_golden("user.lifecycle.deactivate.preview-sample", sample)


@pytest.mark.parametrize("origin", Origin)
def test_a_membership_has_the_recorded_bytes_from_each_origin(world, matches_golden, origin):
    event = build_event("group.user_membership.add", world=world, hook_ids=[world.hook_id()], origin=origin)

    matches_golden(f"group.user_membership.add.{origin}", as_delivery(event))


def test_an_envelope_has_the_recorded_bytes(world, matches_golden):
    events = [
        as_delivery(build_event(name, world=world, number=number, hook_ids=[world.hook_id()], person=world.person(8)))
        for number, name in enumerate(["user.session.start", "user.lifecycle.suspend"])
    ]

    matches_golden("envelope", build_envelope(events, world=world, hook_id=world.hook_id()))


SCRIPT = """
import hashlib
from emulator.contract.catalogue import eligible_types
from emulator.payloads import World, as_delivery, build_envelope, build_event, encode
world = World(42)
digest = hashlib.sha256()
for number, name in enumerate(eligible_types()):
    event = as_delivery(build_event(name, world=world, number=number, person=world.person(number)))
    digest.update(encode(build_envelope([event], world=world, hook_id=world.hook_id(), number=number)))
print(digest.hexdigest())
"""


@pytest.mark.process
def test_a_seed_gives_the_same_bytes_in_every_process(world):
    digest = hashlib.sha256()
    for number, name in enumerate(eligible_types()):
        event = as_delivery(build_event(name, world=world, number=number, person=world.person(number)))
        digest.update(encode(build_envelope([event], world=world, hook_id=world.hook_id(), number=number)))

    for hash_seed in ("0", "1", "4711"):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == digest.hexdigest()


@pytest.mark.parametrize("shape", ["delivery", "preview", "system-log"])
def test_all_types_have_the_recorded_digests(matches_golden, shape):
    """One digest per family, so that a change shows where it is; the files are rewritten on purpose only."""
    digests: dict[str, hashlib._Hash] = {}
    for seed, engine in ((1, "oie"), (2, "classic")):
        world = World(seed, engine=engine)
        for number, name in enumerate(eligible_types()):
            event = build_event(name, world=world, number=number, hook_ids=["whoA"], person=world.person(number))
            digests.setdefault(name.partition(".")[0], hashlib.sha256()).update(encode(in_shape(event, shape)))

    matches_golden(f"digests.{shape}", {family: digest.hexdigest()[:16] for family, digest in digests.items()})
