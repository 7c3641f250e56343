"""
Measure how fast events are made, as a ratio to asking Faker for every field of the same event.

Both make request bodies with one event each, of the same types, in turns; the least CPU time of each counts, so that a
busy machine disturbs little.  The whole process is ``okta-hooks trigger ... --count N --dry-run --print``, start-up
included; Faker's time for as many events is what it takes per event.  Exit code 1 if a limit is missed.

Run: python benchmarks/generation.py [--rounds N] [--events N] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from faker import Faker

from emulator.delivery.plan import Recipe, plan
from emulator.payloads import World

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES = (
    "user.lifecycle.deactivate", "user.lifecycle.create", "user.account.update_profile", "user.session.start",
    "user.authentication.sso", "group.user_membership.add", "application.user_membership.add", "policy.rule.update",
)  # fmt: skip
LIMITS = {"events to bytes": 40.0, "a whole process": 30.0}
SAMPLE = 300  # events that Faker makes per round


def fake_place(fake: Faker) -> dict[str, Any]:
    """Return ``geographicalContext``."""
    return {
        "city": fake.city(),
        "state": fake.state(),
        "country": fake.country(),
        "postalCode": fake.postcode(),
        "geolocation": {"lat": float(fake.latitude()), "lon": float(fake.longitude())},
    }


def fake_person(fake: Faker, prefix: str) -> dict[str, Any]:
    """Return an actor or target."""
    return {
        "id": fake.bothify(prefix + "?#?#?#?#?#?#?#5d7"),
        "type": "User",
        "alternateId": fake.ascii_safe_email(),
        "displayName": fake.name(),
    }


def fake_body(fake: Faker, event_type: str) -> bytes:
    """Return a request body of the shape that ours has, every value from Faker."""
    ip, place, request = fake.ipv4(), fake_place(fake), fake.hexify("^" * 32)
    path = f"/api/v1/users/{fake.bothify('00u?#?#?#?#?#?#?#5d7')}"
    event = {
        "uuid": fake.uuid4(),
        "published": fake.iso8601() + "Z",
        "eventType": event_type,
        "version": "0",
        "displayMessage": fake.sentence(4),
        "severity": fake.random_element(("INFO", "WARN")),
        "client": {
            "userAgent": {"rawUserAgent": fake.user_agent(), "os": fake.linux_platform_token(), "browser": "CHROME"},
            "zone": "null",
            "device": fake.random_element(("Computer", "Mobile")),
            "ipAddress": ip,
            "geographicalContext": place,
            "ipChain": [{"ip": ip, "geographicalContext": place, "version": "V4"}],
        },
        "actor": fake_person(fake, "00u"),
        "outcome": {"result": fake.random_element(("SUCCESS", "FAILURE"))},
        "target": [fake_person(fake, "00u")],
        "transaction": {"type": "WEB", "id": request, "detail": {}},
        "debugContext": {
            "debugData": {
                "requestId": request,
                "dtHash": fake.sha256(),
                "requestUri": path,
                "targetEventHookIds": fake.bothify("who?#?#?#?#?#?#?#5d7"),
                "url": f"{path}?",
            }
        },
        "legacyEventType": fake.bothify("core.user.????.????"),
        "authenticationContext": {"authenticationStep": 0, "externalSessionId": fake.bothify("102" + "?#" * 11)},
        "securityContext": {
            "asNumber": fake.random_int(1, 65_000),
            "asOrg": fake.company(),
            "isp": fake.company(),
            "domain": fake.domain_name(),
            "isProxy": fake.boolean(),
        },
    }
    envelope = {
        "eventType": "com.okta.event_hook",
        "eventTypeVersion": "1.0",
        "cloudEventsVersion": "0.1",
        "source": f"https://{fake.domain_name()}/api/v1/eventHooks/{fake.bothify('who?#?#?#?#?#?#?#5d7')}",
        "eventId": fake.uuid4(),
        "data": {"events": [event]},
        "eventTime": fake.iso8601() + "Z",
        "contentType": "application/json",
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def per_event(make: Callable[[], int]) -> float:
    """Return the CPU seconds per event of *make*, which returns how many events it made."""
    start = time.process_time()
    made = make()
    return (time.process_time() - start) / made


def with_faker() -> int:
    """Make a sample of bodies with Faker."""
    fake = Faker()
    fake.seed_instance(1)
    for number in range(SAMPLE):
        fake_body(fake, TYPES[number % len(TYPES)])
    return SAMPLE


def in_bulk() -> int:
    """Make bodies as ``trigger`` does."""
    recipe = Recipe(event_types=TYPES, count=6_000)
    world = World(1)
    return sum(1 for _ in plan(recipe, world=world, hook_id=world.hook_id()))


def whole_process(events: int) -> float:
    """Return the CPU seconds per event of a process that prints *events* bodies."""
    command = [sys.executable, "-m", "emulator", "trigger", *TYPES, "--count", str(events // len(TYPES)), "--seed", "1",
               "--dry-run", "--print"]  # fmt: skip
    quiet = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return (usage.ru_utime + usage.ru_stime) / events


def main() -> int:
    """Measure, print, and compare with the limits."""
    parser = argparse.ArgumentParser(description="Measure how fast events are made.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--events", type=int, default=100_000, help="of the whole process")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds = [(per_event(with_faker), per_event(in_bulk)) for _ in range(options.rounds)]
    faker, bulk = (min(column) for column in zip(*rounds, strict=True))
    ratios = {"events to bytes": faker / bulk, "a whole process": faker / whole_process(options.events)}
    if options.json:
        print(json.dumps({"faker_events_per_cpu_second": round(1 / faker), "ratios": ratios, "limits": LIMITS}))
    else:
        print(f"Faker for every field: {1 / faker:,.0f} events per CPU second")
        for name, ratio in ratios.items():
            print(f"{name}: {ratio:.0f} times as fast, at least {LIMITS[name]:.0f} wanted")
    return 0 if all(ratio >= LIMITS[name] for name, ratio in ratios.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
