"""
Measure what an API call costs from the call to the receipt of its webhook, beside emulators of other services.

Each server runs in a process of its own, takes the same number of calls from the same clients, and delivers each event
in a request of its own to the same receiver.  The others are npm packages, installed into a folder (``--cache``); where
that isn't possible they are skipped, with the reason.  Exit code 1 if ours isn't four times as fast, takes more than
0.35 times the CPU or 0.4 times the memory, or isn't ready in 0.6 times the time.

Run: python benchmarks/end_to_end.py [--events N] [--cache DIR] [--node FILE] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rows import Row, at_least, at_most, report
from sink import arrivals, sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENTS = 4
STARTS = 4
COMPILED = str(Path(tempfile.gettempdir(), "okta-hook-benchmarks-compiled"))
RATE, CPU, MEMORY, READY = 4.0, 0.35, 0.4, 0.6
PROFILE = "delivery.window=0,delivery.max_batch=1,limits.daily=100000000,limits.warning=100000000"


class Call(NamedTuple):
    """An API call: its method, its path, and its body."""

    method: str
    path: str
    body: dict[str, Any]


@dataclass
class Server:
    """A server under measurement: how it is started, prepared, and called, once for each event."""

    name: str
    command: list[str]
    authorization: str
    prepare: Callable[[Caller, str], object]
    call: Callable[[int], Call]
    where: Path | None = None


class Figures(NamedTuple):
    """What was measured of a server."""

    rate: float
    cpu: float
    """Milliseconds of each event."""
    memory: float
    """MiB at most."""
    ready: float
    latency: float
    """Milliseconds between call and receipt at the 99th percentile."""


class Caller:
    """One client on one connection that is kept open; it costs little more than its system calls."""

    def __init__(self, port: int, authorization: str) -> None:
        self._port = port
        self._head = f"Host: localhost:{port}\r\nAuthorization: {authorization}\r\nContent-Type: application/json\r\n"
        self._socket: socket.socket | None = None

    def __call__(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of an answer; anything but a 2xx ends the program."""
        data = b"" if body is None else json.dumps(body).encode()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(
            f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(data)}\r\n\r\n".encode() + data
        )
        head, content = self._answer()
        if not head.startswith(b"HTTP/1.1 2"):
            raise SystemExit(f"{method} {path}: {head.splitlines()[0].decode()} {content.decode()}")
        return content

    def _answer(self) -> tuple[bytes, bytes]:
        sock, data = self._socket, b""
        while sock is not None:
            head, end, rest = data.partition(b"\r\n\r\n")
            if end:
                lower = head.lower()
                at = lower.find(b"content-length:")
                if at >= 0 and len(rest) >= int(lower[at + 15 :].partition(b"\r")[0]):
                    return head, rest
                if at < 0 and (b" 204 " in head or rest.endswith(b"0\r\n\r\n")):
                    return head, rest
            piece = sock.recv(65536)
            if not piece:
                raise SystemExit("the server hung up")
            data += piece
        raise AssertionError


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """Return the most memory that a process has had, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@contextmanager
def started(server: Server) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """Start a server, and yield its process, port, and how long it took to answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Compiled modules are kept beside, as an installed package has them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = COMPILED
    began = time.perf_counter()
    process = subprocess.Popen(
        [part.replace("PORT", str(port)) for part in server.command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=server.where,
        env=environment,
    )
    try:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=30) as first:
                    first.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    if not first.recv(1):
                        raise ConnectionError
            except OSError:
                if process.poll() is not None or time.perf_counter() - began > 30:
                    raise SystemExit(f"{server.name} doesn't start") from None
                time.sleep(0.002)
            else:
                break
        yield process, port, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(30)


