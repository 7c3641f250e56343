"""What every benchmark tells: rows of a table, each a measured value beside its limit."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

__all__ = ["Row", "at_least", "at_most", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the results: ``passed`` is None where something was not measured, and ``note`` says why."""

    what: str
    measured: str
    limit: str = ""
    passed: bool | None = True
    note: str = ""


def at_most(what: str, value: float, limit: float, unit: str = "x", *, digits: int = 2, note: str = "") -> Row:
    """Return a row for a value that should be small."""
    return Row(
        what=what,
        measured=f"{value:.{digits}f}{unit}",
        limit=f"≤ {limit:g}{unit}",
        passed=round(value, digits) <= limit,
        note=note,
    )


def at_least(what: str, value: float, limit: float, unit: str = "x", *, digits: int = 2, note: str = "") -> Row:
    """Return a row for a value that should be large."""
    return Row(
        what=what,
        measured=f"{value:.{digits}f}{unit}",
        limit=f"≥ {limit:g}{unit}",
        passed=round(value, digits) >= limit,
        note=note,
    )


def report(rows: list[Row], *, as_json: bool) -> int:
    """Print the rows, and return an exit code: 1 if one of them is not as it should be."""
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False))
    else:
        signs = {True: "ok  ", False: "FAIL", None: "-   "}
        for row in rows:
            print(f"{signs[row.passed]} {row.what:60} {row.measured:>12}  {row.limit:12} {row.note}".rstrip())
    return int(any(row.passed is False for row in rows))
