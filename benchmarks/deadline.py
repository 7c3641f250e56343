"""
Measure the hard limit of 3.0 s per attempt: when ten hostile receivers are given up, and what the limit costs.

The cost is the CPU time of many small deliveries to a fast receiver, against the same client that waits without a limit.
Exit code 1 if a receiver is given up after 3.10 s, counts as a success, or the limit costs more than a tenth.

Run: python benchmarks/deadline.py [--deliveries N] [--json]
"""

from __future__ import annotations

import argparse
import json
import select
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from hostile import listening, targets

from emulator.contract.constants import TIME_LIMIT
from emulator.delivery.budget import Budget
from emulator.delivery.exchange import Exchange, Request
from emulator.delivery.transport import Transport

if TYPE_CHECKING:
    import socket
    from multiprocessing.connection import Connection

    from hostile import Target

    from emulator.delivery.steps import Steps

LATEST = 3.10
DEAREST = 1.10
BODY = b"x" * 2048
ROUNDS = 7


def drive_without_end(steps: Steps[Any]) -> Any:
    """Go through the same steps without a limit: each wait takes as long as it takes."""
    try:
        while True:
            sock, writing, _ = next(steps)
            poll = select.poll()
            poll.register(sock, select.POLLOUT if writing else select.POLLIN)
            poll.poll()
    except StopIteration as end:
        return end.value


def attempt(target: Target) -> tuple[str, float, Exchange]:
    """Make one attempt, and return how long it took by the wall clock."""
    sender = Transport()
    if target.url.startswith("https:"):
        _ = sender._tls  # loading the certificate authorities is not part of an attempt  # noqa: SLF001
    began = time.perf_counter()
    exchange = sender.send(Request(method="POST", url=target.url, headers=(), body=target.body))
    return target.name, time.perf_counter() - began, exchange


def given_up() -> list[dict[str, object]]:
    """Let all ten have their attempt at once."""
    with targets() as hostile, ThreadPoolExecutor(len(hostile)) as pool:
        results = list(pool.map(attempt, hostile))
    return [
        {"receiver": name, "seconds": round(seconds, 3), "status": exchange.status, "detail": exchange.detail}
        for name, seconds, exchange in results
    ]


def answer_at_once(connection: socket.socket) -> None:
    """Answer any request with 204."""
    head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    while len(body) < len(BODY):
        body += connection.recv(65536)
    connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n" if head else b"")
    connection.close()


def serve(port: Connection) -> None:
    """Run the fast receiver until the other end has had enough."""
    with listening(answer_at_once) as number:
        port.send(number)
        port.recv()


def cost(deliveries: int) -> float:
    """Return the CPU time with the limit as a ratio to that without it."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,))
    process.start()
    url = f"http://127.0.0.1:{ours.recv()}/okta/hooks"
    request = Request(method="POST", url=url, headers=(("Content-Type", "application/json"),), body=BODY)

    def spent() -> float:
        began = time.thread_time()
        for _ in range(deliveries):
            exchange = Transport().send(request)
            if exchange.status != 204:
                raise SystemExit(exchange.summary())
        return time.thread_time() - began

    spent()
    ratios = []
    for _ in range(ROUNDS):
        with patch("emulator.delivery.transport.drive", drive_without_end), patch.object(Budget, "remaining", float):
            without = spent()
        ratios.append(spent() / without)
    ours.send(None)
    process.join()
    return statistics.median(ratios)


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("--deliveries", type=int, default=500, help="in each round of the cost measurement")
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    rows, ratio = given_up(), round(cost(options.deliveries), 3)
    if options.as_json:
        print(json.dumps({"limit": TIME_LIMIT, "given_up": rows, "cpu_ratio": ratio}, indent=2))
    else:
        for row in rows:
            print(f"{row['receiver']:26} {row['seconds']:.3f} s  {row['detail'] or row['status']}")
        print(f"CPU against the same client without a limit: {ratio:.2f}x (limit {DEAREST:.2f}x)")
    late = any(float(str(row["seconds"])) > LATEST or row["status"] is not None for row in rows)
    return int(late or ratio > DEAREST)


if __name__ == "__main__":
    sys.exit(main())
