"""
Run all benchmarks, or some, and write their results into one table: docs/benchmarks.md.

Each runs in a process of its own; a value is compared within one run, on one machine, so ratios are what counts.
Exit code 1 if a value misses its limit.

Run: python -m benchmarks [NAME ...] [--list] [--no-write] [--with NAME=OPTION ...]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rows import Row, at_least, at_most, report

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
LONGEST = 1800  # seconds that one benchmark may take
MEASURED, MADE = "<!-- measured -->", "<!-- end -->"


def as_rows(found: Any) -> list[Row]:
    """Read what benchmarks tell that tell rows."""
    return [Row(**row) for row in found]


def of_startup(found: Any) -> list[Row]:
    """Read what ``startup.py`` tells."""
    rows = found["rows"]
    return [
        at_most(f"start of `{row['command']}`: CPU against `python -c pass`", row["ratio"], row["limit"])
        for row in rows
        if row["limit"] is not None and "against" not in row["command"]
    ]


def of_deadline(found: Any) -> list[Row]:
    """Read what ``deadline.py`` tells."""
    rows = found["given_up"]
    taken_in = sum(row["status"] is not None for row in rows)
    return [
        at_most(
            f"{len(rows)} hostile receivers: the last is given up after", max(r["seconds"] for r in rows), 3.1, " s"
        ),
        at_most("the same: reported as success", taken_in, 0, "", digits=0),
        at_most("the time limit: CPU against the same client without it", found["cpu_ratio"], 1.1),
    ]


def of_validation(found: Any) -> list[Row]:
    """Read what ``validation.py`` tells."""
    rows = []
    for name, (word, limit) in found["limits"].items():
        sign = "≤" if word == "at most" else "≥"
        measured = f"{found['ratios'][name]:.2f}x"
        rows.append(
            Row(
                what=f"`okta-hooks validate`, CPU: {name}",
                measured=measured,
                limit=f"{sign} {limit:g}x",
                passed=name not in found["missed"],
            )
        )
    return rows


def of_load(found: Any) -> list[Row]:
    """Read what ``load.py`` tells."""
    wrk, bare = found["with_wrk"], found["with_requests"]
    return [
        at_least("`okta-hooks load`: rate per core against a bare requests.Session", found["ratio"], found["least"]),
        Row(
            what="the same for `wrk`, one request over and over: the limit",
            measured="-" if wrk is None else f"{wrk / bare:.1f}x",
            passed=None if wrk is None else True,
            note="wrk is not installed" if wrk is None else "",
        ),
    ]


# Name -> how its JSON is read; it is a file of that name in this folder.
READERS: dict[str, Callable[[Any], list[Row]]] = {
    "startup": of_startup,
    "validation": of_validation,
    "deadline": of_deadline,
    "hanging": as_rows,
    "engine": as_rows,
    "end_to_end": as_rows,
    "load": of_load,
    "receiving": as_rows,
    "growth": as_rows,
    "soak": as_rows,
}


def known() -> list[str]:
    """Return the names of the benchmarks that are here."""
    return [name for name in READERS if (HERE / f"{name}.py").exists()]


def run(name: str, options: list[str]) -> list[Row]:
    """Run a benchmark, and return its rows; one that can't be run has a row that says so."""
    command = [sys.executable, str(HERE / f"{name}.py"), "--json", *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
        return READERS[name](json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        return [Row(what=name, measured="-", passed=False, note=f"took more than {LONGEST} s")]
    except ValueError:
        last = (done.stderr.strip() or "it told nothing").splitlines()[-1]
        return [Row(what=name, measured="-", passed=False, note=last)]


def lines_of(name: str, rows: list[Row]) -> list[str]:
    """Return the rows of a benchmark as lines of a table in Markdown."""
    signs = {True: "yes", False: "**no**", None: "not measured"}
    return [
        f"| `{name}` | {row.what} | {row.measured} | {row.limit} "
        f"| {signs[row.passed] if row.limit or row.passed is None else ''} | {row.note.replace('|', '/')} |"
        for row in rows
    ]


def machine() -> str:
    """Return what the numbers depend on."""
    return (
        f"Measured with {platform.python_implementation()} {platform.python_version()} on {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores."
    )


def write(found: dict[str, list[Row]]) -> None:
    """Put what was measured into the table of the manual's page; what was measured before stays."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(MEASURED)
    old, _, after = rest.partition(MADE)
    lines = ["| benchmark | what | measured | limit | kept | |", "|---|---|--:|--:|---|---|"]
    for name in READERS:
        lines += lines_of(name, found[name]) if name in found else of_before(old, name)
    text = "\n".join(lines)
    PAGE.write_text(f"{before}{MEASURED}\n{machine()}\n\n{text}\n{MADE}{after}", encoding="utf-8")


def of_before(old: str, name: str) -> list[str]:
    """Return the lines of a benchmark that are in the table already."""
    return [line for line in old.splitlines() if line.startswith(f"| `{name}` |")]


def main() -> int:
    """Run, print, and write."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0].strip())
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones, and in which order")
    parser.add_argument("--list", action="store_true", dest="listed", help="print the names, and run nothing")
    parser.add_argument("--no-write", action="store_true", help="leave docs/benchmarks.md as it is")
    parser.add_argument("--with", action="append", default=[], metavar="NAME=OPTION", dest="options",
                        help="an option for one of them, such as end_to_end=--cache=DIR")  # fmt: skip
    options = parser.parse_args()
    wrong = [name for name in options.names if name not in known()]
    if options.listed or wrong:
        print("\n".join(known()) if options.listed else f"unknown: {', '.join(wrong)}; known: {', '.join(known())}")
        return 2 if wrong else 0
    failed = 0
    for name in options.names or known():
        more = [text.partition("=")[2] for text in options.options if text.partition("=")[0] == name]
        found = run(name, more)
        failed |= report(found, as_json=False)
        if not options.no_write:
            write({name: found})
    return failed


if __name__ == "__main__":
    sys.exit(main())
