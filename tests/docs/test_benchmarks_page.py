"""The benchmarks: each is described, and what one of them measures takes its place in the table."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    for name in ("run", "rows"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    found = importlib.import_module("run")
    monkeypatch.setattr(found, "PAGE", tmp_path / "benchmarks.md")
    (tmp_path / "benchmarks.md").write_text("before\n<!-- measured -->\n<!-- end -->\nafter\n", encoding="utf-8")
    return found


def test_every_benchmark_of_the_table_is_there_and_described(table: ModuleType) -> None:
    described = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")}

    assert set(table.known()) == set(table.READERS) == described


def test_what_is_measured_again_takes_the_place_of_what_was(table: ModuleType) -> None:
    rows = importlib.import_module("rows")
    table.write({"engine": [rows.at_least("rate", 1.234, 0.9)], "soak": [rows.at_most("memory", 2.0, 1.05)]})
    table.write({"engine": [rows.at_least("rate", 0.5, 0.9, note="busy | machine")]})
    text = table.PAGE.read_text(encoding="utf-8")

    assert "| `engine` | rate | 0.50x | ≥ 0.9x | **no** | busy / machine |" in text
    assert "1.23x" not in text
    assert "| `soak` | memory | 2.00x | ≤ 1.05x | **no** |  |" in text
    assert text.startswith("before\n")
    assert text.endswith("<!-- end -->\nafter\n")


def test_a_benchmark_that_tells_nothing_is_no_success(table: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "HERE", ROOT / "no such folder")

    (row,) = table.run("engine", [])

    assert row.passed is False
    assert "No such file" in row.note
