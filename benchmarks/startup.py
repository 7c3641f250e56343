"""
Measure what a command costs before it does anything useful: CPU time, as a ratio to a bare interpreter's.

Each command is started many times, in turns with ``python -c pass``, and the least CPU time (user and system) of each
counts, so that a busy machine disturbs little.  Modules are compiled in the first round, as those of an installed
package are.  Exit code 1 if a limit is exceeded.

Run: python benchmarks/startup.py [--rounds N] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import sysconfig
import tempfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON = [sys.executable]
# The console script, but with the first line of our own: what an installer writes around it differs.
SCRIPT = [sys.executable, "-c", "import sys; from emulator.cli import main; sys.exit(main())"]
LIMITS = {
    "okta-hooks --version": 1.5,
    "okta-hooks --help": 5.0,
    "okta-hooks validate FILE": 5.5,
    "okta-hooks verify URL": 8.0,
}


class Echo(BaseHTTPRequestHandler):
    """A right receiver: returns the challenge."""

    def do_GET(self) -> None:
        """Answer the challenge."""
        body = json.dumps({"verification": self.headers.get("X-Okta-Verification-Challenge")}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def cpu(command: list[str]) -> float:
    """Return the CPU seconds that *command* takes from start to end."""
    quiet = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime


@contextmanager
def receiver() -> Iterator[str]:
    """Run the right receiver, and yield its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/okta/hooks"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def small_payload() -> Iterator[str]:
    """Write a delivery of one event, and yield its path."""
    from datetime import UTC, datetime

    from emulator.delivery.plan import Recipe, plan
    from emulator.payloads import World

    recipe = Recipe(event_types=("user.lifecycle.deactivate",), at=datetime.now(UTC))
    world = World(7)
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(next(iter(plan(recipe, world=world, hook_id=world.hook_id()))).body)
        file.flush()
        yield file.name


def measure(rounds: int) -> dict[str, float]:
    """Return the least CPU seconds of each command, and of the interpreter alone and with click."""
    with receiver() as url, small_payload() as path, tempfile.TemporaryDirectory() as compiled:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        commands = {
            "python -c pass": [*PYTHON, "-c", "pass"],
            "python -c 'import click'": [*PYTHON, "-c", "import click"],
            "okta-hooks --version": [*SCRIPT, "--version"],
            "okta-hooks --help": [*SCRIPT, "--help"],
            "okta-hooks validate FILE": [*SCRIPT, "validate", path],
            "okta-hooks verify URL": [*SCRIPT, "verify", url],
        }
        least = dict.fromkeys(commands, float("inf"))
        for _ in range(rounds):
            for name, command in commands.items():
                least[name] = min(least[name], cpu(command))
    return least


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    os.environ["OKTA_HOOKS_CONFIG"] = "none"
    least = measure(options.rounds)
    bare, click = least.pop("python -c pass"), least["python -c 'import click'"]
    rows = [
        {"command": name, "ms": round(seconds * 1000, 1), "ratio": round(seconds / bare, 2), "limit": LIMITS.get(name)}
        for name, seconds in least.items()
    ]
    rows.append(
        {
            "command": "okta-hooks --help, against python -c 'import click'",
            "ms": round(least["okta-hooks --help"] * 1000, 1),
            "ratio": round(least["okta-hooks --help"] / click, 2),
            "limit": 2.0,
        }
    )
    if options.as_json:
        print(json.dumps({"bare_ms": round(bare * 1000, 1), "rows": rows}, indent=2))
    else:
        print(f"python -c pass: {bare * 1000:.1f} ms of CPU; {Path(shutil.which('python') or sys.executable).name} "
              f"{sysconfig.get_python_version()}, least of {options.rounds} rounds")  # fmt: skip
        for row in rows:
            limit = "" if row["limit"] is None else f"limit {row['limit']:4.1f}x"
            print(f"{row['command']:52} {row['ms']:7.1f} ms {row['ratio']:6.2f}x  {limit}")
    return int(any(row["limit"] is not None and row["ratio"] > row["limit"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