def measure(server: Server, events: int) -> Figures:
    """Call a server so many times, and wait until as many webhooks have arrived."""
    starts = []
    for _ in range(STARTS):
        with started(server) as (_, _, seconds):
            starts.append(seconds)
    with sink() as url, started(server) as (process, port, _):
        server.prepare(Caller(port, server.authorization), url)
        run(server, port, url, range(events // 10))
        busy = cpu_of(process.pid)
        called, came = run(server, port, url, range(events // 10, events // 10 + events))
        busy = cpu_of(process.pid) - busy
        late = sorted(last - first for first, last in zip(sorted(called), came, strict=True))
        return Figures(
            rate=events / (came[-1] - min(called)),
            cpu=busy / events * 1000,
            memory=memory_of(process.pid),
            ready=min(starts),
            latency=late[int(len(late) * 0.99)] * 1000,
        )


def run(server: Server, port: int, url: str, numbers: range) -> tuple[list[float], list[float]]:
    """Make the calls from a few clients, and return when each was made and when each webhook came."""
    before = len(arrivals(url))

    def work(part: range) -> list[float]:
        caller, called = Caller(port, server.authorization), []
        for number in part:
            call = server.call(number)
            called.append(time.perf_counter())
            caller(*call)
        return called

    with ThreadPoolExecutor(CLIENTS) as pool:
        called = [at for part in pool.map(work, (numbers[first::CLIENTS] for first in range(CLIENTS))) for at in part]
    patience = time.monotonic() + 60
    while len(came := arrivals(url)) < before + len(numbers):
        if time.monotonic() > patience:
            raise SystemExit(f"{server.name}: only {len(came) - before} of {len(numbers)} webhooks came")
        time.sleep(0.1)
    return called, came[before:]


def ours() -> Server:
    """Return ``okta-hooks serve``, which is called to create users."""

    def prepare(call: Caller, url: str) -> None:
        events = {"type": "EVENT_TYPE", "items": ["user.lifecycle.create"]}
        channel = {"type": "HTTP", "version": "1.0.0", "config": {"uri": url}}
        made = json.loads(call("POST", "/api/v1/eventHooks", {"name": "x", "events": events, "channel": channel}))
        call("POST", f"/api/v1/eventHooks/{made['id']}/lifecycle/verify")

    def create(number: int) -> Call:
        login = f"user{number}@example.com"
        profile = {"login": login, "email": login, "firstName": "User", "lastName": str(number)}
        return Call("POST", "/api/v1/users?activate=false", {"profile": profile})

    command = [
        sys.executable,
        "-m",
        "emulator",
        "serve",
        "--port",
        "PORT",
        "--token",
        "benchmark",
        "--profile",
        PROFILE,
    ]
    return Server("okta-hooks serve", command, "SSWS benchmark", prepare, create)


def vercels(node: str, cache: Path) -> Server:
    """Return the GitHub service of vercel's emulate, which is called to open issues; its Okta has no event hooks."""

    def prepare(call: Caller, url: str) -> None:
        call("POST", "/user/repos", {"name": "bench"})
        hook = {"config": {"url": url, "content_type": "json"}, "events": ["issues"], "active": True}
        call("POST", "/repos/admin/bench/hooks", hook)

    def create(number: int) -> Call:
        return Call("POST", "/repos/admin/bench/issues", {"title": f"issue {number}"})

    main = install("emulate@0.12.2", cache) / "node_modules/emulate/dist/index.js"
    command = [node, str(main), "start", "--service", "github", "--port", "PORT"]
    return Server("emulate 0.12.2 (GitHub)", command, "Bearer test_token_admin", prepare, create, where=cache)


def workos(node: str, cache: Path) -> Server:
    """Return WorkOS Emulate, which is called to create organizations."""

    def prepare(call: Caller, url: str) -> None:
        call("POST", "/webhook_endpoints", {"endpoint_url": url, "events": ["organization.created"]})

    def create(number: int) -> Call:
        return Call("POST", "/organizations", {"name": f"organization {number}"})

    main = install("@workos/emulate@latest", cache) / "node_modules/@workos/emulate/dist/cli.js"
    return Server(
        "WorkOS Emulate", [node, str(main), "--port", "PORT"], "Bearer sk_test_default", prepare, create, cache
    )


class NotHereError(Exception):
    """Another emulator can't be measured here; the message says why."""


def here(program: str) -> str:
    """Return where a program is."""
    found = shutil.which(program)
    if found is None:
        raise NotHereError(f"{program} is not on this machine")
    return found


def install(package: str, cache: Path) -> Path:
    """Install an npm package, and return the folder."""
    folder = cache / package.replace("/", "-").replace("@", "_")
    if not (folder / "node_modules" / package.rpartition("@")[0]).exists():
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [here("npm"), "install", "--no-audit", "--no-fund", "--prefix", str(folder), package],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = next((line for line in done.stderr.splitlines() if "error" in line), "npm install failed")
            raise NotHereError(f"{package} can't be installed: {reason.removeprefix('npm error ')}")
    return folder


def rows(events: int = 2000, cache: Path | None = None, node: str | None = None) -> list[Row]:
    """Measure ours and the others."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = cache or Path(temporary)
        mine = measure(ours(), events)
        found = [told("okta-hooks serve", mine)]
        for name, make in {"vercel's emulate": vercels, "WorkOS Emulate": workos}.items():
            try:
                theirs = measure(make(node or here("node"), folder), events)
            except (NotHereError, SystemExit) as reason:
                found.append(Row(what=f"end to end beside {name}", measured="-", passed=None, note=str(reason)))
                continue
            found += [
                told(name, theirs),
                at_least(f"end to end beside {name}: rate", mine.rate / theirs.rate, RATE),
                at_most(f"end to end beside {name}: CPU per event", mine.cpu / theirs.cpu, CPU),
                at_most(f"end to end beside {name}: memory", mine.memory / theirs.memory, MEMORY),
                at_most(f"end to end beside {name}: time until ready", mine.ready / theirs.ready, READY),
            ]
    return found


def told(name: str, figures: Figures) -> Row:
    """Return a row of what was measured itself, which means little on another machine."""
    note = f"{figures.cpu:.2f} ms CPU per event, {figures.memory:.0f} MiB, ready in {figures.ready:.2f} s, p99 {figures.latency:.0f} ms"
    return Row(what=f"{name}: events from call to receipt", measured=f"{figures.rate:.0f}/s", note=note)


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--cache", type=Path, help="where npm packages are installed and left")
    parser.add_argument("--node", help="the node to run them with; they want 22 or newer")
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    return report(rows(options.events, options.cache, options.node), as_json=options.as_json)


if __name__ == "__main__":
    sys.exit(main())
