"""
Measure what it costs the reference receiver to be sure of an event before it acknowledges it, and which server suits it.

The same app is served with its store and with one that keeps nothing, and takes the same deliveries, each of one event,
from the same connections.  Servers that are not installed are left out.  Exit code 1 if storing takes more than half of
the rate.

Run: python benchmarks/receiving.py [--deliveries N] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rows import Row, at_least, report
from sink import port_of

from emulator.delivery.plan import Recipe, plan
from emulator.payloads import World
from receiver.app import create_app
from receiver.store import Receipt

if TYPE_CHECKING:
    from receiver.app import App
    from receiver.envelope import Envelope

CONNECTIONS = 32
SLOWEST = 0.5
ROUNDS = 3
THREADS = 16
PATIENCE = 60.0  # seconds that a round may take
SERVERS = ("waitress", "werkzeug", "cheroot", "granian")


class Nowhere:
    """A store that keeps nothing."""

    path = Path("nowhere")

    def add(self, envelope: Envelope, *, dedupe: bool = True) -> Receipt:
        """Say that all events are new."""
        del dedupe
        return Receipt(new=tuple(enumerate(envelope.events)), duplicates=())


def make(db: str) -> App:
    """Return the app, with a store or without."""
    if db:
        return create_app(db=db, emit=lambda _: None)
    app = create_app(db=None, start=False)
    app.store.close()
    nowhere: Any = Nowhere()
    app.store = nowhere
    return app


def serve(server: str, db: str) -> None:
    """Serve until killed; the port is said on stdout."""
    if server == "granian":
        serve_by_granian(db)
        return
    app: Any = make(db)
    if server == "waitress":
        from receiver.serving import Serving

        print(Serving(app).port, flush=True)
    elif server == "werkzeug":
        import logging

        from werkzeug.serving import WSGIRequestHandler, make_server

        WSGIRequestHandler.protocol_version = "HTTP/1.1"
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        made = make_server("127.0.0.1", 0, app, threaded=True)
        print(made.port, flush=True)
        made.serve_forever()
    else:
        from cheroot.wsgi import Server  # type: ignore[import-not-found]  # only measured, not needed

        found = Server(("127.0.0.1", 0), app, numthreads=THREADS)
        found.prepare()
        print(found.bind_addr[1], flush=True)
        found.serve()
    signal.pause()


def serve_by_granian(db: str) -> None:
    """Serve by granian, which imports its app in a process of its own."""
    import os
    import socket

    from granian import Granian  # type: ignore[import-not-found]  # only measured, not needed

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.environ["BENCHMARK_DB"] = db
    made = Granian(
        "receiver_wsgi:app",
        port=port,
        interface="wsgi",
        workers=1,
        blocking_threads=THREADS,
        log_enabled=False,
        working_dir=Path(__file__).parent,
    )

    def tell() -> None:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.01)
            else:
                break
        print(port, flush=True)

    threading.Thread(target=tell, daemon=True).start()
    made.serve()


class Client(asyncio.Protocol):
    """Sends one request after the other, on one connection if the server keeps it; any answer but a 204 ends it."""

    def __init__(self, port: int, requests: list[bytes], done: asyncio.Future[None]) -> None:
        self._port = port
        self._requests = requests
        self._done = done
        self._answer = b""

    def connection_made(self, transport: Any) -> None:
        """Send the first request."""
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Send the next request when the answer is complete."""
        self._answer += data
        if self._answer.endswith(b"\r\n\r\n"):
            if b" 204 " not in self._answer[:16]:
                self._done.set_exception(SystemExit(self._answer.decode()))
                return
            closes = b"connection: close" in self._answer.lower()
            self._answer = b""
            if closes and self._requests:
                self._transport.close()  # and go on over another
            else:
                self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """Go on over another."""
        if error is not None or self._answer:
            self._done.set_exception(error or SystemExit("the receiver hung up in an answer"))
        elif not self._done.done():
            again = asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)
            self._again = asyncio.ensure_future(again)  # kept, or it may be collected

    def _send(self) -> None:
        if self._requests:
            self._transport.write(self._requests.pop())
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()


async def post(port: int, requests: list[bytes]) -> float:
    """Send all requests over a few connections, and return how many were answered in a second."""
    loop = asyncio.get_running_loop()
    parts = [requests[first::CONNECTIONS] for first in range(CONNECTIONS)]
    began = time.perf_counter()
    done = []
    for part in parts:
        done.append(loop.create_future())
        await loop.create_connection(lambda part=part, end=done[-1]: Client(port, part, end), "127.0.0.1", port)
    await asyncio.wait_for(asyncio.gather(*done), PATIENCE)
    return len(requests) / (time.perf_counter() - began)


def requests(count: int, seed: int) -> list[bytes]:
    """Return deliveries of one event each, no two alike."""
    recipe = Recipe(event_types=("user.lifecycle.deactivate",), count=count)
    head = (
        "POST /okta/hooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
    )
    bodies = (planned.body for planned in plan(recipe, world=World(seed), hook_id="who0000000000000001"))
    return [head.format(len(body)).encode() + body for body in bodies]


def rate(server: str, db: str, deliveries: int) -> float:
    """Return how many deliveries a second a server acknowledges."""
    command = [sys.executable, __file__, "--serve", server, "--db", db]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = port_of(process)
        asyncio.run(post(port, requests(deliveries // 10, seed=1)))
        return asyncio.run(post(port, requests(deliveries, seed=2)))
    finally:
        process.terminate()
        process.communicate()


def rows(deliveries: int = 3000) -> list[Row]:
    """Measure with and without a store, in turns, and then the servers."""
    with tempfile.TemporaryDirectory() as folder:
        ratios, plain = [], []
        for number in range(ROUNDS):
            plain.append(rate("waitress", "", deliveries))
            ratios.append(rate("waitress", f"{folder}/{number}.db", deliveries) / plain[-1])
        found = [
            at_least(
                "receiver that stores before it acknowledges: rate against none", statistics.median(ratios), SLOWEST
            )
        ]
        by_waitress = statistics.median(plain) * statistics.median(ratios)
        for server in SERVERS[1:]:
            what = f"the same receiver, with its store, served by {server} rather than waitress: rate"
            if find_spec(server) is None:
                found.append(Row(what=what, measured="-", passed=None, note=f"{server} is not installed"))
                continue
            ratio = rate(server, f"{folder}/{server}.db", deliveries) / by_waitress
            found.append(Row(what=what, measured=f"{ratio:.2f}x"))
    return found


def main() -> int:
    """Measure and report, or serve."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("--deliveries", type=int, default=3000, help="in each round")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--serve", choices=SERVERS, help=argparse.SUPPRESS)
    parser.add_argument("--db", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.db)
        return 0
    return report(rows(options.deliveries), as_json=options.as_json)


if __name__ == "__main__":
    sys.exit(main())
