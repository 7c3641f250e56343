"""
How fast an org delivers, as a part of what its receiver can take.

    python benchmarks/org.py [USERS]

Creates and deactivates USERS users (default 1,000) in an org, whose hook is the reference receiver on loopback, and
checks by uuid that every event arrived exactly once.  The receiver's own limit is measured in the same run, with the
same requests from as many connections at once as the org uses: one.  Absolute numbers mean little; the ratio does.
"""

from __future__ import annotations

import sys
import time

from emulator import Org
from emulator.delivery.dispatcher import delivery_request
from emulator.delivery.transport import Transport
from emulator.payloads import World, as_delivery, build_envelope, build_event, encode
from receiver import Receiver

TYPES = ["user.lifecycle.create", "user.lifecycle.deactivate"]


def limit(requests: int) -> float:
    """Return how many single events a second the receiver takes, one request after the other."""
    world, sender = World(1), Transport()
    bodies = [
        encode(
            build_envelope(
                [as_delivery(build_event(TYPES[0], world=world, number=number))],
                world=world,
                hook_id=world.hook_id(),
                number=number,
            )
        )
        for number in range(requests)
    ]
    with Receiver(auth="secret") as receiver, Org(seed=1) as org:
        channel = org.create_event_hook(uri=receiver.url, events=TYPES, auth="secret").channel
        began = time.perf_counter()
        for body in bodies:
            sender.send(delivery_request(channel, body, hook_id=world.hook_id()))
        return requests / (time.perf_counter() - began)


def main(users: int) -> None:
    """Measure and print."""
    alone = limit(users)
    with Receiver(auth="secret") as receiver, Org(seed=2) as org:
        org.verify(org.create_event_hook(uri=receiver.url, events=TYPES, auth="secret"))
        org.pause()  # so that changes and deliveries are measured apart
        began = time.perf_counter()
        for number in range(users):
            org.create_user(login=f"user{number}@example.com").deactivate()
        changed = time.perf_counter() - began
        org.resume()
        began = time.perf_counter()
        deliveries = org.drain(timeout=600)
        drained = time.perf_counter() - began
        happened = {event["uuid"] for name in TYPES for event in org.system_log(name)}
        arrived = [event.uuid for event in receiver.events]
    once = len(arrived) == len(set(arrived)) == 2 * users and set(arrived) == happened
    if not once or any(delivery.outcome != "delivered" for delivery in deliveries):
        sys.exit("FAILED: not every event was delivered exactly once")
    rate = 2 * users / drained
    print(f"{2 * users} events, each delivered exactly once")
    print(f"{2 * users / changed:8.0f} changes a second accepted")
    print(f"{rate:8.0f} deliveries a second by the org")
    print(f"{alone:8.0f} deliveries a second by a bare loop: the receiver's limit for one connection at a time")
    print(f"{rate / alone:8.2f} of the limit")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
