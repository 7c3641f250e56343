"""
A thousand users through the API, and every event at the receiver exactly once.

    python benchmarks/api_throughput.py [USERS] [CLIENTS]

Serves an org in a process of its own, creates and deactivates USERS (default 1,000) from CLIENTS threads (default 4),
and checks by uuid that each expected event reached a healthy receiver once.  Throughput is told as a ratio to what the
receiver takes at best: the same number of requests, sent to it without any org in between.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from emulator.delivery.channels import channel_from
from emulator.delivery.dispatcher import delivery_request
from emulator.delivery.transport import transport
from emulator.payloads import World, as_delivery, build_envelope, build_event, encode
from receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = ["user.lifecycle.create", "user.lifecycle.deactivate"]
PROFILE = "delivery.window=0,delivery.max_batch=1"  # a request for each event
AUTH = "Basic b2t0YTpzM2NyZXQ="


class Caller:
    """One client on one connection that is kept open."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self.following = ""
        self._headers = {"Authorization": token, "Content-Type": "application/json"}

    def __call__(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of an answer; anything but a 2xx ends the program."""
        data = b"" if body is None else json.dumps(body).encode()
        self._connection.request(method, path, body=data, headers=self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        links = re.findall(r"<([^>]*)>; rel=.next", answer.headers.get("Link", ""))
        self.following = links[0].partition("/api/v1")[2] if links else ""
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None


def main(users: int = 1000, clients: int = 4) -> None:
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--json", "--profile", PROFILE]
    served = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ready = json.loads((served.stdout or sys.stdin).readline())
    with Receiver(auth=AUTH) as receiver:
        measure(ready, receiver, users, clients)
    served.terminate()
    served.wait(60)


def measure(ready: dict[str, Any], receiver: Receiver, users: int, clients: int) -> None:
    call = Caller(ready["url"], f"SSWS {ready['token']}")
    control = Caller(ready["url"], f"Bearer {ready['control_token']}")
    auth = {"type": "HEADER", "key": "Authorization", "value": AUTH}
    channel = {"type": "HTTP", "version": "1.0.0", "config": {"uri": receiver.url, "authScheme": auth}}
    hook = call(
        "POST",
        "/api/v1/eventHooks",
        {"name": "x", "events": {"type": "EVENT_TYPE", "items": TYPES}, "channel": channel},
    )
    call("POST", f"/api/v1/eventHooks/{hook['id']}/lifecycle/verify")

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda part: work(ready, part), (range(n, users, clients) for n in range(clients))))
    called = time.perf_counter() - began
    control("POST", "/_emulator/drain", {"timeout": 600})
    delivered = time.perf_counter() - began

    seen = Counter(event.uuid for event in receiver.events)
    logged = [event for kind in TYPES for event in log(call, kind)]
    if len(logged) != 2 * users or {event["uuid"] for event in logged} != set(seen) or set(seen.values()) != {1}:
        raise SystemExit(f"{len(logged)} events logged, {len(seen)} received, most often {max(seen.values())} times")
    posts = len(receiver.deliveries)
    direct = posts / at_best(receiver, posts)
    print(f"{users} users, {clients} clients: {2 * users} calls in {called:.1f} s ({2 * users / called:.0f}/s)")
    print(f"{len(seen)} events in {posts} deliveries, each once, {delivered:.1f} s after the first call")
    print(
        f"deliveries {posts / delivered:.0f}/s; the receiver at best {direct:.0f}/s; ratio {posts / delivered / direct:.2f}"
    )


def work(ready: dict[str, Any], numbers: range) -> None:
    call = Caller(ready["url"], f"SSWS {ready['token']}")
    for number in numbers:
        login = f"user{number}@example.com"
        profile = {"login": login, "email": login, "firstName": "User", "lastName": str(number)}
        user = call("POST", "/api/v1/users", {"profile": profile})
        call("POST", f"/api/v1/users/{user['id']}/lifecycle/deactivate")


def log(call: Caller, event_type: str) -> Iterator[dict[str, Any]]:
    path = f"/logs?limit=1000&until=2999-01-01T00:00:00Z&filter=eventType+eq+%22{event_type}%22"
    path += f"&since={time.strftime('%Y-%m-%d', time.gmtime(time.time() - 86_400))}"
    while path:
        yield from call("GET", f"/api/v1{path}")
        path = call.following


def at_best(receiver: Receiver, count: int) -> float:
    world, sender = World(1), transport()
    channel = channel_from(receiver.url, [f"Authorization: {AUTH}"])
    bodies = [
        encode(
            build_envelope(
                [as_delivery(build_event(TYPES[1], world=world, number=n))],
                world=world,
                hook_id=world.hook_id(),
                number=n,
            )
        )
        for n in range(count)
    ]
    began = time.perf_counter()
    for body in bodies:
        sender.send(delivery_request(channel, body, hook_id=world.hook_id()))
    return time.perf_counter() - began


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
