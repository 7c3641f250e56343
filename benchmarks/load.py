"""
Measure how many deliveries ``okta-hooks load`` sends for each second of CPU time, against a bare ``requests.Session``.

Both send the same bodies to the same receiver over kept connections, in turns; ours also makes them, keeps its schedule,
Okta's time limit and retry, and the statistics. ``wrk``, which repeats one request written in C, stands beside as the
limit; it is left out where it isn't installed. CPU time is counted rather than time, since the receiver shares the
machine. Exit code 1 if ours is not at least three times as fast.

Run: python benchmarks/load.py [--seconds N] [--rounds N] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.contract.model import Channel
from emulator.load.mix import read_batches, read_mix
from emulator.load.plan import Plan
from emulator.load.schedule import Schedule
from emulator.load.slo import DEFAULT_SLO, read_slo
from emulator.load.target import find_target
from emulator.load.traffic import Traffic
from emulator.load.workers import run_load
from emulator.payloads import World

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

LEAST: Final = 3.0
RATE: Final = 8000.0  # deliveries a second that ours is asked for: more than a core has in it
BODIES: Final = 1000
CONNECTIONS: Final = 16
START: Final = 1_780_000_000_000
MIX, BATCH = "everyday", "1"


class Sink(asyncio.Protocol):
    """A receiver that answers any POST of stated length with 204, as fast as Python can."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            length = re.search(rb"content-length: *(\d+)", self._data[:end].lower())
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._data) < whole:
                return
            self._data = self._data[whole:]
            self._transport.write(b"HTTP/1.1 204 No Content\r\nServer: sink\r\n\r\n")  # type: ignore[attr-defined]


def serve(port: Connection) -> None:
    """Run the receiver until the other end has had enough."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0, backlog=1024)
        port.send(server.sockets[0].getsockname()[1])
        with suppress(EOFError):
            await asyncio.to_thread(port.recv)
        server.close()

    asyncio.run(run())


def bodies() -> list[bytes]:
    """Return bodies as ours sends them."""
    traffic = Traffic(World(1), types=read_mix(MIX), batches=read_batches(BATCH), start=START)
    return [traffic.body(number, number / RATE).data for number in range(BODIES)]


def with_requests(url: str, seconds: float) -> float:
    """Return deliveries for each second of CPU time."""
    import requests

    ready, headers = bodies(), {"Content-Type": "application/json"}
    with requests.Session() as session:
        session.post(url, data=ready[0], headers=headers)
        sent, cpu, until = 0, time.process_time(), time.perf_counter() + seconds
        while time.perf_counter() < until:
            answer = session.post(url, data=ready[sent % BODIES], headers=headers)
            if answer.status_code != 204:
                raise SystemExit(f"requests: {answer.status_code}")
            sent += 1
        return sent / (time.process_time() - cpu)


def with_ours(url: str, seconds: float) -> float:
    """Return deliveries for each second of CPU time."""
    plan = Plan(
        channel=Channel(uri=url),
        target=find_target(url),
        schedule=Schedule(rate=RATE, duration=seconds, seed=1),
        types=read_mix(MIX),
        batches=read_batches(BATCH),
        objectives=read_slo(DEFAULT_SLO),
        start=START,
    )
    done = run_load(plan)
    if done.tally.failed or not done.tally.acknowledged:
        raise SystemExit(f"ours: {dict(done.tally.results)}")
    return done.tally.acknowledged / done.cpu


def with_wrk(url: str, seconds: float) -> float | None:
    """Return requests for each second of CPU time, None if wrk isn't there."""
    if shutil.which("wrk") is None:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n')
        script.write(f"wrk.body = {json.dumps(bodies()[0].decode())}\n")
        script.flush()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", script.name, url]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = re.search(r"(\d+) requests in", told)
    if found is None:
        raise SystemExit(f"wrk says: {told}")
    return int(found[1]) / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def in_a_process(measure: str, url: str, seconds: float) -> float | None:
    """Call a function of this file in a fresh process."""
    command = [sys.executable, str(Path(__file__).resolve()), "--only", measure, url, "--seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: float | None = json.loads(done.stdout)
    return found


def measured(seconds: float, rounds: int) -> dict[str, float | None]:
    """Let them take turns, and return the median of each."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,))
    process.start()
    url = f"http://127.0.0.1:{ours.recv()}/okta/hooks"
    found: dict[str, list[float | None]] = {"with_requests": [], "with_ours": [], "with_wrk": []}
    for _ in range(rounds):
        for name, values in found.items():
            values.append(in_a_process(name, url, seconds))
    ours.send(None)
    process.join()
    return {
        name: None if None in values else statistics.median(value for value in values if value is not None)
        for name, values in found.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each is measured")
    parser.add_argument("--rounds", type=int, default=3, help="how often; the median counts")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--only", nargs=2, metavar=("FUNCTION", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        name, url = options.only
        print(json.dumps(globals()[name](url, options.seconds)))
        return 0
    found = measured(options.seconds, options.rounds)
    bare, ours, limit = (found[name] or 0.0 for name in ("with_requests", "with_ours", "with_wrk"))
    ratio = round(ours / bare, 2)
    if options.as_json:
        print(json.dumps({**found, "ratio": ratio, "least": LEAST}, indent=2))
    else:
        print(f"{bare:8.0f} deliveries for each CPU second by a bare requests.Session")
        print(f"{ours:8.0f} by okta-hooks load, bodies and statistics included: {ratio:.2f}x (at least {LEAST:.2f}x)")
        told = f"{limit:8.0f} by wrk, one request over and over: {limit / bare:.1f}x"
        print(told if limit else "       - by wrk: it is not installed (apt-get install wrk)")
    return int(ratio < LEAST)


if __name__ == "__main__":
    sys.exit(main())
